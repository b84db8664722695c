"""Fewer people see a moment than before: its author says so, its time is over, or a rule retires it."""

from blueprints.feed import audience, events
from blueprints.feed.audience import Audience
from core import clock, jobs
from core.db import atomic, is_postgres
from core.errors import Gone, Invalid
from core.policy import Actor, require
from core.signals import announce
from models import FeedSetting, Moment, MomentList

LASTS = {"day": clock.DAY, "week": 7 * clock.DAY}
RETIRE_DAYS = (0, 3, 30, 180, 365)
BATCH = 200


def narrow(actor: Actor, moment: int, chosen: Audience) -> None:
    """Raises Gone, Denied, and Invalid for whatever more people could see. The same again changes nothing."""
    with atomic():
        audience.hold(actor, chosen)
        row = _own(actor, moment)
        old, new = audience.of_moment(row), chosen.tidy()
        if new == old:
            return
        new = audience.check(actor, new)
        audience.check_narrower(old, new)
        _put(row, new)


def _put(row: Moment, new: Audience) -> None:
    audience.keep_lists(row.id, new)
    kept = {"audience": new.kind, "circle": new.circle, "narrowed_at": clock.now(), "seq": Moment.seq + 1}
    Moment.update(kept).where(Moment.id == row.id).execute()
    announce(events.MomentNarrowed(row.id))


def retire(actor: Actor, moment: int) -> None:
    """From now on it is there for its author alone. Doing it twice changes nothing."""
    with atomic():
        row, now = _own(actor, moment), clock.now()
        if row.expires_at is None or row.expires_at > now:
            _retire(row.id, now)


def end_later(actor: Actor, moment: int, lasts: str) -> None:
    """A day or a week from now on. Raises Invalid when it would last longer than it does."""
    if lasts not in LASTS:
        raise Invalid("choice", field="lasts")
    with atomic():
        row, ends = _own(actor, moment), clock.now() + LASTS[lasts]
        if row.expires_at is not None and row.expires_at < ends:
            raise Invalid("moment_longer", field="lasts")
        Moment.update(expires_at=ends, seq=Moment.seq + 1).where(Moment.id == moment).execute()
        wake(moment, ends)


def _own(actor: Actor, moment: int) -> Moment:
    """Held to the end of the transaction: two changes at once could leave the wider of the two."""
    mine = (Moment.id == moment) & (Moment.author == actor.member_id) & Moment.deleted_at.is_null()
    rows = Moment.select().where(mine)
    row: Moment | None = (rows.for_update() if is_postgres() else rows).first()
    if row is None:
        raise Gone
    require(actor, "moment:change", row.author_id)
    return row


def _retire(moment: int, now: int) -> None:
    kept = {"expires_at": now, "narrowed_at": now, "seq": Moment.seq + 1}
    Moment.update(kept).where(Moment.id == moment).execute()
    announce(events.MomentNarrowed(moment))


def wake(moment: int, ends: int) -> None:
    """Have it looked at when its time is over (ms since 1970), in the transaction that sets the time. The gate hides it
    at that moment in any case."""
    jobs.later("feed.expire", {"moment": moment}, due=ends)


def expire(moment: int) -> None:
    """Say that its time is over, once."""
    with atomic():
        row = Moment.get_or_none(Moment.id == moment, Moment.deleted_at.is_null())
        if row is None or row.expires_at is None or row.expires_at > clock.now():
            return
        if row.narrowed_at is None or row.narrowed_at < row.expires_at:
            Moment.update(narrowed_at=clock.now(), seq=Moment.seq + 1).where(Moment.id == moment).execute()
            announce(events.MomentNarrowed(moment))


def retire_old() -> int:
    """Retire what is older than its author wants it to be seen; returns how many."""
    done = 0
    rules = FeedSetting.select(FeedSetting.member, FeedSetting.retire_days).where(FeedSetting.retire_days > 0)
    for member, days in list(rules.tuples()):
        while ids := _older(member, clock.now() - days * clock.DAY):
            with atomic():
                for moment in ids:
                    _retire(moment, clock.now())
            done += len(ids)
    return done


def _older(member: int, before: int) -> list[int]:
    now = clock.now()
    lasting = Moment.expires_at.is_null() | (Moment.expires_at > now)
    old = Moment.select(Moment.id).where(
        Moment.author == member, Moment.created_at < before, Moment.audience != "me", lasting,
        Moment.deleted_at.is_null(),
    )  # fmt: skip
    return [id_ for (id_,) in old.order_by(Moment.id).limit(BATCH).tuples()]


def forget_list(list_: int) -> int:
    """A list of friends goes. What was for all but those on it is now for its author alone: without the list they
    would see it. Inside the transaction, before the list is gone; returns how many moments that were."""
    named = MomentList.select(MomentList.moment).where(MomentList.list == list_)
    rows = list(Moment.select().where(Moment.id.in_(named), Moment.audience == "except"))
    for row in rows:
        _put(row, Audience("me"))
    return len(rows)


def set_habit(actor: Actor, retire_days: int) -> None:
    """When older moments retire by themselves; 0: never. Raises Invalid."""
    if retire_days not in RETIRE_DAYS:
        raise Invalid("choice", field="retire_days")
    with atomic():
        require(actor, "feed:own")
        FeedSetting.insert(member=actor.member_id, retire_days=retire_days).on_conflict(
            conflict_target=[FeedSetting.member], update={"retire_days": retire_days}
        ).execute()


def habit(actor: Actor) -> int:
    return int(FeedSetting.select(FeedSetting.retire_days).where(FeedSetting.member == actor.member_id).scalar() or 0)
