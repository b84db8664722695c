"""The page of an event: what its regions take, gathered in one place."""

from typing import Any, NamedTuple

from flask import url_for
from markupsafe import Markup

from blueprints.circles.queries import CircleRow, some
from blueprints.live import queries
from blueprints.live.halls import Hall
from core import clock
from core.fragments import region
from core.policy import Actor, can


class State(NamedTuple):
    """What the line about an event's state shows; the same for everybody who looks."""

    id: int
    state: str
    starts_at: int
    ends_at: int | None
    started_at: int | None
    ended_at: int | None
    postponed_from: int | None


def state_of(event: Any) -> State:
    """Of a Hall or a row of a list."""
    return State(*(getattr(event, name) for name in State._fields))


def state_line(here: Hall) -> Markup:
    return region("live/_state.html", event=state_of(here))


def around(actor: Actor, here: Hall) -> dict[str, Any]:
    """What is shown of an event to everybody who sees it, whether or not they may watch."""
    homes = some(actor, [here.circle]) if here.circle else []
    home: CircleRow | None = homes[0] if homes else None
    return {
        "here": here,
        "home": home,
        "runs": queries.run_by(here.id),
        "hosts_it": can(actor, "live:host", here),
        "reminders": queries.reminders(here.id) if here.state == "upcoming" else 0,
        "state": state_line(here),
        "now": clock.now(),
        "back_url": url_for("live.of_circle", slug=home.slug) if home else url_for("live.index"),
    }
