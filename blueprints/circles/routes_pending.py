"""What one has written that is not out: looking at it, changing it, sending it now, taking it back."""

from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _

from blueprints.circles import bp, pending, topics, waiting
from blueprints.circles.forms import PostForm, local_moment
from blueprints.circles.forms import number as whole
from blueprints.circles.pending import Rewriting
from blueprints.circles.rooms import room
from blueprints.circles.waiting import PendingRow
from core import hx
from core.errors import Conflict, Gone, Invalid, Refusal, TooMany
from core.guard import limit
from core.i18n import time_zone, zone_name
from core.viewer import current_actor

ONE = "/me/pending/<int:number>"


@bp.get("/circles/<slug>/pending", permission="pending:own")
def own_pending(slug: str) -> Response:
    here = room(current_actor(), slug)
    return _list(here.id, url_for(".show", slug=slug), {"slug": slug})


@bp.get("/me/pending", permission="pending:own")
def all_pending() -> Response:
    return _list(None, url_for("people.me"), {})


def _list(circle: int | None, back_url: str, place: dict[str, Any]) -> Response:
    page = waiting.own(current_actor(), circle, whole(request.args.get("before")))
    context: dict[str, Any] = {
        "rows": [(row, _why(row)) for row in page.rows],
        "older_url": page.older and url_for(request.endpoint or "", **place, before=page.older),
    }
    if hx.wants_fragment():
        return hx.fragment(render_template("circles/_pending_rows.html", **context))
    return hx.page("circles/pending.html", back_url=back_url, **context)


def _why(row: PendingRow) -> str:
    """What keeps it from coming out, in the words of whoever keeps it."""
    said = {
        "approval": _("Here a moderator looks at every post before it comes out."),
        "newcomer": _("Here a moderator looks at the first posts of a new member."),
        "words": _("One of its words is looked at by a moderator first."),
        "links": _("Links of new members are looked at by a moderator first."),
    }
    if row.state == "stopped":
        return _stopped(row.note)
    if row.state == "refused":
        return row.refusal or _("No reason was given.")
    return said.get(row.held_for, "")


def _stopped(code: str) -> str:
    said = {
        "denied": _("At its time you could not write in this circle."),
        "gone": _("At its time the place it was meant for was no longer there for you."),
    }
    return said.get(code) or hx.say(Refusal(code))


@bp.get(ONE, permission="pending:own")
def edit_pending(number: int) -> Response:
    row = waiting.one(current_actor(), number)
    typed = {"title": row.title, "body": row.source, "topic": row.topic_id, "due": local_moment(row.due_at)}
    return _editor(row, typed, {})


def _editor(row: PendingRow, typed: dict[str, Any], errors: dict[str, list[str]], **options: Any) -> Response:
    return hx.page(
        "circles/edit_pending.html", {"pending-editor": "circles/_pending_editor.html"}, row=row, why=_why(row),
        typed=typed, errors=errors, topics=_topics(row), zone=zone_name(time_zone()),
        warned=options.get("warned", False), status=options.get("status", 200),
    )  # fmt: skip


def _topics(row: PendingRow) -> tuple[topics.TopicRow, ...]:
    try:
        return topics.of_circle(room(current_actor(), row.circle_id)) if row.kind == "post" else ()
    except Gone:
        return ()


@bp.post(ONE, permission="pending:own")
def save_pending(number: int) -> Response:
    """Keeps what was changed; the button `send` sends it as well."""
    actor = current_actor()
    row = waiting.one(actor, number)
    limit("post.write" if request.form.get("send") else "text.render", actor.member_id)
    form = PostForm.posted()
    try:
        draft = form.draft()
        kept = pending.rewrite(actor, number, Rewriting(draft.title, draft.body, draft.topic, draft.due_at))
        if not request.form.get("send"):
            return hx.see_other(url_for(".edit_pending", number=kept), toast=_("Saved."))
        return _sent(row, *pending.send(actor, kept, insists=draft.insists))
    except (Invalid, Conflict, TooMany) as refusal:
        field = getattr(refusal, "field", "") or "body"
        return _editor(row, form.typed(), {field: [hx.say(refusal)]}, status=refusal.status,
                       warned=refusal.code == "word_warned")  # fmt: skip


@bp.post(f"{ONE}/send", permission="pending:own")
def send_pending(number: int) -> Response:
    actor = current_actor()
    row = waiting.one(actor, number)
    limit("post.write", actor.member_id)
    try:
        return _sent(row, *pending.send(actor, number))
    except (Invalid, Conflict, TooMany) as refusal:
        if hx.wants_fragment():
            raise
        return _editor(row, {"title": row.title, "body": row.source, "topic": row.topic_id,
                             "due": local_moment(row.due_at)}, {"body": [hx.say(refusal)]}, status=refusal.status,
                       warned=refusal.code == "word_warned")  # fmt: skip


def _sent(row: PendingRow, kind: str, number: int) -> Response:
    if kind == "held":
        return hx.see_other(url_for(".edit_pending", number=number), toast=_("A moderator looks at it first."))
    if kind == "comment":
        place = url_for(".post", slug=row.slug, number=row.post_id, _anchor=f"comment-{number}")
    else:
        place = url_for(".post", slug=row.slug, number=number)
    return hx.see_other(place, toast=_("Posted."))


@bp.post(f"{ONE}/discard", permission="pending:own")
def discard_pending(number: int) -> Response:
    pending.discard(current_actor(), number)
    if hx.wants_fragment() and hx.target() == f"pending-{number}":
        return hx.fragment("", toast=_("Deleted."))
    return hx.see_other(url_for(".all_pending"), toast=_("Deleted."))
