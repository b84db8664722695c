"""What we ask elsewhere, and whom we never ask. The servers here are real ones on this machine; only which addresses
count as public is another question here than in the world."""

import ipaddress
import re
import socket
import ssl
import threading
import time
from contextlib import contextmanager

import pytest

from core import outbound
from core.outbound import Refused, Unreachable, Unsuitable, fetch, is_public, send_form

PAGE = b"<title>\xe5\x9c\x88\xe5\xad\x90</title>"


def answer(body=PAGE, status="200 OK", kind="text/html; charset=utf-8", more=(), length=True):
    head = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", *more]
    if length:
        head.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*head, "", ""]).encode() + body


class Server:
    """Speaks when it is spoken to: `says` is bytes, or a function that is given the socket."""

    def __init__(self, says, family=socket.AF_INET, host="127.0.0.1"):
        self.says, self.heard, self.count = says, [], 0
        self.socket = socket.socket(family)
        self.socket.bind((host, 0))
        self.socket.listen()
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                sock, _ = self.socket.accept()
            except OSError:
                return
            self.count += 1
            threading.Thread(target=self.one, args=(sock,), daemon=True).start()

    def one(self, sock):
        with sock:
            try:
                self.heard.append(sock.recv(65536).decode("latin-1"))
                says = self.says(self.heard[-1]) if callable(self.says) else self.says
                for piece in [says] if isinstance(says, bytes) else says:
                    sock.sendall(piece)
            except OSError:
                return


class WholeServer(Server):
    """Hears a form to its end before it answers."""

    def one(self, sock):
        super().one(Patient(sock))


class Patient:
    def __init__(self, sock) -> None:
        self.sock = sock
        self.sendall = sock.sendall

    def __enter__(self):
        return self

    def __exit__(self, *error) -> None:
        self.sock.close()

    def recv(self, most: int) -> bytes:
        heard = b""
        while b"\r\n\r\n" not in heard:
            heard += self.sock.recv(most)
        head, _, body = heard.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        while length and len(body) < int(length[1]):
            body += self.sock.recv(most)
        return head + b"\r\n\r\n" + body


@pytest.fixture
def serve():
    servers = []

    def start(says, kind=Server):
        servers.append(kind(says))
        return servers[-1]

    yield start
    for server in servers:
        server.socket.close()


class World:
    """Names and what they mean; this machine is reached by the names given here, and is no public place otherwise."""

    def __init__(self, monkeypatch):
        self.names, self.asked, self.ports, self.open_to = {}, [], {80, 443}, {"127.0.0.1"}
        monkeypatch.setattr(outbound, "_resolve", self.resolve)
        monkeypatch.setattr(outbound, "_allowed_ports", lambda: frozenset(self.ports))
        monkeypatch.setattr(outbound, "_is_allowed", lambda address: str(address) in self.open_to or is_public(address))

    def resolve(self, host, port):
        self.asked.append(host)
        meant = self.names.get(host, [host] if host[:1].isdigit() or ":" in host else None)
        if meant is None:
            raise socket.gaierror("no such name")
        return meant.pop(0) if meant and isinstance(meant[0], list) else meant

    def name(self, server, host="club.example", path="/"):
        self.names[host] = ["127.0.0.1"]
        self.ports.add(server.port)
        return f"http://{host}:{server.port}{path}"


@pytest.fixture
def world(monkeypatch):
    return World(monkeypatch)


def page(url, **more):
    return fetch(url, **{"most_bytes": 512 * 1024, "kinds": ("text/html",), "seconds": PATIENCE} | more)


PATIENCE = 30
"""Seconds after which something will not end any more."""


@contextmanager
def in_time():
    started = time.monotonic()
    yield
    assert time.monotonic() - started < PATIENCE


# ---- whom we ask --------------------------------------------------------------------------------------------

