"""Who is told of what happens with money, and what is left of it when somebody goes."""

from blueprints.accounts.events import MemberErased
from blueprints.wallet import listeners_payments, listeners_tips  # noqa: F401 - listen
from blueprints.wallet.events import (
    CashDecided,
    CashOrdered,
    MoneyHalted,
    MoneySent,
    PinLocked,
    PinSet,
    WalletFrozen,
    WalletThawed,
)
from core import clock, jobs, notices
from core.signals import listen
from models import CashOrder, LedgerStop, StaffRole, WalletFreeze


def _staff() -> set[int]:
    return {id_ for (id_,) in StaffRole.select(StaffRole.member).tuples()}


@listen(MoneySent)
def tell_receiver(event: MoneySent) -> None:
    notices.tell([event.receiver], "wallet_sent", "transfer", event.transfer)


@listen(CashOrdered)
def tell_desk(event: CashOrdered) -> None:
    order = CashOrder.get_by_id(event.order)
    notices.tell(_staff() - {order.asked_by_id, order.member_id}, "wallet_asked", "cash_order", order.id)


@listen(CashDecided)
def tell_of_decision(event: CashDecided) -> None:
    """Whose wallet it is, unless it was to be issued or withdrawn and never was; and whoever asked at the desk."""
    notices.forget("cash_order", [event.order], kinds=("wallet_asked",))
    order = CashOrder.get_by_id(event.order)
    concerned = {order.asked_by_id} | ({order.member_id} if event.done or order.kind == "payout" else set())
    notices.tell(concerned - {order.decided_by_id, None}, "wallet_decided", "cash_order", order.id)


@listen(WalletFrozen, WalletThawed)
def tell_of_freeze(event: WalletFrozen | WalletThawed) -> None:
    if event.by != event.member:
        latest = WalletFreeze.select(WalletFreeze.id).where(WalletFreeze.member == event.member)
        number = latest.order_by(WalletFreeze.id.desc()).limit(1).scalar()
        kind = "wallet_frozen" if isinstance(event, WalletFrozen) else "wallet_thawed"
        notices.tell([event.member], kind, "wallet_freeze", number)


@listen(PinSet, PinLocked)
def tell_of_pin(event: PinSet | PinLocked) -> None:
    """Perhaps it was not them."""
    kind = "wallet_pin_set" if isinstance(event, PinSet) else "wallet_pin_locked"
    notices.tell([event.member], kind, "member", event.member, event=f"{kind}:{clock.now()}")


@listen(MoneyHalted)
def alarm(event: MoneyHalted) -> None:
    number = LedgerStop.select(LedgerStop.id).order_by(LedgerStop.id.desc()).limit(1).scalar()
    notices.tell(_staff(), "wallet_halted", "ledger_stop", number)
    jobs.later("wallet.alarm", {"stop": number})


@listen(MemberErased)
def sweep_what_is_left(event: MemberErased) -> None:
    """In a job: erasing does not wait for the disk as money does."""
    jobs.later("wallet.sweep")
