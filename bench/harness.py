"""What the bench programs share: sites to measure, servers to run them on, figures beside their goals."""

import argparse
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60
STOP_SECONDS = 10


@dataclass(frozen=True)
class Figure:
    """`ratio` is how the measured value stands to its goal, at most 1 when it is reached. Only figures that were
    measured against something of the same run decide; limits in seconds or bytes depend on the machine."""

    name: str
    measured: str
    goal: str
    ratio: float
    decides: bool

    @property
    def reached(self) -> bool:
        return self.ratio <= 1


ROUNDS = 5
LEAST_MEANWHILE = 100
"""Below so many samples a 99th percentile says nothing, and does not decide."""


def times(small: Sequence[float], large: Sequence[float]) -> float:
    """How many times longer the large one took: the median of the ratios of five parts of the run, so that what the
    machine did for a while does not decide."""
    part = max(1, min(len(small), len(large)) // ROUNDS)
    starts = range(0, part * ROUNDS, part)
    parts = [(small[at : at + part], large[at : at + part]) for at in starts]
    return median([median(after) / median(before) for before, after in parts if before and after])


def growth(name: str, small: Sequence[float], large: Sequence[float], most: float, *, decides: bool = True) -> Figure:
    """The same thing of a small and of a large one, in ms."""
    ratio = times(small, large)
    told = f"{ratio:.2f} x  (p50 {median(small):.1f} -> {median(large):.1f} ms)"
    return Figure(name, told, f"at most {most} x", ratio / most, decides)


def disturbed(calm: Sequence[float], meanwhile: Sequence[float], most: float) -> Figure:
    """How long other pages took, in ms, while something went on in the background."""
    before, after = percentile(calm, 0.99), percentile(meanwhile or calm, 0.99)
    told = f"{after / before:.2f} x  ({before:.0f} -> {after:.0f} ms)"
    decides = len(meanwhile) >= LEAST_MEANWHILE
    return Figure("p99 of other pages meanwhile", told, f"at most {most} x", after / before / most, decides)


def options(what: str, **more: str) -> argparse.Namespace:
    """The options that every program takes; `more` are further flags with their help."""
    parser = argparse.ArgumentParser(description=what)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="smaller sizes, under a minute (default)")
    size.add_argument("--full", action="store_true", help="the sizes of the goal, median of 5 alternated runs")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep made sites there, and use those that are there")
    for name, help_ in more.items():
        parser.add_argument(f"--{name}", dest=name.replace("-", "_"), action="store_true", help=help_)
    return parser.parse_args()


def report(figures: Sequence[Figure], how: Sequence[str], *, as_json: bool) -> int:
    """Print figures beside their goals and how they were measured; returns the exit status."""
    short = [figure for figure in figures if figure.decides and not figure.reached]
    if as_json:
        print(json.dumps({"figures": [asdict(figure) for figure in figures], "how": list(how), "reached": not short}))
        return 1 if short else 0
    width = max(len(figure.name) for figure in figures)
    for figure in figures:
        mark = "ok   " if figure.reached else ("SHORT" if figure.decides else "over ")
        told = "" if figure.decides else "  (does not decide)"
        print(f"{mark} {figure.name:{width}}  {figure.measured:>24}  goal {figure.goal}{told}")
    print()
    for line in how:
        print(f"  {line}")
    return 1 if short else 0


def tell(line: str) -> None:
    """Progress, beside the figures."""
    print(line, file=sys.stderr, flush=True)


# ---- sites --------------------------------------------------------------------------------------------------


