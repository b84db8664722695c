"""The bell of a member rings on all of their open pages."""

from blueprints.notices import queries
from core import streams
from core.errors import Gone
from core.policy import Actor, admits


def watch(actor: Actor, member: int) -> streams.Watch:
    if member != actor.member_id or not admits(actor, "notice:read"):
        raise Gone
    return streams.Watch()


def changed(actor: Actor, member: int, since: int) -> bool:
    """`since` is the count that the page shows."""
    return queries.unseen(actor) != since


streams.declare("bell", watch=watch, changed=changed)
