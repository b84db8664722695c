"""Since when: periods that somebody chooses to look back over, in days of their own time zone."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core import clock
from core.i18n import time_zone


class Period(NamedTuple):
    """`name` is one of those offered, empty where a day was typed; `since` in ms since 1970, None for what begins
    elsewhere; `day` is the one that was typed, as `2026-11-20`."""

    name: str
    since: int | None
    day: str


def chosen(typed_day: str, name: str, days: Mapping[str, int], otherwise: str) -> Period:
    """A day that was typed goes first; `days` says how many days before today each name begins. What makes no sense is
    `otherwise`, which may be none of them."""
    zone, latest = ZoneInfo(time_zone()), today()
    try:
        day = min(date.fromisoformat(typed_day), latest) if typed_day else None
    except ValueError:
        day = None
    if day is not None and day.year > 1970:
        return Period("", midnight(day, zone), day.isoformat())
    name = name if name in days else otherwise
    return Period(name, midnight(latest - timedelta(days=days[name]), zone) if name in days else None, "")


def midnight(day: date, zone: ZoneInfo) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1000)


def today() -> date:
    """In the time zone of whoever reads."""
    return datetime.fromtimestamp(clock.now() / 1000, ZoneInfo(time_zone())).date()