INSIDE = [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.9.9.9", "169.254.169.254", "172.16.0.1", "192.0.0.8",
    "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.9", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b::a00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:0a00:0001::1",
    "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1",
]  # fmt: skip
OUTSIDE = ["1.1.1.1", "8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_inside_is_not_public(address):
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_is_outside_is_public(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_means_an_inner_address_is_refused_before_anything_is_sent(address, world):
    world.open_to.clear()
    world.names["inner.example"] = [address]
    with pytest.raises(Refused, match="public"):
        page("http://inner.example/")


def test_one_inner_address_among_public_ones_refuses_the_name(world):
    world.open_to.clear()
    world.names["both.example"] = ["93.184.216.34", "10.0.0.1"]
    with pytest.raises(Refused):
        page("https://both.example/")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "127.1", "2130706433", "0x7f.1", "0", "[::ffff:127.0.0.1]", "localhost"]
)
def test_this_machine_is_refused_however_it_is_written(host):
    """With the system's own resolver, which understands all of these."""
    with pytest.raises(Refused, match="public"):
        page(f"http://{host}/")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://club.example/", "file:///etc/passwd", "gopher://club.example:80/", "//club.example/", "club.example", "",
        "http://", "http:///x", "http://user@club.example/", "http://user:word@club.example/",
        "http://club.example:22/", "http://club.example:0/", "http://club.example:99999/", "http://club.example\\@127.0.0.1/",
        "http://a b.example/",
        "http://club.example/\r\nX: y", "http://[::1", "http://club.example/" + "x" * 2000, "data:text/html,x",
        "http://" + "a" * 70 + ".example/", "http://\u202eclub.example/",
    ],
)  # fmt: skip
def test_what_is_no_plain_web_address_is_refused_without_looking_it_up(url, world):
    with pytest.raises(Refused):
        page(url)
    assert world.asked == []


def test_a_name_that_changes_its_mind_is_only_asked_once(world, serve):
    """DNS rebinding: a public address for the check, an inner one for the connection."""
    inner = serve(answer(b"secret"))
    world.open_to.clear()
    world.ports.add(inner.port)
    world.names["rebind.example"] = [["203.0.113.77"], ["127.0.0.1"]]
    world.open_to.add("203.0.113.77")
    with pytest.raises(Unreachable):
        page(f"http://rebind.example:{inner.port}/", seconds=0.4)
    assert world.asked == ["rebind.example"]
    assert inner.count == 0


def test_every_redirect_is_looked_at_like_the_first_address(world, serve):
    inner = serve(answer(b"secret"))
    world.ports.add(inner.port)
    world.names["inner.example"] = ["10.0.0.1"]
    for place in (f"http://localhost.example:{inner.port}/", "http://inner.example/", "http://10.0.0.1/", "http://[::1]/",
                  "//169.254.169.254/latest", "file:///etc/passwd", "http://x:y@club.example/", "https://club.example:22/"):
        outer = serve(answer(b"", "302 Found", more=(f"Location: {place}",)))
        with pytest.raises((Refused, Unreachable)):
            page(world.name(outer))
    assert inner.count == 0


def test_redirects_are_followed_three_times(world, serve):
    def step(request):
        number = int(request.split("/", 1)[1][:1])
        if number == 3:
            return answer()
        return answer(b"", "301 Moved", more=(f"Location: /{number + 1}#part",))

    server = serve(step)
    made = page(world.name(server, path="/0"))
    assert made.url.endswith(f":{server.port}/3") and server.count == 4
    around = serve(answer(b"", "302 Found", more=("Location: /again",)))
    with pytest.raises(Unsuitable, match="redirects"):
        page(world.name(around))
    assert around.count == 4
    with pytest.raises(Unsuitable, match="nowhere"):
        page(world.name(serve(answer(b"", "302 Found"))))


# ---- what we say and take -----------------------------------------------------------------------------------


