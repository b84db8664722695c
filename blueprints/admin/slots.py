"""The way to admin, for those who may go there: from one's own page, and from the profile of whoever it concerns."""

from typing import Any

from blueprints.admin import queries
from core.blueprint import fills
from core.fragments import region
from core.policy import Actor, can


@fills("people.me")
def way_in(actor: Actor, people: list[Any]) -> dict[int, str]:
    if not can(actor, "admin:open"):
        return {}
    return {person.id: region("admin/_way_in.html") for person in people}


@fills("people.profile")
def way_to_account(actor: Actor, people: list[Any]) -> dict[int, str]:
    if not can(actor, "member:find"):
        return {}
    names = queries.usernames(actor, [person.id for person in people])
    return {number: region("admin/_way_to_account.html", username=name) for number, name in names.items()}
