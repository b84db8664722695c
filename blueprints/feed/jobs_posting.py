"""Moments whose time is over, old ones that retire, and what is left of deleted ones."""

from blueprints.feed import ending, filming, narrowing
from core.jobs import Running, in_batches, job


@job("feed.expire")
def expire(running: Running, moment: int) -> None:
    narrowing.expire(moment)


@job("feed.retire_old", every_seconds=24 * 3600)
def retire_old(running: Running) -> None:
    narrowing.retire_old()


@job("feed.sweep", every_seconds=3600)
def sweep(running: Running) -> None:
    """Films of moments that were never written, and moments that were deleted a while ago."""
    filming.sweep()
    in_batches(ending.purge_deleted)
