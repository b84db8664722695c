"""What polls hold of a member, how they get a copy of it, and how it goes."""

from typing import Any

from blueprints.polls.actions import count_votes
from blueprints.polls.models import Poll, PollOption, PollVote
from core import search
from core.personal import holds


def exports(member: int) -> tuple[dict[str, Any], list[str]]:
    asked = Poll.select(Poll.id, Poll.question, Poll.opened_at, Poll.closed_at).where(Poll.author == member).dicts()
    votes = (
        PollVote.select(PollVote.poll, PollOption.text, PollVote.voted_at)
        .join(PollOption)
        .where(PollVote.member == member)
        .dicts()
    )
    return {"asked": list(asked), "votes": list(votes)}, []


def erases(member: int, keeps_words: bool) -> None:
    """A vote is nobody's word but the voter's, so it goes either way; a question may stay without a name."""
    voted = [option for (option,) in PollVote.select(PollVote.option).where(PollVote.member == member).tuples()]
    PollVote.delete().where(PollVote.member == member).execute()
    count_votes(PollOption.id.in_(voted))
    asked = [id_ for (id_,) in Poll.select(Poll.id).where(Poll.author == member).tuples()]
    if keeps_words:
        Poll.update(author=None).where(Poll.id.in_(asked)).execute()
    else:
        search.remove("poll", asked)
        Poll.delete().where(Poll.id.in_(asked)).execute()


holds("polls", exports=exports, erases=erases, tables=(Poll, PollOption, PollVote))
