"""A request body has a total deadline, and slow bodies hold at most half of a process's threads.

A thread that waits for a body can do nothing else, so as many dripping clients as there are threads would silence the
site. The gate reads the body before the app runs. A body that is not there after a second needs one of the few places
for slow ones; without a place, or at the deadline, a watchdog shuts the reading side of its socket and the read ends.
"""

import heapq
import itertools
import socket
import tempfile
import threading
from collections.abc import Callable, Iterable
from typing import IO, Any

from core import clock
from core.limits import LIMITS

StartResponse = Callable[..., Any]
CHUNK = 64 * 1024
SPOOL_BYTES = 512 * 1024


class Watched:
    def __init__(self, sock: socket.socket, quick_until: float) -> None:
        self.socket = sock
        self.quick_until = quick_until
        self.slow = False
        self.cut = False
        self.done = False


class Watchdog:
    """One thread a process that looks at the bodies being read when their time is up."""

    def __init__(self, slow_places: int) -> None:
        self.slow_places = slow_places
        self.slow_now = 0
        self._condition = threading.Condition()
        self._heap: list[tuple[float, int, Watched]] = []
        self._count = itertools.count()
        self._thread: threading.Thread | None = None

    def watch(self, sock: socket.socket) -> Watched:
        watched = Watched(sock, clock.monotonic() + LIMITS["slow_body_seconds"])
        with self._condition:
            if self._thread is None or not self._thread.is_alive():  # after a fork the thread is not there
                self._thread = threading.Thread(target=self._run, name="slow-body", daemon=True)
                self._thread.start()
            self._push(watched.quick_until, watched)
        return watched

    def release(self, watched: Watched) -> None:
        with self._condition:
            watched.done = True
            if watched.slow:
                watched.slow = False
                self.slow_now -= 1

    def _push(self, when: float, watched: Watched) -> None:
        """Whoever is not next in line need not wake the thread: it looks around when the next one's time is up."""
        heapq.heappush(self._heap, (when, next(self._count), watched))
        if self._heap[0][2] is watched:
            self._condition.notify()

    def _run(self) -> None:
        with self._condition:
            while True:
                while self._heap and self._heap[0][2].done:
                    heapq.heappop(self._heap)
                if not self._heap:
                    self._condition.wait()
                    continue
                wait = self._heap[0][0] - clock.monotonic()
                if wait > 0:
                    self._condition.wait(wait)
                    continue
                self._due(heapq.heappop(self._heap)[2])

    def _due(self, watched: Watched) -> None:
        if watched.done:
            return
        if not watched.slow and self.slow_now < self.slow_places:
            watched.slow = True
            self.slow_now += 1
            self._push(watched.quick_until - LIMITS["slow_body_seconds"] + LIMITS["body_seconds"], watched)
            return
        watched.cut = True
        try:
            watched.socket.shutdown(socket.SHUT_RD)
        except OSError:
            pass  # it is gone already


_shared: Watchdog | None = None


def watchdog(threads: int) -> Watchdog:
    """The one watchdog of the process: slow heads (core/web_worker.py) and slow bodies share their places."""
    global _shared
    if _shared is None:
        _shared = Watchdog(max(1, threads // 2))
    return _shared


class SlowBodyGate:
    """WSGI middleware. Without a socket in the environment (test client, other servers) it lets everything pass."""

    def __init__(self, app: Callable[..., Iterable[bytes]], *, threads: int) -> None:
        self.app = app
        self.watchdog = watchdog(threads)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        sock = environ.get("gunicorn.socket")
        length = int(environ.get("CONTENT_LENGTH") or 0)
        chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
        if sock is None or (length <= 0 and not chunked) or length > LIMITS["body_bytes"]:
            return self.app(environ, start_response)
        watched = self.watchdog.watch(sock)
        try:
            body, complete = _read(environ["wsgi.input"], length if not chunked else LIMITS["body_bytes"] + 1, chunked)
        finally:
            self.watchdog.release(watched)
        if watched.cut or not complete:
            return _too_slow(start_response)
        environ["wsgi.input"] = body
        environ["wsgi.input_terminated"] = True
        return self.app(environ, start_response)


def _read(source: Any, most: int, chunked: bool) -> tuple[IO[bytes], bool]:
    body = tempfile.SpooledTemporaryFile(SPOOL_BYTES)  # noqa: SIM115 - handed on to the app
    left = most
    try:
        while left > 0:
            piece = source.read(min(CHUNK, left))
            if not piece:
                break
            body.write(piece)
            left -= len(piece)
    except Exception:
        return body, False  # the client went away, or its chunks made no sense
    body.seek(0)
    return body, chunked or left == 0


def _too_slow(start_response: StartResponse) -> Iterable[bytes]:
    text = b"The request took too long to arrive.\n"
    start_response(
        "408 Request Timeout",
        [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(text))), ("Connection", "close"),
         ("Content-Security-Policy", "default-src 'none'")],
    )
    return [text]
