"""What is shown on an event's stage, and which other sites its page may therefore ask.

The address that a host pastes ends up in the page's Content-Security-Policy and in a frame: it is taken apart and put
together anew from parts of known letters, never handed on.
"""

import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qs, urlsplit

from core.config import current
from core.errors import Invalid
from core.limits import LIMITS

KINDS = ("none", "hls", "video", "embed")

_HOST = re.compile(r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_PATH = re.compile(r"/(?!/)[A-Za-z0-9._~%!$&'()*+,;=:@/-]*\.m3u8")
_QUERY = re.compile(r"[A-Za-z0-9._~%!$&'()*+,;=:@/?-]*")
_FRAME_CODE = re.compile(r"<iframe\b[^>]*?\ssrc\s*=\s*[\"']([^\"']+)[\"']", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


class Frame(NamedTuple):
    """A player of another site. `address` is the one that we frame, `page` is for people, `origin` for the
    Content-Security-Policy."""

    provider: str
    address: str
    page: str

    @property
    def name(self) -> str:
        return _PROVIDERS[self.provider].name

    @property
    def origin(self) -> str:
        return _PROVIDERS[self.provider].origin

    @property
    def referrer(self) -> str:
        return _PROVIDERS[self.provider].referrer


def read_source(kind: str, text: str) -> str:
    """The address that is kept for a stage of this kind; empty for `none` and `video`. Raises Invalid, field
    `source`."""
    if kind not in KINDS:
        raise _refused("stage_kind")
    if kind in ("none", "video"):
        return ""
    text = text.strip()
    if not text:
        raise _refused("stage_missing")
    if len(text) > 4 * LIMITS["live_source"]:  # the code of a frame is longer than its address
        raise _refused("stage_long", most=LIMITS["live_source"])
    address = _read_playlist(text) if kind == "hls" else _read_frame(text).address
    if len(address) > LIMITS["live_source"]:
        raise _refused("stage_long", most=LIMITS["live_source"])
    return address


def _refused(code: str, **facts: object) -> Invalid:
    return Invalid(code, field="source", **facts)


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise _refused("stage_address") from None
    return parts


# ---- HLS ----------------------------------------------------------------------------------------------------


def _read_playlist(text: str) -> str:
    """A path on this site, or an https address; plain http only to the machine itself, where the site has no TLS
    either, since a browser on an https page would refuse it."""
    parts = _split(text)
    if not _PATH.fullmatch(parts.path) or not _QUERY.fullmatch(parts.query):
        raise _refused("stage_playlist")
    tail = parts.path + (f"?{parts.query}" if parts.query else "")
    if not parts.scheme and not parts.netloc:
        return tail
    host, port = (parts.hostname or "").rstrip("."), parts.port
    if not _HOST.fullmatch(host) or "@" in parts.netloc:
        raise _refused("stage_address")
    at_home = host in ("localhost", "127.0.0.1") and not current().secure
    if parts.scheme != "https" and not (parts.scheme == "http" and at_home):
        raise _refused("stage_not_https")
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}{tail}"


def origin_of(source: str) -> str:
    """Where a kept playlist lies, for the Content-Security-Policy; empty on this site."""
    parts = urlsplit(source)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


# ---- players of other sites ---------------------------------------------------------------------------------


def frame_of(source: str) -> Frame:
    """The player behind a kept address. Raises Invalid when it is none that we frame (any more)."""
    return _read_frame(source)


def _read_frame(text: str) -> Frame:
    code = _FRAME_CODE.search(text)
    address = (code[1].replace("&amp;", "&") if code else text).strip()
    if address.startswith("//"):
        address = f"https:{address}"
    elif not _SCHEME.match(address):
        address = f"https://{address}"
    parts = _split(address)
    if parts.scheme not in ("http", "https") or parts.port not in (None, 80, 443) or "@" in parts.netloc:
        raise _refused("stage_provider")
    host = (parts.hostname or "").removeprefix("www.")
    if host == "b23.tv":
        raise _refused("stage_short")
    for provider in _PROVIDERS.values():
        if host in provider.hosts:
            frame = provider.read(host, parts.path, parse_qs(parts.query))
            if frame is None:
                raise _refused("stage_no_video", provider=provider.name)
            return frame
    raise _refused("stage_provider")


Query = dict[str, list[str]]


def _first(query: Query, *names: str) -> str:
    return next((query[name][0] for name in names if query.get(name)), "")


def _seconds(text: str) -> int:
    """`90`, `90s`, `1m30s`, `1h2m3s`; 0 for anything else."""
    found = re.fullmatch(r"(?:([0-9]{1,3})h)?(?:([0-9]{1,4})m)?(?:([0-9]{1,6})s?)?", text)
    if not found:
        return 0
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds


def _bilibili(host: str, path: str, query: Query) -> Frame | None:
    if host == "player.bilibili.com":
        named = _first(query, "bvid") or f"av{_first(query, 'aid')}"
    else:
        named = path.removeprefix("/video/").rstrip("/")
    if not re.fullmatch(r"BV[0-9A-Za-z]{10}|av[0-9]{1,20}", named):
        return None
    video = f"bvid={named}" if named.startswith("BV") else f"aid={named[2:]}"
    part = re.fullmatch(r"[1-9][0-9]{0,3}", _first(query, "p", "page"))
    of_part = part[0] if part else "1"
    start = _seconds(_first(query, "t"))
    return Frame(
        "bilibili",
        f"https://player.bilibili.com/player.html?{video}&p={of_part}&autoplay=1&danmaku=0&isOutside=true"
        + (f"&t={start}" if start else ""),
        f"https://www.bilibili.com/video/{named}/" + (f"?p={of_part}" if of_part != "1" else ""),
    )


def _youtube(host: str, path: str, query: Query) -> Frame | None:
    if host == "youtu.be":
        named = path[1:]
    elif path == "/watch":
        named = _first(query, "v")
    else:
        inside = re.fullmatch(r"/(?:embed|live|shorts|v)/([^/]+)/?", path)
        named = inside[1] if inside else ""
    if not re.fullmatch(r"[A-Za-z0-9_-]{11}", named):
        return None
    start = _seconds(_first(query, "t", "start"))
    return Frame(
        "youtube",
        f"https://www.youtube-nocookie.com/embed/{named}?autoplay=1&playsinline=1&rel=0"
        + (f"&start={start}" if start else ""),
        f"https://www.youtube.com/watch?v={named}" + (f"&t={start}s" if start else ""),
    )


def _vimeo(host: str, path: str, query: Query) -> Frame | None:
    event = re.fullmatch(r"/event/([0-9]{1,15})(?:/embed)?(?:/([0-9a-f]{6,20}))?/?", path)
    if event and host == "vimeo.com":
        inside = f"/{event[2]}" if event[2] else ""
        return Frame(
            "vimeo-event",
            f"https://vimeo.com/event/{event[1]}/embed{inside}?dnt=1&autoplay=1",
            f"https://vimeo.com/event/{event[1]}{inside}",
        )
    where = r"/video/([0-9]{1,15})/?" if host == "player.vimeo.com" else (
        r"/(?:channels/[A-Za-z0-9_-]+/|groups/[A-Za-z0-9_-]+/videos/|showcase/[0-9]+/video/)?([0-9]{1,15})(?:/([0-9a-f]{6,20}))?/?"
    )  # fmt: skip
    found = re.fullmatch(where, path)
    if not found:
        return None
    asked = re.fullmatch(r"[0-9a-f]{6,20}", _first(query, "h"))
    secret = asked[0] if asked else (found[2] if found.re.groups > 1 else None)
    return Frame(
        "vimeo",
        f"https://player.vimeo.com/video/{found[1]}?dnt=1&autoplay=1" + (f"&h={secret}" if secret else ""),
        f"https://vimeo.com/{found[1]}" + (f"/{secret}" if secret else ""),
    )


class _Provider(NamedTuple):
    """`referrer`: what its player is told of where it stands; one that refuses to play without knowing is told our
    origin, never the page."""

    name: str
    origin: str
    referrer: str
    hosts: tuple[str, ...]
    read: Callable[[str, str, Query], Frame | None]


_PROVIDERS = {
    "bilibili": _Provider(
        "bilibili", "https://player.bilibili.com", "no-referrer",
        ("bilibili.com", "m.bilibili.com", "player.bilibili.com"), _bilibili,
    ),
    "youtube": _Provider(
        "YouTube", "https://www.youtube-nocookie.com", "strict-origin",
        ("youtube.com", "m.youtube.com", "music.youtube.com", "youtu.be", "youtube-nocookie.com"), _youtube,
    ),
    "vimeo": _Provider(
        "Vimeo", "https://player.vimeo.com", "strict-origin", ("vimeo.com", "player.vimeo.com"), _vimeo,
    ),
    "vimeo-event": _Provider("Vimeo", "https://vimeo.com", "strict-origin", (), _vimeo),
}  # fmt: skip
PROVIDER_NAMES = ("bilibili", "YouTube", "Vimeo")
