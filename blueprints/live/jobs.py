"""Events begin and end when their time has come."""

from blueprints.live import (
    jobs_demo,  # noqa: F401 - its job
    jobs_figures,  # noqa: F401 - its jobs
    jobs_held,  # noqa: F401 - its watch over the time
    jobs_reminding,  # noqa: F401 - its jobs
    running,
)
from core.jobs import Running, job


@job(running.ON_TIME)
def on_time(running_: Running, event: int) -> None:
    """What was announced for this moment. Moved or cancelled meanwhile, begun or ended by a host: nothing happens."""
    running.keep_time(event)


@job("live.keep_time", every_seconds=60)
def keep_time(running_: Running) -> None:
    """What should have begun or ended and did not, because its own job was given up."""
    running.keep_time()
