"""The data folder: one run.py at a time, and a snapshot of the database before it is migrated."""

import fcntl
import json
import os
import sqlite3
import time
from pathlib import Path

from core import clock
from core.config import Config, ensure_data_folder
from launcher.console import Problem, Step, say, step

DATABASE = "quanzi.sqlite3"
LOCK = "run.lock"
MARKER = "migrating.json"
SNAPSHOTS_KEPT = 3
PAGES_AT_A_TIME = 4096
ORPHANS_LEAVE_WITHIN_S = 5.0


def open_data_folder(data: Path) -> int:
    """Make the folder where missing and claim it; returns the lock's file descriptor, held while it is open.

    Children keep the descriptor open too: the folder is free when the last of them is gone, even after run.py
    was killed. Raises Problem when the folder cannot be written or another run.py has it."""
    try:
        ensure_data_folder(data)
        lock = os.open(data / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except ValueError:
        raise Problem(f"{data / 'secrets.json'} cannot be read. Put it back from a backup.") from None
    except OSError as error:
        raise Problem(_not_writable(data, error)) from None
    _claim(lock, data)
    database = data / DATABASE
    if database.exists() and not os.access(database, os.R_OK | os.W_OK):
        raise Problem(f"{database} cannot be written. Give this user the right to write to it.")
    return lock


def write_holder(lock: int, address: str) -> None:
    """Leave a note in the lock file for whoever finds the folder taken."""
    note = json.dumps({"process": os.getpid(), "address": address}).encode()
    os.ftruncate(lock, 0)
    os.pwrite(lock, note, 0)


def _not_writable(data: Path, error: OSError) -> str:
    reason = error.strerror or str(error)
    return (
        f"The data folder {data} cannot be written ({reason}). "
        "Give this user the right to write there, or choose another folder with --data."
    )


def _claim(lock: int, data: Path) -> None:
    deadline = clock.monotonic() + ORPHANS_LEAVE_WITHIN_S
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _read_holder(lock)
            if _is_alive(holder["process"]) or clock.monotonic() > deadline:
                raise Problem(
                    f"The data folder {data} is in use by another Quanzi (process {holder['process']}"
                    f"{holder['address']}). Stop that one, or choose another folder with --data."
                ) from None
            time.sleep(0.1)
        else:
            write_holder(lock, "")
            return


def _read_holder(lock: int) -> dict[str, str]:
    try:
        note = json.loads(os.pread(lock, 1000, 0))
        address = f" at {note['address']}" if note["address"] else ""
        return {"process": str(note["process"]), "address": address}
    except (ValueError, KeyError, TypeError):
        return {"process": "unknown", "address": ""}


def _is_alive(process: str) -> bool:
    if not process.isdecimal():
        return True
    if int(process) == os.getpid():  # in a container every start is process 1
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def has_no_database(config: Config) -> bool:
    database = config.data / DATABASE
    return not config.database_url and (not database.exists() or database.stat().st_size == 0)


def snapshot_before_migration(config: Config) -> None:
    """Copy the SQLite database into snapshots/ and note it, so that a failed or cut-off migration can be
    taken back. Raises Problem."""
    if config.database_url:
        say("The database has its own server: no snapshot is made, keep a backup of yours at hand.")
        return
    database = config.data / DATABASE
    snapshot = config.data / "snapshots" / f"{_stamp()}-before-migration.sqlite3"
    with step("Making a snapshot of the database") as line:
        try:
            _copy(database, snapshot, line)
            _write_marker(config.data, snapshot)
        except (OSError, sqlite3.Error) as error:
            snapshot.unlink(missing_ok=True)
            raise Problem(
                f"No snapshot of the database could be made ({error}), so nothing was migrated. "
                f"Free about {database.stat().st_size // 1_000_000 + 1} MB on that disk and start again."
            ) from None


def migration_is_done(data: Path) -> None:
    """Forget the way back and delete all but the newest snapshots."""
    (data / MARKER).unlink(missing_ok=True)
    for kind in ("before-migration", "set-aside"):
        for old in sorted((data / "snapshots").glob(f"*-{kind}.sqlite3"))[:-SNAPSHOTS_KEPT]:
            old.unlink()


def unfinished_migration(data: Path) -> Path | None:
    """The snapshot to go back to, when a migration failed or was cut off and has not been taken back yet."""
    try:
        name = json.loads((data / MARKER).read_text())["snapshot"]
    except (OSError, ValueError, KeyError):
        return None
    snapshot = data / "snapshots" / name
    return snapshot if snapshot.is_file() else None


def go_back(data: Path, snapshot: Path, *, set_aside: bool) -> None:
    """Put the snapshot in the place of the database; `set_aside` keeps a copy of what was there, if readable.

    The marker goes last: cut off at any point, the next start does it once more. Raises Problem."""
    database = data / DATABASE
    fresh = database.with_suffix(".returning")
    with step(f"Going back to the snapshot {snapshot.name}") as line:
        try:
            if set_aside:
                _set_aside(database, line)
            _copy(snapshot, fresh, line)
            # A write-ahead log that belongs to the other database would be replayed into this one.
            for side in ("-wal", "-shm"):
                database.with_name(database.name + side).unlink(missing_ok=True)
            os.replace(fresh, database)
            (data / MARKER).unlink(missing_ok=True)
        except (OSError, sqlite3.Error) as error:
            raise Problem(
                f"The snapshot {snapshot} could not be put back ({error}). Nothing is lost: make room, "
                "or give this user the right to write in the data folder, and start again."
            ) from None


def _set_aside(database: Path, line: Step) -> None:
    try:
        _copy(database, database.parent / "snapshots" / f"{_stamp()}-set-aside.sqlite3", line)
    except sqlite3.Error:
        line.outcome = "done; what was there could not be read and was not kept"


def _write_marker(data: Path, snapshot: Path) -> None:
    with open(data / MARKER, "w") as file:
        json.dump({"snapshot": snapshot.name}, file)
        file.flush()
        os.fsync(file.fileno())


def _copy(source: Path, target: Path, line: Step) -> None:
    """A consistent copy, write-ahead log included; the target appears only when it is whole."""
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    from_database, to_database = sqlite3.connect(source), sqlite3.connect(part)
    try:
        from_database.backup(to_database, pages=PAGES_AT_A_TIME, progress=lambda *_: line.tick(), sleep=0)
        to_database.close()
        os.replace(part, target)
    finally:
        to_database.close()
        from_database.close()
        part.unlink(missing_ok=True)


def _stamp() -> str:
    return time.strftime("%Y%m%dT%H%M%S", time.gmtime(clock.now() / 1000))
