"""How far somebody has read, as their browser or they themselves say it; and what they missed."""

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from blueprints.circles import bp, catching_up, queries, unread
from blueprints.circles.forms import number as whole
from blueprints.circles.rooms import room
from blueprints.circles.routes import around
from core import hx, periods
from core.errors import Invalid
from core.guard import limit
from core.periods import Period
from core.policy import require
from core.viewer import current_actor


@bp.post("/circles/<slug>/read", permission="circle:belong")
def read_posts(slug: str) -> Response:
    """`up_to` is the latest post that was seen. A script is told nothing, a form leads back."""
    actor = current_actor()
    here = room(actor, slug)
    limit("read.mark", actor.member_id)
    unread.mark_posts(actor, here.id, _up_to())
    return _marked(url_for(".show", slug=slug))


@bp.post("/circles/<slug>/posts/<int:number>/read", permission="circle:belong")
def read_comments(slug: str, number: int) -> Response:
    """`up_to` is the latest comment that was seen; 0 says that the post itself was."""
    actor = current_actor()
    here = room(actor, slug)
    limit("read.mark", actor.member_id)
    unread.mark_comments(actor, here.id, number, _up_to())
    return _marked(url_for(".post", slug=slug, number=number))


def _up_to() -> int:
    """Raises Invalid."""
    up_to = whole(request.form.get("up_to"))
    if up_to is None:
        raise Invalid("choice", field="up_to")
    return up_to


def _marked(address: str) -> Response:
    return hx.unchanged() if hx.wants_fragment() else hx.see_other(hx.back(address), toast=_("Marked as read."))


# ---- what did I miss ----------------------------------------------------------------------------------------

PERIODS = {
    "visit": _l("Since my last visit"), "day": _l("Today"), "three": _l("3 days"), "week": _l("A week"),
    "month": _l("A month"),
}  # fmt: skip
_DAYS = {"day": 0, "three": 3, "week": 7, "month": 30}


@bp.get("/circles/catch-up", permission="circle:belong")
def catch_up() -> Response:
    """What happened in all circles of the member during a period of their choice."""
    actor = current_actor()
    period, since, day = _period()
    circles = queries.of_member(actor, actor.member_id or 0, catching_up.MOST_CIRCLES)
    missed = catching_up.missed(actor, [row.id for row in circles], since)
    return hx.page(
        "circles/catch_up.html", missed=missed, circles={row.id: row for row in circles}, periods=PERIODS,
        period=period, day=day, url=url_for(".catch_up"),
    )  # fmt: skip


@bp.get("/circles/<slug>/catch-up", permission="circle:belong")
def catch_up_here(slug: str) -> Response:
    """The same for one circle."""
    actor = current_actor()
    here = room(actor, slug)
    require(actor, "circle:belong", here)
    period, since, day = _period()
    missed = catching_up.missed(actor, [here.id], since)
    return hx.page(
        "circles/catch_up_here.html", missed=missed, periods=PERIODS, period=period, day=day,
        circles={row.id: row for row in queries.some(actor, [here.id])}, url=url_for(".catch_up_here", slug=slug),
        **around(here, ""),
    )  # fmt: skip


def _period() -> Period:
    """At each circle's own mark, unless something else was chosen."""
    return periods.chosen(request.args.get("from", ""), request.args.get("period", ""), _DAYS, "visit")
