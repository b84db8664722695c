"""Freezing: nothing leaves a wallet until whoever froze it opens it again. What comes in still comes in."""

from dataclasses import dataclass

from blueprints.wallet.events import WalletFrozen, WalletThawed
from blueprints.wallet.paying import hold
from blueprints.wallet.pins import require_password
from core import audit, clock
from core.db import atomic
from core.errors import Conflict, Denied, Gone, Invalid
from core.limits import LIMITS
from core.plain import clean_line
from core.policy import Actor, require
from core.signals import announce
from models import Member, WalletFreeze


@dataclass(frozen=True)
class Frost:
    """An open freeze. One by staff can only be lifted by staff."""

    at: int
    by_staff: bool
    reason: str


def frost(member_id: int) -> Frost | None:
    """The one that holds now; where there are two, that of staff."""
    rows = [Frost(row.at, row.by_id != member_id, row.reason) for row in _open(member_id)]
    return max(rows, key=lambda row: row.by_staff, default=None)


def freeze_own(actor: Actor) -> None:
    """At once and without a password: whoever does this is in a hurry."""
    me = actor.member_id or 0
    with atomic():
        require(actor, "wallet:freeze")
        hold(me)
        if any(row.by_id == me for row in _open(me)):
            return
        _freeze(actor, me, "")


def thaw_own(actor: Actor, password: str) -> None:
    """Raises Invalid for a wrong password, Denied("frozen_by_staff")."""
    require_password(actor, password)
    me = actor.member_id or 0
    with atomic():
        require(actor, "wallet:own")
        hold(me)
        if _lift(actor, me, WalletFreeze.by == me):
            _thawed(actor, me)
        elif _open(me):
            raise Denied("frozen_by_staff")


def freeze(actor: Actor, member_id: int, reason: str) -> None:
    """By staff; the member can read the reason. Raises Gone, Denied, Invalid with the field."""
    reason = clean_line(reason)
    if not reason:
        raise Invalid("setting_empty", field="reason")
    if len(reason) > LIMITS["money_reason"]:
        raise Invalid("setting_long", field="reason", most=LIMITS["money_reason"])
    with atomic():
        _must_exist(member_id)
        require(actor, "wallet:seize", member_id)
        hold(member_id)
        if not any(row.by_id != member_id for row in _open(member_id)):
            _freeze(actor, member_id, reason)


def thaw(actor: Actor, member_id: int, since: int | None = None) -> None:
    """By staff, what staff froze; what members froze themselves they open with their password. `since` tells the freeze
    that somebody saw (ms since 1970), so that what they sent then does not lift another one later. Raises Gone, Denied,
    Conflict("order_decided") for another freeze."""
    with atomic():
        _must_exist(member_id)
        require(actor, "wallet:seize", member_id)
        hold(member_id)
        by_staff = WalletFreeze.by.is_null() | (WalletFreeze.by != member_id)
        if _lift(actor, member_id, by_staff if since is None else by_staff & (WalletFreeze.at == since)):
            _thawed(actor, member_id)
        elif since is not None:
            raise Conflict("order_decided")


def _open(member_id: int) -> list[WalletFreeze]:
    query = WalletFreeze.select().where(WalletFreeze.member == member_id, WalletFreeze.lifted_at.is_null())
    return list(query.order_by(WalletFreeze.id))


def _freeze(actor: Actor, member_id: int, reason: str) -> None:
    WalletFreeze.create(member=member_id, by=actor.member_id, reason=reason, at=clock.now())
    audit.record(actor, "wallet.freeze", "member", member_id)
    announce(WalletFrozen(member_id, actor.member_id))


def _lift(actor: Actor, member_id: int, which: object) -> int:
    waiting = (WalletFreeze.member == member_id) & WalletFreeze.lifted_at.is_null()
    change = WalletFreeze.update(lifted_at=clock.now(), lifted_by=actor.member_id)
    return int(change.where(waiting, which).execute())


def _thawed(actor: Actor, member_id: int) -> None:
    audit.record(actor, "wallet.thaw", "member", member_id)
    announce(WalletThawed(member_id, actor.member_id))


def _must_exist(member_id: int) -> None:
    if not Member.select().where(Member.id == member_id, Member.erased_at.is_null()).exists():
        raise Gone
