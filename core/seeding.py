"""Demo data: what each blueprint brings of it, and how it goes again.

A blueprint registers a `Demo` in its `seeds.py`. All of them run in one transaction, so a site that is stopped while it
is being filled is empty afterwards, and is filled at the next start. That transaction is the one exception to the rule
that nothing slow stands in one: there is nobody yet whom it could keep waiting.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from core import audit, clock
from core.db import atomic
from core.errors import Refusal
from core.policy import CONSOLE
from models import AuditEntry, Member

REMOVED = "demo.remove"
MOST_PROCESSES = 4

T = TypeVar("T")


def _nothing() -> None:
    """Some blueprints' rows go with those of others."""


def _no_words() -> str:
    return ""


def _never() -> bool:
    return False


@dataclass(frozen=True)
class Demo:
    """`prepare` starts what takes long and needs no rows; `plant` acts as the demo members would. `uproot` takes out
    what they made and leaves what others made. `tell` says how to look at it; empty when there is nothing to look at.
    `is_missing`: an older version made the demo of this site and brought nothing of this, and nobody has begun with it
    since. Planting goes up in `order`, uprooting down."""

    name: str
    order: int
    plant: Callable[[], None]
    prepare: Callable[[], None] = _nothing
    uproot: Callable[[], None] = _nothing
    tell: Callable[[], str] = _no_words
    is_missing: Callable[[], bool] = _never


_demos: dict[str, Demo] = {}


def register(demo: Demo) -> None:
    _demos[demo.name] = demo


def _ordered() -> list[Demo]:
    return sorted(_demos.values(), key=lambda demo: demo.order)


def is_untouched() -> bool:
    """Nobody was ever here, and no demo data was removed: who took it out does not want it back."""
    removed = AuditEntry.select(AuditEntry.id).where(AuditEntry.action == REMOVED).limit(1).exists()
    return not removed and not Member.select(Member.id).limit(1).exists()


def plant() -> bool:
    """Make the demo data unless the site has been used; where an older version made it, what has come since. Returns
    whether any was made."""
    is_new = is_untouched()
    wanted = _ordered() if is_new else [demo for demo in _ordered() if demo.is_missing()]
    for demo in wanted if is_new else ():
        demo.prepare()
    try:
        with atomic(durable=True):
            for demo in wanted:
                if not is_new:  # so late that nothing is drawn for what is refused before
                    demo.prepare()
                demo.plant()
    except Refusal:
        if is_new:
            raise
        return False  # people have changed what it would begin with
    return bool(wanted)


def uproot() -> int:
    """Remove demo members and what they made; returns how many members."""
    with atomic(durable=True):
        count = int(Member.select().where(Member.is_demo == True).count())  # noqa: E712 - SQL
        for demo in reversed(_ordered()):
            demo.uproot()
        audit.record(CONSOLE, REMOVED, members=count)
    return count


def told() -> str:
    """How to look at the demo data; empty when there is none."""
    return "\n".join(text for text in (demo.tell() for demo in _ordered()) if text)


ZONE_MS = 8 * clock.HOUR
_UNITS = {"m": clock.MINUTE, "h": clock.HOUR, "d": clock.DAY}


def moment(text: str, now: int) -> int:
    """When something of the demo's stories happened, in ms since 1970: `44d 20:12` (so many days ago at that hour,
    UTC+8) or `5h` (so long ago). Raises ValueError for what is no moment."""
    length, _, hour = text.partition(" ")
    ago = int(length[:-1]) * _UNITS[length[-1]]
    if not hour:
        return now - ago
    hours, minutes = hour.split(":")
    today = (now + ZONE_MS) // clock.DAY * clock.DAY - ZONE_MS
    return min(today - ago + int(hours) * clock.HOUR + int(minutes) * clock.MINUTE, now - clock.MINUTE)


def later(at: int, delay: str, now: int) -> int:
    """So long (`20m`, `3h`) after, but never in the future: a late answer to something new comes early instead."""
    then = at + int(delay[:-1]) * _UNITS[delay[-1]]
    return then if then < now else now - (now - at) // (then - at + 1) - 1


@contextmanager
def at(moment: int) -> Iterator[None]:
    """Everything inside happens at this moment (ms since 1970) and from there on; then the clock is back."""
    moved = moment - clock.now()
    clock.shift(moved)
    try:
        yield
    finally:
        clock.shift(-moved)


class Drawings(Generic[T]):
    """Pictures that other processes draw while this one goes on. Pillow holds on to Python's lock, so threads would not
    do; `draw` must be a function of a module, and what it takes and gives picklable."""

    def __init__(self, draw: Callable[..., T], wanted: Iterable[tuple[Any, ...]]) -> None:
        fresh = multiprocessing.get_context("spawn")  # a fork would take the open database along
        self._pool = ProcessPoolExecutor(min(MOST_PROCESSES, os.cpu_count() or 1), mp_context=fresh)
        self._drawn = {picture: self._pool.submit(draw, *picture) for picture in wanted}

    def get(self, picture: tuple[Any, ...]) -> T:
        """Waits until it is there. Raises what drawing it raised."""
        return self._drawn[picture].result()

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)
