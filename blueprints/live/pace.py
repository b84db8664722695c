"""How often open pages are told that a poll or a question stands otherwise now. Thousands may vote within a second, and
each row of a log goes to every page, so a poll (or a question) gets one row a second at most, and always a last one.

Each vote marks its poll for telling (`tell_at`, at once or a second after it was last told). Whoever then finds the
moment come, the vote itself or the worker that looks every second, takes the mark away and writes the row in the same
transaction. So nothing is told twice, a mark survives a kill, and what is told last was read after the last vote. A
vote that finds a mark overdue tells too, so that pages move on where no worker runs.
"""

from typing import Any

from peewee import fn

from core import clock, stream_log
from core.db import atomic
from models import LivePoll, LiveQuestion

PACE_MS = clock.SECOND
POLL, QUESTION = "poll", "question"
_TABLES: dict[str, Any] = {POLL: LivePoll, QUESTION: LiveQuestion}
MOST = 200


def tell(kind: str, event: int, ref: int) -> None:
    """Something about this poll or question is another now. Inside the transaction of what changed it, which holds the
    row from here to the commit."""
    table = _TABLES[kind]
    table.update(tell_at=fn.COALESCE(table.tell_at, table.told_at + PACE_MS)).where(table.id == ref).execute()
    _tell_when_due(kind, event, ref)


def tell_now(kind: str, event: int, ref: int) -> None:
    """As `tell`, without waiting: it begins, closes, was answered or taken away."""
    table = _TABLES[kind]
    table.update(told_at=clock.now(), tell_at=None).where(table.id == ref).execute()
    stream_log.append(f"live-{event}", kind, ref)


def tell_all_due() -> int | None:
    """What the worker does each second. Returns when (ms since 1970) the next is due, None when nothing waits."""
    now = clock.now()
    for kind, table in _TABLES.items():
        due = table.select(table.event, table.id).where(table.tell_at <= now).order_by(table.tell_at).limit(MOST)
        for event, ref in list(due.tuples()):
            with atomic():
                _tell_when_due(kind, event, ref)
    waiting = [table.select(fn.MIN(table.tell_at)).scalar() for table in _TABLES.values()]
    return min((at for at in waiting if at is not None), default=None)


def _tell_when_due(kind: str, event: int, ref: int) -> None:
    table, now = _TABLES[kind], clock.now()
    mine = table.update(told_at=now, tell_at=None).where(table.id == ref, table.tell_at <= now).execute()
    if mine:
        stream_log.append(f"live-{event}", kind, ref)
