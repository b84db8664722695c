"""Who has nothing to do with whom: a block works both ways, everywhere, and nobody is told of it.

The read gates of all tables that carry an author ask `apart`; an action that brings two people together asks
`require_together`, and what it refuses is as if the other were not there.
"""

from typing import Any

from peewee import ModelSelect, fn

from core.db import Prepared
from core.errors import Gone
from core.policy import Actor
from models import Block


def apart(me: Any, other: Any) -> Any:
    """SQL: whether one of the two has blocked the other. Each is a column or a number."""
    mine = (Block.member == me) & (Block.blocked == other)
    theirs = (Block.member == other) & (Block.blocked == me)
    return fn.EXISTS(Block.select(Block.member).where(mine)) | fn.EXISTS(Block.select(Block.member).where(theirs))


def apart_among(me: int, other: Any) -> Any:
    """The same of a column, for queries that look at many rows: whom it concerns is gathered once for all of them."""
    mine = Block.select(Block.blocked).where(Block.member == me)
    far = mine.union_all(Block.select(Block.member).where(Block.blocked == me))
    return other.is_null(False) & other.in_(far)  # what is nobody's is neither in nor outside of a list in SQL


def _build_apart_ids(me: int) -> ModelSelect:
    mine = Block.select(Block.blocked).where(Block.member == me)
    return mine.union(Block.select(Block.member).where(Block.blocked == me))


_apart_ids = Prepared(_build_apart_ids)


def apart_ids(member_id: int | None) -> set[int]:
    """All with whom this member has nothing to do, whoever wanted it."""
    return {id_ for (id_,) in _apart_ids.rows(me=member_id)} if member_id is not None else set()


def are_apart(one: int, other: int) -> bool:
    return Block.select(Block.member).where(
        ((Block.member == one) & (Block.blocked == other)) | ((Block.member == other) & (Block.blocked == one))
    ).exists()  # fmt: skip


def require_together(actor: Actor, other: int) -> None:
    """Raises Gone when one of the two has blocked the other."""
    if actor.member_id is not None and are_apart(actor.member_id, other):
        raise Gone
