"""The payment PIN: six digits for what is above the password-free ceiling.

Six digits are soon guessed, so a try is written down before it is compared: of many that are sent at once, no more are
looked at than of as many one after the other.
"""

import re
import unicodedata

from peewee import Case

from blueprints.accounts import passwords
from blueprints.wallet.events import PinLocked, PinSet
from core import audit, clock
from core.db import atomic
from core.errors import Denied, Invalid, TooMany
from core.policy import Actor, require
from core.signals import announce
from models import Member, WalletPin

TRIES = 5
LOCKED_MS = 30 * clock.MINUTE
LOCKED_AGAIN_MS = clock.DAY
"""After the first lock each further wrong PIN locks for this long, until a right one or a new one."""

_SHAPE = re.compile(r"[0-9]{6}")
_RUNS = "01234567890", "09876543210"
_EASY = frozenset(("112233", "123123", "121212", "101010", "111222", "131452", "520131", "521314", "147258", "159753"))


def has_pin(member_id: int) -> bool:
    return WalletPin.select(WalletPin.member).where(WalletPin.member == member_id).exists()


def prove(actor: Actor, pin: str) -> bool:
    """Whether a PIN was given; then it was right. Slow: never inside a transaction.

    Raises Invalid("pin_wrong") with the tries that are left, Invalid("pin_unset") without a PIN to compare with,
    TooMany("pin_locked")."""
    if not pin:
        return False
    me = actor.member_id or 0
    kept, tries = _count(actor, me)
    if passwords.matches(kept, plain(pin)):
        WalletPin.update(tries=0, locked_until=None).where(WalletPin.member == me, WalletPin.pin_hash == kept).execute()
        return True
    if tries < TRIES:
        raise Invalid("pin_wrong", field="pin", left=TRIES - tries)
    with atomic():
        announce(PinLocked(me))
    raise _locked(me)


def _count(actor: Actor, me: int) -> tuple[str, int]:
    """One try more; the hash, and which try it is."""
    now = clock.now()
    until = Case(
        None,
        [(WalletPin.tries + 1 == TRIES, now + LOCKED_MS), (WalletPin.tries + 1 > TRIES, now + LOCKED_AGAIN_MS)],
        None,
    )
    is_open = WalletPin.locked_until.is_null() | (WalletPin.locked_until <= now)
    with atomic():
        require(actor, "wallet:own")
        counted = list(
            WalletPin.update(tries=WalletPin.tries + 1, locked_until=until)
            .where(WalletPin.member == me, is_open)
            .returning(WalletPin.pin_hash, WalletPin.tries)
            .tuples()
            .execute()
        )
    if counted:
        return str(counted[0][0]), int(counted[0][1])
    if not has_pin(me):
        raise Invalid("pin_unset", field="pin")
    raise _locked(me)


def _locked(me: int) -> TooMany:
    until = WalletPin.select(WalletPin.locked_until).where(WalletPin.member == me).scalar() or 0
    seconds = max(60, (until - clock.now()) // 1000)
    return TooMany("pin_locked", retry_after=seconds, minutes=-(-seconds // 60))


def set_pin(actor: Actor, password: str, pin: str, again: str) -> None:
    """Set a PIN, change it, or replace a forgotten one. Raises Invalid with the field."""
    require_password(actor, password)
    pin = plain(pin)
    if not _SHAPE.fullmatch(pin):
        raise Invalid("pin_shape", field="pin")
    if len(set(pin)) < 3 or pin in _EASY or any(pin in run for run in _RUNS):
        raise Invalid("pin_easy", field="pin")
    if plain(again) != pin:
        raise Invalid("pin_differs", field="pin_again")
    made, me = passwords.make_hash(pin), actor.member_id
    fresh = {"pin_hash": made, "set_at": clock.now(), "tries": 0, "locked_until": None}
    with atomic():
        require(actor, "wallet:own")
        WalletPin.insert(member=me, **fresh).on_conflict(conflict_target=[WalletPin.member], update=fresh).execute()
        audit.record(actor, "wallet.set_pin", "member", me)
        announce(PinSet(me or 0))


def require_password(actor: Actor, password: str) -> None:
    """Raises Invalid. Slow: never inside a transaction."""
    kept = Member.select(Member.password_hash).where(Member.id == actor.member_id).scalar()
    if actor.member_id is None:
        raise Denied
    if not passwords.matches(kept, password):
        raise Invalid("wrong_password", field="password")


def plain(pin: str) -> str:
    """The same digits from any keyboard."""
    return unicodedata.normalize("NFKC", pin[:40]).strip()
