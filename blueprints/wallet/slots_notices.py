"""The words of what is told about money, made when they are read."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from blueprints.people.apart import apart
from blueprints.people.friends import aliases
from blueprints.wallet import desk_book
from core.blueprint import fills
from core.fragments import region
from core.i18n import money
from core.notices import NoticeRow
from core.policy import Actor, can
from models import LedgerStop, Member, Transfer, WalletFreeze

PLAIN = ("wallet_pin_set", "wallet_pin_locked")


@fills("notices.row")
def notices(actor: Actor, rows: list[NoticeRow]) -> dict[int, str]:
    mine = [row for row in rows if row.kind.startswith("wallet_")]
    found: dict[int, dict[str, Any]] = {}
    for look in (_sent, _orders, _freezes, _pins, _stops):
        found |= look(actor, mine)
    return {
        row.id: region(
            "wallet/_told.html", words=facts["words"], quote=facts.get("quote") or None,
            icon_name=facts["icon"], url=url_for("notices.follow", number=row.id, to=facts["url"]),
        )
        for row in mine
        if (facts := found.get(row.id))
    }  # fmt: skip


def _of(rows: list[NoticeRow], *kinds: str) -> dict[int, list[NoticeRow]]:
    """By what they are about."""
    found: dict[int, list[NoticeRow]] = {}
    for row in rows:
        if row.kind in kinds:
            found.setdefault(row.subject_id, []).append(row)
    return found


def _sent(actor: Actor, rows: list[NoticeRow]) -> dict[int, dict[str, Any]]:
    told = _of(rows, "wallet_sent")
    if not told:
        return {}
    query = Transfer.select(
        Transfer.id, Transfer.amount, Transfer.currency, Transfer.words, Transfer.posting, Member.id,
        Member.display_name,
    ).join(Member, on=Transfer.giver == Member.id)  # fmt: skip
    mine = (Transfer.receiver == actor.member_id) & ~apart(actor.member_id or 0, Transfer.giver)
    found = list(query.where(Transfer.id.in_(list(told)), mine).tuples())
    names = aliases(actor.member_id or 0, [row[5] for row in found])
    shown: dict[int, dict[str, Any]] = {}
    for id_, amount, code, words, posting, giver, name in found:
        said = _(
            "%(name)s sent you %(amount)s.", amount=money(amount, code),
            name=names.get(giver) or name or _("somebody who left"),
        )  # fmt: skip
        facts = {"words": said, "quote": words, "icon": "send", "url": url_for("wallet.receipt", posting=posting)}
        shown |= {row.id: facts for row in told[id_]}
    return shown


def _orders(actor: Actor, rows: list[NoticeRow]) -> dict[int, dict[str, Any]]:
    told = _of(rows, "wallet_asked", "wallet_decided")
    serves = can(actor, "wallet:desk")
    shown: dict[int, dict[str, Any]] = {}
    for id_, order in desk_book.some(list(told)).items():
        for row in told[id_]:
            is_own = order.member_id == actor.member_id
            if row.kind == "wallet_asked" and serves:
                url = url_for("wallet.cash_desk")
                shown[row.id] = {"words": _("Somebody asks the cash desk for something."), "icon": "inbox", "url": url}
            elif row.kind == "wallet_decided" and (is_own or serves):
                url = url_for("wallet.index" if is_own else "wallet.cash_desk")
                shown[row.id] = {"words": _decided(order, is_own), "icon": "gem", "url": url}
                shown[row.id]["quote"] = order.answer or (order.reason if order.kind != "payout" else "")
    return shown


def _decided(order: desk_book.OrderRow, is_own: bool) -> str:
    amount = money(order.amount, order.currency)
    if not is_own:
        return _("Somebody decided about what you asked at the cash desk.")
    if order.kind == "issue":
        return _("The cash desk put %(amount)s into your wallet.", amount=amount)
    if order.kind == "withdraw":
        return _("The cash desk took %(amount)s out of your wallet.", amount=amount)
    if order.state == "done":
        return _("Your payout of %(amount)s is done.", amount=amount)
    return _("Your payout of %(amount)s was refused. It is back in your wallet.", amount=amount)


def _freezes(actor: Actor, rows: list[NoticeRow]) -> dict[int, dict[str, Any]]:
    told = _of(rows, "wallet_frozen", "wallet_thawed")
    if not told:
        return {}
    found = WalletFreeze.select().where(WalletFreeze.id.in_(list(told)), WalletFreeze.member == actor.member_id)
    shown: dict[int, dict[str, Any]] = {}
    for freeze in found:
        for row in told[freeze.id]:
            frozen = row.kind == "wallet_frozen"
            words = (
                _("The people who run this site froze your wallet.") if frozen else _("Your wallet is open again.")
            )
            shown[row.id] = {
                "words": words, "quote": freeze.reason if frozen else "", "icon": "lock" if frozen else "lock-open",
                "url": url_for("wallet.index"),
            }  # fmt: skip
    return shown


def _pins(actor: Actor, rows: list[NoticeRow]) -> dict[int, dict[str, Any]]:
    words = {
        "wallet_pin_set": _("Your payment PIN was set. If it was not you, change your password now."),
        "wallet_pin_locked": _("Your payment PIN was wrong too often and is locked. If it was not you, freeze your "
                               "wallet and change your password."),
    }  # fmt: skip
    url = url_for("wallet.index")
    return {row.id: {"words": words[row.kind], "icon": "key-round", "url": url} for row in rows if row.kind in PLAIN}


def _stops(actor: Actor, rows: list[NoticeRow]) -> dict[int, dict[str, Any]]:
    told = _of(rows, "wallet_halted")
    if not told or not can(actor, "wallet:desk"):
        return {}
    url = url_for("wallet.show_books")
    return {
        row.id: {"words": _("All money stands still."), "quote": stop.why, "icon": "triangle-alert", "url": url}
        for stop in LedgerStop.select().where(LedgerStop.id.in_(list(told)))
        for row in told[stop.id]
    }
