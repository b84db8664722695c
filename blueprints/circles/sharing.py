"""Posts that were shared into another circle: the source stays where it is and is read through the gate."""

from typing import NamedTuple

from peewee import JOIN

from blueprints.circles.reading import PostRow
from core.policy import Actor, visible
from models import Circle, Member, Post


class SharedRow(NamedTuple):
    """The source as this reader sees it; nothing but `is_there` False where they may not."""

    is_there: bool
    id: int = 0
    circle: str = ""
    slug: str = ""
    author: str | None = None
    title: str = ""
    excerpt: str = ""
    created_at: int = 0


def of_posts(actor: Actor, rows: list[PostRow]) -> dict[int, SharedRow]:
    ids = {row.shared_id for row in rows if row.shared_id}
    if not ids:
        return {}
    query = (
        Post.select(Post.id, Circle.name, Circle.slug, Member.display_name, Post.title, Post.excerpt, Post.created_at)
        .join(Circle)
        .switch(Post)
        .join(Member, JOIN.LEFT_OUTER, on=Post.author == Member.id)
        .where(Post.id.in_(ids))
    )
    found = {row[0]: SharedRow(True, *row) for row in visible(query, actor).tuples()}
    return {row.id: found.get(row.shared_id, SharedRow(False)) for row in rows if row.shared_id}
