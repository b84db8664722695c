"""Beginning and ending an event: by its hosts, and by itself when its time has come."""

from blueprints.live import acts, events
from blueprints.live.halls import hall
from core import audit, clock, jobs, stream_log
from core.db import atomic
from core.errors import Conflict
from core.policy import Actor, require
from core.signals import announce
from models import LiveEvent

LONGEST_MS = 12 * clock.HOUR
"""An event that nobody ends, and that was announced without an end, is over this long after its beginning."""

ON_TIME = "live.on_time"
BATCH = 200

STAGE_TOO = 1
"""Number of a `state` row after which open pages need the stage anew; 0 leaves what is playing alone."""


def begin(actor: Actor, event: int) -> bool:
    """Begin now, whatever was announced. False when it runs already. Raises Gone, Denied, Conflict."""
    with atomic():
        here = hall(actor, event)
        require(actor, "live:host", here)
        if here.state in ("over", "cancelled"):
            raise Conflict(f"event_{here.state}")
        began = _begin(event, clock.now(), actor)
        if began:
            audit.record(actor, "live.begin", "live", event, circle=here.circle)
        return began


def end(actor: Actor, event: int) -> bool:
    """End it; what was said stays with its replay. False when it is over already. Raises Gone, Denied, Conflict."""
    with atomic():
        here = hall(actor, event)
        require(actor, "live:host", here)
        if here.state in ("upcoming", "cancelled"):
            raise Conflict("event_not_live" if here.state == "upcoming" else "event_cancelled")
        ended = _end(event, clock.now(), actor)
        if ended:
            audit.record(actor, "live.end", "live", event, circle=here.circle)
        return ended


def keep_time(event: int | None = None) -> int:
    """Begin and end what is due, all of it or one event; returns how many did. Twice does no harm, nor late: the
    moments that were announced count, so that what was said meanwhile lies where it was said."""
    now = clock.now()
    waiting = LiveEvent.started_at.is_null() & LiveEvent.ended_at.is_null() & LiveEvent.cancelled_at.is_null()
    running = LiveEvent.started_at.is_null(False) & LiveEvent.ended_at.is_null()
    past_end = (LiveEvent.ends_at <= now) | (LiveEvent.ends_at.is_null() & (LiveEvent.started_at <= now - LONGEST_MS))
    done = 0
    for due, act in ((waiting & (LiveEvent.starts_at <= now), _begin_due), (running & past_end, _end_due)):
        query = LiveEvent.select(LiveEvent.id).where(due)
        query = query.where(LiveEvent.id == event) if event is not None else query.order_by(LiveEvent.id).limit(BATCH)
        done += sum(act(number, now) for (number,) in list(query.tuples()))
    return done


def expect(event: int, moment: int) -> None:
    """Look at the event when this moment (ms since 1970) has come."""
    jobs.later(ON_TIME, {"event": event}, due=moment, unique_key=f"live:{event}:{moment}")


def _begin_due(event: int, now: int) -> bool:
    """Unless somebody did meanwhile, or moved it."""
    with atomic():
        row = LiveEvent.get_or_none(LiveEvent.id == event)
        return row is not None and row.starts_at <= now and _begin(event, row.starts_at, None)


def _end_due(event: int, now: int) -> bool:
    """Unless somebody did meanwhile, or gave it more time."""
    with atomic():
        row = LiveEvent.get_or_none(LiveEvent.id == event)
        if row is None or row.started_at is None:
            return False
        moment = row.ends_at if row.ends_at is not None else row.started_at + LONGEST_MS
        return moment <= now and _end(event, max(moment, row.started_at), None)


def _begin(event: int, moment: int, actor: Actor | None) -> bool:
    began = (
        LiveEvent.update(started_at=moment)
        .where(
            LiveEvent.id == event, LiveEvent.started_at.is_null(), LiveEvent.ended_at.is_null(),
            LiveEvent.cancelled_at.is_null(),
        )
        .execute()
    )  # fmt: skip
    if began:
        ends_at = LiveEvent.select(LiveEvent.ends_at).where(LiveEvent.id == event).scalar()
        expect(event, ends_at if ends_at is not None else moment + LONGEST_MS)
        acts.note(event, actor, "begin")
        tell_pages(event, STAGE_TOO)
        announce(events.EventBegan(event))
    return bool(began)


def _end(event: int, moment: int, actor: Actor | None) -> bool:
    running = (LiveEvent.id == event) & LiveEvent.started_at.is_null(False) & LiveEvent.ended_at.is_null()
    ended = LiveEvent.update(ended_at=moment).where(running).execute()
    if ended:
        acts.note(event, actor, "end")
        tell_pages(event, STAGE_TOO)
        announce(events.EventEnded(event))
    return bool(ended)


def tell_pages(event: int, ref: int) -> None:
    """Open pages get the event's state anew, and what follows from it for those who write."""
    stream_log.append(f"live-{event}", "state", ref)
    stream_log.append(f"live-{event}", "room")
