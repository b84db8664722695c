"""Many who write: comments to a thousand screens, and as many as the site can take."""

from pathlib import Path

from bench import load
from bench.harness import Figure, Server, median, processor_seconds, tell
from bench.live_crowd import late
from bench.live_site import Scene, Site
from bench.live_sizes import ACCEPT_SHARE, LONGEST_MS, SCREENS_MS, SLOW_RATE, Size
from bench.live_tools import Poster, Tools, Viewers

WATCHING = 10
CONNECTIONS = 16
CATCH_UP_SECONDS = 20


def writing_figures(made: Tools, where: Path, site: Site, hello: Server, scene: Scene, size: Size) -> list[Figure]:
    return screens(made, where, site, scene, size) + accepted(made, where, site, hello, scene, size)


def screens(made: Tools, where: Path, site: Site, scene: Scene, size: Size) -> list[Figure]:
    with Viewers(made, site.port, scene.channel, scene.people) as viewers:
        viewers.open(size.screens, scene.position())
        viewers.reset()
        Poster(
            made, where, site.port, scene.comments, scene.people, a_second=SLOW_RATE, seconds=size.screen_seconds
        ).finish()
        viewers.wait(scene.position(), CATCH_UP_SECONDS)
        told = viewers.report()
    tell(f"screens: {late(told)}")
    p99, last = told["p99_us"] / 1000, told["last_p50_us"] / 1000
    shown = f"p99 {p99:.0f} ms, p50 {told['p50_us'] / 1000:.0f} ms"
    name = f"from POST to {size.screens} screens"
    return [
        Figure(name, shown, f"p99 about {SCREENS_MS} ms", p99 / SCREENS_MS, False),
        Figure("until the last of them has it", f"p50 {last:.0f} ms", "-", 0.0, False),
    ]


class Writing:
    """Rounds of as many comments as are taken, in turn with hello."""

    def __init__(self, made: Tools, where: Path, site: Site, hello: Server, scene: Scene, size: Size) -> None:
        self.made, self.where, self.site, self.hello, self.scene, self.size = made, where, site, hello, scene, size
        self.rates, self.bares, self.costs = list[float](), list[float](), list[float]()
        self.longest_ms, self.known, self.refused = 0.0, set[int](), dict[str, int]()

    def round(self) -> None:
        seconds, before = self.size.writing_seconds, processor_seconds(self.hello.process.pid)
        self.bares.append(load.requests_per_second(self.hello.port, "/", {}, seconds))
        bare_cost = (processor_seconds(self.hello.process.pid) - before) / (self.bares[-1] * seconds)
        before = processor_seconds(self.site.pid)
        posted = Poster(
            self.made, self.where, self.site.port, self.scene.comments, self.scene.people, connections=CONNECTIONS,
            seconds=seconds, first=max(self.known, default=0) + 1000,
        ).finish()  # fmt: skip
        tell(f"written: {posted.told}")
        cost = (processor_seconds(self.site.pid) - before) / max(1, posted.told["accepted"])
        self.costs.append(cost / bare_cost)
        self.rates.append(posted.told["per_second"])
        self.longest_ms = max(self.longest_ms, posted.told["longest_us"] / 1000)
        self.known |= posted.acknowledged
        for status, times in posted.told["statuses"].items():
            if not 200 <= int(status) < 400:
                self.refused[status] = self.refused.get(status, 0) + times

    def share(self) -> float:
        return median([bare / max(rate, 0.01) for bare, rate in zip(self.bares, self.rates, strict=True)])


def accepted(made: Tools, where: Path, site: Site, hello: Server, scene: Scene, size: Size) -> list[Figure]:
    writing, stored = Writing(made, where, site, hello, scene, size), -scene.comment_count()
    with Viewers(made, site.port, scene.channel, scene.people, exact=True) as viewers:
        viewers.open(WATCHING, scene.position())
        for _ in range(size.writing_rounds):
            writing.round()
        viewers.wait(scene.position(), CATCH_UP_SECONDS)
        seen, lost = viewers.seen(where), viewers.report()["lost"]
    stored += scene.comment_count()
    wrong = sum(seen.get(number) != (1, 1) for number in writing.known)
    share, longest = writing.share(), writing.longest_ms
    shown = f"{median(writing.rates):.0f}/s = 1/{share:.1f} of hello's {median(writing.bares):.0f}/s"
    shown += f" (by processor time 1/{median(writing.costs):.1f})"
    kept = f"{len(writing.known)} acknowledged, {stored} stored, {wrong} not once on each screen"
    if writing.refused or lost:
        kept += f", answers {writing.refused}, {lost} streams lost"
    whole = stored >= len(writing.known) > 0 and not wrong and not writing.refused
    return [
        Figure("comments written", shown, f"1/{ACCEPT_SHARE:.0f}, aim 1/5", share / ACCEPT_SHARE, True),
        Figure("of them lost", kept, "none", 1.0 if whole else 2.0, True),
        Figure("longest wait of a writer", f"{longest:.0f} ms", f"under {LONGEST_MS} ms", longest / LONGEST_MS, False),
    ]
