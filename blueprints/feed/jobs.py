"""Feeds are written and cleared in the background. Killed in the middle, the work begins anew, and what lies in a feed
already lies there once."""

from collections.abc import Callable

from blueprints.feed import (
    fanout,
    jobs_posting,  # noqa: F401 - its jobs
    telling,
)
from core.jobs import Running, in_batches, job

RELISTED = 1000
"""So many pairs of a friend and a moment are looked at in a transaction."""


class _Round:
    """One way through the numbers of those whom a moment concerns."""

    def __init__(self, step: Callable[[int], int | None]) -> None:
        self.step, self.after = step, 0

    def next(self) -> bool:
        reached = self.step(self.after)
        self.after = reached or 0
        return reached is not None


@job(fanout.SPREAD)
def spread(running: Running, moment: int) -> None:
    in_batches(_Round(lambda after: fanout.spread(moment, after)).next)


@job(fanout.SETTLE)
def settle(running: Running, moment: int) -> None:
    in_batches(_Round(lambda after: fanout.settle(moment, after)).next)


@job(fanout.FILL)
def fill(running: Running, member: int, author: int) -> None:
    fanout.fill(member, author)


@job(fanout.TAKE_OUT)
def take_out(running: Running, member: int, author: int) -> None:
    in_batches(lambda: fanout.take_out(member, author))


@job(fanout.RELIST)
def relist(running: Running, members: list[int], author: int, moments: list[int] | None = None) -> None:
    """Their bells as well: while the list was being dropped, it was still there. Without `moments`, an older version
    asked for it: then all that goes by a list is looked at."""
    telling.of_parting(members)
    shown = fanout.by_lists(author) if moments is None else moments
    friends = min(len(members), RELISTED)
    many = max(1, RELISTED // max(1, friends))
    left = [
        (members[place : place + friends], shown[start : start + many])
        for place in range(0, len(members), RELISTED)
        for start in range(0, len(shown), many)
    ]

    def some() -> bool:
        if left:
            fanout.relist(*left.pop())
        return bool(left)

    in_batches(some)


@job(fanout.ENTER)
def enter_circle(running: Running, circle: int, member: int) -> None:
    fanout.enter_circle(member, circle)


@job(fanout.LEAVE)
def leave_circle(running: Running, circle: int, member: int) -> None:
    in_batches(lambda: fanout.leave_circle(member, circle))
