"""What a post said before it was changed, for everyone who may read it."""

from typing import NamedTuple

from blueprints.circles import reading
from blueprints.circles.differences import Part, difference
from blueprints.circles.queries import Page
from blueprints.circles.rooms import Room
from core.limits import LIMITS
from core.policy import Actor
from models import Post, PostRevision


class Version(NamedTuple):
    """One version and what became of it; times in ms since 1970. `of_pictures`: its words stayed as they were."""

    id: int
    title: list[Part]
    body: list[Part]
    html: str
    written_at: int
    replaced_at: int
    of_pictures: bool


_COLUMNS = (
    PostRevision.id, PostRevision.title, PostRevision.source, PostRevision.html, PostRevision.written_at,
    PostRevision.replaced_at,
)  # fmt: skip


def versions(actor: Actor, here: Room, number: int, before: int | None = None) -> Page:
    """The latest change first. Raises Gone."""
    reading.post(actor, here, number)
    size = LIMITS["page_versions"]
    query = PostRevision.select(*_COLUMNS).where(PostRevision.post == number, PostRevision.id < (before or 2**61))
    rows = list(query.order_by(PostRevision.id.desc()).limit(size + 1).tuples())
    title, source = _after(number, before)
    found = []
    for id_, old_title, old_source, html, written_at, replaced_at in rows[:size]:
        what = difference(old_title, title), difference(old_source, source)
        stayed = (old_title, old_source) == (title, source)
        found.append(Version(id_, *what, html, written_at, replaced_at, stayed))
        title, source = old_title, old_source
    return Page(found, found[-1].id if len(rows) > size else None)


def _after(number: int, before: int | None) -> tuple[str, str]:
    """Title and text of the version that followed the first one of a page."""
    later = PostRevision.select(PostRevision.title, PostRevision.source).where(
        PostRevision.post == number, PostRevision.id == before
    )
    now = Post.select(Post.title, Post.source).where(Post.id == number)
    found: tuple[str, str] = (later.tuples().first() if before else None) or now.tuples().first()
    return found
