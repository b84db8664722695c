"""What members do with polls: one transaction, one permission, one signal each."""

from dataclasses import dataclass

from peewee import fn

from blueprints.polls import limits  # noqa: F401 - the limits below come from there
from blueprints.polls.events import PollClosed, PollOpened
from blueprints.polls.models import Poll, PollOption, PollVote
from core import clock
from core.db import atomic
from core.errors import Gone, Invalid
from core.limits import LIMITS
from core.once import once
from core.plain import clean_line
from core.policy import Actor, require, visible
from core.signals import announce

FEWEST_OPTIONS = 2


@dataclass(frozen=True)
class PollDraft:
    question: str
    options: tuple[str, ...]


def tidy(draft: PollDraft) -> PollDraft:
    """Without empty and double answers. Raises Invalid with the field that needs another look."""
    question = clean_line(draft.question)
    options = tuple(dict.fromkeys(filter(None, map(clean_line, draft.options))))
    if not 0 < len(question) <= LIMITS["polls_question"]:
        raise Invalid("poll_question", field="question", most=LIMITS["polls_question"])
    if not FEWEST_OPTIONS <= len(options) <= LIMITS["polls_options"]:
        raise Invalid("poll_options", field="answers", fewest=FEWEST_OPTIONS, most=LIMITS["polls_options"])
    if any(len(option) > LIMITS["polls_option"] for option in options):
        raise Invalid("poll_option", field="answers", most=LIMITS["polls_option"])
    return PollDraft(question, options)


def open_poll(actor: Actor, draft: PollDraft, key: str = "") -> int:
    """Ask a question; returns the id of the poll. The same key again asks nothing twice. Raises Invalid, Conflict."""
    draft = tidy(draft)

    def make() -> int:
        require(actor, "poll:open")
        poll = Poll.create(author=actor.member_id, question=draft.question, opened_at=clock.now())
        PollOption.insert_many([{"poll": poll.id, "text": text} for text in draft.options]).execute()
        announce(PollOpened(poll.id))
        return int(poll.id)

    number, _ = once(f"member:{actor.member_id}", key, "poll.open", vars(draft), make)
    return number


def vote(actor: Actor, number: int, option: int) -> None:
    """Vote; another vote takes the place of the first. Raises Gone, Denied once the poll is closed."""
    with atomic():
        poll = _poll(actor, number)
        require(actor, "poll:vote", poll)
        if not PollOption.select().where(PollOption.id == option, PollOption.poll == number).exists():
            raise Gone
        PollVote.insert(poll=number, member=actor.member_id, option=option, voted_at=clock.now()).on_conflict(
            conflict_target=[PollVote.poll, PollVote.member],
            update={PollVote.option: option, PollVote.voted_at: clock.now()},
        ).execute()
        count_votes(PollOption.poll == number)


def close(actor: Actor, number: int) -> None:
    """No more votes. Closing twice changes nothing. Raises Gone, Denied."""
    with atomic():
        poll = _poll(actor, number)
        require(actor, "poll:close", poll)
        close_polls([number])


def close_polls(numbers: list[int]) -> None:
    """Close those of them that are open; for what nobody in particular does."""
    with atomic():
        still_open = Poll.select(Poll.id).where(Poll.id.in_(numbers), Poll.closed_at.is_null()).tuples()
        for (number,) in list(still_open):
            Poll.update(closed_at=clock.now()).where(Poll.id == number).execute()
            announce(PollClosed(number))


def count_votes(which: object) -> None:
    """Bring the counters of these options in step with the votes."""
    counted = PollVote.select(fn.COUNT(PollVote.member)).where(PollVote.option == PollOption.id)
    PollOption.update(votes=counted).where(which).execute()


def _poll(actor: Actor, number: int) -> Poll:
    poll: Poll | None = visible(Poll.select().where(Poll.id == number), actor).first()
    if poll is None:
        raise Gone
    return poll
