"""Reactions to posts and comments: who may react, and who sees who did. How they are kept: core/reacting.py."""

from typing import Any, NamedTuple

from blueprints.circles import events
from blueprints.circles.gate import live_comment, live_post
from blueprints.circles.publishing import changed
from blueprints.circles.queries import Page, cut
from blueprints.circles.rooms import Room, side
from blueprints.people.apart import apart
from core import reacting
from core.db import atomic
from core.limits import LIMITS
from core.policy import Actor, require
from core.reacting import LIKE
from models import Comment, CommentLike, Member, Post, PostLike


def like_post(actor: Actor, circle: int, post: int, on: bool, kind: int = LIKE) -> None:
    """React, or take the reaction back; another kind takes the place of the one before. Reacting the same way twice
    changes nothing. Raises Gone, Denied, Invalid."""
    reacting.check_kind(kind)
    with atomic():
        here, _ = live_post(actor, circle, post)
        require(actor, "post:like", here)
        reacting.react(
            PostLike, PostLike.post, Post, post, actor.member_id or 0, kind if on else None,
            lambda: changed(circle, post), events.PostLiked(post, actor.member_id or 0, on),
        )  # fmt: skip


def like_comment(actor: Actor, circle: int, post: int, comment: int, on: bool, kind: int = LIKE) -> None:
    """As `like_post`."""
    reacting.check_kind(kind)
    with atomic():
        here, _ = live_comment(actor, circle, post, comment)
        require(actor, "post:like", here)
        reacting.react(
            CommentLike, CommentLike.comment, Comment, comment, actor.member_id or 0, kind if on else None,
            lambda: _changed_comment(circle, post, comment), events.CommentLiked(comment, actor.member_id or 0, on),
        )  # fmt: skip


def _changed_comment(circle: int, post: int, comment: int) -> None:
    Comment.update(post_seq=changed(circle, post)).where(Comment.id == comment).execute()


def take_back_all(member: int) -> None:
    """Every reaction of a member who is being erased."""
    reacting.take_back_all(PostLike, PostLike.post, Post, member)
    reacting.take_back_all(CommentLike, CommentLike.comment, Comment, member)


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
        .where(subject, ~apart(side(actor, here), likes.member))
        .order_by(likes.member.desc())
    )
    if kind is not None:
        query = query.where(likes.kind == kind)
    if before:
        query = query.where(likes.member < before)
    size = LIMITS["page_members"]
    rows = [ReactedRow(*row) for row in query.limit(size + 1).tuples()]
    return cut(rows, size, lambda row: row.member_id)
