"""Notices belong to whom they tell something."""

from peewee import ModelSelect

from core.policy import Actor, Standing, permission, visibility
from models import Notice


@visibility(Notice, "notice")
def notices(query: ModelSelect, actor: Actor) -> ModelSelect:
    return query.where(Notice.member == (actor.member_id or 0))


@permission("notice:read", "Read one's notices, and say which are read")
@permission("notice:subscribe", "Get a summary by e-mail, or none")
def own(actor: Actor, thing: object) -> bool:
    return actor.signed_in


@permission("notice:unsubscribe", "End the summary with the link that came with it", Standing.ANYONE)
def anyone(actor: Actor, thing: object) -> bool:
    return True  # the link itself says whose it is
