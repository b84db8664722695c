"""The newest posts of a public circle as an Atom feed. It shows what any visitor may read, whoever asks."""

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from flask import Response, request, url_for
from flask_babel import gettext as _
from markupsafe import escape

from blueprints.circles import bp, reading
from blueprints.circles.reading import PictureRow, PostRow
from blueprints.circles.rooms import Room, room
from blueprints.circles.rows_web import is_public, title_of
from core import site
from core.errors import Gone
from core.open_web import absolute
from core.policy import GUEST

ATOM = "http://www.w3.org/2005/Atom"
_OWN_LINK = re.compile(r'(<a\b[^>]*?\bhref=")/(?!/)')


@bp.get("/circles/<slug>/feed.atom", permission="circle:see")
def feed(slug: str) -> Response:
    here = room(GUEST, slug)
    if not is_public(here):
        raise Gone
    rows = reading.posts(GUEST, here).rows
    updated = max([here.founded_at, *(row.edited_at or row.created_at for row in rows)])
    response = Response(_document(here, rows, updated), mimetype="application/atom+xml")
    response.add_etag()
    response.last_modified = datetime.fromtimestamp(updated // 1000, UTC)
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response


def _document(here: Room, rows: list[PostRow], updated: int) -> bytes:
    ET.register_namespace("", ATOM)
    root = ET.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": site.get("locale")})
    _add(root, "id", _tag(here, f"circles/{here.id}"))
    _add(root, "title", here.name)
    _add(root, "subtitle", here.purpose)
    _add(root, "updated", _moment(updated))
    page = absolute(url_for(".show", slug=here.slug))
    _add(root, "link", rel="alternate", type="text/html", href=page)
    _add(root, "link", rel="self", type="application/atom+xml", href=absolute(url_for(".feed", slug=here.slug)))
    pictures = reading.pictures(rows)
    for row in rows:
        _entry(root, here, row, pictures.get(row.id, []))
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _entry(root: ET.Element, here: Room, row: PostRow, pictures: list[PictureRow]) -> None:
    entry = _add(root, "entry")
    _add(entry, "id", _tag(here, f"circles/{here.id}/posts/{row.id}"))
    _add(entry, "title", title_of(row.title, row.excerpt))
    page = absolute(url_for(".post", slug=here.slug, number=row.id))
    _add(entry, "link", rel="alternate", type="text/html", href=page)
    _add(entry, "published", _moment(row.created_at))
    _add(entry, "updated", _moment(row.edited_at or row.created_at))
    author = _add(entry, "author")
    _add(author, "name", row.display_name or _("Former member"))
    if row.username:
        _add(author, "uri", absolute(url_for("people.profile", username=row.username)))
    if row.topic:
        _add(entry, "category", term=row.topic)
    _add(entry, "content", _html(row, pictures), type="html")


def _html(row: PostRow, pictures: list[PictureRow]) -> str:
    """The cleaned HTML of the post with whole addresses, its pictures beneath."""
    text = _OWN_LINK.sub(lambda found: f"{found[1]}{escape(absolute('/'))}", row.html)
    shown = (
        f'<p><img src="{escape(absolute(url_for("media.picture", key=each.key, size="m")))}" alt="{escape(each.alt)}" '
        f'width="{each.width}" height="{each.height}"></p>'
        for each in pictures
    )
    return text + "".join(shown)


def _tag(here: Room, path: str) -> str:
    """A name that stays the same when the circle gets another address (RFC 4151)."""
    host = urlsplit(absolute("/")).hostname or "localhost"
    founded = datetime.fromtimestamp(here.founded_at // 1000, UTC).strftime("%Y-%m-%d")
    return f"tag:{host},{founded}:{path}"


_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    made = ET.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    made.text = _NOT_IN_XML.sub("", text) or None
    return made


def _moment(ms: int) -> str:
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
