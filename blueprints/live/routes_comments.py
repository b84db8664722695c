"""Bullet comments: sending, older ones, those of a stretch of a replay, the menu of one; what somebody avoids."""

from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _

from blueprints.live import avoiding, bp, bullets, commenting
from blueprints.live.bullets import Bullet
from blueprints.live.halls import Hall, hall
from blueprints.live.rows_comments import comment_row, composer
from blueprints.live.rows_room import menu as moderators_menu
from core import hx
from core.errors import Conflict, Denied, Invalid, TooMany
from core.guard import limit
from core.policy import can
from core.viewer import current_actor, current_user

COMMENTS = "/live/<int:event>/comments"
COMMENT = f"{COMMENTS}/<int:comment>"
LONGEST_MS = 24 * 60 * 60 * 1000
MINIMAL = "return=minimal"
"""What a page with an open stream says when it sends a comment: the row reaches it anyhow, so the answer is empty."""

REPLAY_SECONDS = 60
"""How long a browser keeps a stretch of a replay: what was taken away meanwhile still shows to whoever has it."""


@bp.post(COMMENTS, permission="live:comment")
def write_comment(event: int) -> Response:
    actor, form = current_actor(), request.form
    body, mode = form.get("body", ""), form.get("mode", "scroll")
    try:
        face = commenting.Face(current_user.display_name, current_user.avatar_key) if actor.signed_in else None
        written = commenting.write_bullet(actor, event, body, mode, form.get("key", ""), face)
    except (Invalid, Conflict, TooMany, Denied) as refusal:
        return _answer_again(event, body, mode, refusal)
    if request.headers.get("Prefer") == MINIMAL and not written.is_held:
        return hx.unchanged()
    held = _("It shows in a moment: those who run this event see it first.") if written.is_held else None
    if not hx.wants_fragment():
        there = hx.back(url_for(".show", event=event))
        own = f"#lc-{written.id}" if there == url_for(".comments", event=event) and not held else ""
        return hx.see_other(there + own, toast=held)
    if held:
        return hx.fragment(toast=held)
    return hx.fragment(comment_row(_own(event, written)))


def _own(event: int, written: commenting.Written) -> Bullet:
    """The row that the author gets at once. It comes over the wire as well, and the same id is the same row."""
    return Bullet(
        written.id, current_user.member_id, current_user.display_name, current_user.avatar_key, written.body,
        written.mode, written.role, written.offset_ms, written.at, None,
    )  # fmt: skip


def _answer_again(event: int, body: str, mode: str, refusal: Invalid | Conflict | TooMany | Denied) -> Response:
    """The same composer with what was typed and why it was not taken. Raises Gone."""
    actor = current_actor()
    here = hall(actor, event)
    wait = refusal.retry_after if isinstance(refusal, TooMany) else 0
    shown = composer(actor, here, body=body, mode=mode, error=hx.say(refusal), wait=wait)
    if hx.wants_fragment():
        return hx.fragment(shown, status=422)
    return _page(here, None, shown, status=422)


@bp.get(COMMENTS, permission="live:watch")
def comments(event: int) -> Response:
    """The latest, or those before one: rows for the list, or a page of their own."""
    actor = current_actor()
    here = hall(actor, event)
    before = _number(request.args.get("before"))
    if hx.wants_fragment():
        return hx.fragment(render_template("live/_older.html", **_rows(here, before)))
    return _page(here, before, composer(actor, here) if before is None else None)


def _rows(here: Hall, before: int | None) -> dict[str, Any]:
    found = bullets.bullets(current_actor(), here, before)
    older = url_for(".comments", event=here.id, before=found.more[0]) if found.more else None
    return {"rows": [comment_row(row) for row in found.rows], "older_url": older}


def _page(here: Hall, before: int | None, shown: str | None, status: int = 200) -> Response:
    context = _rows(here, before) if can(current_actor(), "live:watch", here) else {"rows": [], "older_url": None}
    latest = url_for(".comments", event=here.id) if before is not None else None
    return hx.page("live/comments.html", status=status, here=here, composer=shown, latest_url=latest, **context)


