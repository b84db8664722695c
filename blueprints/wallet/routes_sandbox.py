"""The checkout page of the sandbox: what a provider's site would be, inside this one, with all that can go wrong."""

from flask import Response, request, url_for
from flask_babel import gettext as _

from blueprints.wallet import bp, overdue, payments, settling
from blueprints.wallet.payments import WAITING, PaymentRow
from blueprints.wallet.providers.provider import Message
from blueprints.wallet.providers.sandbox import PLAYS, play
from blueprints.wallet.routes_top_up import provider_name
from core import hx
from core.errors import Conflict, Gone, Invalid
from core.viewer import current_actor

NAME = "sandbox"


@bp.get("/wallet/top-up/<order>/sandbox", permission="wallet:pay")
def sandbox(order: str) -> Response:
    return hx.page("wallet/sandbox.html", payment=_own(order), plays=_plays())


@bp.post("/wallet/top-up/<order>/sandbox", permission="wallet:pay")
def play_sandbox(order: str) -> Response:
    """The messages go the way on which a real provider's come in, signature and all."""
    row, what = _own(order), request.form.get("play", "")
    if what not in PLAYS:
        raise Invalid("choice", field="play")
    if row.state != WAITING:
        raise Conflict("payment_decided")
    if what == "late":
        overdue.close(row.number)
    for fields in play(what, row.number, row.amount, row.currency):
        settling.take(NAME, Message(fields))
    return hx.see_other(url_for(".payment", order=order))


def _own(order: str) -> PaymentRow:
    if provider_name() != NAME:
        raise Gone
    return payments.own(current_actor(), order)


def _plays() -> list[tuple[str, str, str]]:
    """Value, label, and what follows from it."""
    return [
        ("paid", _("Pay"), _("The site is told once, as it should be.")),
        ("twice", _("Pay, and tell the site twice"), _("Providers repeat themselves; it counts once.")),
        ("amount", _("Pay another amount"), _("Kept for somebody to look at.")),
        ("late", _("Pay too late"), _("After the order was closed here; kept for somebody to look at.")),
        ("refunded", _("Pay, then refund there"), _("Credited; then staff is told that it went back.")),
        ("signature", _("Pay with a wrong signature"), _("Not taken, since anybody could have sent it.")),
        ("app", _("Pay for another application"), _("Not taken, since it is not meant for this site.")),
        ("cancel", _("Do not pay"), _("The order is closed.")),
    ]
