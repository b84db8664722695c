"""What stands between the network and the pages: who may reach a route, forged posts, where a post came from, how
long a body may take, and the headers of every answer."""

import base64
import hmac
import ipaddress
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request, session
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map, UnicodeConverter, ValidationError

from core import policy, rates
from core.config import Config, current
from core.errors import Denied, Gone, SignInNeeded
from core.limits import LIMITS
from core.slow_body import SlowBodyGate
from core.viewer import current_actor

SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))
CSRF_BYTES = 32


MOST_NUMBER = 2**63 - 1


class RowNumber(IntegerConverter):
    """`<int:…>` in an address: a number that no row can have leads nowhere, instead of breaking the database."""

    def __init__(self, map: Map, **options: Any) -> None:
        super().__init__(map, **{"max": MOST_NUMBER, **options})

    def to_python(self, value: str) -> Any:
        if len(value) > len(str(MOST_NUMBER)):  # Python refuses to read thousands of digits
            raise ValidationError
        return super().to_python(value)


class RowName(UnicodeConverter):
    """`<…>` in an address: what no row can be called leads nowhere, as with numbers. PostgreSQL keeps no NUL."""

    def to_python(self, value: str) -> Any:
        if "\0" in value:
            raise ValidationError
        return super().to_python(value)


class ForgedPost(Denied):
    """A post without this session's token. What was typed can be sent again by its author, knowingly."""

    status = 400
    code = "csrf"


def init_app(app: Flask, config: Config) -> None:
    if config.trusted_proxies:
        count = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    app.wsgi_app = SlowBodyGate(app.wsgi_app, threads=config.threads)  # type: ignore[method-assign]
    app.config["MAX_CONTENT_LENGTH"] = LIMITS["body_bytes"]
    app.config["MAX_FORM_MEMORY_SIZE"] = LIMITS["form_bytes"]
    app.config["MAX_FORM_PARTS"] = 100
    app.url_map.converters |= {"int": RowNumber, "default": RowName, "string": RowName}
    app.before_request(_limit_plain_forms)
    app.before_request(_check_origin)
    app.before_request(_check_permission)
    app.before_request(_check_token)
    app.after_request(_headers(config))
    app.jinja_env.globals.update(csrf_token=csrf_token, csp_nonce=csp_nonce)


_takes_bytes: dict[str, int] = {}


def takes_bytes(endpoint: str, most: int) -> None:
    """Bodies of this endpoint are the bytes of a file, up to `most` of them."""
    _takes_bytes[endpoint] = most


def _limit_plain_forms() -> None:
    """Werkzeug measures the text fields of multipart forms only; a body of any other kind is text as a whole. Where no
    session is asked for, nobody sends files."""
    if request.endpoint in _takes_bytes:
        request.max_content_length = _takes_bytes[request.endpoint]
    elif request.mimetype != "multipart/form-data" or request.endpoint in _proven_by_address:
        request.max_content_length = LIMITS["form_bytes"]


def check_routes(app: Flask) -> dict[str, str]:
    """The permission of every endpoint. Raises LookupError for a route without a known one: the app does not start."""
    permissions = {"assets": "site:assets"}
    for blueprint in app.blueprints.values():
        for endpoint, name in getattr(blueprint, "permissions", {}).items():
            permissions[f"{blueprint.name}.{endpoint}"] = name
    for rule in app.url_map.iter_rules():
        name = permissions.get(rule.endpoint)
        if name is None or name not in policy.catalogue():
            raise LookupError(f"route {rule.rule} ({rule.endpoint}) names no known permission: {name}")
    app.extensions["permissions"] = permissions
    return permissions


def _check_permission() -> None:
    """Standing only; the rule about one particular thing is asked by the action or query, in its transaction."""
    if request.endpoint is None:
        return
    permissions: dict[str, str] = current_app.extensions["permissions"]
    name = permissions[request.endpoint]
    if policy.catalogue_entry(name).standing is policy.Standing.ANYONE:
        return
    actor = current_actor()
    if policy.admits(actor, name):
        return
    if not actor.signed_in:
        raise SignInNeeded(permission=name)
    if actor.standing is policy.Standing.SUSPENDED:
        raise Denied("suspended")
    if actor.standing is policy.Standing.LEAVING:
        raise Denied("leaving")
    raise Gone


