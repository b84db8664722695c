"""The time that stories are told in."""

import itertools
import time

DAY_NS = 24 * 3600 * 10**9
HALF_PAST_TEN_NS = 21 * 1800 * 10**9
LOOK_NS = 10**6


class SlowTime:
    """What `core.clock` reads while a test runs: half past ten (UTC) of the day on which the run began, and a
    millisecond more each time somebody looks.

    So no minute, day or year turns in the middle of a story, on however slow a machine, and it is the same day from
    Honolulu to Auckland. A story that wants another time moves it (`clock.shift`)."""

    monotonic = staticmethod(time.monotonic)

    def __init__(self) -> None:
        began = time.time_ns()
        self.half_past_ten = began - began % DAY_NS + HALF_PAST_TEN_NS
        self.begin()

    def begin(self) -> None:
        self._looks = itertools.count()

    def time_ns(self) -> int:
        return self.half_past_ten + next(self._looks) * LOOK_NS
