"""Pages are compressed on their way out. Their only secret, the token, wears a new mask each time (core/guard.py)."""

import gzip

from flask import Flask, Response, request

LEAST_BYTES = 1024
LEVEL = 2
TYPES = ("text/html", "application/json", "application/manifest+json", "text/plain")


def init_app(app: Flask) -> None:
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if (
        response.mimetype not in TYPES
        or response.direct_passthrough
        or response.is_streamed
        or "Content-Encoding" in response.headers
    ):
        return response
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if len(body) >= LEAST_BYTES and "gzip" in request.headers.get("Accept-Encoding", ""):
        response.set_data(gzip.compress(body, LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
