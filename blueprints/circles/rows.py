"""Posts and comments as their templates take them: a row, its pictures and what this reader may do with it.

Rendered rows are kept by what they show (core/fragments.py); a list of twenty is a few look-ups.
"""

from dataclasses import dataclass

from markupsafe import Markup

from blueprints.circles.reading import CommentRow, PictureRow, PostRow, pictures
from blueprints.circles.rooms import Room
from core import fragments
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


def shelf(actor: Actor, here: Room, row: PostRow, shown: list[PictureRow] | None = None) -> Shelf:
    return Shelf(row, here.slug, tuple(shown or ()), powers(actor, here, row.author_id))


def post_rows(actor: Actor, here: Room, rows: list[PostRow]) -> list[Markup]:
    """Each post of a list as HTML."""
    found = pictures(rows)
    of_author = {author: powers(actor, here, author) for author in {row.author_id for row in rows}}
    return [
        post_row(Shelf(row, here.slug, tuple(found.get(row.id, ())), of_author[row.author_id])) for row in rows
    ]


def post_row(shown: Shelf, *, whole: bool = False) -> Markup:
    key = (shown, whole, ago(shown.post.created_at))
    return fragments.kept("circles/_post.html", key, shown=shown, whole=whole)


def comment_row(
    actor: Actor, here: Room, row: CommentRow, replies: list[CommentRow] | None = None, *, template: str = "_comment"
) -> Markup:
    """One comment with the replies that are shown beneath it."""
    answered = [comment_row(actor, here, reply) for reply in replies or ()]
    mine = powers(actor, here, row.author_id)
    if row.deleted_at is not None:
        mine = Powers(mine.takes_part, edits=False, deletes=False)
    hidden = max(0, row.reply_count - len(answered)) if replies is not None else 0
    first = replies[0].id if replies else 0
    key = (row, here.slug, mine, ago(row.created_at), tuple(answered), hidden, first)
    return fragments.kept(
        f"circles/{template}.html", key, comment=row, slug=here.slug, powers=mine, replies=answered, hidden=hidden,
        first=first,
    )  # fmt: skip