def test_a_page_is_asked_for_plainly_and_under_its_name(world, serve, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    server = serve(answer(more=("Set-Cookie: a=b",)))
    for _ in range(2):
        made = page(world.name(server, path="/路?q=圈 子".replace(" ", "%20")))
    assert (made.kind, made.charset, made.body) == ("text/html", "utf-8", PAGE)
    lines = server.heard[1].split("\r\n")
    assert lines[0] == "GET /%E8%B7%AF?q=%E5%9C%88%20%E5%AD%90 HTTP/1.1"
    head = dict(line.split(": ", 1) for line in lines[1:] if line)
    assert head.pop("Host") == f"club.example:{server.port}"
    assert head.pop("User-Agent").startswith("Quanzi/")
    assert head == {"Accept": "text/html", "Accept-Encoding": "identity", "Connection": "close"}


def test_a_chinese_name_is_asked_for_in_the_letters_of_the_network(world, serve):
    server = serve(answer())
    world.names["xn--fiqs8s.example"] = ["127.0.0.1"]
    world.ports.add(server.port)
    assert page(f"http://中国.example:{server.port}/").body == PAGE
    assert "Host: xn--fiqs8s.example" in server.heard[0]


@pytest.mark.parametrize(
    "said",
    [
        answer(status="404 Not Found"), answer(status="500 Oops"), answer(status="204 No Content", body=b""),
        answer(kind="application/pdf"), answer(kind="text/htmlx/y"), answer(more=("Content-Encoding: gzip",)),
        answer(more=("Content-Encoding: br",)), b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
        answer(b"x" * 2001),
    ],
)  # fmt: skip
def test_another_answer_than_was_asked_for_is_not_taken(said, world, serve):
    with pytest.raises(Unsuitable):
        page(world.name(serve(said)), most_bytes=2000)


@pytest.mark.parametrize(
    "said",
    [
        b"", b"\r\n", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000,
        answer(b"abc", length=False, more=("Content-Length: 9",)),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_not_taken(said, world, serve):
    with in_time(), pytest.raises((Unreachable, Unsuitable)):
        page(world.name(serve(said)), seconds=2)


def test_a_body_without_an_end_is_refused_or_cut(world, serve):
    def endless(request):
        yield answer(b"", length=False)
        while True:
            yield b"x" * 4096

    server = serve(endless)
    with pytest.raises(Unsuitable, match="large"):
        page(world.name(server), most_bytes=100_000, seconds=PATIENCE)
    made = page(world.name(server), most_bytes=100_000, cuts=True, seconds=PATIENCE)
    assert len(made.body) == 100_000


def test_a_head_without_an_end_stops_at_its_limit(world, serve):
    def endless(request):
        yield b"HTTP/1.1 200 OK\r\n"
        while True:
            yield b"X: " + b"y" * 60_000 + b"\r\n"

    with in_time(), pytest.raises((Unsuitable, Unreachable)):
        page(world.name(serve(endless)), most_bytes=10_000, seconds=2 * PATIENCE)


@pytest.mark.parametrize("begins", [b"", b"HTTP/1.1 200 OK\r\n", answer(b"", length=False)])
def test_a_slow_drip_ends_with_the_time_for_everything(begins, world, serve):
    def drip(request):
        yield begins
        while True:
            time.sleep(0.05)
            yield b"x"

    with in_time(), pytest.raises(Unreachable):
        page(world.name(serve(drip)), seconds=0.6)


def test_a_slow_resolver_ends_with_the_time_for_everything(world, monkeypatch):
    answered = threading.Event()
    monkeypatch.setattr(outbound, "_resolve", lambda host, port: answered.wait(2 * PATIENCE))
    with in_time(), pytest.raises(Unreachable):
        page("http://slow.example/", seconds=0.3)
    answered.set()
    monkeypatch.setattr(outbound, "_resolve", lambda host, port: [])
    with pytest.raises(Unreachable):
        page("http://nothing.example/")


def test_nobody_there_is_unreachable(world):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        world.ports.add(free.getsockname()[1])
        with pytest.raises(Unreachable):
            page(f"http://127.0.0.1:{free.getsockname()[1]}/", seconds=1)


def test_a_certificate_of_somebody_else_is_not_taken(world, serve):
    """A server that speaks no TLS stands for all that do it wrong; the checks themselves are those of the standard
    library's default context."""
    server = serve(answer())
    with pytest.raises(Unreachable):
        page(world.name(server).replace("http://", "https://"), seconds=1)
    context = outbound._context()
    assert context.check_hostname and context.verify_mode is ssl.CERT_REQUIRED


# ---- forms that we send ---------------------------------------------------------------------------------------


def form(url, **more):
    usual = {"most_bytes": 1000, "kinds": ("text/", "application/json"), "seconds": PATIENCE}
    return send_form(url, "a=1&b=%E8%B7%AF", **usual | more)


def test_a_form_is_sent_once_as_it_is(world, serve):
    server = serve(answer(b'{"ok":1}', kind="application/json"), WholeServer)
    assert form(world.name(server, path="/gateway.do?x=1")).body == b'{"ok":1}'
    head = server.heard[0].partition("\r\n\r\n")[0].split("\r\n")
    assert head[0] == "POST /gateway.do?x=1 HTTP/1.1"
    fields = dict(line.split(": ", 1) for line in head[1:])
    assert fields["Content-Length"] == "15" and fields["Content-Type"].startswith("application/x-www-form-urlencoded")
    assert fields["User-Agent"].startswith("Quanzi/") and "Cookie" not in fields
    assert server.count == 1


def test_a_form_is_sent_nowhere_else(world, serve):
    inner = serve(answer(b"secret"))
    away = f"Location: http://club.example:{inner.port}/"
    outer = serve(answer(b"", "307 Temporary Redirect", more=(away,)), WholeServer)
    with pytest.raises(Unsuitable, match="elsewhere"):
        form(world.name(outer))
    world.open_to.clear()
    with pytest.raises(Refused, match="public"):
        form(world.name(inner))
    assert inner.count == 0


@pytest.mark.parametrize("said", [b"", answer(b"x" * 1001), answer(status="500 Oops"), answer(kind="image/png")])
def test_another_answer_to_a_form_is_not_taken(said, world, serve):
    with pytest.raises((Unreachable, Unsuitable)):
        form(world.name(serve(said, WholeServer)), seconds=2)
