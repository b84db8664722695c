"""What the stories about events share."""

from typing import Any

from blueprints.live import bullets, commenting, scheduling
from blueprints.live.halls import Hall, hall
from core import clock, stream_log
from core.policy import Actor
from models import LiveEvent


def an_event(host: Actor, circle: int | None = None, *, in_ms: int = clock.HOUR, **draft: Any) -> int:
    """Announced by a host, to begin so long from now; its number."""
    facts: dict[str, Any] = {"title": "终点直播", "starts_at": clock.now() + in_ms, **draft}
    return int(scheduling.announce(host, scheduling.EventDraft(**facts), circle).id)


def seen_by(actor: Actor, event: int) -> Hall:
    return hall(actor, event)


def row_of(event: int) -> LiveEvent:
    return LiveEvent.get_by_id(event)


def say(actor: Actor, event: int, body: str = "好", mode: str = "scroll") -> int:
    """A bullet comment; its number."""
    return commenting.write_bullet(actor, event, body, mode).id


def bodies(actor: Actor, event: int) -> list[str]:
    """What somebody reads in the list, oldest first."""
    return [row.body for row in bullets.bullets(actor, hall(actor, event)).rows]


def told(channel: str, since: int = 0) -> list[tuple[str, int]]:
    """Kind and reference of what open pages of a channel are told."""
    return [(row.kind, row.ref) for row in stream_log.rows(channel, since)]
