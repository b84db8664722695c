"""What circles show on others' pages: a person's circles and posts, some circles for visitors, and finds."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l

from blueprints.circles import (
    members,
    queries,
    reading,
    sharing,
    slots_causes,  # noqa: F401 - fills
    slots_notices,  # noqa: F401 - fills
    unread,
    waiting,
)
from blueprints.circles.categories import FRONT_CIRCLES
from blueprints.circles.rooms import Room
from blueprints.circles.routes_settings import settings_nav
from core import search
from core.blueprint import fills, tells_unread
from core.fragments import kept, region, still
from core.i18n import ago
from core.policy import Actor, Standing, can, visible_ids
from core.search import Hit

search.offer("circle", _l("Circles"), 10)
search.offer("post", _l("Posts"), 30)


@fills("feed.card")
def shown_in_moments(actor: Actor, things: list[tuple[str, int]]) -> dict[tuple[str, int], str]:
    rows = sharing.some(actor, [number for kind, number in things if kind == "post"])
    return {("post", row.id): region("circles/_shared_words.html", source=row) for row in rows}


@fills("people.me")
def way_to_bookmarks(actor: Actor, people: list[Any]) -> dict[int, str]:
    if not can(actor, "bookmark:own"):
        return {}
    return {person.id: region("circles/_way_to_bookmarks.html") for person in people}


@fills("people.me")
def way_to_pending(actor: Actor, people: list[Any]) -> dict[int, str]:
    count = waiting.own_count(actor) if can(actor, "pending:own") else 0
    return {person.id: region("circles/_way_to_pending.html", count=count) for person in people} if count else {}


@fills("drafts.where")
def places_of_drafts(actor: Actor, drafts: list[Any]) -> dict[str, str]:
    """A post of a circle, or a comment beneath a post, as far as the author may still go there."""
    named = {draft.name: draft.name.split(":") for draft in drafts}
    posts = {name: int(parts[1]) for name, parts in named.items() if _is_comment(parts)}
    rows = {row.id: row for row in reading.some_posts(actor, sorted(set(posts.values())))} if posts else {}
    circles = {name: int(parts[1][7:]) for name, parts in named.items() if _is_post(parts)}
    circles |= {name: rows[post].circle_id for name, post in posts.items() if post in rows}
    cards = {card.id: card for card in queries.some(actor, sorted(set(circles.values())))} if circles else {}
    return {
        name: region("circles/_draft_place.html", name=name, circle=cards[circle], post=rows.get(posts.get(name, 0)))
        for name, circle in circles.items()
        if circle in cards
    }


def _is_post(parts: list[str]) -> bool:
    return len(parts) == 2 and parts[0] == "post" and parts[1].startswith("circle-") and _is_id(parts[1][7:])


def _is_comment(parts: list[str]) -> bool:
    return len(parts) == 3 and parts[0] == "comment" and _is_id(parts[1])


def _is_id(text: str) -> bool:
    return text.isdecimal() and len(text) < 18


@fills("people.profile")
def circles_of_member(actor: Actor, people: list[Any]) -> dict[int, str]:
    return _of_members(actor, [(member.id, reading.by_author(actor, member.id)) for member in people])


@fills("people.seen_as")
def circles_as_seen(actor: Actor, people: list[Any]) -> dict[int, str]:
    """Where somebody may read no more, they are not told either who still does."""
    latest = [(member.id, reading.by_author(actor, member.id)) for member in people]
    return _of_members(actor, [(id_, _still_read(rows, id_)) for id_, rows in latest])


def _still_read(rows: list[reading.PostRow], member: int) -> list[reading.PostRow]:
    seen = visible_ids("post", [row.id for row in rows], Actor(member, Standing.MEMBER))
    return [row for row in rows if row.id in seen]


def _of_members(actor: Actor, people: list[tuple[int, list[reading.PostRow]]]) -> dict[int, str]:
    shown: dict[int, str] = {}
    for member, latest in people:
        cards = queries.of_member(actor, member, 12)
        if cards or latest:
            slugs = {card.id: card.slug for card in queries.some(actor, [row.circle_id for row in latest])}
            shown[member] = region("circles/_of_member.html", circles=cards, posts=latest, slugs=slugs)
    return shown


@tells_unread("circles.index")
def circles_are_unread(actor: Actor) -> bool:
    return unread.anything(actor)


@fills("people.card")
def as_a_member(actor: Actor, things: list[Any]) -> dict[int, str]:
    shown: dict[int, str] = {}
    for person, slug in things:
        member = members.met(actor, slug, person.id) if slug else None
        shared = members.in_common(actor, person.id)
        if member or shared:
            shown[person.id] = region("circles/_on_card.html", member=member, shared=shared)
    return shown


@fills("moderation.settings")
def way_back_to_settings(actor: Actor, rooms: list[Room]) -> dict[Room, str]:
    return {here: settings_nav(here, "") for here in rooms if can(actor, "circle:moderate", here)}


@fills("site.front")
def some_circles(actor: Actor, things: list[Any]) -> dict[Any, str]:
    if not can(actor, "circle:list"):
        return {}
    rows = queries.directory(actor).rows[:FRONT_CIRCLES]
    return {thing: region("circles/_front.html", circles=rows) for thing in things} if rows else {}


@fills("search.results")
def finds(actor: Actor, hits: list[Hit]) -> dict[Hit, str]:
    return _circle_finds(actor, hits) | _post_finds(actor, hits)


def _circle_finds(actor: Actor, hits: Iterable[Hit]) -> dict[Hit, str]:
    wanted = {hit.id: hit for hit in hits if hit.kind == "circle"}
    if not wanted:
        return {}
    shown: dict[Hit, str] = {}
    for row in queries.some(actor, list(wanted)):
        hit = wanted[row.id]
        shown[hit] = still("circles/_found_circle.html", circle=row._replace(active_at=0), query=hit.query)
    return shown


class FoundPost(NamedTuple):
    id: int
    title: str
    text: str
    author: str | None
    created_at: int
    circle: str
    slug: str


def _post_finds(actor: Actor, hits: Iterable[Hit]) -> dict[Hit, str]:
    wanted = {hit.id: hit for hit in hits if hit.kind == "post"}
    if not wanted:
        return {}
    rows = reading.some_posts(actor, list(wanted))
    circles = {card.id: card for card in queries.some(actor, list({row.circle_id for row in rows}))}
    shown: dict[Hit, str] = {}
    for row in rows:
        if row.circle_id in circles:
            here, hit, text = circles[row.circle_id], wanted[row.id], reading.plain(row.html)
            found = FoundPost(row.id, row.title, text, row.display_name, row.created_at, here.name, here.slug)
            key = (found, hit.query, ago(row.created_at))
            shown[hit] = kept("circles/_found_post.html", key, found=found, query=hit.query)
    return shown
