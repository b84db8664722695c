"""What an account's own pages show of it, and to whom letters can be sent."""

from typing import NamedTuple

from core import clock
from core.errors import Gone
from core.policy import Actor, is_suspended, require
from models import Departure, Member


def own_account(actor: Actor) -> Member:
    """The actor's row. Raises Gone when it went while they were looking."""
    require(actor, "account:manage")
    member: Member | None = Member.get_or_none(Member.id == actor.member_id, Member.erased_at.is_null())
    if member is None:
        raise Gone
    return member


class Reader(NamedTuple):
    """A member to whom letters can be sent, and how they read."""

    id: int
    username: str
    display_name: str
    email: str
    locale: str
    time_zone: str


def reader(member: int) -> Reader | None:
    """None for somebody who has no confirmed address, has left, is about to, or is suspended."""
    gone = Departure.select(Departure.member).where(Departure.member == member)
    row = (
        Member.select(
            Member.id, Member.username, Member.display_name, Member.email, Member.locale, Member.time_zone
        )
        .where(
            Member.id == member, Member.email.is_null(False), Member.email_confirmed_at.is_null(False),
            Member.erased_at.is_null(), Member.id.not_in(gone), ~is_suspended(member, clock.now()),
        )
        .tuples()
        .first()
    )  # fmt: skip
    return Reader(*row) if row else None
