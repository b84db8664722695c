"""python3 run.py test: the checks and the tests, with one line for each at the end."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from core import clock
from launcher import ROOT
from launcher.console import Step, Stopped, say
from launcher.install import PYTHON, TEST_LOCKS, ensure_installed
from launcher.processes import die_with_parent, finish

LOCKS = ("requirements", "requirements-dev")
COMPILE = "pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url"
BROWSER = "tests in a browser"
BESIDE = {
    BROWSER: ("tests/browser",),
    "stories of blueprints": ("tests/blueprints", "tests/test_access.py", "tests/test_nothing_there.py"),
}
"""Tests that run in processes of their own: with what is left, three that take about as long as each other."""
GENTLY = 5
"""Niceness of the others: who plays in a browser waits for the page, and the page for nobody."""
NO_NETWORK = ("Failed to fetch", "dns error", "Could not connect", "error sending request", "timed out")
SUMMING_UP_S = 3
SELECTING = ("-k", "-m", "--lf", "--last-failed", "--ff", "--failed-first", "--nf", "--sw", "--stepwise")


@dataclass(frozen=True)
class Outcome:
    name: str
    passed: bool
    note: str
    seconds: float


def run_checks(pytest_arguments: Sequence[str]) -> int:
    """Style, types, templates, locks and tests; returns 0 when all passed. Nothing in the tree is changed.

    Arguments go to pytest. Those that choose tests (a path, -k, -m, --lf …) also leave the checks out."""
    ensure_installed(TEST_LOCKS)
    if selects_tests(pytest_arguments):
        outcomes = [_run_pytest(pytest_arguments)]
    else:
        outcomes = _run_all(pytest_arguments)
    say()
    for outcome in outcomes:
        verdict = "passed" if outcome.passed else "FAILED"
        say(f"{verdict}  {outcome.name:<22} {outcome.seconds:5.1f} s  {outcome.note}".rstrip())
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def selects_tests(arguments: Sequence[str]) -> bool:
    """Whether the arguments name tests, rather than say how to run all of them."""
    for argument in arguments:
        is_path = not argument.startswith("-") and (ROOT / argument.partition("::")[0]).exists()
        if is_path or argument.startswith(SELECTING):
            return True
    return False


def _run(name: str, check: Callable[[Step], tuple[bool, str, str]]) -> Outcome:
    started = clock.monotonic()
    line = Step(name)
    try:
        passed, note, output = check(line)
    except BaseException as error:
        line.outcome = "stopped" if isinstance(error, Stopped) else "failed"
        line.end()
        raise
    line.outcome = note or ("passed" if passed else "failed")
    line.end()
    if not passed:
        say(output)
    return Outcome(name, passed, note, clock.monotonic() - started)


def _module(*command: str) -> Callable[[Step], tuple[bool, str, str]]:
    def check(line: Step) -> tuple[bool, str, str]:
        done = finish([str(PYTHON), "-m", *command], os.environ, line)
        return done.status == 0, "", f"{done.output}\n{done.errors}".strip()

    return check


def check_locks(line: Step) -> tuple[bool, str, str]:
    """Compile each lock anew from its pins, elsewhere, and compare: do they hold what the .in files ask for?
    Without network it is skipped, but not where CI is set."""
    differing = []
    with tempfile.TemporaryDirectory() as folder:
        for lock in LOCKS:
            for name in (f"{lock}.in", f"{lock}.txt"):
                shutil.copy(ROOT / name, folder)
        for lock in LOCKS:
            uv = str(PYTHON.with_name("uv"))
            where = ["--directory", folder, "--quiet"]
            command = [uv, *COMPILE.split(), *where, f"{lock}.in", "-o", f"{lock}.txt"]
            compiled = finish(command, os.environ, line)
            if compiled.status and any(sign in compiled.told for sign in NO_NETWORK):
                return not os.environ.get("CI"), "not checked, no way to the package index", compiled.told
            if compiled.status:
                return False, "", compiled.told
            if _body(Path(folder, f"{lock}.txt")) != _body(ROOT / f"{lock}.txt"):
                differing.append(lock)
    cure = "\n".join(f"uv {COMPILE} {lock}.in -o {lock}.txt" for lock in differing)
    return not differing, "", f"Out of date; compile anew with .venv/bin/uv:\n{cure}"


def _body(lock: Path) -> list[str]:
    """Without the head, which repeats the command that made it."""
    return [line for line in lock.read_text().splitlines() if not line.startswith("#")]


CHECKS = (
    ("style (ruff)", _module("ruff", "check", ".")),
    ("types (mypy)", _module("mypy")),
    ("templates (djlint)", _module("djlint", "--lint", "--quiet", "templates", "blueprints", "examples")),
    ("locks (uv)", check_locks),
)


def _run_all(arguments: Sequence[str]) -> list[Outcome]:
    """The tests in three processes: those that play in a browser mostly wait for it, and there is more than one
    processor. The checks are done meanwhile. What the two beside say comes after the one that has the terminal."""
    with ExitStack() as stack:
        beside = [stack.enter_context(_Beside(name, [*paths, *arguments])) for name, paths in BESIDE.items()]
        checked = [_run(name, check) for name, check in CHECKS]
        left_out = [f"--ignore={path}" for paths in BESIDE.values() for path in paths]
        others = _run_pytest([*left_out, *arguments], GENTLY)
        return [*checked, others, *(each.outcome() for each in beside)]


class _Beside:
    """A pytest that runs beside another one; a context that leaves none behind."""

    def __init__(self, name: str, arguments: Sequence[str]) -> None:
        self.name = name
        self.started = clock.monotonic()
        self.said = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the context
        self.process = subprocess.Popen(
            _pytest(arguments, 0 if name == BROWSER else GENTLY), cwd=ROOT, stdout=self.said, stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )  # fmt: skip

    def __enter__(self) -> "_Beside":
        return self

    def outcome(self) -> Outcome:
        status = self.process.wait()
        self._tell()
        return Outcome(self.name, status == 0, "", clock.monotonic() - self.started)

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            _let_it_sum_up(self.process)
            self._tell()
        self.said.close()

    def _tell(self) -> None:
        self.said.seek(0)
        say(f"{self.name} (pytest)")
        say(self.said.read().decode(errors="replace"))


def _pytest(arguments: Sequence[str], niceness: int) -> list[str]:
    return [*(("nice", f"-n{niceness}") if niceness else ()), str(PYTHON), "-m", "pytest", *arguments]


def _run_pytest(arguments: Sequence[str], niceness: int = 0) -> Outcome:
    """In the foreground: it has the terminal, and Ctrl-C reaches it as well as run.py."""
    started = clock.monotonic()
    say("tests (pytest)")
    process = subprocess.Popen(_pytest(arguments, niceness), cwd=ROOT, preexec_fn=die_with_parent(signal.SIGTERM))
    try:
        status = process.wait()
    except BaseException:
        _let_it_sum_up(process)
        raise
    return Outcome("tests (pytest)", status == 0, "", clock.monotonic() - started)


def _let_it_sum_up(pytest: subprocess.Popen[bytes]) -> None:
    """After Ctrl-C it closes what it opened and prints what it found so far."""
    try:
        pytest.wait(SUMMING_UP_S)
    except subprocess.TimeoutExpired:
        pytest.terminate()
        pytest.wait()
