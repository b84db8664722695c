"""Profiles, and one's own page."""

import re
from html import unescape

from flask import Response, render_template, request, url_for

from blueprints.people import bp, queries_profile
from blueprints.people.privacy import settings_of
from blueprints.people.queries import Person, oneself, person
from blueprints.people.rows_profile import between, ways
from core import hx, open_web
from core.blueprint import slot
from core.errors import Gone
from core.markup import EXCERPT_CHARS
from core.viewer import current_actor

_TAG = re.compile(r"<[^>]*>")


@bp.get("/people/<username>", permission="people:read")
def profile(username: str) -> Response:
    seen = person(current_actor(), username)
    _show(seen)
    actor = current_actor()
    return hx.page(
        "people/profile.html", person=seen, sections=_sections(seen), ways=ways(actor, seen),
        between=between(actor, seen),
    )  # fmt: skip


@bp.get("/people/<username>/friends", permission="people:read")
def friends_of(username: str) -> Response:
    actor, before = current_actor(), request.args.get("before", "")
    seen = person(actor, username)
    if seen.is_suspended:
        raise Gone
    page = queries_profile.friends_of(actor, seen.id, before)
    older_url = page.older and url_for(".friends_of", username=seen.username, before=page.older)
    if before and hx.wants_fragment():
        return hx.fragment(render_template("people/_friends_of_rows.html", rows=page.rows, older_url=older_url))
    return hx.page("people/friends_of.html", person=seen, rows=page.rows, older_url=older_url)


def _show(seen: Person) -> None:
    """To others of the web as well, as far as visitors see people here, and this one wants to be found."""
    if not seen.is_suspended and settings_of(seen.id).found_by == "everyone":
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
