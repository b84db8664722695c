"""Counters that are kept beside what they count."""

from collections.abc import Iterator

from peewee import fn

from core.checks import check, counter
from models import LivePollOption, LivePollVote, LiveQuestion, LiveQuestionVote


@check("live.counters")
def counters() -> Iterator[str]:
    votes = LivePollVote.select(fn.COUNT(LivePollVote.member)).where(LivePollVote.option == LivePollOption.id)
    voices = LiveQuestionVote.select(fn.COUNT(LiveQuestionVote.member))
    yield from counter(LivePollOption, LivePollOption.votes, votes)
    yield from counter(LiveQuestion, LiveQuestion.votes, voices.where(LiveQuestionVote.question == LiveQuestion.id))
