"""Films: sent in pieces by scripts, handed out in ranges to players."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from flask import Response, jsonify, request, url_for
from flask_babel import gettext as _
from werkzeug.http import parse_range_header, quote_etag

from blueprints.media import bp
from blueprints.media.queries import find_video
from core import film, guard, hx, video
from core.errors import BadVideo, Gone, Refusal
from core.limits import LIMITS
from core.viewer import current_actor
from models import Video

View = Callable[..., Response]

guard.takes_bytes("media.send_piece", LIMITS["video_piece_bytes"])


def _told_to_scripts(view: View) -> View:
    @wraps(view)
    def told(*arguments: Any, **options: Any) -> Response:
        try:
            return view(*arguments, **options)
        except Refusal as refusal:
            response = jsonify({"error": hx.say(refusal), **_place(refusal)})
            response.status_code = refusal.status
            response.headers["Cache-Control"] = "no-store"
            return response

    return told


def _place(refusal: Refusal) -> dict[str, object]:
    return {name: value for name, value in refusal.facts.items() if name in ("received", "retry_after")}


def _state(row: Video) -> Response:
    response = jsonify({
        "key": row.key, "received": row.received, "size": row.size, "piece": LIMITS["video_piece_bytes"],
        "state": row.state, "error": hx.say(BadVideo(row.error)) if row.error else "",
    })  # fmt: skip
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/videos/", permission="video:send")
@_told_to_scripts
def begin_video() -> Response:
    """`for` names what the film is for, such as live:7; `name` and `size` (bytes) are the file's. Answers with its
    key."""
    actor, form = current_actor(), request.form
    guard.limit("video.begin", actor.member_id)
    kind, _colon, number = form.get("for", "").partition(":")
    row = video.begin(actor, kind, _whole(number), form.get("name", ""), _whole(form.get("size", "")))
    response = _state(row)
    response.status_code = 201
    response.headers["Location"] = url_for(".video_state", key=row.key)
    return response


def _whole(text: str) -> int:
    """-1 for what is no number that a row or a file could have."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else -1


@bp.get("/videos/<key>", permission="video:send")
@_told_to_scripts
def video_state(key: str) -> Response:
    """How far one has come."""
    return _state(video.sent(current_actor(), key))


@bp.post("/videos/<key>/pieces", permission="video:send")
@_told_to_scripts
def send_piece(key: str) -> Response:
    """The body is the piece, `offset` in the address is where it begins. 409 says where the next one does."""
    actor = current_actor()
    offset = _whole(request.args.get("offset", ""))
    return _state(video.put(actor, key, offset, request.get_data(cache=False)))


@bp.post("/videos/<key>/give-up", permission="video:send")
def give_up_video(key: str) -> Response:
    """Of one's own, as long as it is not finished: what it belongs to says how a finished one goes."""
    row = video.sent(current_actor(), key)
    if row.state == "ready":
        raise Gone
    video.remove(row.id)
    return hx.changed(hx.back("/"), toast=_("Given up. What had been sent is gone."))


# ---- watching -----------------------------------------------------------------------------------------------


@bp.get("/videos/<key>/film", permission="video:watch")
def film_of(key: str) -> Response:
    """At most a megabyte an answer, so that a slow player holds no thread for long; players ask on by themselves."""
    row = find_video(current_actor(), key)
    path = video.path_of(row.key)
    size = path.stat().st_size
    etag = quote_etag(row.key)
    headers = {
        "Accept-Ranges": "bytes", "ETag": etag, "Cache-Control": "private, no-cache", "Content-Disposition": "inline",
        "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox",
        "Vary": "Cookie",
    }  # fmt: skip
    kind = film.KINDS[row.kind]
    if request.if_none_match.contains(row.key):
        return Response(status=304, headers=headers)
    wanted = _wanted(size)
    if wanted == WHOLE:
        return _whole_film(path, size, kind, headers)
    if wanted is None:
        return _no_such_range(size, headers)
    first, last = wanted
    headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return Response(_part(path, first, last), 206, headers, mimetype=kind)


WHOLE = (0, -1)


def _wanted(size: int) -> tuple[int, int] | None:
    """First and last byte of the answer; WHOLE when no range was asked for, or of another film than this one; None for
    a range that it does not have."""
    if "Range" not in request.headers or request.method == "HEAD" or not _is_still_this_one():
        return WHOLE
    asked = parse_range_header(request.headers["Range"])
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return WHOLE
    found = asked.range_for_length(size)
    if found is None:
        return None
    first, end = found
    return first, min(end, first + LIMITS["video_range_bytes"]) - 1


def _is_still_this_one() -> bool:
    known = request.if_range
    if known.etag is None and known.date is None:
        return True
    key: str = (request.view_args or {})["key"]
    return known.etag == key


def _whole_film(path: Path, size: int, kind: str, headers: dict[str, str]) -> Response:
    """Small ones go out at once. A large one goes out in ranges only: no thread waits while two gigabytes drip."""
    if request.method == "HEAD" or size <= LIMITS["video_range_bytes"]:
        body = b"" if request.method == "HEAD" else path.read_bytes()
        response = Response(body, 200, headers, mimetype=kind)
        response.headers["Content-Length"] = str(size)
        return response
    return _no_such_range(size, headers)


def _no_such_range(size: int, headers: dict[str, str]) -> Response:
    return Response(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})


def _part(path: Path, first: int, last: int) -> bytes:
    with open(path, "rb") as file:
        file.seek(first)
        return file.read(last - first + 1)
