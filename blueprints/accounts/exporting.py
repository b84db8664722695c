"""A copy of everything that a member gave the site: one zip with a JSON file a blueprint, and the pictures."""

import json
import os
import secrets
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from core import audit, clock, config, files, jobs, media, personal, video
from core.db import after_commit, atomic
from core.errors import Gone
from core.limits import LIMITS
from core.once import once
from core.policy import Actor, require
from models import Export, Job


@dataclass(frozen=True)
class ExportState:
    """`progress` is a percentage. Ready when `ready_at` is set, given up when `failed` is."""

    id: int
    asked_at: int
    ready_at: int | None
    expires_at: int | None
    size: int
    progress: int
    failed: bool

    @property
    def is_running(self) -> bool:
        return self.ready_at is None and not self.failed

    @property
    def stamp(self) -> int:
        """Changes with everything that a page shows of it."""
        return self.id * 1000 + self.progress + (200 if self.ready_at else 0) + (400 if self.failed else 0)


def folder() -> Path:
    return config.current().data / "exports"


def ask_export(actor: Actor, key: str = "") -> int:
    """Have a copy made; while one is being made that one is returned. Returns the id of the export."""

    def make() -> int:
        require(actor, "account:export")
        running = latest(actor)
        if running is not None and running.is_running:
            return running.id
        _drop_exports(actor.member_id or 0)
        row = Export.create(member=actor.member_id, asked_at=clock.now())
        job = jobs.later("accounts.export", {"export_id": row.id})
        Export.update(job=job).where(Export.id == row.id).execute()
        audit.record(actor, "account.export", "member", actor.member_id)
        return int(row.id)

    export_id, _ = once(f"member:{actor.member_id}", key, "account.export", {}, make)
    return export_id


def latest(actor: Actor) -> ExportState | None:
    """The actor's last export, as long as it can be downloaded or is on its way."""
    require(actor, "account:export")
    row = (
        Export.select(Export, Job.progress, Job.failed_at, Job.id)
        .join(Job, "LEFT JOIN", on=(Export.job == Job.id))
        .where(Export.member == actor.member_id)
        .order_by(Export.id.desc())
        .objects()
        .first()
    )
    if row is None or (row.expires_at is not None and row.expires_at <= clock.now()):
        return None
    failed = row.ready_at is None and (row.failed_at is not None or row.progress is None)
    return ExportState(
        row.id, row.asked_at, row.ready_at, row.expires_at, row.size or 0, row.progress or 0, failed
    )  # fmt: skip


def download(actor: Actor, export_id: int) -> Path:
    """Where the actor's zip lies. Raises Gone when there is none, or no longer."""
    require(actor, "account:export")
    row = Export.get_or_none(Export.id == export_id, Export.member == actor.member_id)
    if row is None or not row.file_name or row.expires_at is None or row.expires_at <= clock.now():
        raise Gone
    path = folder() / row.file_name
    if not path.is_file():
        raise Gone
    return path


def build(export_id: int, readme: str, progress: Callable[[int], None]) -> None:
    """Write the zip; called by the job, and from the beginning again after a kill. Slow: outside a transaction."""
    row = Export.get_or_none(Export.id == export_id)
    if row is None or row.ready_at is not None:
        return
    part = folder() / f"{export_id}.part"
    _write(part, row.member_id, readme, progress)
    name = f"{export_id}-{secrets.token_hex(16)}.zip"
    os.replace(part, folder() / name)
    now = clock.now()
    with atomic():
        done = (
            Export.update(
                file_name=name,
                size=(folder() / name).stat().st_size,
                ready_at=now,
                expires_at=now + LIMITS["export_kept_seconds"] * 1000,
            )
            .where(Export.id == export_id)
            .execute()
        )
    if not done:  # its member left while it was being made
        (folder() / name).unlink(missing_ok=True)


def _write(part: Path, member_id: int, readme: str, progress: Callable[[int], None]) -> None:
    pictures: dict[str, None] = {}
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(descriptor, 0o600)
    with os.fdopen(descriptor, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", readme)
        count = len(personal.holdings())
        for place, (name, content, keys) in enumerate(personal.copies(member_id), 1):
            if content:
                archive.writestr(f"{name}.json", json.dumps(content, ensure_ascii=False, indent=2))
            pictures.update(dict.fromkeys(keys))
            progress(40 * place // count)
        for place, key in enumerate(pictures, 1):
            _add(archive, key)
            if place % 10 == 0 or place == len(pictures):
                progress(40 + 55 * place // len(pictures))


def _add(archive: zipfile.ZipFile, key: str) -> None:
    """A picture by its key, a file as `files/<key>/<name>`, or a film as `videos/<key>/<name>`."""
    data = config.current().data
    try:
        if key.startswith("files/"):
            _, file, name = key.split("/", 2)
            archive.write(files.path_of(data / "files", file), f"files/{file}/{name}")
            return
        if key.startswith("videos/"):
            _, film, name = key.split("/", 2)
            archive.write(video.path_of(film), f"videos/{name}", compress_type=zipfile.ZIP_STORED)
            return
        path = media.path_of(data / "media", key, "l")
    except Gone:  # deleted since the list was made
        return
    archive.write(path, f"pictures/{key}.webp", compress_type=zipfile.ZIP_STORED)


def _drop_exports(member_id: int) -> None:
    """Delete a member's exports, their files once that is sure. Inside a transaction."""
    for (name,) in Export.select(Export.file_name).where(Export.member == member_id).tuples():
        if name:
            after_commit(partial((folder() / name).unlink, missing_ok=True))
    Export.delete().where(Export.member == member_id).execute()


def drop_expired() -> int:
    """Delete what is past its time, and files that no row knows of: those of a worker that was killed."""
    now = clock.now()
    with atomic():
        gone = int(Export.delete().where(Export.expires_at <= now).execute())
    known = {name for (name,) in Export.select(Export.file_name).tuples()}
    for path in folder().iterdir():
        old = path.stat().st_mtime * 1000 < now - clock.DAY
        if path.name not in known and (old or path.suffix == ".zip"):
            path.unlink(missing_ok=True)
    return gone


def erase(member_id: int) -> None:
    """Inside a transaction."""
    _drop_exports(member_id)


def member_of(export_id: int) -> int | None:
    row = Export.get_or_none(Export.id == export_id)
    return row.member_id if row else None
