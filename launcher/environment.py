"""python3 run.py check-env: what this machine has, and which Debian package brings what it lacks."""

import importlib.util
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from launcher.console import say


@dataclass(frozen=True)
class Need:
    title: str
    package: str
    purpose: str
    found: Callable[[], str]
    """Returns what was found, or an empty string."""
    required: bool = False


def _python() -> str:
    return sys.version.split()[0]


def _venv() -> str:
    return "yes" if all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")) else ""


def _sqlite() -> str:
    memory = sqlite3.connect(":memory:")
    try:
        memory.execute("CREATE VIRTUAL TABLE words USING fts5(word)")
    except sqlite3.OperationalError:
        return ""
    finally:
        memory.close()
    return sqlite3.sqlite_version


def _cjk_fonts() -> str:
    fonts = shutil.which("fc-list")
    if fonts:
        command = [fonts, ":lang=zh", "family"]
        listed = subprocess.run(command, capture_output=True, text=True, check=False)
        return listed.stdout.split("\n")[0]
    folders = (Path("/usr/share/fonts"), Path("/System/Library/Fonts"))
    return next((str(font) for folder in folders for font in folder.rglob("*CJK*")), "")


def _jar() -> str:
    path = os.environ.get("QUANZI_VNU_JAR", "")
    return path if path and Path(path).is_file() else ""


def _on_path(*programs: str) -> Callable[[], str]:
    return lambda: next((path for path in map(shutil.which, programs) if path), "")


NEEDS = (
    Need("Python 3.11 or newer", "python3", "everything", _python, required=True),
    Need("Python's venv module", "python3-venv", "everything", _venv, required=True),
    Need("SQLite with FTS5", "libsqlite3-0", "everything", _sqlite, required=True),
    Need("Chromium", "chromium", "browser tests", _on_path("chromium", "chromium-browser")),
    Need("Chinese fonts", "fonts-noto-cjk", "browser tests and the pictures in the README", _cjk_fonts),
    Need("Java", "default-jre-headless", "the HTML validator in the tests", _on_path("java")),
    Need("vnu.jar, named by QUANZI_VNU_JAR", "", "the HTML validator in the tests; .ci/run fetches it", _jar),
    Need("ffmpeg", "ffmpeg", "packing and poster of uploaded films, and their tests", _on_path("ffmpeg")),
)


def report() -> int:
    """Print the list; returns 1 when something is missing that the site needs to run, else 0."""
    missing = []
    for need in NEEDS:
        found = need.found()
        if not found:
            missing.append(need)
        say(f"{'has  ' if found else 'lacks'}  {need.title}: {found or f'needed for {need.purpose}'}")
    packages = " ".join(need.package for need in missing if need.package)
    if packages:
        say(f"On Debian and Ubuntu: apt install {packages}")
    elif not missing:
        say("Nothing is missing.")
    return 1 if any(need.required for need in missing) else 0
