"""Orders at the payment provider: their states, how they are numbered, and who may look at them.

A payment is `waiting` until the provider says that it was paid. Then it is `paid`, with its posting in the books, or
`odd`: the money is there and nobody has decided yet whose it is. No money that arrived is ever without a row.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from peewee import JOIN, Expression, ModelSelect, fn

from core import clock, db
from core.errors import Gone
from core.limits import LIMITS
from core.policy import Actor, require
from models import Member, Payment, Refund, StaffRole

WAITING, PAID, CLOSED, ODD, REFUNDED = "waiting", "paid", "closed", "odd", "refunded"

PROBLEMS = ("amount", "currency", "late", "member", "stopped", "reference", "unknown", "twice", "refunded", "differs")
"""What somebody has to look at: another amount or currency than was asked for; paid after it was closed here; its
member is erased; the books were halted when it came; its reference belongs to another payment; an order that we do not
know; paid a second time; refunded at the provider's own site; the provider says another amount than before."""

OPEN_MS = 30 * clock.MINUTE
"""How long an order can be paid. The provider is told the same."""


@dataclass(frozen=True)
class PaymentRow:
    """A payment as pages show it; amounts in minor units of `currency`, times in ms since 1970. `left` can still be
    refunded; `back` is on its way back now."""

    id: int
    number: str
    provider: str
    amount: int
    currency: str
    state: str
    problem: str
    paid_amount: int | None
    refunded: int
    back: int
    made_at: int
    paid_at: int | None
    posting: int | None
    reference: str | None
    member_name: str | None
    username: str | None

    @property
    def closes_at(self) -> int:
        return self.made_at + OPEN_MS

    @property
    def left(self) -> int:
        return (self.paid_amount or 0) - self.refunded - self.back if self.state in (PAID, ODD) else 0

    @property
    def can_be_credited(self) -> bool:
        """To a wallet: as a whole, once, and in what the order was made in."""
        untouched = not self.refunded and not self.back
        return self.state == ODD and untouched and self.problem not in ("currency", "refunded")


def new_number(prefix: str = "QZ") -> str:
    """Unlike any other, also of an older state of the same site that was put back from a backup."""
    return f"{prefix}{datetime.fromtimestamp(clock.now() / 1000, UTC):%Y%m%d}{secrets.token_hex(8)}"


def is_our_number(number: str) -> bool:
    return number.startswith("QZ") and len(number) == len(new_number()) and number.isalnum()


def locked(number: str) -> Payment | None:
    """The row of an order, held until the end of the transaction."""
    query = Payment.select().where(Payment.number == number)
    return (query.for_update() if db.is_postgres() else query).first()


def on_its_way_back(payment: int) -> int:
    """What refunds that are not through yet will take from it, in minor units."""
    waiting = Refund.select(fn.COALESCE(fn.SUM(Refund.amount), 0))
    return int(waiting.where(Refund.payment == payment, Refund.state == "waiting").scalar())


def owners() -> list[int]:
    """Those who look after money here."""
    return [id_ for (id_,) in StaffRole.select(StaffRole.member).where(StaffRole.role == "owner").tuples()]


# ---- reading ------------------------------------------------------------------------------------------------


def own(actor: Actor, number: str) -> PaymentRow:
    """Raises Gone."""
    require(actor, "wallet:own")
    return _one(Payment.number == number, Payment.member == actor.member_id)


def own_open(actor: Actor) -> list[PaymentRow]:
    """The orders that can still be paid, the newest first."""
    require(actor, "wallet:own")
    since = clock.now() - OPEN_MS
    mine = (Payment.member == actor.member_id) & (Payment.state == WAITING) & (Payment.made_at > since)
    return _rows(_query().where(mine).order_by(Payment.id.desc()).limit(LIMITS["payments_open"]))


def one(actor: Actor, number: str) -> PaymentRow:
    """For staff. Raises Gone."""
    require(actor, "wallet:desk")
    return _one(Payment.number == number)


def refunds_of(actor: Actor, payment: int) -> list[Refund]:
    require(actor, "wallet:desk")
    return list(Refund.select().where(Refund.payment == payment).order_by(Refund.id.desc()))


def needs_somebody() -> int:
    """How many payments wait for somebody to look at them."""
    return int(Payment.select().where(_has_problem()).count())


def listed(actor: Actor, *, problems: bool, before: int | None = None) -> list[PaymentRow]:
    """For staff, the newest first: one more than a page has when there are older ones."""
    require(actor, "wallet:desk")
    query = _query().where(_has_problem()) if problems else _query()
    if before is not None:
        query = query.where(Payment.id < before)
    return _rows(query.order_by(Payment.id.desc()).limit(LIMITS["page_admin"] + 1))


def _has_problem() -> Expression:
    return (Payment.state == ODD) | ((Payment.problem != "") & Payment.state.in_((PAID, REFUNDED)))


def _query() -> ModelSelect:
    back = Refund.select(fn.COALESCE(fn.SUM(Refund.amount), 0))
    back = back.where(Refund.payment == Payment.id, Refund.state == "waiting").alias("back")
    whose = (Payment.member == Member.id) & Member.erased_at.is_null()
    return Payment.select(Payment, back, Member.display_name, Member.username).join(Member, JOIN.LEFT_OUTER, on=whose)


def _one(*where: Expression) -> PaymentRow:
    rows = _rows(_query().where(*where).limit(1))
    if not rows:
        raise Gone
    return rows[0]


def _rows(query: ModelSelect) -> list[PaymentRow]:
    return [
        PaymentRow(
            row["id"], row["number"], row["provider"], row["amount"], row["currency"], row["state"], row["problem"],
            row["paid_amount"], row["refunded"], int(row["back"]), row["made_at"], row["paid_at"], row["posting"],
            row["reference"], row["display_name"], row["username"],
        )
        for row in query.dicts()
    ]  # fmt: skip
