"""The cash desk: the people who run the site issue money, withdraw it, and hand out what members ask for.

From an amount on (site setting `desk_second`) it takes two of them. What one of them did alone within a day counts
together, so a large amount in many small ones takes two as well; and nobody is alone with their own wallet.
"""

from dataclasses import dataclass

from peewee import fn

from blueprints.wallet import paying
from blueprints.wallet.events import CashDecided, CashOrdered
from core import audit, clock, ledger, site
from core.db import atomic
from core.errors import Conflict, Denied, Gone, Invalid, Overdrawn
from core.ledger import Move
from core.limits import LIMITS
from core.money import currency
from core.once import once
from core.plain import clean_line
from core.policy import Actor, require
from core.signals import announce
from models import CashOrder, Member

KINDS = ("issue", "withdraw")


@dataclass(frozen=True)
class OrderDraft:
    """`amount` in minor units of what the site counts in. The member can read the reason."""

    kind: str
    member: int
    amount: int
    reason: str


def order(actor: Actor, draft: OrderDraft, key: str) -> CashOrder:
    """Issue or withdraw, or leave it to a second person where it takes two; once for each key, for ever. What could
    only fail is refused at once, and looked at again when it is carried out.

    Raises Gone, Denied("desk_own"), Invalid with the field, Overdrawn, MoneyStopped, Conflict (balance_full)."""
    reason = clean_line(draft.reason)
    if draft.kind not in KINDS:
        raise Invalid("choice", field="kind")
    if not reason:
        raise Invalid("setting_empty", field="reason")
    if len(reason) > LIMITS["money_reason"]:
        raise Invalid("setting_long", field="reason", most=LIMITS["money_reason"])
    if draft.amount <= 0:
        raise Invalid("amount_zero", field="amount")
    if not key:
        raise Invalid("key", field="key")

    def make() -> int:
        require(actor, "wallet:desk")
        if not _is_here(draft.member):
            raise Gone
        alone = not takes_two(actor, draft.amount, currency().code)
        if not alone and draft.member == actor.member_id:
            raise Denied("desk_own")
        made = CashOrder.create(
            kind=draft.kind, member=draft.member, amount=draft.amount, currency=currency().code, reason=reason,
            state="waiting", asked_by=actor.member_id, asked_at=clock.now(),
        )  # fmt: skip
        if alone:
            settle(made, actor, done=True, key=paying.key_of("desk", actor.member_id or 0, key))
        else:
            _require_possible(draft)
            audit.record(actor, "wallet.ask", "cash_order", made.id, amount=made.amount, currency=made.currency)
            announce(CashOrdered(made.id))
        return int(made.id)

    with atomic(durable=True):
        paying.hold(actor.member_id or 0)
        content = [draft.kind, draft.member, draft.amount, reason]
        made, _ = once(f"member:{actor.member_id or 0}", key, "wallet.desk", content, make, for_ever=True)
        return CashOrder.get_by_id(made)


def _require_possible(draft: OrderDraft) -> None:
    """Raises Overdrawn, Conflict("balance_full"). What came in just now counts: it is free when somebody decides."""
    wallet = paying.wallet_of(draft.member)
    if draft.kind == "issue":
        paying.require_room(wallet, draft.amount)
    elif ledger.balance(wallet).whole < draft.amount:
        raise Overdrawn(account=wallet)


def takes_two(actor: Actor, amount: int, code: str) -> bool:
    """With what the actor did alone in the last day."""
    alone = CashOrder.select(fn.COALESCE(fn.SUM(CashOrder.amount), 0)).where(
        CashOrder.decided_by == actor.member_id, CashOrder.decided_at > clock.now() - clock.DAY,
        CashOrder.state == "done", CashOrder.currency == code,
        (CashOrder.asked_by == CashOrder.decided_by) | (CashOrder.member == CashOrder.decided_by),
    )  # fmt: skip
    return bool(amount + alone.scalar() >= site.number("desk_second"))


