"""Reading a feed: one range of its index a page, and the gate for the few moments that the page shows.

What a reader has put away (somebody, a word) is passed over, and no page looks at more than so many entries for what
is left: the next page goes on where it stopped, with nothing or little on it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from peewee import JOIN, Case, ModelSelect, Value, fn

from blueprints.circles.reading import plain
from blueprints.feed import gate, seeing, sharing
from blueprints.feed.queries import Seen
from blueprints.feed.rules import public_for
from blueprints.feed.seeing import NEWEST
from core import clock
from core.db import Prepared
from core.likeness import find, fold
from core.limits import LIMITS
from core.policy import Actor, require
from models import FeedEntry, FeedMute, FeedSetting, FeedTaste, Moment

STEPS = seeing.SIZES[1:]
"""How many entries are looked at, step by step, until a page is full: 240 at most."""

MOST_NEW = 100
LANE = "seller"
LANE_SHOWN = 5


class Entry(NamedTuple):
    """One of a reader's feed. `kind` is what the reader wants of its author, `sells` what the author says of it;
    `is_repeated`: a newer one of the same author and day stands in the feed."""

    moment: int
    author: int
    kind: str
    sells: bool
    is_repeated: bool

    @property
    def is_put_away(self) -> bool:
        return self.kind == "hide" or (self.kind == "less" and self.is_repeated)

    @property
    def in_lane(self) -> bool:
        return self.kind == LANE or self.sells


@dataclass(frozen=True)
class FeedPage:
    """`lane` are the newest moments of sellers from the same stretch of time, out of `in_lane`. `older` is where the
    next page begins, None at the end; `passed`: how many entries of this stretch were put away by the reader."""

    rows: list[Seen]
    lane: list[Seen]
    older: int | None
    in_lane: int = 0
    passed: int = 0


# ---- the index ----------------------------------------------------------------------------------------------


def _build_entries(me: int, before: int, size: int) -> ModelSelect:
    taste = (FeedTaste.member == me) & (FeedTaste.author == FeedEntry.author)
    less = Case(FeedTaste.kind, [("less", _next_day(me) == FeedEntry.day)], Value(False))
    return (
        FeedEntry.select(
            FeedEntry.moment, FeedEntry.author, fn.COALESCE(FeedTaste.kind, ""), fn.COALESCE(FeedSetting.sells, False),
            fn.COALESCE(less, False),
        )
        .join(FeedTaste, JOIN.LEFT_OUTER, on=taste)
        .switch(FeedEntry)
        .join(FeedSetting, JOIN.LEFT_OUTER, on=FeedSetting.member == FeedEntry.author)
        .where(FeedEntry.member == me, FeedEntry.moment < before)
        .order_by(FeedEntry.moment.desc())
        .limit(size)
    )  # fmt: skip


def _next_day(me: int) -> Any:
    """The day of the same author's next moment that is there: one step of an index."""
    later, moment = FeedEntry.alias(), Moment.alias()
    query = (
        later.select(later.day)
        .join(moment, on=(moment.id == later.moment))
        .where(
            later.member == me, later.author == FeedEntry.author, later.moment > FeedEntry.moment,
            moment.deleted_at.is_null(), moment.hidden_at.is_null(),
        )
        .order_by(later.moment)
        .limit(1)
    )  # fmt: skip
    return query


_entries = Prepared(_build_entries)


def entries(me: int, before: int, size: int) -> list[Entry]:
    """The next so many entries of a feed, newest first, with nothing left out."""
    return [Entry(*row) for row in _entries.rows(me=me, before=before, size=size)]


def nearest(actor: Actor, most: int) -> list[int]:
    """The newest so many moments that lie in a feed."""
    mine = FeedEntry.select(FeedEntry.moment).where(FeedEntry.member == (actor.member_id or 0))
    return [moment for (moment,) in mine.order_by(FeedEntry.moment.desc()).limit(most).tuples()]


# ---- a page of the feed -------------------------------------------------------------------------------------


def page(actor: Actor, before: int | None = None, *, lane: bool = False) -> FeedPage:
    """What friends show, newest first: without sellers, whose moments of the same stretch are in the page's `lane`; or,
    with `lane`, those of sellers alone."""
    require(actor, "feed:read")
    gathered = _Gathered(LIMITS["page_moments"], lane)
    words = muted_words(actor)
    for found, end in _looked_through(actor, before or NEWEST):
        kept = [each for each in found if not each.is_put_away and (each.in_lane or not lane)]
        gathered.passed += sum(each.is_put_away for each in found)
        rows = seeing.gated(actor, [each.moment for each in kept])
        quiet = kept_out(actor, rows.values(), words)
        for each in kept:
            row = rows.get(each.moment)
            if row is None:
                continue
            if row.id in quiet:
                gathered.passed += 1
            elif gathered.is_full(each, row):
                break
        if gathered.older or end is None:
            break
        gathered.reached = end
    return gathered.page()


