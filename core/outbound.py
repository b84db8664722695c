"""The only way out to other machines, mostly to addresses that somebody gave us. What they answer is theirs: small,
late, or nothing at all.

A name is looked up once, every address that it has must be a public one, and the connection goes to the address that
was looked at: a name that answers differently the second time is never asked a second time. No cookies, no passwords,
no proxies of the environment. Slow (up to the deadline): for jobs, never inside a transaction.
"""

import io
import ipaddress
import logging
import socket
import ssl
import threading
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from core import clock
from core.config import VERSION

log = logging.getLogger("quanzi.outbound")

SECONDS = 5.0
MOST_REDIRECTS = 3
MOST_URL = 2000
MOST_HEAD_BYTES = 64 * 1024
PORTS = {"http": 80, "https": 443}
AGENT = f"Quanzi/{VERSION} (link cards)"
AGENT_OF_FORMS = f"Quanzi/{VERSION}"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class OutboundProblem(Exception):
    """Nothing came of it; the message is one line for the log."""


class Refused(OutboundProblem):
    """We do not go there: not a public address, another scheme or port, a name with a password."""


class Unreachable(OutboundProblem):
    """No such name, no connection, no sensible answer, or not within the time."""


class Unsuitable(OutboundProblem):
    """There was an answer, and it is not what was asked for: an error, another type, too large."""


@dataclass(frozen=True)
class Answer:
    """`url` is where it came from in the end, `kind` its type without parameters, `charset` what it says of its
    letters. `body` is never more than was asked for."""

    url: str
    kind: str
    charset: str | None
    body: bytes


def fetch(
    url: str, *, most_bytes: int, kinds: tuple[str, ...], cuts: bool = False, seconds: float = SECONDS
) -> Answer:
    """Ask for a page or a picture. `kinds` are the types that are taken (`text/html`, or `image/` for all of them).
    With `cuts`, what is longer than `most_bytes` ends there, else it is refused. `seconds` is for everything together.

    Raises Refused, Unreachable or Unsuitable."""
    order = _Order(most_bytes, kinds, cuts, clock.monotonic() + seconds)
    for _ in range(MOST_REDIRECTS + 1):
        place = _place(url)
        try:
            answer = _ask(place, order)
        except OutboundProblem:
            raise
        except (OSError, HTTPException, ValueError) as error:
            raise Unreachable(f"{type(error).__name__}: {error}"[:200]) from None
        if isinstance(answer, Answer):
            return answer
        url = answer
    raise Unsuitable("too many redirects")


def send_form(url: str, form: str, *, most_bytes: int, kinds: tuple[str, ...], seconds: float = SECONDS) -> Answer:
    """Post an encoded form to a service that the site's owner has chosen, under the same protections as a page that is
    fetched. Whoever answers with a redirect is not followed: what was said to one is not meant for another.

    Raises Refused, Unreachable or Unsuitable; after the last two nobody knows whether the form was taken."""
    order = _Order(most_bytes, kinds, False, clock.monotonic() + seconds, form.encode())
    try:
        answer = _ask(_place(url), order)
    except OutboundProblem:
        raise
    except (OSError, HTTPException, ValueError) as error:
        raise Unreachable(f"{type(error).__name__}: {error}"[:200]) from None
    if not isinstance(answer, Answer):
        raise Unsuitable("leads elsewhere")
    return answer


@dataclass(frozen=True)
class _Order:
    most_bytes: int
    kinds: tuple[str, ...]
    cuts: bool
    until: float
    form: bytes | None = None

    def left(self) -> float:
        """Seconds. Raises Unreachable when there are none."""
        left = self.until - clock.monotonic()
        if left <= 0:
            raise Unreachable("took too long")
        return left


# ---- where it goes ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Place:
    """`host` as the network knows it (punycode), `target` is path and query."""

    url: str
    scheme: str
    host: str
    port: int
    target: str

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def _place(url: str) -> _Place:
    if len(url) > MOST_URL or any(char.isspace() or not char.isprintable() or char == "\\" for char in url):
        raise Refused("not an address")
    try:
        parts = urlsplit(url)
        port = parts.port if parts.port is not None else PORTS.get(parts.scheme, 0)
        host = parts.hostname or ""
        host = host if ":" in host else host.encode("idna").decode()
    except ValueError:  # of UnicodeError too
        raise Refused("not an address") from None
    if parts.scheme not in PORTS or not host:
        raise Refused("neither http nor https")
    if parts.username is not None or parts.password is not None:
        raise Refused("carries a name or a password")
    if port not in _allowed_ports():
        raise Refused(f"port {port}")
    query = f"?{_escaped(parts.query)}" if parts.query else ""
    return _Place(url, parts.scheme, host, port, _escaped(parts.path or "/") + query)


def _escaped(text: str) -> str:
    return quote(text, safe="%/:=&?~+!$,;'@()*[]-._")


def _allowed_ports() -> frozenset[int]:
    return frozenset(PORTS.values())


def _public_addresses(place: _Place, order: _Order) -> list[str]:
    """One address that is not public refuses them all: whoever sets up such a name means no good."""
    found = _looked_up(place, order)
    if not found:
        raise Unreachable("no such name")
    if not all(_is_allowed(ipaddress.ip_address(text.partition("%")[0])) for text in found):
        raise Refused("not a public address")
    return found


