"""What follows when something happens, here or elsewhere. In the transaction: rows only."""

from blueprints.accounts.events import MemberAsksToLeave
from blueprints.polls.actions import close_polls
from blueprints.polls.events import PollOpened
from blueprints.polls.models import Poll, PollOption
from core import search
from core.signals import listen


@listen(PollOpened)
def becomes_findable(event: PollOpened) -> None:
    poll = Poll.get_by_id(event.poll)
    options = PollOption.select(PollOption.text).where(PollOption.poll == poll.id).order_by(PollOption.id).tuples()
    search.index("poll", poll.id, " ".join([poll.question, *(text for (text,) in options)]))


@listen(MemberAsksToLeave)
def closes_what_they_asked(event: MemberAsksToLeave) -> None:
    """Nobody would be there to close them later."""
    close_polls([id_ for (id_,) in Poll.select(Poll.id).where(Poll.author == event.member).tuples()])
