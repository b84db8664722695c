"""This process's end of the way to the hub (core/hub.py): sockets and frames go there, questions come back.

The setting `hub` names the hub's Unix socket. Its listening end belongs to run.py and outlives the hub: what is sent
while the hub is started again waits there. Without the setting there is no hub, and core/stream_answer.py sends.
"""

import array
import logging
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core import clock
from core.hub_messages import Inbox, pack

log = logging.getLogger("quanzi.wire")

SOCKET_PATH_BYTES = 100
"""Unix sockets have short names."""
SEND_TIMEOUT_S = 1.0
SULK_S = 1.0
"""A hub that takes nothing for a second is left alone for another, so that nobody waits for it one by one."""
RECONNECT_S = 0.2

Question = Callable[[dict[str, Any]], None]


class Wire:
    """One connection a process, shared by its threads; a thread of its own hears what the hub asks."""

    def __init__(self, path: Path, answer: Question) -> None:
        self.path = path
        self.answer = answer
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._process = 0
        self._sulks_until = 0.0
        self._lost = False
        self._closed = False

    def send(self, header: dict[str, Any], body: bytes = b"", descriptor: int | None = None) -> bool:
        """Whether it is on its way. What is lost with a hub that dies is found again: rows by their numbers, viewers
        because they come back."""
        message = pack(header, body)
        with self._lock:
            if clock.monotonic() < self._sulks_until:
                return False
            for _ in range(2):  # a connection to a hub that has died shows it at the first write
                sock = self._connected()
                if sock is None:
                    return False
                try:
                    self._write(sock, message, descriptor)
                    return True
                except TimeoutError:
                    self._sulks_until = clock.monotonic() + SULK_S
                    self._forget(sock)
                    break
                except OSError:
                    self._forget(sock)
        return False

    def open(self) -> None:
        """Connect before there is something to say, so that the hub has somebody to ask."""
        with self._lock:
            self._connected()

    def close(self) -> None:
        self._closed = True
        with self._lock:
            if self._socket is not None:
                self._socket.shutdown(socket.SHUT_RDWR)

    def _write(self, sock: socket.socket, message: bytes, descriptor: int | None) -> None:
        if descriptor is not None:
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [descriptor]).tobytes())]
            sent = sock.sendmsg([message], rights)
            message = message[sent:]
        if message:
            sock.sendall(message)

    def _connected(self) -> socket.socket | None:
        """After a fork the parent's connection is not ours."""
        if self._socket is not None and self._process == os.getpid():
            return self._socket
        try:
            sock = connect(self.path)
        except OSError as error:
            if not self._lost:
                log.warning("no way to the hub: %s", error)
            self._lost = True
            return None
        self._lost = False
        self._socket, self._process = sock, os.getpid()
        threading.Thread(target=self._hear, args=(sock,), name="wire", daemon=True).start()
        return sock

    def _forget(self, sock: socket.socket) -> None:
        if self._socket is sock:
            self._socket = None
        sock.close()

    def _hear(self, sock: socket.socket) -> None:
        inbox = Inbox()
        while True:
            try:
                data = sock.recv(1 << 18)
            except TimeoutError:
                continue
            except OSError:
                data = b""
            if not data:
                break
            try:
                for header, _ in inbox.feed(data):
                    self._answer(header)
            except ValueError:
                log.warning("the hub spoke nonsense")
                break
        with self._lock:
            self._forget(sock)
        self._come_back()

    def _answer(self, question: dict[str, Any]) -> None:
        try:
            self.answer(question)
        except Exception:
            log.exception("a question of the hub was not answered")

    def _come_back(self) -> None:
        """The hub wants somebody to ask as soon as it is there again."""
        pause = threading.Event()
        while not self._closed:
            with self._lock:
                if self._socket is not None or self._connected() is not None:
                    return
            pause.wait(RECONNECT_S)


def connect(path: Path) -> socket.socket:
    """A connection to the hub. Raises OSError."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.settimeout(SEND_TIMEOUT_S)
    try:
        if len(os.fsencode(path)) < SOCKET_PATH_BYTES:
            sock.connect(str(path))
        else:
            folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
            try:
                sock.connect(f"/proc/self/fd/{folder}/{path.name}")
            finally:
                os.close(folder)
    except OSError:
        sock.close()
        raise
    return sock
