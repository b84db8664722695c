"""What was reported to those who run the site, and which looks they took."""

from flask import Response, render_template, request, url_for

from blueprints.moderation import bp, queries
from blueprints.moderation.routes_queue import further, whole
from core import hx
from core.viewer import current_actor

WHAT = ("cases", "appeals", "decided")


@bp.get("/admin/reports", permission="site:moderate")
def site_queue() -> Response:
    actor, what = current_actor(), request.args.get("what", "")
    what = what if what in WHAT else WHAT[0]
    if what == "appeals":
        page = queries.site_appeals(actor, whole("after") or 0)
    elif what == "decided":
        page = queries.site_closed(actor, whole("before"))
    else:
        page = queries.site_cases(actor, whole("after") or 0)
    older_url = further(page, ".site_queue", what)
    if hx.wants_fragment() and (whole("after") or whole("before")):
        return hx.fragment(
            render_template("moderation/_rows.html", page=page, what=what, older_url=older_url, here=None)
        )
    return hx.page("moderation/site.html", page=page, what=what, older_url=older_url, here=None)


@bp.get("/admin/looks", permission="look:read")
def site_looks() -> Response:
    page = queries.looks(current_actor(), None, whole("before"))
    older_url = page.older and url_for(".site_looks", before=page.older)
    if hx.wants_fragment() and request.args.get("before"):
        return hx.fragment(render_template("moderation/_looks.html", page=page, older_url=older_url))
    return hx.page("moderation/site_looks.html", page=page, older_url=older_url)
