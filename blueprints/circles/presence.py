"""Who is in a circle at this moment: when each member was last seen there, for those who do not mind.

A member who reads opens a stream (streams.py) and asks now and then who else is here; one row is written for it at
times. What this process has written lately it remembers, so that the questions in between write nothing.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Any, NamedTuple

from peewee import Value

from blueprints.circles.rooms import Room, side
from blueprints.people.apart import apart
from core import clock
from core.db import Prepared
from core.policy import Actor, can
from models import Member, Membership, Presence

WRITTEN_EVERY_MS = 45_000
HERE_MS = 90_000
KEPT_MS = 10 * clock.MINUTE
MOST_SHOWN = 99
MOST_REMEMBERED = 20_000

_written: OrderedDict[tuple[int, int], int] = OrderedDict()
_lock = Lock()


class HereRow(NamedTuple):
    member_id: int
    username: str
    name: str
    picture_key: str | None

    @property
    def hue(self) -> int:
        return self.member_id % 12


@dataclass(frozen=True)
class Present:
    """`more` when there are further ones."""

    people: tuple[HereRow, ...]
    more: bool

    @property
    def digest(self) -> str:
        """Short for all that is shown of them: the same for the same."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


def note(actor: Actor, here: Room) -> None:
    """This member looks at the circle now. Strangers who read a public circle leave no trace."""
    if actor.member_id is None or not here.is_member or not _is_due(here.id, actor.member_id):
        return
    # One statement asks and writes: between two, somebody could switch it off.
    willing = Member.select(Value(here.id), Member.id, Value(clock.now())).where(
        Member.id == actor.member_id, Member.shows_presence, Member.erased_at.is_null()
    )
    Presence.insert_from(willing, [Presence.circle, Presence.member, Presence.seen_at]).on_conflict(
        conflict_target=[Presence.circle, Presence.member], preserve=[Presence.seen_at]
    ).execute()


def _is_due(circle: int, member: int) -> bool:
    now, key = clock.now(), (circle, member)
    with _lock:
        if abs(now - _written.get(key, 0)) < WRITTEN_EVERY_MS:
            return False
        _written[key] = now
        _written.move_to_end(key)
        while len(_written) > MOST_REMEMBERED:
            _written.popitem(last=False)
    return True


def seen_by(actor: Actor, here: Room) -> Present | None:
    """Members who were seen within the last 90 seconds, up to `MOST_SHOWN`, in an order that stays. None for a visitor,
    and for whoever may not read the circle."""
    if not actor.signed_in or not can(actor, "circle:read", here):
        return None
    rows = _seen.rows(
        circle=here.id, side=side(actor, here), since=clock.now() - HERE_MS, size=MOST_SHOWN + 1
    )
    people = tuple(sorted(HereRow(*row) for row in rows[:MOST_SHOWN]))
    return Present(people, len(rows) > MOST_SHOWN)


def _build(circle: int, side: int, since: int, size: int) -> Any:
    return (
        Presence.select(Member.id, Member.username, Member.display_name, Member.avatar_key)
        .join(Member, on=Presence.member == Member.id)
        .join(Membership, on=(Membership.circle == circle) & (Membership.member == Member.id))
        .where(
            Presence.circle == circle, Presence.seen_at > since, Member.shows_presence, ~apart(side, Presence.member)
        )
        .order_by(Presence.seen_at.desc())
        .limit(size)
    )


_seen = Prepared(_build)


def forget(member: int, circle: int | None = None) -> None:
    """Nothing is known any more of where this member was; with `circle`, not in that one."""
    theirs = Presence.member == member
    if circle is not None:
        theirs &= Presence.circle == circle
    Presence.delete().where(theirs).execute()
    with _lock:
        for key in [key for key in _written if key[1] == member and circle in (None, key[0])]:
            del _written[key]


def sweep() -> int:
    """Delete what says nothing about now; returns how many rows."""
    return int(Presence.delete().where(Presence.seen_at < clock.now() - KEPT_MS).execute())
