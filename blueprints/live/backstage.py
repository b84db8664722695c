"""The channel of those who run an event: what is held shows there first. Inside the transaction of what happened."""

from core import stream_log

HELD, GONE = "held", "gone"


def channel(event: int) -> str:
    return f"backstage-{event}"


def show_held(event: int, comment: int) -> None:
    """It waits (its `shows_at` is set): put it before those who may let it through or keep it back."""
    stream_log.append(channel(event), HELD, comment)


def take_held(event: int, comment: int) -> None:
    """It waits no longer: it came out, or was kept back."""
    stream_log.append(channel(event), GONE, comment)
