"""Polls, questions and reactions of an event."""

from typing import Any

from flask import Response, jsonify, render_template, request, url_for
from flask_babel import gettext as _

from blueprints.live import asking, bp, polling, reacting, rows_taking_part
from blueprints.live.halls import Hall
from blueprints.live.taking_part import SHUT, looked_after, watched
from core import hx
from core.errors import Conflict, Gone, Invalid, Refusal
from core.guard import limit
from core.policy import can
from core.viewer import current_actor

EVENT = "/live/<int:event>"
POLL = f"{EVENT}/polls/<int:poll>"
QUESTION = f"{EVENT}/questions/<int:question>"
LONGEST = 10


def _number(text: str | None) -> int:
    """0 for what is none."""
    return int(text) if text and text.isdecimal() and text.isascii() and len(text) < LONGEST else 0


def _errors(refusal: Refusal) -> dict[str, list[str]]:
    return {getattr(refusal, "field", ""): [hx.say(refusal)]}


# ---- polls --------------------------------------------------------------------------------------------------


@bp.get(f"{EVENT}/polls", permission="live:watch")
def polls(event: int) -> Response:
    return _polls(watched(current_actor(), event))


def _polls(here: Hall, asked: dict[str, Any] | None = None, status: int = 200) -> Response:
    actor = current_actor()
    found, older = polling.page(here, _number(request.args.get("before")))
    context = {
        "polls": found, "chosen": polling.choices(actor.member_id or 0, [poll.id for poll in found]),
        "older_url": older and url_for(".polls", event=here.id, before=older),
    }  # fmt: skip
    if request.args.get("before") and hx.wants_fragment():
        return hx.fragment(render_template("live/_polls.html", **context))
    may_ask = here.state not in SHUT and can(actor, "live:moderate", here)
    asked = asked or (rows_taking_part.poll_form() if may_ask else None)
    return hx.page("live/polls.html", status=status, here=here, asked=asked, **context)


@bp.post(f"{EVENT}/polls", permission="live:moderate")
def open_poll(event: int) -> Response:
    actor, form = current_actor(), request.form
    here = looked_after(actor, event)
    limit("live.poll", actor.member_id)
    draft = polling.PollDraft(form.get("question", ""), tuple(form.getlist("option")))
    try:
        polling.open_poll(actor, event, draft, form.get("key", ""))
    except (Invalid, Conflict) as refusal:
        typed = {"question": draft.question, "options": list(draft.options), "errors": _errors(refusal)}
        asked = rows_taking_part.poll_form(typed)
        if hx.wants_fragment():
            return hx.fragment(render_template("live/_poll_form.html", here=here, asked=asked), status=422)
        return _polls(here, asked, status=422)
    again = render_template("live/_poll_form.html", here=here, asked=rows_taking_part.poll_form())
    return hx.changed(_room(event, "live-poll"), again, toast=_("Everybody sees it now."))


@bp.post(f"{POLL}/vote", permission="live:react")
def vote(event: int, poll: int) -> Response:
    actor = current_actor()
    polling.vote(actor, event, poll, _number(request.form.get("option")))
    return _poll_again(event)


@bp.post(f"{POLL}/close", permission="live:moderate")
def close_poll(event: int, poll: int) -> Response:
    polling.close_poll(current_actor(), event, poll)
    return _poll_again(event)


def _poll_again(event: int) -> Response:
    actor = current_actor()
    return hx.changed(_room(event, "live-poll"), rows_taking_part.poll_region(actor, watched(actor, event)))


def _room(event: int, part: str) -> str:
    """The page of the event, at one of its regions."""
    return url_for(".show", event=event, _anchor=part)


# ---- questions ----------------------------------------------------------------------------------------------


@bp.get(f"{EVENT}/questions", permission="live:watch")
def questions(event: int) -> Response:
    actor = current_actor()
    here = watched(actor, event)
    after = request.args.get("after", "")
    if after and hx.wants_fragment():
        found = rows_taking_part.question_list(actor, here, after)
        context = {"rows": found["rows"], "older_url": found["older_url"]}
        return hx.fragment(render_template("live/_older_questions.html", **context))
    return hx.page("live/questions.html", here=here, asking=rows_taking_part.questions(actor, here, after))


