"""Where the data of tests lies."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

IN_MEMORY = Path("/dev/shm")
ENOUGH_BYTES = 1 << 30
PREFIX = "quanzi-tests-"
A_DAY_S = 24 * 3600


@contextmanager
def quick_folder(otherwise: Path) -> Iterator[Path]:
    """A folder in memory, where nobody waits for a disk; `otherwise` where there is no room for one."""
    if not os.access(IN_MEMORY, os.W_OK) or shutil.disk_usage(IN_MEMORY).free < ENOUGH_BYTES:
        yield otherwise
        return
    _clear_away()
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=IN_MEMORY, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _clear_away() -> None:
    """What runs left behind that were killed, and memory keeps: no run takes a day."""
    for folder in IN_MEMORY.glob(f"{PREFIX}*"):
        with suppress(FileNotFoundError):  # another run ends meanwhile
            if folder.stat().st_mtime < time.time() - A_DAY_S:
                shutil.rmtree(folder, ignore_errors=True)
