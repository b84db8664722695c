"""Who is in a circle: listed, looked for, and what a member sets for themselves."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from peewee import JOIN

from blueprints.circles import naming
from blueprints.circles.categories import NOTIFY_LEVELS
from blueprints.circles.queries import TEAM, Page, cut
from blueprints.circles.rooms import Room, room, side
from blueprints.people.apart import apart
from core import clock
from core.db import Prepared, atomic
from core.errors import Gone, Invalid
from core.limits import LIMITS
from core.policy import Actor, can, require
from models import Circle, Flair, Member, Membership, Sanction


class PersonRow(NamedTuple):
    """`muted_at` is only known to moderators; `muted_until` None is for good."""

    member_id: int
    username: str
    display_name: str
    avatar_key: str | None
    role: str
    joined_at: int
    position: int
    flair_id: int | None
    flair: str | None
    flair_hue: int | None
    muted_at: int | None
    muted_until: int | None

    @property
    def hue(self) -> int:
        return self.member_id % 12


@dataclass(frozen=True)
class Only:
    """Those of a role, or those with a flair; without either, all whom `queries.team` does not name."""

    role: str = ""
    flair: int = 0


@dataclass(frozen=True)
class Hits:
    """Members whose name begins as was asked; `more` when there are others, and more letters would help."""

    rows: list[PersonRow]
    more: bool


_PERSON = (
    Member.id, Member.username, Member.display_name, Member.avatar_key, Membership.role, Membership.joined_at,
    Membership.id, Membership.flair, Flair.name, Flair.hue,
)  # fmt: skip


def _people(circle: int, now: int) -> Any:
    muted = (
        (Sanction.circle == circle) & (Sanction.member == Membership.member) & (Sanction.kind == "mute")
        & (Sanction.until_at.is_null() | (Sanction.until_at > now))
    )  # fmt: skip
    return (
        Membership.select(*_PERSON, Sanction.decided_at, Sanction.until_at)
        .join(Member, on=Membership.member == Member.id)
        .switch(Membership)
        .join(Flair, JOIN.LEFT_OUTER, on=Membership.flair == Flair.id)
        .switch(Membership)
        .join(Sanction, JOIN.LEFT_OUTER, on=muted)
    )


def _build_role(circle: int, side: int, role: str, before: int, now: int, size: int) -> Any:
    rows = _people(circle, now).where(Membership.circle == circle, Membership.role == role, Membership.id < before)
    return rows.where(~apart(side, Membership.member)).order_by(Membership.id.desc()).limit(size)


def _build_flair(circle: int, side: int, flair: int, before: int, now: int, size: int) -> Any:
    # The flair is the circle's own, so its index alone is enough; `circle` is asked all the same.
    rows = _people(circle, now).where(Membership.flair == flair, Membership.id < before, Flair.circle == circle)
    return rows.where(~apart(side, Membership.member)).order_by(Membership.id.desc()).limit(size)


def _build_named(by: str, circle: int, side: int, first: str, last: str, now: int, size: int) -> Any:
    key = getattr(Membership, by)
    rows = _people(circle, now).where(Membership.circle == circle, key >= first, key < last)
    return rows.where(~apart(side, Membership.member)).order_by(key, Membership.id).limit(size)


def _build_one(circle: int, member: int, now: int) -> Any:
    return _people(circle, now).where(Membership.circle == circle, Membership.member == member)


def _build_team(circle: int, side: int, now: int) -> Any:
    rows = _people(circle, now).where(Membership.circle == circle, Membership.role.in_(("owner", "moderator")))
    return rows.where(~apart(side, Membership.member)).order_by(Membership.role.desc(), Membership.id).limit(TEAM)


_of_role, _of_flair = Prepared(_build_role), Prepared(_build_flair)
_named, _one, _team = Prepared(_build_named), Prepared(_build_one), Prepared(_build_team)


def _shown(here: Room, row: tuple[Any, ...]) -> PersonRow:
    person = PersonRow(*row)
    return person if here.is_moderator else person._replace(muted_at=None, muted_until=None)


def listed(actor: Actor, here: Room, only: Only, before: int | None = None) -> Page:
    """Newest first; `before` is the position of the last one shown."""
    require(actor, "circle:read", here)
    size, start = LIMITS["page_members"], before or 2**61
    common = {"circle": here.id, "side": side(actor, here), "before": start, "now": clock.now(), "size": size + 1}
    rows = (
        _of_flair.rows(flair=only.flair, **common) if only.flair
        else _of_role.rows(role=only.role or "member", **common)
    )  # fmt: skip
    return cut([_shown(here, row) for row in rows], size, lambda row: row.position)


def named(actor: Actor, here: Room, query: str) -> Hits:
    """Members whose name or username begins like this, by name."""
    require(actor, "circle:read", here)
    wanted = naming.folded(query.strip().lstrip("@＠"))
    if not wanted:
        return Hits([], False)
    size = LIMITS["page_members"]
    first, last = naming.span(wanted)
    common = {"circle": here.id, "side": side(actor, here), "now": clock.now(), "size": size + 1}
    found: dict[int, PersonRow] = {}
    for by in ("name_key", "username_key"):
        for row in _named.rows(by, first=first, last=last, **common):
            person = _shown(here, row)
            if any(naming.folded(name).startswith(wanted) for name in (person.display_name, person.username)):
                found[person.member_id] = person
    rows = sorted(found.values(), key=lambda each: (naming.folded(each.display_name), each.position))
    return Hits(rows[:size], len(rows) > size)


def team(actor: Actor, here: Room) -> list[PersonRow]:
    """Who runs a circle that the actor may read: owners first, then moderators."""
    rows = _team.rows(circle=here.id, side=side(actor, here), now=clock.now())
    return [_shown(here, row) for row in rows]


def one(here: Room, member: int) -> PersonRow | None:
    """A member of a circle that the actor may read."""
    rows = _one.rows(circle=here.id, member=member, now=clock.now())
    return _shown(here, rows[0]) if rows else None


def in_common(actor: Actor, member: int) -> int:
    """How many circles both are in, so that both know of them."""
    if not actor.signed_in or member == actor.member_id:
        return 0
    theirs = Membership.alias()
    return int(
        Membership.select()
        .join(theirs, on=(theirs.circle == Membership.circle) & (theirs.member == member))
        .switch(Membership)
        .join(Circle, on=Membership.circle == Circle.id)
        .where(Membership.member == actor.member_id, Circle.closed_at.is_null())
        .count()
    )


def met(actor: Actor, slug: str, member: int) -> PersonRow | None:
    """Somebody as the circle knows them, if the actor may read it."""
    try:
        here = room(actor, slug)
    except Gone:
        return None
    return one(here, member) if can(actor, "circle:read", here) else None


# ---- what a member sets for themselves ----------------------------------------------------------------------


def set_notify(actor: Actor, circle: int, level: str) -> None:
    """What the member wants to be told of. Raises Denied, Gone, Invalid."""
    if level not in NOTIFY_LEVELS:
        raise Invalid("choice", field="notify")
    with atomic():
        require(actor, "circle:belong", room(actor, circle))
        Membership.update(notify=level).where(
            Membership.circle == circle, Membership.member == actor.member_id
        ).execute()
