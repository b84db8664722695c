"""The way to admin, on the own page of those who may open it."""

from typing import Any

from core.blueprint import fills
from core.fragments import region
from core.policy import Actor, can


@fills("people.me")
def way_to_admin(actor: Actor, people: list[Any]) -> dict[Any, str]:
    if not can(actor, "admin:open"):
        return {}
    return {person.id: region("admin/_way.html") for person in people}
