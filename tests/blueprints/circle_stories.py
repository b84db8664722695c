"""What the stories about circles share: forms as the pages send them, pictures made on the fly, counted queries."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from blueprints.circles import commenting, posting
from blueprints.circles.checks import counters
from core.config import current
from core.policy import Actor
from models import Comment, Post, database

FOUNDING = {
    "name": "山野徒步", "slug": "hikes", "purpose": "周末走山路", "category": "travel", "visibility": "public",
    "join_policy": "open",
}  # fmt: skip
TEXTAREA = re.compile(r"<textarea[^>]*>\n?(.*?)</textarea>", re.DOTALL)


def write(actor: Actor, circle: int, body: str = "一句话", title: str = "") -> Post:
    return posting.write_post(actor, circle, posting.PostDraft(title, body))


def say(actor: Actor, post: Post, body: str = "一句话", parent: int | None = None) -> Comment:
    return commenting.write_comment(actor, post.circle_id, post.id, body, parent)


def typed(page: str) -> list[str]:
    """What stands in the text fields of a page."""
    return [text.strip() for text in TEXTAREA.findall(page)]


def photo(kind: str = "PNG", size: tuple[int, int] = (64, 48), colour: str = "#3a6", **options: Any) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, kind, **options)
    return out.getvalue()


def upload(content: bytes, name: str = "photo.png") -> tuple[BytesIO, str]:
    return BytesIO(content), name


def stored_files() -> list[Path]:
    return [path for path in (current().data / "media").rglob("*") if path.is_file()]


@contextmanager
def counted() -> Iterator[list[str]]:
    """The SQL of every query that runs inside."""
    seen: list[str] = []

    def note(query: Any) -> None:
        seen.append(query.sql)

    database.obj.query_hooks.append(note)
    try:
        yield seen
    finally:
        database.obj.query_hooks.remove(note)


def wrong_counters() -> list[str]:
    """What `flask doctor` would complain about."""
    return list(counters())
