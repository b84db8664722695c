"""What stands between a profile's head and what other blueprints show there: what the two have in common, and how to
part for good."""

from flask import url_for
from markupsafe import Markup

from blueprints.people.circles_between import circles_in_common, friends_in_common
from blueprints.people.friends import aliases
from blueprints.people.privacy import sees_friends
from blueprints.people.queries import Person
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


def about_menu(actor: Actor, seen: Person) -> Markup:
    if actor.member_id == seen.id or not can(actor, "people:block"):
        return NOTHING
    return region("people/_about_menu.html", person=seen)
