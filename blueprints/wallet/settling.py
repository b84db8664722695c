"""What follows when a provider says how an order stands: decided once, for all providers and however often it is said.

The row of the payment and the posting in the books are written in one durable transaction, whose key is the payment:
money comes in once. What does not fit is never turned away, since the payer has paid: it stays as `odd` until somebody
has looked. Only what the provider itself says counts; the browser that comes back from it proves nothing.
"""

import hashlib
import logging
from typing import Literal

from peewee import IntegrityError

from blueprints.wallet import payments, providers
from blueprints.wallet.events import PaymentArrived
from blueprints.wallet.payments import CLOSED, ODD, PAID, REFUNDED, WAITING
from blueprints.wallet.providers.provider import Message, Said, Untrue
from core import clock, ledger, notices
from core.db import atomic
from core.errors import Gone, MoneyStopped
from core.ledger import Move, house
from core.signals import announce
from models import Member, Payment

log = logging.getLogger("quanzi.payments")

Outcome = Literal["credited", "odd", "closed", "known", "nothing", "unknown"]


def take(name: str, message: Message) -> tuple[str, bool]:
    """A message that came to the address of this provider: what it is to be answered, and whether it was taken. Raises
    Gone for a provider that is not connected."""
    provider = providers.connected()
    if provider is None or provider.name != name:
        raise Gone
    try:
        said = provider.hear(message)
    except Untrue as error:
        log.warning("a message in the name of %s was not taken: %s", name, error)
        return provider.answer(taken=False), False
    outcome = settle(name, said)
    log.info("%s says that %s is %s: %s", name, said.number, said.state, outcome)
    return provider.answer(taken=outcome != "unknown"), outcome != "unknown"


def settle(name: str, said: Said) -> Outcome:
    """Write down what the provider says. While the books are halted the money is kept as odd, and credited later."""
    try:
        return _settle(name, said, may_post=True)
    except MoneyStopped:
        return _settle(name, said, may_post=False)
    except IntegrityError:  # where writers do not queue, the same can be written twice: the second time it is known
        return _settle(name, said, may_post=True)


def _settle(name: str, said: Said, *, may_post: bool) -> Outcome:
    with atomic(durable=True):
        row = payments.locked(said.number)
        if row is None or row.provider != name:
            return _stray(name, said) if row is None and said.state == "paid" else "unknown"
        if said.state == "closed" and row.state == WAITING:
            Payment.update(state=CLOSED).where(Payment.id == row.id).execute()
            return "closed"
        if row.state in (PAID, ODD, REFUNDED):
            return _repeated(row, said)
        if said.state != "paid":
            return "nothing"
        problem = _problem(row, said, may_post=may_post)
        if problem:
            return _keep_as_odd(row, said, problem)
        _note(row, said)
        credit(row, by=row.member_id)
        return "credited"


def _problem(row: Payment, said: Said, *, may_post: bool) -> str:
    """Why somebody has to look before this is credited; empty when nobody has to."""
    found = {
        "currency": said.currency != row.currency,
        "amount": said.amount != row.amount,
        "refunded": bool(said.refunded),
        "reference": _is_taken(row.provider, said.reference),
        "member": not is_there(row.member_id),
        "late": row.state == CLOSED,
        "stopped": not may_post,
    }
    return next((name for name, is_so in found.items() if is_so), "")


def _is_taken(name: str, reference: str) -> bool:
    return Payment.select().where(Payment.provider == name, Payment.reference == reference).exists()


def is_there(member: int | None) -> bool:
    return Member.select().where(Member.id == member, Member.erased_at.is_null()).exists()


def _note(row: Payment, said: Said) -> None:
    row.paid_amount, row.reference, row.paid_at = said.amount, said.reference, clock.now()


def _keep_as_odd(row: Payment, said: Said, problem: str) -> Outcome:
    _note(row, said)
    row.reference = None if problem == "reference" else said.reference  # the other payment has it
    row.state, row.problem = ODD, problem
    row.save()
    _tell_staff(row)
    return "odd"


def credit(row: Payment, *, by: int | None) -> None:
    """Put what was paid into the wallet of its member, inside the durable transaction that holds the row. A full or
    frozen wallet takes it as well: it is theirs already. Raises MoneyStopped."""
    source, target = house("provider", row.currency), ledger.member(row.member_id, row.currency)
    moves = [Move(source, -row.paid_amount), Move(target, row.paid_amount)]
    content = [row.number, row.member_id, row.paid_amount]
    row.posting = ledger.post(
        "top_up", moves, key=f"payment:{row.id}", content=content, by=by, about=("payment", row.id)
    ).id
    row.state, row.problem = PAID, ""
    row.save()
    announce(PaymentArrived(row.id, row.member_id))


# ---- what does not fit --------------------------------------------------------------------------------------


def _repeated(row: Payment, said: Said) -> Outcome:
    """It was paid before. Said once more it changes nothing; another payment of the same order is kept apart, and what
    happened at the provider's own site is shown to somebody."""
    if said.state == "paid" and said.reference != row.reference and row.problem != "reference":
        return _second(row, said)
    back = row.refunded + payments.on_its_way_back(row.id)
    if said.refunded > back:
        _mark(row, "refunded")  # whatever else is the matter: what went back must not be credited as well
    elif said.state == "paid" and (said.amount, said.currency) != (row.paid_amount, row.currency) and not row.problem:
        _mark(row, "differs")
    return "known"


def _mark(row: Payment, problem: str) -> None:
    if row.problem != problem:
        row.problem = problem
        row.save()
        _tell_staff(row)


def _second(row: Payment, said: Said) -> Outcome:
    """An order was paid twice. Some providers allow that, and both payments have left the payer's account."""
    if _is_taken(row.provider, said.reference):
        return "known"
    mark = hashlib.sha256(said.reference.encode()).hexdigest()[:8]
    return _kept_apart(row.provider, f"{row.number}-{mark}", said, "twice", row.member_id, row.currency)


def _stray(name: str, said: Said) -> Outcome:
    """Paid for an order that is not here: made before the site was put back to an older state. Numbers that are not of
    our making are somebody else's."""
    if not payments.is_our_number(said.number):
        return "unknown"
    return _kept_apart(name, said.number, said, "unknown", None, said.currency)


def _kept_apart(name: str, number: str, said: Said, problem: str, member: int | None, currency: str) -> Outcome:
    now = clock.now()
    row = Payment.create(
        number=number, provider=name, member=member, amount=said.amount, currency=currency, state=ODD,
        problem="currency" if said.currency != currency else problem,
        reference=None if _is_taken(name, said.reference) else said.reference, paid_amount=said.amount,
        made_at=now, paid_at=now,
    )  # fmt: skip
    _tell_staff(row)
    return "odd"


def _tell_staff(row: Payment) -> None:
    log.warning("payment %s needs somebody: %s", row.number, row.problem)
    notices.tell(payments.owners(), "payment_odd", "payment", row.id, event=row.problem)
