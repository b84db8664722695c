"""What a page costs: requests a second against a bare Flask answer on the same server, queries, bytes, memory, start.

    .venv/bin/python bench/pages.py --quick
"""

import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import load
from bench.harness import (
    ROOT,
    Figure,
    Server,
    environ,
    folder,
    free_port,
    get,
    gunicorn,
    median,
    memory_mb,
    options,
    processor_seconds,
    report,
    running,
    seeded,
    tell,
)
from bench.inside import Pages, opened, queries

LEAST_SHARE = 12
AIM_SHARE = 8
MOST_QUERIES = 12
MOST_BYTES = 60 * 1024
MOST_REQUESTS = 8
MOST_MEMORY_MB = 200
MOST_START_S = 5
MOST_INSTALL_S = 60

_ELEMENT = re.compile(r"<(?:link|script|use)\b[^>]*>")
_ADDRESS = re.compile(r"""\b(?:href|src)="([^"#]+)""")
_FETCHED_LINK = re.compile(r"""\brel="(?:stylesheet|icon|manifest)\"""")


def main() -> int:
    asked = options(__doc__ or "", **{"skip-start": "do not measure memory and starting"})
    posts, members, seconds, runs = (10_000, 1_000, 5, 5) if asked.full else (2_000, 200, 1, 5)
    with folder(asked.keep) as where:
        data = seeded(where, posts, members)
        figures = []
        with opened(data) as (site, pages):
            figures += count_queries(site, pages)
        figures += speed(data, pages, seconds, runs)
        if not asked.skip_start:
            figures += start_and_memory(where, data, pages)
            figures += fresh_install() if asked.full else []
    how = [
        f"speed: {load.client()}, {load.CONNECTIONS} connections, {runs} alternated runs of {seconds} s, median; "
        "gunicorn with its default settings; signed in; answers compressed as browsers ask for them, "
        "and as they are for comparison",
        "queries: peewee's query hooks in this process, nothing remembered from before",
        "weight: status line, headers and body of the page and of all that it loads, pictures left out",
        "memory: PSS of run.py and everything it started, idle and after 200 pages",
    ]
    return report(figures, how, as_json=asked.json)


# ---- speed --------------------------------------------------------------------------------------------------


def speed(data: Path, pages: Pages, seconds: float, runs: int) -> list[Figure]:
    plain = {"Cookie": pages.cookie, "Accept-Language": "zh-CN"}
    zipped = plain | {"Accept-Encoding": "gzip"}
    with gunicorn("bench.hello:app", data) as hello, gunicorn("app:create_app()", data, "/circles/") as site:
        wanted = (
            Wanted("hello", hello, "/", {}),
            Wanted("circle page, 20 posts", site, pages.circle, zipped, decides=True),
            Wanted("post page, 20 comments", site, pages.post, zipped),
            Wanted("circle page, not compressed", site, pages.circle, plain),
            Wanted("post page, not compressed", site, pages.post, plain),
        )
        for each in wanted:  # fills the caches of both processes
            each.rate(1)
        for _ in range(runs):
            for each in wanted:
                each.measure(seconds)
        weight = weigh(site, pages)
    base = wanted[0]
    tell(f"hello: {median(base.rates):.0f} requests/s, {1000 * median(base.costs):.2f} ms of processor each")
    return [each.beside(base) for each in wanted[1:]] + weight


@dataclass
class Wanted:
    """A page to be asked for as often as it can be answered."""

    name: str
    server: Server
    path: str
    headers: dict[str, str]
    decides: bool = False
    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)

    def rate(self, seconds: float) -> float:
        return load.requests_per_second(self.server.port, self.path, self.headers, seconds)

    def measure(self, seconds: float) -> None:
        before = processor_seconds(self.server.process.pid)
        self.rates.append(self.rate(seconds))
        taken = processor_seconds(self.server.process.pid) - before
        self.costs.append(taken / (self.rates[-1] * seconds))

    def beside(self, hello: "Wanted") -> Figure:
        share = median([base / rate for base, rate in zip(hello.rates, self.rates, strict=True)])
        cost = median(self.costs) / median(hello.costs)
        told = f"{median(self.rates):.0f}/s = 1/{share:.1f} of hello (by processor time 1/{cost:.1f})"
        return Figure(self.name, told, f"1/{LEAST_SHARE}, aim 1/{AIM_SHARE}", share / LEAST_SHARE, self.decides)


