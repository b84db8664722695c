"""What the books and the wallet hold of a member. The books stay whole: they name accounts by number, and the number of
whoever was erased leads to nobody. What lies in the account goes to the chest, in a job."""

from typing import Any

from core.personal import holds
from models import (
    CashOrder,
    LedgerAccount,
    LedgerEntry,
    LedgerPosting,
    LedgerStop,
    Member,
    Payment,
    Refund,
    Tip,
    Transfer,
    WalletFreeze,
    WalletPin,
    WalletSetting,
)

TABLES = (
    CashOrder, LedgerAccount, LedgerPosting, LedgerStop, Payment, Refund, Tip, Transfer, WalletFreeze, WalletPin,
    WalletSetting,
)  # fmt: skip


def exports(member: int) -> tuple[dict[str, Any], list[str]]:
    return _of_books(member) | _of_wallet(member) | _of_gifts(member), []


def _of_books(member: int) -> dict[str, Any]:
    accounts = LedgerAccount.select(LedgerAccount.currency, LedgerAccount.balance, LedgerAccount.made_at)
    movements = (
        LedgerEntry.select(
            LedgerEntry.posting, LedgerPosting.kind, LedgerPosting.currency, LedgerEntry.amount, LedgerEntry.balance,
            LedgerEntry.at,
        )
        .join(LedgerPosting).switch(LedgerEntry).join(LedgerAccount).where(LedgerAccount.owner == member)
    )  # fmt: skip
    return {
        "accounts": _rows(accounts.where(LedgerAccount.owner == member).order_by(LedgerAccount.id)),
        "movements": _rows(movements.order_by(LedgerEntry.id)),
    }


def _of_wallet(member: int) -> dict[str, Any]:
    pin = WalletPin.select(WalletPin.set_at).where(WalletPin.member == member)
    setting = WalletSetting.select().where(WalletSetting.member == member)
    freezes = WalletFreeze.select(WalletFreeze.reason, WalletFreeze.at, WalletFreeze.lifted_at)
    orders = CashOrder.select(
        CashOrder.kind, CashOrder.amount, CashOrder.currency, CashOrder.reason, CashOrder.state, CashOrder.asked_at,
        CashOrder.decided_at, CashOrder.answer,
    )  # fmt: skip
    payments = Payment.select(
        Payment.number, Payment.provider, Payment.amount, Payment.currency, Payment.state, Payment.made_at,
        Payment.paid_at,
    )  # fmt: skip
    refunds = Refund.select(Refund.number, Refund.amount, Refund.state, Refund.asked_at).join(Payment)
    return {
        "pin_set_at": pin.scalar(),
        "settings": _rows(setting),
        "freezes": _rows(freezes.where(WalletFreeze.member == member).order_by(WalletFreeze.id)),
        "cash_desk": _rows(orders.where(CashOrder.member == member).order_by(CashOrder.id)),
        "payments": _rows(payments.where(Payment.member == member).order_by(Payment.id)),
        "refunds": _rows(refunds.where(Payment.member == member).order_by(Refund.id)),
    }


def _of_gifts(member: int) -> dict[str, Any]:
    """Words only of what the member gave: what others wrote is theirs."""
    sent = Transfer.select(Member.username, Transfer.amount, Transfer.currency, Transfer.words, Transfer.at)
    got = Transfer.select(Member.username, Transfer.amount, Transfer.currency, Transfer.at)
    given = Tip.select(
        Tip.subject_kind, Tip.subject_id, Tip.amount, Tip.currency, Tip.note, Tip.at, Tip.undone_at, Tip.thanked_at
    )
    received = Tip.select(
        Tip.subject_kind, Tip.subject_id, Tip.amount, Tip.currency, Tip.at, Tip.undone_at, Tip.thanked_at
    )
    return {
        "sent": _rows(sent.join(Member, on=Transfer.receiver == Member.id).where(Transfer.giver == member)),
        "got": _rows(got.join(Member, on=Transfer.giver == Member.id).where(Transfer.receiver == member)),
        "tips_given": _rows(given.where(Tip.giver == member).order_by(Tip.id)),
        "tips_received": _rows(received.where(Tip.receiver == member).order_by(Tip.id)),
    }


def _rows(query: Any) -> list[dict[str, Any]]:
    return list(query.dicts())


def erases(member: int, keeps_words: bool) -> None:
    """A payout that waits is still owed: where it should go is forgotten once somebody has decided about it."""
    for table in (WalletPin, WalletSetting, WalletFreeze):
        table.delete().where(table.member == member).execute()
    settled = (CashOrder.member == member) & (CashOrder.state != "waiting")
    CashOrder.update(reason="", answer="").where(settled).execute()
    if not keeps_words:
        Transfer.update(words="").where(Transfer.giver == member).execute()
        Tip.update(note="").where(Tip.giver == member).execute()


holds("wallet", exports=exports, erases=erases, tables=TABLES)
