"""What a member lets others see and do.

Without a row all is as the defaults of the table say. A friend may always find and ask, a block ends everything
(apart.py), and staff see a profile as everybody does: what is asked here is nobody's work.
"""

from dataclasses import asdict, dataclass

from peewee import ModelAlias

from blueprints.people.apart import apart_ids, are_apart
from blueprints.people.events import PrivacyChanged
from blueprints.people.friends import are_friends
from core.db import atomic
from core.errors import Invalid
from core.policy import Actor, require
from core.signals import announce
from models import Circle, Friendship, Membership, PersonSetting

REACH = ("everyone", "acquaintances", "nobody")
SEEN_BY = ("everyone", "friends", "nobody")
STRANGERS_SEE = (10, 0)
FRIENDS_SEE_DAYS = (3, 183, 0)


@dataclass(frozen=True)
class Settings:
    """`found_by` and `asked_by` out of REACH, `friends_seen_by` and `circles_seen_by` out of SEEN_BY. `strangers_see`
    counts posts, `friends_see_days` is 0 for all."""

    found_by: str = "everyone"
    asked_by: str = "everyone"
    friends_seen_by: str = "friends"
    circles_seen_by: str = "everyone"
    strangers_see: int = 10
    friends_see_days: int = 0


_COLUMNS = (
    PersonSetting.found_by, PersonSetting.asked_by, PersonSetting.friends_seen_by, PersonSetting.circles_seen_by,
    PersonSetting.strangers_see, PersonSetting.friends_see_days,
)  # fmt: skip


def settings_of(member_id: int) -> Settings:
    row = PersonSetting.select(*_COLUMNS).where(PersonSetting.member == member_id).tuples().first()
    return Settings(*row) if row else Settings()


_CHOICES = {
    "found_by": REACH, "asked_by": REACH, "friends_seen_by": SEEN_BY, "circles_seen_by": SEEN_BY,
    "strangers_see": STRANGERS_SEE, "friends_see_days": FRIENDS_SEE_DAYS,
}  # fmt: skip


def choose(actor: Actor, wanted: Settings) -> None:
    """Raises SignInNeeded, Denied, and Invalid with the field."""
    values = asdict(wanted)
    for name, allowed in _CHOICES.items():
        if values[name] not in allowed:
            raise Invalid("choice", field=name)
    with atomic():
        require(actor, "people:privacy")
        me = actor.member_id or 0
        PersonSetting.insert(member=me, **values).on_conflict(
            conflict_target=[PersonSetting.member], update=values
        ).execute()
        announce(PrivacyChanged(me))


def may_find(actor: Actor, ids: list[int]) -> set[int]:
    """Those of these members whom a search of the actor may bring up."""
    if not ids:
        return set()
    rows = PersonSetting.select(PersonSetting.member, PersonSetting.found_by)
    picky = dict(rows.where(PersonSetting.member.in_(ids), PersonSetting.found_by != "everyone").tuples())
    found = {id_ for id_ in ids if id_ not in picky or _reaches(actor, id_, picky[id_])}
    return found - apart_ids(actor.member_id)


def may_ask(actor: Actor, other: int, by_code: bool = False) -> bool:
    """Whether the actor may ask this member to be friends. `by_code`: who holds the code that the member shows to
    people may ask whatever the setting says."""
    if actor.member_id is None or actor.member_id == other or are_apart(actor.member_id, other):
        return False
    return by_code or _reaches(actor, other, settings_of(other).asked_by)


def _reaches(actor: Actor, other: int, reach: str) -> bool:
    if reach == "everyone" or actor.member_id == other:
        return True
    me = actor.member_id
    if me is None:
        return False
    return are_friends(other, me) or (reach == "acquaintances" and are_acquainted(me, other))


def are_acquainted(one: int, other: int) -> bool:
    """Whether the two share a friend or a circle."""
    return share_circle(one, other) or share_friend(one, other)


def share_circle(one: int, other: int) -> bool:
    theirs = Membership.alias()
    shared = (
        Membership.select(Membership.id)
        .join(theirs, on=(theirs.circle == Membership.circle) & (theirs.member == other))
        .join(Circle, on=Circle.id == Membership.circle)
    )
    return shared.where(Membership.member == one, Circle.closed_at.is_null()).exists()


def share_friend(one: int, other: int) -> bool:
    theirs = ModelAlias(Friendship)  # its own `alias` is a column
    shared = Friendship.select(Friendship.friend).join(
        theirs, on=(theirs.friend == Friendship.friend) & (theirs.member == other)
    )
    return shared.where(Friendship.member == one).exists()


def sees_friends(actor: Actor, other: int) -> bool:
    """Whether the actor may see who this member's friends are. Nobody outside sees that of anybody."""
    return actor.member_id is not None and _is_seen(actor, other, "friends_seen_by")


def sees_circles(actor: Actor, other: int) -> bool:
    """Whether the actor may see in which circles this member is, as far as these circles are theirs to see."""
    return _is_seen(actor, other, "circles_seen_by")


def _is_seen(actor: Actor, other: int, setting: str) -> bool:
    if actor.member_id == other:
        return True
    if actor.member_id is not None and are_apart(actor.member_id, other):
        return False
    seen_by = getattr(settings_of(other), setting)
    if seen_by == "everyone":
        return True
    return seen_by == "friends" and actor.member_id is not None and are_friends(other, actor.member_id)
