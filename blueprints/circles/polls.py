"""Polls in posts: making, voting, counting."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, NamedTuple

from blueprints.circles.reading import PostRow
from core import clock
from core.policy import Actor
from models import PostPoll, PostPollBallot, PostPollOption, PostPollVote

RESULTS = ("always", "voted", "ended")


@dataclass(frozen=True)
class PollDraft:
    """`ends_at` in ms since 1970, None for a poll without an end. `results` says who sees the numbers."""

    options: tuple[str, ...]
    is_multiple: bool = False
    is_anonymous: bool = False
    results: str = "always"
    ends_at: int | None = None


class OptionRow(NamedTuple):
    id: int
    text: str
    votes: int
    mine: bool


class PollRow(NamedTuple):
    """`shows` when this reader may see the numbers; where not, every `votes` is 0."""

    id: int
    is_multiple: bool
    is_anonymous: bool
    results: str
    ends_at: int | None
    ballots: int
    is_over: bool
    voted: bool
    shows: bool
    options: tuple[OptionRow, ...]


def pack(draft: PollDraft | None) -> dict[str, Any] | None:
    return dict(vars(draft)) if draft else None


def unpack(kept: dict[str, Any] | None) -> PollDraft | None:
    return PollDraft(**{**kept, "options": tuple(kept["options"])}) if kept else None


def create(post: int, draft: PollDraft) -> None:
    """Inside the transaction that makes the post."""
    poll = PostPoll.create(
        post=post, is_multiple=draft.is_multiple, is_anonymous=draft.is_anonymous, results=draft.results,
        ends_at=draft.ends_at,
    )  # fmt: skip
    for position, text in enumerate(draft.options):
        PostPollOption.create(poll=poll, position=position, text=text)


def of_posts(actor: Actor, rows: list[PostRow]) -> dict[int, PollRow]:
    """The polls of posts that have passed the gate."""
    ids = [row.id for row in rows if row.has_poll]
    if not ids:
        return {}
    me, now = actor.member_id or 0, clock.now()
    options: dict[int, list[OptionRow]] = defaultdict(list)
    mine = (PostPollVote.option == PostPollOption.id) & (PostPollVote.member == me)
    query = (
        PostPollOption.select(
            PostPollOption.poll, PostPollOption.id, PostPollOption.text, PostPollOption.vote_count, PostPollVote.member
        )
        .join(PostPoll)
        .switch(PostPollOption)
        .join(PostPollVote, "LEFT OUTER", on=mine)
        .where(PostPoll.post.in_(ids))
        .order_by(PostPollOption.poll, PostPollOption.position)
    )
    for poll, id_, text, votes, voter in query.tuples():
        options[poll].append(OptionRow(id_, text, votes, voter is not None))
    voted = (PostPollBallot.poll == PostPoll.id) & (PostPollBallot.member == me)
    polls = (
        PostPoll.select(PostPoll, PostPollBallot.member)
        .join(PostPollBallot, "LEFT OUTER", on=voted)
        .where(PostPoll.post.in_(ids))
    )
    return {poll["post"]: _row(poll, options[poll["id"]], now) for poll in polls.dicts()}


def _row(poll: dict[str, Any], options: list[OptionRow], now: int) -> PollRow:
    is_over = poll["ends_at"] is not None and poll["ends_at"] <= now
    voted = poll["member"] is not None
    shows = is_over or poll["results"] == "always" or (poll["results"] == "voted" and voted)
    shown = tuple(option if shows else option._replace(votes=0) for option in options)
    return PollRow(
        poll["id"], poll["is_multiple"], poll["is_anonymous"], poll["results"], poll["ends_at"], poll["ballot_count"],
        is_over, voted, shows, shown,
    )  # fmt: skip
