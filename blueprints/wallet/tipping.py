"""Tips: thanks in money for what somebody wrote, showed, or is. One tap, no password, under a ceiling of its own, and
taken back within five seconds if it was a slip: until then whoever gets it cannot spend it."""

import secrets
from typing import Any, NamedTuple

from peewee import JOIN, Case, ModelSelect, fn

from blueprints.people.apart import apart, require_together
from blueprints.wallet import events, own_limits, paying
from blueprints.wallet.paying import Outgo
from core import clock, db, ledger, site
from core.db import Prepared, atomic
from core.errors import Conflict, Denied, Gone, Invalid, TooMany
from core.limits import LIMITS
from core.money import currency
from core.plain import clean_line
from core.policy import Actor, is_suspended, require, require_visible
from core.signals import announce
from models import (
    Comment,
    LiveComment,
    Member,
    Moment,
    MomentComment,
    Post,
    Tip,
    TipTotal,
    WalletSetting,
    database,
)

UNDO_MS = 5 * clock.SECOND
SAME_TAP_MS = clock.SECOND
"""A tap that comes again this soon is a finger that slipped."""

MOST_DRAWN = 99
"""A tap gives 1 to so many minor units."""

KINDS: dict[str, Any] = {
    "moment": Moment, "moment_comment": MomentComment, "post": Post, "comment": Comment, "live_comment": LiveComment,
    "member": Member,
}  # fmt: skip
"""What can be tipped, by its name at the read gate."""


class Given(NamedTuple):
    """`tips` is how many the thing has now; `is_new` is False when the same request had been carried out before, and
    `until` (ms since 1970) when it can no longer be taken back."""

    id: int
    amount: int
    currency: str
    tips: int
    until: int
    is_new: bool


class Subject(NamedTuple):
    """What is tipped, and all that decides about it, as one question answers it. `tip_amount` is what the giver chose
    for each tap, `day_out` to `tips_day` are limits of their own; `taps` and `spent` are theirs of today, `just` is a
    tip that they gave it a moment ago."""

    author: int
    is_here: bool
    takes: bool
    is_apart: bool
    tip_amount: int | None
    day_out: int | None
    free: int | None
    tips_day: int | None
    taps: int
    spent: int
    just: int | None


def drawn() -> int:
    """Minor units of one tap; each amount as likely as any other, and nobody can know it before."""
    return 1 + secrets.randbelow(MOST_DRAWN)


# ---- giving -------------------------------------------------------------------------------------------------


def give_tip(
    actor: Actor, kind: str, subject: int, *, key: str, amount: int | None = None, note: str = "", tapped: bool = False
) -> Given:
    """Tip the thing `kind` with the number `subject`: `amount` minor units, or what the giver chose for each tap, or a
    random amount. The same `key` gives once; without one, or where it was `tapped`, what follows the one before within
    a second is the same.

    Raises Gone, Denied (tip_self, tip_off, frozen, pin_needed), Invalid, TooMany (tips_day, tips_count, day_out),
    Conflict (key_reused, balance_full), Overdrawn, MoneyStopped."""
    require(actor, "tip:give")
    words = _note(note)
    if amount is not None:
        _check_amount(amount)
    if len(key) > LIMITS["key"]:
        raise Invalid("key", field="key")
    with atomic(durable=True):
        try:
            return _give(actor, kind, subject, key, amount, words, tapped=tapped or not key)
        except _JustGiven as before:
            return _given(Tip.get_by_id(before.tip))


class _JustGiven(Exception):
    """This tap is the one before, whose finger slipped."""

    def __init__(self, tip: int) -> None:
        self.tip = tip


