"""A hub in a process of its own, and both kinds of people who talk to it: processes of the site, and viewers."""

import os
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from core.wire import Wire
from launcher.serve import HUB_SOCKET, hub_socket

ROOT = Path(__file__).parent.parent.parent
PATIENCE_S = 60.0
"""After which something will not come any more, on however slow a machine."""


class Stage:
    """`asked` holds what the hub has asked the site."""

    def __init__(self, data: Path) -> None:
        self.listener = hub_socket(data)
        self.asked: list[dict[str, Any]] = []
        self.wire = Wire(data / HUB_SOCKET, self.asked.append)
        self.viewers: list[Viewer] = []
        self.start()
        self.wire.open()
        assert self.wire._socket is not None
        self.wire._socket.settimeout(PATIENCE_S)  # on a slow machine it is not yet there to read what is said

    def start(self) -> None:
        number = self.listener.fileno()
        command = [sys.executable, "-m", "core.hub", str(number)]
        self.process = subprocess.Popen(command, cwd=ROOT, pass_fds=(number,))

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def close(self) -> None:
        self.wire.close()
        self.kill()
        self.listener.close()
        for viewer in self.viewers:
            viewer.socket.close()

    def viewer(self, places: dict[str, int], *, first: bytes = b"", tags: str = "m1", **more: Any) -> "Viewer":
        """Somebody whose socket was handed over; `places` are logs unless `logs` says otherwise."""
        theirs, ours = socket.socketpair()
        header = {
            "t": "take", "places": places, "logs": list(places), "language": "en", "tags": tags, "skips": [],
            "as_of": 0, "most": 100, **more,
        }  # fmt: skip
        assert self.wire.send(header, first, ours.fileno())
        ours.close()
        self.viewers.append(Viewer(theirs))
        return self.viewers[-1]

    def row(self, channel: str, seq: int, text: str = "", *, by: str = "", **texts: str) -> None:
        """A row that says `text` to all, or something else in each language."""
        bodies = {language: f"{words}\n".encode() for language, words in ({"": text} | texts).items() if words}
        sizes = [(language, len(body)) for language, body in bodies.items()]
        self.wire.send({"t": "row", "c": channel, "s": seq, "by": by, "sizes": sizes}, b"".join(bodies.values()))

    def say(self, kind: str, **header: Any) -> None:
        self.wire.send({"t": kind, **header})

    def wait_asked(self, kind: str, **facts: Any) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            for question in self.asked:
                if question["t"] == kind and all(question.get(name) == value for name, value in facts.items()):
                    return question
            time.sleep(0.01)
        raise AssertionError(f"the hub never asked {kind} {facts}: {self.asked}")


class Viewer:
    def __init__(self, sock: socket.socket) -> None:
        self.socket = sock
        self.text = ""

    def lines(self, count: int, *, patience_s: float = PATIENCE_S) -> list[str]:
        """The first so many lines it was sent, without pings and without how many watch."""
        deadline = time.monotonic() + patience_s
        while len(self._lines()) < count and time.monotonic() < deadline:
            if not self._read(deadline - time.monotonic()):
                break
        return self._lines()[:count]

    def _lines(self) -> list[str]:
        lines = [line for line in self.text.split("\n")[:-1] if line and line != ":"]
        return [line for line in lines if " pulse viewers=" not in line or " " in line.partition("viewers=")[2]]

    def all_lines(self, *, patience_s: float = 0.3) -> list[str]:
        """All that it was sent until nothing more came for a moment."""
        while self._read(patience_s):
            pass
        return self._lines()

    def _read(self, patience_s: float) -> bool:
        ready, _, _ = select.select([self.socket], [], [], max(0.0, patience_s))
        data = self.socket.recv(1 << 16) if ready else b""
        self.text += data.decode()
        return bool(data)

    def is_over(self, *, patience_s: float = PATIENCE_S) -> bool:
        """Whether the hub has let go of it."""
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            ready, _, _ = select.select([self.socket], [], [], deadline - time.monotonic())
            if not ready:
                return False
            data = self.socket.recv(1 << 16)
            if not data:
                return True
            self.text += data.decode()
        return False


