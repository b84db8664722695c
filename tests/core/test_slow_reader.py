"""Readers who do not read, and who do not hang up: other pages must go on answering, and what is sent arrives whole.

Real sockets against a real gunicorn with four threads: one that waits for its readers longer than any story lasts, and
one that soon gives them up. Small segments, as of a line to another machine, keep the kernel from taking everything at
once.
"""

import socket
import time

import pytest

from tests.core.slow_stage import FOR_EVER, PATIENCE, answered, eventually, page, served

THREADS = 4
WAITS = 0.4
TOTAL = 2.5
MB = 1024 * 1024
SITE = """
import core.slow_reader
from core.limits import LIMITS

LIMITS.update(slow_body_seconds=%s, body_seconds=%s)
core.slow_reader.STALLED_S = %s
PATTERN = bytes(range(251)) * 30_000

def app(environ, start_response):
    size = int(environ["QUERY_STRING"] or 2)
    if environ["PATH_INFO"] == "/kept":
        kept = str(environ["gunicorn.socket"].tails.kept).encode()
        start_response("200 OK", [("Content-Length", str(len(kept)))])
        return [kept]
    start_response("200 OK", [("Content-Length", str(size))])
    step = 300_000
    if environ["PATH_INFO"] == "/file":
        return environ["wsgi.file_wrapper"](open(__file__ + ".big", "rb"))
    return (PATTERN[at:min(at + step, size)] for at in range(0, size, step))
"""


def content(size: int) -> bytes:
    return (bytes(range(251)) * 30_000)[:size]


def site(folder, total: float):
    (folder / "slow_site.py.big").write_bytes(content(MB))
    return served(folder, SITE % (WAITS, total, total), "--threads", str(THREADS), "--keep-alive", "5")


@pytest.fixture(scope="module")
def patient(tmp_path_factory):
    with site(tmp_path_factory.mktemp("patient"), FOR_EVER) as port:
        yield port


@pytest.fixture(scope="module")
def hasty(tmp_path_factory):
    with site(tmp_path_factory.mktemp("hasty"), TOTAL) as port:
        yield port


class Reader:
    def __init__(self, port: int, size: int, *, path: str = "/", times: int = 1, more: str = "") -> None:
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
        self.socket.settimeout(PATIENCE)
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
def read():
    """`read(port, 8, size)`: so many who ask for so much, and get the beginning of it."""
    opened: list[Reader] = []
    ports = set()

    def connect(port: int, count: int, size: int, **options) -> list[Reader]:
        ports.add(port)
        begun = [Reader(port, size, **options) for _ in range(count)]
        opened.extend(begun)
        eventually(lambda: len(answered([reader.socket for reader in begun])) == count)
        return begun

    yield connect
    for reader in opened:
        reader.socket.close()
    for port in ports:
        eventually(lambda port=port: page(port, "/kept") == "0")


def test_answers_that_nobody_reads_hold_no_thread(patient, read):
    read(patient, THREADS * 4, MB)
    for _ in range(5):
        page(patient)
    assert page(patient, "/kept") != "0", "they still do not read"


def test_files_that_nobody_reads_hold_no_thread(patient, read):
    read(patient, THREADS * 4, MB, path="/file")
    for _ in range(5):
        page(patient)
    assert page(patient, "/kept") != "0", "they still do not read"


def test_long_files_that_nobody_reads_hold_half_of_the_threads(patient, read):
    read(patient, THREADS * 2, 5 * MB)
    for _ in range(5):
        page(patient)
    assert page(patient, "/kept") != "0", "they still do not read"


def test_long_files_that_nobody_reads_are_kept_for_a_while_only(hasty, read):
    read(hasty, THREADS * 2, 5 * MB)
    eventually(lambda: page(hasty, "/kept") == "0")


def test_who_stays_on_the_line_after_the_end_holds_up_nobody(patient, read):
    read(patient, 20, 2, more="Connection: close\r\n")
    for _ in range(5):
        page(patient)


@pytest.mark.parametrize("path", ["/", "/file"])
def test_who_reads_slowly_gets_everything(patient, read, path):
    [reader] = read(patient, 1, MB, path=path, more="Connection: close\r\n")
    eventually(lambda: page(patient, "/kept") != "0")
    assert reader.answer(MB, pause=0.001) == content(MB)
    assert reader.socket.recv(1) == b"", "and then the connection ends"


def test_answers_on_one_connection_keep_their_order(patient, read):
    [reader] = read(patient, 1, MB)
    eventually(lambda: page(patient, "/kept") != "0")
    reader.socket.sendall(reader.request)
    for _ in range(2):
        assert reader.answer(MB, pause=0.001) == content(MB)


def test_a_long_file_arrives_whole_when_its_reader_reads(patient, read):
    [reader] = read(patient, 1, 6 * MB)
    assert reader.answer(6 * MB) == content(6 * MB)


def test_what_stands_still_is_given_up(hasty, read):
    [reader] = read(hasty, 1, MB)
    eventually(lambda: page(hasty, "/kept") == "0")
    assert len(reader.answer(MB)) < MB
