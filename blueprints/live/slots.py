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
    here_now = request.endpoint == "live.of_circle"
    return {
        here: still("live/_tab.html", slug=here.slug, is_on=queries.is_on(actor, here.id), current=here_now)
        for here in rooms
    }
