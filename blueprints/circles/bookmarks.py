"""Posts that a member keeps for themselves, each with a note. Nobody else sees them."""

from typing import NamedTuple

from blueprints.circles import queries
from blueprints.circles.gate import live_post
from blueprints.circles.queries import Page, cut
from blueprints.circles.reading import PostRow, some_posts
from core import clock
from core.db import atomic
from core.errors import Gone, Invalid
from core.limits import LIMITS
from core.plain import clean_line
from core.policy import Actor, require
from models import Bookmark


class KeptRow(NamedTuple):
    """`post` is None when it is not there any more, or not for these eyes; `wrong` is what is the matter with the note
    as it was typed."""

    id: int
    note: str
    kept_at: int
    post: PostRow | None
    circle: str = ""
    slug: str = ""
    wrong: str = ""


def keep(actor: Actor, circle: int, post: int, note: str | None = None) -> None:
    """Keeping what is kept changes its note, where one is given (None: as it is). Raises Gone, Denied, Invalid."""
    clean = None if note is None else _clean(note)
    with atomic():
        here, _ = live_post(actor, circle, post)
        require(actor, "post:keep", here)
        row = Bookmark.insert(member=actor.member_id, post=post, note=clean or "", kept_at=clock.now())
        row.on_conflict_ignore().execute()
        if clean is not None:
            Bookmark.update(note=clean).where(*_mine(actor, post)).execute()


def let_go(actor: Actor, post: int) -> None:
    """Also of a post that is not there any more. Letting go of what is not kept changes nothing."""
    with atomic():
        require(actor, "bookmark:own")
        Bookmark.delete().where(*_mine(actor, post)).execute()


def annotate(actor: Actor, post: int, note: str) -> None:
    """Raises Gone for what is not kept, Invalid."""
    clean = _clean(note)
    with atomic():
        require(actor, "bookmark:own")
        if not Bookmark.update(note=clean).where(*_mine(actor, post)).execute():
            raise Gone


def _clean(note: str) -> str:
    clean = clean_line(note)
    if len(clean) > LIMITS["bookmark_note"]:
        raise Invalid("too_long", field="note", most=LIMITS["bookmark_note"])
    return clean


def _mine(actor: Actor, post: int) -> tuple[object, object]:
    return Bookmark.member == actor.member_id, Bookmark.post == post


def note_of(actor: Actor, post: int) -> str:
    """What the actor noted about a post; empty when it is not kept."""
    note: str | None = Bookmark.select(Bookmark.note).where(*_mine(actor, post)).scalar()
    return note or ""


def one(actor: Actor, post: int) -> KeptRow:
    """Raises Gone for what is not kept."""
    require(actor, "bookmark:own")
    query = Bookmark.select(Bookmark.post, Bookmark.note, Bookmark.kept_at).where(*_mine(actor, post))
    rows = list(query.tuples())
    if not rows:
        raise Gone
    return _with_posts(actor, rows)[0]


def kept(actor: Actor, before: str = "") -> Page:
    """What the actor keeps, latest first; `before` is `kept_at.post` of the last one shown."""
    require(actor, "bookmark:own")
    query = Bookmark.select(Bookmark.post, Bookmark.note, Bookmark.kept_at).where(Bookmark.member == actor.member_id)
    moment, _, number = before.partition(".")
    if moment.isdecimal() and number.isdecimal() and max(len(moment), len(number)) < 18:
        at, post = int(moment), int(number)
        query = query.where((Bookmark.kept_at < at) | ((Bookmark.kept_at == at) & (Bookmark.post < post)))
    size = LIMITS["page_posts"]
    rows = list(query.order_by(Bookmark.kept_at.desc(), Bookmark.post.desc()).limit(size + 1).tuples())
    page = cut(rows, size, lambda row: f"{row[2]}.{row[0]}")
    return Page(_with_posts(actor, page.rows), page.older)


def _with_posts(actor: Actor, rows: list[tuple[int, str, int]]) -> list[KeptRow]:
    posts = {row.id: row for row in some_posts(actor, [row[0] for row in rows])}
    circles = {row.id: row for row in queries.some(actor, list({post.circle_id for post in posts.values()}))}
    return [_row(row, posts.get(row[0]), circles) for row in rows]


def _row(row: tuple[int, str, int], post: PostRow | None, circles: dict[int, queries.CircleRow]) -> KeptRow:
    here = circles.get(post.circle_id) if post else None
    if post is None or here is None:
        return KeptRow(*row, None)
    return KeptRow(*row, post, here.name, here.slug)
