"""The channel of those who run an event: what is held shows there first. Its rows are written inside the transaction of
what happened: `comment` for one that waits, `gone` for one that waits no longer."""

from core import stream_log


def channel(event: int) -> str:
    return f"backstage-{event}"


def show_held(event: int, comment: int) -> None:
    stream_log.append(channel(event), "comment", comment)


def take_held(event: int, comment: int) -> None:
    """It came out, or was kept back."""
    stream_log.append(channel(event), "gone", comment)
