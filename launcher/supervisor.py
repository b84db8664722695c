"""Keeps the processes of the site running, and ends them all together."""

import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core import clock
from launcher import processes
from launcher.console import Problem, Stopped, say

GRACE_S = 3.5  # gunicorn gives open requests 2 s of it; the whole stop must fit in 5 s
SETTLED_AFTER_S = 60.0
LONGEST_PAUSE_S = 30.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Child:
    title: str
    command: Sequence[str]
    environ: Mapping[str, str]
    keep_open: Sequence[int] = ()
    on_orphan: int = signal.SIGKILL
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    restart_at: float | None = None
    deaths: int = field(default=0)

    def start(self) -> None:
        self.restart_at = None
        self.started_at = clock.monotonic()
        self.process = processes.start(
            self.command, self.environ, keep_open=self.keep_open, on_orphan=self.on_orphan
        )

    def has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def pause_before_restart(self) -> float:
        """Seconds: none after a settled life, then 1, 2, 4 … for one that dies again and again."""
        if clock.monotonic() - self.started_at >= SETTLED_AFTER_S:
            self.deaths = 0
        self.deaths += 1
        return 0.0 if self.deaths == 1 else min(2.0 ** (self.deaths - 2), LONGEST_PAUSE_S)


class Supervisor:
    """A context: from its start to its end, signals ask it to stop instead of interrupting the code."""

    def __init__(self, children: Sequence[Child]) -> None:
        self.children = children
        self.stop_requests = 0

    def __enter__(self) -> "Supervisor":
        self._read_end, self._write_end = os.pipe()
        os.set_blocking(self._read_end, False)
        os.set_blocking(self._write_end, False)
        signal.set_wakeup_fd(self._write_end, warn_on_full_buffer=False)
        self._before = {
            signum: signal.signal(signum, self._on_stop_signal)
            for signum in STOP_SIGNALS
            if signal.getsignal(signum) != signal.SIG_IGN
        }
        self._before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        signal.set_wakeup_fd(-1)
        for signum, handler in self._before.items():
            signal.signal(signum, handler)
        os.close(self._read_end)
        os.close(self._write_end)

    def _on_stop_signal(self, *_: object) -> None:
        self.stop_requests += 1

    def start(self) -> None:
        for child in self.children:
            child.start()

    def wait(self, timeout: float | None, *others: int) -> bool:
        """Sleep until a signal came, one of the other descriptors can be read (then True) or time is up."""
        ready, _, _ = select.select([self._read_end, *others], [], [], timeout)
        if self._read_end in ready:
            os.read(self._read_end, 4096)
        return any(other in ready for other in others)

    def wait_while_starting(self, timeout: float, *others: int) -> bool:
        """As wait(), but a child that ends is a Problem and a stop request raises Stopped."""
        answered = self.wait(timeout, *others)
        if self.stop_requests:
            raise Stopped
        for child in self.children:
            if child.process and child.has_ended():
                ending = processes.ending(child.process.returncode)
                raise Problem(f"{child.title} ended while it started ({ending}). The lines above say why.")
        return answered

    def watch(self) -> None:
        """Restart what dies, until somebody asks to stop."""
        while not self.stop_requests:
            for child in self.children:
                self._restart_if_ended(child)
            due = [child.restart_at for child in self.children if child.restart_at is not None]
            self.wait(max(0.0, min(due) - clock.monotonic()) if due else None)

    def _restart_if_ended(self, child: Child) -> None:
        now = clock.monotonic()
        if child.restart_at is not None:
            if now >= child.restart_at:
                child.start()
        elif child.process and child.has_ended():
            processes.kill_group(child.process, signal.SIGKILL)
            pause = child.pause_before_restart()
            when = f"starting it again in {pause:.0f} s" if pause else "starting it again"
            ending = processes.ending(child.process.returncode)
            now_text = time.strftime("%H:%M:%S")
            say(f"{now_text} {child.title} (process {child.process.pid}) ended, {ending}; {when}.")
            child.restart_at = now + pause

    def stop(self) -> None:
        """End all children and what they started. A second request cuts the time for open work short."""
        running = [child.process for child in self.children if child.process]
        for process in running:
            processes.kill_group(process, signal.SIGTERM)
        requests, deadline = self.stop_requests, clock.monotonic() + GRACE_S
        while any(process.poll() is None for process in running):
            if clock.monotonic() >= deadline or self.stop_requests > max(requests, 1):
                break
            self.wait(0.2)
        for process in running:
            processes.kill_group(process, signal.SIGKILL)
        for process in running:
            process.wait()
