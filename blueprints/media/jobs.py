"""Keeps files and rows in step: an upload that was never used, a post that is gone, a crash between the two."""

from pathlib import Path

from core import clock, media
from core.config import current
from core.jobs import Running, job
from core.policy import model_of
from models import Picture

SPARED_MS = clock.DAY
BATCH = 500


@job("media.sweep", every_seconds=24 * 3600)
def sweep(running: Running) -> None:
    """Rows first, so that their files go with them; then files that no row knows."""
    folder = current().data / "media"
    drop_orphan_rows(folder)
    running.progress(50)
    drop_orphan_files(folder)


def drop_orphan_rows(folder: Path) -> int:
    """Pictures that belong to nothing, or to something that is no longer there; returns how many."""
    dropped, last = 0, 0
    while rows := list(
        Picture.select(Picture.id, Picture.key, Picture.subject_kind, Picture.subject_id)
        .where(Picture.id > last, Picture.created_at < clock.now() - SPARED_MS)
        .order_by(Picture.id)
        .limit(BATCH)
    ):
        last = rows[-1].id
        orphans = [row for row in rows if row.subject_id is None]
        for kind in {row.subject_kind for row in rows if row.subject_id is not None}:
            of_kind = [row for row in rows if row.subject_kind == kind and row.subject_id is not None]
            there = _there(kind, {row.subject_id for row in of_kind})
            orphans += [row for row in of_kind if row.subject_id not in there]
        dropped += sum(_drop(folder, row) for row in orphans)
    return dropped


def _drop(folder: Path, row: Picture) -> int:
    """Unless somebody has just given it a place."""
    subject = Picture.subject_id.is_null() if row.subject_id is None else Picture.subject_id == row.subject_id
    if not Picture.delete().where(Picture.id == row.id, subject).execute():
        return 0
    media.delete_picture(folder, row.key)
    return 1


def _there(kind: str, ids: set[int]) -> set[int]:
    """A kind that no blueprint declares may come back with it: its pictures stay."""
    model = model_of(kind)
    if model is None:
        return ids
    key = model._meta.primary_key
    return {row[0] for row in model.select(key).where(key.in_(ids)).tuples()}


def drop_orphan_files(folder: Path) -> int:
    """Files older than a day whose picture has no row; returns how many."""
    dropped = 0
    before = (clock.now() - SPARED_MS) / 1000
    for part in sorted(path for path in folder.iterdir() if path.is_dir()):
        old = [file for file in part.iterdir() if file.is_file() and file.stat().st_mtime < before]
        keys = Picture.select(Picture.key).where(Picture.key >= part.name, Picture.key < f"{part.name}g")
        known = {key for (key,) in keys.tuples()} if old else set()
        for file in old:
            if file.name.partition("-")[0] not in known:
                file.unlink(missing_ok=True)
                dropped += 1
    return dropped
