"""What the stories about events share."""

from typing import Any

from blueprints.live import scheduling
from blueprints.live.halls import Hall, hall
from core import clock
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
