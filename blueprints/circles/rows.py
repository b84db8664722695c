"""Posts and comments as their templates take them: a row, its pictures and what this reader may do with it.

Rendered rows are kept by what they show (core/fragments.py); a list of twenty is a few look-ups.
"""

from dataclasses import dataclass

from markupsafe import Markup

from blueprints.circles.reading import CommentRow, PictureRow, PostRow, pictures
from blueprints.circles.rooms import Room
from core.fragments import kept
from core.i18n import ago
from core.policy import Actor, can


@dataclass(frozen=True)
class Powers:
    """What the reader may do with a row; part of the key under which it is kept."""

    takes_part: bool
    edits: bool
    deletes: bool


@dataclass(frozen=True)
class Shelf:
    """One post ready to be shown."""

    post: PostRow
    slug: str
    pictures: tuple[PictureRow, ...]
    powers: Powers


def powers(actor: Actor, here: Room, author: int | None) -> Powers:
    owned = (here, author)
    return Powers(
        can(actor, "post:like", here), can(actor, "post:edit", owned), can(actor, "post:delete", owned)
    )


def _powers_by_author(actor: Actor, here: Room, authors: set[int | None]) -> dict[int | None, Powers]:
    return {author: powers(actor, here, author) for author in authors}


def shelf(actor: Actor, here: Room, row: PostRow, shown: list[PictureRow] | None = None) -> Shelf:
    return Shelf(row, here.slug, tuple(shown or ()), powers(actor, here, row.author_id))


def post_rows(actor: Actor, here: Room, rows: list[PostRow]) -> list[Markup]:
    """Each post of a list as HTML."""
    found = pictures(rows)
    known = _powers_by_author(actor, here, {row.author_id for row in rows})
    return [post_row(Shelf(row, here.slug, tuple(found.get(row.id, ())), known[row.author_id])) for row in rows]


def post_row(shown: Shelf, *, whole: bool = False) -> Markup:
    key = (shown, whole, ago(shown.post.created_at))
    return kept("circles/_post.html", key, shown=shown, whole=whole)


def comment_rows(
    actor: Actor, here: Room, rows: list[CommentRow], answers: dict[int, list[CommentRow]]
) -> list[Markup]:
    """Each comment of a page as HTML, with the replies that are shown beneath it."""
    everyone = [*rows, *(reply for replies in answers.values() for reply in replies)]
    known = _powers_by_author(actor, here, {row.author_id for row in everyone})
    return [_comment(here, row, answers.get(row.id, []), known) for row in rows]


def comment_row(actor: Actor, here: Room, row: CommentRow) -> Markup:
    """One comment that is new on the page, so without replies."""
    return _comment(here, row, [], {row.author_id: powers(actor, here, row.author_id)})


def comment_said(actor: Actor, here: Room, row: CommentRow, *, oob: bool = False) -> Markup:
    """What a comment says and its tools, without its replies: the part that changes. `oob` finds its own place."""
    mine = _gap(row, powers(actor, here, row.author_id))
    key = (row, here.slug, mine, ago(row.created_at), oob)
    return kept("circles/_comment_said.html", key, comment=row, slug=here.slug, powers=mine, oob=oob)


def _comment(here: Room, row: CommentRow, replies: list[CommentRow], known: dict[int | None, Powers]) -> Markup:
    answered = tuple(_comment(here, reply, [], known) for reply in replies)
    mine = _gap(row, known[row.author_id])
    hidden = max(0, row.reply_count - len(answered))
    first = replies[0].id if replies else 0
    key = (row, here.slug, mine, ago(row.created_at), answered, hidden, first)
    return kept(
        "circles/_comment.html", key, comment=row, slug=here.slug, powers=mine, replies=answered, hidden=hidden,
        first=first,
    )  # fmt: skip


def _gap(row: CommentRow, mine: Powers) -> Powers:
    """Nothing can be done with a comment that was deleted, except answering those who answered it."""
    return mine if row.deleted_at is None else Powers(mine.takes_part, edits=False, deletes=False)
