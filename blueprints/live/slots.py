"""What events show on others' pages: the tab of a circle."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l

from blueprints.circles.rooms import Room
from blueprints.live import (
    queries,
    slots_causes,  # noqa: F401 - fills
    slots_notices,  # noqa: F401 - fills
)
from core import clock, search
from core.blueprint import fills
from core.fragments import region, still
from core.policy import Actor, can
from core.search import Hit

search.offer("live", _l("Events"), 25)

MOST_BESIDE = 5


@fills("circles.tabs")
def tab(actor: Actor, rooms: list[Room]) -> dict[Room, str]:
    if not can(actor, "live:list"):
        return {}
    here_now = request.endpoint == "live.of_circle"
    return {
        here: still("live/_tab.html", slug=here.slug, is_on=queries.is_on(actor, here.id), current=here_now)
        for here in rooms
    }


@fills("feed.card")
def shown_in_moments(actor: Actor, things: list[tuple[str, int]]) -> dict[tuple[str, int], str]:
    wanted = [number for kind, number in things if kind == "live"]
    rows = queries.found(actor, wanted) if wanted else []
    return {("live", row.id): region("live/_shared.html", event=row) for row in rows}


@fills("search.results")
def finds(actor: Actor, hits: list[Hit]) -> dict[Hit, str]:
    wanted = {hit.id: hit for hit in hits if hit.kind == "live"}
    rows = queries.found(actor, list(wanted)) if wanted else []
    return {wanted[row.id]: region("live/_found.html", event=row, query=wanted[row.id].query) for row in rows}


@fills("feed.top")
def strip(actor: Actor, things: list[Any]) -> dict[Any, str]:
    """What runs, and what begins within a day, as one row over the feed."""
    events = queries.soon(actor, clock.DAY) if can(actor, "live:list") else []
    if not events:
        return {}
    viewers = queries.watching([row.id for row in events if row.state == "live"])
    return {thing: region("live/_strip.html", events=events, viewers=viewers) for thing in things}


@fills("feed.beside")
def coming_up(actor: Actor, things: list[Any]) -> dict[Any, str]:
    """What begins within a week and is not over the feed yet."""
    found = queries.soon(actor, 7 * clock.DAY) if can(actor, "live:list") else []
    later = [row for row in found if row.state != "live" and row.starts_at > clock.now() + clock.DAY][:MOST_BESIDE]
    return {thing: region("live/_beside.html", events=later) for thing in things} if later else {}
