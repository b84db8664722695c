"""Polls in posts: making, voting, counting."""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from peewee import JOIN

from blueprints.circles.reading import PostRow
from core import clock
from core.errors import Invalid
from core.limits import LIMITS
from core.plain import clean_line
from core.policy import Actor
from models import PostPoll, PostPollBallot, PostPollOption, PostPollVote

RESULTS = ("always", "voted", "ended")
FEWEST_OPTIONS = 2


@dataclass(frozen=True)
class PollDraft:
    """`ends_at` in ms since 1970, None for a poll without an end. `results` says who sees the numbers."""

    options: tuple[str, ...]
    is_multiple: bool = False
    is_anonymous: bool = False
    results: str = "always"
    ends_at: int | None = None


class OptionRow(NamedTuple):
    """`percent` of all who have voted, rounded."""

    id: int
    text: str
    votes: int
    mine: bool
    percent: int = 0


class PollRow(NamedTuple):
    """`shows` when this reader may see the numbers; where not, `ballots` and every `votes` are 0. `left` is what
    remains of its time in percent, `left_days`, `left_hours` and `left_minutes` the same in one unit, the others 0."""

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
    left: int = 0
    left_days: int = 0
    left_hours: int = 0
    left_minutes: int = 0


def check(draft: PollDraft | None, *, starts_at: int | None = None) -> PollDraft | None:
    """The poll as it is kept. `starts_at` (ms since 1970) for a post that comes out later.

    Raises Invalid, field `poll`."""
    if draft is None:
        return None
    options = tuple(clean_line(text) for text in draft.options)
    if len(options) < FEWEST_OPTIONS or not all(options):
        raise Invalid("poll_too_few", field="poll", fewest=FEWEST_OPTIONS)
    if len(options) > LIMITS["poll_options"]:
        raise Invalid("poll_too_many", field="poll", most=LIMITS["poll_options"])
    if any(len(text) > LIMITS["poll_option"] for text in options):
        raise Invalid("poll_option_long", field="poll", most=LIMITS["poll_option"])
    if len({text.casefold() for text in options}) < len(options):
        raise Invalid("poll_same", field="poll")
    if draft.results not in RESULTS:
        raise Invalid("choice", field="poll")
    start = max(starts_at or 0, clock.now())
    if draft.ends_at is not None and not start < draft.ends_at <= start + LIMITS["poll_days"] * clock.DAY:
        raise Invalid("poll_end", field="poll", most=LIMITS["poll_days"])
    if draft.results == "ended" and draft.ends_at is None:
        raise Invalid("poll_needs_end", field="poll")
    return replace(draft, options=options)


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
        .join(PostPollVote, JOIN.LEFT_OUTER, on=mine)
        .where(PostPoll.post.in_(ids))
        .order_by(PostPollOption.poll, PostPollOption.position)
    )
    for poll, id_, text, votes, voter in query.tuples():
        options[poll].append(OptionRow(id_, text, votes, voter is not None))
    voted = (PostPollBallot.poll == PostPoll.id) & (PostPollBallot.member == me)
    polls = (
        PostPoll.select(PostPoll, PostPollBallot.member)
        .join(PostPollBallot, JOIN.LEFT_OUTER, on=voted)
        .where(PostPoll.post.in_(ids))
    )
    began = {row.id: row.created_at for row in rows}
    return {poll["post"]: _row(poll, options[poll["id"]], began[poll["post"]], now) for poll in polls.dicts()}


def _row(poll: dict[str, Any], options: list[OptionRow], began: int, now: int) -> PollRow:
    is_over = poll["ends_at"] is not None and poll["ends_at"] <= now
    voted = poll["member"] is not None
    shows = is_over or poll["results"] == "always" or (poll["results"] == "voted" and voted)
    ballots = poll["ballot_count"] if shows else 0
    shown = tuple(
        option._replace(votes=option.votes if shows else 0, percent=round(100 * option.votes / max(1, ballots)))
        if shows
        else option._replace(votes=0)
        for option in options
    )
    return PollRow(
        poll["id"], poll["is_multiple"], poll["is_anonymous"], poll["results"], poll["ends_at"], ballots, is_over,
        voted, shows, shown, *_time_left(began, poll["ends_at"], now),
    )  # fmt: skip


def _time_left(began: int, ends: int | None, now: int) -> tuple[int, int, int, int]:
    """Percent (in steps of five, so that a kept row stays kept), days, hours, minutes."""
    if ends is None or ends <= now:
        return (0, 0, 0, 0)
    percent = max(5, min(100, round(20 * (ends - now) / max(1, ends - began)) * 5))
    if ends - now >= clock.DAY:
        return percent, (ends - now) // clock.DAY, 0, 0
    if ends - now >= clock.HOUR:
        return percent, 0, (ends - now) // clock.HOUR, 0
    return percent, 0, 0, max(1, (ends - now) // clock.MINUTE)
