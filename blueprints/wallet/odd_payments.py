"""Payments that do not fit, and what the people who run the site decide about them."""

from blueprints.wallet import payments
from blueprints.wallet.payments import ODD, PAID, REFUNDED
from blueprints.wallet.settling import credit, is_there
from core import audit
from core.db import atomic
from core.errors import Conflict, Gone, Invalid
from core.policy import Actor, require
from models import Payment


def credit_odd(actor: Actor, number: str, member: int | None = None) -> None:
    """Put what was paid into the wallet of whom it was meant for; `member` says who that is when the order does not.

    Raises Gone, Denied, Conflict("payment_decided"), Invalid("nobody_called"), MoneyStopped."""
    with atomic(durable=True):
        row = payments.locked(number)
        if row is None:
            raise Gone
        if row.member_id is None or not is_there(row.member_id):
            row.member = member
        require(actor, "payment:decide", row)
        whole = not row.refunded and not payments.on_its_way_back(row.id)
        if row.state != ODD or not whole or row.problem in ("currency", "refunded"):
            raise Conflict("payment_decided")
        if not is_there(row.member_id):
            raise Invalid("nobody_called", field="username")
        audit.record(actor, "payment.credit", "payment", row.id, amount=row.paid_amount, problem=row.problem)
        credit(row, by=actor.member_id)


def put_aside(actor: Actor, number: str) -> None:
    """Somebody has looked at what the provider says of a payment that is in the books already. Raises Gone, Denied,
    Conflict("payment_decided")."""
    with atomic():
        row = payments.locked(number)
        if row is None:
            raise Gone
        require(actor, "payment:decide", row)
        if row.state not in (PAID, REFUNDED) or not row.problem:
            raise Conflict("payment_decided")
        audit.record(actor, "payment.seen", "payment", row.id, problem=row.problem)
        Payment.update(problem="").where(Payment.id == row.id).execute()
