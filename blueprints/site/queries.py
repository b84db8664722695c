"""What the site knows about itself."""

from core import clock
from core.policy import Actor, suspension_holds
from models import Member, Suspension


def is_set_up() -> bool:
    """Whether anybody is here. An empty site waits for its owner."""
    return Member.select(Member.id).limit(1).exists()


def has_demo_members() -> bool:
    return Member.select(Member.id).where(Member.is_demo == True).limit(1).exists()  # noqa: E712 - SQL


def suspension_of(actor: Actor) -> Suspension | None:
    """The actor's own suspension as it holds now."""
    if actor.member_id is None:
        return None
    now = clock.now()
    return (
        Suspension.select(Suspension.reason, Suspension.suspended_at, Suspension.until_at)
        .where(
            Suspension.member == actor.member_id,
            suspension_holds(now),
        )
        .order_by(Suspension.id.desc())
        .first()
    )
