"""Profiles, and one's own page."""

from flask import Response

from blueprints.people import bp
from blueprints.people.queries import Person, oneself, person
from core import hx
from core.blueprint import slot
from core.viewer import current_actor


@bp.get("/people/<username>", permission="people:read")
def profile(username: str) -> Response:
    seen = person(current_actor(), username)
    return hx.page("people/profile.html", person=seen, sections=_sections(seen))


@bp.get("/me", permission="people:me")
def me() -> Response:
    actor = current_actor()
    seen = oneself(actor)
    return hx.page("people/me.html", person=seen, sections=_sections(seen), rows=_shown("people.me", seen))


def _sections(seen: Person) -> list[str]:
    """What others show on a profile; a suspended one stays bare."""
    return [] if seen.is_suspended else _shown("people.profile", seen)


def _shown(name: str, seen: Person) -> list[str]:
    return slot(name, current_actor(), [seen]).get(seen.id, [])
