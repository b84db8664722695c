"""Bullet comments as files: taken along by those who watch, taken in by hosts."""

from collections.abc import Iterator
from typing import Any

from flask import Response, request, stream_with_context, url_for
from flask_babel import ngettext

from blueprints.live import bp, exchange, subtitles
from blueprints.live.halls import Hall, hall
from core import hx
from core.errors import Conflict, Invalid
from core.guard import limit
from core.limits import LIMITS
from core.policy import require
from core.viewer import current_actor


def _file(parts: Iterator[str], kind: str, here: Hall) -> Response:
    """Sent while it is read, so that large events need no memory; hashes of people make it nobody else's to keep."""
    answer = Response(stream_with_context(part.encode() for part in parts), mimetype=kind)
    ending = "xml" if kind == "application/xml" else "ass"
    answer.headers["Content-Disposition"] = f"attachment; filename=comments-{here.id}.{ending}"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.get("/live/<int:event>/comments.xml", permission="live:export")
def comments_xml(event: int) -> Response:
    here, rows = exchange.taken_along(current_actor(), event)
    limit("live.exchange", current_actor().member_id)
    return _file(exchange.as_xml(here, rows), "application/xml", here)


@bp.get("/live/<int:event>/comments.ass", permission="live:export")
def comments_ass(event: int) -> Response:
    here, rows = exchange.taken_along(current_actor(), event)
    limit("live.exchange", current_actor().member_id)
    return _file(subtitles.as_ass(here.title, rows), "text/x-ssa", here)


@bp.get("/live/<int:event>/import", permission="live:host")
def import_comments(event: int) -> Response:
    return _import_page(event, [])


def _import_page(event: int, errors: list[str], status: int = 200) -> Response:
    here = hall(current_actor(), event)
    require(current_actor(), "live:host", here)
    context: dict[str, Any] = {"here": here, "errors": errors, "megabytes": LIMITS["live_import_bytes"] // 1024**2}
    return hx.page("live/import.html", {"import-form": "live/_import_form.html"}, status=status, **context)


@bp.post("/live/<int:event>/import", permission="live:host")
def take_in_comments(event: int) -> Response:
    actor = current_actor()
    limit("live.exchange", actor.member_id)
    sent = request.files.get("file")
    try:
        taken = exchange.take_in(actor, event, sent.stream.read(LIMITS["live_import_bytes"] + 1) if sent else b"")
    except (Invalid, Conflict) as refusal:
        return _import_page(event, [hx.say(refusal)], status=422)
    return hx.see_other(url_for(".import_comments", event=event), toast=_said(taken))


def _said(taken: exchange.TakenIn) -> str:
    """Numbers side by side, since a sentence of all three would have to be written for each that is none."""
    numbers = [ngettext("%(num)s bullet comment added", "%(num)s bullet comments added", taken.added)]
    if taken.there:
        numbers.append(ngettext("%(num)s there already", "%(num)s there already", taken.there))
    if taken.left_out:
        numbers.append(ngettext("%(num)s that cannot be shown", "%(num)s that cannot be shown", taken.left_out))
    return " · ".join(numbers)
