"""What polls show on others' pages: a person's open polls, and finds of a search."""

from typing import Any

from flask_babel import lazy_gettext as _l

from blueprints.polls import queries
from core import search
from core.blueprint import fills
from core.fragments import region
from core.policy import Actor, can
from core.search import Hit

search.offer("poll", _l("Polls"), 25)


@fills("people.profile")
def open_polls(actor: Actor, members: list[Any]) -> dict[int, str]:
    found = queries.open_of(actor, [member.id for member in members])
    return {id_: region("polls/_of_member.html", polls=rows) for id_, rows in found.items()}


@fills("people.me")
def way_to_polls(actor: Actor, members: list[Any]) -> dict[int, str]:
    return {member.id: region("polls/_way_in.html") for member in members} if can(actor, "poll:list") else {}


@fills("search.results")
def finds(actor: Actor, hits: list[Hit]) -> dict[Hit, str]:
    wanted = {hit.id: hit for hit in hits if hit.kind == "poll"}
    return {
        wanted[row.id]: region("polls/_found.html", poll=row, query=wanted[row.id].query)
        for row in queries.some(actor, list(wanted))
    }
