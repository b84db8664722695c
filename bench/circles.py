"""Whether a circle of fifty thousand is as quick as one of five hundred, and exact when two hundred come at once.

    .venv/bin/python bench/circles.py --quick

Pages: the median of each beside the same page of a circle a hundredth its size, on the same site. Announcements: the
request that tells everybody, beside one that tells fifty; other pages while the job writes the notices. Exactness: two
hundred requests in one moment through two processes. Search: a word of two characters on a large and on a small site.
"""

import sys
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import crowd
from bench.crowd import Scene
from bench.harness import (
    Client,
    Figure,
    disturbed,
    folder,
    growth,
    gunicorn,
    median,
    options,
    report,
    seeded,
    tell,
    worker,
)
from bench.inside import pages_of

SHAPE = "big_and_small"
ROOMS = {"quick": (30_300, 3_000), "full": (505_000, 50_000)}
SITES = {"quick": ((5_000, 500), (40_000, 2_000)), "full": ((10_000, 1_000), (1_000_000, 20_000))}
SAMPLES = {"quick": 120, "full": 1_000}
TRIES = {"quick": 2, "full": 4}
PAGES = ("circle page", "members page", "unread jump", "moderation queue", "catch-up")
DECIDES = PAGES[:4]
MOST_GROWTH, MOST_REQUEST, MOST_MEANWHILE, MOST_SEARCH = 1.3, 2.0, 2.0, 2.0
JOB_SECONDS, SEARCH_MS = 30, 30


def main() -> int:
    asked = options(__doc__ or "")
    size = "full" if asked.full else "quick"
    with folder(asked.keep) as where:
        data = seeded(where, *ROOMS[size], shape=SHAPE)
        made = crowd.scene(data)
        tell("the scene is set")
        with gunicorn("app:create_app()", data, "/circles/", QUANZI_TRUSTED_PROXIES="1") as server:
            figures = pages(server.port, made, SAMPLES[size])
            figures += exact(server.port, data, made)
            figures += announce(server.port, data, made, TRIES[size])
        figures += search(where, size)
    posts, members = ROOMS[size]
    how = [
        f"pages: {SAMPLES[size]} requests of each to a circle of {members} members and {posts * 100 // 101} posts and "
        f"to one of {max(20, members // 100)} and {posts // 101} on the same site, in turn; the ratio is the median of "
        "the ratios of five parts of the run",
        f"announcements: {TRIES[size]} to each, alternated, medians; other pages while a worker writes the notices",
        f"exact: {crowd.CROWD} requests in one moment over HTTP, gunicorn with two processes; those for votes, "
        "reactions and applications come from half as many people, each twice",
        f"search: sites of {SITES[size][0][0]} and {SITES[size][1][0]} posts, the first results for a word of two "
        "characters in one post of a hundred, signed in",
    ]
    return report(figures, how, as_json=asked.json)


# ---- pages --------------------------------------------------------------------------------------------------


def pages(port: int, made: Scene, samples: int) -> list[Figure]:
    client = Client(port, made.bench.cookie)
    figures = []
    for name in PAGES:
        took: dict[str, list[float]] = {slug: [] for slug in made.pages}
        for round_ in range(samples + 20):
            for slug, addresses in made.pages.items():
                client.headers["X-Forwarded-For"] = f"10.1.{round_ >> 8}.{round_ & 255}"
                one = client.milliseconds(addresses[name])
                if round_ >= 20:  # the first ones fill caches
                    took[slug].append(one)
        figures.append(growth(name, took["bench-small"], took["bench"], MOST_GROWTH, decides=name in DECIDES))
        tell(f"{name}: done")
    return figures


# ---- exactly so many ----------------------------------------------------------------------------------------


