"""The list of all public pages, for search engines: one file that names the others, each read as it is sent."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain, islice
from xml.sax.saxutils import escape

from flask import Response, stream_with_context, url_for

from blueprints.site import bp
from core import open_web
from core.errors import Gone

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<{kind} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'


@bp.get("/sitemap.xml", permission="site:read")
def sitemap() -> Response:
    """Names the files. Only what a visitor may read is in them, so there is none where visitors read nothing."""
    _require_open()
    rows = (
        f"<sitemap><loc>{_address(url_for('.sitemap_leaf', name=name, number=leaf))}</loc></sitemap>\n"
        for name, listing in open_web.listings().items()
        for leaf in range(listing.leaves())
    )
    return _xml("sitemapindex", rows)


@bp.get("/sitemap-<name>-<int:number>.xml", permission="site:read")
def sitemap_leaf(name: str, number: int) -> Response:
    _require_open()
    listing = open_web.listings().get(name)
    if listing is None or number >= listing.leaves():
        raise Gone
    rows = (
        f"<url><loc>{_address(path)}</loc><lastmod>{_moment(changed_at)}</lastmod></url>\n"
        for path, changed_at in islice(listing.addresses(number), open_web.MOST_ADDRESSES)
    )
    return _xml("urlset", rows)


def _require_open() -> None:
    if not open_web.is_open():
        raise Gone


def _address(path: str) -> str:
    return escape(open_web.absolute(path))


def _moment(ms: int) -> str:
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _xml(kind: str, rows: Iterator[str]) -> Response:
    parts = chain([_HEAD.format(kind=kind)], rows, [f"</{kind}>\n"])
    return Response(stream_with_context(parts), mimetype="application/xml")
