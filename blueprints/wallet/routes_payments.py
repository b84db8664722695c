"""What came in from the payment provider, for the people who run the site: first what somebody has to look at."""

from typing import NamedTuple

from flask import Response, request, url_for
from flask_babel import gettext as _

from blueprints.wallet import bp, odd_payments, payments, refunding
from blueprints.wallet.forms_payments import GiveBack, Whose
from blueprints.wallet.payments import ODD, PaymentRow
from blueprints.wallet.routes import before, whose
from blueprints.wallet.routes_top_up import provider_names
from blueprints.wallet.words_payments import problem, state_name
from core import hx
from core.errors import Gone, Invalid, Refusal
from core.limits import LIMITS
from core.money import currency, plain
from core.policy import Actor, can
from core.viewer import current_actor
from models import Member, Payment


class Shown(NamedTuple):
    """A payment with what is said of it."""

    row: PaymentRow
    state: str
    problem: str


@bp.get("/wallet/desk/payments", permission="wallet:desk")
def desk_payments() -> Response:
    actor, everything = current_actor(), request.args.get("what") == "all"
    rows = payments.listed(actor, problems=not everything, before=before())
    most, rules_url = LIMITS["page_admin"], url_for(".rules") if can(actor, "wallet:rule") else None
    older = rows[most - 1].id if len(rows) > most else None
    return hx.page(
        "wallet/desk_payments.html", payments=[_shown(row) for row in rows[:most]], everything=everything,
        older_url=older and url_for(".desk_payments", what="all" if everything else None, before=older),
        rules_url=rules_url,
    )  # fmt: skip


@bp.get("/wallet/desk/payments/<order>", permission="wallet:desk")
def desk_payment(order: str) -> Response:
    return _page(current_actor(), order)


def _page(
    actor: Actor, order: str, give_back: GiveBack | None = None, who: Whose | None = None, status: int = 200
) -> Response:
    row = payments.one(actor, order)
    decides = can(actor, "payment:decide", Payment.get_by_id(row.id))
    form = give_back or GiveBack(data={"amount": plain(row.left, currency(row.currency))})
    return hx.page(
        "wallet/desk_payment.html", {"give-back": "wallet/_give_back.html", "whose": "wallet/_whose.html"},
        status=status, shown=_shown(row), refunds=payments.refunds_of(actor, row.id), decides=decides,
        form=form if decides and row.left else None,
        provider_name=provider_names().get(row.provider, row.provider),
        who=(who or Whose()) if decides and row.can_be_credited and row.username is None else None,
    )  # fmt: skip


@bp.post("/wallet/desk/payments/<order>/credit", permission="wallet:desk")
def credit_payment(order: str) -> Response:
    """With a name where the payment itself does not say whose it is."""
    actor, form = current_actor(), Whose.posted()
    row = payments.one(actor, order)
    member = None
    if row.username is None:
        try:
            member = _member(form)
        except Refusal as refusal:
            form.refuse(refusal)
            return _page(actor, order, who=form, status=422)
    odd_payments.credit_odd(actor, order, member)
    return hx.see_other(url_for(".desk_payment", order=order), toast=_("Credited."))


def _member(form: Whose) -> int:
    try:
        found = Member.get_or_none(Member.username == whose(form.username.data or ""), Member.erased_at.is_null())
    except Gone:
        found = None
    if found is None:
        raise Invalid("nobody_called", field="username")
    return int(found.id)


@bp.post("/wallet/desk/payments/<order>/refund", permission="wallet:desk")
def refund_payment(order: str) -> Response:
    actor, form = current_actor(), GiveBack.posted()
    row = payments.one(actor, order)
    if form.validate():
        try:
            refunding.refund(actor, order, form.draft(row.currency), form.key.data or "")
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            said = _("Done.") if form.was_made.data else _("The refund is on its way.")
            return hx.see_other(url_for(".desk_payment", order=order), toast=said)
    return _page(actor, order, give_back=form, status=422)


@bp.post("/wallet/desk/payments/<order>/seen", permission="wallet:desk")
def see_payment(order: str) -> Response:
    odd_payments.put_aside(current_actor(), order)
    return hx.see_other(url_for(".desk_payment", order=order), toast=_("Marked as seen to."))


def _shown(row: PaymentRow) -> Shown:
    is_begun, is_going_back = row.state == ODD and bool(row.refunded or row.back), bool(row.back) and not row.left
    said = "" if is_begun and is_going_back else problem("begun" if is_begun else row.problem)
    return Shown(row, state_name(row.state, refunded=row.refunded, is_going_back=is_going_back), said)
