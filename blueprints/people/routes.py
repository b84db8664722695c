"""Profiles, and one's own page."""

import re
from html import unescape

from flask import Response, url_for

from blueprints.people import bp
from blueprints.people.queries import Person, oneself, person
from blueprints.people.rows_ties import tie_region
from core import hx, open_web
from core.blueprint import slot
from core.markup import EXCERPT_CHARS
from core.viewer import current_actor

_TAG = re.compile(r"<[^>]*>")


@bp.get("/people/<username>", permission="people:read")
def profile(username: str) -> Response:
    seen = person(current_actor(), username)
    _show(seen)
    shown = tie_region(current_actor(), seen)
    return hx.page("people/profile.html", person=seen, sections=_sections(seen), tie=shown)


def _show(seen: Person) -> None:
    """To others of the web as well, as far as visitors see people here."""
    if not seen.is_suspended:
        picture = url_for("media.picture", key=seen.avatar_key, size="m") if seen.avatar_key else None
        address, words = url_for(".profile", username=seen.username), " ".join(_TAG.sub(" ", seen.bio_html).split())
        about = unescape(words)[:EXCERPT_CHARS] or f"@{seen.username}"
        open_web.show(open_web.Card(address, seen.display_name, about, "profile", picture=picture))


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
