"""Questions about events: what is on, what comes, what was. Filtered by the read gate, keyset-paged, never write."""

from dataclasses import dataclass, fields
from typing import Any, NamedTuple

from peewee import JOIN, ModelSelect, fn

from blueprints.circles.queries import CircleRow, some
from blueprints.live.halls import Hall, Place, state_of
from blueprints.people.apart import apart
from core import clock
from core.db import Prepared
from core.limits import LIMITS
from core.policy import Actor, admits, require, visible, visible_ids
from models import Circle, LiveEvent, LiveHost, LiveReminder, Member, Membership, StreamTally

RUNNING = 30
"""As many as are shown at once; more never run in one house."""

HOSTS = 5

OVERDUE_MS = 7 * clock.DAY
"""So long is looked back for what should have begun; without an end all that ever was would be walked through."""


class EventRow(NamedTuple):
    id: int
    title: str
    visibility: str
    stage: str
    cover_key: str | None
    starts_at: int
    ends_at: int | None
    started_at: int | None
    ended_at: int | None
    cancelled_at: int | None
    postponed_from: int | None
    comment_count: int
    circle: int | None
    circle_slug: str | None
    circle_name: str | None
    reminders: int

    @property
    def hue(self) -> int:
        return self.id * 5 % 12

    @property
    def state(self) -> str:
        """As `Hall.state`."""
        return state_of(self.started_at, self.ended_at, self.cancelled_at)


@dataclass(frozen=True)
class Page:
    """Rows and where the next page starts; None at the end."""

    rows: list[EventRow]
    older: str | None


_COLUMNS = (
    LiveEvent.id, LiveEvent.title, LiveEvent.visibility, LiveEvent.stage, LiveEvent.cover_key, LiveEvent.starts_at,
    LiveEvent.ends_at, LiveEvent.started_at, LiveEvent.ended_at, LiveEvent.cancelled_at, LiveEvent.postponed_from,
    LiveEvent.comment_count, LiveEvent.circle,
)  # fmt: skip
_IN_CIRCLE = (Circle.id, Circle.slug, Circle.name)


def _events(actor: Actor, circle: int | None) -> ModelSelect:
    """Of everybody, or of one circle. The circle's name is for whoever sees the circle: an event can be for guests who
    do not."""
    asked = LiveReminder.select(fn.COUNT(LiveReminder.member)).where(LiveReminder.event == LiveEvent.id)
    seen = visible(Circle.select(*_IN_CIRCLE), actor).alias("seen")
    query = LiveEvent.select(*_COLUMNS, seen.c.slug, seen.c.name, asked)
    query = visible(query.join(seen, JOIN.LEFT_OUTER, on=LiveEvent.circle == seen.c.id), actor)
    return query if circle is None else query.where(LiveEvent.circle == circle)


def running(actor: Actor, circle: int | None = None) -> list[EventRow]:
    """What is on now, the latest beginning first."""
    require(actor, "live:list")
    query = _events(actor, circle).where(
        LiveEvent.started_at.is_null(False), LiveEvent.ended_at.is_null(), LiveEvent.cancelled_at.is_null()
    )
    rows = query.order_by(LiveEvent.started_at.desc(), LiveEvent.id.desc()).limit(RUNNING).tuples()
    return [EventRow(*row) for row in rows]


def _build_soon(now: int, until: int, size: int) -> Any:
    there = LiveEvent.ended_at.is_null() & LiveEvent.cancelled_at.is_null()
    waiting = LiveEvent.started_at.is_null() & LiveEvent.starts_at.between(now, until)
    query = LiveEvent.select(LiveEvent.id).where(there, LiveEvent.started_at.is_null(False) | waiting)
    return query.order_by(LiveEvent.starts_at, LiveEvent.id).limit(size)


_soon = Prepared(_build_soon)


def soon(actor: Actor, within_ms: int) -> list[EventRow]:
    """What is on, the latest beginning first, and then what begins within this time, the next first."""
    require(actor, "live:list")
    now = clock.now()
    ids = [id_ for (id_,) in _soon.rows(now=now, until=now + within_ms, size=2 * RUNNING)]
    rows = found(actor, ids) if ids else []
    on = sorted((row for row in rows if row.state == "live"), key=lambda row: -(row.started_at or 0))
    return [*on, *sorted((row for row in rows if row.state != "live"), key=lambda row: (row.starts_at, row.id))]


def found(actor: Actor, events: list[int]) -> list[EventRow]:
    """Those of these events that the actor sees."""
    return [EventRow(*row) for row in _events(actor, None).where(LiveEvent.id.in_(events)).tuples()]


def is_on(actor: Actor, circle: int) -> bool:
    """Whether something runs in this circle now; asked for each of its pages."""
    running = [event for (event,) in _on.rows(circle=circle)]
    return bool(running and visible_ids("live", running, actor))


