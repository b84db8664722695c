"""The books as a whole: what lies where, whether it adds up, and standing still until somebody has looked."""

from typing import NamedTuple

from peewee import fn

from blueprints.wallet.events import MoneyHalted
from blueprints.wallet.paying import NOBODY, hold
from core import audit, jobs, ledger, site
from core.db import atomic
from core.errors import Conflict, Invalid
from core.limits import LIMITS
from core.plain import clean_line
from core.policy import Actor, require
from core.signals import announce
from models import Job, LedgerAccount, LedgerPosting, LedgerStop

PROVE = "wallet.prove"


class Pile(NamedTuple):
    """All accounts of a kind in a currency; minor units."""

    currency: str
    kind: str
    accounts: int
    balance: int


class Proof(NamedTuple):
    """`proven_at`: when the last proof ended, in ms since 1970; `waits`: another one was asked for."""

    proven_at: int | None
    waits: bool


def piles(actor: Actor) -> list[Pile]:
    require(actor, "wallet:desk")
    account = LedgerAccount
    query = account.select(account.currency, account.kind, fn.COUNT(account.id), fn.SUM(account.balance))
    query = query.group_by(account.currency, account.kind).order_by(account.currency, account.kind)
    return [Pile(code, kind, count, int(total)) for code, kind, count, total in query.tuples()]


def postings() -> int:
    """How many there are. Nothing is ever deleted from the books, so the highest number says it closely enough."""
    return int(LedgerPosting.select(fn.COALESCE(fn.MAX(LedgerPosting.id), 0)).scalar())


def last_proof() -> Proof:
    proofs = Job.select().where(Job.name == PROVE)
    done = proofs.where(Job.done_at.is_null(False)).order_by(Job.id.desc()).first()
    waits = proofs.where(Job.done_at.is_null(), Job.failed_at.is_null()).exists()
    return Proof(done.done_at if done else None, waits)


def standstill() -> LedgerStop | None:
    """The one that holds now."""
    found: LedgerStop | None = LedgerStop.get_or_none(LedgerStop.lifted_at.is_null())
    return found


def ask_for_proof(actor: Actor) -> None:
    with atomic():
        require(actor, "wallet:stop")
        jobs.later(PROVE, unique_key=f"{PROVE}:now")


def prove_and_halt() -> list[str]:
    """What is wrong with the books; if anything is, all money stands still from now on and somebody is told."""
    wrong = ledger.prove()
    if wrong:
        _halt(wrong[0])
    return wrong


def halt(actor: Actor, why: str) -> None:
    """By hand. Raises Invalid with the field."""
    why = clean_line(why)
    if not why:
        raise Invalid("setting_empty", field="why")
    if len(why) > LIMITS["money_reason"]:
        raise Invalid("setting_long", field="why", most=LIMITS["money_reason"])
    with atomic(durable=True):
        require(actor, "wallet:stop")
        if _halt(why):
            audit.record(actor, "wallet.stop")


def _halt(why: str) -> bool:
    with atomic(durable=True):
        hold(NOBODY)  # several proofs at once halt once
        halted = ledger.stop(why)
        if halted:
            announce(MoneyHalted(why))
        return halted


def resume(actor: Actor, stop: int | None = None) -> None:
    """Let money move again; `stop` is the halt that somebody saw, so that what they sent then does not lift another
    one later. Raises Conflict("books_wrong") while the books do not add up, "order_decided" for another halt; what
    stands still does not change between the proof and the end of it."""
    require(actor, "wallet:resume")
    if ledger.prove():
        raise Conflict("books_wrong")
    with atomic(durable=True):
        require(actor, "wallet:resume")
        now = standstill()
        if stop is not None and (now is None or now.id != stop):
            raise Conflict("order_decided")
        if ledger.resume(actor.member_id):
            audit.record(actor, "wallet.resume")


RULES = ("money_most", "money_day_out", "money_free", "money_pause", "tips_day", "tips_count", "desk_second")
"""Settings of the site that only its owner sets, on a page where amounts are written as amounts."""


def change_rules(actor: Actor, values: dict[str, str]) -> None:
    """Raises Invalid with the setting's name."""
    with atomic():
        require(actor, "wallet:rule")
        changed = site.change({name: value for name, value in values.items() if name in RULES})
        if changed:
            audit.record(actor, "wallet.limits", settings={name: after for name, (_, after) in changed.items()})
