"""Questions about circles and who is in them. Filtered by the read gate, keyset-paged, never write."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from peewee import JOIN

from blueprints.circles.rooms import Room, room, side
from blueprints.people.apart import apart
from blueprints.people.privacy import sees_circles
from core.db import Prepared
from core.errors import Gone
from core.limits import LIMITS
from core.policy import Actor, require, visible
from models import Circle, CircleInvitation, JoinRequest, Member, Membership

__all__ = ["Room", "room"]


TEAM = 30


class CircleRow(NamedTuple):
    id: int
    slug: str
    name: str
    purpose: str
    category: str
    visibility: str
    join_policy: str
    picture_key: str | None
    cover_key: str | None
    member_count: int
    active_at: int
    role: str | None

    @property
    def hue(self) -> int:
        return self.id * 7 % 12


class MemberRow(NamedTuple):
    member_id: int
    username: str
    display_name: str
    avatar_key: str | None
    role: str
    joined_at: int
    position: int

    @property
    def hue(self) -> int:
        return self.member_id % 12

    @property
    def name(self) -> str:
        return self.display_name

    @property
    def picture_key(self) -> str | None:
        return self.avatar_key


@dataclass(frozen=True)
class Page:
    """Rows and where the next page starts; None at the end."""

    rows: list[Any]
    older: int | str | None


def cut(rows: list[Any], size: int, key: Any) -> Page:
    """A page of `size` out of up to `size + 1` rows."""
    return Page(rows[:size], key(rows[size - 1]) if len(rows) > size else None)


_CARD = (
    Circle.id, Circle.slug, Circle.name, Circle.purpose, Circle.category, Circle.visibility, Circle.join_policy,
    Circle.picture_key, Circle.cover_key, Circle.member_count, Circle.active_at, Membership.role,
)  # fmt: skip


def _cards(actor: Actor) -> Any:
    mine = (Membership.circle == Circle.id) & (Membership.member == (actor.member_id or 0))
    return visible(Circle.select(*_CARD).join(Membership, JOIN.LEFT_OUTER, on=mine), actor)


def directory(actor: Actor, category: str | None = None, before: str = "") -> Page:
    """Circles by latest activity. Invisible ones are never listed here, not even to their members.

    `before` is `active_at.id` of the last row shown."""
    require(actor, "circle:list")
    query = _cards(actor).where(Circle.visibility != "invisible")
    if category:
        query = query.where(Circle.category == category)
    moment, _, number = before.partition(".")
    if moment.isdecimal() and number.isdecimal() and max(len(moment), len(number)) < 19:
        at, id_ = int(moment), int(number)
        query = query.where((Circle.active_at < at) | ((Circle.active_at == at) & (Circle.id < id_)))
    size = LIMITS["page_circles"]
    rows = query.order_by(Circle.active_at.desc(), Circle.id.desc()).limit(size + 1).tuples()
    return cut([CircleRow(*row) for row in rows], size, lambda row: f"{row.active_at}.{row.id}")


def of_member(actor: Actor, member_id: int, limit: int = 50) -> tuple[CircleRow, ...]:
    """The circles a member is in, as far as the actor may see them, latest activity first."""
    if not sees_circles(actor, member_id):
        return ()
    theirs = Membership.select(Membership.circle).where(Membership.member == member_id)
    query = _cards(actor).where(Circle.id.in_(theirs))
    if member_id != actor.member_id:
        query = query.where((Circle.visibility == "public") | Membership.role.is_null(False))
    return tuple(CircleRow(*row) for row in query.order_by(Circle.active_at.desc()).limit(limit).tuples())


def some(actor: Actor, ids: list[int]) -> list[CircleRow]:
    """These circles, in the order of the ids."""
    found = {row[0]: CircleRow(*row) for row in _cards(actor).where(Circle.id.in_(ids)).tuples()}
    return [found[id_] for id_ in ids if id_ in found]


def invitations(actor: Actor) -> list[tuple[CircleRow, str, str]]:
    """Open invitations of the actor: circle, who invites, why."""
    inviter = Member.alias()
    query = (
        CircleInvitation.select(CircleInvitation.circle, inviter.display_name, CircleInvitation.reason)
        .join(inviter, JOIN.LEFT_OUTER, on=CircleInvitation.invited_by == inviter.id)
        .where(CircleInvitation.member == (actor.member_id or 0), CircleInvitation.answered_at.is_null())
        .order_by(CircleInvitation.id.desc())
        .limit(20)
    )
    rows = {circle: (name or "", reason) for circle, name, reason in query.tuples()}
    return [(card, *rows[card.id]) for card in some(actor, list(rows))]


_PERSON = (
    Member.id, Member.username, Member.display_name, Member.avatar_key, Membership.role, Membership.joined_at,
    Membership.id,
)  # fmt: skip


def team(actor: Actor, here: Room) -> list[MemberRow]:
    """Owners and moderators: shown to everyone who sees the circle, so that a stranger knows who runs it."""
    return [MemberRow(*row) for row in _team.rows(circle=here.id, side=side(actor, here))]


def _people() -> Any:
    return Membership.select(*_PERSON).join(Member, on=Membership.member == Member.id)


def _build_team(circle: int, side: int) -> Any:
    rows = _people().where(Membership.circle == circle, Membership.role.in_(("owner", "moderator")))
    return rows.where(~apart(side, Membership.member)).order_by(Membership.role.desc(), Membership.id).limit(TEAM)


_team = Prepared(_build_team)


def asked_count(here: Room) -> int:
    """How many wait to be let in, up to a hundred."""
    return len(_waiting.rows(circle=here.id))


def _build_waiting(circle: int) -> Any:
    waiting = JoinRequest.select(JoinRequest.id).where(JoinRequest.circle == circle, JoinRequest.decided_at.is_null())
    return waiting.limit(100)


_waiting = Prepared(_build_waiting)


def member_named(actor: Actor, username: str) -> int:
    """Id of a member by name. Raises Gone."""
    row = visible(Member.select(Member.id).where(Member.username == username), actor).tuples().first()
    if row is None:
        raise Gone("no_such_member")
    number: int = row[0]
    return number
