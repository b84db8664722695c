"""Whether pages stay as quick when a site grows: the median of each page at a million posts beside ten thousand.

    .venv/bin/python bench/growth.py --quick
"""

import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.harness import Client, Figure, folder, gunicorn, median, options, percentile, report, seeded, tell, times
from bench.inside import Pages, pages_of

MOST_GROWTH = 1.2
SIZES = {"quick": ((5_000, 500), (60_000, 3_000)), "full": ((10_000, 1_000), (1_000_000, 20_000))}
SAMPLES = {"quick": 300, "full": 2_000}
ASKED = ("circle", "post", "search", "search_inside", "directory")
DECIDES = ("circle", "post", "search")


@dataclass
class Side:
    """One of the two sites, with what was measured on it."""

    client: Client
    pages: Pages
    took: dict[str, list[float]]


def main() -> int:
    asked = options(__doc__ or "")
    size = "full" if asked.full else "quick"
    with folder(asked.keep) as where, ExitStack() as servers:
        sites = [seeded(where, posts, members) for posts, members in SIZES[size]]
        sides = []
        for data in sites:
            pages = pages_of(data)
            # One proxy is trusted, so that each request can come from an address of its own: rates do not count here.
            server = servers.enter_context(gunicorn("app:create_app()", data, "/circles/", QUANZI_TRUSTED_PROXIES="1"))
            sides.append(Side(Client(server.port, pages.cookie), pages, {name: [] for name in ASKED}))
        measure(sides, SAMPLES[size])
    small, large = SIZES[size][0][0], SIZES[size][1][0]
    how = [
        f"{SAMPLES[size]} requests of each page to each site over HTTP, one after the other, the two sites in turn",
        f"sites of {small} and {large} made-up posts, half of them in the circle that is asked for; "
        "the ratio is the median of the ratios of five parts of the run",
    ]
    return report([figure_of(name, *sides) for name in ASKED], how, as_json=asked.json)


def measure(sides: list[Side], samples: int) -> None:
    """Both sites in turn for each page, so that what the machine does meanwhile falls on both."""
    for name in ASKED:
        for round_ in range(samples + 20):
            for side in sides:
                side.client.headers["X-Forwarded-For"] = f"10.{round_ >> 16}.{round_ >> 8 & 255}.{round_ & 255}"
                took = side.client.milliseconds(getattr(side.pages, name))
                if round_ >= 20:  # the first ones fill caches
                    side.took[name].append(took)
        tell(f"{name}: done")


def figure_of(name: str, small: Side, large: Side) -> Figure:
    before, after = small.took[name], large.took[name]
    growth = times(before, after)
    told = (
        f"{growth:.2f} x  (p50 {median(before):.1f} -> {median(after):.1f} ms, "
        f"p99 {percentile(before, 0.99):.0f} -> {percentile(after, 0.99):.0f})"
    )
    return Figure(name.replace("_", " "), told, f"at most {MOST_GROWTH} x", growth / MOST_GROWTH, name in DECIDES)


if __name__ == "__main__":
    sys.exit(main())
