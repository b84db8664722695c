"""The small card about somebody, which a page shows beside their name."""

from flask import Response, render_template, request, url_for

from blueprints.people import bp
from blueprints.people.queries import person
from core import hx
from core.blueprint import slot
from core.viewer import current_actor


@bp.get("/people/<username>/card", permission="people:read")
def card(username: str) -> Response:
    """`circle` is where they are met. Whoever opens the address itself is led to the profile."""
    actor = current_actor()
    seen = person(actor, username)
    if not hx.wants_fragment():
        return hx.see_other(url_for(".profile", username=seen.username))
    thing = (seen, request.args.get("circle", ""))
    lines = [] if seen.is_suspended else slot("people.card", actor, [thing]).get(seen.id, [])
    return hx.fragment(render_template("people/_card.html", person=seen, lines=lines))
