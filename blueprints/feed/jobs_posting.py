"""Moments whose time is over, old ones that retire, and what is left of deleted ones."""

from blueprints.circles.wording import renew
from blueprints.feed import ending, erasing, filming, narrowing
from core.jobs import Running, in_batches, job
from models import Moment, MomentComment


@job("feed.expire")
def expire(running: Running, moment: int) -> None:
    narrowing.expire(moment)


@job("feed.retire_old", every_seconds=24 * 3600)
def retire_old(running: Running) -> None:
    narrowing.retire_old()


@job("feed.sweep", every_seconds=3600)
def sweep(running: Running) -> None:
    """Films of moments that were never written, moments and comments that were deleted a while
    ago."""
    filming.sweep()
    in_batches(ending.purge_deleted)
    in_batches(erasing.purge_comments)


@job("feed.render_again", every_seconds=24 * 3600)
def render_again(running: Running) -> None:
    """Texts whose HTML was made under an older policy (core/markup.py) are made again from what was typed."""
    renew(Moment)
    renew(MomentComment)
