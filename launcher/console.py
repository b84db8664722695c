"""What the person at the console reads: one line a step, one line for what went wrong."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from core import clock

DOT_EVERY_S = 2.0
ELAPSED_FROM_S = 2.0


class Problem(Exception):
    """Why the command stops. The message is one line and names the cure."""


class Stopped(BaseException):
    """Somebody asked to stop (Ctrl-C, SIGTERM, a closed terminal) before everything was running."""


def say(text: str = "", end: str = "\n") -> None:
    """Write to the console. A console that is gone must not take the site down with it."""
    try:
        print(text, end=end, flush=True)
    except (OSError, ValueError):
        pass


def complain(text: str) -> None:
    try:
        print(text, file=sys.stderr, flush=True)
    except (OSError, ValueError):
        pass


class Step:
    """One line that grows a dot every two seconds, so that long work is seen to go on."""

    def __init__(self, title: str) -> None:
        self.started = self.last_dot = clock.monotonic()
        self.outcome = "done"
        say(f"{title} ..", end="")

    def tick(self) -> None:
        if clock.monotonic() - self.last_dot >= DOT_EVERY_S:
            self.last_dot = clock.monotonic()
            say(".", end="")

    def end(self) -> None:
        took = clock.monotonic() - self.started
        say(f" {self.outcome}, {took:.0f} s" if took >= ELAPSED_FROM_S else f" {self.outcome}")


@contextmanager
def step(title: str) -> Iterator[Step]:
    """Announce a step; its line ends with its outcome: "done", "failed", "stopped" or what the block sets."""
    line = Step(title)
    try:
        yield line
    except BaseException as error:
        line.outcome = "stopped" if isinstance(error, Stopped) else "failed"
        raise
    finally:
        line.end()
