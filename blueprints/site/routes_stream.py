"""The one stream of a page (core/streams.py)."""

from flask import Response, request

from blueprints.site import bp
from core import guard, stream_answer, streams
from core.errors import Gone
from core.viewer import current_actor, current_session


@bp.get("/stream", permission="site:stream")
def stream() -> Response:
    """`since=live-7:41,circle-3:5`: the channels of the page, each with the position that the page shows."""
    if guard.is_from_elsewhere():
        raise Gone
    actor = current_actor()
    places = streams.asked_for(request.args.get("since", ""))
    return stream_answer.answer(actor, streams.open_stream(actor, current_session(), places))
