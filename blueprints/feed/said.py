"""What somebody has said and felt beneath moments: theirs to take back, also where they see the moment no more."""

from typing import NamedTuple

from blueprints.feed import gate
from blueprints.feed.rules import public_for
from blueprints.people.friends import aliases
from core import clock
from core.limits import LIMITS
from core.policy import Actor, require, visible_ids
from models import Member, Moment, MomentComment, MomentLike


class Said(NamedTuple):
    """A comment of one's own. `to` is what they call whose moment it stands beneath; empty where they do not see it
    any more. `created_at` in ms since 1970."""

    id: int
    moment: int
    html: str
    created_at: int
    to: str


class Felt(NamedTuple):
    """A reaction of one's own; `liked_at` in ms since 1970."""

    moment: int
    kind: int
    liked_at: int


class Page(NamedTuple):
    """Rows and where the next page begins; None at the end."""

    rows: list[Said]
    older: int | None


def own_comments(actor: Actor, before: int | None = None) -> Page:
    """Newest first."""
    require(actor, "feed:own")
    mine = (MomentComment.author == actor.member_id) & MomentComment.deleted_at.is_null()
    size = LIMITS["page_moment_comments"]
    query = (
        MomentComment.select(
            MomentComment.id, MomentComment.moment, MomentComment.html, MomentComment.created_at, Member.id,
            Member.display_name,
        )
        .join(Moment)
        .join(Member, on=Moment.author == Member.id)
        .where(mine & (MomentComment.id < before) if before else mine)
        .order_by(MomentComment.id.desc())
    )  # fmt: skip
    rows = list(query.limit(size + 1).tuples())
    seen = visible_ids("moment_comment", [row[0] for row in rows], actor)
    called = aliases(actor.member_id or 0, [row[4] for row in rows])
    listed = [
        Said(id_, moment, html, created_at, called.get(author, name) if id_ in seen else "")
        for id_, moment, html, created_at, author, name in rows[:size]
    ]
    return Page(listed, listed[-1].id if len(rows) > size else None)


def unseen_reactions(actor: Actor) -> list[Felt]:
    """The latest of those to moments that the actor does not see any more: elsewhere the moment has a heart."""
    require(actor, "feed:own")
    me = actor.member_id or 0
    query = (
        MomentLike.select(MomentLike.moment, MomentLike.kind, MomentLike.liked_at)
        .join(Moment)
        .where(MomentLike.member == me, ~gate.shown(me, clock.now(), public_for(actor)))
        .order_by(MomentLike.liked_at.desc(), MomentLike.moment.desc())
    )
    return [Felt(*row) for row in query.limit(LIMITS["page_moment_comments"]).tuples()]
