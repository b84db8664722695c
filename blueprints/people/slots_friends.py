"""What friends show on one's own page and on the small card about somebody."""

from typing import Any

from blueprints.people import queries_friends
from blueprints.people.rows_ties import CARD, tie_region
from core.blueprint import fills, tells_unread
from core.fragments import region
from core.policy import Actor, can

MOST_BESIDE = 5


@fills("people.me")
def ways_to_friends(actor: Actor, people: list[Any]) -> dict[int, str]:
    if not can(actor, "friend:own"):
        return {}
    count = queries_friends.waiting_count(actor)
    return {person.id: region("people/_ways_to_friends.html", count=count) for person in people}


@fills("feed.beside")
def who_asks(actor: Actor, things: list[Any]) -> dict[Any, str]:
    count = queries_friends.waiting_count(actor) if can(actor, "friend:own") else 0
    if not count:
        return {}
    people = queries_friends.asking(actor).rows[:MOST_BESIDE]
    return {thing: region("people/_beside.html", people=people, count=count) for thing in things}


@tells_unread("people.me")
def somebody_waits(actor: Actor) -> bool:
    return can(actor, "friend:own") and queries_friends.anyone_waits(actor)


@fills("people.card")
def ties_on_card(actor: Actor, things: list[Any]) -> dict[int, str]:
    """Whoever is met in a circle is asked as somebody from there."""
    if not can(actor, "friend:own"):
        return {}
    return {
        person.id: tie_region(actor, person, CARD, "circle" if slug else "")
        for person, slug in things
        if person.id != actor.member_id
    }