@bp.post(f"{EVENT}/questions", permission="live:react")
def ask(event: int) -> Response:
    """For htmx the empty form once more, with the new row for the list."""
    actor, body = current_actor(), request.form.get("body", "")
    limit("live.ask", actor.member_id)
    try:
        made = asking.ask(actor, event, body, request.form.get("key", ""))
    except (Invalid, Conflict) as refusal:
        return _ask_again(event, body, _errors(refusal))
    here = watched(actor, event)
    if not hx.wants_fragment():
        return hx.see_other(_room(event, f"lq-{made}"), toast=_("Asked."))
    row = rows_taking_part.question_row(actor, asking.some(event, [made])[0])
    form = rows_taking_part.question_form()
    return hx.fragment(render_template("live/_asked.html", here=here, asking=form, row=row), toast=_("Asked."))


def _ask_again(event: int, body: str, errors: dict[str, list[str]]) -> Response:
    actor = current_actor()
    here = watched(actor, event)
    if hx.wants_fragment():
        form = rows_taking_part.question_form(body, errors)
        return hx.fragment(render_template("live/_question_form.html", here=here, asking=form), status=422)
    shown = rows_taking_part.questions(actor, here, typed=body, errors=errors)
    return hx.page("live/questions.html", status=422, here=here, asking=shown)


@bp.post(f"{QUESTION}/vote", permission="live:react")
def support(event: int, question: int) -> Response:
    """`on` is 1 to want the answer too, 0 to want it no more."""
    actor = current_actor()
    limit("like.write", actor.member_id)
    asking.support(actor, event, question, _is_on())
    return _question_again(event, question)


@bp.post(f"{QUESTION}/answered", permission="live:moderate")
def mark_answered(event: int, question: int) -> Response:
    asking.mark_answered(current_actor(), event, question, _is_on())
    return _question_again(event, question)


@bp.post(f"{QUESTION}/hide", permission="live:react")
def hide(event: int, question: int) -> Response:
    """By those who look after the event, or whoever asked."""
    actor, on = current_actor(), _is_on()
    asking.hide(actor, event, question, on)
    undo = None
    if on and can(actor, "live:moderate", watched(actor, event)):
        undo = (url_for(".hide", event=event, question=question, on=0), _("Undo"))
    said = _("Taken away.") if on else _("It shows again.")
    return _question_again(event, question, toast=said, undo=undo)


def _is_on() -> bool:
    return request.values.get("on", "1") != "0"


def _question_again(event: int, question: int, **said: Any) -> Response:
    actor = current_actor()
    rows = asking.some(event, [question])
    if not rows:
        raise Gone
    return hx.changed(_room(event, "live-questions"), rows_taking_part.question_row(actor, rows[0]), **said)


# ---- reactions ----------------------------------------------------------------------------------------------


@bp.post(f"{EVENT}/reactions", permission="live:react")
def react(event: int) -> Response:
    """Taps of one kind, gathered by the browser; a plain form sends one."""
    form = request.form
    reacting.react(current_actor(), event, form.get("kind", ""), _number(form.get("n", "1")))
    if hx.wants_fragment():
        return hx.unchanged()
    return hx.see_other(_room(event, "live-reactions"))


@bp.get(f"{EVENT}/reactions", permission="live:watch")
def reactions(event: int) -> Response:
    """Sums of a part of the event, for its replay: `from` and `to` in ms from its beginning."""
    here = watched(current_actor(), event)
    start = _offset(request.args.get("from", ""), 0)
    found = reacting.between(here, start, _offset(request.args.get("to", ""), start + reacting.SPAN_MS))
    return jsonify(
        slot_ms=reacting.SLOT_MS, slots=[[row.slot * reacting.SLOT_MS, row.kind, row.hits] for row in found]
    )  # fmt: skip


def _offset(text: str, otherwise: int) -> int:
    digits = text.removeprefix("-")
    if not (digits.isdecimal() and digits.isascii() and len(digits) < 16):
        return otherwise
    return -int(digits) if text.startswith("-") else int(digits)
