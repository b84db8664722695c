"""One's own profile with somebody else's eyes: a friend's, those of everybody on a list, or those of somebody who has
nothing to do with one.

Only what the owner has decided is shown that way. What the friend has (whom they know, whom they blocked, what they
call the owner) is theirs, so whatever would tell of it stays out.
"""

from dataclasses import dataclass

from blueprints.people.friends import are_friends
from blueprints.people.lists import on_list, require_own
from blueprints.people.privacy import sees_circles, sees_friends
from core.errors import Gone
from core.policy import Actor, Standing, require

STRANGER = Actor(0, Standing.MEMBER, "stranger")
"""Signed in, and known to nobody."""


@dataclass(frozen=True)
class SeenAs:
    """`eyes` stand for those of the friend, or of a stranger (`friend` None)."""

    eyes: Actor
    friend: int | None
    friends: bool
    circles: bool


def seen_as(actor: Actor, friend: int | None) -> SeenAs:
    """Raises Gone for who is no friend, SignInNeeded, Denied."""
    require(actor, "people:seen_as")
    me = actor.member_id or 0
    if friend is not None and not are_friends(me, friend):
        raise Gone
    eyes = STRANGER if friend is None else Actor(friend, Standing.MEMBER)
    return SeenAs(eyes, friend, sees_friends(eyes, me), sees_circles(eyes, me))


def seen_by_list(actor: Actor, number: int) -> SeenAs | None:
    """What they have in common: friends of somebody see the same of whom and where they are, whichever one is asked.
    None when nobody is on the list. Raises Gone for a list that is not the actor's own."""
    require_own(actor, number)
    friend = min(on_list(number), default=None)
    return seen_as(actor, friend) if friend is not None else None
