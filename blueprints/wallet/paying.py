"""The one way by which money leaves a member: limits, freeze and PIN are asked here, then the books (core/ledger)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from peewee import JOIN, Expression, ModelSelect, fn

from core import clock, ledger, site
from core.db import Prepared, is_postgres
from core.errors import Conflict, Denied, Invalid, Overdrawn, TooMany
from core.ledger import Move, Posted
from core.limits import LIMITS
from core.money import currency
from core.policy import Actor, require
from models import LedgerAccount, LedgerEntry, LedgerPosting, WalletFreeze, WalletSetting, database

_TURN = 20260
"""Of the locks that PostgreSQL keeps by number, those of this kind."""

NOBODY = 0
"""Nobody's wallet: whoever halts all money waits for their turn here."""


@dataclass(frozen=True)
class Limits:
    """Minor units; `pause` in seconds. Up to `free` nobody is asked for a PIN."""

    most: int
    day_out: int
    free: int
    pause: int
    tips_day: int
    tips_count: int


def limits(member_id: int) -> Limits:
    """The site's, or what the member set lower for themselves."""
    return lowered(*next(iter(_own_limits.rows(me=member_id, code=currency().code)), (None, None, None)))


def lowered(day_out: int | None, free: int | None, tips_day: int | None) -> Limits:
    """The site's limits, as far as these of a member's own are not lower."""

    def lower(name: str, mine: int | None) -> int:
        whole = site.number(name)
        return whole if mine is None else min(mine, whole)

    return Limits(
        most=site.number("money_most"),
        day_out=lower("money_day_out", day_out),
        free=lower("money_free", free),
        pause=site.number("money_pause"),
        tips_day=lower("tips_day", tips_day),
        tips_count=site.number("tips_count"),
    )


def _build_own_limits(me: int, code: str) -> ModelSelect:
    columns = (WalletSetting.day_out, WalletSetting.free_ceiling, WalletSetting.tips_day)
    return WalletSetting.select(*columns).where(holds(WalletSetting, me, code))


def holds(setting: type[WalletSetting], member_id: int, code: str) -> Expression:
    """Whether a row has this member's amounts, and they were chosen in this currency."""
    return (setting.member == member_id) & setting.currency.in_(("", code))


_own_limits = Prepared(_build_own_limits)


