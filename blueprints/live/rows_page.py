"""The page of an event: what its regions take, gathered in one place."""

from typing import Any

from markupsafe import Markup

from blueprints.circles.queries import CircleRow, some
from blueprints.live import avoiding, figures, queries
from blueprints.live.halls import Hall
from blueprints.live.rows_comments import comment_list, composer
from blueprints.live.rows_guests import remind
from blueprints.live.rows_room import around_tools
from blueprints.live.rows_stage import stage_region
from blueprints.live.rows_taking_part import taking_part
from core import clock
from core.blueprint import slot
from core.fragments import region
from core.markup import trusted
from core.policy import Actor, can


def state_line(event: Hall) -> Markup:
    return region("live/_state.html", event=event)


def around(actor: Actor, here: Hall) -> dict[str, Any]:
    """What is shown of an event to everybody who sees it, whether or not they may watch."""
    homes = some(actor, [here.circle]) if here.circle else []
    home: CircleRow | None = homes[0] if homes else None
    return {
        "here": here,
        "home": home,
        "runs": queries.run_by(actor, here.id),
        "hosts_it": can(actor, "live:host", here),
        "remind": remind(actor, here),
        "reminders": queries.reminders(here.id) if here.state == "upcoming" else 0,
        "state": state_line(here),
        "further": trusted("").join(slot("live.menu", actor, [here])[here.id]) if actor.signed_in else trusted(""),
    }


def inside(actor: Actor, here: Hall) -> dict[str, Any]:
    """What those see who watch it: a region of each part, made by the file that is home to it."""
    counts = can(actor, "live:host", here) and here.state in ("upcoming", "live")
    return {
        "now": clock.now(),
        "stage": stage_region(here),
        "comments": comment_list(actor, here),
        "composer": composer(actor, here),
        "figures": figures.figures(here) if counts else None,
        "avoided": " ".join(map(str, avoiding.avoided_ids(actor))),
        "unwanted": avoiding.avoided_words(actor),
        **around_tools(actor, here),
        **taking_part(actor, here),
    }
