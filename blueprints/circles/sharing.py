"""Posts that were shared into another circle: the source stays where it is and is read through the gate."""

from typing import NamedTuple

from peewee import JOIN

from blueprints.circles import queries
from blueprints.circles.reading import PostRow
from blueprints.circles.rooms import Room
from core import clock
from core.errors import Denied, Gone
from core.policy import Actor, visible
from models import Circle, Member, Post, Sanction


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
    circle_id: int = 0
    picture_key: str | None = None

    @property
    def hue(self) -> int:
        return self.circle_id * 7 % 12


def of_posts(actor: Actor, rows: list[PostRow]) -> dict[int, SharedRow]:
    ids = {row.shared_id for row in rows if row.shared_id}
    if not ids:
        return {}
    found = {row.id: row for row in _sources(actor, list(ids))}
    return {row.id: found.get(row.shared_id or 0, SharedRow(False)) for row in rows if row.shared_id}


def some(actor: Actor, ids: list[int]) -> list[SharedRow]:
    """Those of these posts that the actor may read."""
    return _sources(actor, ids) if ids else []


def _sources(actor: Actor, ids: list[int]) -> list[SharedRow]:
    query = (
        Post.select(
            Post.id, Circle.name, Circle.slug, Member.display_name, Post.title, Post.excerpt, Post.created_at,
            Circle.id, Circle.picture_key,
        )
        .join(Circle)
        .switch(Post)
        .join(Member, JOIN.LEFT_OUTER, on=Post.author == Member.id)
        .where(Post.id.in_(ids))
    )  # fmt: skip
    return [SharedRow(True, *row) for row in visible(query, actor).tuples()]


def source(actor: Actor, post: PostRow) -> tuple[SharedRow, str]:
    """What sharing this post shows to others, and the visibility of the circle it comes from: a post that was shared
    itself leads to its source. Raises Gone when the actor may not read that."""
    found = _sources(actor, [post.shared_id or post.id])
    if not found:
        raise Gone
    visibility: str = Circle.select(Circle.visibility).where(Circle.id == found[0].circle_id).scalar()
    return found[0], visibility


def checked(actor: Actor, target: Room, number: int | None) -> int | None:
    """The post that a new one in `target` shows as shared. Inside the transaction that writes it.

    Raises Gone when the actor may not read it, Denied when it would leave an invisible circle."""
    if number is None:
        return None
    again = Post.select(Post.shared).where(Post.id == number, Post.shared.is_null(False)).scalar()
    for id_ in {number, again or number}:
        if not _sources(actor, [id_]):
            raise Gone
    origin = again or number
    circle, visibility = (
        Post.select(Post.circle, Circle.visibility).join(Circle).where(Post.id == origin).tuples().first()
    )
    if visibility == "invisible" and circle != target.id:
        raise Denied("share_stays_inside")
    return int(origin)


def targets(actor: Actor, found: SharedRow, visibility: str) -> list[queries.CircleRow]:
    """The circles into which the actor may share this: where they may write, and only its own for what comes from an
    invisible one. Latest activity first."""
    me, now = actor.member_id or 0, clock.now()
    muted = Sanction.select(Sanction.circle).where(
        Sanction.member == me, Sanction.kind == "mute", Sanction.until_at.is_null() | (Sanction.until_at > now)
    )
    silent = {circle for (circle,) in muted.tuples()}
    mine = [row for row in queries.of_member(actor, me, 100) if row.role and row.id not in silent]
    return mine if visibility != "invisible" else [row for row in mine if row.id == found.circle_id]