# ---- forged posts -------------------------------------------------------------------------------------------


TOKEN_HOLE = f"\ue010{secrets.token_hex(16)}\ue010"
"""Where a token goes. Nobody can know it, else a post with a hole in it would show each reader's own token."""
_left_open: ContextVar[bool] = ContextVar("left_open", default=False)


@contextmanager
def tokens_left_open() -> Iterator[None]:
    """While a region is rendered for many readers, forms get a hole for the token instead of one reader's."""
    before = _left_open.set(True)
    try:
        yield
    finally:
        _left_open.reset(before)


def csrf_token() -> str:
    """This session's token under a mask that is new in each answer, so a compressed page gives nothing away."""
    if _left_open.get():
        return TOKEN_HOLE
    if "csrf_token" not in g:
        if "csrf" not in session:
            session["csrf"] = secrets.token_urlsafe(CSRF_BYTES)
        key = _csrf_key()
        mask = os.urandom(CSRF_BYTES)
        g.csrf_token = base64.urlsafe_b64encode(mask + _masked(mask, key)).decode()
    token: str = g.csrf_token
    return token


def _masked(mask: bytes, key: bytes) -> bytes:
    return (int.from_bytes(mask, "big") ^ int.from_bytes(key, "big")).to_bytes(CSRF_BYTES, "big")


def _csrf_key() -> bytes:
    return hmac.digest(str(session["csrf"]).encode(), b"csrf", "sha256")


def token_is_right(token: str) -> bool:
    if "csrf" not in session:
        return False
    try:
        raw = base64.urlsafe_b64decode(token)
    except ValueError:
        return False
    mask, masked = raw[:CSRF_BYTES], raw[CSRF_BYTES:]
    if len(mask) != CSRF_BYTES or len(masked) != CSRF_BYTES:
        return False
    return hmac.compare_digest(_masked(mask, masked), _csrf_key())


def carries_token() -> bool:
    """Whether this request was made by a page of this session. Raises what reading the form raises."""
    return token_is_right(request.headers.get("X-CSRFToken") or request.form.get("csrf_token", ""))


_proven_by_address: set[str] = set()


def proven_by_address(endpoint: str) -> None:
    """Take posts to this endpoint without the token of a page: its address holds a proof that nobody else can make, and
    it asks for no session, so there is nothing that a forged post could borrow. For mail programs, which end a
    subscription on their own (RFC 8058)."""
    _proven_by_address.add(endpoint)


def _check_token() -> None:
    if request.method in SAFE_METHODS or request.endpoint is None or request.endpoint in _proven_by_address:
        return
    if not carries_token():
        raise ForgedPost


def _check_origin() -> None:
    """A browser says where a post comes from; another site's is refused whatever else it carries."""
    if request.method not in SAFE_METHODS and is_from_elsewhere():
        raise Denied("origin")


