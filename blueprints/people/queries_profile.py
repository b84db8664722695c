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
    at: int

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
    """The latest first, less those whom the actor does not see; `before` comes from the page before. Raises Gone for
    whom it is none of their business."""
    require(actor, "people:read")
    if not sees_friends(actor, member):
        raise Gone
    rows = visible(
        Member.select(Member.id, Member.username, Member.display_name, Member.avatar_key, Friendship.since_at).join(
            Friendship, on=(Friendship.friend == Member.id) & (Friendship.member == member)
        ),
        actor,
    )
    if actor.member_id != member:
        rows = rows.where(_may_be_named(actor.member_id or 0))
    moment, _, number = before.partition(".")
    if moment.isdecimal() and number.isdecimal() and max(len(moment), len(number)) < 18:
        at, id_ = int(moment), int(number)
        rows = rows.where((Friendship.since_at < at) | ((Friendship.since_at == at) & (Member.id < id_)))
    size = LIMITS["page_friends"]
    found = rows.order_by(Friendship.since_at.desc(), Member.id.desc()).limit(size + 1).tuples()
    listed = [FriendOf(*row) for row in found]
    last = listed[size - 1] if len(listed) > size else None
    called = aliases(actor.member_id or 0, [row.id for row in listed])
    named = [row._replace(name=called.get(row.id, row.name)) for row in listed[:size]]
    return Page(named, f"{last.at}.{last.id}" if last else None)
