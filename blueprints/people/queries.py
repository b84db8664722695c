"""Questions about people."""

from dataclasses import dataclass, replace

from peewee import JOIN

from core import clock
from core.errors import Gone
from core.policy import Actor, is_suspended, require, visible
from models import Member, PersonSetting


@dataclass(frozen=True)
class Person:
    """A profile as pages show it. Of somebody suspended, nothing but the name is given out."""

    id: int
    username: str
    display_name: str
    avatar_key: str | None
    bio_html: str
    joined_at: int
    is_suspended: bool
    cover_key: str | None = None

    @property
    def hue(self) -> int:
        return self.id % 12


def person(actor: Actor, username: str) -> Person:
    """Raises SignInNeeded where visitors see nobody, Gone when there is no such person."""
    require(actor, "people:read")
    return _one(actor, Member.username == username.lower())


def oneself(actor: Actor) -> Person:
    """Raises Gone."""
    require(actor, "people:me")
    return _one(actor, Member.id == actor.member_id)


def some(actor: Actor, ids: list[int]) -> list[Person]:
    """Those of them that the actor may see, in no order."""
    return _people(actor, Member.id.in_(ids)) if ids else []


def _one(actor: Actor, which: object) -> Person:
    found = _people(actor, which)
    if not found:
        raise Gone
    return found[0]


def _people(actor: Actor, which: object) -> list[Person]:
    query = Member.select(
        Member.id,
        Member.username,
        Member.display_name,
        Member.avatar_key,
        Member.bio_html,
        Member.created_at,
        is_suspended(Member.id, clock.now()),
        PersonSetting.cover_key,
    ).join(PersonSetting, JOIN.LEFT_OUTER, on=PersonSetting.member == Member.id).where(which)  # fmt: skip
    return [_shown(actor, Person(*row)) for row in visible(query, actor).tuples()]


def _shown(actor: Actor, person: Person) -> Person:
    if person.is_suspended and not actor.is_staff and actor.member_id != person.id:
        return replace(person, avatar_key=None, bio_html="", cover_key=None)
    return person
