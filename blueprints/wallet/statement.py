"""The statement: every movement of a wallet with its cause, newest first, and the balance after each."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from peewee import ModelSelect, fn

from core import ledger
from core.errors import Gone, Invalid
from core.limits import LIMITS
from core.money import Currency, currency, parse
from core.policy import Actor, require
from models import CashOrder, Friendship, LedgerAccount, LedgerEntry, LedgerPosting, Member, Tip, Transfer

CSV_BATCH = 1000


class Line(NamedTuple):
    """One movement. `amount` and the `balance` after it in minor units; `reverses` is the posting that it undid."""

    id: int
    posting: int
    kind: str
    amount: int
    balance: int
    free_at: int
    at: int
    subject_kind: str
    subject_id: int | None
    by: int | None
    reverses: int | None
    currency: str


class Asked(NamedTuple):
    """Which part of a statement: a currency, from and until (ms since 1970; None: no end), words to look for."""

    code: str
    since: int | None = None
    until: int | None = None
    words: str = ""


class Page(NamedTuple):
    rows: list[Line]
    older: int | None


class Sums(NamedTuple):
    """What came in and what went out, both not below 0, in minor units."""

    came: int
    went: int


def page(actor: Actor, asked: Asked, before: int | None = None) -> Page:
    """The actor's own; `before` is the id of the last entry seen."""
    require(actor, "wallet:own")
    return _page(_found(_mine(actor), actor.member_id or 0, asked), before, LIMITS["page_statement"])


def of_member(actor: Actor, member_id: int, code: str, before: int | None = None) -> Page:
    """For staff: amounts and kinds, without words."""
    require(actor, "wallet:look", member_id)
    query = _lines().where(LedgerAccount.name == ledger.member(member_id, code))
    return _page(query, before, LIMITS["page_statement"])


def all_lines(actor: Actor, asked: Asked) -> Iterator[list[Line]]:
    """The whole of it in batches, newest first."""
    require(actor, "wallet:own")
    query, before = _found(_mine(actor), actor.member_id or 0, asked), None
    while True:
        found = _page(query, before, CSV_BATCH)
        yield found.rows
        if found.older is None:
            return
        before = found.older


def sums(actor: Actor, asked: Asked) -> Sums:
    require(actor, "wallet:own")
    found = _found(_mine(actor), actor.member_id or 0, asked).select(LedgerEntry.amount).alias("found")
    came = fn.SUM((found.c.amount > 0).cast("integer") * found.c.amount)
    total = LedgerEntry.select(fn.COALESCE(came, 0), fn.COALESCE(fn.SUM(found.c.amount), 0)).from_(found)
    into, balance = total.tuples().first()
    return Sums(int(into), int(into) - int(balance))


def first_at(actor: Actor, code: str) -> int | None:
    """When the first movement was, in ms since 1970."""
    mine = LedgerEntry.select(LedgerEntry.at).join(LedgerAccount)
    mine = mine.where(LedgerAccount.name == ledger.member(actor.member_id or 0, code))
    found: int | None = mine.order_by(LedgerEntry.id).limit(1).scalar()
    return found


def receipt(actor: Actor, posting: int) -> Line:
    """The actor's side of a posting. Raises Gone for one that does not concern them."""
    require(actor, "wallet:own")
    row = _lines().where(LedgerAccount.owner == actor.member_id, LedgerEntry.posting == posting).tuples().first()
    if row is None:
        raise Gone
    return Line(*row)


class Purse(NamedTuple):
    currency: Currency
    balance: int


def others(actor: Actor, code: str) -> list[Purse]:
    """What the actor still has in what the site counted in before."""
    mine = LedgerAccount.select(LedgerAccount.currency, LedgerAccount.balance).where(
        LedgerAccount.owner == actor.member_id, LedgerAccount.kind == "member", LedgerAccount.currency != code,
        LedgerAccount.balance > 0,
    )  # fmt: skip
    return [Purse(currency(other), balance) for other, balance in mine.order_by(LedgerAccount.id).tuples()]


# ---- queries ------------------------------------------------------------------------------------------------


def _lines() -> ModelSelect:
    entry, posting = LedgerEntry, LedgerPosting
    query = entry.select(
        entry.id, posting.id, posting.kind, entry.amount, entry.balance, entry.free_at, entry.at,
        posting.subject_kind, posting.subject_id, posting.by, posting.reverses, posting.currency,
    )  # fmt: skip
    return query.join(posting).switch(entry).join(LedgerAccount).order_by(entry.id.desc())


def _mine(actor: Actor) -> ModelSelect:
    return _lines().where(LedgerAccount.owner == actor.member_id, LedgerAccount.kind == "member")


def _found(query: ModelSelect, me: int, asked: Asked) -> ModelSelect:
    query = query.where(LedgerAccount.name == ledger.member(me, asked.code))
    if asked.since is not None:
        query = query.where(LedgerEntry.at >= asked.since)
    if asked.until is not None:
        query = query.where(LedgerEntry.at < asked.until)
    return query.where(_about(me, asked)) if asked.words else query


def _page(query: ModelSelect, before: int | None, size: int) -> Page:
    if before is not None:
        query = query.where(LedgerEntry.id < before)
    rows = [Line(*row) for row in query.limit(size + 1).tuples()]
    return Page(rows[:size], rows[size - 1].id if len(rows) > size else None)


def _about(me: int, asked: Asked) -> Any:
    """Movements whose words, or the other side's name, hold these words; or whose amount it is."""
    words = asked.words
    named = Friendship.select(Friendship.friend).where(Friendship.member == me, Friendship.alias.contains(words))
    found = LedgerEntry.posting.in_(_transfers(me, words, named)) | LedgerEntry.posting.in_(_tips(me, words, named))
    orders = CashOrder.select(CashOrder.posting).where(CashOrder.member == me, CashOrder.posting.is_null(False))
    found |= LedgerEntry.posting.in_(orders.where(CashOrder.reason.contains(words)))
    try:
        amount = parse(words.lstrip("+-−"), currency(asked.code))
    except Invalid:
        return found
    return found | LedgerEntry.amount.in_((amount, -amount))


def _transfers(me: int, words: str, named: ModelSelect) -> ModelSelect:
    giver, receiver = Member.alias(), Member.alias()
    query = Transfer.select(Transfer.posting).join(giver, on=Transfer.giver == giver.id)
    query = query.switch(Transfer).join(receiver, on=Transfer.receiver == receiver.id)
    sent = (Transfer.giver == me) & (_called(receiver, words) | receiver.id.in_(named))
    got = (Transfer.receiver == me) & (_called(giver, words) | giver.id.in_(named))
    mine = (Transfer.giver == me) | (Transfer.receiver == me)
    return query.where(mine & (Transfer.words.contains(words) | sent | got))


def _tips(me: int, words: str, named: ModelSelect) -> ModelSelect:
    giver, receiver = Member.alias(), Member.alias()
    query = Tip.select(Tip.posting).join(giver, on=Tip.giver == giver.id)
    query = query.switch(Tip).join(receiver, on=Tip.receiver == receiver.id)
    gave = (Tip.giver == me) & (_called(receiver, words) | receiver.id.in_(named))
    got = (Tip.receiver == me) & (_called(giver, words) | giver.id.in_(named))
    mine = (Tip.giver == me) | (Tip.receiver == me)
    return query.where(mine & (Tip.note.contains(words) | gave | got))


def _called(person: Any, words: str) -> Any:
    return person.display_name.contains(words) | person.username.contains(words)
