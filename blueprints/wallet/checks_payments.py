"""Payments against the books, and what the payment provider needs to work."""

from collections.abc import Iterator

from peewee import JOIN, Expression, ModelSelect, fn

from blueprints.wallet import payments, providers
from blueprints.wallet.payments import PAID, REFUNDED
from blueprints.wallet.refunding import PURPOSE
from core import ledger
from core.checks import check
from models import LedgerAccount, LedgerEntry, LedgerPosting, Payment, Refund

MOST = 10


@check("wallet.payments")
def against_the_books() -> Iterator[str]:
    """What is in the books of each payment is what its row says, and what is on its way back lies in escrow."""
    yield from _credited_otherwise()
    yield from _refunded_otherwise()
    yield from _wrong_in_escrow()
    waiting = payments.needs_somebody()
    if waiting:
        yield f"{waiting} payments need somebody to look at them; /wallet/desk/payments"


def _credited_otherwise() -> Iterator[str]:
    came = _in_books(LedgerPosting.id == Payment.posting)
    there = Payment.select(Payment.number, Payment.paid_amount, came).where(Payment.posting.is_null(False))
    for number, paid, booked in there.where(Payment.paid_amount + came != 0).limit(MOST).tuples():
        yield f"payment {number}: {paid} were paid, {-booked} came into the books"
    bare = Payment.select(Payment.number).where(Payment.state == PAID, Payment.posting.is_null())
    for (number,) in bare.limit(MOST).tuples():
        yield f"payment {number} is paid and in no wallet"
    strays = (
        LedgerPosting.select(LedgerPosting.id)
        .join(Payment, JOIN.LEFT_OUTER, on=Payment.posting == LedgerPosting.id)
        .where(LedgerPosting.kind == "top_up", Payment.id.is_null())
    )
    for (posting,) in strays.limit(MOST).tuples():
        yield f"posting {posting} tops up a wallet without a payment"


def _in_books(*where: Expression) -> ModelSelect:
    """What moved on the provider's account, as a subquery; minor units."""
    moved = LedgerEntry.select(fn.COALESCE(fn.SUM(LedgerEntry.amount), 0)).join(LedgerPosting).switch(LedgerEntry)
    return moved.join(LedgerAccount).where(LedgerAccount.kind == "provider", *where)


def _refunded_otherwise() -> Iterator[str]:
    done = Refund.select(fn.COALESCE(fn.SUM(Refund.amount), 0))
    done = done.where(Refund.payment == Payment.id, Refund.state == "done")
    for number, kept, truth in (
        Payment.select(Payment.number, Payment.refunded, done).where(Payment.refunded != done).limit(MOST).tuples()
    ):
        yield f"payment {number}: refunded says {kept}, its refunds sum to {truth}"
    sums = _sums_of_refunds()
    back = fn.COALESCE(sums.c.amount, 0)
    credited = Payment.select(Payment.number, Payment.refunded, back).where(Payment.posting.is_null(False))
    credited = credited.join(sums, JOIN.LEFT_OUTER, on=sums.c.payment == Payment.id)
    for number, kept, booked in credited.where(Payment.refunded != back).limit(MOST).tuples():
        yield f"payment {number}: {kept} were refunded, {booked} left the books"
    over = Payment.select(Payment.number).where(Payment.refunded > Payment.paid_amount)
    for (number,) in over.limit(MOST).tuples():
        yield f"payment {number}: more was refunded than paid"
    open_ones = Payment.select(Payment.number).where(
        Payment.state != REFUNDED, Payment.refunded > 0, Payment.refunded == Payment.paid_amount
    )
    for (number,) in open_ones.limit(MOST).tuples():
        yield f"payment {number} is refunded as a whole and does not say so"


def _sums_of_refunds() -> ModelSelect:
    """What left the books of each payment, as a table; the postings are read once and not for each payment."""
    left = fn.SUM(LedgerEntry.amount).alias("amount")
    moved = LedgerEntry.select(LedgerPosting.subject_id.alias("payment"), left).join(LedgerPosting).switch(LedgerEntry)
    moved = moved.join(LedgerAccount).where(
        LedgerAccount.kind == "provider", LedgerPosting.subject_kind == "payment", LedgerPosting.kind == "refunded"
    )
    return moved.group_by(LedgerPosting.subject_id).alias("sums")


def _wrong_in_escrow() -> Iterator[str]:
    on_the_way = (
        Refund.select(Payment.currency, fn.SUM(Refund.amount))
        .join(Payment)
        .where(Refund.state == "waiting", Refund.posting.is_null(False))
        .group_by(Payment.currency)
    )
    wanted = dict(on_the_way.tuples())
    names = Payment.select(Payment.currency).distinct()
    for (code,) in names.tuples():
        lies, should = ledger.balance(ledger.house("escrow", code, PURPOSE)).whole, wanted.get(code, 0)
        if lies != should:
            yield f"escrow of refunds in {code}: {lies} lie there, {should} are on their way back"


@check("wallet.provider")
def provider() -> Iterator[str]:
    """Whether its keys can be read and are the right ones. Whether it answers is not asked."""
    found = providers.connected()
    if found is not None:
        yield from found.problems()
