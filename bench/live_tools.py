"""The programs that measure live updates: many viewers, the yardstick, who posts. In C where a compiler is at hand
(bench/wire/), in Python otherwise (bench/live_python.py); both are told and answer the same."""

import json
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from bench.harness import ROOT

SOURCES = ROOT / "bench" / "wire"
PROGRAMS = ("viewers", "writer", "poster")
AT_A_TIME = 64
END_SECONDS = 10


@dataclass(frozen=True)
class Tools:
    """`folder` holds the compiled programs; None: those in Python do the same, for fewer viewers."""

    folder: Path | None

    @property
    def name(self) -> str:
        return "in C" if self.folder else "in Python, as there is no C compiler"

    def command(self, program: str, *arguments: object) -> list[str]:
        given = [str(argument) for argument in arguments]
        if self.folder:
            return [str(self.folder / program), *given]
        return [sys.executable, "-m", "bench.live_python", program, *given]


def tools(where: Path) -> Tools:
    """Compile the programs into a folder there. Without a compiler, or when it fails, Python does."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return Tools(None)
    folder = where / "wire"
    folder.mkdir(exist_ok=True)
    for program in PROGRAMS:
        command = [compiler, "-O2", "-o", str(folder / program), str(SOURCES / f"{program}.c")]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            return Tools(None)
    return Tools(folder)


# ---- who watches --------------------------------------------------------------------------------------------


class Viewers:
    """A process with many streams of one channel. `exact` counts every comment for every viewer; `comes_back` opens
    what was lost again, with the position it had."""

    def __init__(
        self, made: Tools, port: int, channel: str, people: Path, *, exact: bool = False, comes_back: bool = False
    ) -> None:
        command = made.command("viewers", port, channel, people, int(exact), int(comes_back))
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self) -> "Viewers":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()

    def tell(self, command: str, seconds: float = 60.0) -> dict[str, Any]:
        """Raises TimeoutError, and RuntimeError when the process has ended."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(f"{command}\n".encode())
        self.process.stdin.flush()
        if not select.select([self.process.stdout], [], [], seconds)[0]:
            raise TimeoutError(f"the viewers did not answer to {command!r} within {seconds} s")
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the viewers ended at {command!r}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def open(
        self, many: int, position: int = 0, *, at_a_time: int = AT_A_TIME, seconds: float = 180.0
    ) -> dict[str, Any]:
        """Open so many more; returns opened, failed, seconds and statuses."""
        return self.tell(f"open {many} {at_a_time} {position}", seconds)

    def visit(self, many: int, position: int = 0, *, at_a_time: int = AT_A_TIME, seconds: float = 180.0) -> None:
        """Open so many, each of which leaves at once."""
        self.tell(f"visit {many} {at_a_time} {position}", seconds)

    def wait(self, position: int, seconds: float) -> int:
        """How many have come so far, as soon as all have, or when the time is over."""
        return int(self.tell(f"wait {position} {int(seconds * 1000)}", seconds + 30)["there"])

    def reset(self) -> None:
        self.tell("reset")

    def report(self) -> dict[str, Any]:
        return self.tell("report")

    def seen(self, where: Path) -> dict[int, tuple[int, int]]:
        """How often the viewer who got it least and the one who got it most got each comment."""
        path = where / "seen"
        self.tell(f"seen {path}")
        rows = (tuple(map(int, line.split())) for line in path.read_text().splitlines())
        return {number: (least, most) for number, least, most in rows}

    def each(self, where: Path) -> list["Stream"]:
        path = where / "each"
        self.tell(f"each {path}")
        rows = (map(int, line.split()) for line in path.read_text().splitlines())
        return [Stream(bool(is_open), *rest) for is_open, *rest in rows]


@dataclass(frozen=True)
class Stream:
    """One viewer. Times in µs of the monotonic clock, 0 for never."""

    is_open: bool
    status: int
    position: int
    count: int
    ended: int
    latest: int


# ---- the yardstick ------------------------------------------------------------------------------------------


@contextmanager
def bare_writer(made: Tools, frame_bytes: int) -> Iterator[int]:
    """The port of a process that writes each comment to each viewer and does nothing else."""
    process = subprocess.Popen(made.command("writer", frame_bytes), cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


# ---- who posts ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Posted:
    """`answers` by number of the comment: status (0: no answer came) and µs."""

    told: dict[str, Any]
    answers: dict[int, tuple[int, int]]

    @property
    def acknowledged(self) -> set[int]:
        return {number for number, (status, _) in self.answers.items() if 0 < status < 400}


class Poster:
    """Posts in a process of its own until its seconds are over."""

    def __init__(
        self, made: Tools, where: Path, port: int, path: str, people: Path, *,
        connections: int = 8, a_second: float = 0.0, seconds: float, first: int = 1, body: str = "",
    ) -> None:  # fmt: skip
        """With a `body`, in which every @ stands for the number, that is posted instead of a comment."""
        with tempfile.NamedTemporaryFile(dir=where, prefix="posted-", delete=False) as file:
            self.file = Path(file.name)
        self.ends_by = time.monotonic() + seconds + 30
        command = made.command("poster", port, path, people, connections, a_second, seconds, first, self.file)
        command += [body] if body else []
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)

    def finish(self, *, early: bool = False) -> Posted:
        """Wait for its end, or ask for it now. Raises TimeoutExpired."""
        if early:
            self.process.terminate()
        try:
            said, _ = self.process.communicate(timeout=self.ends_by - time.monotonic())
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
        rows = (map(int, line.split()) for line in self.file.read_text().splitlines())
        return Posted(json.loads(said), {number: (status, took) for number, status, took in rows})
