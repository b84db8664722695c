"""Putting money into one's wallet, and the page to which the provider sends the payer back. That page shows what the
provider said and credits nothing: anybody can open an address."""

import logging

from flask import Response, request, url_for
from flask_babel import gettext as _

from blueprints.wallet import bp, payments, providers, topping_up
from blueprints.wallet.forms_payments import TopUp
from blueprints.wallet.payments import PaymentRow
from blueprints.wallet.words_payments import problem_for_member
from core import hx, ledger, site
from core.errors import Gone, Refusal
from core.guard import limit
from core.money import currency
from core.open_web import absolute
from core.outbound import OutboundProblem
from core.policy import Actor
from core.viewer import current_actor

log = logging.getLogger("quanzi.payments")


@bp.get("/wallet/top-up", permission="wallet:pay")
def top_up() -> Response:
    _require_connected()
    return _form(current_actor(), TopUp())


@bp.post("/wallet/top-up", permission="wallet:pay")
def start_top_up() -> Response:
    _require_connected()
    actor, form = current_actor(), TopUp.posted()
    limit("payment.start", actor.member_id)
    if form.validate():
        try:
            number = topping_up.start(actor, form.amount.minor(), form.key.data or "")
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return hx.see_other(url_for(".payment", order=number))
    return _form(actor, form, status=422)


def _form(actor: Actor, form: TopUp, status: int = 200) -> Response:
    unit = currency()
    return hx.page(
        "wallet/top_up.html", {"top-up": "wallet/_top_up.html"}, status=status, form=form, unit=unit.code,
        provider_name=provider_names()[provider_name()], orders=payments.own_open(actor),
        room=max(0, int(site.get("money_most")) - ledger.balance(ledger.member(actor.member_id or 0, unit.code)).whole),
    )  # fmt: skip


@bp.get("/wallet/top-up/<order>", permission="wallet:own")
def payment(order: str) -> Response:
    row = payments.own(current_actor(), order)
    if hx.wants_fragment() and hx.target() == "live":
        told = row.state == request.args.get("known")
        return hx.unchanged() if told else hx.see_other(url_for(".payment", order=order))
    way_url, is_away = _way(row)
    return hx.page(
        "wallet/payment.html", payment=row, way_url=way_url, is_away=is_away,
        provider_name=provider_names().get(row.provider, ""),
        receipt_url=url_for(".receipt", posting=row.posting) if row.posting else None,
        live_url=url_for(".payment", order=order, known=row.state) if row.state == payments.WAITING else None,
        why=problem_for_member(row.problem),
    )  # fmt: skip


def _way(row: PaymentRow) -> tuple[str | None, bool]:
    """Where it is paid, if it can be; and whether the provider cannot be reached just now."""
    agent = request.headers.get("User-Agent", "")
    try:
        return topping_up.way(
            row, _("Top-up for %(site)s", site=site.get("name")), absolute(url_for(".payment", order=row.number)),
            absolute(url_for(".hear", name=row.provider)), phone="Mobi" in agent,
        ), False  # fmt: skip
    except OutboundProblem as problem:
        log.warning("no way to pay %s: %s", row.number, problem)
        return None, True


def provider_names() -> dict[str, str]:
    return {"sandbox": _("Sandbox"), "alipay": _("Alipay")}


def provider_name() -> str:
    """Raises Gone when none is connected."""
    provider = providers.connected()
    if provider is None:
        raise Gone
    return provider.name


def _require_connected() -> None:
    provider_name()
