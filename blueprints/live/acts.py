"""The log of an event: what those who run it did there."""

from core import clock
from core.policy import Actor
from models import LiveAct


def note(event: int, actor: Actor | None, action: str, member: int | None = None, detail: str = "") -> None:
    """Inside the transaction of the act. `actor` None: it happened by itself, when its time had come."""
    LiveAct.insert(
        event=event, actor=actor.member_id if actor else None, action=action, member=member, detail=detail[:200],
        at=clock.now(),
    ).execute()  # fmt: skip
