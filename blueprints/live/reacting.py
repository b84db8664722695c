"""Reactions: a heart, a clap … as often as one likes. They are summed by kind over ten seconds of the event, so a
thousand taps are a few rows, and who tapped is not kept.
"""

from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

from peewee import fn

from blueprints.live.events import Reacted
from blueprints.live.halls import Hall
from blueprints.live.taking_part import admitted
from core import clock
from core.db import atomic
from core.errors import Invalid, TooMany
from core.limits import LIMITS, RATES
from core.policy import Actor
from core.signals import announce
from models import LiveReaction

KINDS = ("heart", "clap", "laugh", "wow", "fire", "cheer")
SLOT_MS = 10 * clock.SECOND
SPAN_MS = clock.HOUR
"""At most so much of a replay is asked for at once."""


class Hits(NamedTuple):
    """`slot` counts tens of seconds from the event's beginning, less than 0 before it."""

    slot: int
    kind: str
    hits: int


def react(actor: Actor, event: int, kind: str, hits: int = 1) -> None:
    """Raises Gone, SignInNeeded, Denied, Invalid, Conflict, TooMany."""
    if kind not in KINDS or not 1 <= hits <= LIMITS["live_taps"]:
        raise Invalid("choice", field="kind")
    if actor.signed_in:
        _taps.count(actor.member_id or 0, hits)
    with atomic():
        here = admitted(actor, event)
        slot = here.offset_ms(clock.now()) // SLOT_MS
        LiveReaction.insert(event=event, slot=slot, kind=kind, hits=hits).on_conflict(
            conflict_target=[LiveReaction.event, LiveReaction.slot, LiveReaction.kind],
            update={LiveReaction.hits: LiveReaction.hits + hits},
        ).execute()
        announce(Reacted(event, kind, hits))


# ---- how often ----------------------------------------------------------------------------------------------


class Taps:
    """How much each member tapped within a window, remembered by this process alone: a tap is not worth a row of its
    own, and whoever reaches several processes may do so much in each."""

    MOST_MEMBERS = 20_000

    def __init__(self) -> None:
        self._counts: OrderedDict[tuple[int, int], int] = OrderedDict()
        self._lock = Lock()

    def count(self, member: int, hits: int) -> None:
        """Raises TooMany with the seconds to wait."""
        rate, now = RATES["live.react"], clock.now()
        length = rate.seconds * 1000
        key = (member, now // length)
        with self._lock:
            so_far = self._counts.get(key, 0)
            if so_far + hits > rate.hits:
                raise TooMany(retry_after=max(1, (length - now % length) // 1000))
            self._counts[key] = so_far + hits
            while len(self._counts) > self.MOST_MEMBERS:
                self._counts.popitem(last=False)

    def forget(self) -> None:
        with self._lock:
            self._counts.clear()


_taps = Taps()


# ---- reading ------------------------------------------------------------------------------------------------


def totals(event: int) -> dict[str, int]:
    """How often each kind came in all, in the order of `KINDS`; those that never came are left out."""
    rows = LiveReaction.select(LiveReaction.kind, fn.SUM(LiveReaction.hits)).where(LiveReaction.event == event)
    found = {kind: int(hits) for kind, hits in rows.group_by(LiveReaction.kind).tuples()}
    return {kind: found[kind] for kind in KINDS if found.get(kind)}


def between(here: Hall, from_ms: int, to_ms: int) -> list[Hits]:
    """What came in a part of the event (ms from its beginning), by slot; at most an hour of it."""
    first, last = from_ms // SLOT_MS, (min(to_ms, from_ms + SPAN_MS) - 1) // SLOT_MS
    rows = (
        LiveReaction.select(LiveReaction.slot, LiveReaction.kind, LiveReaction.hits)
        .where(LiveReaction.event == here.id, LiveReaction.slot >= first, LiveReaction.slot <= last)
        .order_by(LiveReaction.slot, LiveReaction.kind)
    )
    return [Hits(*row) for row in rows.tuples()]
