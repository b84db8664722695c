"""Being reminded of an event, and the file for one's own calendar."""

from urllib.parse import urlsplit

from flask import Response, request, url_for
from flask_babel import gettext as _

from blueprints.circles.reading import plain
from blueprints.live import bp, ical, reminding
from blueprints.live.halls import hall
from blueprints.live.rows_guests import remind as remind_region
from core import guard, hx
from core.config import current
from core.errors import Invalid
from core.policy import can, require
from core.viewer import current_actor

HOWS = ("notice", "mail", "none")


@bp.post("/live/<int:event>/remind", permission="live:own")
def remind(event: int) -> Response:
    """`how` is notice, mail (a notice as well), or none."""
    actor, how = current_actor(), request.form.get("how", "notice")
    if how not in HOWS:
        raise Invalid("choice", field="how")
    guard.limit("live.remind", actor.member_id)
    if how == "none":
        here, said = reminding.forget(actor, event), _("You will not be reminded.")
    else:
        here = reminding.remind(actor, event, by_mail=how == "mail")
        said = _("You will be told a quarter of an hour before it begins, and when it does.")
    return hx.changed(url_for(".show", event=event), remind_region(actor, here), toast=said)


@bp.get("/live/<int:event>.ics", permission="live:see")
def calendar(event: int) -> Response:
    actor = current_actor()
    here = hall(actor, event)
    require(actor, "live:see", here)
    root = current().base_url or request.host_url.rstrip("/")
    about = plain(here.about_html) if can(actor, "live:watch", here) else ""
    text = ical.calendar(
        here, host=urlsplit(root).hostname or "localhost", address=root + url_for(".show", event=event), about=about
    )
    response = Response(text, mimetype="text/calendar")
    response.headers["Content-Disposition"] = f'attachment; filename="live-{event}.ics"'
    response.headers["Cache-Control"] = "private, no-cache"
    return response
