"""What a circle watches for before something is published, and for which reasons it acts: its owners set it."""

from typing import NamedTuple

from blueprints.circles.events import CircleChanged
from blueprints.circles.rooms import room
from blueprints.circles.screening import APPROVALS, WORD_ACTIONS, Screen, screen_of
from core import audit, clock, likeness
from core.db import atomic
from core.errors import Invalid
from core.limits import LIMITS
from core.plain import clean_line
from core.policy import Actor, require
from core.signals import announce
from models import ModerationReason, Screening, WatchedWord


class WordRow(NamedTuple):
    """`key` is what is looked for: the word as all its variants are folded to."""

    id: int
    word: str
    key: str
    action: str


def screen_for(actor: Actor, circle: int) -> Screen:
    require(actor, "circle:screen", room(actor, circle))
    return screen_of(circle)


def words_of(actor: Actor, circle: int) -> list[WordRow]:
    """Raises Gone, Denied."""
    require(actor, "circle:screen", room(actor, circle))
    query = WatchedWord.select(WatchedWord.id, WatchedWord.word, WatchedWord.key, WatchedWord.action)
    return [WordRow(*row) for row in query.where(WatchedWord.circle == circle).order_by(WatchedWord.key).tuples()]


def set_screening(actor: Actor, circle: int, how: Screen) -> None:
    """Raises Gone, Denied, Invalid with the field."""
    if how.approval not in APPROVALS:
        raise Invalid("choice", field="approval")
    for field in ("newcomer_days", "newcomer_posts"):
        if not 0 <= getattr(how, field) <= LIMITS[field]:
            raise Invalid("between", field=field, most=LIMITS[field])
    with atomic():
        require(actor, "circle:screen", room(actor, circle))
        values = how._asdict()
        Screening.insert(circle=circle, **values).on_conflict(
            conflict_target=[Screening.circle], update=values
        ).execute()
        audit.record(actor, "circle.screen", "circle", circle, circle=circle, **values)
        announce(CircleChanged(circle))


def watch(actor: Actor, circle: int, words: str, action: str) -> int:
    """Watch for these words, one a line; one that is watched already gets the new action. Returns how many. Raises
    Gone, Denied, Invalid with the field."""
    wanted = likeness.listed(words, LIMITS["watched_word"])
    if action not in WORD_ACTIONS:
        raise Invalid("choice", field="action")
    with atomic():
        require(actor, "circle:screen", room(actor, circle))
        known = {key for (key,) in WatchedWord.select(WatchedWord.key).where(WatchedWord.circle == circle).tuples()}
        if len(known | set(wanted)) > LIMITS["watched_words"]:
            raise Invalid("words_full", field="words", most=LIMITS["watched_words"])
        for key, word in wanted.items():
            facts = {"word": word, "action": action, "added_by": actor.member_id, "added_at": clock.now()}
            WatchedWord.insert(circle=circle, key=key, **facts).on_conflict(
                conflict_target=[WatchedWord.circle, WatchedWord.key], update=facts
            ).execute()
        audit.record(actor, "circle.watch", "circle", circle, circle=circle, words=len(wanted))
    return len(wanted)


def unwatch(actor: Actor, circle: int, word: int) -> None:
    """Doing it twice changes nothing. Raises Gone, Denied."""
    with atomic():
        require(actor, "circle:screen", room(actor, circle))
        if WatchedWord.delete().where(WatchedWord.id == word, WatchedWord.circle == circle).execute():
            audit.record(actor, "circle.unwatch", "circle", circle, circle=circle)


def own_reasons(actor: Actor, circle: int) -> list[str]:
    """What the circle has written itself, in order; empty where ours are offered. Raises Gone, Denied."""
    require(actor, "circle:screen", room(actor, circle))
    rows = ModerationReason.select(ModerationReason.text).where(ModerationReason.circle == circle)
    return [text for (text,) in rows.order_by(ModerationReason.position, ModerationReason.id).tuples()]


def set_reasons(actor: Actor, circle: int, reasons: str) -> None:
    """The reasons of a circle in their order, one a line; none brings ours back. What was decided keeps its words.
    Raises Gone, Denied, Invalid."""
    lines = list(dict.fromkeys(filter(None, map(clean_line, reasons.splitlines()))))
    if len(lines) > LIMITS["moderation_reasons"]:
        raise Invalid("reasons_full", field="reasons", most=LIMITS["moderation_reasons"])
    if any(len(line) > LIMITS["moderation_reason"] for line in lines):
        raise Invalid("too_long", field="reasons", most=LIMITS["moderation_reason"])
    if any(line.startswith(":") for line in lines):
        raise Invalid("reason_colon", field="reasons")
    with atomic():
        require(actor, "circle:screen", room(actor, circle))
        ModerationReason.delete().where(ModerationReason.circle == circle).execute()
        rows = [{"circle": circle, "text": line, "position": place} for place, line in enumerate(lines)]
        if rows:
            ModerationReason.insert_many(rows).execute()
        audit.record(actor, "circle.reasons", "circle", circle, circle=circle, reasons=len(rows))