# ---- queries ------------------------------------------------------------------------------------------------


def count_queries(site: object, pages: Pages) -> list[Figure]:
    figures = []
    for name, many, few in (
        ("circle page", pages.circle, pages.circle_of_few),
        ("post page", pages.post, pages.post_of_few),
    ):
        of_many, again = queries(site, many, pages.cookie)
        of_few, _ = queries(site, few, pages.cookie)
        told = f"{of_many}, then {again}"
        figures.append(Figure(f"queries, {name}", told, f"at most {MOST_QUERIES}", of_many / MOST_QUERIES, True))
        told = f"{of_many} with 20, {of_few} with 5"
        figures.append(Figure(f"queries by rows, {name}", told, "not more", of_many / max(of_few, 1), True))
    return figures


# ---- weight -------------------------------------------------------------------------------------------------


def weigh(site: Server, pages: Pages) -> list[Figure]:
    """The first visit of a browser with an empty cache; what a `<picture>` or `<img>` loads is left out."""
    headers = {"Cookie": pages.cookie, "Accept-Encoding": "gzip"}
    page = get(site.port, pages.circle, headers)
    html = get(site.port, pages.circle, {"Cookie": pages.cookie}).body.decode()
    answers = {address: get(site.port, address, headers) for address in sorted(loaded(html))}
    for address, answer in answers.items():
        tell(f"{answer.wire_bytes / 1024:6.1f} kB  {address}")
    total = page.wire_bytes + sum(answer.wire_bytes for answer in answers.values())
    tell(f"{page.wire_bytes / 1024:6.1f} kB  {pages.circle}")
    requests = 1 + len(answers)
    return [
        Figure("weight of a first visit", f"{total / 1024:.1f} KB", "at most 60 KB", total / MOST_BYTES, False),
        Figure("requests of a first visit", str(requests), "at most 8", requests / MOST_REQUESTS, False),
    ]


def loaded(html: str) -> set[str]:
    """Addresses of style sheets, scripts, icons and the like that a browser fetches for this page."""
    found = set()
    for element in _ELEMENT.findall(html):
        address = _ADDRESS.search(element)
        if address and (not element.startswith("<link") or _FETCHED_LINK.search(element)):
            found.add(urljoin("/", address[1]))
    return found


# ---- starting, memory ---------------------------------------------------------------------------------------


def start_and_memory(where: Path, data: Path, pages: Pages) -> list[Figure]:
    """run.py as a person starts it, on a site that is there already."""
    port = free_port()
    begun = time.perf_counter()
    command = [sys.executable, "run.py", "--port", str(port), "--data", str(data), "--no-demo"]
    with running(command, environ(data), port, "/circles/") as server:
        took = time.perf_counter() - begun
        time.sleep(3)
        idle = memory_mb(server.process.pid)
        for _ in range(200):
            get(port, pages.circle, {"Cookie": pages.cookie, "Accept-Encoding": "gzip"})
        used = memory_mb(server.process.pid)
    return [
        Figure("start, installed", f"{took:.1f} s", f"under {MOST_START_S} s", took / MOST_START_S, False),
        Figure("memory, idle", f"{idle:.0f} MB", f"under {MOST_MEMORY_MB} MB", idle / MOST_MEMORY_MB, False),
        Figure("memory, after 200 pages", f"{used:.0f} MB", f"under {MOST_MEMORY_MB} MB", used / MOST_MEMORY_MB, False),
    ]


def fresh_install() -> list[Figure]:
    """A copy of the tree without its environment, as somebody has it who has just fetched it."""
    with tempfile.TemporaryDirectory(prefix="quanzi-fresh-") as place:
        tree = Path(place) / "quanzi"
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
        for name in listed.decode().split("\0"):
            if name and (ROOT / name).is_file():
                (tree / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, tree / name)
        port, begun = free_port(), time.perf_counter()
        command = [sys.executable, str(tree / "run.py"), "--port", str(port), "--data", str(Path(place) / "data")]
        with running(command, environ(Path(place) / "data", QUANZI_DEMO="1"), port, "/circles/", cwd=tree, seconds=300):
            took = time.perf_counter() - begun
    told, goal = f"{took:.0f} s", f"under {MOST_INSTALL_S} s"
    return [Figure("start, fresh, with demo data", told, goal, took / MOST_INSTALL_S, False)]


if __name__ == "__main__":
    sys.exit(main())
