"""Payments in notices, in the statement, and for those who run the site."""

from typing import Any

from flask import url_for

from blueprints.wallet import payments
from core.blueprint import fills
from core.fragments import region
from core.i18n import money
from core.notices import NoticeRow
from core.policy import Actor, can
from models import Payment

FOR_MEMBER = ("payment_arrived", "payment_refunded")
FOR_STAFF = ("payment_odd", "refund_failed")


@fills("notices.row")
def notices(actor: Actor, rows: list[NoticeRow]) -> dict[int, str]:
    mine = [row for row in rows if row.kind in FOR_MEMBER or row.kind in FOR_STAFF]
    known = _payments([row.subject_id for row in mine]) if mine else {}
    shown: dict[int, str] = {}
    for row in mine:
        payment = known.get(row.subject_id)
        if payment is None or not _may_see(actor, row.kind, payment):
            continue
        page = "wallet.payment" if row.kind in FOR_MEMBER else "wallet.desk_payment"
        shown[row.id] = region(
            "wallet/_payment_told.html", kind=row.kind, part=_part(row, payment),
            amount=money(payment.paid_amount or payment.amount, payment.currency),
            url=url_for("notices.follow", number=row.id, to=url_for(page, order=payment.number)),
        )  # fmt: skip
    return shown


def _payments(ids: list[int]) -> dict[int, Payment]:
    return {row.id: row for row in Payment.select().where(Payment.id.in_(ids))}


def _may_see(actor: Actor, kind: str, payment: Payment) -> bool:
    return payment.member_id == actor.member_id if kind in FOR_MEMBER else can(actor, "wallet:desk")


def _part(row: NoticeRow, payment: Payment) -> str:
    """How much went back when that was not all; an early notice does not say it, so the payment does."""
    whole, amount = row.fact("whole"), row.fact("amount")
    if whole is None:
        whole, amount = payment.state == payments.REFUNDED, payment.refunded
    return "" if whole else money(amount, payment.currency)


@fills("wallet.cause")
def causes(actor: Actor, things: list[Any]) -> dict[int, str]:
    """A link to the order, for whose wallet it was."""
    of = {posting: subject_id for posting, _kind, subject_kind, subject_id in things if subject_kind == "payment"}
    if not of:
        return {}
    mine = {id_: row for id_, row in _payments(list(of.values())).items() if row.member_id == actor.member_id}
    return {
        posting: region("wallet/_payment_cause.html", number=mine[id_].number, url=url_for(
            "wallet.payment", order=mine[id_].number
        ))
        for posting, id_ in of.items()
        if id_ in mine
    }  # fmt: skip


@fills("admin.index")
def waiting(actor: Actor, things: list[str]) -> dict[str, str]:
    count = payments.needs_somebody() if can(actor, "wallet:desk") else 0
    return {"index": region("wallet/_payments_waiting.html", count=count)} if count else {}
