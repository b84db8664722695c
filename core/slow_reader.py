"""An answer that its reader does not take holds no thread, and nobody who stays on the line holds the whole process.

What a socket does not take at once is kept and sent by one thread for all, up to a limit; that thread also waits for
the reader to hang up, which gunicorn would do in the thread that hears all others. Only who writes on beyond the limit,
such as a long file made while it is sent, waits itself, and at most half of the threads may: the others cut it off.
"""

import contextlib
import errno
import select
import socket
import threading
from typing import Any

from core import clock
from core.limits import LIMITS

MOST_KEPT = 1_250_000
"""Bytes of one connection: an answer of any page, or a range of a film."""
MOST_IN_ALL = 48_000_000
STALLED_S = 20.0
LINGER_S = 2.0
MOST_DRAINED = 65_536
LOOK_EVERY_S = 0.5
PIECE = 256 * 1024


class Tails:
    """The thread of a process, and what it has to send."""

    def __init__(self, threads: int) -> None:
        self.waiting_places = threading.BoundedSemaphore(max(1, threads // 2))
        self.lock = threading.Condition()
        self.kept = 0
        self._poll = select.epoll()
        self._open: dict[int, PatientSocket] = {}
        threading.Thread(target=self._run, name="slow-reader", daemon=True).start()

    def watch(self, sock: "PatientSocket", event: int) -> None:
        """From here on the thread hears of this socket. Under the lock."""
        number = sock.fileno()
        sock.moved_at = clock.monotonic()
        if self._open.get(number) is sock:
            self._poll.modify(number, event)
            return
        self._open[number] = sock
        self._poll.register(number, event)

    def forget(self, sock: "PatientSocket") -> None:
        """Under the lock."""
        number = sock.fileno()
        if self._open.get(number) is sock:
            del self._open[number]
            with contextlib.suppress(OSError):
                self._poll.unregister(number)

    def wait_until_sent(self, seconds: float) -> None:
        with self.lock:
            self.lock.wait_for(lambda: not self.kept, seconds)

    def _run(self) -> None:
        looked_at = clock.monotonic()
        while True:
            ready = self._poll.poll(LOOK_EVERY_S)
            with self.lock:
                for number, _event in ready:
                    if number in self._open:
                        self._open[number].go_on()
                now = clock.monotonic()
                if now - looked_at >= LOOK_EVERY_S:
                    looked_at = now
                    for sock in list(self._open.values()):
                        sock.look_at_time(now)


class PatientSocket(socket.socket):
    """A connection of gunicorn's. All that changes it happens under the lock of its `Tails`."""

    __slots__ = ("drained", "ends", "moved_at", "rest", "started_linger", "tails")
    tails: Tails
    rest: bytearray
    moved_at: float
    ends: bool
    started_linger: float
    drained: int

    @classmethod
    def of(cls, sock: socket.socket, tails: Tails) -> "PatientSocket":
        made = cls(sock.family, sock.type, sock.proto, sock.detach())
        made.tails, made.rest, made.ends, made.drained = tails, bytearray(), False, 0
        made.moved_at = made.started_linger = 0.0
        return made

    # ---- as gunicorn uses it ----------------------------------------------------------------------------------

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Raises BrokenPipeError when the reader is gone or has been waited for too long."""
        view = memoryview(data).cast("B")
        sent = 0 if self.rest else self._send(view)
        if sent == len(view):
            return
        with self.tails.lock:
            if not self.rest:
                self.tails.watch(self, select.EPOLLOUT)
            self.rest += view[sent:]
            self.tails.kept += len(view) - sent
            self._wait_for_room()

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        file.seek(offset)
        sent = 0
        while piece := file.read(PIECE if count is None else min(PIECE, count - sent)):
            self.sendall(piece)
            sent += len(piece)
        return sent

    def finish(self, graceful: bool = False) -> None:
        """Instead of closing it: what is left is sent first; then, after a graceful end, the reader may hang up."""
        with self.tails.lock:
            if self.fileno() < 0:
                return
            self.setblocking(False)
            self.ends = True
            if not self.rest:
                self._linger() if graceful else self.close()

    def close(self) -> None:
        self._drop()
        super().close()

    def detach(self) -> int:
        self._drop()
        return super().detach()

    # ---- in the thread ----------------------------------------------------------------------------------------

    def go_on(self) -> None:
        try:
            if self.rest:
                self._go_on_sending()
            elif self.started_linger:
                self._drain()
        except (OSError, ValueError):
            self._cut_off()

    def look_at_time(self, now: float) -> None:
        if self.rest and now - self.moved_at > STALLED_S:
            self._cut_off()
        elif self.started_linger and now - self.started_linger > LINGER_S:
            self.close()

    def _go_on_sending(self) -> None:
        sent = self._send(memoryview(bytes(self.rest[:PIECE])))
        del self.rest[:sent]
        self.tails.kept -= sent
        if sent:
            self.moved_at = clock.monotonic()
        if self.rest:
            self.tails.lock.notify_all()
            return
        self.tails.forget(self)
        self.tails.lock.notify_all()
        if self.ends:
            self._linger()

    def _linger(self) -> None:
        """Whoever is still sending would lose the end of the answer if the connection were closed at once."""
        try:
            self.shutdown(socket.SHUT_WR)
        except OSError:
            self.close()
            return
        self.started_linger = clock.monotonic()
        self.tails.watch(self, select.EPOLLIN)

    def _drain(self) -> None:
        data = self.recv(4096, socket.MSG_DONTWAIT)
        self.drained += len(data)
        if not data or self.drained > MOST_DRAINED:
            self.close()

    # ---- under the lock ---------------------------------------------------------------------------------------

    def _send(self, view: memoryview) -> int:
        sent = 0
        with contextlib.suppress(BlockingIOError):
            while sent < len(view):
                sent += self.send(view[sent:], socket.MSG_DONTWAIT)
        return sent

    def _wait_for_room(self) -> None:
        if self._has_room():
            return
        if self.tails.lock.wait_for(self._has_room, LIMITS["slow_body_seconds"]):
            self._still_here()
            return
        has_place = self.tails.waiting_places.acquire(blocking=False)
        try:
            if not has_place or not self.tails.lock.wait_for(self._has_room, LIMITS["body_seconds"]):
                self._cut_off()
            self._still_here()
        finally:
            if has_place:
                self.tails.waiting_places.release()

    def _has_room(self) -> bool:
        most = MOST_KEPT if self.tails.kept <= MOST_IN_ALL else 0
        return len(self.rest) <= most or self.ends or self.fileno() < 0

    def _still_here(self) -> None:
        if self.fileno() < 0 or self.ends:
            raise BrokenPipeError(errno.EPIPE, "the reader has not read")

    def _cut_off(self) -> None:
        """Its descriptor stays with whoever has it, unless that was left to the thread."""
        ends = self.ends
        self._drop()
        self.ends = True
        with contextlib.suppress(OSError):
            self.shutdown(socket.SHUT_RDWR)
        if ends:
            super().close()

    def _drop(self) -> None:
        with self.tails.lock:
            self.tails.forget(self)
            self.tails.kept -= len(self.rest)
            self.rest = bytearray()
            self.started_linger = 0.0
            self.tails.lock.notify_all()