def decide(actor: Actor, order_id: int, *, done: bool, answer: str = "") -> None:
    """Carry out what waits, or refuse it. Whoever asked may only take it back.

    Raises Gone, Denied (desk_takes_two, desk_own), Conflict("order_decided"), Invalid with the field, and what the
    books raise: then it waits on."""
    answer = clean_line(answer)
    if len(answer) > LIMITS["money_reason"]:
        raise Invalid("setting_long", field="answer", most=LIMITS["money_reason"])
    with atomic(durable=True):
        require(actor, "wallet:desk")
        waiting = CashOrder.get_or_none(CashOrder.id == order_id)
        if waiting is None:
            raise Gone
        paying.hold(actor.member_id or 0)
        if done:
            _require_somebody(waiting)
            _require_other(actor, waiting)
        settle(waiting, actor, done=done, answer=answer)


def _require_somebody(waiting: CashOrder) -> None:
    """Nothing is issued to a wallet whose owner was erased meanwhile; what they are owed is still paid out."""
    if waiting.kind != "payout" and not _is_here(waiting.member_id):
        raise Gone


def _is_here(member_id: int | None) -> bool:
    return Member.select().where(Member.id == member_id, Member.erased_at.is_null()).exists()


def _require_other(actor: Actor, waiting: CashOrder) -> None:
    if actor.member_id == waiting.member_id and takes_two(actor, waiting.amount, waiting.currency):
        raise Denied("desk_own")
    if actor.member_id == waiting.asked_by_id and waiting.kind != "payout":
        raise Denied("desk_takes_two")


def settle(waiting: CashOrder, actor: Actor, *, done: bool, answer: str = "", key: str = "") -> None:
    """Write the end of an order and move what it is about, in the caller's transaction; the caller has asked who may.
    Of several who decide at the same time one is the first. `key` is that of the form where it is made and carried out
    in one. Raises Conflict("order_decided"), or "key_reused" when the books know the key from another order."""
    first = CashOrder.update(
        state="done" if done else "refused", decided_by=actor.member_id, decided_at=clock.now(), answer=answer
    ).where(CashOrder.id == waiting.id, CashOrder.state == "waiting")
    if not first.execute():
        raise Conflict("order_decided")
    if done:
        posting = _carry_out(waiting, actor, key or f"order:{waiting.id}")
        if waiting.kind != "payout":
            CashOrder.update(posting=posting).where(CashOrder.id == waiting.id).execute()
    elif waiting.kind == "payout":
        ledger.reverse(waiting.posting_id, key=f"order:{waiting.id}:back", kind="payout_back", by=actor.member_id)
    if not _is_here(waiting.member_id):
        CashOrder.update(reason="").where(CashOrder.id == waiting.id).execute()
    audit.record(
        actor, f"wallet.{waiting.kind}" if done else "wallet.refuse", "cash_order", waiting.id,
        amount=waiting.amount, currency=waiting.currency, member=waiting.member_id,
    )  # fmt: skip
    announce(CashDecided(waiting.id, done))


def _carry_out(waiting: CashOrder, actor: Actor, key: str) -> int:
    code, amount = waiting.currency, waiting.amount
    bank, wallet = ledger.house("issuance", code), ledger.member(waiting.member_id, code)
    if waiting.kind == "issue":
        kind, moves = "issue", [Move(bank, -amount), Move(wallet, amount)]
    elif waiting.kind == "withdraw":
        kind, moves = "withdraw", [Move(wallet, -amount), Move(bank, amount)]
    else:
        kind, moves = "paid_out", [Move(ledger.house("escrow", code, "payout"), -amount), Move(bank, amount)]
    about = ("cash_order", waiting.id)
    posted = ledger.post(kind, moves, key=key, content=[waiting.id], by=actor.member_id, about=about)
    if waiting.kind == "issue":
        paying.require_room(wallet, 0)  # afterwards, when the account is held: others may pay into it at the same time
    return posted.id
