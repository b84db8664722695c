"""The stage of an event: the player of another site once somebody wants it, and the host's page about its film."""

from contextlib import closing
from os import SEEK_END
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from blueprints.live import bp, recording, rows_stage, showing
from blueprints.live.halls import Hall, hall
from core import hx, video
from core.errors import BadVideo, Gone, Invalid
from core.fragments import region
from core.guard import limit
from core.limits import LIMITS
from core.policy import can
from core.viewer import current_actor


@bp.get("/live/<int:event>/screen", permission="live:watch")
def screen(event: int) -> Response:
    """Only now, and only for this reader, is anything asked of another site."""
    actor = current_actor()
    here = hall(actor, event)
    if not can(actor, "live:watch", here):
        raise Gone
    stage = showing.stage_of(here)
    if stage.frame is None or not stage.plays:
        raise Gone
    if hx.target() == "frame":
        return hx.fragment(region("live/_frame.html", frame=stage.frame, title=stage.title))
    return hx.page("live/screen.html", here=here, stage=rows_stage.stage_region(here, playing=True))


@bp.get("/live/<int:event>/stage", permission="live:host")
def stage(event: int) -> Response:
    return _page(recording.hosted(current_actor(), event))


@bp.post("/live/<int:event>/stage", permission="live:host")
def send_film(event: int) -> Response:
    """The whole film in one form, for browsers without scripts; the others send pieces (static/js/film)."""
    actor = current_actor()
    here = recording.hosted(actor, event)
    limit("video.begin", actor.member_id)
    try:
        _take_whole(event)
    except Invalid as refusal:
        return _page(here, 422, error=hx.say(refusal))
    return hx.see_other(url_for(".stage", event=event), toast=_("Sent. It is being prepared."))


def _take_whole(event: int) -> None:
    """Raises BadVideo."""
    actor, sent = current_actor(), request.files.get("video")
    if sent is None or not sent.filename:
        raise BadVideo("no_film")
    with closing(sent):
        size = sent.stream.seek(0, SEEK_END)
        sent.stream.seek(0)
        row = video.begin(actor, "live", event, sent.filename, size)
        for offset in range(0, size, LIMITS["video_piece_bytes"]):
            video.put(actor, row.key, offset, sent.stream.read(LIMITS["video_piece_bytes"]))


@bp.post("/live/<int:event>/stage/remove", permission="live:host")
def remove_film(event: int) -> Response:
    recording.take_away(current_actor(), event)
    return hx.see_other(url_for(".stage", event=event), toast=_("The video is gone."))


def _page(here: Hall, status: int = 200, **context: Any) -> Response:
    shown, waiting = recording.films(here)
    actor = current_actor()
    rows = [(row, hx.say(BadVideo(row.error)) if row.error else "", row.uploader == actor.member_id) for row in waiting]
    return hx.page("live/stage.html", status=status, here=here, film=shown, waiting=rows, **{"error": "", **context})