@contextmanager
def folder(keep: Path | None) -> Iterator[Path]:
    """Where sites are made: kept for the next time, or gone afterwards."""
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    made = Path(tempfile.mkdtemp(prefix="quanzi-bench-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def environ(data: Path, **more: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("QUANZI_")}
    return clean | {"QUANZI_DATA": str(data), "QUANZI_DEMO": "0", "MALLOC_ARENA_MAX": "2"} | more


def flask(data: Path, *arguments: str) -> str:
    """Run a command of the site to its end. Raises CalledProcessError."""
    command = [sys.executable, "-m", "flask", "--app", "app", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environ(data), check=True, capture_output=True, text=True)
    return done.stdout.strip()


def seeded(where: Path, posts: int, members: int, shape: str = "plain") -> Path:
    """The data folder of a site with so many made-up posts; made when it is not there yet."""
    data = where / (f"{posts}-posts" if shape == "plain" else f"{posts}-posts-{shape}")
    done = data / "made"
    if not done.exists():
        shutil.rmtree(data, ignore_errors=True)
        begun = time.monotonic()
        flask(data, "migrate")
        flask(data, "seed", "--posts", str(posts), "--members", str(members), "--seed", "1", "--shape", shape)
        tell(f"made a site of {posts} posts in {time.monotonic() - begun:.0f} s")
        done.touch()
    return data


# ---- servers ------------------------------------------------------------------------------------------------


@dataclass
class Server:
    process: subprocess.Popen[bytes]
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def gunicorn(target: str, data: Path, ready: str = "/", **settings: str) -> Iterator[Server]:
    """A server with the site's own settings (gunicorn.conf.py: two processes with four threads)."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", target]
    with running(command, environ(data, QUANZI_PORT=str(port), **settings), port, ready) as server:
        yield server


@contextmanager
def worker(data: Path) -> Iterator[None]:
    """A process that does the work of a site in the background."""
    command = [sys.executable, "-m", "flask", "--app", "app", "work"]
    silent = subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=ROOT, env=environ(data), stdout=silent, stderr=silent)
    try:
        yield
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)


@contextmanager
def running(
    command: Sequence[str], env: dict[str, str], port: int, ready: str, cwd: Path = ROOT, seconds: float = START_SECONDS
) -> Iterator[Server]:
    """A program that serves a port, from its first answer to `ready` until its end, in a group of its own."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, cwd=cwd, env=env, stdout=log, stderr=log, start_new_session=True)
        try:
            _wait_for(process, port, ready, log, seconds)
            yield Server(process, port)
        finally:
            _stop(process)


def _wait_for(process: subprocess.Popen[bytes], port: int, ready: str, log: IO[bytes], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if get(port, ready).status < 500:
                return
        except (OSError, HTTPException):
            pass
        time.sleep(0.05)
    log.seek(0)
    raise RuntimeError(f"the server did not start: {log.read().decode(errors='replace')[-2000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


# ---- requests -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    wire_bytes: int
    """Status line, headers and body as they came."""


def get(port: int, path: str, headers: dict[str, str] | None = None) -> Answer:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        return ask(connection, path, headers or {})
    finally:
        connection.close()


def ask(connection: HTTPConnection, path: str, headers: dict[str, str]) -> Answer:
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    body = response.read()
    head = sum(len(name) + len(value) + 4 for name, value in response.getheaders()) + 17
    return Answer(response.status, body, head + len(body))


class Client:
    """One connection that asks again and again, as a browser with a session does."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=30)
        self.headers = {"Accept-Encoding": "gzip", "Cookie": cookie, "Accept-Language": "zh-CN"}

    def milliseconds(self, path: str) -> float:
        """How long one answer takes. Raises RuntimeError for anything but 200."""
        begun = time.perf_counter()
        answer = ask(self.connection, path, self.headers)
        took = (time.perf_counter() - begun) * 1000
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        return took


def percentile(samples: Sequence[float], share: float) -> float:
    return sorted(samples)[min(len(samples) - 1, int(len(samples) * share))]


def median(samples: Sequence[float]) -> float:
    return statistics.median(samples)


def processor_seconds(parent: int) -> float:
    """What a process and all that it started have taken of the processors since they began."""
    ticks = 0
    for process in family(parent):
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def memory_mb(parent: int) -> float:
    """PSS of a process and of all that it started."""
    total = 0
    for process in family(parent):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


def family(parent: int) -> list[int]:
    """A process and everything under it."""
    children = Path(f"/proc/{parent}/task/{parent}/children")
    found = [parent]
    for child in children.read_text().split() if children.exists() else []:
        found += family(int(child))
    return found
