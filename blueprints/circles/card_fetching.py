"""Filling a link card: the page is asked (core/outbound.py), what it says of itself becomes plain words, and its
picture a copy of our own. Whoever reads the post later talks to us only.
"""

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urljoin

from blueprints.circles import cards
from blueprints.circles.publishing import changed
from core import clock, media, outbound, site
from core.config import current
from core.db import atomic
from core.errors import BadPicture
from core.limits import LIMITS
from core.plain import clean_line
from models import LinkCard, Picture, Post

PAGES = ("text/html", "application/xhtml+xml")
PICTURES = ("image/",)
MOST_POSTS = 200
"""How many of the posts that show a card are told of a change; the others show it when they are next opened."""

_TAG = re.compile(r"<meta\b[^<>]{0,4000}>", re.IGNORECASE)
_TITLE = re.compile(r"<title\b[^<>]{0,500}>([^<]{0,2000})", re.IGNORECASE)
_HEAD_ENDS = re.compile(r"</head\s*>|<body\b", re.IGNORECASE)
_CHARSET = re.compile(rb"<meta\b[^<>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
_LETTERS = re.compile(r"utf-?8|gbk|gb2312|gb18030|big5(-hkscs)?|shift[_-]jis|euc-(jp|kr)|iso-8859-\d+|windows-125\d")
MOST_TAGS = 200


@dataclass
class Found:
    """What a page says of itself, as plain lines; `picture` is an address."""

    title: str = ""
    text: str = ""
    site: str = ""
    picture: str = ""


def fill(card: int) -> None:
    """Ask the page and write down what it said, or that it said nothing. Slow: outside of transactions. May be run
    again."""
    row = LinkCard.get_or_none(LinkCard.id == card)
    if row is None or site.get("link_cards") != "on":
        return
    try:
        answer = outbound.fetch(row.url, most_bytes=LIMITS["card_page_bytes"], kinds=PAGES, cuts=True)
        found = read(answer)
    except outbound.OutboundProblem:
        found = Found()
    if not found.title:
        LinkCard.update(failed_at=clock.now()).where(LinkCard.id == card).execute()
        return
    picture = _copied(found.picture)
    try:
        kept = _write(card, found, picture)
    except BaseException:
        kept = False
        raise
    finally:
        if picture and not kept:
            media.delete_picture(current().data / "media", picture.key)


def _copied(address: str) -> media.Picture | None:
    """A card without its picture is still a card."""
    if not address:
        return None
    try:
        answer = outbound.fetch(address, most_bytes=LIMITS["card_picture_bytes"], kinds=PICTURES)
        return media.store_picture(answer.body, current().data / "media")
    except (outbound.OutboundProblem, BadPicture):
        return None


def _write(card: int, found: Found, picture: media.Picture | None) -> bool:
    """Whether there was still a card to be filled."""
    now = clock.now()
    with atomic():
        if not LinkCard.select().where(LinkCard.id == card).exists():
            return False
        cards.drop_pictures([card])
        LinkCard.update(
            title=found.title, text=found.text, site=found.site, picture_key=picture.key if picture else None,
            fetched_at=now, failed_at=None,
        ).where(LinkCard.id == card).execute()  # fmt: skip
        if picture:
            Picture.create(
                key=picture.key, subject_kind="card", subject_id=card, width=picture.width, height=picture.height,
                size=picture.bytes, animated=picture.animated, colour=picture.colour, created_at=now,
            )  # fmt: skip
        shown = Post.select(Post.circle, Post.id).where(Post.card == card, Post.deleted_at.is_null())
        for circle, post in list(shown.order_by(Post.id.desc()).limit(MOST_POSTS).tuples()):
            changed(circle, post)
    return True


# ---- reading a page -----------------------------------------------------------------------------------------


def read(answer: outbound.Answer) -> Found:
    """Only its head, and of that only title and meta: each tag is found by a bounded pattern and parsed by itself,
    since the parser takes the square of the length of what was made to slow it down."""
    text = _decoded(answer)
    end = _HEAD_ENDS.search(text)
    head = text[: end.start()] if end else text
    said = _Meta()
    for tag, _ in zip(_TAG.finditer(head), range(MOST_TAGS), strict=False):
        said.take(tag[0])
    title = _TITLE.search(head)
    picture = said.first("og:image:secure_url", "og:image", "twitter:image", "twitter:image:src")
    return Found(
        title=_line(said.first("og:title", "twitter:title") or (unescape(title[1]) if title else ""), "card_title"),
        text=_line(said.first("og:description", "twitter:description", "description"), "card_text"),
        site=_line(said.first("og:site_name", "application-name"), "card_site"),
        picture=_joined(answer.url, picture) if picture else "",
    )


def _decoded(answer: outbound.Answer) -> str:
    inside = _CHARSET.search(answer.body[:4096])
    letters = (answer.charset or (inside[1].decode() if inside else "")).lower()
    try:
        return answer.body.decode(letters if _LETTERS.fullmatch(letters) else "utf-8", "replace")
    except LookupError:  # iso-8859-99
        return answer.body.decode("utf-8", "replace")


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address.strip())
    except ValueError:
        return ""


def _line(text: str, limit: str) -> str:
    line, most = clean_line(text.replace("\ufffd", "")), LIMITS[limit]
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


@dataclass
class _Meta:
    said: dict[str, str] = field(default_factory=dict)

    def take(self, tag: str) -> None:
        parser = _OneTag()
        parser.feed(tag)
        name = (parser.attributes.get("property") or parser.attributes.get("name") or "").strip().lower()
        content = (parser.attributes.get("content") or "").strip()
        if name and content:
            self.said.setdefault(name, content)

    def first(self, *names: str) -> str:
        return next((self.said[name] for name in names if name in self.said), "")


class _OneTag(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.attributes: dict[str, str | None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes = dict(reversed(attrs))
