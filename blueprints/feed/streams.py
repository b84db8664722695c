"""A feed that is open hears when something was laid into it, and asks itself how much of that its reader wants.
The page of a moment hears when something changed in it or beneath it, and asks for what it may show."""

from blueprints.feed import reading, watching
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


def watch_moment(actor: Actor, moment: int) -> streams.Watch:
    return streams.Watch(watching.tags(actor, moment))


streams.declare("feed", watch=watch_feed, changed=feed_changed)
streams.declare("moment", watch=watch_moment, changed=watching.moment_changed)
