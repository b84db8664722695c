"""What those who run an event did there, written down in the transaction of the act and never edited."""

from core import audit, clock
from core.limits import LIMITS
from core.policy import Actor
from models import LiveAct

AUDITED = frozenset(("mute", "remove", "pardon", "delete_comment", "delete_all"))
"""Acts against people; they stand in the site's log too, as those in circles do."""


def note(
    event: int, actor: Actor | None, action: str, member: int | None = None, detail: str = "",
    *, circle: int | None = None, at: int | None = None,
) -> int:
    """`actor` is None for what the clock did, `member` is whom it concerns; `detail` is a number, a moment in ms, or
    words of the actor's own; `at` (ms) is when, if not now. Returns the number of the act."""
    row = LiveAct.create(
        event=event, actor=actor.member_id if actor else None, action=action, member=member,
        detail=detail[: LIMITS["live_detail"]], at=at or clock.now(),
    )  # fmt: skip
    if action in AUDITED and actor is not None:
        audit.record(actor, f"live.{action}", "member", member, circle=circle, event=event)
    return int(row.id)
