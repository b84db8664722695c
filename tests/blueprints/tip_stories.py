"""What stories about tips do again and again: fill a wallet, tip, look what is in it."""

import itertools
from typing import Any

from blueprints.wallet import tipping
from blueprints.wallet.tipping import Given
from core import clock, ledger
from core.db import atomic
from core.ledger import Move
from core.money import currency
from core.policy import Actor
from models import Moment, MomentComment, Tip, TipTotal

_keys = itertools.count(1)


def fill(member: int, amount: int) -> None:
    """So many minor units from the bank of the site."""
    code = currency().code
    with atomic(durable=True):
        moves = [Move(ledger.house("issuance", code), -amount), Move(ledger.member(member, code), amount)]
        ledger.post("issue", moves, key=f"fill-{next(_keys)}")


def has(member: int) -> ledger.Balance:
    return ledger.balance(ledger.member(member, currency().code))


def tip(actor: Actor, kind: str, subject: int, *, key: str = "", amount: int | None = None, note: str = "") -> Given:
    return tipping.give_tip(actor, kind, subject, key=key or f"tip-{next(_keys)}", amount=amount, note=note)


def wrong_totals() -> list[tuple[str, int]]:
    """Things whose counted tips are not what their tips sum to."""
    there = {}
    for row in Tip.select().where(Tip.undone_at.is_null()):
        count, total = there.get((row.subject_kind, row.subject_id), (0, 0))
        there[(row.subject_kind, row.subject_id)] = (count + 1, total + row.amount)
    kept = {(row.subject_kind, row.subject_id): (row.tips, row.total) for row in TipTotal.select()}
    return [thing for thing in there.keys() | kept.keys() if there.get(thing, (0, 0)) != kept.get(thing, (0, 0))]


def moment_of(author: int, **columns: Any) -> int:
    """Something public in the feed."""
    facts = {"audience": "public", "created_at": clock.now(), **columns}
    return int(Moment.create(author=author, **facts).id)


def remark_of(moment: int, author: int) -> int:
    """A comment beneath it."""
    said = {"source": "好", "html": "<p>好</p>", "policy_version": 1, "created_at": clock.now()}
    return int(MomentComment.create(moment=moment, author=author, **said).id)
