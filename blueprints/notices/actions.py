"""Verbs on one's notices and on the summary that is sent by e-mail."""

from blueprints.accounts.queries import reader
from blueprints.notices import digests
from core import notices
from core.db import atomic
from core.errors import Invalid
from core.policy import Actor, require
from models import DigestSubscription


def look(actor: Actor) -> None:
    """The actor sees the list: the bell is quiet until something new happens."""
    require(actor, "notice:read")
    if notices.unseen(actor.member_id or 0):
        with atomic():
            notices.mark_seen(actor.member_id or 0)


def read(actor: Actor, number: int) -> None:
    """One notice is read; reading it twice, or somebody else's, changes nothing."""
    with atomic():
        require(actor, "notice:read")
        notices.mark_read(actor.member_id or 0, [number])


def read_all(actor: Actor) -> int:
    """Returns how many were not read before."""
    with atomic():
        require(actor, "notice:read")
        return notices.mark_read(actor.member_id or 0)


def subscribe(actor: Actor, every: str) -> None:
    """Get a summary every `day` or `week`; empty for none. Raises Invalid without an address to send it to."""
    with atomic():
        require(actor, "notice:subscribe")
        member = actor.member_id or 0
        if not every:
            digests.end(member)
            return
        if every not in digests.EVERY:
            raise Invalid("choice", field="every")
        to = reader(member)
        if to is None:
            raise Invalid("summary_needs_address", field="every")
        kept = DigestSubscription.get_or_none(DigestSubscription.member == member)
        if kept is None:
            digests.begin(to, every)
        elif kept.every != every:
            digests.change(to, every)


def unsubscribe(token: str) -> None:
    """Whoever holds the link of a letter may end it, more than once. Raises Gone for a link that we never made."""
    with atomic():
        digests.end(digests.member_of(token))