def _looked_up(place: _Place, order: _Order) -> list[str]:
    """In a thread of its own: the system's resolver knows no deadline."""
    found: list[str] = []

    def ask() -> None:
        try:
            found.extend(_resolve(place.host, place.port))
        except Exception as error:  # whoever asked may be gone by now: nobody is left to hear of it but the log
            log.info("no address of %s: %s", place.host, error)

    thread = threading.Thread(target=ask, name="look-up", daemon=True)
    thread.start()
    thread.join(order.left())
    order.left()
    return list(found)


def _resolve(host: str, port: int) -> list[str]:
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


_INSIDE = tuple(map(ipaddress.ip_network, (
    "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "64:ff9b:1::/48", "100::/64", "2001::/23",
    "2001:db8::/32", "3fff::/20", "5f00::/16", "fec0::/10",
)))  # fmt: skip
"""What some versions of Python call global and is not: shared, relays, benchmarks, tunnels, documentation."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")


def is_public(address: Address) -> bool:
    """Whether it is an address of the internet. One that holds another (mapped, NAT64) is as public as the one inside;
    tunnels (6to4, Teredo) are not."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if address in _NAT64:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if address.sixtofour or address.teredo or address in _COMPATIBLE:
            return False
    inside = any(address.version == network.version and address in network for network in _INSIDE)
    special = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback
    return address.is_global and not (inside or special or address.is_link_local)


_is_allowed = is_public


# ---- what is said there -------------------------------------------------------------------------------------


class _Pinned(HTTPConnection):
    """Connects to an address that was looked at, and greets the name."""

    def __init__(self, place: _Place, addresses: list[str], order: _Order) -> None:
        super().__init__(place.host, place.port, timeout=order.left())
        self._place, self._addresses, self._order = place, addresses, order

    def connect(self) -> None:
        self.sock = self._connected()
        if self._place.scheme == "https":
            self.sock.settimeout(self._order.left())
            self.sock = _context().wrap_socket(self.sock, server_hostname=self._place.host)

    def _connected(self) -> socket.socket:
        error: OSError = OSError("no address")
        for address in self._addresses:
            try:
                return socket.create_connection((address, self._place.port), timeout=self._order.left())
            except OSError as problem:
                error = problem
        raise error

    def close(self) -> None:
        """Called by the library as soon as the head is read; what reads the body still needs the socket."""

    def hang_up(self) -> None:
        super().close()

    def response_class(self, sock: socket.socket, **options: Any) -> HTTPResponse:  # type: ignore[override]
        return HTTPResponse(_Timed(sock, self._order), **options)  # type: ignore[arg-type]


def _context() -> ssl.SSLContext:
    return ssl.create_default_context()


class _Timed(io.RawIOBase):
    """Reads from a socket until the deadline, however slowly it drips, and no more than page and head may have."""

    def __init__(self, sock: socket.socket, order: _Order) -> None:
        super().__init__()
        self._sock, self._order, self._room = sock, order, order.most_bytes + MOST_HEAD_BYTES

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._room <= 0:
            raise Unsuitable("too large")
        self._sock.settimeout(self._order.left())
        count = self._sock.recv_into(buffer)
        self._room -= count
        return count


def _ask(place: _Place, order: _Order) -> Answer | str:
    """The answer, or the address that it leads on to."""
    connection = _Pinned(place, _public_addresses(place, order), order)
    try:
        method, agent = ("GET", AGENT) if order.form is None else ("POST", AGENT_OF_FORMS)
        connection.putrequest(method, place.target, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", place.host_header)
        connection.putheader("User-Agent", agent)
        connection.putheader("Accept", ", ".join(f"{kind}*" if kind.endswith("/") else kind for kind in order.kinds))
        connection.putheader("Accept-Encoding", "identity")
        connection.putheader("Connection", "close")
        if order.form is not None:
            connection.putheader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
            connection.putheader("Content-Length", str(len(order.form)))
        connection.endheaders(order.form)
        response = connection.getresponse()
        if response.status in (301, 302, 303, 307, 308):
            return _onward(place, response)
        return _taken(place, response, order)
    finally:
        connection.hang_up()


def _onward(place: _Place, response: HTTPResponse) -> str:
    said = response.getheader("Location") or ""
    if not said:
        raise Unsuitable("leads nowhere")
    onward = said.encode("latin-1", "replace").decode("utf-8", "replace").strip()
    return urljoin(place.url, onward).partition("#")[0]


def _taken(place: _Place, response: HTTPResponse, order: _Order) -> Answer:
    if response.status != 200:
        raise Unsuitable(f"status {response.status}")
    kind = response.headers.get_content_type()
    if not kind.startswith(order.kinds) or "content-type" not in response.headers:
        raise Unsuitable(f"type {kind}"[:80])
    if response.getheader("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise Unsuitable("packed, though we asked for it plain")
    if not order.cuts and (response.length or 0) > order.most_bytes:
        raise Unsuitable("too large")
    body = response.read(order.most_bytes + 1)
    if len(body) > order.most_bytes and not order.cuts:
        raise Unsuitable("too large")
    if response.length and len(body) <= order.most_bytes:
        raise Unreachable("broke off")
    charset = response.headers.get_content_charset()
    return Answer(place.url, kind, charset, body[: order.most_bytes])
