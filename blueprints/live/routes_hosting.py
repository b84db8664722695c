"""With what those who run an event look after it: switches, the announcement, words, held comments, people, the log."""

from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from blueprints.live import bp, held, hosting, logbook, moderating, rows_log, rows_room
from blueprints.live.halls import Hall, hall
from core import hx, stream_log
from core.errors import Invalid
from core.guard import limit
from core.policy import require
from core.viewer import current_actor

EVENT = "/live/<int:event>"
COMMENT = f"{EVENT}/comments/<int:comment>"
PERSON = f"{EVENT}/people/<int:member>"
PIN, WORDS = "live/_pin_form.html", "live/_kept_out.html"
FORMS = {
    "pin-form": PIN, "live-switches": "live/_seconds_form.html", "kept-out": "live/_kept_out_form.html",
}  # fmt: skip
"""What a form is answered with that was not taken, by what its answer would have changed."""


def _moderated(event: int) -> Hall:
    """Counts the request as well: each act may reach thousands of pages."""
    here = hall(current_actor(), event)
    require(current_actor(), "live:moderate", here)
    if request.method == "POST":
        limit("live.moderate", current_actor().member_id)
    return here


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and text.isascii() and len(text) < 10 else None


@bp.get(f"{EVENT}/tools", permission="live:moderate")
def tools(event: int) -> Response:
    return _tools(_moderated(event))


def _tools(here: Hall, status: int = 200, **forms: Any) -> Response:
    at = stream_log.position(here.moderators_channel)
    shown = rows_room.tools(current_actor(), hall(current_actor(), here.id), **forms)
    return hx.page("live/tools.html", FORMS, status=status, at=at, **shown)


def _changed(event: int, region: str | None = None, toast: str | None = None) -> Response:
    """The part of the tools that was changed, or back to where the form was sent from."""
    if not hx.wants_fragment():
        return hx.see_other(hx.back(url_for(".tools", event=event)), toast=toast)
    here = hall(current_actor(), event)
    if region is None:
        return hx.fragment(rows_room.switches(rows_room.rules_of(here)), toast=toast)
    return hx.fragment(render_template(region, **rows_room.tools(current_actor(), here)), toast=toast)


# ---- how comments are run -----------------------------------------------------------------------------------


@bp.post(f"{EVENT}/switches", permission="live:moderate")
def switch(event: int) -> Response:
    """One of hosting.SWITCHES by its name, with its value; `closed` as 1 or 0."""
    _moderated(event)
    actor = current_actor()
    name = next((name for name in (*hosting.SWITCHES, "closed") if name in request.form), "")
    value = _number(request.form.get(name))
    if value is None:
        raise Invalid("choice", field=name)
    if name == "closed":
        hosting.close_comments(actor, event, bool(value))
    else:
        hosting.switch(actor, event, **{name: value})
    return _changed(event)


@bp.post(f"{EVENT}/seconds", permission="live:moderate")
def set_seconds(event: int) -> Response:
    """Slow mode and holding, in seconds of one's own choice."""
    here = _moderated(event)
    typed = {name: request.form.get(name, "").strip() for name in ("slow", "hold")}
    numbers = {name: _number(text) for name, text in typed.items()}
    try:
        hosting.switch(current_actor(), event, **{name: -1 if n is None else n for name, n in numbers.items()})
    except Invalid as refusal:
        return _tools(here, 422, seconds=typed, errors={refusal.field: [hx.say(refusal)]})
    return _changed(event)


@bp.post(f"{EVENT}/announcement", permission="live:moderate")
def pin(event: int) -> Response:
    here, text = _moderated(event), request.form.get("announcement", "")
    try:
        hosting.pin(current_actor(), event, text)
    except Invalid as refusal:
        return _tools(here, 422, pinned=text, errors={"announcement": [hx.say(refusal)]})
    return _changed(event, PIN)


