"""Style sheets and scripts, joined at start into one file each, hashed into the address and compressed once."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, abort, request

STATIC = Path(__file__).parent.parent / "static"
YEAR_SECONDS = 365 * 24 * 3600
JOINED = {
    "app.css": ("css/*.css",),
    "app.js": ("vendor/htmx.org-*/**/htmx.min.js", "js/*.js"),
    "member.css": ("css/member/*.css",),
    "member.js": ("js/member/*.js",),
    "live.css": ("css/live/*.css",),
    "live.js": ("js/live/*.js",),
    "feed.css": ("css/feed/*.css",),
    "wallet.css": ("css/wallet/*.css",),
    "print.css": ("css/print/*.css",),
    "film.js": ("js/film/*.js",),
}
"""Those of members only reach who has signed in, and those of events only their pages: a visitor's first page stays
light."""


@dataclass(frozen=True)
class Asset:
    name: str
    body: bytes
    compressed: bytes
    mimetype: str
    digest: str


class Assets:
    """Everything that pages load. In development it is read anew when a file changed."""

    def __init__(self, app: Flask, *, dev: bool) -> None:
        self.dev = dev
        self._found: dict[str, tuple[tuple[float, ...], Asset]] = {}
        app.jinja_env.globals["asset"] = self.address
        app.add_url_rule("/assets/<digest>/<path:name>", "assets", self.serve)

    def get(self, name: str) -> Asset:
        known = self._found.get(name)
        if known and not self.dev:
            return known[1]
        files = _files(name)
        stamp = tuple(file.stat().st_mtime for file in files)
        if known is None or known[0] != stamp:
            known = stamp, _make(name, files)
            self._found[name] = known
        return known[1]

    def address(self, name: str) -> str:
        """The address of an asset, to be cached for ever: another content has another address."""
        return f"/assets/{self.get(name).digest}/{name}"

    def serve(self, digest: str, name: str) -> Response:
        try:
            asset = self.get(name)
        except (OSError, ValueError):  # not there, too long for a file's name, or a zero byte in it
            abort(404)
        zipped = "gzip" in request.headers.get("Accept-Encoding", "") and len(asset.compressed) < len(asset.body)
        response = Response(asset.compressed if zipped else asset.body, mimetype=asset.mimetype)
        if zipped:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
        fresh = digest == asset.digest
        response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable" if fresh else "no-cache"
        return response


def _files(name: str) -> list[Path]:
    if name in JOINED:
        return [file for pattern in JOINED[name] for file in sorted(STATIC.glob(pattern))]
    file = (STATIC / name).resolve()
    # Outside of static/ it has no such path: ValueError. One name a file, since what has a name stays in memory.
    if file.relative_to(STATIC.resolve()).as_posix() != name or not file.is_file():
        raise FileNotFoundError(name)
    return [file]


def _make(name: str, files: list[Path]) -> Asset:
    body = b"\n".join(file.read_bytes() for file in files)
    mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if name.endswith(".webmanifest"):
        mimetype = "application/manifest+json"
    digest = hashlib.sha256(body).hexdigest()[:16]
    return Asset(name, body, gzip.compress(body, 9, mtime=0), mimetype, digest)
