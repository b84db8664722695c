"""Money that goes back the way it came, by the people who run the site.

What was credited leaves the wallet at once and waits in escrow while the provider is asked, so that it cannot be spent
meanwhile; when the provider refuses, it returns. The refund's number makes it once at the provider, however often it is
asked for there.
"""

import logging
from dataclasses import dataclass

from blueprints.wallet import payments, providers
from blueprints.wallet.paying import key_of
from blueprints.wallet.payments import ODD, PAID, REFUNDED
from blueprints.wallet.providers.provider import RefundRefused, RefundWish
from core import audit, clock, jobs, ledger, notices
from core.db import atomic
from core.errors import Conflict, Gone, Invalid, Overdrawn
from core.ledger import Move, house
from core.limits import LIMITS
from core.money import currency, plain
from core.once import once
from core.plain import clean_line
from core.policy import Actor, require
from models import Payment, Refund

log = logging.getLogger("quanzi.payments")

WAITS, DONE, FAILED = "waiting", "done", "failed"
PURPOSE = "refund"


@dataclass(frozen=True)
class RefundDraft:
    """`amount` in minor units. The payer may read the reason at the provider. `was_made`: it went back already, at the
    provider's own site, and is only written down here."""

    amount: int
    reason: str
    was_made: bool = False


def refund(actor: Actor, number: str, draft: RefundDraft, key: str) -> int:
    """Give back a payment or a part of it; returns the refund's id, the same one for the same `key`, for ever.

    Raises Gone, Denied, Invalid with the field, Conflict (payment_decided, key_reused), Overdrawn when the member has
    spent it, MoneyStopped."""
    reason = clean_line(draft.reason)
    if not reason:
        raise Invalid("setting_empty", field="reason")
    if len(reason) > LIMITS["money_reason"]:
        raise Invalid("setting_long", field="reason", most=LIMITS["money_reason"])
    if not key:
        raise Invalid("key", field="key")

    def make() -> int:
        row = payments.locked(number)
        if row is None:
            raise Gone
        require(actor, "payment:decide", row)
        _require_left(row, draft.amount)
        made = Refund.create(
            payment=row.id, number=payments.new_number("QZR"), amount=draft.amount, reason=reason, state=WAITS,
            asked_by=actor.member_id, asked_at=clock.now(),
        )  # fmt: skip
        _set_aside(row, made, actor, key)
        audit.record(actor, "payment.refund", "payment", row.id, amount=draft.amount, made_there=int(draft.was_made))
        if draft.was_made:
            _finish(made)
        else:
            jobs.later("wallet.refund", {"refund": made.id}, unique_key=f"refund:{made.id}")
        return int(made.id)

    with atomic(durable=True):
        content = [number, draft.amount, reason, draft.was_made]
        return once(f"member:{actor.member_id}", key, "payment.refund", content, make, for_ever=True)[0]


def _require_left(row: Payment, amount: int) -> None:
    if row.state not in (PAID, ODD):
        raise Conflict("payment_decided")
    left = (row.paid_amount or 0) - row.refunded - payments.on_its_way_back(row.id)
    if left <= 0:
        raise Conflict("payment_decided")
    if not 0 < amount <= left:
        raise Invalid("refund_most", field="amount", most=plain(left, currency(row.currency)))


def _set_aside(row: Payment, made: Refund, actor: Actor, key: str) -> None:
    """Out of the wallet that it was put into; what was never credited is in no wallet."""
    if row.posting_id is None:
        return
    if row.member_id is None:
        raise Overdrawn(account="")  # the wallet went with its member
    moves = [
        Move(ledger.member(row.member_id, row.currency), -made.amount),
        Move(house("escrow", row.currency, PURPOSE), made.amount),
    ]
    made.posting = ledger.post(
        "refund", moves, key=key_of("give_back", actor.member_id or 0, key), content=[made.id], by=actor.member_id,
        about=("payment", row.id),
    ).id  # fmt: skip
    made.save()


# ---- asking the provider ------------------------------------------------------------------------------------


def carry_out(refund_id: int) -> None:
    """Ask the provider for it; once more after a crash, since it counts once there. Slow. Raises OutboundProblem, to be
    tried again."""
    made = Refund.get_or_none(Refund.id == refund_id, Refund.state == WAITS)
    provider = providers.connected()
    if made is None or provider is None or provider.name != made.payment.provider:
        return
    order = made.payment.number.partition("-")[0]
    wish = RefundWish(made.number, order, made.payment.reference or "", made.amount, made.reason)
    try:
        provider.refund(wish)
    except RefundRefused as error:
        log.warning("%s refuses refund %s: %s", provider.name, made.number, error)
        with atomic(durable=True):
            _give_up(made)
        return
    with atomic(durable=True):
        _finish(made)


def _decided(made: Refund, state: str) -> bool:
    """Whether it is decided just now and by nobody else."""
    waiting = (Refund.id == made.id) & (Refund.state == WAITS)
    return bool(Refund.update(state=state, decided_at=clock.now()).where(waiting).execute())


def _finish(made: Refund) -> None:
    if not _decided(made, DONE):
        return
    row = payments.locked(made.payment.number)
    if row is None:
        raise Gone
    if made.posting_id is not None:
        moves = [
            Move(house("escrow", row.currency, PURPOSE), -made.amount),
            Move(house("provider", row.currency), made.amount),
        ]
        ledger.post("refunded", moves, key=f"refund:{made.id}:out", about=("payment", row.id))
    row.refunded += made.amount
    if row.refunded >= (row.paid_amount or 0):
        row.state = REFUNDED
    if row.state == REFUNDED or row.problem == "refunded":
        row.problem = ""
    row.save()
    if row.member_id is not None:
        notices.tell(
            [row.member_id], "payment_refunded", "payment", row.id, event=str(made.id), amount=made.amount,
            whole=int(row.state == REFUNDED),
        )  # fmt: skip


def _give_up(made: Refund) -> None:
    if not _decided(made, FAILED):
        return
    if made.posting_id is not None:
        ledger.reverse(made.posting_id, key=f"refund:{made.id}:back", kind="refund_back")
    notices.tell(payments.owners(), "refund_failed", "payment", made.payment_id, event=str(made.id))
