"""Bodies that never end, sent by as many clients as there are threads: other pages must go on answering.

Real sockets against a real gunicorn, with short limits: a body that is not there after 0.4 s needs one of the two
places for slow ones, and after 2.5 s it is cut in any case.
"""

import hashlib
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.live import ROOT, free_port

THREADS = 4
QUICK = 0.4
TOTAL = 2.5
SITE = f"""
import hashlib
from core.limits import LIMITS
from core.slow_body import SlowBodyGate

LIMITS.update(slow_body_seconds={QUICK}, body_seconds={TOTAL}, body_bytes=4_000_000)

def echo(environ, start_response):
    body = environ["wsgi.input"].read()
    text = f"{{len(body)}} {{hashlib.sha256(body).hexdigest()}}".encode()
    start_response("200 OK", [("Content-Length", str(len(text)))])
    return [text]

app = SlowBodyGate(echo, threads={THREADS})
"""


CONF = """
control_socket_disable = True

def pre_request(worker, request):
    worker.head_is_read()
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    folder = tmp_path_factory.mktemp("slow")
    (folder / "slow_site.py").write_text(SITE)
    (folder / "conf.py").write_text(CONF)
    number = free_port()
    command = [
        sys.executable, "-m", "gunicorn", "-c", str(folder / "conf.py"), "-k", "core.web_worker.Worker", "-w", "1",
        "--threads", str(THREADS), "-b", f"127.0.0.1:{number}", "--chdir", str(folder), "--pythonpath", str(ROOT),
        "--graceful-timeout", "1", "--log-level", "error", "slow_site:app",
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


class Client:
    """A client that says it will send so many bytes, and takes its time."""

    def __init__(self, port: int, length: int, *, chunked: bool = False, path: str = "/") -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), 10)
        self.since = time.monotonic()
        size = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {length}"
        self.socket.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{size}\r\n\r\n".encode())

    def send(self, data: bytes = b"x") -> bool:
        """False once the server has had enough."""
        try:
            self.socket.sendall(data)
        except OSError:
            return False
        return True

    def answer(self) -> bytes:
        text = b""
        try:
            while piece := self.socket.recv(65536):
                text += piece
        except OSError:
            pass
        self.took = time.monotonic() - self.since
        return text

    def close(self) -> None:
        self.socket.close()


@pytest.fixture
def clients(port):
    """`clients(8, length=1000)`: so many at once."""
    opened = []

    def connect(count: int, length: int = 1000, **options) -> list[Client]:
        opened.extend(Client(port, length, **options) for _ in range(count))
        return opened[-count:]

    yield connect
    for client in opened:
        client.close()
    time.sleep(0.2)


def page(port: int, path: str = "/") -> float:
    """Fetch a page; returns how long it took, in seconds."""
    since = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), 10) as visitor:
        visitor.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        assert visitor.recv(65536).startswith(b"HTTP/1.1 200")
    return time.monotonic() - since


def test_a_body_arrives_whole(port, clients):
    body = bytes(range(256)) * 8000
    [client] = clients(1, len(body))
    client.send(body)
    assert client.answer().endswith(f"{len(body)} {hashlib.sha256(body).hexdigest()}".encode())


def test_a_chunked_body_arrives_whole(port, clients):
    [client] = clients(1, chunked=True)
    client.send(b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")
    assert client.answer().endswith(f"11 {hashlib.sha256(b'hello world').hexdigest()}".encode())


def test_one_who_pauses_and_goes_on_is_served(port, clients):
    [client] = clients(1, 10)
    client.send(b"hello")
    time.sleep(QUICK * 3)
    client.send(b"world")
    assert client.answer().endswith(f"10 {hashlib.sha256(b'helloworld').hexdigest()}".encode())


def test_pages_go_on_answering_while_as_many_drip_as_there_are_threads(port, clients):
    dripping = clients(THREADS * 2)
    took = []
    until = time.monotonic() + TOTAL + 1
    while time.monotonic() < until:
        for client in dripping:
            client.send()
        took.append(page(port))
        time.sleep(0.05)
    assert max(took) < QUICK + 1.1, "every thread is busy for no longer than the quick time, twice over"
    assert sorted(took)[len(took) // 2] < 0.3


def test_only_half_of_the_threads_may_wait_for_slow_ones(port, clients):
    waiting = clients(THREADS)
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(Client.answer, waiting))
    assert all(b" 408 " in answer for answer in answers)
    took = sorted(client.took for client in waiting)
    half = THREADS // 2
    assert all(seconds < QUICK + 0.8 for seconds in took[:half]), took
    assert all(TOTAL - 0.3 < seconds < TOTAL + 1 for seconds in took[half:]), took


def test_dripping_steadily_does_not_move_the_deadline(port, clients):
    [client] = clients(1, 100_000)
    while client.send() and time.monotonic() - client.since < TOTAL * 2:
        time.sleep(0.02)
    answer = client.answer()
    assert client.took < TOTAL + 1 and (b" 408 " in answer or answer == b"")


def test_one_who_goes_away_leaves_its_place(port, clients):
    for _ in range(3):
        for client in clients(THREADS):
            client.send(b"half")
            client.close()
    time.sleep(QUICK + 0.2)
    [client] = clients(1, 5)
    time.sleep(QUICK * 2)
    client.send(b"hello")
    assert b" 200 " in client.answer()


def test_chunks_that_make_no_sense_are_refused(port, clients):
    [client] = clients(1, chunked=True)
    client.send(b"nonsense\r\n\r\n")
    assert client.answer().startswith(b"HTTP/1.1 4")


# ---- heads --------------------------------------------------------------------------------------------------


def connections(port: int, count: int) -> list[socket.socket]:
    return [socket.create_connection(("127.0.0.1", port), 10) for _ in range(count)]


def test_connections_on_which_nothing_is_said_hold_no_thread(port):
    silent = connections(port, THREADS * 3)
    try:
        assert max(page(port) for _ in range(5)) < 1
    finally:
        for each in silent:
            each.close()


def test_pages_go_on_answering_while_heads_never_end(port):
    dripping = connections(port, THREADS * 2)
    try:
        for each in dripping:
            each.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        took = [page(port) for _ in range(10)]
        assert max(took) < QUICK * 2 + 1 and sorted(took)[5] < 0.5, took
    finally:
        for each in dripping:
            each.close()


# ---- the site itself ----------------------------------------------------------------------------------------


def test_the_site_answers_by_the_header_when_a_body_would_be_too_large(live_server):
    client = Client(live_server.port, 10**10, path="/login")
    client.send(b"username=")
    answer = client.answer()
    client.close()
    assert answer.startswith(b"HTTP/1.1 413") and client.took < 5


def test_pages_of_the_site_go_on_answering_while_bodies_never_end(live_server):
    dripping = [Client(live_server.port, 1000, path="/login") for _ in range(8)]
    try:
        for _ in range(10):
            for client in dripping:
                client.send()
            assert page(live_server.port, "/login") < 5
    finally:
        for client in dripping:
            client.close()
