"""What members decide about their own wallet: PIN, limits, freezing it, and taking out what is left."""

from flask import Response, request, url_for
from flask_babel import gettext as _

from blueprints.wallet import bp, closing, freezing, own_limits, paying, pins, statement
from blueprints.wallet.forms import Donate, Limits, Password, Payout, Pin
from blueprints.wallet.routes import asked
from blueprints.wallet.routes_sending import proven, put_aside, taken_up, wants_pin
from core import hx, ledger
from core.errors import Invalid, Refusal
from core.guard import limit
from core.money import currency, plain
from core.viewer import current_actor

# ---- PIN ----------------------------------------------------------------------------------------------------


@bp.get("/wallet/pin", permission="wallet:own")
def pin() -> Response:
    """`back` in the address says where whoever was about to pay is led afterwards."""
    return _pin_page(Pin(back=request.args.get("back") or hx.back(url_for(".index"))))


@bp.post("/wallet/pin", permission="wallet:own")
def set_pin() -> Response:
    actor, form = current_actor(), Pin.posted()
    try:
        limit("password.member", actor.member_id)
        pins.set_pin(actor, form.password.data, form.pin.data, form.pin_again.data)
        return hx.see_other(_way_back(form), toast=_("Your payment PIN is set."))
    except Invalid as refusal:
        form.refuse(refusal)
    return _pin_page(form, 422)


def _way_back(form: Pin) -> str:
    return hx.local_path(form.back.data or url_for(".index"), url_for(".index"))


def _pin_page(form: Pin, status: int = 200) -> Response:
    me, form.back.data = current_actor().member_id or 0, _way_back(form)
    return hx.page(
        "wallet/pin.html", {"pin-form": "wallet/_pin_form.html"}, status=status, form=form, has_pin=pins.has_pin(me),
        limits=paying.limits(me),
    )  # fmt: skip


# ---- limits -------------------------------------------------------------------------------------------------


@bp.get("/wallet/limits", permission="wallet:own")
def limits() -> Response:
    own, unit = own_limits.own(current_actor().member_id or 0), currency()
    typed = {
        name: plain(value, unit) if value is not None else ""
        for name, value in (
            ("free_ceiling", own.free_ceiling), ("day_out", own.day_out), ("tips_day", own.tips_day),
        )
    }  # fmt: skip
    return _limits_page(Limits(data=typed))


@bp.post("/wallet/limits", permission="wallet:own")
def change_limits() -> Response:
    actor, form = current_actor(), Limits.posted()
    try:
        if form.password.data:
            limit("password.member", actor.member_id)
        own_limits.change(actor, form.limits(), form.password.data)
        return hx.see_other(url_for(".index"), toast=_("Your limits are saved."))
    except Invalid as refusal:
        form.refuse(refusal)
    return _limits_page(form, 422)


def _limits_page(form: Limits, status: int = 200) -> Response:
    return hx.page(
        "wallet/limits.html", {"limits-form": "wallet/_limits_form.html"}, status=status, form=form,
        sites=own_limits.sites(),
    )  # fmt: skip


# ---- freezing -----------------------------------------------------------------------------------------------


@bp.post("/wallet/freeze", permission="wallet:freeze")
def freeze() -> Response:
    freezing.freeze_own(current_actor())
    return hx.see_other(url_for(".thaw_form"), toast=_("Your wallet is frozen. Nothing leaves it."))


@bp.get("/wallet/thaw", permission="wallet:own")
def thaw_form() -> Response:
    return _thaw_page(Password())


@bp.post("/wallet/thaw", permission="wallet:own")
def thaw() -> Response:
    actor, form = current_actor(), Password.posted()
    try:
        limit("password.member", actor.member_id)
        freezing.thaw_own(actor, form.password.data)
        return hx.see_other(url_for(".index"), toast=_("Your wallet is open again."))
    except Refusal as refusal:
        if not isinstance(refusal, Invalid) and refusal.code != "frozen_by_staff":
            raise
        form.refuse(refusal)
    return _thaw_page(form, 422)


def _thaw_page(form: Password, status: int = 200) -> Response:
    frost = freezing.frost(current_actor().member_id or 0)
    return hx.page("wallet/thaw.html", status=status, form=form, frost=frost)


# ---- taking out what is left --------------------------------------------------------------------------------


@bp.get("/wallet/close", permission="wallet:close")
def close() -> Response:
    here = _close_address(asked()[0].code)
    return _close_page(taken_up(Payout, here), taken_up(Donate, here))


def _close_address(code: str) -> str:
    return url_for(".close", currency=code)


@bp.post("/wallet/payouts", permission="wallet:close")
def ask_payout() -> Response:
    actor, form, code = current_actor(), Payout.posted(), asked()[0].code
    try:
        if form.validate():
            if wants_pin():
                return put_aside(form, _close_address(code))
            limit("wallet.payout", actor.member_id)
            amount = form.amount.minor(code)
            is_proven = proven(actor, form)
            closing.ask_payout(actor, amount, form.words.data, form.key.data or "", code=code, proven=is_proven)
            return hx.see_other(
                url_for(".close"), toast=_("The cash desk will pay it out. Until then it lies aside for you.")
            )
    except Refusal as refusal:
        form.refuse(refusal)
    return _close_page(payout=form, status=422)


@bp.post("/wallet/payouts/<int:number>/take-back", permission="wallet:close")
def take_back(number: int) -> Response:
    closing.take_back(current_actor(), number)
    return hx.see_other(url_for(".close"), toast=_("It is back in your wallet."))


@bp.post("/wallet/donate", permission="wallet:close")
def donate() -> Response:
    actor, form, code = current_actor(), Donate.posted(), asked()[0].code
    try:
        if form.validate():
            if wants_pin():
                return put_aside(form, _close_address(code))
            closing.donate(actor, form.key.data or "", code=code, proven=proven(actor, form))
            return hx.see_other(url_for(".close"), toast=_("Thank you. It went to the chest of this site."))
    except Refusal as refusal:
        form.refuse(refusal)
    return _close_page(gift=form, status=422)


def _close_page(payout: Payout | None = None, gift: Donate | None = None, status: int = 200) -> Response:
    actor, code = current_actor(), asked()[0].code
    me, unit = actor.member_id or 0, currency(code)
    left = ledger.balance(ledger.member(me, code))
    if payout is None:
        payout = Payout(data={"amount": plain(left.free, unit) if left.free else ""})
    return hx.page(
        "wallet/close.html", status=status, balance=left, code=code, payout=payout, gift=gift or Donate(),
        waiting=closing.waiting_payout(me, code), others=statement.others(actor, code), limits=paying.limits(me),
        frost=freezing.frost(me), has_pin=pins.has_pin(me),
    )  # fmt: skip