def _give(actor: Actor, kind: str, subject: int, key: str, asked: int | None, note: str, *, tapped: bool) -> Given:
    unit, me = currency(), actor.member_id or 0
    author = amount = now = 0

    def what() -> Outgo:
        nonlocal author, amount, now
        now = clock.now()
        thing = _subject(actor, kind, subject, unit.code, now)
        if tapped and thing.just is not None:
            raise _JustGiven(thing.just)
        author, amount = thing.author, asked or thing.tip_amount or drawn()
        rules = paying.lowered(thing.day_out, thing.free, thing.tips_day)
        _require_today(thing, amount, rules, now)
        return Outgo(ledger.member(author, unit.code), amount, now + UNDO_MS, amount < unit.one, rules)

    posted = paying.pay(
        actor, "tip", what, key=key or secrets.token_urlsafe(12), content=[kind, subject, asked, note],
        about=(kind, subject), permission="tip:give",
    )  # fmt: skip
    if not posted.is_new:
        return _given(Tip.get(Tip.posting == posted.id))
    tip = _write(me, author, kind, subject, amount, unit.code, note, posted.id, now)
    tips = _count(kind, subject, unit.code, 1, amount)
    announce(events.TipGiven(tip, me, author, kind, subject, amount, unit.code, now))
    return Given(tip, amount, unit.code, tips, now + UNDO_MS, True)


def _given(tip: Tip) -> Given:
    """The answer to a repetition."""
    return Given(tip.id, tip.amount, tip.currency, tips_of(tip), tip.at + UNDO_MS, False)


def tips_of(tip: Tip) -> int:
    """How often what this tip was for has been tipped."""
    same = (TipTotal.subject_kind == tip.subject_kind) & (TipTotal.subject_id == tip.subject_id)
    return int(TipTotal.select(TipTotal.tips).where(same, TipTotal.currency == tip.currency).scalar() or 0)


def _subject(actor: Actor, kind: str, subject: int, code: str, now: int) -> Subject:
    """What may be tipped by this actor now. Raises Gone for what they may not see, Denied."""
    if kind not in KINDS:
        raise Gone
    require_visible(kind, subject, actor)
    rows = _subjects.rows(
        kind, subject=subject, me=actor.member_id or 0, now=now, start=paying.day_start(now),
        recent=now - SAME_TAP_MS, code=code,
    )  # fmt: skip
    if not rows:
        raise Gone
    thing = Subject(*rows[0])
    if thing.is_apart:
        raise Gone
    if thing.author == actor.member_id:
        raise Denied("tip_self")
    if not thing.author or not thing.is_here or not thing.takes:
        raise Denied("tip_off")
    return thing


def look(actor: Actor, kind: str, subject: int) -> tuple[int, int]:
    """Whose it is, and how many minor units the actor can still give today. Raises Gone, Denied."""
    require(actor, "tip:give")
    thing = _subject(actor, kind, subject, currency().code, clock.now())
    return thing.author, max(0, paying.lowered(None, None, thing.tips_day).tips_day - int(thing.spent))


def _build_subject(kind: str, subject: int, me: int, now: int, start: int, recent: int, code: str) -> ModelSelect:
    """The author may be somebody who was erased, and the giver may have chosen nothing yet."""
    theirs, mine = WalletSetting.alias("theirs"), WalletSetting.alias("mine")
    takes = fn.COALESCE(theirs.takes_tips, True)
    if kind == "moment":
        takes = takes & Moment.takes_tips
    today = (Tip.giver == me) & (Tip.at >= start)
    kept = Case(None, [(Tip.undone_at.is_null() & (Tip.currency == code), Tip.amount)], 0)
    same = (Tip.giver == me) & (Tip.at > recent) & (Tip.subject_kind == kind) & (Tip.subject_id == subject)
    just = Tip.select(Tip.id).where(same, Tip.undone_at.is_null()).order_by(Tip.at.desc()).limit(1)
    table = KINDS[kind]
    is_here = Member.erased_at.is_null() & ~is_suspended(Member.id, now)
    query = table.select(
        fn.COALESCE(Member.id, 0), is_here, takes, apart(me, Member.id),
        mine.tip_amount, mine.day_out, mine.free_ceiling, mine.tips_day, Tip.select(fn.COUNT(Tip.id)).where(today),
        Tip.select(fn.COALESCE(fn.SUM(kept), 0)).where(today), just,
    )  # fmt: skip
    if table is not Member:
        query = query.join(Member, JOIN.LEFT_OUTER, on=table.author == Member.id)
        query = query.where(table.hidden_at.is_null())
        if table is not LiveComment:
            query = query.where(table.deleted_at.is_null())
    return (
        query.join(theirs, JOIN.LEFT_OUTER, on=theirs.member == Member.id)
        .join(mine, JOIN.LEFT_OUTER, on=paying.holds(mine, me, code))
        .where(table.id == subject)
    )


_subjects = Prepared(_build_subject)


