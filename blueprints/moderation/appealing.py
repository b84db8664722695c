"""Appeals: whom a decision concerns can ask once that it is looked at again, by somebody else where there is one."""

from blueprints.moderation.actions import decision_bench, level_of_decision, undo
from blueprints.moderation.decisions import APPEALABLE
from blueprints.moderation.events import AppealDecided, AppealMade
from core import clock
from core.db import atomic
from core.errors import Conflict, Gone, Invalid
from core.limits import LIMITS
from core.plain import clean_body
from core.policy import Actor, can, require
from core.signals import announce
from models import ModerationAppeal, ModerationDecision


def decision_of(number: int) -> ModerationDecision:
    """Raises Gone."""
    row: ModerationDecision | None = ModerationDecision.get_or_none(ModerationDecision.id == number)
    if row is None:
        raise Gone
    return row


def may_appeal(actor: Actor, decision: ModerationDecision) -> bool:
    """Whether it is not too late, not taken back, and has not been asked before."""
    return can(actor, "appeal:write", decision) and _refusal(decision) is None


def _refusal(decision: ModerationDecision) -> str | None:
    if decision.action not in APPEALABLE or decision.reversed_at is not None:
        return "appeal_moot"
    if decision.decided_at < clock.now() - LIMITS["appeal_days"] * clock.DAY:
        return "appeal_late"
    asked = ModerationAppeal.select().where(ModerationAppeal.decision == decision.id).exists()
    return "appeal_made" if asked else None


def appeal(actor: Actor, decision: int, words: str) -> None:
    """Raises Gone, Denied, Invalid, Conflict with the reason why it is too late or was done before."""
    clean = clean_body(words).strip()
    if not clean:
        raise Invalid("needed", field="words")
    if len(clean) > LIMITS["appeal"]:
        raise Invalid("too_long", field="words", most=LIMITS["appeal"])
    with atomic():
        row = decision_of(decision)
        if not can(actor, "decision:see", row):
            raise Gone
        require(actor, "appeal:write", row)
        refusal = _refusal(row)
        if refusal:
            raise Conflict(refusal, most=LIMITS["appeal_days"])
        circle = row.circle_id if level_of_decision(row) == "circle" else None
        ModerationAppeal.create(
            decision=decision, circle=circle, member=actor.member_id, words=clean, asked_at=clock.now()
        )
        announce(AppealMade(decision, circle))


def answer(actor: Actor, decision: int, *, upheld: bool, words: str = "") -> None:
    """Take the decision back, or let it stand, with a word. Of two who answer one does. Raises Gone, Denied, Invalid,
    Conflict("appeal_decided")."""
    clean = clean_body(words).strip()
    if len(clean) > LIMITS["appeal"]:
        raise Invalid("too_long", field="answer", most=LIMITS["appeal"])
    with atomic():
        row = decision_of(decision)
        bench = decision_bench(actor, row)
        asked = ModerationAppeal.get_or_none(ModerationAppeal.decision == decision)
        if asked is None:
            raise Gone
        require(actor, "appeal:decide", (bench, asked, row))
        facts = {"decided_at": clock.now(), "decided_by": actor.member_id, "upheld": upheld, "answer": clean}
        waiting = (ModerationAppeal.decision == decision) & ModerationAppeal.decided_at.is_null()
        if not ModerationAppeal.update(facts).where(waiting).execute():
            raise Conflict("appeal_decided")
        if upheld:
            undo(actor, row, tells=False)
        announce(AppealDecided(decision, asked.circle_id, upheld))
