"""What stands in a profile's head and right beneath it: how the two are tied and what one can do about the other, and
what they have in common."""

from flask import url_for
from markupsafe import Markup

from blueprints.people.circles_between import circles_in_common, friends_in_common
from blueprints.people.friends import aliases
from blueprints.people.privacy import sees_friends
from blueprints.people.queries import Person
from blueprints.people.rows_ties import tie_region
from core.blueprint import slot
from core.fragments import region
from core.markup import trusted
from core.policy import Actor, can

MOST_SHOWN = 3
NOTHING = trusted("")


def between(actor: Actor, seen: Person) -> Markup:
    """Empty where there is nothing in common and nothing to see."""
    if seen.is_suspended:
        return NOTHING
    circles, circle_count = circles_in_common(actor, seen.id, MOST_SHOWN)
    shows = sees_friends(actor, seen.id)
    common, common_count = friends_in_common(actor, seen.id, MOST_SHOWN) if shows else ([], 0)
    called = aliases(actor.member_id or 0, [friend.id for friend in common])
    common = [friend._replace(display_name=called.get(friend.id, friend.display_name)) for friend in common]
    friends_url = url_for("people.friends_of", username=seen.username) if shows and actor.member_id != seen.id else None
    if not (circles or common or friends_url):
        return NOTHING
    return region(
        "people/_between.html", person=seen, circles=circles, circle_count=circle_count, common=common,
        common_count=common_count, friends_url=friends_url,
    )  # fmt: skip


def ways(actor: Actor, seen: Person) -> Markup:
    """Befriending, what other blueprints offer, and a menu whose last item parts for good."""
    own = actor.member_id == seen.id
    bare = seen.is_suspended
    return region(
        "people/_ways.html", person=seen, tie=tie_region(actor, seen),
        shown=[] if bare else slot("people.profile_ways", actor, [seen]).get(seen.id, []),
        items=[] if bare else slot("people.profile_menu", actor, [seen]).get(seen.id, []),
        blocks=not own and can(actor, "people:block"),
    )  # fmt: skip