def exact(port: int, data: Path, made: Scene) -> list[Figure]:
    number, half = made.numbers, made.crowd[: crowd.CROWD // 2]
    twice = [*half, *half]
    joined = sorted(crowd.all_at_once(port, made.link, made.crowd, {}))
    inside = crowd.count(data, "SELECT COUNT(*) FROM membership WHERE circle_id = ?", number["few"])
    counted = crowd.count(data, "SELECT member_count FROM circle WHERE id = ?", number["few"])
    links = [
        ("members", inside - number["few_members"]),
        ("uses", crowd.count(data, "SELECT uses FROM invite_link WHERE id = ?", number["link"])),
        ("people", crowd.count(data, "SELECT COUNT(*) FROM invite_link_use WHERE link_id = ?", number["link"])),
        ("counted", counted - number["few_members"]),
        ("let in", joined.count(303)),
    ]  # fmt: skip
    crowd.all_at_once(port, made.vote, twice, {"option": str(made.option)})
    votes = [
        ("ballots", crowd.count(data, "SELECT COUNT(*) FROM post_poll_ballot WHERE poll_id = ?", number["poll"])),
        ("counted", crowd.count(data, "SELECT ballot_count FROM post_poll WHERE id = ?", number["poll"])),
        ("for it", crowd.count(data, "SELECT vote_count FROM post_poll_option WHERE id = ?", made.option)),
    ]
    before = crowd.count(data, "SELECT COUNT(*) FROM post_like WHERE post_id = ?", number["liked"])
    crowd.all_at_once(port, made.like, twice, {"on": "1"})
    likes = [
        ("rows", crowd.count(data, "SELECT COUNT(*) FROM post_like WHERE post_id = ?", number["liked"]) - before),
        ("counted", crowd.count(data, "SELECT like_count FROM post WHERE id = ?", number["liked"]) - before),
    ]
    crowd.all_at_once(port, made.apply, twice, {"answer": "一起"})
    asked = "SELECT COUNT(*) FROM join_request WHERE circle_id = ? AND decided_at IS NULL"
    applied = [("requests", crowd.count(data, asked, number["asked"]))]
    tell("exactness: done")
    return [
        exactly(f"{crowd.CROWD} redeem a link of {crowd.PLACES}", links, crowd.PLACES),
        exactly("votes, each sent twice", votes, len(half)),
        exactly("reactions, each sent twice", likes, len(half)),
        exactly("applications, each sent twice", applied, len(half)),
    ]


def exactly(name: str, counted: list[tuple[str, int]], wanted: int) -> Figure:
    told = ", ".join(f"{number} {what}" for what, number in counted)
    right = all(number == wanted for _, number in counted)
    return Figure(name, told, f"exactly {wanted}", 1.0 if right else 2.0, True)


# ---- announcements ------------------------------------------------------------------------------------------


def announce(port: int, data: Path, made: Scene, tries: int) -> list[Figure]:
    """Nobody works while requests are timed, so that the last announcement's job does not fall on the next request."""
    took: dict[str, list[float]] = {"few": [], "big": []}
    for round_ in range(tries):
        for circle, times in took.items():
            times.append(_announce_once(port, made, made.announced[circle][round_ % 4]))
            crowd.send(port, f"{made.announced[circle][round_ % 4]}/pin", made.bench, {"on": "0"})
    last = made.announced["big"][0]
    client, other = Client(port, made.bench.cookie), made.pages["bench-small"]["circle page"]
    calm = [client.milliseconds(other) for _ in range(300)]
    with worker(data):
        begun = time.monotonic()
        _announce_once(port, made, last)
        meanwhile, seconds, written = _until_told(client, other, data, made, int(last.rpartition("/")[2]), begun)
    crowd.send(port, f"{last}/pin", made.bench, {"on": "0"})
    wanted = made.numbers["big_members"] - 1
    ratio = median(took["big"]) / median(took["few"])
    told = f"{ratio:.2f} x  ({median(took['few']):.1f} -> {median(took['big']):.1f} ms)"
    tell("announcements: done")
    name, goal = f"announcement to {wanted + 1} beside {crowd.FEW}", f"at most {MOST_REQUEST} x"
    about = f"about {JOB_SECONDS} s"
    return [
        Figure(name, told, goal, ratio / MOST_REQUEST, True),
        exactly("notices written by the job", [("notices", written)], wanted),
        Figure("time until all are written", f"{seconds:.1f} s", about, seconds / JOB_SECONDS, False),
        disturbed(calm, meanwhile, MOST_MEANWHILE),
    ]


def _announce_once(port: int, made: Scene, post: str) -> float:
    begun = time.perf_counter()
    status = crowd.send(port, f"{post}/pin", made.bench, {"on": "1", "tells": "1"})
    if status != 303:
        raise RuntimeError(f"the announcement was answered with {status}")
    return (time.perf_counter() - begun) * 1000


def _until_told(
    client: Client, other: str, data: Path, made: Scene, post: int, begun: float
) -> tuple[list[float], float, int]:
    """How long other pages took until the job was done, how many seconds that was, and how many notices there are."""
    took: list[float] = []
    asked = "SELECT COUNT(*) FROM notice WHERE kind = 'pinned' AND subject_kind = 'post' AND subject_id = ?"
    waiting = "SELECT COUNT(*) FROM job WHERE name = 'circles.announce' AND done_at IS NULL AND failed_at IS NULL"
    while crowd.count(data, waiting) and time.monotonic() - begun < 10 * JOB_SECONDS:
        took += [client.milliseconds(other) for _ in range(10)]
    return took, time.monotonic() - begun, crowd.count(data, asked, post)


# ---- search -------------------------------------------------------------------------------------------------


def no_times() -> list[float]:
    return []


def search(where: Path, size: str) -> list[Figure]:
    with ExitStack() as servers:
        sides = []
        for posts, members in SITES[size]:
            data = seeded(where, posts, members)
            made = pages_of(data)
            server = servers.enter_context(gunicorn("app:create_app()", data, "/circles/", QUANZI_TRUSTED_PROXIES="1"))
            sides.append((Client(server.port, made.cookie), made.search, no_times()))
        for round_ in range(SAMPLES[size] + 20):
            for client, address, took in sides:
                client.headers["X-Forwarded-For"] = f"10.2.{round_ >> 8}.{round_ & 255}"
                one = client.milliseconds(address)
                if round_ >= 20:
                    took.append(one)
    small, large = (took for _, _, took in sides)
    slow = median(large)
    return [
        growth("search, two characters", small, large, MOST_SEARCH),
        Figure("search on the large site", f"p50 {slow:.1f} ms", f"about {SEARCH_MS} ms", slow / SEARCH_MS, False),
    ]


if __name__ == "__main__":
    sys.exit(main())
