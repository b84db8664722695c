"""Who comments, in the menu of one's own moments; the way to one's own comments; and moments on the search page."""

from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l

from blueprints.circles.reading import plain
from blueprints.feed import reading
from blueprints.people.friends import aliases
from core import search
from core.blueprint import fills
from core.fragments import kept, still
from core.i18n import ago
from core.policy import Actor, can, visible
from core.search import Hit
from models import Member, Moment

search.offer("moment", _l("Posts of friends"), 25, near=reading.nearest)


@fills("feed.moment_menu")
def who_comments(actor: Actor, things: list[tuple[int, int]]) -> dict[int, str]:
    own = [moment for moment, author in things if author == actor.member_id]
    rows = Moment.select(Moment.id, Moment.comments_by).where(Moment.id.in_(own)).tuples() if own else ()
    return {moment: still("feed/_comments_by.html", moment=moment, how=how) for moment, how in rows}


@fills("accounts.settings")
def way_to_said(actor: Actor, things: list[Any]) -> dict[Any, str]:
    return {thing: still("feed/_way_to_said.html") for thing in things} if can(actor, "feed:own") else {}


class FoundMoment(NamedTuple):
    id: int
    name: str
    text: str
    created_at: int


@fills("search.results")
def finds(actor: Actor, hits: list[Hit]) -> dict[Hit, str]:
    wanted = {hit.id: hit for hit in hits if hit.kind == "moment"}
    if not wanted:
        return {}
    query = (
        Moment.select(Moment.id, Moment.author, Member.display_name, Moment.html, Moment.created_at)
        .join(Member, on=Moment.author == Member.id)
        .where(Moment.id.in_(list(wanted)))
    )
    rows = list(visible(query, actor).tuples())
    called = aliases(actor.member_id, sorted({row[1] for row in rows})) if actor.member_id else {}
    shown: dict[Hit, str] = {}
    for id_, author, name, html, created_at in rows:
        found, hit = FoundMoment(id_, called.get(author, name), plain(html), created_at), wanted[id_]
        key: Any = (found, hit.query, ago(created_at))
        shown[hit] = kept("feed/_found_moment.html", key, found=found, query=hit.query)
    return shown
