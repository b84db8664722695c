"""What one member does not want to see in bullet comments: somebody's, or some words. It is theirs alone, holds in
every event, and in replays too."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from core import clock, likeness
from core.db import Prepared, atomic
from core.errors import Conflict, Gone, Invalid
from core.limits import LIMITS
from core.plain import clean_body, clean_line
from core.policy import Actor, require, visible
from models import LiveAvoided, LiveTaste, Member


class Avoided(NamedTuple):
    """Somebody whose comments are not shown."""

    id: int
    username: str
    name: str
    avatar_key: str | None

    @property
    def hue(self) -> int:
        return self.id % 12


def avoid(actor: Actor, member: int) -> bool:
    """Show nothing of this member any more; False when that is so already. Raises Gone, Conflict, Denied."""
    with atomic():
        require(actor, "live:own")
        if member == actor.member_id:
            raise Conflict("live_avoid_self")
        if not Member.select(Member.id).where(Member.id == member, Member.erased_at.is_null()).exists():
            raise Gone
        if LiveAvoided.select().where(LiveAvoided.member == actor.member_id).count() >= LIMITS["page_avoided"]:
            raise Conflict("live_avoided_many", most=LIMITS["page_avoided"])
        row = LiveAvoided.insert(member=actor.member_id, other=member, at=clock.now())
        return bool(row.on_conflict_ignore().as_rowcount().execute())


def welcome_back(actor: Actor, member: int) -> None:
    """Show this member's comments again. Raises Denied."""
    with atomic():
        require(actor, "live:own")
        LiveAvoided.delete().where(LiveAvoided.member == actor.member_id, LiveAvoided.other == member).execute()


def choose_words(actor: Actor, words: str) -> None:
    """One a line. Raises Invalid, Denied."""
    lines = list(dict.fromkeys(filter(None, map(clean_line, clean_body(words).splitlines()))))
    text = "\n".join(lines)
    if len(text) > LIMITS["live_avoided_words"]:
        raise Invalid("too_long", field="words", most=LIMITS["live_avoided_words"])
    empty = [line for line in lines if not likeness.fold(line)]
    if empty:
        raise Invalid("live_avoided_word", field="words", word=empty[0])
    with atomic():
        require(actor, "live:own")
        LiveTaste.insert(member=actor.member_id, words=text).on_conflict(
            conflict_target=[LiveTaste.member], update={LiveTaste.words: text}
        ).execute()


# ---- questions ----------------------------------------------------------------------------------------------


def _build_others(me: int) -> Any:
    return LiveAvoided.select(LiveAvoided.other).where(LiveAvoided.member == me)


def _build_words(me: int) -> Any:
    return LiveTaste.select(LiveTaste.words).where(LiveTaste.member == me)


_others, _words = Prepared(_build_others), Prepared(_build_words)


def avoided_ids(actor: Actor) -> frozenset[int]:
    """Whose comments the actor does not see."""
    if actor.member_id is None:
        return frozenset()
    return frozenset(other for (other,) in _others.rows(me=actor.member_id))


def avoided_people(actor: Actor) -> list[Avoided]:
    """Whom the actor avoids, the latest first. Raises SignInNeeded, Denied."""
    require(actor, "live:own")
    query = visible(Member.select(Member.id, Member.username, Member.display_name, Member.avatar_key), actor)
    query = query.join(LiveAvoided, on=(LiveAvoided.other == Member.id)).where(LiveAvoided.member == actor.member_id)
    rows = query.order_by(LiveAvoided.at.desc(), Member.id).limit(LIMITS["page_avoided"])
    return [Avoided(*row) for row in rows.tuples()]


def avoided_words(actor: Actor) -> str:
    """The actor's words, one a line."""
    rows = _words.rows(me=actor.member_id) if actor.member_id is not None else []
    return str(rows[0][0]) if rows else ""


class Taste(NamedTuple):
    """What is left out for one viewer."""

    people: frozenset[int]
    keys: tuple[str, ...]

    def likes(self, author: int | None, body: str) -> bool:
        if author in self.people and author is not None:
            return False
        return not self.keys or not likeness.find(likeness.fold(body), self.keys)


def taste_of(actor: Actor) -> Taste:
    return Taste(avoided_ids(actor), _keys(avoided_words(actor)))


@lru_cache(maxsize=512)
def _keys(words: str) -> tuple[str, ...]:
    return tuple(filter(None, map(likeness.fold, _lines(words))))


def _lines(words: str) -> Iterable[str]:
    return words.splitlines()
