"""What follows when money has come in from the payment provider."""

from blueprints.wallet.events import PaymentArrived
from core import notices
from core.signals import listen


@listen(PaymentArrived)
def tell_payer(event: PaymentArrived) -> None:
    notices.tell([event.member], "payment_arrived", "payment", event.payment)
