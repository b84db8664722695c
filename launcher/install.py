"""The virtual environment and the locked install."""

import fcntl
import hashlib
import importlib
import json
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from launcher import ROOT
from launcher.console import Problem, say
from launcher.processes import Finished, finish, run_step

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "quanzi-lock.json"
RUN_LOCKS = ("requirements.txt",)
TEST_LOCKS = ("requirements.txt", "requirements-dev.txt")
PIP_INSTALL = (
    "install --require-hashes --disable-pip-version-check --no-input --progress-bar off "
    "--retries 2 --timeout 20"
)

NO_NETWORK = (
    "NewConnectionError",
    "Temporary failure in name resolution",
    "Failed to establish a new connection",
    "Network is unreachable",
    "ConnectTimeoutError",
    "ConnectionError",
    "Connection refused",
    "ProxyError",
    "Read timed out",
    "SSLError",
    "Could not find a version that satisfies",
)


def ensure_installed(locks: Sequence[str] = RUN_LOCKS) -> Path:
    """Make .venv hold what the lock files say; returns its Python. Raises Problem."""
    wanted = {name: _digest(ROOT / name) for name in locks}
    if _is_installed(wanted):
        return PYTHON
    with _one_at_a_time():
        if not _is_installed(wanted):
            _install(wanted)
    return PYTHON


def _is_installed(wanted: dict[str, str]) -> bool:
    if not PYTHON.exists():  # also when the Python it was made with was removed: the link then leads nowhere
        return False
    stamp = _read_stamp()
    return all(stamp.get(name) == digest for name, digest in wanted.items())


def _install(wanted: dict[str, str]) -> None:
    try:
        if not _has_pip():
            _make_venv()
        stamp = _read_stamp()
        STAMP.unlink(missing_ok=True)
        _pip_install(list(wanted))
        # Another lock's packages were replaced where this one differs, so only equal digests may stay.
        kept = {name: stamp[name] for name in TEST_LOCKS if stamp.get(name) == _digest(ROOT / name)}
        STAMP.write_text(json.dumps(kept | wanted | {"python": _python()}))
    except OSError as error:
        raise Problem(
            f"The folder {VENV} cannot be written ({error.strerror or error}). "
            "Give this user the right to write in the program folder, or free some space."
        ) from None


def _python() -> str:
    """A system upgrade leads .venv's link to another Python, which finds none of the installed packages."""
    return os.path.realpath(PYTHON)


def _has_pip() -> bool:
    if not PYTHON.exists():
        return False
    return finish([str(PYTHON), "-m", "pip", "--version"], _environ()).status == 0


def _make_venv() -> None:
    try:
        importlib.import_module("venv")
        importlib.import_module("ensurepip")
    except ImportError:
        raise Problem(
            "Python's venv module is missing. On Debian and Ubuntu: apt install python3-venv"
        ) from None
    if VENV.is_symlink() or VENV.is_file():
        raise Problem(f"{VENV} is in the way and is no virtual environment. Move it away and start again.")
    if VENV.exists():
        shutil.rmtree(VENV)
    title = "Making the virtual environment .venv"
    made = run_step(title, [sys.executable, "-m", "venv", str(VENV)], _environ())
    if made.status:
        say(made.told)
        shutil.rmtree(VENV, ignore_errors=True)
        raise Problem(
            "The virtual environment could not be made; the lines above say why. "
            "On Debian and Ubuntu: apt install python3-venv."
        )


def _pip_install(locks: Sequence[str]) -> None:
    files = [part for name in locks for part in ("-r", name)]
    count = len({line.split("==")[0] for name in locks for line in _pins(ROOT / name)})
    title = f"Installing {count} packages (the first time takes about a minute)"
    command = [str(PYTHON), "-m", "pip", *PIP_INSTALL.split(), *files]
    installed = run_step(title, command, _environ())
    if installed.status:
        raise Problem(_why_pip_failed(installed))


def _why_pip_failed(pip: Finished) -> str:
    output = pip.output + pip.errors
    if "DO NOT MATCH THE HASHES" in output:
        return (
            "A downloaded package is not the one that the lock file names, so nothing was installed. "
            "Try again; if it stays so, look at the package index that pip is set to use."
        )
    if "No space left on device" in output:
        return f"There is no room left on the disk of {VENV}. Free about 300 MB and start again."
    if any(sign in output for sign in NO_NETWORK):
        return (
            "The packages could not be fetched: no way to the package index. "
            "The first start needs the network: connect this machine, or tell pip of a proxy or an index."
        )
    say(pip.told)
    return f"pip could not install the packages ({pip.reason}); the lines above say more."


def _pins(lock: Path) -> Iterator[str]:
    for line in lock.read_text().splitlines():
        if "==" in line and not line.startswith((" ", "#")):
            yield line


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        raise Problem(f"{path} is missing. Fetch the whole program again: git checkout {path.name}") from None


def _read_stamp() -> dict[str, str]:
    """What was installed for this Python, by lock file; empty when that is not known."""
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) and stamp.get("python") == _python() else {}


def _environ() -> dict[str, str]:
    """Without what would send packages to another place than .venv."""
    astray = ("PYTHONHOME", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT")
    return {name: value for name, value in os.environ.items() if name not in astray}


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two run.py of one tree must not install into one .venv at once."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
