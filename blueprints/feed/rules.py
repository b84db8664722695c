"""Who may do what with moments."""

from peewee import ModelSelect

from blueprints.feed import gate
from core import site
from core.policy import Actor, Standing, permission, visibility
from models import Moment, MomentComment


def public_for(actor: Actor) -> bool:
    """Whether these eyes may see public moments of people they do not know."""
    return site.get("public_moments") == "on" and (actor.signed_in or site.get("reading") == "everyone")


@visibility(Moment, "moment", prepared=True, timed=True)
def moments(query: ModelSelect, actor: Actor, now: int) -> ModelSelect:
    """For exactly whom their author chose (blueprints/feed/gate.py)."""
    return query.where(gate.shown(actor.member_id or 0, now, public_for(actor)))


@visibility(MomentComment, "moment_comment", prepared=True, timed=True)
def comments(query: ModelSelect, actor: Actor, now: int) -> ModelSelect:
    """Of moments that the actor sees; where the author wants it so, only those of mutual friends."""
    inside = moments(Moment.select(Moment.id).where(Moment.id == MomentComment.moment), actor, now)
    reader = gate.commented(actor.member_id or 0)
    joined = Moment.select(Moment.id).where(Moment.id == MomentComment.moment, reader)
    return query.where(MomentComment.moment.in_(inside), MomentComment.moment.in_(joined))


@permission("feed:read", "Read what friends show, in the order of time")
@permission("feed:own", "Choose for oneself what of the feed one reads, and how one writes into it")
def reads(actor: Actor, thing: object) -> bool:
    return True


@permission("moment:see", "See a moment that one is meant to see", Standing.GUEST)
def sees(actor: Actor, thing: object) -> bool:
    return True  # moments() has been asked


@permission("moment:write", "Show a moment of one's life, and comment on those of others")
@permission("moment:react", "React to a moment")
def writes(actor: Actor, thing: object) -> bool:
    return True


@permission("moment:change", "Change, narrow, retire and delete one's own moment")
def changes(actor: Actor, author: int) -> bool:
    return author == actor.member_id


@permission("moment:clear", "Delete one's own comments on moments, and those of others beneath one's own")
def clears(actor: Actor, authors: tuple[int, int | None]) -> bool:
    return actor.member_id is not None and actor.member_id in authors
