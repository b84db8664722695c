"""What is written but not out: its author changes it, sends it or takes it back, a moderator lets it out or refuses it,
and what was meant for a moment comes out then.

Whoever takes a row out of waiting claims it by an update first: of two at once only one goes on.
"""

import json
from dataclasses import dataclass
from functools import partial
from typing import Any

from blueprints.circles import events, files
from blueprints.circles.posting import check_moment
from blueprints.circles.publishing import content_of, release, wake
from blueprints.circles.rooms import Room, room
from blueprints.circles.screening import PASS, Verdict, screen, tell_hidden
from blueprints.circles.waiting import STOPPED, PendingRow, waiting, waiting_count
from blueprints.circles.wording import Wording, word
from core import clock, markup, notices
from core.config import current
from core.db import after_commit, atomic
from core.errors import Conflict, Denied, Gone, Invalid, Refusal
from core.limits import LIMITS
from core.media import delete_picture
from core.plain import clean_body, clean_line
from core.policy import Actor, Standing, require, visible_ids
from core.signals import announce
from models import Attachment, Comment, Departure, Pending, Picture, Post, Topic

__all__ = ["PendingRow", "waiting", "waiting_count"]

PASSED = "passed"
"""The note of what a moderator has let through and waits for its moment: it is not looked at once more."""


@dataclass(frozen=True)
class Rewriting:
    """What an author changes: `due_at` in ms since 1970, None for as soon as it may come out."""

    title: str
    body: str
    topic: int | None = None
    due_at: int | None = None


# ---- its author ---------------------------------------------------------------------------------------------


def rewrite(actor: Actor, pending: int, new: Rewriting) -> int:
    """Change what waits, or what was refused, without sending it; returns its id. What a moderator may be looking at
    becomes another row, so that they never let out what they have not read. Raises Gone, Invalid, Conflict."""
    wording = word(actor, _checked(new))
    with atomic():
        row = _mine(actor, pending)
        _check_not_empty(row, wording)
        fresh = _changed(row, new, wording)
        if row.held_for and row.refused_at is None:
            return _as_another(row, fresh)
        Pending.update(**fresh).where(Pending.id == row.id).execute()
        if fresh["due_at"] and fresh["due_at"] != row.due_at:
            wake(row.id, fresh["due_at"])
        return int(row.id)