def is_from_elsewhere() -> bool:
    """Whether the browser says that a page of another site asks."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = request.headers.get("Origin")
    if origin is None:
        return False
    return origin == "null" or not _same_host(origin, current().base_url or f"{request.scheme}://{request.host}")


def _same_host(origin: str, ours: str) -> bool:
    try:
        theirs, mine = urlsplit(origin), urlsplit(ours)
    except ValueError:
        return False
    return (theirs.scheme, theirs.netloc.lower()) == (mine.scheme, mine.netloc.lower())


# ---- rates --------------------------------------------------------------------------------------------------


def limit(name: str, key: str | int | None = None) -> None:
    """Count this request against a rate; by the address it came from when no key is given. Raises TooMany."""
    rates.hit(name, _rate_key(key))


def look(name: str, key: str | int | None = None) -> None:
    """Raises TooMany when the rate is used up, and counts nothing: where only failures count."""
    rates.look(name, _rate_key(key))


def from_here(key: str | int) -> str:
    """A key for what this address does to that name: whoever tries to use up the rate of somebody else uses up only
    their own share of it."""
    return f"{network()} {key}"


def _rate_key(key: str | int | None) -> str:
    return str(key) if key is not None else network()


def network() -> str:
    """The address a request came from; of IPv6 the first half, since the other one is for its user to choose."""
    text = request.remote_addr or "?"
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    if address.version == 4:
        return text
    mapped = address.ipv4_mapped
    return str(mapped or ipaddress.IPv6Address(int(address) >> 64 << 64))


# ---- the machine itself -------------------------------------------------------------------------------------

FORWARDING = frozenset(("FORWARDED", "VIA", "X_REAL_IP", "X_CLIENT_IP", "X_CLUSTER_CLIENT_IP", "TRUE_CLIENT_IP",
                        "CF_CONNECTING_IP", "CF_RAY", "FASTLY_CLIENT_IP", "X_ORIGINAL_HOST", "X_ORIGINAL_FORWARDED_FOR",
                        "X_PROXYUSER_IP"))  # fmt: skip


def is_on_this_machine() -> bool:
    """Whether the browser runs where the site runs: a loopback address asks for a loopback host, and nothing stands
    between. A proxy on the same machine would otherwise pass for a browser on it, also one that adds no header of its
    own: a site with a public address has one, and no browser speaks HTTP/1.0, as nginx does when told nothing else."""
    passed_on = request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0" or any(
        name.startswith("HTTP_X_FORWARDED") or name.removeprefix("HTTP_") in FORWARDING
        for name in request.environ
        if name.startswith("HTTP_")
    )
    host = urlsplit(f"//{request.host}").hostname or ""
    public = urlsplit(current().base_url).hostname or host
    return not passed_on and all(map(_is_loopback, (host, public, request.remote_addr or "")))


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


# ---- headers ------------------------------------------------------------------------------------------------


def csp_nonce() -> str:
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


_SOURCE = re.compile(r"https?://[a-z0-9.-]+(?::[0-9]{1,5})?|blob:")


def allow(*, frame_src: str = "", media_src: str = "", connect_src: str = "") -> None:
    """Open the page that is being made, and no other, to one more source: an origin, or `blob:`. What is empty opens
    nothing. Raises ValueError for anything that could say more in a header than where something comes from."""
    wanted = {"frame-src": frame_src, "media-src": media_src, "connect-src": connect_src}
    for directive, source in wanted.items():
        if not source:
            continue
        if not _SOURCE.fullmatch(source):
            raise ValueError(f"{source!r} is no source that a page can be opened to")
        opened: dict[str, list[str]] = g.setdefault("csp_opened", {})
        if source not in opened.setdefault(directive, []):
            opened[directive].append(source)


def _opened(shut: str) -> str:
    """The policy with what this page was opened to; pages that ask for nothing keep the ready-made one."""
    opened: dict[str, list[str]] = g.get("csp_opened", {})
    for directive, sources in opened.items():
        if f"; {directive} 'self'" in shut:
            shut = shut.replace(f"; {directive} 'self'", f"; {directive} 'self' {' '.join(sources)}")
        else:
            shut = f"; {directive} {' '.join(sources)}{shut}"
    return shut


def _headers(config: Config) -> Callable[[Response], Response]:
    upgrade = "; upgrade-insecure-requests" if config.secure else ""
    policy_after_nonce = (
        "; img-src 'self' blob: data:; media-src 'self'; connect-src 'self'; font-src 'self'; manifest-src 'self'; "
        f"form-action 'self'; base-uri 'none'; frame-ancestors 'none'{upgrade}"
    )
    fixed = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    }
    if config.secure:
        fixed["Strict-Transport-Security"] = "max-age=31536000"

    by_key = [(name.lower(), name, value) for name, value in fixed.items()]

    def add(response: Response) -> Response:
        headers = response.headers
        present = {name.lower() for name in headers.keys()}  # noqa: SIM118 - iterating Headers gives pairs
        if "content-security-policy" not in present:
            nonce = f"'self' 'nonce-{csp_nonce()}'"
            headers.add(
                "Content-Security-Policy",
                f"default-src 'none'; script-src {nonce}; style-src {nonce}{_opened(policy_after_nonce)}",
            )
        headers.extend([(name, value) for key, name, value in by_key if key not in present])
        return response

    return add
