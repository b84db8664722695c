"""What events show on others' pages: the tab of a circle."""

from flask import request

from blueprints.circles.rooms import Room
from blueprints.live import (
    queries,
    slots_notices,  # noqa: F401 - fills
)
from core.blueprint import fills
from core.fragments import still
from core.policy import Actor, can


@fills("circles.tabs")
def tab(actor: Actor, rooms: list[Room]) -> dict[Room, str]:
    if not can(actor, "live:list"):
        return {}
    shown: dict[Room, str] = {}
    for here in rooms:
        running = len(queries.running(actor, here.id))
        shown[here] = still("live/_tab.html", slug=here.slug, count=running, current=request.endpoint == "live.of_circle")
    return shown
