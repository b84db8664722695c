"""Who wants to be told of an event, and telling them: before it begins, when it begins, when it is moved or cancelled.

Each of these is an occasion. Its notice carries the occasion as its key, so it is told once to each member, however
often the work begins anew. Its letter is taken (`told_at`) before it is handed to the mail server: killed in between,
one letter is lost; taking it afterwards could send the same one twice. Whoever was told of 20:00 is told anew when the
event is moved to 21:00, since `told_at` lies before the time in which one tells of 21:00.
"""

from dataclasses import dataclass
from typing import Any

from peewee import fn

from blueprints.accounts.queries import reader
from blueprints.live.halls import Hall, hall
from core import clock, jobs, notices
from core.db import atomic
from core.errors import Invalid
from core.policy import Actor, require
from models import Circle, LiveEntry, LiveEvent, LiveHost, LiveReminder, Membership

SOON_MS = 15 * clock.MINUTE
BATCH = 500
TELL_JOB = "live.remind"
MAIL_JOB = "live.mail_reminder"
KINDS = ("live_soon", "live_began", "live_moved", "live_off")


# ---- asking for it ------------------------------------------------------------------------------------------


def remind(actor: Actor, event: int, *, by_mail: bool = False) -> Hall:
    """Tell the actor before the event begins; asking again changes the way. Raises Gone, Denied, and Invalid when
    there is no confirmed address to write to."""
    with atomic():
        require(actor, "live:remind", hall(actor, event))
        if by_mail and reader(actor.member_id or 0) is None:
            raise Invalid("live_needs_address", field="how")
        LiveReminder.insert(
            event=event, member=actor.member_id, by_mail=by_mail, asked_at=clock.now()
        ).on_conflict(
            conflict_target=[LiveReminder.event, LiveReminder.member], update={LiveReminder.by_mail: by_mail}
        ).execute()
        return hall(actor, event)


def forget(actor: Actor, event: int) -> Hall:
    """Do not remind them after all. Raises Gone."""
    with atomic():
        here = hall(actor, event)
        require(actor, "live:own", here)
        LiveReminder.delete().where(LiveReminder.event == event, LiveReminder.member == actor.member_id).execute()
        return hall(actor, event)


# ---- occasions ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Occasion:
    """Something to be told of: `kind` is one of KINDS. `at` (ms since 1970) is the beginning that is announced or that
    has come; of an event that was moved or cancelled, when that was done."""

    event: int
    kind: str
    at: int

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.event}:{self.at}"

    def since(self, row: LiveEvent) -> int:
        """Whoever was written to after this moment knows already."""
        if self.kind == "live_soon":
            return self.at - SOON_MS
        return min(self.at, int(row.starts_at)) - SOON_MS if self.kind == "live_began" else self.at

    def holds(self, row: LiveEvent) -> bool:
        """Nothing has come in between."""
        waits = row.started_at is None and row.cancelled_at is None
        return {
            "live_soon": waits and row.starts_at == self.at,
            "live_began": row.started_at == self.at and row.ended_at is None,
            "live_moved": waits,
            "live_off": row.cancelled_at == self.at,
        }[self.kind]


def plan(occasion: Occasion, due: int | None = None) -> None:
    """Leave the telling to a job, in the transaction of what happened."""
    jobs.later(TELL_JOB, vars(occasion), due=due, unique_key=f"tell:{occasion.key}")


def plan_soon(event: int, starts_at: int) -> None:
    """A quarter of an hour before it begins; what begins sooner than that has nobody to be reminded in advance."""
    if starts_at - SOON_MS > clock.now():
        plan(Occasion(event, "live_soon", starts_at), starts_at - SOON_MS)


def tell_next(occasion: Occasion, after: int, size: int = BATCH) -> int | None:
    """Tell the next who asked for it, in the order of their numbers; returns where to go on, None at the end or when
    the occasion has passed. Inside a transaction."""
    row = LiveEvent.get_or_none(LiveEvent.id == occasion.event)
    if row is None or not occasion.holds(row):
        return None
    mine = (LiveReminder.event == occasion.event) & (LiveReminder.member > after)
    border: int | None = (
        LiveReminder.select(LiveReminder.member).where(mine).order_by(LiveReminder.member)
        .offset(size - 1).limit(1).scalar()
    )  # fmt: skip
    if border is not None:
        mine &= LiveReminder.member <= border
    wanted = LiveReminder.select(LiveReminder.member).where(mine, _audience(row))
    notices.tell_all(wanted, occasion.kind, "live", occasion.event, circle=row.circle_id, event=occasion.key)
    for (member,) in list(wanted.where(LiveReminder.by_mail, _untold(occasion.since(row))).tuples()):
        jobs.later(MAIL_JOB, {**vars(occasion), "member": member}, unique_key=f"mail:{occasion.key}:{member}")
    return border


def _untold(since: int) -> Any:
    return LiveReminder.told_at.is_null() | (LiveReminder.told_at < since)


def _audience(row: LiveEvent) -> Any:
    """Of the reminders those whose members may still see the event (rules.events). The gate is asked once more when a
    notice is read and a letter is written; this keeps the bell from ringing for nothing."""
    member = LiveReminder.member

    def among(table: Any, *conditions: Any) -> Any:
        return fn.EXISTS(table.select(table.member).where(table.member == member, *conditions))

    circle = row.circle_id
    let_in = among(LiveEntry, LiveEntry.event == row.id) | among(LiveHost, LiveHost.event == row.id)
    if circle is None:
        return member.is_null(False) if row.visibility != "invited" else let_in
    hidden = Circle.select().where(Circle.id == circle, Circle.visibility == "invisible").exists()
    if row.visibility in ("public", "password") and not hidden:
        return member.is_null(False)
    ranks = (Membership.role.in_(("owner", "moderator")),) if row.visibility == "invited" else ()
    return let_in | among(Membership, Membership.circle == circle, *ranks)


# ---- letters ------------------------------------------------------------------------------------------------


def wanted(occasion: Occasion, member: int) -> LiveEvent | None:
    """The event, when this letter is still to be written."""
    row: LiveEvent | None = LiveEvent.get_or_none(LiveEvent.id == occasion.event)
    if row is None or not occasion.holds(row):
        return None
    mine = _mine(occasion, member)
    waits = LiveReminder.select().where(mine, LiveReminder.by_mail, _untold(occasion.since(row))).exists()
    return row if waits else None


def take(occasion: Occasion, member: int) -> tuple[bool, int | None]:
    """Take the letter for oneself; whether nobody else has, and what stood there before, to give it back."""
    with atomic():
        row = wanted(occasion, member)
        if row is None:
            return False, None
        before: int | None = LiveReminder.select(LiveReminder.told_at).where(_mine(occasion, member)).scalar()
        update = LiveReminder.update(told_at=clock.now()).where(_mine(occasion, member), _untold(occasion.since(row)))
        return bool(update.execute()), before


def give_back(occasion: Occasion, member: int, before: int | None) -> None:
    """Nothing was sent: the next try may."""
    with atomic():
        LiveReminder.update(told_at=before).where(_mine(occasion, member)).execute()


def _mine(occasion: Occasion, member: int) -> Any:
    return (LiveReminder.event == occasion.event) & (LiveReminder.member == member)
