"""How much work something is, told so that a slow or busy machine does not matter."""

import time
from collections.abc import Callable


def effort(work: Callable[[], object]) -> float:
    """The processor time that `work` takes in this thread, in counts to a million. What slows it down slows the count
    down, too, which is taken before and after it."""
    before = _count()
    started = time.thread_time()
    work()
    took = time.thread_time() - started
    return 2 * took / (before + _count())


def _count() -> float:
    started = time.thread_time()
    for _ in range(1_000_000):
        pass
    return time.thread_time() - started
