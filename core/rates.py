"""How often something may happen. Counts live in a table, so they hold over restarts and over processes."""

from core import clock
from core.db import atomic
from core.errors import TooMany
from core.limits import RATES
from models import RateCount


def look(name: str, key: str) -> None:
    """Raises TooMany with the seconds to wait when the rate is used up; counts nothing.

    Two neighbouring windows are weighed by how much of the older one still counts, so a burst at the border of
    two windows gets no double share (sliding window counter)."""
    rate = RATES[name]
    now, length = clock.now(), rate.seconds * 1000
    window = now - now % length
    rows = dict(
        RateCount.select(RateCount.window_at, RateCount.hits)
        .where(RateCount.key == _full(name, key), RateCount.window_at.in_([window, window - length]))
        .tuples()
    )
    carried = rows.get(window - length, 0) * (1 - (now - window) / length)
    if rows.get(window, 0) + carried >= rate.hits:
        raise TooMany(retry_after=max(1, (window + length - now) // 1000))


def hit(name: str, key: str) -> None:
    """Count one hit of `name` for `key`. Raises TooMany with the seconds to wait."""
    length = RATES[name].seconds * 1000
    with atomic():
        look(name, key)
        now = clock.now()
        RateCount.insert(key=_full(name, key), window_at=now - now % length, hits=1).on_conflict(
            conflict_target=[RateCount.key, RateCount.window_at], update={RateCount.hits: RateCount.hits + 1}
        ).execute()


def _full(name: str, key: str) -> str:
    return f"{name}:{key}"[:200]


def forgive(name: str, key: str) -> None:
    """Forget the hits of a key: a right password after some wrong ones."""
    RateCount.delete().where(RateCount.key == _full(name, key)).execute()


def sweep() -> int:
    """Delete windows that no rate looks at any more; returns how many rows."""
    longest = max(rate.seconds for rate in RATES.values()) * 2000
    return int(RateCount.delete().where(RateCount.window_at < clock.now() - longest).execute())
