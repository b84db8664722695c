"""Bodies that never end, sent by as many clients as there are threads: other pages must go on answering.

Real sockets against a real gunicorn, with a short limit: a body that is not there after 0.4 s needs one of the two
places for slow ones. One site then waits longer than any story lasts, the other one cuts it after 2.5 s in any case.
"""

import hashlib
import socket
import time

import pytest

from core.limits import LIMITS
from tests.core.slow_stage import FOR_EVER, PATIENCE, answered, eventually, page, served

THREADS = 4
QUICK = 0.4
TOTAL = 2.5
SITE = """
import hashlib
from core.limits import LIMITS
from core.slow_body import SlowBodyGate

LIMITS.update(slow_body_seconds=%s, body_seconds=%s, body_bytes=4_000_000)

def echo(environ, start_response):
    body = environ["wsgi.input"].read()
    text = f"{len(body)} {hashlib.sha256(body).hexdigest()}".encode()
    if environ["PATH_INFO"] == "/slow-now":
        text = str(app.watchdog.slow_now).encode()
    start_response("200 OK", [("Content-Length", str(len(text)))])
    return [text]

app = SlowBodyGate(echo, threads=%s)
"""


@pytest.fixture(scope="module")
def patient(tmp_path_factory):
    site = SITE % (QUICK, FOR_EVER, THREADS)
    with served(tmp_path_factory.mktemp("patient"), site, "--threads", str(THREADS)) as port:
        yield port


@pytest.fixture(scope="module")
def hasty(tmp_path_factory):
    site = SITE % (QUICK, TOTAL, THREADS)
    with served(tmp_path_factory.mktemp("hasty"), site, "--threads", str(THREADS)) as port:
        yield port


class Client:
    """A client that says it will send so many bytes, and takes its time."""

    def __init__(self, port: int, length: int, *, chunked: bool = False, path: str = "/") -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
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
        except ConnectionError:
            pass
        return text

    def close(self) -> None:
        self.socket.close()


@pytest.fixture
def clients():
    """`clients(port, 8, length=1000)`: so many at once. They leave nothing slow behind."""
    opened, ports = [], set()

    def connect(port: int, count: int, length: int = 1000, **options) -> list[Client]:
        ports.add(port)
        opened.extend(Client(port, length, **options) for _ in range(count))
        return opened[-count:]

    yield connect
    for client in opened:
        client.close()
    for port in ports:
        eventually(lambda port=port: page(port, "/slow-now") == "0")


def test_a_body_arrives_whole(patient, clients):
    body = bytes(range(256)) * 8000
    [client] = clients(patient, 1, len(body))
    client.send(body)
    assert client.answer().endswith(f"{len(body)} {hashlib.sha256(body).hexdigest()}".encode())


def test_a_chunked_body_arrives_whole(patient, clients):
    [client] = clients(patient, 1, chunked=True)
    client.send(b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")
    assert client.answer().endswith(f"11 {hashlib.sha256(b'hello world').hexdigest()}".encode())


def test_one_who_pauses_and_goes_on_is_served(patient, clients):
    [client] = clients(patient, 1, 10)
    client.send(b"hello")
    eventually(lambda: page(patient, "/slow-now") == "1")
    client.send(b"world")
    assert client.answer().endswith(f"10 {hashlib.sha256(b'helloworld').hexdigest()}".encode())


def test_pages_go_on_answering_while_as_many_drip_as_there_are_threads(patient, clients):
    dripping = clients(patient, THREADS * 2)
    for _ in range(10):
        for client in dripping:
            client.send()
        page(patient)
    assert len(dripping) - len(answered([client.socket for client in dripping])) >= THREADS // 2, "some still drip"


def test_only_half_of_the_threads_may_wait_for_slow_ones(patient, clients):
    waiting = [client.socket for client in clients(patient, THREADS)]
    eventually(lambda: len(answered(waiting)) == THREADS // 2)
    refused = answered(waiting)
    assert all(b" 408 " in each.recv(65536) for each in refused)
    assert not answered([each for each in waiting if each not in refused], QUICK * 2)


def test_who_has_a_place_loses_it_in_the_end(hasty, clients):
    waiting = clients(hasty, THREADS)
    assert all(b" 408 " in client.answer() for client in waiting)


def test_dripping_steadily_does_not_move_the_deadline(hasty, clients):
    [client] = clients(hasty, 1, 100_000)
    until = time.monotonic() + PATIENCE
    while client.send() and time.monotonic() < until:
        time.sleep(0.02)
    assert time.monotonic() < until
    answer = client.answer()
    assert b" 408 " in answer or answer == b""


def test_one_who_goes_away_leaves_its_place(patient, clients):
    for _ in range(3):
        for client in clients(patient, THREADS):
            client.send(b"half")
            client.close()
    eventually(lambda: page(patient, "/slow-now") == "0")
    [client] = clients(patient, 1, 5)
    eventually(lambda: page(patient, "/slow-now") == "1")
    client.send(b"hello")
    assert b" 200 " in client.answer()


def test_chunks_that_make_no_sense_are_refused(patient, clients):
    [client] = clients(patient, 1, chunked=True)
    client.send(b"nonsense\r\n\r\n")
    assert client.answer().startswith(b"HTTP/1.1 4")


# ---- heads --------------------------------------------------------------------------------------------------


@pytest.fixture
def connections(patient):
    """Many more than there are threads."""
    opened = [socket.create_connection(("127.0.0.1", patient), PATIENCE) for _ in range(THREADS * 3)]
    yield opened
    for each in opened:
        each.close()
    eventually(lambda: page(patient, "/slow-now") == "0")


def test_connections_on_which_nothing_is_said_hold_no_thread(patient, connections):
    for _ in range(5):
        page(patient)
    assert not answered(connections)


def test_pages_go_on_answering_while_heads_never_end(patient, connections):
    for each in connections:
        each.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    for _ in range(10):
        page(patient)
    assert len(connections) - len(answered(connections)) >= THREADS // 2, "some still drip"


# ---- the site itself ----------------------------------------------------------------------------------------


def test_the_site_answers_by_the_header_when_a_body_would_be_too_large(live_server):
    client = Client(live_server.port, 10**10, path="/login")
    client.send(b"username=")
    answer = client.answer()
    client.close()
    assert answer.startswith(b"HTTP/1.1 413")


def test_pages_of_the_site_go_on_answering_while_bodies_never_end(live_server):
    assert LIMITS["body_seconds"] > PATIENCE
    dripping = [Client(live_server.port, 1000, path="/login") for _ in range(8)]
    try:
        for _ in range(10):
            for client in dripping:
                client.send()
            page(live_server.port, "/login")
    finally:
        for client in dripping:
            client.close()
