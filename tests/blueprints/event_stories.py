"""What the stories about announcing and listing events share."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from blueprints.live import scheduling
from blueprints.live.scheduling import EventDraft
from core import clock
from models import LiveEvent
from tests.blueprints.live_stories import told

CARD = re.compile(r'id="event-(\d+)"')


def soon(hours: float = 1) -> int:
    return clock.now() + int(hours * clock.HOUR)


def announced(who, circle=None, hours: float = 1, **fields) -> LiveEvent:
    draft = EventDraft(fields.pop("title", "夜跑直播"), soon(hours), **fields)
    return scheduling.announce(who.actor, draft, circle.id if circle else None)


def field(hours: float, zone: str = "Asia/Shanghai") -> str:
    """A moment as the browser of somebody in this zone sends it."""
    return datetime.fromtimestamp(soon(hours) / 1000, ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")


def form(**fields) -> dict[str, str]:
    return {
        "title": "一起看", "starts_at": field(24), "ends_at": "", "circle": "night-run", "visibility": "public",
        "stage": "none", "source": "", "about": "带上**水**",
    } | fields  # fmt: skip


def listed(page) -> list[int]:
    return [int(number) for number in CARD.findall(page.text)]


def rows_of(event: LiveEvent) -> list[tuple[str, int]]:
    return told(f"live-{event.id}")


def now_of(event: LiveEvent) -> LiveEvent:
    return LiveEvent.get_by_id(event.id)
