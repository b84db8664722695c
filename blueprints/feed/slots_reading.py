"""What reading adds to others' pages: the dot of the feed, somebody's moments on their profile, the reader's choice in
a moment's menu."""

from typing import Any

from flask import url_for

from blueprints.feed import reading, rows_feed, tasting
from core.blueprint import fills, tells_unread
from core.fragments import ANY_NUMBER, numbered, region, still
from core.policy import Actor, admits, can

ON_PROFILE = 5


@tells_unread("feed.index")
def has_new(actor: Actor) -> bool:
    return admits(actor, "feed:read") and reading.is_newer(actor, tasting.reading(actor).read_moment)


@fills("people.profile")
def moments_of(actor: Actor, people: list[Any]) -> dict[int, str]:
    """The newest few; the rest has a page of its own."""
    if not can(actor, "moment:see"):
        return {}
    shown: dict[int, str] = {}
    for person in people:
        found = rows_feed.of_author(actor, person.id, person.username, size=ON_PROFILE)
        if found["rows"]:
            all_url = url_for("feed.of_person", username=person.username) if found["older_url"] else None
            shown[person.id] = region("feed/_of_person.html", rows=found["rows"], all_url=all_url)
    return shown


@fills("feed.moment_menu")
def choices(actor: Actor, things: list[tuple[int, int]]) -> dict[int, str]:
    """For moments of friends: nobody else's come into the feed."""
    if not can(actor, "feed:own"):
        return {}
    kinds = tasting.of_friends(actor, sorted({author for _, author in things}))
    return {
        moment: numbered(still("feed/_taste_items.html", author=ANY_NUMBER, kind=kinds[author]), author)
        for moment, author in things
        if author in kinds
    }
