"""The only reader of wall and monotonic time. Tests move it."""

import time

_shift_ms = 0

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def now() -> int:
    """Milliseconds since 1970 UTC."""
    return time.time_ns() // 1_000_000 + _shift_ms


def monotonic() -> float:
    """Seconds from an arbitrary start; never runs backwards."""
    return time.monotonic()


def shift(ms: int) -> None:
    """Move the wall clock by so many milliseconds; tests and demo data only."""
    global _shift_ms
    _shift_ms += ms


def reset() -> None:
    global _shift_ms
    _shift_ms = 0
