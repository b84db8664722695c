"""What two people have in common: circles that both are in, and friends of both."""

from typing import Any, NamedTuple

from peewee import ModelAlias, ModelSelect

from core.policy import Actor, visible
from models import Circle, Friendship, Member, Membership


class CommonCircle(NamedTuple):
    id: int
    slug: str
    name: str
    picture_key: str | None

    @property
    def hue(self) -> int:
        return self.id % 12


class CommonFriend(NamedTuple):
    id: int
    username: str
    display_name: str
    avatar_key: str | None

    @property
    def name(self) -> str:
        return self.display_name

    @property
    def picture_key(self) -> str | None:
        return self.avatar_key

    @property
    def hue(self) -> int:
        return self.id % 12


def circles_in_common(actor: Actor, other: int, most: int) -> tuple[list[CommonCircle], int]:
    """The first so many circles that both are in, so that both know of them, and how many there are."""
    if _alone(actor, other):
        return [], 0
    theirs = Membership.alias()
    shared: ModelSelect = (
        Circle.select(Circle.id, Circle.slug, Circle.name, Circle.picture_key)
        .join(Membership, on=(Membership.circle == Circle.id) & (Membership.member == actor.member_id))
        .switch(Circle)
        .join(theirs, on=(theirs.circle == Circle.id) & (theirs.member == other))
        .where(Circle.closed_at.is_null())
    )
    rows = shared.order_by(Membership.id.desc()).limit(most).tuples()
    return _cut([CommonCircle(*row) for row in rows], shared, most)


def friends_in_common(actor: Actor, other: int, most: int) -> tuple[list[CommonFriend], int]:
    """Friends of both, the actor's latest first, as far as the actor may see them; and how many there are. Whether the
    other shows their friends to the actor is asked before (privacy.sees_friends)."""
    if _alone(actor, other):
        return [], 0
    theirs = ModelAlias(Friendship)  # its own `alias` is a column
    shared = visible(
        Member.select(Member.id, Member.username, Member.display_name, Member.avatar_key)
        .join(Friendship, on=(Friendship.friend == Member.id) & (Friendship.member == actor.member_id))
        .switch(Member)
        .join(theirs, on=(theirs.friend == Member.id) & (theirs.member == other)),
        actor,
    )
    rows = shared.order_by(Friendship.since_at.desc()).limit(most).tuples()
    return _cut([CommonFriend(*row) for row in rows], shared, most)


def _alone(actor: Actor, other: int) -> bool:
    return not actor.signed_in or actor.member_id == other


def _cut(rows: list[Any], shared: ModelSelect, most: int) -> tuple[list[Any], int]:
    return rows, len(rows) if len(rows) < most else shared.count()
