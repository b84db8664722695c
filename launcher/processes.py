"""Starting commands so that none outlives run.py."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from launcher import ROOT
from launcher.console import Step, step

PR_SET_PDEATHSIG = 1
TICK_S = 0.2


def die_with_parent(signum: int) -> Callable[[], None]:
    """A function for the child, called between fork and exec: the kernel sends `signum` when its parent dies.

    This ends the children of a run.py that was itself killed with SIGKILL. On Linux only; elsewhere a no-op.
    Load it in the parent: after a fork only the call itself is safe.
    """
    if not sys.platform.startswith("linux"):
        return lambda: None
    import ctypes

    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def ask_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, signum, 0, 0, 0)
        if os.getppid() != parent:  # it died before the kernel was asked
            os._exit(1)

    return ask_kernel


def start(
    command: Sequence[str],
    environ: Mapping[str, str],
    *,
    stdout: IO[bytes] | None = None,
    stderr: IO[bytes] | None = None,
    keep_open: Sequence[int] = (),
    on_orphan: int = signal.SIGKILL,
) -> subprocess.Popen[bytes]:
    """Start a command in the tree, in a group of its own: Ctrl-C reaches run.py alone, which ends it."""
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        pass_fds=keep_open,
        start_new_session=True,
        preexec_fn=die_with_parent(on_orphan),  # sound, because run.py has one thread
    )


def kill_group(process: subprocess.Popen[bytes], signum: int) -> None:
    """Signal a process and all that it started, also when it is itself already gone."""
    try:
        os.killpg(process.pid, signum)
    except (ProcessLookupError, PermissionError):  # macOS answers EPERM for a group of zombies
        pass


@dataclass(frozen=True)
class Finished:
    status: int
    output: str
    errors: str

    @property
    def reason(self) -> str:
        """The last line that it wrote, which names the error of most programs."""
        lines = (self.errors or self.output).splitlines()
        return lines[-1].strip() if lines else ending(self.status)

    @property
    def told(self) -> str:
        """The last lines of all that it wrote."""
        return "\n".join(f"{self.output}\n{self.errors}".strip().splitlines()[-40:])


def finish(command: Sequence[str], environ: Mapping[str, str], line: Step | None = None) -> Finished:
    """Run a command to its end while the step's line grows; what it writes is returned, not shown."""
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        process = start(command, environ, stdout=stdout, stderr=stderr)
        try:
            while process.poll() is None:
                try:
                    process.wait(TICK_S)
                except subprocess.TimeoutExpired:
                    if line:
                        line.tick()
        except BaseException:
            _end(process)
            raise
        return Finished(process.returncode, _all_of(stdout), _all_of(stderr))


def _all_of(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace").strip()


def _end(process: subprocess.Popen[bytes]) -> None:
    kill_group(process, signal.SIGTERM)
    try:
        process.wait(2)
    except subprocess.TimeoutExpired:
        pass
    kill_group(process, signal.SIGKILL)
    process.wait()


def run_step(title: str, command: Sequence[str], environ: Mapping[str, str]) -> Finished:
    """Run a command to its end as a step of its own."""
    with step(title) as line:
        finished = finish(command, environ, line)
        if finished.status:
            line.outcome = "failed"
    return finished


def ending(status: int) -> str:
    """A child's exit status in words."""
    if status >= 0:
        return f"exit status {status}"
    try:
        return f"killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"killed by signal {-status}"
