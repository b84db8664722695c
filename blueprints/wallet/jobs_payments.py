"""Asking the payment provider, in the background."""

from blueprints.wallet import overdue, refunding
from core.jobs import Running, job


@job("wallet.ask_payment")
def ask_payment(running: Running, payment: int, step: int) -> None:
    overdue.look_after(payment, step)


@job("wallet.refund")
def carry_out_refund(running: Running, refund: int) -> None:
    refunding.carry_out(refund)


@job("wallet.payments", every_seconds=300)
def sweep_payments(running: Running) -> None:
    overdue.sweep()
