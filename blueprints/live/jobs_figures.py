"""What happens by the clock while an event is on: pages are told how polls and questions stand, minutes are written."""

from blueprints.live import figures, pace
from core.jobs import Running, each_second, job


@each_second("live.pace")
def tell_pages() -> int | None:
    return pace.tell_all_due()


@job("live.minutes", every_seconds=55)
def write_minutes(running: Running) -> None:
    """Every 55 seconds and not 60: the worker plans in steps of five, and no minute should be left out."""
    figures.note_minutes()
