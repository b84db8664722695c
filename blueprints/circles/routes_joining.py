"""Coming in and going: the page on which one joins or asks to, requests and the word that answers them."""

from flask import Response, request, url_for
from flask_babel import gettext as _

from blueprints.circles import actions, admission, bp
from blueprints.circles.admission import AskedRow
from blueprints.circles.forms import number as whole
from blueprints.circles.forms_joining import JoinForm, ReplyForm
from blueprints.circles.rooms import Room, room
from blueprints.circles.routes import around
from core import hx
from core.errors import Gone, Invalid
from core.guard import limit
from core.policy import can, require
from core.viewer import current_actor


@bp.get("/circles/<slug>/join", permission="circle:join")
def ask(slug: str) -> Response:
    """Rules, question and button, for whoever can come in."""
    actor = current_actor()
    here = room(actor, slug)
    waits = here.tie.asked_at is not None
    if waits or not can(actor, "circle:join", here) or (here.join_policy == "invitation" and not here.is_invited):
        return hx.see_other(url_for(".show", slug=slug))
    return _join_page(here, JoinForm())


def _join_page(here: Room, form: JoinForm, status: int = 200) -> Response:
    shown = around(here, "about")
    return hx.page(
        "circles/join.html", {"join-form": "circles/_join_form.html"}, status=status, join_form=form,
        **{**shown, "here": here},
    )  # fmt: skip


@bp.post("/circles/<slug>/join", permission="circle:join")
def join(slug: str) -> Response:
    actor = current_actor()
    here = room(actor, slug)
    form = JoinForm.posted()
    limit("circle.join", actor.member_id)
    try:
        if not form.validate():
            return _join_page(here, form, status=422)
        done = actions.join(actor, here.id, form.answer.data or "", accepts=bool(form.accept.data))
    except Invalid as refusal:
        if refusal.code == "rules_first" and not form.shown.data:
            return hx.see_other(url_for(".ask", slug=slug))
        form.refuse(refusal)
        return _join_page(here, form, status=422)
    said = _("Welcome to %(circle)s.", circle=here.name) if done == "joined" else _("Your request is on its way.")
    return hx.see_other(url_for(".show", slug=slug), toast=said)


@bp.post("/circles/<slug>/welcome", permission="circle:belong")
def welcome(slug: str) -> Response:
    """The welcome was read, and stands on top no longer."""
    here = room(current_actor(), slug)
    actions.greet(current_actor(), here.id)
    return hx.changed(url_for(".show", slug=slug), "")


@bp.post("/circles/<slug>/withdraw", permission="circle:join")
def withdraw(slug: str) -> Response:
    actions.withdraw(current_actor(), room(current_actor(), slug).id)
    return hx.see_other(url_for(".show", slug=slug), toast=_("Your request was taken back."))


@bp.post("/circles/<slug>/leave", permission="circle:leave")
def leave(slug: str) -> Response:
    here = room(current_actor(), slug)
    actions.leave(current_actor(), here.id)
    return hx.see_other(url_for(".index"), toast=_("You have left %(circle)s.", circle=here.name))


@bp.post("/circles/<slug>/decline", permission="circle:join")
def decline(slug: str) -> Response:
    actions.decline_invitation(current_actor(), room(current_actor(), slug).id)
    return hx.see_other(url_for(".index"), toast=_("Declined. Nobody is told."))


# ---- requests -----------------------------------------------------------------------------------------------


@bp.get("/circles/<slug>/requests", permission="circle:admit")
def asked(slug: str) -> Response:
    return _requests_page(room(current_actor(), slug))


def _requests_page(here: Room, status: int = 200, at: int | None = None, form: ReplyForm | None = None) -> Response:
    """`form` is what was typed about the request with the number `at`."""
    after = whole(request.args.get("after")) or 0
    page = admission.asked(current_actor(), here, after)
    next_url = page.older and url_for(".asked", slug=here.slug, after=page.older)
    forms = {row.id: _own_ids(form if form and row.id == at else ReplyForm(), row.id) for row in page.rows}
    return hx.page(
        "circles/requests.html", status=status, page=page, forms=forms, next_url=next_url, **around(here, "asked")
    )  # fmt: skip


def _own_ids(form: ReplyForm, number: int) -> ReplyForm:
    """There is one such form for each request on the page."""
    form.reply.id = f"reply-{number}"
    return form


@bp.post("/circles/<slug>/requests/<int:number>", permission="circle:admit")
def decide(slug: str, number: int) -> Response:
    actor = current_actor()
    here = room(actor, slug)
    if request.form.get("accept") not in ("0", "1"):
        raise Invalid("choice", field="accept")
    accept = request.form["accept"] == "1"
    form = ReplyForm.posted()
    if not form.validate():
        return _typed_reply(here, number, form)
    accepted = actions.decide(actor, here.id, number, accept=accept, reply="" if accept else form.reply.data or "")
    toast = _("They are in.") if accepted else _("Declined.")
    return hx.changed(url_for(".asked", slug=slug), "", toast=toast)


def _typed_reply(here: Room, number: int, form: ReplyForm) -> Response:
    require(current_actor(), "circle:admit", here)
    if not hx.wants_fragment():
        return _requests_page(here, 422, number, form)
    rows: list[AskedRow] = admission.asked(current_actor(), here, number - 1).rows
    if not rows or rows[0].id != number:
        raise Gone
    return hx.page("circles/_decision.html", status=422, here=here, asking=rows[0], form=_own_ids(form, number))
