"""How a stream is answered: its socket leaves for the hub, or, where there is none to be had, a thread of ours sends.

No hub reaches a socket inside TLS, of another server than gunicorn, or of a test. Each such stream holds a thread, so
half of them at most are given away, and each only for a while.
"""

import os
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import chain
from typing import Any

from flask import Flask, Response, current_app, request

from core import db, i18n, stream_log
from core.config import current
from core.errors import Gone
from core.limits import LIMITS
from core.policy import Actor
from core.streams import Opening, hub, news

PATH = "/stream"
OPENING = "quanzi.stream"
LOOK_EVERY_S = 1.0
HEADERS = (
    ("Content-Security-Policy", "default-src 'none'"),
    ("Cache-Control", "no-store"),
    ("X-Accel-Buffering", "no"),
    ("Connection", "close"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
HEAD = "".join(
    ["HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n",
     *(f"{name}: {value}\r\n" for name, value in HEADERS), "\r\n"]
).encode()  # fmt: skip


def init_app(app: Flask) -> None:
    app.wsgi_app = HandOff(app)  # type: ignore[method-assign]


def answer(actor: Actor, opening: Opening) -> Response:
    """The stream: handed over, or sent from here; 503 when all threads that may do so are taken. HEAD only asks."""
    if request.method == "HEAD":
        response = Response(b"", mimetype="text/event-stream")
    elif _can_leave(request.environ):
        request.environ[OPENING] = opening
        response = Response(b"", mimetype="text/event-stream")
    elif _ours.acquire():
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        sent = _by_ourselves(actor, opening, app)
        first = next(sent)  # from here on its end, however it comes, gives the thread back
        response = Response(chain((first,), sent), mimetype="text/event-stream")
        response.call_on_close(sent.close)
    else:
        return Response(b"", 503, [("Retry-After", "5")])
    response.headers.extend(HEADERS)
    return response


def _can_leave(environ: dict[str, Any]) -> bool:
    sock = environ.get("gunicorn.socket")
    return hub() is not None and sock is not None and not hasattr(sock, "cipher") and not getattr(sock, "rest", b"")


class HandOff:
    """WSGI middleware that gives away the socket of a request for a stream. Asked are the same questions as for every
    request; what follows an answer (headers, session, compression) has nothing to do for one that is only a head."""

    def __init__(self, app: Flask) -> None:
        self.flask = app
        self.app: Callable[..., Iterable[bytes]] = app.wsgi_app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        wire = hub()
        asked = environ.get("PATH_INFO") == PATH and environ["REQUEST_METHOD"] == "GET"
        if wire is None or not asked or not _can_leave(environ):
            return self.app(environ, start_response)
        opening = self._opening(environ)
        if opening is None:
            return self.app(environ, start_response)  # which says why, in words
        sock = environ["gunicorn.socket"]
        if not wire.send(_header(opening), HEAD + opening.first, sock.fileno()):
            start_response("503 Service Unavailable", [("Retry-After", "5"), ("Content-Length", "0")])
            return [b""]
        os.close(sock.detach())
        # The only end that gunicorn takes quietly once the socket has gone; core/web_worker.py keeps its books right.
        raise StopIteration

    def _opening(self, environ: dict[str, Any]) -> Opening | None:
        with self.flask.request_context(environ):
            try:
                if self.flask.preprocess_request() is None:
                    self.flask.dispatch_request()
            except Exception:  # whatever it is, the app meets it again
                return None
        return environ.pop(OPENING, None)


def _header(opening: Opening) -> dict[str, Any]:
    return {
        "t": "take", "places": opening.places, "logs": opening.logs, "language": opening.language,
        "tags": " ".join(opening.tags), "skips": sorted(opening.hides), "as_of": opening.as_of, "most": opening.most,
    }  # fmt: skip


class _Threads:
    """How many threads of this process send streams."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken = 0

    def acquire(self) -> bool:
        with self._lock:
            if self._taken >= max(1, current().threads // 2):
                return False
            self._taken += 1
            return True

    def release(self) -> None:
        with self._lock:
            self._taken -= 1


_ours = _Threads()


def _by_ourselves(actor: Actor, opening: Opening, app: Flask) -> Generator[bytes, None, None]:
    try:
        yield b":\n\n" + opening.first
        yield from _look_up(actor, opening, app)
    finally:
        _ours.release()


def _look_up(actor: Actor, opening: Opening, app: Flask) -> Iterator[bytes]:
    pause = threading.Event()
    carried = set(opening.tags)
    for _ in range(LIMITS["stream_alone_seconds"]):
        pause.wait(LOOK_EVERY_S)
        try:
            with app.app_context(), i18n.as_read_by(opening.language, ""):
                if any(carried.issuperset(tags.split()) for _, tags in stream_log.revocations(opening.as_of)):
                    return
                found = news(actor, opening)
        except Gone:
            return
        finally:
            db.release()
        yield found or b":\n\n"
