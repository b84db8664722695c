"""Sentences about payments: refusals, states, and what is the matter with one."""

from flask_babel import lazy_gettext as _l

from core import audit
from core.hx import words

words({
    "payments_open": _l("You have %(most)s orders that are not paid yet. Pay one of them, or wait until they close."),
    "payment_decided": _l("Somebody has decided about this payment meanwhile. The page shows how it stands now."),
    "refund_most": _l("At most %(most)s can still be refunded."),
    "title_payment_decided": _l("This was decided already"),
})  # fmt: skip

audit.words(
    {
        "payment.credit": _l("Payment credited that had to be looked at"),
        "payment.refund": _l("Payment refunded"),
        "payment.seen": _l("Payment marked as seen to"),
    }
)

STATES = {
    "waiting": _l("Not paid yet"),
    "paid": _l("Paid"),
    "closed": _l("Closed unpaid"),
    "odd": _l("Somebody has to look"),
    "refunded": _l("Refunded"),
    "back": _l("On its way back"),
    "part": _l("Refunded in part"),
}

PROBLEMS = {
    "amount": _l("Another amount was paid than was asked for. Credit what was paid, or refund it."),
    "currency": _l("It was paid in another currency, so it can only be refunded."),
    "late": _l("It was paid after the order had been closed here. Credit it, or refund it."),
    "member": _l("The account that it was meant for is gone. Credit it to somebody, or refund it."),
    "stopped": _l("It came while all money stood still. It is credited by itself as soon as money moves again."),
    "reference": _l("The provider names the same payment for two orders. Look it up there before you decide."),
    "unknown": _l("It was paid for an order that this site does not know, perhaps since it was put back from a backup. "
                  "Credit it to whoever paid, or refund it."),
    "twice": _l("The same order was paid twice. The first payment was credited; credit this one too, or refund it."),
    "refunded": _l("It went back at the provider's own site, all of it or a part. Write that down here as a refund "
                   "that was made already, so that it leaves the wallet too."),
    "begun": _l("A part of it was refunded, so the rest can only be refunded as well."),
    "differs": _l("The provider now says another amount than when it was credited. Look it up there."),
}  # fmt: skip

PROBLEMS_FOR_MEMBER = {
    "amount": _l("Another amount was paid than you had asked for."),
    "currency": _l("It was paid in another currency."),
    "late": _l("It came after the order had been closed."),
    "stopped": _l("It came while all money on this site stood still. It is credited as soon as money moves again."),
    "twice": _l("It seems that you paid the same order twice."),
    "refunded": _l("It seems to have been refunded already, all of it or a part."),
}


def state_name(state: str, *, refunded: int = 0, is_going_back: bool = False) -> str:
    """`refunded` in minor units; `is_going_back`: with what is on its way, nothing of it stays."""
    part = "part" if state == "paid" and refunded else state
    return str(STATES["back" if is_going_back else part])


def problem(name: str) -> str:
    """For the people who run the site."""
    return str(PROBLEMS.get(name, ""))


def problem_for_member(name: str) -> str:
    return str(PROBLEMS_FOR_MEMBER.get(name, ""))
