"""What money was about, as far as it was about posts and comments in circles."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from blueprints.circles import queries, reading
from blueprints.circles.rows_web import title_of
from core.blueprint import fills
from core.fragments import region
from core.policy import Actor, visible_ids
from models import Comment

MOST_CHARS = 30
"""Of a post without a title."""


@fills("wallet.cause")
def causes(actor: Actor, things: list[Any]) -> dict[int, str]:
    """For what the actor may still see."""
    wanted = {posting: (kind, number) for posting, _kind, kind, number in things if kind in ("post", "comment")}
    if not wanted:
        return {}
    homes = _posts_of_comments(actor, [number for kind, number in wanted.values() if kind == "comment"])
    posts = {number for kind, number in wanted.values() if kind == "post"} | set(homes.values())
    rows = {row.id: row for row in reading.some_posts(actor, sorted(posts))} if posts else {}
    slugs = {card.id: card.slug for card in queries.some(actor, sorted({row.circle_id for row in rows.values()}))}
    shown: dict[int, str] = {}
    for posting, (kind, number) in wanted.items():
        row = rows.get(number if kind == "post" else homes.get(number, 0))
        if row is not None and row.circle_id in slugs:
            comment = number if kind == "comment" else None
            shown[posting] = _cause(slugs[row.circle_id], row, comment)
    return shown


def _posts_of_comments(actor: Actor, ids: list[int]) -> dict[int, int]:
    there = visible_ids("comment", ids, actor)
    query = Comment.select(Comment.id, Comment.post).where(Comment.id.in_(sorted(there)), Comment.deleted_at.is_null())
    return dict(query.tuples()) if there else {}


def _cause(slug: str, row: reading.PostRow, comment: int | None) -> str:
    title = row.title or title_of("", row.excerpt[:MOST_CHARS] + ("…" if len(row.excerpt) > MOST_CHARS else ""))
    if comment is None:
        url, words = url_for("circles.post", slug=slug, number=row.id), _("For the post “%(title)s”", title=title)
    else:
        anchor = f"comment-{comment}"
        url = url_for("circles.post", slug=slug, number=row.id, reply_to=comment, _anchor=anchor)
        words = _("For a comment beneath “%(title)s”", title=title)
    return region("circles/_cause.html", url=url, words=words)
