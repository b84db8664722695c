"""Names to choose from while somebody writes an @."""

from flask import Response, render_template, request

from blueprints.circles import bp, members
from blueprints.circles.rooms import room
from core import hx
from core.guard import limit
from core.limits import LIMITS
from core.policy import require
from core.viewer import current_actor


@bp.get("/circles/<slug>/mentions", permission="post:write")
def mentions(slug: str) -> Response:
    """Members of this circle whose name or username begins like `q`, as options of a list."""
    actor = current_actor()
    here = room(actor, slug)
    require(actor, "post:write", here)
    limit("mention.look", actor.member_id)
    query = request.args.get("q", "")[: LIMITS["search_query"]]
    rows = members.named(actor, here, query).rows[: LIMITS["page_mentions"]]
    return hx.fragment(render_template("circles/_mentions.html", people=rows))