def day_start(now: int) -> int:
    """When today began in the site's time zone, in ms since 1970."""
    return _day_start(now // QUARTER, site.get("time_zone"))


QUARTER = 15 * clock.MINUTE
"""Wherever people live, days begin at one of these."""


@lru_cache(maxsize=8)
def _day_start(quarter: int, zone: str) -> int:
    local = datetime.fromtimestamp(quarter * QUARTER / 1000, UTC).astimezone(ZoneInfo(zone))
    return int(local.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)


class Outgo(NamedTuple):
    """`amount` (minor units) goes into the account `to`. `proven`: the payer has just given their PIN."""

    to: str
    amount: int
    free_at: int = 0
    proven: bool = False
    within: Limits | None = None


def pay(
    actor: Actor, kind: str, what: Callable[[], Outgo], *, key: str, content: object, about: tuple[str, int | None],
    permission: str = "wallet:pay",
) -> Posted:  # fmt: skip
    """Move money out of the actor's wallet, inside the durable transaction of what it is for. `key` is the form's; the
    same one with the same `content` moves nothing again. `what` is asked once it is this actor's turn, and not for a
    repetition; it may refuse.

    Raises Denied (frozen, pin_needed), Conflict (balance_full), TooMany (day_out, money_pause), Overdrawn,
    MoneyStopped, Invalid (key, when there is none or it is too long) and what `ledger.post` raises."""
    if not 0 < len(key) <= LIMITS["key"]:
        raise Invalid("key", field="key")
    me = actor.member_id or 0
    hold(me)
    into: list[str] = []

    def moves() -> list[Move]:
        require(actor, permission)
        out = what()
        source = ledger.member(me, out.to.rpartition(":")[2])
        _require_free(me, source, kind, out)
        into.append(out.to)
        return [Move(source, -out.amount), Move(out.to, out.amount, out.free_at)]

    posted = ledger.post(kind, moves, key=key_of(kind, me, key), content=content, by=me, about=about)
    if posted.is_new and is_postgres():  # several may have paid into it since that question; now the account is held
        require_room(into[0], 0)
    return posted


def key_of(kind: str, member_id: int, key: str) -> str:
    """A form's key as the books know it: nobody meets somebody else's."""
    return f"{kind}:{member_id}:{key}"


def hold(member_id: int) -> None:
    """Whoever asks and then acts on this member's wallet waits for their turn here, so that a limit or a freeze that
    was read holds until the end of the transaction. On SQLite all writers take turns anyway."""
    if is_postgres():
        database.execute_sql("SELECT pg_advisory_xact_lock(%s, %s)", (_TURN, member_id))


def _build_freezes(me: int) -> ModelSelect:
    return WalletFreeze.select(WalletFreeze.id).where(WalletFreeze.member == me, WalletFreeze.lifted_at.is_null())


def _require_free(me: int, source: str, kind: str, out: Outgo) -> None:
    """All that can stand in the way of a payment, in one question: only where too much seems to have gone out today is
    it asked what of that came back."""
    to, amount, rules, now = out.to, out.amount, out.within or limits(me), clock.now()
    start = day_start(now)
    way: dict[str, int | str] = {"me": me, "source": source, "since": start, "to": to}
    frozen, spent, latest, there = _ways.rows(False, **way)[0]
    pause = rules.pause * 1000 if kind != "tip" else 0
    if spent + amount > rules.day_out or (pause and latest > now - pause):
        _, spent, latest, _ = _ways.rows(True, **way)[0]
    if frozen:
        raise Denied("frozen")
    needs_pin = amount > rules.free and not out.proven
    if needs_pin and ledger.balance(source).free < amount:
        raise Overdrawn(account=source)
    if spent + amount > rules.day_out:
        raise TooMany("day_out", retry_after=max(1, (start + clock.DAY - now) // 1000), most=rules.day_out)
    if pause and latest > now - pause:
        raise TooMany("money_pause", retry_after=rules.pause)
    if to.startswith("member:") and there + amount > rules.most:
        raise Conflict("balance_full")
    if needs_pin:  # said last: nobody types a PIN for what cannot be paid anyway
        raise Denied("pin_needed")


def _build_way(exact: bool, me: int, source: str, since: int, to: str) -> ModelSelect:
    """Whether the wallet is frozen; what left it since then, and when it last did; what lies where the money would go.
    An `exact` answer leaves out what came back by an undo, and what a giver took back: a tip that is gone again uses up
    nothing of the receiver's day."""
    undone, receiver = LedgerPosting.alias(), LedgerAccount.alias()
    there = receiver.select(receiver.balance).where(receiver.name == to)
    query = (
        LedgerEntry.select(
            fn.EXISTS(_build_freezes(me)), fn.COALESCE(fn.SUM(LedgerEntry.amount * -1), 0),
            fn.COALESCE(fn.MAX(LedgerEntry.at), 0), fn.COALESCE(there, 0),
        )
        .join(LedgerAccount)
        .where(LedgerAccount.name == source, LedgerEntry.at >= since, LedgerEntry.amount < 0)
    )  # fmt: skip
    if not exact:
        return query
    query = query.switch(LedgerEntry).join(undone, JOIN.LEFT_OUTER, on=undone.reverses == LedgerEntry.posting)
    query = query.switch(LedgerEntry).join(LedgerPosting)
    return query.where(undone.id.is_null(), LedgerPosting.reverses.is_null())


_ways = Prepared(_build_way)


def require_room(account: str, amount: int) -> None:
    """Raises Conflict("balance_full") when a wallet would hold more than wallets may."""
    most = site.number("money_most")
    if account.startswith("member:") and ledger.balance(account).whole + amount > most:
        raise Conflict("balance_full")


def wallet_of(member_id: int) -> str:
    """The name of a member's account in what the site counts in now."""
    return ledger.member(member_id, currency().code)
