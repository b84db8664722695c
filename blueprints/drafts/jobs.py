from blueprints.drafts.actions import sweep
from core.jobs import Running, job


@job("drafts.sweep", every_seconds=24 * 3600)
def sweep_old(running: Running) -> None:
    """Drafts that nobody has touched for months."""
    sweep()
