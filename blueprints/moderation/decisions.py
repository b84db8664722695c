"""What was decided, written down once and never edited; only that it was taken back is added."""

from blueprints.moderation.events import DecisionMade
from core import clock
from core.signals import announce
from models import ModerationDecision

LASTING = ("hide", "lock", "move", "mute", "remove", "ban", "delete")
"""What can be taken back."""

APPEALABLE = (*LASTING, "warn")
OPPOSITES = {"restore": "hide", "unlock": "lock"}
UNDONE_BY = {"hide": "restore", "delete": "undelete", "lock": "unlock", "move": "move"}


def record(
    action: str, kind: str, number: int, member: int | None, by: int | None, *, circle: int | None,
    case: int | None = None, reason: str = "", note: str = "", until_at: int | None = None, tells: bool = True,
) -> int:
    """Inside the transaction of the act. Whom it concerns is told, unless it was themselves; nobody is told that
    nothing was done."""
    decision = ModerationDecision.create(
        circle=circle, case=case, action=action, subject_kind=kind, subject_id=number, member=member, decided_by=by,
        reason=reason, note=note, until_at=until_at, decided_at=clock.now(),
    )  # fmt: skip
    if action in OPPOSITES:
        taken_back(OPPOSITES[action], kind, number)
    told = tells and action != "dismiss" and member is not None and member != by
    announce(DecisionMade(decision.id, circle, told))
    return int(decision.id)


def taken_back(action: str, kind: str, number: int, circle: int | None = None) -> None:
    """What was decided like this about that thing holds no longer."""
    meant = (
        (ModerationDecision.subject_kind == kind) & (ModerationDecision.subject_id == number)
        & (ModerationDecision.action == action) & ModerationDecision.reversed_at.is_null()
    )  # fmt: skip
    if circle is not None:
        meant &= ModerationDecision.circle == circle
    ModerationDecision.update(reversed_at=clock.now()).where(meant).execute()


def claim_reversal(decision: int) -> bool:
    """Of two who take the same decision back, one gets True."""
    standing = (ModerationDecision.id == decision) & ModerationDecision.reversed_at.is_null()
    return bool(ModerationDecision.update(reversed_at=clock.now()).where(standing).execute())