def _build_on(circle: int) -> Any:
    query = LiveEvent.select(LiveEvent.id).where(LiveEvent.circle == circle, LiveEvent.started_at.is_null(False))
    return query.where(LiveEvent.ended_at.is_null(), LiveEvent.cancelled_at.is_null()).limit(RUNNING)


_on = Prepared(_build_on)


def upcoming(actor: Actor, circle: int | None = None, after: str = "") -> Page:
    """What comes, the next first; what was cancelled stays among it to the time at which it would have begun.

    `after` is `starts_at.id` of the last row shown."""
    require(actor, "live:list")
    now = clock.now()
    query = _events(actor, circle).where(
        LiveEvent.starts_at > now - OVERDUE_MS, LiveEvent.started_at.is_null(), LiveEvent.ended_at.is_null(),
        LiveEvent.cancelled_at.is_null() | (LiveEvent.starts_at > now),
    )  # fmt: skip
    place = _place(after)
    if place:
        at, id_ = place
        query = query.where((LiveEvent.starts_at > at) | ((LiveEvent.starts_at == at) & (LiveEvent.id > id_)))
    return _cut(query.order_by(LiveEvent.starts_at, LiveEvent.id), lambda row: row.starts_at)


def past(actor: Actor, circle: int | None = None, before: str = "") -> Page:
    """What is over, the last first. `before` is `ended_at.id` of the last row shown."""
    require(actor, "live:list")
    query = _events(actor, circle).where(LiveEvent.ended_at.is_null(False))
    place = _place(before)
    if place:
        at, id_ = place
        query = query.where((LiveEvent.ended_at < at) | ((LiveEvent.ended_at == at) & (LiveEvent.id < id_)))
    return _cut(query.order_by(LiveEvent.ended_at.desc(), LiveEvent.id.desc()), lambda row: row.ended_at)


def _place(text: str) -> tuple[int, int] | None:
    moment, _, number = text.partition(".")
    if moment.isdecimal() and number.isdecimal() and max(len(moment), len(number)) < 19:
        return int(moment), int(number)
    return None


def _cut(query: ModelSelect, moment: Any) -> Page:
    size = LIMITS["page_events"]
    rows = [EventRow(*row) for row in query.limit(size + 1).tuples()]
    older = f"{moment(rows[size - 1])}.{rows[size - 1].id}" if len(rows) > size else None
    return Page(rows[:size], older)


def reminders(event: int) -> int:
    """How many want to be reminded."""
    return int(LiveReminder.select().where(LiveReminder.event == event).count())


def watching(events: list[int]) -> dict[int, int]:
    """How many look at each of these now, as far as the hubs have counted."""
    channels = {f"live-{event}": event for event in events}
    if not channels:
        return {}
    rows = (
        StreamTally.select(StreamTally.channel, fn.SUM(StreamTally.viewers))
        .where(StreamTally.channel.in_(list(channels)), StreamTally.counted_at > clock.now() - clock.MINUTE)
        .group_by(StreamTally.channel)
    )
    return {channels[channel]: int(count or 0) for channel, count in rows.tuples()}


def homes(actor: Actor) -> list[CircleRow]:
    """The circles for which the actor may announce an event, by name."""
    if not admits(actor, "circle:moderate"):
        return []
    mine = Membership.select(Membership.circle).where(
        Membership.member == (actor.member_id or 0), Membership.role.in_(("owner", "moderator"))
    )
    return sorted(some(actor, [circle for (circle,) in mine.tuples()]), key=lambda row: row.name)


def run_by(actor: Actor, event: int) -> list[tuple[str, str]]:
    """Username and name of the event's hosts: shown to everyone who sees it, so that a stranger knows who runs it."""
    query = (
        LiveHost.select(Member.username, Member.display_name)
        .join(Member, on=LiveHost.member == Member.id)
        .where(
            LiveHost.event == event, LiveHost.role == "host", Member.erased_at.is_null(),
            ~apart(actor.member_id or 0, LiveHost.member),
        )
        .order_by(LiveHost.added_at, Member.id)
        .limit(HOSTS)
    )
    return list(query.tuples())



def open_hall(event: int) -> Hall | None:
    """The event as it is now, to nobody in particular: for what is shown of it to all who have it open."""
    row = LiveEvent.get_or_none(LiveEvent.id == event)
    if row is None:
        return None
    names = {field.name for field in fields(Hall)}
    values = {name: value for name, value in row.__data__.items() if name in names}
    nobody = Place(*[None] * (len(Place._fields) - len(Place._field_defaults)))
    return Hall(**values, circle_slug=None, circle_name=None, circle_visibility=None, place=nobody, rank=0)
