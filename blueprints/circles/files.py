"""Files of posts: documents that can only be downloaded."""

from collections import defaultdict
from typing import NamedTuple

from blueprints.circles.reading import PostRow
from models import Attachment


class FileRow(NamedTuple):
    """`size` in bytes; `kind` is the ending of its name."""

    key: str
    name: str
    kind: str
    size: int


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
