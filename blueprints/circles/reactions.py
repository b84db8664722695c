"""Reactions to posts and comments: one a member, a like or one of five more.

Beside the rows stands how many there are of each kind (`0:12 3:1`), so that a list of posts counts nothing.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from peewee import Model

from blueprints.circles import events
from blueprints.circles.gate import live_comment, live_post
from blueprints.circles.publishing import changed
from blueprints.circles.queries import Page, cut
from blueprints.circles.rooms import Room
from core import clock
from core.config import LIMITS
from core.db import atomic
from core.errors import Invalid
from core.policy import Actor, require
from core.signals import Event, announce
from models import Comment, CommentLike, Member, Post, PostLike

KINDS = ("like", "hug", "laugh", "wow", "sad", "cheer")
"""By number: a row says 0 for a like. New ones go to the end."""

LIKE = 0


def counts_of(text: str, total: int) -> dict[int, int]:
    """How many of each kind, most first. What the text does not account for are likes from before there were kinds."""
    counts = {int(kind): int(count) for kind, _, count in (part.partition(":") for part in text.split())}
    rest = total - sum(counts.values())
    if rest > 0:
        counts[LIKE] = counts.get(LIKE, 0) + rest
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


def as_text(counts: dict[int, int]) -> str:
    return " ".join(f"{kind}:{count}" for kind, count in sorted(counts.items()) if count > 0)


def like_post(actor: Actor, circle: int, post: int, on: bool, kind: int = LIKE) -> None:
    """React, or take the reaction back; another kind takes the place of the one before. Reacting the same way twice
    changes nothing. Raises Gone, Denied, Invalid."""
    _check(kind)
    with atomic():
        here, _ = live_post(actor, circle, post)
        require(actor, "post:like", here)
        _react(
            PostLike, PostLike.post, Post, post, actor.member_id or 0, kind if on else None,
            lambda: changed(circle, post), events.PostLiked(post, actor.member_id or 0, on),
        )  # fmt: skip


def like_comment(actor: Actor, circle: int, post: int, comment: int, on: bool, kind: int = LIKE) -> None:
    """As `like_post`."""
    _check(kind)
    with atomic():
        here, _ = live_comment(actor, circle, post, comment)
        require(actor, "post:like", here)
        _react(
            CommentLike, CommentLike.comment, Comment, comment, actor.member_id or 0, kind if on else None,
            lambda: _changed_comment(circle, post, comment), events.CommentLiked(comment, actor.member_id or 0, on),
        )  # fmt: skip


def _check(kind: int) -> None:
    if not 0 <= kind < len(KINDS):
        raise Invalid("choice", field="kind")


def _changed_comment(circle: int, post: int, comment: int) -> None:
    Comment.update(post_seq=changed(circle, post)).where(Comment.id == comment).execute()


def _react(
    likes: Any, subject: Any, things: Any, id_: int, member: int, kind: int | None, bump: Callable[[], Any],
    event: Event,
) -> None:  # fmt: skip
    """`bump` holds the rows of circle and post until the commit, so whoever reads the counts after it reads the last
    ones; what was read before it may be old, and is read again."""
    mine = (subject == id_) & (likes.member == member)
    if _kind_of(likes, mine) == kind:
        return
    bump()
    before = _kind_of(likes, mine)
    if before == kind:
        return
    if kind is None:
        likes.delete().where(mine).execute()
    elif before is None:
        likes.insert({subject: id_, likes.member: member, likes.kind: kind, likes.liked_at: clock.now()}).execute()
    else:
        likes.update(kind=kind, liked_at=clock.now()).where(mine).execute()
    recount(things, id_, before, kind)
    announce(event)


def _kind_of(likes: Any, mine: Any) -> int | None:
    row = likes.select(likes.kind).where(mine).tuples().first()
    return row[0] if row else None


def recount(things: type[Model], id_: int, before: int | None, after: int | None) -> None:
    """One reaction of a post or comment became another, came (`before` None) or went (`after` None)."""
    table: Any = things
    text, total = table.select(table.reactions, table.like_count).where(table.id == id_).tuples().first()
    counts = counts_of(text, total)
    if before is not None:
        counts[before] = counts.get(before, 0) - 1
    if after is not None:
        counts[after] = counts.get(after, 0) + 1
    step = (after is not None) - (before is not None)
    table.update(reactions=as_text(counts), like_count=total + step).where(table.id == id_).execute()


def take_back_all(member: int) -> None:
    """Every reaction of a member who is being erased."""
    for likes, subject, things in ((PostLike, PostLike.post, Post), (CommentLike, CommentLike.comment, Comment)):
        for id_, kind in list(likes.select(subject, likes.kind).where(likes.member == member).tuples()):
            recount(things, id_, kind, None)
        likes.delete().where(likes.member == member).execute()


# ---- who reacted --------------------------------------------------------------------------------------------


class ReactedRow(NamedTuple):
    member_id: int
    username: str
    display_name: str
    avatar_key: str | None
    kind: int

    @property
    def hue(self) -> int:
        return self.member_id % 12


def of_post(actor: Actor, here: Room, post: int, kind: int | None, before: int | None = None) -> Page:
    """Who reacted to a post that has passed the gate, in one way or in any."""
    return _people(actor, here, PostLike, PostLike.post == post, kind, before)


def of_comment(actor: Actor, here: Room, comment: int, kind: int | None, before: int | None = None) -> Page:
    return _people(actor, here, CommentLike, CommentLike.comment == comment, kind, before)


def _people(actor: Actor, here: Room, likes: Any, subject: Any, kind: int | None, before: int | None) -> Page:
    require(actor, "post:reactions", here)
    query = (
        likes.select(Member.id, Member.username, Member.display_name, Member.avatar_key, likes.kind)
        .join(Member, on=likes.member == Member.id)
        .where(subject)
        .order_by(likes.member.desc())
    )
    if kind is not None:
        query = query.where(likes.kind == kind)
    if before:
        query = query.where(likes.member < before)
    size = LIMITS["page_members"]
    rows = [ReactedRow(*row) for row in query.limit(size + 1).tuples()]
    return cut(rows, size, lambda row: row.member_id)
