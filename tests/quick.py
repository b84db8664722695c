"""Where the data of tests lies."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

IN_MEMORY = Path("/dev/shm")
ENOUGH_BYTES = 1 << 30
PREFIX = "quanzi-test-run-"


@contextmanager
def quick_folder(otherwise: Path) -> Iterator[Path]:
    """A folder in memory, where nobody waits for a disk; `otherwise` where there is no room for one."""
    made = _made()
    if made is None:
        yield otherwise
        return
    folder, lock = made
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _made() -> tuple[Path, int] | None:
    if not os.access(IN_MEMORY, os.W_OK):
        return None
    _clear_away()
    for _ in range(10):
        if shutil.disk_usage(IN_MEMORY).free < ENOUGH_BYTES:
            return None
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=IN_MEMORY))
        with suppress(OSError):  # a run that begins at the same moment has taken it for one that was left behind
            lock = _locked(folder)
            if folder.exists():
                return folder, lock
            os.close(lock)
    return None


def _locked(folder: Path) -> int:
    """A descriptor that says, as long as this process lives, that the folder is in use. Raises OSError when another
    one says so."""
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise
    return lock


def _clear_away() -> None:
    """What runs left behind that were killed, and memory keeps."""
    for folder in IN_MEMORY.glob(f"{PREFIX}*"):
        with suppress(OSError):  # it is in use, or somebody else's
            lock = _locked(folder)
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)
