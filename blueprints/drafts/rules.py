"""A draft is its author's alone: no moderator, no operator, no search."""

from typing import Any

from peewee import ModelSelect

from core.policy import Actor, permission, visibility
from models import Draft


@visibility(Draft, "draft")
def drafts(query: ModelSelect, actor: Actor) -> ModelSelect:
    return query.where(Draft.member == (actor.member_id or 0))


@permission("draft:own", "Keep, read and discard one's own drafts")
def own(actor: Actor, thing: Any) -> bool:
    return actor.signed_in
