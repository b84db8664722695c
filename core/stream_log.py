"""What open pages are told: numbered rows of channels, and revocations. The row is the truth; what rings after the
commit (core/streams.py) is a doorbell and may be lost.

A channel is named for its kind and the row it belongs to: `live-7`, `circle-3`. One that has rows is a log: every
page gets every row once and in order. One without rows only says that something changed, and pages ask what.
"""

from collections.abc import Callable
from typing import NamedTuple

from core import clock
from core.db import after_commit, atomic
from models import StreamPosition, StreamRevocation, StreamRow, StreamTally, database

KEPT_MS = 3 * clock.DAY
REVOKED_KEPT_MS = clock.DAY
REVOKED = "revoked"
"""The channel whose numbers the revocations take."""

GUESTS = "guest"
"""The tag that all visitors carry who have not signed in."""


class Row(NamedTuple):
    """`kind` and `ref` say what happened to which row; `at` in ms since 1970."""

    seq: int
    kind: str
    ref: int
    at: int


Ring = Callable[[str, list[Row]], None]
Cut = Callable[[int, str], None]
_rings: list[Ring] = []
_cuts: list[Cut] = []


def rings(ring: Ring, cut: Cut) -> None:
    """Who passes it on after the commit: rows of a log, or none for a channel without rows; and revocations."""
    _rings[:], _cuts[:] = [ring], [cut]


# ---- writing ------------------------------------------------------------------------------------------------


def append(channel: str, kind: str, ref: int = 0) -> int:
    """Write the next row of a log, inside the transaction of what happened; returns its number."""
    seq = _next(channel)
    now = clock.now()
    database.execute_sql(_INSERT.format(*[database.param] * 5), (channel, seq, kind, ref, now))
    after_commit(lambda: _ring(channel, [Row(seq, kind, ref, now)]))
    return seq


def touch(channel: str) -> None:
    """Say after the commit that something changed where `channel` is looked at; nothing is written."""
    after_commit(lambda: _ring(channel, []))


_COUNT = 'UPDATE "stream_position" SET "seq" = "seq" + 1 WHERE "channel" = {} RETURNING "seq"'
_POSITION = 'SELECT "seq" FROM "stream_position" WHERE "channel" = {}'
_INSERT = 'INSERT INTO "stream_row" ("channel", "seq", "kind", "ref", "at") VALUES ({}, {}, {}, {}, {})'


def _next(channel: str) -> int:
    """The next number of a channel. The row stays locked to the end of the transaction: numbers are seen in order."""
    if not database.in_transaction():
        raise RuntimeError("numbers are taken inside the transaction of what they number")
    sql = _COUNT.format(database.param)
    row = database.execute_sql(sql, (channel,)).fetchone()
    if row is None:
        StreamPosition.insert(channel=channel, seq=0).on_conflict_ignore().execute()
        row = database.execute_sql(sql, (channel,)).fetchone()
    return int(row[0])


def _ring(channel: str, rows: list[Row]) -> None:
    for ring in _rings:
        ring(channel, rows)


# ---- reading ------------------------------------------------------------------------------------------------


def position(channel: str) -> int:
    """The number of the last row; 0 when there was none. Read it before what the page shows, never after."""
    row = database.execute_sql(_POSITION.format(database.param), (channel,)).fetchone()
    return int(row[0]) if row else 0


def positions(channels: list[str]) -> dict[str, int]:
    wanted = StreamPosition.channel.in_(channels)
    return dict(StreamPosition.select(StreamPosition.channel, StreamPosition.seq).where(wanted).tuples())


def rows(channel: str, since: int, limit: int = 500) -> list[Row]:
    """What came after `since`, oldest first."""
    found = (
        StreamRow.select(StreamRow.seq, StreamRow.kind, StreamRow.ref, StreamRow.at)
        .where(StreamRow.channel == channel, StreamRow.seq > since)
        .order_by(StreamRow.seq)
        .limit(limit)
    )
    return [Row(*row) for row in found.tuples()]


# ---- revoking -----------------------------------------------------------------------------------------------


def revoke(*tags: str) -> int:
    """End every open stream that carries all of these tags, within two seconds of the commit: `revoke("m5", "c3")` when
    member 5 is no longer in circle 3, `revoke("s17")` for a session that was ended. Whoever may still look comes back
    by themselves, so one too many does no harm. In the transaction of what took the right away; returns its number."""
    with atomic():
        seq = _next(REVOKED)
        StreamRevocation.insert(seq=seq, tags=" ".join(tags), at=clock.now()).execute()
        after_commit(lambda: [cut(seq, " ".join(tags)) for cut in _cuts])
    return seq


def revocations(since: int = 0, *, younger_than_ms: int = 60_000) -> list[tuple[int, str]]:
    """Recent ones, (number, tags), oldest first."""
    found = (
        StreamRevocation.select(StreamRevocation.seq, StreamRevocation.tags)
        .where(StreamRevocation.seq > since, StreamRevocation.at > clock.now() - younger_than_ms)
        .order_by(StreamRevocation.seq)
    )
    return list(found.tuples())


# ---- counting -----------------------------------------------------------------------------------------------


def tally(channel: str, hub: str, viewers: int, peak: int, seconds: int) -> None:
    """What a run of the hub has counted so far; told again, it counts once."""
    row = {"viewers": viewers, "peak": peak, "seconds": seconds, "counted_at": clock.now()}
    changes: dict[str, int] = row
    with atomic():
        StreamTally.insert(channel=channel, hub=hub, **row).on_conflict(
            conflict_target=[StreamTally.channel, StreamTally.hub], update=changes
        ).execute()


# ---- time ---------------------------------------------------------------------------------------------------


def forget(channel: str) -> None:
    """What the channel belongs to is gone for good."""
    for table in (StreamPosition, StreamRow, StreamTally):
        table.delete().where(table.channel == channel).execute()


def sweep() -> int:
    """Take away old rows; a page that is older asks for everything anew. Returns how many."""
    now = clock.now()
    StreamRevocation.delete().where(StreamRevocation.at < now - REVOKED_KEPT_MS).execute()
    return int(StreamRow.delete().where(StreamRow.at < now - KEPT_MS).execute())
