"""Who somebody's friends are, for those who may know."""

from typing import Any, NamedTuple

from peewee import fn

from blueprints.people.friends import aliases, is_friend
from blueprints.people.privacy import sees_friends
from core.errors import Gone
from core.limits import LIMITS
from core.policy import Actor, require, visible
from models import Friendship, Member, PersonSetting


class FriendOf(NamedTuple):
    """`name` is what the reader calls them."""

    id: int
    username: str
    name: str
    avatar_key: str | None

    @property
    def hue(self) -> int:
        return self.id % 12


class Page(NamedTuple):
    """Rows and where the next page starts; None at the end."""

    rows: list[FriendOf]
    older: str | None


def _may_be_named(me: int) -> Any:
    """Whoever shows nobody their friends is on no list of others either, unless the reader is their friend too."""
    closed = PersonSetting.select(PersonSetting.member).where(
        PersonSetting.member == Member.id, PersonSetting.friends_seen_by == "nobody"
    )
    return ~fn.EXISTS(closed) | (Member.id == me) | is_friend(Member.id, me)


def friends_of(actor: Actor, member: int, before: str = "") -> Page:
    """Whoever came to the site last is first, less those whom the actor does not see: neither the order nor `before`,
    which comes from the page before, tells since when they are friends. Raises Gone for whom it is none of their
    business."""
    require(actor, "people:read")
    if not sees_friends(actor, member):
        raise Gone
    rows = visible(
        Member.select(Member.id, Member.username, Member.display_name, Member.avatar_key).join(
            Friendship, on=(Friendship.friend == Member.id) & (Friendship.member == member)
        ),
        actor,
    )
    if actor.member_id != member:
        rows = rows.where(_may_be_named(actor.member_id or 0))
    if before.isdecimal() and len(before) < 18:
        rows = rows.where(Friendship.friend < int(before))
    size = LIMITS["page_friends"]
    found = rows.order_by(Friendship.friend.desc()).limit(size + 1).tuples()
    listed = [FriendOf(*row) for row in found]
    called = aliases(actor.member_id or 0, [row.id for row in listed])
    named = [row._replace(name=called.get(row.id, row.name)) for row in listed[:size]]
    return Page(named, str(named[-1].id) if len(listed) > size else None)
