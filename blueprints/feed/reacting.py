"""Reactions to moments: one a member, of the kinds that there are everywhere (core/reacting.py)."""

from blueprints.feed.events import MomentLiked
from blueprints.feed.posting import changed
from core import reacting
from core.db import atomic
from core.policy import Actor, require, require_visible
from core.reacting import LIKE
from models import Moment, MomentLike


def react(actor: Actor, moment: int, on: bool, kind: int = LIKE) -> None:
    """React, or take the reaction back; another kind takes the place of the one before. Reacting the same way twice
    changes nothing. One's own is taken back also where one sees the moment no more. Raises Gone, Denied, Invalid."""
    reacting.check_kind(kind)
    with atomic():
        if on or not _reacted(actor, moment):
            require_visible("moment", moment, actor)
        require(actor, "moment:react")
        reacting.react(
            MomentLike, MomentLike.moment, Moment, moment, actor.member_id or 0, kind if on else None,
            lambda: changed(moment), MomentLiked(moment, actor.member_id or 0, on),
        )  # fmt: skip


def _reacted(actor: Actor, moment: int) -> bool:
    one = (MomentLike.moment == moment) & (MomentLike.member == (actor.member_id or 0))
    return MomentLike.select(MomentLike.kind).where(one).exists()


def take_back_all(member: int) -> None:
    """Every reaction of a member who is being erased."""
    reacting.take_back_all(MomentLike, MomentLike.moment, Moment, member)
