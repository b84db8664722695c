"""Many viewers at once: connecting, memory, how late comments come, saturation, what pages feel of it."""

import threading
import time
from pathlib import Path
from typing import Any

from bench import load
from bench.harness import Client, Figure, Server, median, percentile, processor_seconds, tell
from bench.live_site import Scene, Site, settled_private_kb
from bench.live_sizes import (
    AT_LEAST_OFFERED,
    BUSY_MS,
    CONNECT_SHARE,
    FAST_RATE,
    LEAST_PAGES,
    LEAST_SATURATED,
    MOST_KB,
    MOST_P50,
    MOST_P99,
    MOST_PAGE,
    SLOW_RATE,
    Size,
)
from bench.live_tools import Poster, Tools, Viewers, bare_writer

CATCH_UP_SECONDS = 30
BARE_CHANNEL = "live-1"
Told = dict[str, Any]


def crowd_figures(made: Tools, where: Path, site: Site, hello: Server, scene: Scene, size: Size) -> list[Figure]:
    pages = Pages(site.port, scene)
    calm = pages.ask(size.pages)
    with Viewers(made, site.port, scene.channel, scene.people) as viewers:
        figures = connect(site, hello, scene, viewers, size)
        frame_bytes = one_frame(made, where, site, scene, viewers)
        with (
            bare_writer(made, frame_bytes) as port,
            Viewers(made, port, BARE_CHANNEL, scene.people) as bare,
        ):
            bare.open(size.viewers, at_a_time=1000)
            crowd = Crowd(made, where, site, scene, viewers, bare, port, size)
            figures += crowd.hold()
            figures += crowd.meanwhile(pages, calm)
            figures += crowd.saturate()
    return figures


class Pages:
    """Somebody who reads a circle, one page after the other."""

    def __init__(self, port: int, scene: Scene) -> None:
        self.port, self.scene = port, scene

    def ask(self, many: int) -> list[float]:
        client = Client(self.port, self.scene.bench.cookie)
        for _ in range(20):  # the first ones fill caches
            client.milliseconds(self.scene.page)
        return [client.milliseconds(self.scene.page) for _ in range(many)]


# ---- connecting ---------------------------------------------------------------------------------------------


def connect(site: Site, hello: Server, scene: Scene, viewers: Viewers, size: Size) -> list[Figure]:
    seconds, position = 5.0 if size.decides else 1.5, scene.position()
    viewers.visit(size.viewers, position)
    before = processor_seconds(hello.process.pid)
    rates = [load.requests_per_second(hello.port, "/", {}, seconds)]
    bare_cost = (processor_seconds(hello.process.pid) - before) / (rates[0] * seconds)
    hub, workers = settled_private_kb([site.hub()]), settled_private_kb(site.workers())
    before = processor_seconds(site.pid)
    opened = viewers.open(size.viewers, position)
    cost = (processor_seconds(site.pid) - before) / opened["opened"]
    hub, workers = settled_private_kb([site.hub()]) - hub, settled_private_kb(site.workers()) - workers
    rates.append(load.requests_per_second(hello.port, "/", {}, seconds))
    bare = median(rates)
    share = bare / (opened["opened"] / opened["seconds"])
    told = f"{opened['opened'] / opened['seconds']:.0f}/s = 1/{share:.1f} of hello's {bare:.0f}/s"
    told += f" (by processor time 1/{cost / bare_cost:.1f})"
    tell(f"connected: {opened}")
    each = hub / size.viewers
    grown = f"{workers} kB in {len(site.workers())} workers"
    return [
        Figure("viewers connect", told, f"1/{CONNECT_SHARE:.0f} of hello", share / CONNECT_SHARE, True),
        all_of("streams that were opened", opened["opened"], size.viewers),
        Figure("memory a viewer, hub", f"{each:.2f} kB", f"at most {MOST_KB:.0f} kB", each / MOST_KB, False),
        Figure("memory, web workers", grown, "nothing", max(0.0, workers / size.viewers / 0.1), False),
    ]


