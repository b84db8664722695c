"""How much is measured, and the goals."""

from dataclasses import dataclass, replace

MOST_P50, MOST_P99, LEAST_SATURATED = 1.8, 2.5, 8.0
CONNECT_SHARE, ACCEPT_SHARE = 4.0, 8.0
MOST_PAGE = 3.0
MOST_KB = 1.0
SCREENS_MS, LONGEST_MS, BUSY_MS = 60, 500, 400
REVOKED_SECONDS = 2.0
SLOW_RATE, FAST_RATE, DRILL_RATE = 10, 200, 50
AT_LEAST_OFFERED = 9
CROWD = 10_000
"""Figures beside the bare writer decide from so many viewers: with fewer, the way of a comment through the site, which
the writer does not have, is most of what is measured."""
LEAST_PAGES = 2_000
"""Below so many samples a 99th percentile does not decide."""


@dataclass(frozen=True)
class Size:
    viewers: int
    posts: int
    members: int
    rounds: int
    held_seconds: float
    pages: int
    busy_seconds: float
    bare_seconds: float
    screens: int
    screen_seconds: float
    writing_rounds: int
    writing_seconds: float
    drill_viewers: int
    drill_seconds: float

    def in_python(self) -> "Size":
        """What a client in Python keeps up with."""
        return replace(self, viewers=min(self.viewers, 300), screens=min(self.screens, 200), drill_viewers=50)

    @property
    def decides(self) -> bool:
        return self.viewers >= CROWD

    def how(self, clients: str) -> list[str]:
        return [
            f"viewers: {self.viewers} streams of members of one circle, opened through /stream; clients {clients}, on "
            "the same machine as the site",
            "late: from the moment a comment is posted to the moment its frame is read, all viewers together; "
            f"{SLOW_RATE} comments/s in {self.rounds} rounds of {self.held_seconds:.0f} s, in turn with as many "
            "viewers of the bare writer and frames of the same size; the ratio is the median of the rounds",
            f"at saturation: {FAST_RATE} comments/s (or {AT_LEAST_OFFERED} times what the bare writer manages) posted "
            f"for {self.busy_seconds:.0f} s; the bare writer gets the next comment as soon as the last one is out",
            "memory: private pages written to (smaps_rollup), before and after all have connected; before that, each "
            "had come and left at once, so that caches are full",
            f"written: {self.writing_rounds} rounds of {self.writing_seconds:.0f} s over 16 connections, in turn with "
            "hello; counted in the database and on ten screens",
            f"kills: {self.drill_viewers} viewers who come back by themselves, {DRILL_RATE} comments/s meanwhile, "
            "SIGKILL by process id",
        ]


QUICK = Size(
    viewers=2_000, posts=400, members=40, rounds=1, held_seconds=4, pages=250, busy_seconds=3, bare_seconds=2,
    screens=1_000, screen_seconds=3, writing_rounds=1, writing_seconds=2, drill_viewers=100, drill_seconds=3,
)  # fmt: skip
FULL = Size(
    viewers=CROWD, posts=2_000, members=200, rounds=5, held_seconds=12, pages=LEAST_PAGES, busy_seconds=20,
    bare_seconds=10, screens=1_000, screen_seconds=20, writing_rounds=5, writing_seconds=5, drill_viewers=1_000,
    drill_seconds=15,
)  # fmt: skip
