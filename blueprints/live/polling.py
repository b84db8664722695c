"""Polls in the room: opened and closed by those who look after an event, one at a time; one vote a member, and final.

Results are there for everybody and all the time. What many do at once is a row and a counter in one transaction."""

from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from peewee import ModelSelect

from blueprints.live import acts, pace
from blueprints.live.halls import Hall
from blueprints.live.taking_part import SHUT, admitted, looked_after, queue_up
from core import clock
from core.db import atomic
from core.errors import Conflict, Gone, Invalid
from core.limits import LIMITS
from core.once import once
from core.plain import clean_line
from core.policy import Actor
from models import LivePoll, LivePollOption, LivePollVote

FEWEST_OPTIONS = 2


@dataclass(frozen=True)
class PollDraft:
    question: str
    options: tuple[str, ...]


class Option(NamedTuple):
    """`percent` of all votes, rounded."""

    id: int
    text: str
    votes: int
    percent: int


class Shown(NamedTuple):
    """A poll as everybody sees it."""

    id: int
    event: int
    question: str
    asked_at: int
    closed_at: int | None
    total: int
    options: tuple[Option, ...]


# ---- opening and closing ------------------------------------------------------------------------------------


def check(draft: PollDraft) -> PollDraft:
    """The poll as it is kept. Raises Invalid, field `question` or `options`."""
    question = clean_line(draft.question)
    options = tuple(text for text in map(clean_line, draft.options) if text)
    if not question:
        raise Invalid("needed", field="question")
    if len(question) > LIMITS["live_poll"]:
        raise Invalid("too_long", field="question", most=LIMITS["live_poll"])
    if len(options) < FEWEST_OPTIONS:
        raise Invalid("poll_too_few", field="options", fewest=FEWEST_OPTIONS)
    if len(options) > LIMITS["live_poll_options"]:
        raise Invalid("poll_too_many", field="options", most=LIMITS["live_poll_options"])
    if any(len(text) > LIMITS["live_poll_option"] for text in options):
        raise Invalid("poll_option_long", field="options", most=LIMITS["live_poll_option"])
    if len({text.casefold() for text in options}) < len(options):
        raise Invalid("poll_same", field="options")
    return PollDraft(question, options)


def open_poll(actor: Actor, event: int, draft: PollDraft, key: str = "") -> int:
    """Ask everybody; returns the poll's id. The one before has to be closed first.

    Raises Gone, SignInNeeded, Denied, Invalid, Conflict."""
    asked = check(draft)

    def make() -> int:
        queue_up(event)
        here = looked_after(actor, event)
        if here.state in SHUT:
            raise Conflict("live_over")
        if _open_ones(event).exists():
            raise Conflict("live_poll_open")
        poll = LivePoll.create(event=event, question=asked.question, asked_by=actor.member_id, asked_at=clock.now())
        for position, text in enumerate(asked.options):
            LivePollOption.create(poll=poll, position=position, text=text)
        acts.note(event, actor, "open_poll", detail=asked.question)
        pace.tell_now(pace.POLL, event, poll.id)
        return int(poll.id)

    content = [event, asked.question, asked.options]
    return once(f"member:{actor.member_id}", key, "live.poll", content, make)[0]


def close_poll(actor: Actor, event: int, poll: int) -> None:
    """No more votes. Closing what is closed changes nothing. Raises Gone, SignInNeeded, Denied."""
    with atomic():
        queue_up(event)
        looked_after(actor, event)
        row = _row(event, poll)
        if row.closed_at is None:
            _close(event, poll)
            acts.note(event, actor, "close_poll", detail=row.question)


def close_with_event(event: int) -> None:
    """The event is over, and its poll with it. Inside the transaction that ends it."""
    for (poll,) in list(_open_ones(event).tuples()):
        _close(event, poll)


def _close(event: int, poll: int) -> None:
    LivePoll.update(closed_at=clock.now()).where(LivePoll.id == poll).execute()
    pace.tell_now(pace.POLL, event, poll)


def _open_ones(event: int) -> ModelSelect:
    return LivePoll.select(LivePoll.id).where(LivePoll.event == event, LivePoll.closed_at.is_null())


def _row(event: int, poll: int) -> LivePoll:
    """Raises Gone."""
    row = LivePoll.get_or_none(LivePoll.id == poll, LivePoll.event == event)
    if row is None:
        raise Gone
    return row


# ---- voting -------------------------------------------------------------------------------------------------


def vote(actor: Actor, event: int, poll: int, option: int) -> None:
    """The member's one vote; sent twice it counts once, and another one is refused.

    Raises Gone, SignInNeeded, Denied, Invalid, Conflict."""
    me = actor.member_id or 0
    with atomic():
        queue_up(event)
        admitted(actor, event)
        row = _row(event, poll)
        before = choices(me, [poll]).get(poll)
        if before == option:
            return
        if row.closed_at is not None:
            raise Conflict("poll_over")
        if before is not None:
            raise Conflict("live_poll_voted")
        chosen = (LivePollOption.id == option) & (LivePollOption.poll == poll)
        if not LivePollOption.update(votes=LivePollOption.votes + 1).where(chosen).execute():
            raise Invalid("choice", field="option")
        LivePollVote.insert(poll=poll, member=me, option=option, at=clock.now()).execute()
        pace.tell(pace.POLL, event, poll)


# ---- reading ------------------------------------------------------------------------------------------------


def choices(member: int, polls: list[int]) -> dict[int, int]:
    """Which option somebody chose, by poll."""
    mine = LivePollVote.select(LivePollVote.poll, LivePollVote.option)
    return dict(mine.where(LivePollVote.member == member, LivePollVote.poll.in_(polls)).tuples())


def newest(event: int) -> Shown | None:
    """The poll that stands in the room, open or closed. For whoever has passed the gate, as all below."""
    return next(iter(_shown(LivePoll.event == event, 1)), None)


def page(here: Hall, before: int | None = None) -> tuple[list[Shown], int | None]:
    """All polls of an event, newest first, and where older ones begin."""
    size = LIMITS["page_live_polls"]
    where = LivePoll.event == here.id
    rows = _shown(where & (LivePoll.id < before) if before else where, size + 1)
    return rows[:size], rows[size - 1].id if len(rows) > size else None


def _shown(where: object, limit: int) -> list[Shown]:
    columns = (LivePoll.id, LivePoll.event, LivePoll.question, LivePoll.asked_at, LivePoll.closed_at)
    polls = list(LivePoll.select(*columns).where(where).order_by(LivePoll.id.desc()).limit(limit).tuples())
    found: dict[int, list[tuple[int, str, int]]] = defaultdict(list)
    options = (
        LivePollOption.select(LivePollOption.poll, LivePollOption.id, LivePollOption.text, LivePollOption.votes)
        .where(LivePollOption.poll.in_([poll[0] for poll in polls]))
        .order_by(LivePollOption.poll, LivePollOption.position)
    )
    for poll, *option in options.tuples():
        found[poll].append(tuple(option))
    shown = []
    for id_, event, question, asked_at, closed_at in polls:
        total = sum(votes for _, _, votes in found[id_])
        rows = tuple(Option(*row, round(100 * row[2] / max(1, total))) for row in found[id_])
        shown.append(Shown(id_, event, question, asked_at, closed_at, total, rows))
    return shown
