"""Kills in the middle of comments: afterwards every viewer has every acknowledged comment exactly once."""

import time
from collections.abc import Callable
from pathlib import Path

from bench.harness import Figure, tell
from bench.live_site import Scene, Site, kill
from bench.live_sizes import DRILL_RATE, Size
from bench.live_tools import Posted, Poster, Tools, Viewers

BACK_SECONDS = 30
LONGEST = 120
"""Comments come before and after the kill, as long as it takes to start again, so many seconds at most."""


def drill_figures(made: Tools, where: Path, site: Site, scene: Scene, size: Size) -> list[Figure]:
    drills: tuple[tuple[str, Callable[[Site], None]], ...] = (
        ("kill -9 of the hub", lambda site: kill(site.hub())),
        ("kill -9 of a web worker", lambda site: kill(site.workers()[0])),
        ("kill -9 of everything, restart", _everything),
    )
    return [drill(made, where, site, scene, size, name, strike) for name, strike in drills]


def _everything(site: Site) -> None:
    site.kill_all()
    site.start()


def drill(
    made: Tools, where: Path, site: Site, scene: Scene, size: Size, name: str, strike: Callable[[Site], None]
) -> Figure:
    with Viewers(made, site.port, scene.channel, scene.people, exact=True, comes_back=True) as viewers:
        viewers.open(size.drill_viewers, scene.position())
        poster = Poster(
            made, where, site.port, scene.comments, scene.people, connections=16, a_second=DRILL_RATE, seconds=LONGEST
        )
        time.sleep(size.drill_seconds / 2)
        began = time.monotonic()
        strike(site)
        time.sleep(size.drill_seconds / 2)
        posted = poster.finish(early=True)
        there = viewers.wait(scene.position(), BACK_SECONDS)
        told, seen = viewers.report(), viewers.seen(where)
    tell(f"{name}: struck for {time.monotonic() - began:.1f} s, {posted.told}, {told}")
    return judged(name, posted, seen, all_there=there == size.drill_viewers)


def judged(name: str, posted: Posted, seen: dict[int, tuple[int, int]], *, all_there: bool) -> Figure:
    """What was not acknowledged may have been stored or not, but is the same for everybody."""
    known = posted.acknowledged
    missing = sum(seen.get(number, (0, 0))[0] < 1 for number in known)
    doubles = sum(most > 1 for _, most in seen.values())
    uneven = sum(least != most for number, (least, most) in seen.items() if number not in known)
    shown = f"{len(known)} acknowledged of {len(posted.answers)}: {missing} missing, {doubles} double"
    if uneven or not all_there:
        shown += f", {uneven} uneven, " + ("all" if all_there else "not all") + " are back"
    whole = known and all_there and not missing and not doubles and not uneven
    return Figure(name, shown, "each exactly once", 1.0 if whole else 2.0, True)
