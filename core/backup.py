"""A copy of the whole site in one file, made while it runs, and the way back into an empty data folder.

In it: the database, the pictures, the files and the films. Not in it: secrets.json, sessions, one-time links and counts
of rates; so the file opens no door, and whoever restores it signs in anew. Times are milliseconds since 1970 UTC.
"""

import json
import os
import re
import sqlite3
import tarfile
import tempfile
from contextlib import closing
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path

from core import clock
from core.config import VERSION, Config, own_file

DATABASE = "quanzi.sqlite3"
MANIFEST = "manifest.json"
FORMAT = 1
LEFT_OUT = ("session", "one_time_link", "rate_count", "worker_beat")
MEMBERS = re.compile(
    rf"{DATABASE}|{MANIFEST}|media/[0-9a-f]{{2}}/[0-9a-f]{{32}}-[sml]\.webp"
    r"|(?:files|videos)/[0-9a-f]{2}/[0-9a-f]{32}"
)
FOLDERS = {"media": "??/*.webp", "files": "??/*", "videos": "??/*"}
"""Films that are still being sent are not taken along: their senders begin anew."""


class BackupProblem(Exception):
    """Why there is no backup, or nothing was restored; the message is one line with the cure."""


@dataclass(frozen=True)
class Manifest:
    format: int
    version: str
    made_at: int
    pictures: int
    files: int = 0
    videos: int = 0


def make(target: Path, config: Config) -> Manifest:
    """Write the backup to `target`, compressed where its name ends in .gz. Raises BackupProblem, OSError."""
    if config.database_url:
        raise BackupProblem("The database has its own server: back it up with pg_dump, and copy its files.")
    if target.exists():
        raise BackupProblem(f"{target} is there already; choose another name.")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        copy = Path(folder, DATABASE)
        _copy_database(config.data / DATABASE, copy)
        whole = Path(folder, "whole")
        manifest = _pack(whole, copy, config.data, zipped=target.suffix == ".gz")
        os.replace(whole, target)
    return manifest


def _copy_database(source: Path, copy: Path) -> None:
    """VACUUM INTO sees one moment of the database and takes no deleted text along; writers go on meanwhile."""
    with closing(sqlite3.connect(source, timeout=30, isolation_level=None)) as running:
        running.execute("VACUUM INTO ?", (str(copy),))
    with closing(sqlite3.connect(copy, isolation_level=None)) as fresh:
        fresh.execute("PRAGMA secure_delete = on")
        for table in LEFT_OUT:
            fresh.execute(f"DELETE FROM {table}")  # noqa: S608 - names from the tuple above


def _pack(whole: Path, copy: Path, data: Path, *, zipped: bool) -> Manifest:
    descriptor = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz" if zipped else "w") as tar:
            tar.add(copy, DATABASE, filter=_plain)
            packed = [_add_folder(tar, data, folder) for folder in FOLDERS]
            manifest = Manifest(FORMAT, VERSION, clock.now(), *packed)
            _add_text(tar, MANIFEST, json.dumps(asdict(manifest)))
        file.flush()
        os.fsync(file.fileno())
    return manifest


def _add_folder(tar: tarfile.TarFile, data: Path, folder: str) -> int:
    """How many there were; a name that no restoring would take is none of ours."""
    packed = 0
    for path in sorted((data / folder).glob(FOLDERS[folder])):
        name = str(path.relative_to(data))
        if not MEMBERS.fullmatch(name):
            continue
        try:
            tar.add(path, name, filter=_plain)
            packed += 1
        except FileNotFoundError:
            continue  # deleted since; the restored site shows a gap at most until its row goes
    return packed


def _plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
    """Nothing of the machine: no user names, no modes."""
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mode = 0o600
    return info


def _add_text(tar: tarfile.TarFile, name: str, text: str) -> None:
    info = _plain(tarfile.TarInfo(name))
    info.size = len(text.encode())
    tar.addfile(info, BytesIO(text.encode()))


def restore(source: Path, config: Config) -> Manifest:
    """Unpack a backup into a data folder that holds no database and no pictures yet. Raises BackupProblem, OSError."""
    _check_empty(config)
    with tempfile.TemporaryDirectory(dir=config.data, prefix=".restore-") as folder:
        manifest = _unpack(source, Path(folder))
        _check_database(Path(folder, DATABASE))
        for name in FOLDERS:
            (config.data / name).mkdir(mode=0o700, exist_ok=True)
            for part in sorted(Path(folder, name).glob("??")):
                os.replace(part, config.data / name / part.name)
        os.replace(Path(folder, DATABASE), config.data / DATABASE)
    return manifest


def _check_empty(config: Config) -> None:
    if config.database_url:
        raise BackupProblem("The database has its own server: restore it with pg_restore, and copy its files.")
    database = config.data / DATABASE
    if (database.exists() and database.stat().st_size) or any(
        path for folder in FOLDERS for path in (config.data / folder).glob("*")
    ):
        raise BackupProblem(f"{config.data} is not empty; restore into a new data folder (QUANZI_DATA).")
    for leftover in config.data.glob(f"{DATABASE}*"):
        leftover.unlink()


def _unpack(source: Path, folder: Path) -> Manifest:
    """Only names that a backup has, only plain files: the file may come from anywhere."""
    try:
        with tarfile.open(source) as tar:
            for info in tar:
                if not info.isfile() or not MEMBERS.fullmatch(info.name):
                    raise BackupProblem(f"{source} holds {info.name!r}, which no backup has; nothing was restored.")
                target = folder / info.name
                target.parent.mkdir(parents=True, exist_ok=True)
                content = tar.extractfile(info)
                if content is not None:
                    with open(own_file(target), "wb") as file:
                        while piece := content.read(1 << 20):
                            file.write(piece)
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text()))
    except (tarfile.TarError, EOFError, OSError, ValueError, TypeError) as error:
        raise BackupProblem(f"{source} is no whole backup ({error}); nothing was restored.") from None
    if manifest.format != FORMAT:
        raise BackupProblem(f"{source} was made by another version ({manifest.version}); restore it with that one.")
    return manifest


def _check_database(copy: Path) -> None:
    try:
        with closing(sqlite3.connect(copy)) as connection:
            answer = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        answer = str(error)
    if answer != "ok":
        raise BackupProblem(f"The database in the backup is damaged ({answer}); nothing was restored.")
