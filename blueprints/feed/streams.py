"""A feed that is open hears when something was laid into it, and asks itself how much of that its reader wants."""

from blueprints.feed import reading
from core import streams
from core.errors import Gone
from core.policy import Actor, admits


def watch_feed(actor: Actor, member: int) -> streams.Watch:
    if member != actor.member_id or not admits(actor, "feed:read"):
        raise Gone
    return streams.Watch()


def feed_changed(actor: Actor, member: int, since: int) -> bool:
    """`since` is the newest moment that the page shows."""
    return reading.is_newer(actor, since)


streams.declare("feed", watch=watch_feed, changed=feed_changed)
