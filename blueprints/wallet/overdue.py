"""Orders of which nothing was heard: the provider is asked, more and more rarely, and in the end they are closed.

A message may be lost on its way; what was paid is found here then. Nothing is closed before the provider was asked.
"""

from blueprints.wallet import payments, providers
from blueprints.wallet.payments import CLOSED, ODD, OPEN_MS, WAITING
from blueprints.wallet.settling import credit, is_there, settle
from core import clock, jobs, ledger
from core.db import atomic
from models import Payment, Refund

ASKED_AFTER_MS = (clock.MINUTE, 5 * clock.MINUTE, 15 * clock.MINUTE, OPEN_MS + clock.MINUTE)
"""When the provider is asked of an order, after it was made. The last time ends it."""

LEFT_MS = OPEN_MS + clock.HOUR
BATCH = 200


def ask_soon(row: Payment, step: int = 0) -> None:
    """Plan the next question about an order."""
    due = row.made_at + ASKED_AFTER_MS[step]
    jobs.later("wallet.ask_payment", {"payment": row.id, "step": step}, due=due)


def ask_now(row: Payment) -> None:
    """Plan a last question, once, however often this is called."""
    last = len(ASKED_AFTER_MS) - 1
    jobs.later("wallet.ask_payment", {"payment": row.id, "step": last}, unique_key=f"payment:{row.id}")


def look_after(payment: int, step: int) -> None:
    """Ask how an order stands, and close it when its time is over. Slow. Raises OutboundProblem, to be tried again."""
    row = Payment.get_or_none(Payment.id == payment, Payment.state == WAITING)
    provider = providers.connected()
    if row is None or provider is None or provider.name != row.provider:
        return  # what waits for a provider that is not connected is found again when it is (sweep)
    said = provider.ask(row.number)
    if said is not None and said.state != "waiting":
        settle(provider.name, said)
    elif clock.now() < row.made_at + OPEN_MS:
        ask_soon(row, min(step + 1, len(ASKED_AFTER_MS) - 1))
    else:
        if said is not None:
            provider.close(row.number)
        close(row.number)


def close(number: str) -> None:
    """An order that was not paid in time."""
    with atomic(durable=True):
        row = payments.locked(number)
        if row is not None and row.state == WAITING:
            Payment.update(state=CLOSED).where(Payment.id == row.id).execute()


def sweep() -> None:
    """What was left lying: orders and refunds whose questions failed for good, money that came while all money stood
    still."""
    provider = providers.connected()
    if provider is not None:
        mine, since = Payment.provider == provider.name, clock.now() - LEFT_MS
        for row in Payment.select().where(mine, Payment.state == WAITING, Payment.made_at < since).limit(BATCH):
            ask_now(row)
        left = Refund.select(Refund.id).join(Payment).where(mine, Refund.state == "waiting", Refund.asked_at < since)
        for (id_,) in left.limit(BATCH).tuples():
            jobs.later("wallet.refund", {"refund": id_}, unique_key=f"refund:{id_}")
    if not ledger.is_stopped():
        _credit_what_came_meanwhile()


def _credit_what_came_meanwhile() -> None:
    held_up = Payment.select(Payment.number).where(Payment.state == ODD, Payment.problem == "stopped").limit(BATCH)
    for (number,) in list(held_up.tuples()):
        with atomic(durable=True):
            row = payments.locked(number)
            still = row is not None and row.state == ODD and row.problem == "stopped"
            if row is None or not still or row.refunded or payments.on_its_way_back(row.id):
                continue
            if is_there(row.member_id):
                credit(row, by=row.member_id)
            else:
                row.problem = "member"
                row.save()
