"""Readers who do not read, and who do not hang up: other pages must go on answering, and what is sent arrives whole.

Real sockets against a real gunicorn with four threads. Small segments, as of a line to another machine, keep the kernel
from taking everything at once.
"""

import socket
import subprocess
import sys
import time

import pytest

from tests.live import ROOT, free_port

THREADS = 4
WAITS = 0.4
TOTAL = 2.5
MB = 1024 * 1024
SITE = f"""
import core.slow_reader
from core.limits import LIMITS

LIMITS.update(slow_body_seconds={WAITS}, body_seconds={TOTAL})
core.slow_reader.STALLED_S = {TOTAL}
PATTERN = bytes(range(251)) * 30_000

def app(environ, start_response):
    size = int(environ["QUERY_STRING"] or 2)
    start_response("200 OK", [("Content-Length", str(size))])
    step = 300_000
    if environ["PATH_INFO"] == "/file":
        import io
        return environ["wsgi.file_wrapper"](open(__file__ + ".big", "rb"))
    return (PATTERN[at:min(at + step, size)] for at in range(0, size, step))
"""
CONF = """
control_socket_disable = True

def pre_request(worker, request):
    worker.head_is_read()
"""


def content(size: int) -> bytes:
    return (bytes(range(251)) * 30_000)[:size]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("readers")
    (folder / "slow_site.py").write_text(SITE)
    (folder / "slow_site.py.big").write_bytes(content(MB))
    (folder / "conf.py").write_text(CONF)
    number = free_port()
    command = [
        sys.executable, "-m", "gunicorn", "-c", str(folder / "conf.py"), "-k", "core.web_worker.Worker", "-w", "1",
        "--threads", str(THREADS), "-b", f"127.0.0.1:{number}", "--chdir", str(folder), "--pythonpath", str(ROOT),
        "--graceful-timeout", "1", "--keep-alive", "5", "--log-level", "error", "slow_site:app",
    ]  # fmt: skip
    process = subprocess.Popen(command)
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", number), 1).close()
            break
        except OSError:
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)
    yield number
    process.terminate()
    process.wait(10)


class Reader:
    def __init__(self, port: int, size: int, *, path: str = "/", times: int = 1, more: str = "") -> None:
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
        self.socket.settimeout(20)
        self.socket.connect(("127.0.0.1", port))
        self.request = f"GET {path}?{size} HTTP/1.1\r\nHost: x\r\n{more}\r\n".encode()
        self.socket.sendall(self.request)

    def answer(self, size: int, *, pause: float = 0.0) -> bytes:
        """The body of the next answer, or as much of it as came."""
        text = b""
        while b"\r\n\r\n" not in text:
            text += self.socket.recv(1)
        body = bytearray()
        while len(body) < size:
            try:
                piece = self.socket.recv(min(65536, size - len(body)))
            except ConnectionError:
                break
            if not piece:
                break
            body += piece
            time.sleep(pause)
        return bytes(body)


@pytest.fixture
def read(server):
    opened: list[Reader] = []

    def connect(count: int, size: int, **options) -> list[Reader]:
        opened.extend(Reader(server, size, **options) for _ in range(count))
        return opened[-count:]

    yield connect
    for reader in opened:
        reader.socket.close()
    time.sleep(0.2)


def page(port: int) -> float:
    since = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), 10) as visitor:
        visitor.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert visitor.recv(65536).startswith(b"HTTP/1.1 200")
    return time.monotonic() - since


def slowest(port: int) -> float:
    time.sleep(0.3)
    return max(page(port) for _ in range(5))


def test_answers_that_nobody_reads_hold_no_thread(server, read):
    read(THREADS * 4, MB)
    assert slowest(server) < 0.5


def test_files_that_nobody_reads_hold_no_thread(server, read):
    read(THREADS * 4, MB, path="/file")
    assert slowest(server) < 0.5


def test_long_files_that_nobody_reads_hold_half_of_the_threads_for_a_while(server, read):
    read(THREADS * 2, 5 * MB)
    assert slowest(server) < 2 * WAITS + 1
    time.sleep(TOTAL)
    assert slowest(server) < 0.5


def test_who_stays_on_the_line_after_the_end_holds_up_nobody(server, read):
    read(20, 2, more="Connection: close\r\n")
    assert slowest(server) < 0.5


@pytest.mark.parametrize("path", ["/", "/file"])
def test_who_reads_slowly_gets_everything(read, path):
    [reader] = read(1, MB, path=path, more="Connection: close\r\n")
    time.sleep(0.5)
    assert reader.answer(MB, pause=0.001) == content(MB)
    assert reader.socket.recv(1) == b"", "and then the connection ends"


def test_answers_on_one_connection_keep_their_order(read):
    [reader] = read(1, MB)
    time.sleep(0.2)
    reader.socket.sendall(reader.request)
    for _ in range(2):
        assert reader.answer(MB, pause=0.001) == content(MB)


def test_a_long_file_arrives_whole_when_its_reader_reads(read):
    [reader] = read(1, 6 * MB)
    assert reader.answer(6 * MB) == content(6 * MB)


def test_what_stands_still_is_given_up(read):
    [reader] = read(1, MB)
    time.sleep(TOTAL + 1.5)
    assert len(reader.answer(MB)) < MB
