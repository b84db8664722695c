"""Beginning to put money into one's wallet: an order at the payment provider, and the address where it is paid."""

from blueprints.wallet import providers
from blueprints.wallet.overdue import ask_soon
from blueprints.wallet.paying import hold, require_room
from blueprints.wallet.payments import OPEN_MS, WAITING, PaymentRow, new_number
from blueprints.wallet.providers.provider import Order
from core import clock, ledger
from core.db import atomic
from core.errors import Conflict, Gone
from core.limits import LIMITS
from core.money import currency
from core.once import once
from core.policy import Actor, require
from models import Payment


def start(actor: Actor, amount: int, key: str) -> str:
    """Order a top-up of `amount` (minor units); returns the number of the order. The same `key` finds the same order.

    Raises Gone without a provider, Conflict (balance_full, payments_open, key_reused)."""
    provider = providers.connected()
    if provider is None:
        raise Gone
    name, me, unit = provider.name, actor.member_id or 0, currency()

    def make() -> int:
        require(actor, "wallet:pay")
        require_room(ledger.member(me, unit.code), amount)
        now = clock.now()
        open_ones = (Payment.member == me) & (Payment.state == WAITING) & (Payment.made_at > now - OPEN_MS)
        if Payment.select().where(open_ones).count() >= LIMITS["payments_open"]:
            raise Conflict("payments_open", most=LIMITS["payments_open"])
        made = Payment.create(
            number=new_number(), provider=name, member=me, amount=amount, currency=unit.code, state=WAITING, made_at=now
        )
        ask_soon(made)
        return int(made.id)

    with atomic(durable=True):  # whoever pays an order that was forgotten in a crash would pay for nothing
        hold(me)
        id_, _ = once(f"member:{me}", key, "payment.start", [amount, unit.code], make)
    return str(Payment.get_by_id(id_).number)


def way(row: PaymentRow, title: str, return_url: str, notify_url: str, *, phone: bool) -> str | None:
    """Where this order is paid; None once it cannot be. Raises OutboundProblem."""
    provider = providers.connected()
    if provider is None or provider.name != row.provider or row.state != WAITING or row.closes_at <= clock.now():
        return None
    order = Order(row.number, row.amount, row.currency, title, row.closes_at, return_url, notify_url)
    return provider.way(order, phone=phone)