def _looked_through(actor: Actor, before: int) -> Iterator[tuple[list[Entry], int | None]]:
    """Stretches of the index, each with where the next one begins, None at the end of the feed."""
    for size in STEPS:
        found = entries(actor.member_id or 0, before, size)
        end = found[-1].moment if len(found) == size else None
        yield found, end
        if end is None:
            return
        before = end


class _Gathered:
    """What has been found for a page so far."""

    def __init__(self, size: int, lane: bool) -> None:
        self.size, self.lane = size, lane
        self.main: list[Seen] = []
        self.beside: list[Seen] = []
        self.older: int | None = None
        self.reached: int | None = None
        self.passed = 0

    def is_full(self, entry: Entry, row: Seen) -> bool:
        """Take one more; or say that there is no room for it, so that the page ends before it."""
        if entry.in_lane and not self.lane:
            self.beside.append(row)
            return False
        if len(self.main) == self.size:
            self.older = self.main[-1].id
            return True
        self.main.append(row)
        return False

    def page(self) -> FeedPage:
        beside = [row for row in self.beside if row.id > (self.older or 0)]
        shown = seeing.with_pictures([*self.main, *beside[:LANE_SHOWN]])
        count = len(self.main)
        return FeedPage(shown[:count], shown[count:], self.older or self.reached, len(beside), self.passed)


# ---- words that somebody does not want to meet --------------------------------------------------------------


def _build_mutes(me: int, now: int) -> ModelSelect:
    in_force = FeedMute.until_at.is_null() | (FeedMute.until_at > now)
    return FeedMute.select(FeedMute.word).where(FeedMute.member == me, in_force)


_mutes = Prepared(_build_mutes)


def muted_words(actor: Actor) -> list[str]:
    """Folded for looking (core/likeness.py)."""
    return [fold(word) for (word,) in _mutes.rows(me=actor.member_id or 0, now=clock.now())]


def kept_out(actor: Actor, rows: Iterable[Seen], words: list[str]) -> set[int]:
    """Which of these moments have one of these folded words in them, or on their card as this reader meets it. What a
    reader may not open is not looked into: they would learn of it word by word."""
    others = [row for row in rows if row.author != actor.member_id] if words else []
    cards = sharing.words_shown(actor, [row.shared for row in others if row.shared])
    texts = {row.id: f"{plain(row.html)}\n{cards.get(row.shared, '') if row.shared else ''}" for row in others}
    return {moment for moment, text in texts.items() if find(fold(text), words)}


# ---- what is new --------------------------------------------------------------------------------------------


def _build_newer(variant: bool, me: int, now: int, since: int, looked: int, size: int) -> ModelSelect:
    """Out of the newest few after a moment, those that the gate and the reader let through; who was put away, sellers
    and those of whom somebody wants less do not ring."""
    latest = (
        FeedEntry.select(FeedEntry.moment)
        .where(FeedEntry.member == me, FeedEntry.moment > since)
        .order_by(FeedEntry.moment.desc())
        .limit(looked)
        .alias("latest")
    )
    away = FeedTaste.select(FeedTaste.member).where(FeedTaste.member == me, FeedTaste.author == Moment.author)
    sells = FeedSetting.select(FeedSetting.member).where(FeedSetting.member == Moment.author, FeedSetting.sells)
    query = Moment.select(Moment.id).join(latest, on=Moment.id == latest.c.moment_id)
    wanted = (Moment.author != me) & ~fn.EXISTS(away) & ~fn.EXISTS(sells)
    return query.where(wanted, gate.shown(me, now, variant)).limit(size)


_newer = Prepared(_build_newer)


def newer(actor: Actor, since: int, most: int = MOST_NEW) -> int:
    """How many moments of others came after this one, up to a hundred."""
    numbers = {"me": actor.member_id or 0, "now": clock.now(), "since": since, "looked": MOST_NEW, "size": most}
    return len(_newer.rows(public_for(actor), **numbers))


def is_newer(actor: Actor, since: int) -> bool:
    return newer(actor, since, 1) > 0
