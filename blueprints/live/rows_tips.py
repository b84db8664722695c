"""A tip in the stream of an event: who gave it, and that they did; how much is between two people."""

from blueprints.live import tipped
from core.fragments import region
from core.stream_frames import Frame


def tip_rows(event: int, refs: list[int]) -> dict[int, Frame]:
    return {row.id: Frame(region("live/_tipped.html", row=row), author=row.giver) for row in tipped.said(event, refs)}


def tips_gone(event: int, refs: list[int]) -> dict[int, Frame]:
    return {ref: Frame(f"lt-{ref}", "gone") for ref in refs}
