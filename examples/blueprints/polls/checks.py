from collections.abc import Iterator

from peewee import fn

from blueprints.polls.models import PollOption, PollVote
from core.checks import check, counter


@check("polls.counters")
def counters() -> Iterator[str]:
    votes = PollVote.select(fn.COUNT(PollVote.member)).where(PollVote.option == PollOption.id)
    yield from counter(PollOption, PollOption.votes, votes)