@bp.post(f"{EVENT}/words", permission="live:moderate")
def keep_out(event: int) -> Response:
    here, words = _moderated(event), request.form.get("words", "")
    try:
        hosting.keep_out(current_actor(), event, words)
    except Invalid as refusal:
        return _tools(here, 422, typed=words, errors={"words": [hx.say(refusal)]})
    return _changed(event, WORDS)


@bp.post(f"{EVENT}/words/<int:word>/remove", permission="live:moderate")
def let_in(event: int, word: int) -> Response:
    _moderated(event)
    hosting.let_in(current_actor(), event, word)
    return _changed(event, WORDS)


# ---- comments and people ------------------------------------------------------------------------------------


def _done(event: int, said: str, act: int | None = None) -> Response:
    """A toast, with the way to take it back."""
    undo = (url_for(".undo", event=event, act=act), _("Undo")) if act else None
    if hx.wants_fragment():
        return hx.fragment(toast=said, undo=undo)
    return hx.see_other(hx.back(url_for(".log", event=event)), toast=said, undo=undo)


@bp.post(f"{EVENT}/held/<int:comment>", permission="live:moderate")
def decide_held(event: int, comment: int) -> Response:
    """`through` 1 shows it now, 0 keeps it back."""
    _moderated(event)
    if request.form.get("through") == "1":
        held.let_through(current_actor(), event, comment)
        return _done(event, _("Shown."))
    return _done(event, _("Kept back."), held.keep_back(current_actor(), event, comment))


@bp.post(f"{COMMENT}/delete", permission="live:moderate")
def delete_comment(event: int, comment: int) -> Response:
    _moderated(event)
    return _done(event, _("Deleted."), moderating.delete_comment(current_actor(), event, comment))


@bp.post(f"{PERSON}/delete-all", permission="live:moderate")
def delete_all(event: int, member: int) -> Response:
    _moderated(event)
    act = moderating.delete_all(current_actor(), event, member)
    return _done(event, _("All their bullet comments are deleted.") if act else _("There is nothing to delete."), act)


@bp.post(f"{PERSON}/mute", permission="live:moderate")
def mute(event: int, member: int) -> Response:
    """For so many `minutes`; 0: to the end."""
    _moderated(event)
    minutes = _number(request.form.get("minutes"))
    if minutes is None:
        raise Invalid("choice", field="minutes")
    act = moderating.mute(current_actor(), event, member, minutes or None)
    said = ngettext("Muted for a minute.", "Muted for %(num)s minutes.", minutes) if minutes else _("Muted to the end.")
    return _done(event, said, act)


@bp.post(f"{PERSON}/remove", permission="live:moderate")
def remove(event: int, member: int) -> Response:
    _moderated(event)
    return _done(event, _("Removed from the event."), moderating.remove(current_actor(), event, member))


@bp.post(f"{PERSON}/pardon", permission="live:moderate")
def pardon(event: int, member: int) -> Response:
    """`kind` is mute or remove."""
    _moderated(event)
    moderating.pardon(current_actor(), event, member, request.form.get("kind", ""))
    return _done(event, _("Pardoned."))


# ---- the log ------------------------------------------------------------------------------------------------


@bp.get(f"{EVENT}/log", permission="live:moderate")
def log(event: int) -> Response:
    here, actor = _moderated(event), current_actor()
    before = _number(request.args.get("before"))
    page = logbook.log(actor, here, before)
    context: dict[str, Any] = {
        "here": here, "rows": [rows_log.said(row) for row in page.rows],
        "older_url": page.older and url_for(".log", event=event, before=page.older),
    }  # fmt: skip
    if before and hx.wants_fragment():
        return hx.fragment(render_template("live/_log.html", **context))
    return hx.page("live/log.html", sanctioned=[] if before else logbook.sanctioned(actor, here), **context)


@bp.post(f"{EVENT}/acts/<int:act>/undo", permission="live:moderate")
def undo(event: int, act: int) -> Response:
    _moderated(event)
    moderating.undo(current_actor(), event, act)
    return _done(event, _("Undone."))
