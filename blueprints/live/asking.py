"""Questions for whoever runs an event: members ask, others say which ones they want answered too, moderators mark them
answered or hide them."""

from typing import NamedTuple

from peewee import JOIN, Case, ModelSelect

from blueprints.live import acts, pace
from blueprints.live.halls import Hall, side
from blueprints.live.taking_part import admitted, looked_after, queue_up
from blueprints.people.apart import apart, require_together
from core import clock
from core.db import atomic
from core.errors import Conflict, Denied, Gone, Invalid
from core.limits import LIMITS
from core.once import once
from core.plain import clean_line
from core.policy import Actor
from models import LiveQuestion, LiveQuestionVote, Member

ORDER = (Case(None, [(LiveQuestion.answered_at.is_null(), 0)], 1), LiveQuestion.votes.desc(), LiveQuestion.id)
"""Open ones first, then those that most want to hear, then as they came."""


class Question(NamedTuple):
    """As everybody sees it."""

    id: int
    event: int
    body: str
    votes: int
    asked_at: int
    answered_at: int | None
    hidden_at: int | None
    author: int | None
    username: str | None
    display_name: str | None
    avatar_key: str | None

    @property
    def hue(self) -> int:
        return (self.author or 0) % 12


class Page(NamedTuple):
    """`older` is where the next page begins."""

    rows: list[Question]
    older: str | None


# ---- asking -------------------------------------------------------------------------------------------------


def ask(actor: Actor, event: int, body: str, key: str = "") -> int:
    """Put a question; returns its id. Raises Gone, SignInNeeded, Denied, Invalid, Conflict."""
    text = clean_line(body)
    if not text:
        raise Invalid("needed", field="body")
    if len(text) > LIMITS["live_question"]:
        raise Invalid("too_long", field="body", most=LIMITS["live_question"])

    def make() -> int:
        admitted(actor, event)
        row = LiveQuestion.create(event=event, author=actor.member_id, body=text, asked_at=clock.now())
        pace.tell_now(pace.QUESTION, event, row.id)
        return int(row.id)

    return once(f"member:{actor.member_id}", key, "live.question", [event, text], make)[0]


def support(actor: Actor, event: int, question: int, on: bool) -> None:
    """Want to hear the answer too, or no longer. Twice is once; one's own question speaks for itself.

    Raises Gone, SignInNeeded, Denied, Conflict."""
    me = actor.member_id or 0
    with atomic():
        queue_up(event)
        here = admitted(actor, event)
        row = _row(event, question)
        if row.author_id == me:
            raise Conflict("live_question_own")
        if row.author_id is not None and not here.is_moderator:
            require_together(actor, row.author_id)
        mine = (LiveQuestionVote.question == question) & (LiveQuestionVote.member == me)
        if LiveQuestionVote.select().where(mine).exists() == on:
            return
        if row.answered_at is not None:
            raise Conflict("live_question_answered")
        if on:
            LiveQuestionVote.insert(question=question, member=me, at=clock.now()).execute()
        else:
            LiveQuestionVote.delete().where(mine).execute()
        votes = LiveQuestion.votes + (1 if on else -1)
        LiveQuestion.update(votes=votes).where(LiveQuestion.id == question).execute()
        pace.tell(pace.QUESTION, event, question)


def mark_answered(actor: Actor, event: int, question: int, on: bool) -> None:
    """Raises Gone, SignInNeeded, Denied."""
    with atomic():
        looked_after(actor, event)
        row = _row(event, question)
        if (row.answered_at is not None) == on:
            return
        answered = clock.now() if on else None
        LiveQuestion.update(answered_at=answered).where(LiveQuestion.id == question).execute()
        pace.tell_now(pace.QUESTION, event, question)
        if on:
            acts.note(event, actor, "answer_question", row.author_id, str(question))


def hide(actor: Actor, event: int, question: int, on: bool) -> None:
    """Take a question out of sight, or put it back: by those who look after the event, and one's own while it is on.

    Raises Gone, SignInNeeded, Denied, Conflict."""
    with atomic():
        row = LiveQuestion.get_or_none(LiveQuestion.id == question, LiveQuestion.event == event)
        is_own = row is not None and actor.signed_in and row.author_id == actor.member_id
        here = admitted(actor, event) if is_own else looked_after(actor, event)
        if row is None:
            raise Gone
        if not on and not here.is_moderator:
            raise Denied
        if (row.hidden_at is not None) == on:
            return
        hidden = clock.now() if on else None
        LiveQuestion.update(hidden_at=hidden).where(LiveQuestion.id == question).execute()
        pace.tell_now(pace.QUESTION, event, question)
        if not is_own:
            action = "hide_question" if on else "show_question"
            acts.note(event, actor, action, row.author_id, str(question))


def _row(event: int, question: int) -> LiveQuestion:
    """One that can be seen. Raises Gone."""
    row = LiveQuestion.get_or_none(
        LiveQuestion.id == question, LiveQuestion.event == event, LiveQuestion.hidden_at.is_null()
    )
    if row is None:
        raise Gone
    return row


# ---- reading ------------------------------------------------------------------------------------------------


def page(actor: Actor, here: Hall, after: str = "") -> Page:
    """Questions of an event that has passed the gate, in their order; `after` is a page's `older`."""
    size = LIMITS["page_live_questions"]
    query = _questions().where(LiveQuestion.event == here.id, LiveQuestion.hidden_at.is_null()).order_by(*ORDER)
    query = query.where(~apart(side(actor, here), LiveQuestion.author))
    place = _place(after)
    if place:
        answered, votes, id_ = place
        later = (LiveQuestion.votes < votes) | ((LiveQuestion.votes == votes) & (LiveQuestion.id > id_))
        query = query.where((ORDER[0] > answered) | ((ORDER[0] == answered) & later))
    rows = [Question(*row) for row in query.limit(size + 1).tuples()]
    if len(rows) <= size:
        return Page(rows, None)
    last = rows[size - 1]
    return Page(rows[:size], f"{int(last.answered_at is not None)}-{last.votes}-{last.id}")


def some(event: int, ids: list[int]) -> list[Question]:
    """These ones, hidden ones too: for pages that show them."""
    found = _questions().where(LiveQuestion.event == event, LiveQuestion.id.in_(ids))
    return [Question(*row) for row in found.tuples()]


def gone(event: int, question: int) -> Question:
    """What stands for one that is not there any more."""
    return Question(question, event, "", 0, 0, None, clock.now(), None, None, None, None)


def supported(actor: Actor, ids: list[int]) -> set[int]:
    """Which of these the actor wants to hear answered."""
    if not actor.signed_in or not ids:
        return set()
    mine = LiveQuestionVote.select(LiveQuestionVote.question).where(
        LiveQuestionVote.member == actor.member_id, LiveQuestionVote.question.in_(ids)
    )
    return {id_ for (id_,) in mine.tuples()}


def _questions() -> ModelSelect:
    return LiveQuestion.select(
        LiveQuestion.id, LiveQuestion.event, LiveQuestion.body, LiveQuestion.votes, LiveQuestion.asked_at,
        LiveQuestion.answered_at, LiveQuestion.hidden_at, Member.id, Member.username, Member.display_name,
        Member.avatar_key,
    ).join(Member, JOIN.LEFT_OUTER, on=LiveQuestion.author == Member.id)  # fmt: skip


def _place(after: str) -> tuple[int, int, int] | None:
    parts = after.split("-")
    if len(parts) != 3 or not all(part.isdecimal() and part.isascii() and len(part) < 18 for part in parts):
        return None
    return int(parts[0]), int(parts[1]), int(parts[2])
