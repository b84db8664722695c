"""A real gunicorn with the site's own worker around a small app, for stories about slow clients."""

import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.live import ROOT

PATIENCE = 30.0
"""Seconds after which something will not happen any more. A patient site lets slow clients wait for much longer, so who
is answered within it has not waited for one of them."""
FOR_EVER = 4 * PATIENCE
CONF = """
control_socket_disable = True

def pre_request(worker, request):
    worker.head_is_read()
"""


@contextmanager
def served(folder: Path, site: str, *options: str) -> Iterator[int]:
    """The port on which `app` of the module `site` is served. It listens at once: who comes before gunicorn has started
    waits in the socket."""
    (folder / "slow_site.py").write_text(site)
    (folder / "conf.py").write_text(CONF)
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        number = listener.fileno()
        command = [
            sys.executable, "-m", "gunicorn", "-c", str(folder / "conf.py"), "-k", "core.web_worker.Worker", "-w", "1",
            "-b", f"fd://{number}", "--chdir", str(folder), "--pythonpath", str(ROOT), "--graceful-timeout", "1",
            "--log-level", "error", *options, "slow_site:app",
        ]  # fmt: skip
        process = subprocess.Popen(command, pass_fds=(number,))
        try:
            yield int(listener.getsockname()[1])
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE)
            finally:
                process.kill()


def page(port: int, path: str = "/") -> str:
    """Fetch a page; it must come before any slow client is given up. Who was taken for one because the machine is busy
    tries again."""
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as visitor:
            visitor.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            said = b"".join(iter(lambda: visitor.recv(65536), b"")).decode()
        if said.startswith("HTTP/1.1 200"):
            return said.partition("\r\n\r\n")[2]
    raise AssertionError(said)


def eventually(what: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)


def answered(sockets: Sequence[socket.socket], wait: float = 0.0) -> list[socket.socket]:
    """Those to whom something was said, or whose connection was ended."""
    return select.select(sockets, [], [], wait)[0]