def _require_today(thing: Subject, amount: int, rules: paying.Limits, now: int) -> None:
    """What was taken back is there to be given again, but counts as a tap: else taps would cost nothing."""
    tomorrow = max(1, (paying.day_start(now) + clock.DAY - now) // 1000)
    if thing.taps >= rules.tips_count:
        raise TooMany("tips_count", retry_after=tomorrow, most=rules.tips_count)
    if thing.spent + amount > rules.tips_day:
        raise TooMany("tips_day", retry_after=tomorrow)


_INSERT = (
    'INSERT INTO "tip" ("giver_id", "receiver_id", "subject_kind", "subject_id", "amount", "currency", "note", '
    '"posting_id", "at") VALUES ({0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}) RETURNING "id"'
)
_ADD = (
    'INSERT INTO "tip_total" ("subject_kind", "subject_id", "currency", "tips", "total") '
    'VALUES ({0}, {0}, {0}, {0}, {0}) ON CONFLICT ("subject_kind", "subject_id", "currency") DO UPDATE SET '
    '"tips" = "tip_total"."tips" + EXCLUDED."tips", "total" = "tip_total"."total" + EXCLUDED."total" RETURNING "tips"'
)


def _write(*values: Any) -> int:
    return int(database.execute_sql(_INSERT.format(database.param), values).fetchone()[0])


def _count(kind: str, subject: int, code: str, tips: int, total: int) -> int:
    """Add to what a thing was tipped; returns how often it was."""
    values = (kind, subject, code, tips, total)
    return int(database.execute_sql(_ADD.format(database.param), values).fetchone()[0])


# ---- taking back, thanking ----------------------------------------------------------------------------------


def undo_tip(actor: Actor, tip: int) -> Tip:
    """Take a tip back; a second time changes nothing. Raises Gone, Conflict("tip_settled") once it is the other's,
    MoneyStopped."""
    require(actor, "tip:give")
    with atomic(durable=True):
        paying.hold(actor.member_id or 0)
        row = _one(tip, Tip.giver == actor.member_id)
        if row.undone_at is not None:
            return row
        now = clock.now()
        if now >= row.at + UNDO_MS:
            raise Conflict("tip_settled")
        ledger.reverse(row.posting_id, key=f"tip-undo:{tip}", by=actor.member_id)
        row.undone_at = now
        row.save(only=[Tip.undone_at])
        _count(row.subject_kind, row.subject_id, row.currency, -1, -row.amount)
        announce(events.TipUndone(tip, row.giver_id, row.receiver_id or 0, row.subject_kind, row.subject_id))
        return row


def thank(actor: Actor, tip: int) -> bool:
    """Thank whoever gave it; whether that was new. Raises Gone."""
    with atomic():
        require(actor, "tip:thank")
        row = _one(tip, (Tip.receiver == actor.member_id) & Tip.undone_at.is_null())
        if row.thanked_at is not None:
            return False
        if row.giver_id is None:
            raise Gone
        require_together(actor, row.giver_id)
        row.thanked_at = clock.now()
        row.save(only=[Tip.thanked_at])
        announce(events.TipThanked(tip, row.giver_id, row.receiver_id))
        return True


def _one(tip: int, whose: Any) -> Tip:
    """Raises Gone."""
    query = Tip.select().where(Tip.id == tip, whose)
    row: Tip | None = next(iter(query.for_update() if db.is_postgres() else query), None)
    if row is None:
        raise Gone
    return row


# ---- choosing -----------------------------------------------------------------------------------------------


def choose(actor: Actor, *, takes: bool, amount: int | None) -> None:
    """Whether this member takes tips, and what a tap of theirs gives (minor units; None: another amount each time).
    Raises Invalid("tip_large")."""
    require(actor, "tip:own")
    if amount is not None:
        _check_amount(amount)
    with atomic():
        require(actor, "tip:own")
        own_limits.keep(actor.member_id or 0, takes_tips=takes, tip_amount=amount)


def _check_amount(amount: int) -> None:
    most = site.number("tips_day")
    if not 0 < amount <= most:
        raise Invalid("tip_large", field="amount", most=most)


def _note(note: str) -> str:
    words = clean_line(note)
    if len(words) > LIMITS["tip_note"]:
        raise Invalid("too_long", field="note", most=LIMITS["tip_note"])
    return words
