"""What somebody sees of one's own moments, shown to whom they belong."""

from dataclasses import replace
from typing import Any

from blueprints.feed import rows, seeing
from blueprints.feed.queries import NOTHING
from core.blueprint import fills
from core.fragments import region
from core.policy import Actor, Standing, can
from models import Membership, Moment

ON_PROFILE = 24



def _known(ids: list[int], author: int) -> list[int]:
    """Less those in circles that the author has left: who is in there is not theirs to learn any more."""
    mine = Membership.select(Membership.circle).where(Membership.member == author)
    away = Moment.select(Moment.id).where(Moment.id.in_(ids), Moment.audience == "circle", Moment.circle.not_in(mine))
    left = {id_ for (id_,) in away.tuples()} if ids else set()
    return [id_ for id_ in ids if id_ not in left]


@fills("people.seen_as")
def moments_as_seen(actor: Actor, people: list[Any]) -> dict[int, str]:
    """Which ones is asked with the eyes of the actor; what hangs on them is read as their author reads it, since
    whom the other knows, blocks and how they call the author is not the author's to learn."""
    shown: dict[int, str] = {}
    for person in people:
        ids = _known([row.id for row in seeing.of_author(actor, person.id, size=ON_PROFILE).rows], person.id)
        owner = Actor(person.id, Standing.MEMBER)
        if ids and can(owner, "moment:see"):
            listed = rows.dressed(owner, seeing.some(owner, ids), NOTHING)
            bare = [
                replace(
                    row, changes=False, menu=NOTHING, audience=seeing.OPENLY.get(row.audience, row.audience),
                    audience_words=rows.words_of(row.audience, row.circle[1] if row.circle else ""),
                )
                for row in listed
            ]  # fmt: skip
            html = [rows.moment_row(row) for row in bare]
            shown[person.id] = region("feed/_of_person.html", rows=html, all_url=None)
    return shown
