"""Telling those who asked for it: a batch a transaction, with a rest after each, so that others write in between."""

import threading

from blueprints.accounts.queries import reader
from blueprints.live import reminding
from blueprints.live.reminding import Occasion
from blueprints.live.words_letters import letter
from core import clock, mail
from core.db import atomic
from core.jobs import Running, job
from core.policy import Actor, Standing, visible_ids

SHORTEST_REST = 0.05
"""Seconds. A rest lasts twice as long as its batch took, so that whoever waits to write gets a turn, which SQLite does
not see to, and pages have the machine for most of the time."""


@job(reminding.TELL_JOB)
def tell(running: Running, event: int, kind: str, at: int) -> None:
    """Killed in the middle it begins anew, and who was told before is told nothing twice."""
    occasion = Occasion(event, kind, at)
    after: int | None = 0
    while after is not None:
        began = clock.monotonic()
        with atomic():
            after = reminding.tell_next(occasion, after)
        if after is not None:
            threading.Event().wait(max(SHORTEST_REST, 2 * (clock.monotonic() - began)))


@job(reminding.MAIL_JOB)
def send(running: Running, event: int, kind: str, at: int, member: int) -> None:
    """Once an occasion: see blueprints/live/reminding.py."""
    occasion = Occasion(event, kind, at)
    row, to = reminding.wanted(occasion, member), reader(member)
    if row is None or to is None or not visible_ids("live", [event], Actor(member, Standing.MEMBER, to.username)):
        return
    written = letter(to, kind, row)
    taken, before = reminding.take(occasion, member)
    if not taken:
        return
    try:
        mail.deliver(written)
    except mail.NotReached:
        reminding.give_back(occasion, member, before)
        raise
