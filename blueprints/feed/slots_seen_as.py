"""What somebody sees of one's own moments, shown to whom they belong."""

from dataclasses import replace
from typing import Any

from blueprints.feed import gate, rows, seeing
from blueprints.feed.queries import NOTHING
from blueprints.feed.rules import public_for
from core import clock
from core.blueprint import fills
from core.fragments import region
from core.policy import Actor, Standing, can
from models import Membership, Moment

ON_PROFILE = 24
LOOKED_AT = 10 * ON_PROFILE
"""So many of the newest are asked about for a whole list: each of them for everybody on it."""


def _known(ids: list[int], author: int) -> list[int]:
    """Less those in circles that the author has left: who is in there is not theirs to learn any more."""
    mine = Membership.select(Membership.circle).where(Membership.member == author)
    away = Moment.select(Moment.id).where(Moment.id.in_(ids), Moment.audience == "circle", Moment.circle.not_in(mine))
    left = {id_ for (id_,) in away.tuples()} if ids else set()
    return [id_ for id_ in ids if id_ not in left]


@fills("people.seen_as")
def moments_as_seen(actor: Actor, people: list[Any]) -> dict[int, str]:
    """Which ones is asked with the eyes of the actor."""
    found = {
        person.id: [row.id for row in seeing.of_author(actor, person.id, size=ON_PROFILE).rows] for person in people
    }
    return {author: _shown(author, ids) for author, ids in found.items() if ids}


@fills("people.seen_by_list")
def moments_seen_by_list(actor: Actor, things: list[Any]) -> dict[int, str]:
    found = {person.id: _by_list(actor, person.id, number) for person, number in things}
    return {author: _shown(author, ids) for author, ids in found.items() if ids}


def _by_list(actor: Actor, author: int, number: int) -> list[int]:
    seen = gate.shown_to_all_on(number, clock.now(), public_for(actor))
    newest = Moment.select(Moment.id).where(Moment.author == author).order_by(Moment.id.desc())
    among = Moment.id.in_([id_ for (id_,) in newest.limit(LOOKED_AT).tuples()])
    query = Moment.select(Moment.id).where(among, seen).order_by(Moment.id.desc()).limit(ON_PROFILE)
    return [id_ for (id_,) in query.tuples()]


def _shown(author: int, ids: list[int]) -> str:
    """What hangs on them is read as their author reads it, since whom others know, block and how they call the author
    is not the author's to learn."""
    owner, ids = Actor(author, Standing.MEMBER), _known(ids, author)
    if not ids or not can(owner, "moment:see"):
        return ""
    listed = rows.dressed(owner, seeing.some(owner, ids), NOTHING)
    bare = [
        replace(
            row, changes=False, menu=NOTHING, audience=seeing.OPENLY.get(row.audience, row.audience),
            audience_words=rows.words_of(row.audience, row.circle[1] if row.circle else ""),
        )
        for row in listed
    ]  # fmt: skip
    return region("feed/_of_person.html", rows=[rows.moment_row(row) for row in bare], all_url=None)
