"""People among the finds of a search."""

from typing import Any

from flask_babel import lazy_gettext as _l

from blueprints.people import (
    queries,
    slots_friends,  # noqa: F401 - fills
    slots_notices,  # noqa: F401 - fills
    slots_privacy,  # noqa: F401 - fills
)
from blueprints.people.privacy import may_find
from core import search
from core.blueprint import fills
from core.fragments import region
from core.policy import Actor
from core.search import Hit

search.offer("member", _l("People"), 20, among=may_find)


@fills("search.results")
def finds(actor: Actor, hits: list[Any]) -> dict[Hit, str]:
    wanted = {hit.id: hit for hit in hits if hit.kind == "member"}
    return {
        wanted[found.id]: region("people/_found.html", person=found, query=wanted[found.id].query)
        for found in queries.some(actor, list(wanted))
    }
