from blueprints.polls.actions import close_polls
from blueprints.polls.models import Poll
from core import clock
from core.jobs import Running, job

OPEN_FOR_MS = 14 * clock.DAY


@job("polls.close_old", every_seconds=3600)
def close_old(running: Running) -> None:
    """Polls close by themselves after two weeks."""
    old = Poll.select(Poll.id).where(Poll.closed_at.is_null(), Poll.opened_at < clock.now() - OPEN_FOR_MS).tuples()
    close_polls([id_ for (id_,) in old])
