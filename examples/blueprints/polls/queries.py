"""Polls as pages show them: rows, asked for together, never one by one."""

from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from peewee import JOIN, ModelSelect

from blueprints.polls import limits  # noqa: F401 - the limits below come from there
from blueprints.polls.models import Poll, PollOption, PollVote
from core.errors import Gone
from core.limits import LIMITS
from core.policy import Actor, can, require, visible
from models import Member


class OptionRow(NamedTuple):
    id: int
    text: str
    votes: int
    percent: int
    is_mine: bool


@dataclass(frozen=True)
class PollRow:
    """Without an author once they have left."""

    id: int
    question: str
    opened_at: int
    closed_at: int | None
    author_id: int | None
    author: str
    username: str
    options: tuple[OptionRow, ...]
    votes: int
    may_close: bool


def latest(actor: Actor, before: int | None = None) -> tuple[list[PollRow], int | None]:
    """A page of polls, newest first, and where the next one starts. Raises SignInNeeded, Denied."""
    require(actor, "poll:list")
    size = LIMITS["polls_page"]
    query = Poll.select().order_by(Poll.id.desc()).limit(size + 1)
    rows = _rows(actor, query.where(Poll.id < before) if before else query)
    return rows[:size], rows[size - 1].id if len(rows) > size else None


def poll(actor: Actor, number: int) -> PollRow:
    """Raises Gone."""
    found = _rows(actor, Poll.select().where(Poll.id == number))
    if not found:
        raise Gone
    return found[0]


def some(actor: Actor, numbers: list[int]) -> list[PollRow]:
    return _rows(actor, Poll.select().where(Poll.id.in_(numbers))) if numbers else []


def open_of(actor: Actor, authors: list[int]) -> dict[int, list[PollRow]]:
    """The open polls of these members, by author."""
    found: dict[int, list[PollRow]] = defaultdict(list)
    query = Poll.select().where(Poll.author.in_(authors), Poll.closed_at.is_null()).order_by(Poll.id.desc())
    for row in _rows(actor, query.limit(LIMITS["polls_page"])):
        found[row.author_id or 0].append(row)
    return found


def _rows(actor: Actor, query: ModelSelect) -> list[PollRow]:
    named = query.select_extend(Member.id, Member.display_name, Member.username).join(Member, JOIN.LEFT_OUTER)
    polls = list(visible(named, actor))
    options = _options(actor, [each.id for each in polls])
    return [_row(actor, each, tuple(options[each.id])) for each in polls]


def _row(actor: Actor, poll: Poll, options: tuple[OptionRow, ...]) -> PollRow:
    author, votes = poll.author, sum(option.votes for option in options)
    return PollRow(
        poll.id, poll.question, poll.opened_at, poll.closed_at, poll.author_id, author.display_name if author else "",
        author.username if author else "", options, votes, can(actor, "poll:close", poll),
    )  # fmt: skip


def _options(actor: Actor, polls: list[int]) -> dict[int, list[OptionRow]]:
    rows = list(PollOption.select(PollOption.poll, PollOption.id, PollOption.text, PollOption.votes)
                .where(PollOption.poll.in_(polls)).order_by(PollOption.id).tuples())  # fmt: skip
    mine = {
        option for (option,) in PollVote.select(PollVote.option)
        .where(PollVote.poll.in_(polls), PollVote.member == actor.member_id).tuples()
    }  # fmt: skip
    cast: dict[int, int] = defaultdict(int)
    for number, _, _, votes in rows:
        cast[number] += votes
    found: dict[int, list[OptionRow]] = defaultdict(list)
    for number, id_, text, votes in rows:
        percent = round(100 * votes / cast[number]) if cast[number] else 0
        found[number].append(OptionRow(id_, text, votes, percent, id_ in mine))
    return found
