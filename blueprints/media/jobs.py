"""Keeps files and rows in step: an upload that was never used, a post that is gone, a crash between the two."""

from collections.abc import Callable
from pathlib import Path

from core import clock, files, media, video
from core.config import current
from core.jobs import Running, job
from core.policy import model_of
from models import Attachment, Picture, Video

SPARED_MS = clock.DAY
BATCH = 500

Table = type[Picture] | type[Attachment] | type[Video]
_DELETES: dict[Table, Callable[[Path, str], None]] = {
    Picture: media.delete_picture, Attachment: files.delete_file, Video: video.delete_video,
}  # fmt: skip


@job("media.sweep", every_seconds=24 * 3600)
def sweep(running: Running) -> None:
    """Rows first, so that their files go with them; then files that no row knows."""
    data = current().data
    drop_orphan_rows(data / "media")
    drop_orphan_files(data / "media")
    running.progress(50)
    drop_orphan_rows(data / "files", Attachment)
    drop_orphan_files(data / "files", Attachment)
    drop_orphan_rows(data / "videos", Video)
    drop_orphan_files(data / "videos", Video)


def drop_orphan_rows(folder: Path, table: Table = Picture) -> int:
    """Pictures or files that belong to nothing, or to something that is no longer there; returns how many."""
    dropped, last = 0, 0
    while rows := list(
        table.select(table.id, table.key, table.subject_kind, table.subject_id)
        .where(table.id > last, table.created_at < clock.now() - SPARED_MS)
        .order_by(table.id)
        .limit(BATCH)
    ):
        last = rows[-1].id
        orphans = [row for row in rows if row.subject_id is None]
        for kind in {row.subject_kind for row in rows if row.subject_id is not None}:
            of_kind = [row for row in rows if row.subject_kind == kind and row.subject_id is not None]
            there = _there(kind, {row.subject_id for row in of_kind})
            orphans += [row for row in of_kind if row.subject_id not in there]
        dropped += sum(_drop(folder, table, row) for row in orphans)
    return dropped


def _drop(folder: Path, table: Table, row: Picture | Attachment | Video) -> int:
    """Unless somebody has just given it a place."""
    subject = table.subject_id.is_null() if row.subject_id is None else table.subject_id == row.subject_id
    if not table.delete().where(table.id == row.id, subject).execute():
        return 0
    _DELETES[table](folder, row.key)
    return 1


def _there(kind: str, ids: set[int]) -> set[int]:
    """A kind that no blueprint declares may come back with it: its pictures stay."""
    model = model_of(kind)
    if model is None:
        return ids
    key = model._meta.primary_key
    return {row[0] for row in model.select(key).where(key.in_(ids)).tuples()}


def drop_orphan_files(folder: Path, table: Table = Picture) -> int:
    """What lies on disk, older than a day, and has no row; returns how many."""
    dropped = 0
    before = (clock.now() - SPARED_MS) / 1000
    for part in sorted(path for path in folder.iterdir() if path.is_dir()):
        old = [file for file in part.iterdir() if file.is_file() and file.stat().st_mtime < before]
        keys = table.select(table.key).where(table.key >= part.name, table.key < f"{part.name}g")
        known = {key for (key,) in keys.tuples()} if old else set()
        for file in old:
            if file.name.partition("-")[0] not in known:
                file.unlink(missing_ok=True)
                dropped += 1
    return dropped
