"""What open pages of an event get when its state is another one."""

from blueprints.live import queries
from blueprints.live.rows_page import state_line
from blueprints.live.running import STAGE_TOO
from blueprints.live.showing import stage_of
from core.fragments import region


def state_rows(event: int, refs: list[int]) -> dict[int, str]:
    """The line that says whether it runs, and the stage where the row says so: as they are now, whatever the row was
    written for."""
    here = queries.open_hall(event)
    if here is None:
        return {}
    line = state_line(here)
    shown: dict[int, str] = dict.fromkeys(refs, line)
    if STAGE_TOO in shown:
        shown[STAGE_TOO] = line + region("live/_stage.html", stage=stage_of(here), playing=False)
    return shown
