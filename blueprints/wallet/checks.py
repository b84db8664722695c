"""The books: whether they add up, and whether money moves."""

from collections.abc import Iterator

from peewee import fn

from blueprints.wallet import checks_payments  # noqa: F401 - its checks
from core import ledger
from core.checks import check
from models import CashOrder, LedgerAccount, LedgerStop


@check("ledger")
def the_books() -> Iterator[str]:
    yield from ledger.prove()
    for row in LedgerStop.select().where(LedgerStop.lifted_at.is_null()):
        yield f"all money stands still: {row.why}; look at /wallet/desk/books"


@check("ledger.escrow")
def payouts() -> Iterator[str]:
    """What waits to be paid out lies in escrow, to the last minor unit."""
    waiting = CashOrder.select(CashOrder.currency, fn.SUM(CashOrder.amount)).where(
        CashOrder.kind == "payout", CashOrder.state == "waiting"
    )  # fmt: skip
    asked = dict(waiting.group_by(CashOrder.currency).tuples())
    escrow = LedgerAccount.select(LedgerAccount.currency, LedgerAccount.balance).where(
        LedgerAccount.kind == "escrow", LedgerAccount.name.startswith("escrow:payout:")
    )  # fmt: skip
    lies = dict(escrow.tuples())
    for code in sorted(asked.keys() | lies.keys()):
        if asked.get(code, 0) != lies.get(code, 0):
            yield f"payouts in {code} wait for {asked.get(code, 0)}, in escrow lie {lies.get(code, 0)}"
