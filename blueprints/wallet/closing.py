"""What is left in a wallet: paid out by the cash desk, left to the site, or, when nobody is there any more, swept.

What a member wants paid out leaves their wallet at once and waits in escrow, so that it cannot be spent meanwhile.
"""

from blueprints.wallet import desk
from blueprints.wallet.events import CashOrdered
from blueprints.wallet.paying import Limits, Outgo, hold, limits, pay
from core import audit, clock, ledger
from core.db import atomic
from core.errors import Conflict, Gone, Invalid
from core.ledger import Move
from core.limits import LIMITS
from core.money import DECIMALS, MOST, currency
from core.once import once
from core.plain import clean_line
from core.policy import Actor, require
from core.signals import announce
from models import CashOrder, LedgerAccount, LedgerEntry, Member


def ask_payout(actor: Actor, amount: int, words: str, key: str, *, code: str = "", proven: bool = False) -> int:
    """Ask the cash desk to hand out `amount` (minor units); `words` say where it should go. Returns the order's id.

    Raises Conflict("payout_waits"), Invalid with the field, and what `pay` raises."""
    code, words, me = known_code(code), clean_line(words), actor.member_id or 0
    if not words:
        raise Invalid("setting_empty", field="words")
    if len(words) > LIMITS["money_reason"]:
        raise Invalid("setting_long", field="words", most=LIMITS["money_reason"])
    if amount <= 0:
        raise Invalid("amount_zero", field="amount")

    def what() -> Outgo:
        if waiting_payout(me, code) is not None:
            raise Conflict("payout_waits")
        return Outgo(ledger.house("escrow", code, "payout"), amount, proven=proven, within=_unhurried(me))

    def make() -> int:
        posted = pay(
            actor, "payout", what, key=key, content=[amount, words, code], about=("payout", me),
            permission="wallet:close",
        )  # fmt: skip
        if not posted.is_new:  # the books remember a key for longer than `once`
            return int(CashOrder.get(CashOrder.posting == posted.id, CashOrder.kind == "payout").id)
        order = CashOrder.create(
            kind="payout", member=me, amount=amount, currency=code, reason=words, state="waiting", asked_by=me,
            asked_at=clock.now(), posting=posted.id,
        )  # fmt: skip
        audit.record(actor, "wallet.ask", "cash_order", order.id, amount=amount, currency=code)
        announce(CashOrdered(order.id))
        return int(order.id)

    with atomic(durable=True):
        hold(me)
        return once(f"member:{me}", key, "wallet.payout", [amount, words, code], make)[0]


def take_back(actor: Actor, order_id: int) -> None:
    """The actor's own, while nobody has decided about it. Raises Gone, Conflict("order_decided")."""
    with atomic(durable=True):
        require(actor, "wallet:close")
        order = CashOrder.get_or_none(
            CashOrder.id == order_id, CashOrder.kind == "payout", CashOrder.member == actor.member_id
        )
        if order is None:
            raise Gone
        desk.settle(order, actor, done=False)
        audit.record(actor, "wallet.take_back", "cash_order", order_id)


def donate(actor: Actor, key: str, *, code: str = "", proven: bool = False) -> int:
    """Leave all that can be spent to the site; returns how much it was. Raises Conflict (nothing_left, key_reused)
    and what `pay` raises."""
    code, me = known_code(code), actor.member_id or 0
    with atomic(durable=True):
        hold(me)
        left = ledger.balance(ledger.member(me, code)).free

        def make() -> int:
            if not left:
                raise Conflict("nothing_left")
            all_of_it = Outgo(ledger.house("chest", code), left, proven=proven, within=_unhurried(me))
            given = pay(
                actor, "donate", lambda: all_of_it, key=key, content=["donate", code], about=("member", me),
                permission="wallet:close",
            )  # fmt: skip
            if not given.is_new:
                raise Conflict("key_reused")
            audit.record(actor, "wallet.donate", "member", me, amount=left, currency=code)
            return left

        return once(f"member:{me}", key, "wallet.donate", code, make)[0]


def _unhurried(member_id: int) -> Limits:
    """All of it at once, however much may leave in a day: somebody looks at it, or it stays with the site."""
    rules = limits(member_id)
    return Limits(rules.most, MOST, rules.free, 0, rules.tips_day, rules.tips_count)


def known_code(code: str) -> str:
    """One of the currencies there are; that of the site where none is named. Raises Gone."""
    if code and code not in DECIMALS:
        raise Gone
    return code or currency().code


def waiting_payout(member_id: int, code: str) -> CashOrder | None:
    mine = (CashOrder.member == member_id) & (CashOrder.currency == code) & (CashOrder.kind == "payout")
    found: CashOrder | None = CashOrder.get_or_none(mine & (CashOrder.state == "waiting"))
    return found


# ---- when nobody is there any more --------------------------------------------------------------------------


def sweep() -> int:
    """Put into the chest what lies in the wallets of erased accounts; how many there were. One transaction each."""
    left = (
        LedgerAccount.select(LedgerAccount.id, LedgerAccount.name, LedgerAccount.currency)
        .left_outer_join(Member, on=LedgerAccount.owner == Member.id)
        .where(LedgerAccount.kind == "member", LedgerAccount.balance > 0)
        .where(Member.id.is_null() | Member.erased_at.is_null(False))
    )
    return sum(_swept(*row) for row in list(left.tuples()))


def _swept(account: int, name: str, code: str) -> bool:
    with atomic(durable=True):
        free = ledger.balance(name).free
        if not free:
            return False
        latest = LedgerEntry.select(LedgerEntry.id).where(LedgerEntry.account == account)
        key = f"sweep:{account}:{latest.order_by(LedgerEntry.id.desc()).limit(1).scalar()}"
        ledger.post("sweep", [Move(name, -free), Move(ledger.house("chest", code), free)], key=key)
        return True