@bp.get("/live/<int:event>/replay", permission="live:watch")
def replay(event: int) -> Response:
    """Rows of a stretch of time in its order, to be asked for again and again while a replay runs. The last element
    says where to read on when there are more."""
    actor = current_actor()
    here = hall(actor, event)
    since, after = _offset("from", -LONGEST_MS), _number(request.args.get("after")) or 0
    found = bullets.replayed(actor, here, since, _offset("to", 2**40), after)
    more: dict[str, Any] = {}
    if found.more:
        more = {"from": found.more[0], "after": found.more[1], "to": request.args.get("to")}
    next_url = url_for(".replay", event=event, **more) if more else None
    rows = [comment_row(row) for row in found.rows]
    answer = hx.fragment(render_template("live/_replayed.html", rows=rows, next_url=next_url))
    if here.state == "over" and not hx.wants_fragment():
        answer.headers["Cache-Control"] = f"private, max-age={REPLAY_SECONDS}"
    return answer


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and text.isascii() and len(text) < 19 else None


def _offset(name: str, otherwise: int) -> int:
    """Ms from the beginning, less than 0 before it."""
    text = request.args.get(name, "")
    number = _number(text.removeprefix("-"))
    if number is None:
        return otherwise
    return -number if text.startswith("-") else number


# ---- one of them --------------------------------------------------------------------------------------------


@bp.get(f"{COMMENT}/menu", permission="live:watch")
def comment_menu(event: int, comment: int) -> Response:
    actor = current_actor()
    here = hall(actor, event)
    row = bullets.bullet(actor, here, comment)
    avoided = row.author in avoiding.avoided_ids(actor)
    context = {"here": here, "row": row, "is_mine": row.author == actor.member_id, "avoided": avoided,
               **moderators_menu(actor, here, row)}  # fmt: skip
    if hx.wants_fragment():
        return hx.fragment(render_template("live/_menu.html", **context))
    return hx.page("live/menu.html", said=comment_row(row), **context)


# ---- what one does not want to see --------------------------------------------------------------------------


@bp.get("/live/avoided", permission="live:own")
def avoided() -> Response:
    return _avoided(avoiding.avoided_words(current_actor()), [])


def _avoided(words: str, errors: list[str], status: int = 200) -> Response:
    people = avoiding.avoided_people(current_actor())
    regions = {"avoided": "live/_avoided.html"}
    return hx.page("live/avoided.html", regions, status=status, people=people, words=words, errors=errors)


@bp.post("/live/avoided/words", permission="live:own")
def avoided_words() -> Response:
    actor, words = current_actor(), request.form.get("words", "")
    limit("live.avoid", actor.member_id)
    try:
        avoiding.choose_words(actor, words)
    except Invalid as refusal:
        return _avoided(words, [hx.say(refusal)], status=422)
    return hx.see_other(url_for(".avoided"), toast=_("Saved."))


@bp.post("/live/avoided/<int:member>", permission="live:own")
def avoid(member: int) -> Response:
    """`on` is 1 to avoid somebody, 0 to see them again."""
    actor, on = current_actor(), request.values.get("on", "1") != "0"
    limit("live.avoid", actor.member_id)
    if on:
        avoiding.avoid(actor, member)
    else:
        avoiding.welcome_back(actor, member)
    events = {"avoid": {"member": member, "on": on}}
    said = (
        _("You see no bullet comments of this person any more.") if on
        else _("You see this person’s bullet comments again.")
    )  # fmt: skip
    undo = (url_for(".avoid", member=member, on=0), _("Undo")) if on else None
    if hx.target() == "avoided":
        return _avoided(avoiding.avoided_words(actor), [])
    if hx.wants_fragment():
        return hx.fragment(toast=said, undo=undo, events=events)
    return hx.see_other(hx.back(url_for(".avoided")), toast=said)
