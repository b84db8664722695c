"""Starts run.py for tests, reads its console, and finds every process of the site, also orphans."""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.txt", "requirements-dev.txt")
PATIENCE = 300.0
"""Seconds after which something will not happen any more, also on a slow machine; no story is about so many."""
PARTS = ("run.py", "gunicorn.conf.py", "requirements.in", "requirements-dev.in", *LOCKS)
CORE = (
    "__init__.py", "config.py", "limits.py", "clock.py", "hub.py", "hub_channel.py", "hub_messages.py", "slow_body.py",
    "slow_reader.py", "web_worker.py",
)  # fmt: skip


def stand_in_tree(folder: Path) -> Path:
    """The real run.py with its launcher, around the stand-in app."""
    for name in PARTS:
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "launcher", folder / "launcher", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "core").mkdir()
    for name in CORE:
        shutil.copy(ROOT / "core" / name, folder / "core")
    shutil.copy(ROOT / "tests" / "stand_in_app.py", folder / "app.py")
    borrow_environment(folder)
    return folder


def borrow_environment(folder: Path) -> None:
    """A .venv that is the one of the running tests, with a stamp that says it is up to date."""
    venv = folder / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to(sys.executable)
    for name in ("lib", "lib64", "pyvenv.cfg"):
        if (Path(sys.prefix) / name).exists() and sys.prefix != sys.base_prefix:
            (venv / name).symlink_to(Path(sys.prefix) / name)
    stamp = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in LOCKS}
    stamp["python"] = os.path.realpath(sys.executable)
    (venv / "quanzi-lock.json").write_text(json.dumps(stamp))


def clean_environ(**more: str) -> dict[str, str]:
    ours = ("QUANZI_", "STAND_IN_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | more


def run(tree: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """A run of run.py that is expected to end by itself."""
    return subprocess.run(
        [sys.executable, "run.py", *arguments],
        cwd=tree,
        env=clean_environ(**environ),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def wait_for(what, seconds: float = PATIENCE):
    """The first true answer of `what`; fails when none comes in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := what():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"nothing came within {seconds} s")


class Launched:
    """A running run.py on a free port with its own data folder; a context that leaves no process behind."""

    def __init__(self, tree: Path, data: Path, *arguments: str, **environ: str) -> None:
        self.data = data
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "run.py", "--port", "0", "--data", str(data), *arguments],
            cwd=tree,
            env=clean_environ(**environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    def __enter__(self) -> "Launched":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)
        self._reader.join(5)
        assert self.process.stdout
        self.process.stdout.close()

    @property
    def console(self) -> str:
        return "\n".join(self.lines)

    def says(self, pattern: str, seconds: float = PATIENCE) -> re.Match[str]:
        """Wait until the console shows the pattern."""

        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            can_say_more = self._reader.is_alive()
            if found := re.search(pattern, self.console):
                return found
            if not can_say_more:
                break
            time.sleep(0.05)
        raise AssertionError(f"the console never showed {pattern!r}:\n{self.console}")

    @property
    def address(self) -> str:
        return self.says(r"running at (http://\S+)")[1]

    def get(self, path: str, seconds: float = PATIENCE) -> str:
        with urllib.request.urlopen(self.address + path, timeout=seconds) as answer:
            return answer.read().decode()

    def processes(self, having: str = "") -> list[int]:
        """Every process of this data folder but run.py itself; `having` is part of its command line."""
        mark = f"QUANZI_DATA={self.data}".encode()
        found = []
        for folder in Path("/proc").iterdir():
            if not folder.name.isdecimal() or int(folder.name) == self.process.pid:
                continue
            try:
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if mark in (folder / "environ").read_bytes().split(b"\0") and having in command:
                    found.append(int(folder.name))
            except OSError:
                continue
        return sorted(found)

    def parents(self, having: str) -> list[int]:
        """Those of `processes` that run.py started itself."""
        return [pid for pid in self.processes(having) if parent_of(pid) == self.process.pid]

    def stop(self, signum: int = signal.SIGTERM) -> None:
        """Ask run.py to stop, and wait until it is gone; whoever answers something slow has hours to do."""
        self.process.send_signal(signum)
        self.process.wait(PATIENCE)


def parent_of(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