def _checked(new: Rewriting) -> str:
    """The text as it is kept. Raises Invalid."""
    body = clean_body(new.body)
    if len(clean_line(new.title)) > LIMITS["post_title"]:
        raise Invalid("too_long", field="title", most=LIMITS["post_title"])
    if len(body.encode()) > LIMITS["post_bytes"]:
        raise Invalid("too_long_bytes", field="body", most=LIMITS["post_bytes"] // 1024)
    return body


def _check_not_empty(row: Pending, wording: Wording) -> None:
    """Raises Invalid."""
    if row.kind == "comment":
        if not wording.source.strip():
            raise Invalid("comment_empty", field="body")
        if len(wording.source) > LIMITS["comment"]:
            raise Invalid("too_long", field="body", most=LIMITS["comment"])
    elif not wording.source.strip() and not _has_more(row):
        raise Invalid("post_empty", field="body")


def _has_more(row: Pending) -> bool:
    """Whether there is something to be published besides words."""
    extras = json.loads(row.extras)
    return bool(extras["poll"] or extras["shared"]) or any(
        table.select().where(table.subject_kind == "pending", table.subject_id == row.id).exists()
        for table in (Picture, Attachment)
    )


def _changed(row: Pending, new: Rewriting, wording: Wording) -> dict[str, Any]:
    """Raises Invalid."""
    extras = json.loads(row.extras) | {"mentions": wording.mentions, "text": wording.text, "link": wording.link}
    fresh: dict[str, Any] = {
        "source": wording.source, "html": wording.html, "excerpt": wording.excerpt, "due_at": row.due_at,
        "policy_version": markup.POLICY_VERSION,
    }  # fmt: skip
    if row.note == PASSED:
        fresh["note"] = ""  # these are not the words that a moderator let through
    if row.kind == "post":
        _check_topic(row, new.topic)
        extras["topic"] = new.topic
        fresh |= {"title": clean_line(new.title), **_moment(row, new.due_at)}
    return fresh | {"extras": json.dumps(extras)}


def _check_topic(row: Pending, topic: int | None) -> None:
    """Raises Invalid."""
    if topic is None or Topic.select().where(Topic.id == topic, Topic.circle == row.circle_id).exists():
        return
    raise Invalid("topic_gone", field="topic")


def _moment(row: Pending, due_at: int | None) -> dict[str, Any]:
    """What another moment changes. What a moderator refused has none until it is sent again. Raises Invalid."""
    if due_at == row.due_at or (row.refused_at is not None and row.held_for != STOPPED):
        return {}
    if due_at is None:
        if not row.held_for:
            raise Invalid("due_shape", field="due")
        return {"due_at": None}
    check_moment(due_at)
    waits_again = {"refused_at": None, "held_for": "", "note": ""} if row.held_for == STOPPED else {}
    return {"due_at": due_at, **waits_again}


def _as_another(row: Pending, fresh: dict[str, Any]) -> int:
    kept = {name: row.__data__[name] for name in row.__data__ if name != "id"}
    other = Pending.create(**kept | fresh)
    for table in (Picture, Attachment):
        mine = (table.subject_kind == "pending") & (table.subject_id == row.id)
        table.update(subject_id=other.id).where(mine).execute()
    row.delete_instance()
    notices.forget("pending", [row.id])
    if fresh["due_at"]:
        wake(other.id, fresh["due_at"])
    announce(events.PostHeld(other.id, row.circle_id, row.author_id))
    return int(other.id)


def send(actor: Actor, pending: int, *, insists: bool = False) -> tuple[str, int]:
    """Publish what was meant for later now, or send once more what was refused; it is looked at like anything new.

    Returns `post` or `comment` with its id, or `held` with that of what waits. Raises Gone, Denied, Invalid, Conflict,
    TooMany."""
    again(actor, pending)
    with atomic():
        row = _mine(actor, pending)
        if row.held_for and row.refused_at is None:
            raise Conflict("pending_decided")
        return _come_out(row, actor, insists=insists)


def discard(actor: Actor, pending: int) -> None:
    """Take it back for good, with its pictures and files. Raises Gone."""
    with atomic():
        drop([_mine(actor, pending).id])


def _mine(actor: Actor, pending: int) -> Pending:
    require(actor, "pending:own", actor.member_id)
    row = _claim(Pending.id == pending, Pending.author == actor.member_id)
    if row is None:
        raise Gone
    return row


def _claim(*conditions: Any) -> Pending | None:
    """The row, held until the end of the transaction; None when somebody else was quicker."""
    if not Pending.update(created_at=Pending.created_at).where(*conditions).execute():
        return None
    row: Pending | None = Pending.get_or_none(*conditions)
    return row


# ---- its moment ---------------------------------------------------------------------------------------------


def come_out(pending: int) -> None:
    """Publish what was meant for this moment, once. Where its author may not write any more it stays with them, and
    they are told."""
    actor = _author_of(pending)
    if actor is None:
        return
    again(actor, pending)
    with atomic():
        row = _claim(
            Pending.id == pending, Pending.due_at <= clock.now(), Pending.held_for == "", Pending.refused_at.is_null()
        )
        if row is None:
            return
        try:
            with atomic():
                _come_out(row, actor, insists=True)
        except Refusal as refusal:
            _stop(row, refusal.code)


def overdue(before: int) -> list[int]:
    """Ids of what should have come out before this moment (ms since 1970)."""
    query = Pending.select(Pending.id).where(
        Pending.due_at <= before, Pending.held_for == "", Pending.refused_at.is_null()
    )
    return [id_ for (id_,) in query.order_by(Pending.due_at).limit(500).tuples()]


def again(actor: Actor, pending: int) -> None:
    """Make its HTML anew where it was made under an older policy. Outside of the transaction that publishes it."""
    row = Pending.get_or_none(Pending.id == pending, Pending.policy_version != markup.POLICY_VERSION)
    if row is None:
        return
    wording = word(actor, row.source)
    made = {"html": wording.html, "excerpt": wording.excerpt, "policy_version": markup.POLICY_VERSION}
    Pending.update(**made).where(Pending.id == pending, Pending.source == row.source).execute()


def _author_of(pending: int) -> Actor | None:
    author = Pending.select(Pending.author).where(Pending.id == pending).scalar()
    return Actor(author, Standing.MEMBER) if author is not None else None


def _come_out(row: Pending, actor: Actor, *, insists: bool) -> tuple[str, int]:
    """Inside a transaction: looked at once more and published, or kept for a moderator. Raises what writing raises."""
    here = _open_to(row, actor)
    waited_since = row.created_at
    # What is about to come out is no repetition of itself, and not one more of what a newcomer writes in a day.
    Pending.update(created_at=0).where(Pending.id == row.id).execute()
    verdict = PASS
    if row.note != PASSED or row.held_for:
        verdict = screen(actor, here, row.kind, row.title, content_of(row).wording, insists=insists)
    if verdict.held_for:
        return "held", _hold(row, verdict, waited_since)
    number = release(row, hidden=verdict.hides)
    notices.forget("pending", [row.id])
    tell_hidden(verdict, here, row.kind, number, row.author_id)
    return row.kind, number


def _open_to(row: Pending, actor: Actor) -> Room:
    """The circle, when its author may write there now. Raises Denied, Gone, Conflict, Invalid."""
    here = room(actor, row.circle_id)
    if Departure.select().where(Departure.member == actor.member_id).exists():
        raise Denied("leaving")
    require(actor, "post:write" if row.kind == "post" else "comment:write", here)
    if row.kind == "comment":
        _check_talk(row, actor, here)
    return here


def _check_talk(row: Pending, actor: Actor, here: Room) -> None:
    """Raises Gone, Conflict, Invalid when what is answered is not there any more."""
    if row.post_id not in visible_ids("post", [row.post_id], actor):
        raise Gone
    locked = Post.select(Post.id).where(Post.id == row.post_id, Post.locked_at.is_null(False)).exists()
    if locked and not here.is_moderator:
        raise Conflict("post_locked")
    parent = Comment.get_or_none(Comment.id == row.parent_id) if row.parent_id else None
    if parent is not None and parent.deleted_at is not None and not parent.reply_count:
        raise Invalid("parent_gone", field="body")


def _hold(row: Pending, verdict: Verdict, waited_since: int) -> int:
    held = {"held_for": verdict.held_for, "note": verdict.note, "created_at": waited_since, "due_at": None}
    Pending.update(**held, refused_at=None, refused_by=None, refusal="").where(Pending.id == row.id).execute()
    announce(events.PostHeld(row.id, row.circle_id, row.author_id))
    return int(row.id)


def _stop(row: Pending, code: str) -> None:
    Pending.update(held_for=STOPPED, note=code, refused_at=clock.now()).where(Pending.id == row.id).execute()
    notices.tell([row.author_id], "pending", "pending", row.id, state=STOPPED)


# ---- moderators ---------------------------------------------------------------------------------------------


def approve(actor: Actor, circle: int, pending: int) -> tuple[str, int] | None:
    """Let it out: `post` or `comment` with its id, None when it waits for its moment now. Raises Gone, Denied, and
    Conflict where it was decided about before or its author may not write there."""
    with atomic():
        row = _held(actor, circle, pending)
        try:
            _open_to(row, Actor(row.author_id, Standing.MEMBER))
        except Refusal:
            raise Conflict("pending_not_now") from None
        if row.due_at and row.due_at > clock.now():
            Pending.update(held_for="", note=PASSED).where(Pending.id == row.id).execute()
            _decided(row, accepted=True)
            return None
        number = release(row)
        notices.forget("pending", [row.id])
        _decided(row, accepted=True, **{row.kind: number})
        return row.kind, number


def refuse(actor: Actor, circle: int, pending: int, reason: str) -> None:
    """It stays with its author, who reads the reason. Raises Gone, Denied, Invalid, Conflict."""
    clean = clean_body(reason).strip()
    if len(clean) > LIMITS["reason"]:
        raise Invalid("too_long", field="reason", most=LIMITS["reason"])
    with atomic():
        row = _held(actor, circle, pending)
        refused = {"refused_at": clock.now(), "refused_by": actor.member_id, "refusal": clean}
        Pending.update(**refused).where(Pending.id == row.id).execute()
        _decided(row, accepted=False)


def _held(actor: Actor, circle: int, pending: int) -> Pending:
    require(actor, "circle:moderate", room(actor, circle))
    row = _claim(Pending.id == pending, Pending.circle == circle, Pending.held_for != "", Pending.refused_at.is_null())
    if row is None:
        raise Conflict("pending_decided")
    return row


def _decided(row: Pending, *, accepted: bool, post: int | None = None, comment: int | None = None) -> None:
    announce(events.PendingDecided(row.id, row.circle_id, row.author_id, accepted, post, comment))


# ---- going --------------------------------------------------------------------------------------------------


def drop(ids: list[int]) -> None:
    """What waits goes, with its pictures and files; inside a transaction."""
    if not ids:
        return
    folder = current().data / "media"
    mine = (Picture.subject_kind == "pending") & Picture.subject_id.in_(ids)
    for (key,) in list(Picture.select(Picture.key).where(mine).tuples()):
        after_commit(partial(delete_picture, folder, key))
    Picture.delete().where(mine).execute()
    files.drop("pending", ids)
    Pending.delete().where(Pending.id.in_(ids)).execute()
    notices.forget("pending", ids)


def drop_of(member: int) -> None:
    """All that a member has waiting goes; inside the transaction that erases them."""
    drop([id_ for (id_,) in Pending.select(Pending.id).where(Pending.author == member).tuples()])


def drop_beneath(posts: list[int]) -> None:
    """Comments that wait beneath posts which are gone for good."""
    drop([id_ for (id_,) in Pending.select(Pending.id).where(Pending.post.in_(posts)).tuples()])
