"""Files of posts: documents that can only be downloaded."""

from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from blueprints.circles.reading import PostRow
from core import clock
from core.config import current
from core.db import after_commit
from core.files import StoredFile, delete_file
from core.policy import Actor
from models import Attachment


class FileRow(NamedTuple):
    """`size` in bytes; `kind` is the ending of its name."""

    key: str
    name: str
    kind: str
    size: int


@dataclass(frozen=True)
class NewFile:
    """A stored file (core/files.py). `digest` is of its content: the same one sent again is the same."""

    stored: StoredFile
    digest: str = ""


def folder() -> Path:
    return current().data / "files"


def of_posts(rows: list[PostRow]) -> dict[int, tuple[FileRow, ...]]:
    """The files of posts that have passed the gate, in their order."""
    ids = [row.id for row in rows if row.file_count]
    if not ids:
        return {}
    found: dict[int, list[FileRow]] = defaultdict(list)
    query = (
        Attachment.select(Attachment.subject_id, Attachment.key, Attachment.name, Attachment.kind, Attachment.size)
        .where(Attachment.subject_kind == "post", Attachment.subject_id.in_(ids))
        .order_by(Attachment.subject_id, Attachment.position)
    )
    for post, *file in query.tuples():
        found[post].append(FileRow(*file))
    return {post: tuple(files) for post, files in found.items()}


def attach(actor: Actor, kind: str, subject: int, new: list[NewFile]) -> None:
    """Inside the transaction that makes what they belong to."""
    now = clock.now()
    for position, file in enumerate(new):
        stored = file.stored
        Attachment.create(
            key=stored.key, uploader=actor.member_id, subject_kind=kind, subject_id=subject, position=position,
            name=stored.name, kind=stored.kind, size=stored.size, created_at=now,
        )  # fmt: skip


def discard(new: list[NewFile]) -> None:
    """Stored for something that was not made."""
    for file in new:
        delete_file(folder(), file.stored.key)


def drop(kind: str, ids: list[int]) -> None:
    """All files of these things go; inside a transaction, what lies on disk after it."""
    mine = (Attachment.subject_kind == kind) & Attachment.subject_id.in_(ids)
    for (key,) in list(Attachment.select(Attachment.key).where(mine).tuples()):
        after_commit(partial(delete_file, folder(), key))
    Attachment.delete().where(mine).execute()


def of_member(member: int) -> tuple[list[dict[str, object]], list[str]]:
    """What a member sent, for their own copy: rows, and where each goes within it."""
    columns = (Attachment.key, Attachment.name, Attachment.size, Attachment.subject_kind, Attachment.subject_id)
    rows = list(
        Attachment.select(*columns).where(Attachment.uploader == member).order_by(Attachment.id).dicts()
    )
    return rows, [f"files/{row['key']}/{row['name']}" for row in rows]


def forget_uploader(member: int) -> None:
    Attachment.update(uploader=None).where(Attachment.uploader == member).execute()
