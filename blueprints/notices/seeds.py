"""Demo members have looked at their notices until a short while ago: the bell rings for a few things, not for weeks."""

from core import clock, seeding
from models import DigestSubscription, Member, Notice

LOOKED_MS = 30 * clock.HOUR
READ_MS = 3 * clock.DAY


def plant() -> None:
    now = clock.now()
    Notice.update(seen_at=Notice.at).where(Notice.seen_at.is_null(), Notice.at < now - LOOKED_MS).execute()
    Notice.update(read_at=Notice.at).where(Notice.read_at.is_null(), Notice.at < now - READ_MS).execute()


def uproot() -> None:
    theirs = Member.select(Member.id).where(Member.is_demo == True)  # noqa: E712 - SQL
    for table in (Notice, DigestSubscription):
        table.delete().where(table.member.in_(theirs)).execute()


seeding.register(seeding.Demo("notices", order=90, plant=plant, uproot=uproot))
