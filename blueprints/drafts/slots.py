"""The way to one's drafts, from one's own page."""

from typing import Any

from blueprints.drafts import queries
from core.blueprint import fills
from core.fragments import region
from core.policy import Actor, can


@fills("people.me")
def way_in(actor: Actor, people: list[Any]) -> dict[int, str]:
    if not can(actor, "draft:own"):
        return {}
    return {person.id: region("drafts/_way_in.html", count=queries.count(actor)) for person in people}
