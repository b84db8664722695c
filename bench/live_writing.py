"""Many who write: comments to a thousand screens, and as many as the site can take."""

from pathlib import Path
from typing import Any

from bench import load
from bench.harness import Figure, Server, median, tell
from bench.live_crowd import late
from bench.live_site import Scene, Site
from bench.live_sizes import ACCEPT_SHARE, LONGEST_MS, SCREENS_MS, SLOW_RATE, Size
from bench.live_tools import Poster, Tools, Viewers

WATCHING = 10
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


def accepted(made: Tools, where: Path, site: Site, hello: Server, scene: Scene, size: Size) -> list[Figure]:
    rates, bares, longest, known = list[float](), list[float](), 0.0, set[int]()
    refused: dict[str, int] = {}
    before = scene.comment_count()
    with Viewers(made, site.port, scene.channel, scene.people, exact=True) as viewers:
        viewers.open(WATCHING, scene.position())
        for _ in range(size.writing_rounds):
            bares.append(load.requests_per_second(hello.port, "/", {}, size.writing_seconds))
            posted = Poster(
                made, where, site.port, scene.comments, scene.people,
                seconds=size.writing_seconds, first=max(known, default=0) + 1000,
            ).finish()  # fmt: skip
            rates.append(posted.told["per_second"])
            longest = max(longest, posted.told["longest_us"] / 1000)
            known |= posted.acknowledged
            _add(refused, posted.told)
            tell(f"written: {posted.told}")
        viewers.wait(scene.position(), CATCH_UP_SECONDS)
        seen = viewers.seen(where)
        streams = viewers.report()
    stored = scene.comment_count() - before
    wrong = sum(seen.get(number) != (1, 1) for number in known)
    share = median([bare / max(rate, 0.01) for bare, rate in zip(bares, rates, strict=True)])
    shown = f"{median(rates):.0f}/s = 1/{share:.1f} of hello's {median(bares):.0f}/s"
    kept = f"{len(known)} acknowledged, {stored} stored, {wrong} not once on each screen"
    whole = stored >= len(known) > 0 and not wrong and not refused
    if refused or streams["lost"]:
        kept += f", answers {refused}, {streams['lost']} streams lost"
    return [
        Figure("comments written", shown, f"1/{ACCEPT_SHARE:.0f}, aim 1/5", share / ACCEPT_SHARE, True),
        Figure("of them lost", kept, "none", 1.0 if whole else 2.0, True),
        Figure("longest wait of a writer", f"{longest:.0f} ms", f"under {LONGEST_MS} ms", longest / LONGEST_MS, False),
    ]


def _add(refused: dict[str, int], told: dict[str, Any]) -> None:
    for status, times in told["statuses"].items():
        if not 200 <= int(status) < 400:
            refused[status] = refused.get(status, 0) + times
