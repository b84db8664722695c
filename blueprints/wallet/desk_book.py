"""What stands in the book of the cash desk, for those who serve there."""

from typing import NamedTuple

from peewee import JOIN, ModelSelect

from core import audit, site
from core.db import atomic
from core.errors import Gone
from core.limits import LIMITS
from core.policy import Actor, require
from models import CashOrder, Member


class OrderRow(NamedTuple):
    """`member`, `asked_by` and `decided_by` are display names, empty for who left."""

    id: int
    kind: str
    amount: int
    currency: str
    reason: str
    state: str
    asked_at: int
    decided_at: int | None
    answer: str
    member: str
    username: str
    member_id: int | None
    asked_by: str
    asked_id: int | None
    decided_by: str | None


class Page(NamedTuple):
    rows: list[OrderRow]
    older: int | None


def waiting(actor: Actor) -> list[OrderRow]:
    """What has to be decided, oldest first; a hundred at most."""
    require(actor, "wallet:desk")
    query = _orders().where(CashOrder.state == "waiting").order_by(CashOrder.id).limit(2 * LIMITS["page_admin"])
    return [OrderRow(*row) for row in query.tuples()]


def decided(actor: Actor, before: int | None = None) -> Page:
    """What was, newest first."""
    require(actor, "wallet:desk")
    query = _orders().where(CashOrder.state.in_(("done", "refused"))).order_by(CashOrder.id.desc())
    if before is not None:
        query = query.where(CashOrder.id < before)
    size = LIMITS["page_admin"]
    rows = [OrderRow(*row) for row in query.limit(size + 1).tuples()]
    return Page(rows[:size], rows[size - 1].id if len(rows) > size else None)


def some(ids: list[int]) -> dict[int, OrderRow]:
    """These orders by their number, for whoever has been asked whether they may be seen."""
    return {row[0]: OrderRow(*row) for row in _orders().where(CashOrder.id.in_(ids)).tuples()} if ids else {}


def count_waiting() -> int:
    return int(CashOrder.select().where(CashOrder.state == "waiting").count())


def second() -> int:
    """From how many minor units on it takes two."""
    return site.number("desk_second")


def member(actor: Actor, username: str) -> Member:
    """Raises Gone."""
    require(actor, "wallet:look", None)
    found: Member | None = Member.get_or_none(Member.username == username, Member.erased_at.is_null())
    if found is None:
        raise Gone
    return found


def look(actor: Actor, username: str) -> Member:
    """The same, and it is written down that somebody looked. Raises Gone."""
    with atomic():
        found = member(actor, username)
        audit.record(actor, "wallet.look", "member", found.id)
        return found


def _orders() -> ModelSelect:
    asker, decider = Member.alias(), Member.alias()
    query = CashOrder.select(
        CashOrder.id, CashOrder.kind, CashOrder.amount, CashOrder.currency, CashOrder.reason, CashOrder.state,
        CashOrder.asked_at, CashOrder.decided_at, CashOrder.answer, Member.display_name, Member.username, Member.id,
        asker.display_name, asker.id, decider.display_name,
    )  # fmt: skip
    query = query.join(Member, JOIN.LEFT_OUTER, on=CashOrder.member == Member.id)
    query = query.switch(CashOrder).join(asker, JOIN.LEFT_OUTER, on=CashOrder.asked_by == asker.id)
    return query.switch(CashOrder).join(decider, JOIN.LEFT_OUTER, on=CashOrder.decided_by == decider.id)
