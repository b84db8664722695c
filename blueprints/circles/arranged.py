"""The pins of a circle as one member sees them, and its digest. Read through the gate."""

from typing import NamedTuple

from peewee import JOIN, ModelSelect

from blueprints.circles.queries import Page, cut
from blueprints.circles.reading import PostRow, post_query
from blueprints.circles.rooms import Eyes, Room, eyes
from core.db import Prepared
from core.limits import LIMITS
from core.policy import Actor, require
from models import DigestPost, Member, Pin, PinFold, Post


class PinRow(NamedTuple):
    id: int
    title: str
    excerpt: str
    author_id: int | None
    display_name: str | None
    avatar_key: str | None
    created_at: int
    folded_at: int | None

    @property
    def hue(self) -> int:
        return (self.author_id or 0) % 12


def _build_pins(looking: Eyes, me: int, circle: int) -> ModelSelect:
    query = (
        Post.select(
            Post.id, Post.title, Post.excerpt, Post.author, Member.display_name, Member.avatar_key, Post.created_at,
            PinFold.folded_at,
        )
        .join(Pin, on=Pin.post == Post.id)
        .switch(Post)
        .join(Member, JOIN.LEFT_OUTER, on=Post.author == Member.id)
        .switch(Post)
        .join(PinFold, JOIN.LEFT_OUTER, on=(PinFold.post == Post.id) & (PinFold.member == me))
        .where(Pin.circle == circle)
        .order_by(Pin.position, Pin.post)
    )  # fmt: skip
    return looking.gated(query, me)


def _build_digest(looking: Eyes, me: int, circle: int, before: int, size: int) -> ModelSelect:
    return looking.gated(_digest_rows(me, circle, before, size), me)


def _build_digest_of_topic(looking: Eyes, me: int, circle: int, topic: int, before: int, size: int) -> ModelSelect:
    return looking.gated(_digest_rows(me, circle, before, size).where(Post.topic == topic), me)


def _digest_rows(me: int, circle: int, before: int, size: int) -> ModelSelect:
    chosen = (DigestPost.circle == circle) & (DigestPost.post < before)
    return post_query(me).where(chosen).order_by(DigestPost.post.desc()).limit(size)


_pins, _digest, _digest_of_topic = Prepared(_build_pins), Prepared(_build_digest), Prepared(_build_digest_of_topic)


def pins(actor: Actor, here: Room) -> tuple[PinRow, ...]:
    """In their order; those that the reader folded away carry when."""
    require(actor, "circle:read", here)
    return tuple(PinRow(*row) for row in _pins.rows(eyes(actor), me=actor.member_id or 0, circle=here.id))


def digest(actor: Actor, here: Room, topic: int | None = None, before: int | None = None) -> Page:
    """Posts that were chosen, newest first."""
    require(actor, "circle:read", here)
    size = LIMITS["page_posts"]
    numbers = {"me": actor.member_id or 0, "circle": here.id, "before": before or 2**61, "size": size + 1}
    if topic is None:
        rows = _digest.rows(eyes(actor), **numbers)
    else:
        rows = _digest_of_topic.rows(eyes(actor), topic=topic, **numbers)
    return cut([PostRow(*row) for row in rows], size, lambda row: row.id)
