"""What open pages of an event get when its state is another one."""

from blueprints.live import queries
from blueprints.live.rows_page import state_line


def state_rows(event: int, refs: list[int]) -> dict[int, str]:
    """The line that says whether it runs: the same for all who look, and the latest for each of several rows."""
    found = queries.state(event)
    if found is None:
        return {}
    line = state_line(found)
    return dict.fromkeys(refs, line)
