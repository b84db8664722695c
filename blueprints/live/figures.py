"""How an event was watched: what the hub counts (StreamTally), minute by minute (LiveMinute) and all in all."""

from dataclasses import dataclass
from typing import NamedTuple

from peewee import fn

from blueprints.live.halls import Hall, hall
from core import clock
from core.db import atomic, is_postgres
from core.policy import Actor, require
from models import LiveComment, LiveEvent, LiveMinute, LivePoll, LiveQuestion, LiveReaction, StreamTally

FRESH_MS = clock.MINUTE
"""What a run of the hub counted last is who watches now; a run that has not counted for so long is over."""

CARRIED = 5
"""Minutes that nobody looked at take the viewers of the one before, if they are not more."""

MOST_MINUTES = 24 * 60
LATE_MS = 3 * clock.MINUTE


class Minute(NamedTuple):
    """`at` is when it begins (ms since 1970); `viewers` at its end, `peak` the most in it."""

    at: int
    viewers: int
    peak: int
    comments: int


@dataclass(frozen=True)
class Figures:
    """`minutes` are those that all viewers together have watched; `comments_now` came in the last minute."""

    viewers: int
    peak: int
    minutes: int
    comments: int
    comments_now: int
    commenters: int
    reactions: int
    questions: int
    answered: int
    polls: int


class Watched(NamedTuple):
    viewers: int
    peak: int
    seconds: int


# ---- reading ------------------------------------------------------------------------------------------------


def shown_to(actor: Actor, event: int) -> Hall:
    """The event, for whoever sees its figures. Raises Gone, SignInNeeded, Denied."""
    here = hall(actor, event)
    require(actor, "live:host", here)
    return here


def watched(event: int) -> Watched:
    """What the hub has counted for an event."""
    fresh = clock.now() - FRESH_MS
    rows = StreamTally.select(StreamTally.viewers, StreamTally.peak, StreamTally.seconds, StreamTally.counted_at)
    viewers = peak = seconds = 0
    for now, most, watched_seconds, counted_at in rows.where(StreamTally.channel == f"live-{event}").tuples():
        viewers += now if counted_at > fresh else 0
        peak = max(peak, most)
        seconds += watched_seconds
    return Watched(viewers, max(peak, viewers), seconds)


def figures(here: Hall) -> Figures:
    counted = watched(here.id)
    kept = LiveMinute.select(fn.MAX(LiveMinute.peak), fn.SUM(LiveMinute.viewers)).where(LiveMinute.event == here.id)
    most, viewer_minutes = kept.tuples().first()
    comments, commenters = _comments(here.id)
    questions, answered = _questions(here.id)
    reactions = LiveReaction.select(fn.SUM(LiveReaction.hits)).where(LiveReaction.event == here.id).scalar()
    return Figures(
        viewers=counted.viewers if here.state in ("upcoming", "live") else 0,
        peak=max(counted.peak, most or 0),
        minutes=round(counted.seconds / 60) if counted.seconds else int(viewer_minutes or 0),
        comments=comments,
        comments_now=_lately(here.id),
        commenters=commenters,
        reactions=int(reactions or 0),
        questions=questions,
        answered=answered,
        polls=LivePoll.select().where(LivePoll.event == here.id).count(),
    )


def _comments(event: int) -> tuple[int, int]:
    """Those that show, and how many people wrote them; imported ones have nobody here who wrote them."""
    shown = (LiveComment.event == event) & LiveComment.hidden_at.is_null() & LiveComment.shows_at.is_null()
    counts = LiveComment.select(fn.COUNT(LiveComment.id), fn.COUNT(fn.DISTINCT(LiveComment.author)))
    comments, commenters = counts.where(shown, LiveComment.author.is_null(False)).tuples().first()
    return int(comments), int(commenters)


def _lately(event: int) -> int:
    since = clock.now() - clock.MINUTE
    latest = (
        LiveComment.select(LiveComment.at)
        .where(LiveComment.event == event, LiveComment.author.is_null(False), LiveComment.at > since)
    )  # fmt: skip
    return int(latest.count())


def _questions(event: int) -> tuple[int, int]:
    counts = LiveQuestion.select(fn.COUNT(LiveQuestion.id), fn.COUNT(LiveQuestion.answered_at))
    asked, answered = counts.where(LiveQuestion.event == event, LiveQuestion.hidden_at.is_null()).tuples().first()
    return int(asked), int(answered)


