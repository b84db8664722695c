"""What an account's own pages show of it."""

from core.errors import Gone
from core.policy import Actor, require
from models import Member


def own_account(actor: Actor) -> Member:
    """The actor's row. Raises Gone when it went while they were looking."""
    require(actor, "account:manage")
    member: Member | None = Member.get_or_none(Member.id == actor.member_id, Member.erased_at.is_null())
    if member is None:
        raise Gone
    return member
