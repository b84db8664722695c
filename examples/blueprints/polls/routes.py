"""Pages of polls, and the regions that a vote changes."""

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _

from blueprints.polls import actions, bp, queries
from blueprints.polls.forms import PollForm
from core import hx
from core.errors import Conflict, Invalid
from core.guard import limit
from core.viewer import current_actor


@bp.get("/polls/", permission="poll:list")
def index() -> Response:
    before = request.args.get("before", "")
    rows, older = queries.latest(current_actor(), int(before) if before.isdecimal() and len(before) < 18 else None)
    older_url = url_for(".index", before=older) if older else None
    return hx.page("polls/index.html", {"older": "polls/_rows.html"}, rows=rows, older_url=older_url)


@bp.get("/polls/new", permission="poll:open")
def new() -> Response:
    return hx.page("polls/new.html", form=PollForm())


@bp.post("/polls/", permission="poll:open")
def ask() -> Response:
    actor, form = current_actor(), PollForm.posted()
    limit("polls.open", actor.member_id)
    if form.validate():
        try:
            number = actions.open_poll(actor, form.draft(), form.key.data or "")
            return hx.see_other(url_for(".show", number=number), toast=_("Your question is out."))
        except Invalid as refusal:
            form.refuse(refusal)
        except Conflict as refusal:
            return hx.see_other(url_for(".show", number=refusal.facts["result"]), toast=hx.say(refusal))
    return hx.page("polls/new.html", {"poll-form": "polls/_form.html"}, status=422, form=form)


@bp.get("/polls/<int:number>", permission="poll:list")
def show(number: int) -> Response:
    return hx.page("polls/show.html", poll=queries.poll(current_actor(), number))


@bp.post("/polls/<int:number>/vote", permission="poll:vote")
def vote(number: int) -> Response:
    actor, option = current_actor(), request.form.get("option", "")
    limit("polls.vote", actor.member_id)
    if not option.isdecimal() or len(option) > 17:
        raise Invalid("choice", field="option")
    actions.vote(actor, number, int(option))
    return _changed(number)


@bp.post("/polls/<int:number>/close", permission="poll:close")
def close(number: int) -> Response:
    actions.close(current_actor(), number)
    return _changed(number, toast=_("The poll is closed."))


def _changed(number: int, **options: str) -> Response:
    region = render_template("polls/_poll.html", poll=queries.poll(current_actor(), number))
    return hx.changed(hx.back(url_for(".show", number=number)), region, **options)