def minutes(here: Hall) -> list[Minute]:
    """Every minute that was written down, oldest first."""
    rows = LiveMinute.select(LiveMinute.minute, LiveMinute.viewers, LiveMinute.peak, LiveMinute.comments)
    kept = rows.where(LiveMinute.event == here.id).order_by(LiveMinute.minute)
    return [Minute(minute * clock.MINUTE, *rest) for minute, *rest in kept.tuples()]


def gathered(rows: list[Minute], most: int) -> tuple[list[Minute], int]:
    """The same in at most so many steps of equal length, and how many minutes a step has: the most viewers of its
    minutes, and the comments of all of them."""
    if not rows:
        return [], 1
    first, last = rows[0].at // clock.MINUTE, rows[-1].at // clock.MINUTE
    step = next(step for step in _STEPS if (last - first) // step < most)
    found: dict[int, Minute] = {}
    for row in rows:
        place = (row.at // clock.MINUTE - first) // step
        so_far = found.get(place, Minute((first + place * step) * clock.MINUTE, 0, 0, 0))
        found[place] = so_far._replace(
            viewers=max(so_far.viewers, row.viewers), peak=max(so_far.peak, row.peak),
            comments=so_far.comments + row.comments,
        )  # fmt: skip
    return list(found.values()), step


_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440, 10_080, 10**9)


# ---- writing down -------------------------------------------------------------------------------------------


def note_minutes() -> int:
    """Write down the minutes of every event with somebody in it, up to this one; returns for how many events. Run
    again, it writes the same: comments are counted anew, and of two looks at viewers the greater is the peak."""
    events = _in_use()
    for event in events:
        _note(event)
    return len(events)


def _in_use() -> list[int]:
    """Events that run or ended just now, and those in whose waiting room somebody is."""
    now = clock.now()
    waiting = StreamTally.select(StreamTally.channel).where(
        StreamTally.viewers > 0, StreamTally.counted_at > now - FRESH_MS, StreamTally.channel.startswith("live-")
    )
    numbers = [channel.removeprefix("live-") for (channel,) in waiting.tuples()]
    ids = [int(number) for number in numbers if number.isdecimal()]
    runs = LiveEvent.started_at.is_null(False) & LiveEvent.ended_at.is_null()
    awake = runs | (LiveEvent.ended_at > now - LATE_MS) | (LiveEvent.id.in_(ids) & LiveEvent.ended_at.is_null())
    found = LiveEvent.select(LiveEvent.id).where(awake, LiveEvent.cancelled_at.is_null())
    return [id_ for (id_,) in found.tuples()]


def _note(event: int) -> None:
    with atomic():
        ended_at = LiveEvent.select(LiveEvent.ended_at).where(LiveEvent.id == event).scalar()
        current = min(clock.now(), ended_at or clock.now()) // clock.MINUTE
        written = LiveMinute.select().where(LiveMinute.event == event).order_by(LiveMinute.minute.desc())
        last, most = written.first(), written.select(fn.MAX(LiveMinute.peak)).order_by().scalar() or 0
        first = current if last is None else max(last.minute, current - MOST_MINUTES)
        comments = _by_minute(event, first)
        if last is not None:
            carried = last.viewers if current - last.minute <= CARRIED else 0
            for minute in range(first, current):
                viewers = last.viewers if minute == last.minute else carried
                _write(event, minute, viewers, viewers, comments.get(minute, 0))
        counted = watched(event)
        peak = max(counted.viewers, counted.peak if counted.peak > most else 0)
        _write(event, current, counted.viewers, peak, comments.get(current, 0))


def _by_minute(event: int, first: int) -> dict[int, int]:
    """How many comments of people here came in each minute from `first` on."""
    found: dict[int, int] = {}
    times = LiveComment.select(LiveComment.at).where(
        LiveComment.event == event, LiveComment.author.is_null(False), LiveComment.at >= first * clock.MINUTE
    )
    for (at,) in times.tuples():
        found[at // clock.MINUTE] = found.get(at // clock.MINUTE, 0) + 1
    return found


def _write(event: int, minute: int, viewers: int, peak: int, comments: int) -> None:
    greater = fn.GREATEST if is_postgres() else fn.MAX
    LiveMinute.insert(event=event, minute=minute, viewers=viewers, peak=peak, comments=comments).on_conflict(
        conflict_target=[LiveMinute.event, LiveMinute.minute],
        update={
            LiveMinute.viewers: viewers, LiveMinute.comments: comments, LiveMinute.peak: greater(LiveMinute.peak, peak),
        },
    ).execute()  # fmt: skip