def all_of(name: str, counted: int, wanted: int) -> Figure:
    return Figure(name, f"{counted}", f"{wanted}", 1.0 if counted == wanted else 2.0, True)


def one_frame(made: Tools, where: Path, site: Site, scene: Scene, viewers: Viewers) -> int:
    """How many bytes a comment is on the wire. Raises RuntimeError when it does not come."""
    viewers.reset()
    posted = Poster(made, where, site.port, scene.comments, scene.people, a_second=20, seconds=0.5).finish()
    viewers.wait(scene.position(), CATCH_UP_SECONDS)
    told = viewers.report()
    if not told["frames"]:
        raise RuntimeError(f"no comment came: {posted.told}")
    return round(told["bytes"] / told["frames"])


# ---- the crowd ----------------------------------------------------------------------------------------------


class Crowd:
    """As many viewers of the site as of the bare writer, all the time; comments go to one side after the other."""

    def __init__(
        self, made: Tools, where: Path, site: Site, scene: Scene, viewers: Viewers, bare: Viewers, port: int, size: Size
    ) -> None:
        self.made, self.where, self.site, self.scene, self.size = made, where, site, scene, size
        self.viewers, self.bare, self.bare_port = viewers, bare, port
        self.told_by_bare = 0

    def post(self, rate: float, seconds: float, connections: int = 8) -> tuple[Told, Told]:
        """What the poster and the viewers tell, when everybody has everything or no more comes."""
        self.viewers.reset()
        poster = Poster(
            self.made, self.where, self.site.port, self.scene.comments, self.scene.people,
            connections=connections, a_second=rate, seconds=seconds,
        )  # fmt: skip
        posted = poster.finish()
        self.viewers.wait(self.scene.position(), CATCH_UP_SECONDS)
        return posted.told, self.viewers.report()

    def post_bare(self, rate: float, seconds: float, connections: int = 8) -> tuple[Told, Told]:
        self.bare.reset()
        poster = Poster(
            self.made, self.where, self.bare_port, "/", self.scene.people,
            connections=connections, a_second=rate, seconds=seconds,
        )  # fmt: skip
        posted = poster.finish()
        self.told_by_bare += posted.told["accepted"]
        self.bare.wait(self.told_by_bare, CATCH_UP_SECONDS)
        return posted.told, self.bare.report()

    def hold(self) -> list[Figure]:
        began, ours, bares, complete, sent = time.monotonic(), [], [], 0, 0
        before = processor_seconds(self.site.hub())
        for _ in range(self.size.rounds):
            posted, told = self.post(SLOW_RATE, self.size.held_seconds)
            ours.append(told)
            sent += posted["accepted"]
            complete += is_complete(posted, told)
            bares.append(self.post_bare(SLOW_RATE, self.size.held_seconds)[1])
            tell(f"late: {late(told)}, bare {late(bares[-1])}")
        used = (processor_seconds(self.site.hub()) - before) / max(1, sent)
        held = time.monotonic() - began
        lost = sum(told["lost"] for told in ours)
        name = f"{self.size.viewers} viewers held {held:.0f} s"
        told_all = f"{self.viewers.report()['open']} open, {lost} lost, {complete} of {len(ours)} rounds complete"
        whole = complete == len(ours) and not lost
        return [
            Figure(name, told_all, "all open, nothing missing", 1.0 if whole else 2.0, True),
            self.beside("p50_us", "p50 at 10 comments/s", MOST_P50, ours, bares),
            self.beside("p99_us", "p99 at 10 comments/s", MOST_P99, ours, bares),
            Figure("processor of the hub, a comment", f"{1000 * used:.0f} ms", "-", 0.0, False),
        ]

    def beside(self, which: str, name: str, most: float, ours: list[Told], bares: list[Told]) -> Figure:
        ratio = median([told[which] / bare[which] for told, bare in zip(ours, bares, strict=True)])
        mine, bare = (median([told[which] / 1000 for told in side]) for side in (ours, bares))
        told = f"{ratio:.2f} x  (bare {bare:.0f} -> {mine:.0f} ms)"
        return Figure(name, told, f"at most {most} x", ratio / most, self.size.decides)

    def meanwhile(self, pages: Pages, calm: list[float]) -> list[Figure]:
        """A circle's page while everybody is told ten comments a second."""
        took: list[float] = []
        done = threading.Event()

        def ask() -> None:
            try:
                took.extend(pages.ask(self.size.pages))
            finally:
                done.set()

        reader = threading.Thread(target=ask)
        reader.start()
        complete = True
        while not done.is_set():
            posted, told = self.post(SLOW_RATE, 4.0)
            complete = complete and is_complete(posted, told)
        reader.join()
        if not took:
            raise RuntimeError("the pages were not answered meanwhile")
        ratio = percentile(took, 0.99) / percentile(calm, 0.99)
        shown = f"{ratio:.2f} x  ({percentile(calm, 0.99):.1f} -> {percentile(took, 0.99):.1f} ms)"
        middle = f"{median(took) / median(calm):.2f} x  ({median(calm):.1f} -> {median(took):.1f} ms)"
        says = len(took) >= LEAST_PAGES
        return [
            Figure("p99 of a circle page meanwhile", shown, f"at most {MOST_PAGE:.0f} x", ratio / MOST_PAGE, says),
            Figure("p50 of a circle page meanwhile", middle, "-", 0.0, False),
        ]

    def saturate(self) -> list[Figure]:
        posted_bare, bare = self.post_bare(0, self.size.bare_seconds, connections=1)
        bare_rate = posted_bare["accepted"] / posted_bare["seconds"]
        offered = max(FAST_RATE, AT_LEAST_OFFERED * bare_rate) if self.size.decides else FAST_RATE
        began = time.monotonic()
        posted, told = self.post(offered, self.size.busy_seconds, connections=16)
        rate = told["fewest"] / (time.monotonic() - began)
        tell(f"at saturation: {late(told)}, posted {posted}, bare {late(bare)}")
        ratio, last = rate / bare_rate, told["p99_us"] / 1000
        missing = self.size.viewers * posted["accepted"] - told["frames"]
        shown = f"{posted['accepted']} comments, {missing} of {told['frames'] + missing} frames missing"
        times = f"{ratio:.1f} x  (bare {bare_rate:.1f} -> {rate:.0f} a second)"
        goal = f"at least {LEAST_SATURATED:.0f} x"
        whole = is_complete(posted, told)
        taken = f"{posted['per_second']:.0f}/s accepted, waits p99 {posted['p99_us'] / 1000:.0f} ms"
        short = 0.98 * offered / max(1, posted["per_second"])
        return [
            Figure(f"all delivered at {offered:.0f} comments/s", shown, "all", 1.0 if whole else 2.0, True),
            Figure(f"p99 at {offered:.0f} comments/s", f"{last:.0f} ms", f"about {BUSY_MS} ms", last / BUSY_MS, False),
            Figure("comments/s at saturation", times, goal, LEAST_SATURATED / ratio, self.size.decides),
            Figure("posting meanwhile", taken, f"{offered:.0f}/s", short, False),
        ]


def is_complete(posted: Told, told: Told) -> bool:
    """Every viewer got every acknowledged comment once, in order, on a stream that never ended."""
    faults = told["lost"] + told["gaps"] + told["doubles"]
    return not faults and told["fewest"] == told["most"] >= posted["accepted"] > 0


def late(told: Told) -> str:
    return f"p50 {told['p50_us'] / 1000:.1f}, p99 {told['p99_us'] / 1000:.1f} ms, last {told['last_p99_us'] / 1000:.0f}"
