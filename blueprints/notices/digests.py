"""The summary by e-mail: who gets it, when, and once a period.

A period belongs to whoever moves `next_at` on, in the transaction that leaves the job of sending. That job takes the
period (`sent_at`) before it hands the letter to the mail server, so a kill in between loses one summary; taking it
after could send the same one twice. A summary that is missed costs little, everything in it is still on the site; one
that comes twice is what people unsubscribe from. Only when the server was certainly not reached is the period given
back.
"""

import hmac
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from blueprints.accounts.queries import Reader
from core import clock, jobs, site
from core.config import secret
from core.db import atomic
from core.errors import Gone
from models import DigestSubscription, Member

EVERY = ("day", "week")
MORNING = time(8)
MONDAY = 0
SEND_JOB = "notices.send_summary"


# ---- when ---------------------------------------------------------------------------------------------------


def next_morning(every: str, zone: str, after: int) -> int:
    """The first eight o'clock in that zone after a moment, on a Monday for `week`. Both in ms since 1970."""
    here = ZoneInfo(zone or site.get("time_zone"))
    day = datetime.fromtimestamp(after / 1000, here).date()
    while _at_eight(day, here) <= after or (every == "week" and day.weekday() != MONDAY):
        day += timedelta(days=1)
    return _at_eight(day, here)


def _at_eight(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, MORNING, zone).timestamp() * 1000)


# ---- who ----------------------------------------------------------------------------------------------------


def subscription(member: int) -> DigestSubscription | None:
    found: DigestSubscription | None = DigestSubscription.get_or_none(DigestSubscription.member == member)
    return found


def begin(who: Reader, every: str) -> None:
    """The first one tells what happens from now on."""
    now = clock.now()
    DigestSubscription.insert(
        member=who.id, every=every, sent_at=now, next_at=next_morning(every, who.time_zone, now)
    ).on_conflict_ignore().execute()


def change(who: Reader, every: str) -> None:
    morning = next_morning(every, who.time_zone, clock.now())
    DigestSubscription.update(every=every, next_at=morning).where(DigestSubscription.member == who.id).execute()


def end(member: int) -> None:
    DigestSubscription.delete().where(DigestSubscription.member == member).execute()


def token(member: int) -> str:
    """For the link in a letter: it ends the summary of this member, whenever it is used."""
    return f"{member}-{hmac.digest(secret('unsubscribe'), f'summary:{member}'.encode(), 'sha256').hex()[:40]}"


def member_of(text: str) -> int:
    """Raises Gone for a token that we did not make."""
    number = text.partition("-")[0]
    if not (number.isascii() and number.isdecimal() and len(number) < 18):
        raise Gone("link")
    if not hmac.compare_digest(token(int(number)).encode(), text.encode()):
        raise Gone("link")
    return int(number)


# ---- once a period ------------------------------------------------------------------------------------------


def due(limit: int = 200) -> list[int]:
    """Members whose morning has come."""
    waiting = DigestSubscription.select(DigestSubscription.member).where(DigestSubscription.next_at <= clock.now())
    return [member for (member,) in waiting.order_by(DigestSubscription.next_at).limit(limit).tuples()]


def hand_over(member: int) -> bool:
    """Leave the job of sending this period's summary; False when somebody else has done so."""
    now = clock.now()
    with atomic():
        row = (
            DigestSubscription.select(DigestSubscription.every, DigestSubscription.next_at, Member.time_zone)
            .join(Member)
            .where(DigestSubscription.member == member, DigestSubscription.next_at <= now)
            .tuples()
            .first()
        )
        if row is None:
            return False
        every, at, zone = row
        moved = (
            DigestSubscription.update(next_at=next_morning(every, zone, now))
            .where(DigestSubscription.member == member, DigestSubscription.next_at == at)
            .execute()
        )
        if moved:
            jobs.later(SEND_JOB, {"member": member, "until": now})
        return bool(moved)


def take(member: int, since: int, until: int) -> bool:
    """Take the period for oneself; False when it was taken, or nobody wants it any more."""
    mine = (DigestSubscription.member == member) & (DigestSubscription.sent_at == since)
    with atomic():
        return since < until and bool(DigestSubscription.update(sent_at=until).where(mine).execute())


def give_back(member: int, since: int, until: int) -> None:
    """Nothing was sent: the next try may."""
    mine = (DigestSubscription.member == member) & (DigestSubscription.sent_at == until)
    with atomic():
        DigestSubscription.update(sent_at=since).where(mine).execute()
