"""A page of the feed as its templates take it."""

from typing import Any

from flask import url_for
from markupsafe import Markup

from blueprints.feed import reading, seeing, tasting
from blueprints.feed.rows import moment_rows
from blueprints.feed.watching import state_of
from core.blueprint import slot
from core.markup import trusted
from core.policy import Actor, visible
from models import Moment


def page(actor: Actor, before: int | None, endpoint: str = "feed.index", *, lane: bool = False) -> dict[str, Any]:
    """`rows` of one stretch of time with the sellers of that stretch beside it, and the way to the one before."""
    found = reading.page(actor, before, lane=lane)
    rows = moment_rows(actor, [*found.rows, *found.lane])
    return {
        "rows": rows[: len(found.rows)], "lane": rows[len(found.rows) :], "in_lane": found.in_lane,
        "lane_id": found.lane[0].id if found.lane else 0, "passed": found.passed,
        "lane_open": bool(found.lane) and not tasting.reading(actor).folds_sellers,
        "older_url": found.older and url_for(endpoint, before=found.older),
    }  # fmt: skip


def of_author(actor: Actor, author: int, username: str, before: int | None = None, size: int = 0) -> dict[str, Any]:
    found = seeing.of_author(actor, author, before, size)
    return {
        "rows": moment_rows(actor, found.rows),
        "older_url": found.older and url_for("feed.of_person", username=username, before=found.older),
    }


def again(actor: Actor, states: dict[int, int | None]) -> tuple[dict[int, Markup], list[int]]:
    """What became of moments that a page shows, each in a state (None: whatever it is): those that changed, as rows,
    and the numbers of those that are not there for the actor any more."""
    there = Moment.select(Moment.id, Moment.seq).where(Moment.id.in_(list(states)))
    now: dict[int, int] = dict(visible(there, actor).tuples()) if states else {}
    changed = seeing.some(actor, [id_ for id_, seq in now.items() if states[id_] not in (None, state_of(id_, seq))])
    rows = dict(zip([row.id for row in changed], moment_rows(actor, changed), strict=True))
    return rows, [id_ for id_ in states if id_ not in now]


def above(actor: Actor) -> Markup:
    """What other blueprints show at the top of a feed."""
    return trusted("").join(slot("feed.top", actor, ["feed"]).get("feed", ()))


def beside(actor: Actor) -> Markup:
    return trusted("").join(slot("feed.beside", actor, ["feed"]).get("feed", ()))
