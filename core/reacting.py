"""Reactions: one a member to a thing, a like or one of five more; the kinds are the same wherever somebody reacts.

Beside the rows of a thing stands how many there are of each kind (`0:12 3:1`), so that a list counts nothing. A table
of reactions has `member`, `kind` and `liked_at`; what they are to has `reactions` and `like_count`.
"""

from collections.abc import Callable
from typing import Any

from peewee import Model

from core import clock
from core.db import is_postgres
from core.errors import Invalid
from core.signals import Event, announce

KINDS = ("like", "hug", "laugh", "wow", "sad", "cheer")
"""By number: a row says 0 for a like. New ones go to the end."""

LIKE = 0


def counts_of(text: str, total: int) -> dict[int, int]:
    """How many of each kind, most first. What the text does not account for are likes from before there were kinds."""
    counts = {int(kind): int(count) for kind, _, count in (part.partition(":") for part in text.split())}
    rest = total - sum(counts.values())
    if rest > 0:
        counts[LIKE] = counts.get(LIKE, 0) + rest
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


def as_text(counts: dict[int, int]) -> str:
    return " ".join(f"{kind}:{count}" for kind, count in sorted(counts.items()) if count > 0)


def check_kind(kind: int) -> None:
    """Raises Invalid."""
    if not 0 <= kind < len(KINDS):
        raise Invalid("choice", field="kind")


def react(
    likes: Any, subject: Any, things: Any, id_: int, member: int, kind: int | None, bump: Callable[[], Any],
    event: Event,
) -> None:  # fmt: skip
    """Inside a transaction: the one reaction of a member becomes this one; None takes it back. The same again changes
    nothing. `bump` counts the change of the thing and so holds its row until the commit: whoever reads the counts
    after it reads the last ones; what was read before it may be old, and is read again."""
    mine = (subject == id_) & (likes.member == member)
    if _kind_of(likes, mine) == kind:
        return
    bump()
    before = _kind_of(likes, mine)
    if before == kind:
        return
    if kind is None:
        likes.delete().where(mine).execute()
    elif before is None:
        likes.insert({subject: id_, likes.member: member, likes.kind: kind, likes.liked_at: clock.now()}).execute()
    else:
        likes.update(kind=kind, liked_at=clock.now()).where(mine).execute()
    recount(things, id_, before, kind)
    announce(event)


def _kind_of(likes: Any, mine: Any) -> int | None:
    row = likes.select(likes.kind).where(mine).tuples().first()
    return row[0] if row else None


def recount(things: type[Model], id_: int, before: int | None, after: int | None) -> None:
    """One reaction to a thing became another, came (`before` None) or went (`after` None)."""
    table: Any = things
    text, total = table.select(table.reactions, table.like_count).where(table.id == id_).tuples().first()
    counts = counts_of(text, total)
    if before is not None:
        counts[before] = counts.get(before, 0) - 1
    if after is not None:
        counts[after] = counts.get(after, 0) + 1
    step = (after is not None) - (before is not None)
    table.update(reactions=as_text(counts), like_count=total + step).where(table.id == id_).execute()


def take_back_all(likes: Any, subject: Any, things: type[Model], member: int) -> None:
    """Every reaction in this table of a member who is being erased, inside the transaction. Where writers do not queue,
    what they reacted to is held first, in one order: whoever reacts to it at the same time comes before, or after."""
    table: Any = things
    if is_postgres():
        meant = table.id.in_(likes.select(subject).where(likes.member == member))
        list(table.select(table.id).where(meant).order_by(table.id).for_update().tuples())
    for id_, kind in list(likes.select(subject, likes.kind).where(likes.member == member).tuples()):
        recount(things, id_, kind, None)
    likes.delete().where(likes.member == member).execute()
