"""Bullet comments as open pages get them, and as lists show them: one row for all who watch, with nothing of a viewer
in it."""

from markupsafe import Markup

from blueprints.live import bullets
from blueprints.live.bullets import Bullet
from core.fragments import region


def comment_row(row: Bullet) -> Markup:
    return region("live/_comment.html", row=row)


def comment_rows(event: int, refs: list[int]) -> dict[int, tuple[str, int | None]]:
    """HTML and author of those that show; the others are left out."""
    return {row.id: (comment_row(row), row.author) for row in bullets.shown(event, refs)}


def gone_ids(refs: list[int]) -> dict[int, str]:
    """Ids of elements that go with each comment."""
    return {ref: f"lc-{ref}" for ref in refs}


def gone_ids_of(event: int, members: list[int]) -> dict[int, str]:
    """Ids of elements that go with all that a member has said."""
    return {member: " ".join(f"lc-{id_}" for id_ in bullets.hidden_of(event, member)) for member in members}
