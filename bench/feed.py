"""Whether a feed is as quick with five thousand friends as with fifty, and a post with all of them to be written to.

    .venv/bin/python bench/feed.py --quick

Pages: the median of the newest page and of an older one beside the same page of a member with few friends. Posting: the
request of somebody with many friends beside that of somebody with few, while nobody works; then how long a worker takes
to lay one post into all feeds, who got it, and how pages do meanwhile.
"""

import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import crowd, feed_site
from bench.crowd import Visitor
from bench.feed_site import Size
from bench.harness import Client, Figure, disturbed, folder, growth, gunicorn, median, options, report, tell, worker
from bench.inside import opened

SIZES = {"quick": (Size(50, 10_000), Size(2_000, 100_000)), "full": (Size(50, 10_000), Size(5_000, 1_000_000))}
SAMPLES = {"quick": 150, "full": 1_000}
POSTS = {"quick": 15, "full": 40}
MOST_GROWTH, MOST_REQUEST, MOST_MEANWHILE = 1.2, 2.0, 2.0
SPREAD_SECONDS = 5
GIVE_UP_SECONDS = 120

PAGES = ("newest page", "older page", "catch-up")
DECIDES = PAGES[:2]


@dataclass
class Side:
    """One of the two sites."""

    size: Size
    data: Path
    visitor: Visitor
    member: int
    port: int = 0
    took: dict[str, list[float]] = field(default_factory=dict)

    def client(self) -> Client:
        return Client(self.port, self.visitor.cookie)

    def address(self, page: str, round_: int) -> str:
        """An older page begins somewhere else each time, so that no process has it ready."""
        if page == "older page":
            return f"/feed?before={self.size.posts - 100 - round_ * 37 % (self.size.posts // 2)}"
        return {"newest page": "/feed", "catch-up": "/feed/catch-up?period=week"}[page]


def main() -> int:
    asked = options(__doc__ or "")
    size = "full" if asked.full else "quick"
    with folder(asked.keep) as where, ExitStack() as servers:
        sides = [side(feed_site.made(where, each)) for each in SIZES[size]]
        for each in sides:
            server = gunicorn("app:create_app()", each.data, "/circles/", QUANZI_TRUSTED_PROXIES="1")
            each.port = servers.enter_context(server).port
        figures = pages(sides, SAMPLES[size])
        figures += posting(sides, POSTS[size])
    small, large = SIZES[size]
    how = [
        f"pages: {SAMPLES[size]} requests of each over HTTP, one after the other, by a member with {small.friends} "
        f"friends and {small.posts} posts in their feed and one with {large.friends} and {large.posts}, on a site "
        "each, in turn; the ratio is the median of the ratios of five parts of the run; older pages begin somewhere "
        "else each time",
        f"posting: {POSTS[size]} posts to each, alternated, nobody works meanwhile, medians",
        "spreading: one post to all friends, from the request until the last feed holds it, by one worker; another "
        "page of the same site is asked for meanwhile",
    ]
    return report(figures, how, as_json=asked.json)


def side(data: Path) -> Side:
    _, friends, posts = data.name.split("-")
    member = crowd.count(data, "SELECT id FROM member WHERE username = 'bench'")
    with opened(data) as (site, _):
        visitor = crowd.visitor(site, member)
    return Side(Size(int(friends), int(posts)), data, visitor, member)


# ---- pages --------------------------------------------------------------------------------------------------


def pages(sides: list[Side], samples: int) -> list[Figure]:
    figures = []
    for name in PAGES:
        clients = [each.client() for each in sides]
        for round_ in range(samples + 20):
            for each, client in zip(sides, clients, strict=True):
                took = client.milliseconds(each.address(name, round_))
                if round_ >= 20:  # the first ones fill caches
                    each.took.setdefault(name, []).append(took)
        small, large = (each.took[name] for each in sides)
        figures.append(growth(name, small, large, MOST_GROWTH, decides=name in DECIDES))
        tell(f"{name}: done")
    return figures


# ---- posting ------------------------------------------------------------------------------------------------


def posting(sides: list[Side], posts: int) -> list[Figure]:
    took: list[list[float]] = [[], []]
    for round_ in range(posts + 2):
        for each, times in zip(sides, took, strict=True):
            one = _post(each, f"第 {round_} 次")
            if round_ >= 2:
                times.append(one)
    small, large = took
    ratio = median(large) / median(small)
    many = sides[1]
    told = f"{ratio:.2f} x  (p50 {median(small):.1f} -> {median(large):.1f} ms)"
    name = f"posting to {many.size.friends} beside {sides[0].size.friends}"
    tell("posting: done")
    return [Figure(name, told, f"at most {MOST_REQUEST} x", ratio / MOST_REQUEST, True), *_spreading(many)]


def _post(each: Side, body: str) -> float:
    _forget_rates(each.data)
    begun = time.perf_counter()
    status = crowd.send(each.port, "/feed/posts", each.visitor, {"body": body, "audience": "friends"})
    if status != 303:
        raise RuntimeError(f"the post was answered with {status}")
    return (time.perf_counter() - begun) * 1000


def _forget_rates(data: Path) -> None:
    """A run posts more than a member may."""
    database = sqlite3.connect(data / "quanzi.sqlite3", timeout=30)
    with database:
        database.execute("DELETE FROM rate_count")
    database.close()


WAITING = "SELECT COUNT(*) FROM job WHERE name = 'feed.spread' AND done_at IS NULL AND failed_at IS NULL"
IN_FEEDS = "SELECT COUNT(*) FROM feed_entry WHERE moment_id = ?"
NEWEST = "SELECT MAX(id) FROM moment WHERE author_id = ?"


def _spreading(many: Side) -> list[Figure]:
    calm = _others(many.client(), 300)
    meanwhile: list[float] = []
    with worker(many.data):
        _until(lambda: not crowd.count(many.data, WAITING))  # what was posted before lies in all feeds
        client, begun = many.client(), time.monotonic()
        _post(many, "给所有人")
        moment = crowd.count(many.data, NEWEST, many.member)
        wanted = many.size.friends + 1
        while crowd.count(many.data, IN_FEEDS, moment) < wanted and time.monotonic() - begun < GIVE_UP_SECONDS:
            meanwhile += _others(client, 2)
        seconds = time.monotonic() - begun
        _until(lambda: not crowd.count(many.data, WAITING))
    written = crowd.count(many.data, IN_FEEDS, moment)
    tell("spreading: done")
    about = f"about {SPREAD_SECONDS} s"
    return [
        Figure("feeds that hold it", str(written), f"exactly {wanted}", 1.0 if written == wanted else 2.0, True),
        Figure("time until all hold it", f"{seconds:.1f} s", about, seconds / SPREAD_SECONDS, False),
        disturbed(calm, meanwhile, MOST_MEANWHILE),
    ]


def _others(client: Client, times: int) -> list[float]:
    return [client.milliseconds("/circles/") for _ in range(times)]


def _until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + GIVE_UP_SECONDS
    while time.monotonic() < deadline and not done():
        time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())
