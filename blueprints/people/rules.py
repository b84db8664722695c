"""Who may see whom."""

from typing import Any

from peewee import ModelSelect

from core import site
from core.policy import Actor, Standing, permission, visibility
from models import Member


def _may_read(actor: Actor) -> bool:
    return actor.signed_in or site.get("reading") == "everyone"


@visibility(Member, "member")
def members(query: ModelSelect, actor: Actor) -> ModelSelect:
    """Everybody who is here. Who was suspended keeps a page that says so; who left has none."""
    if not _may_read(actor):
        return query.where(Member.id.is_null())
    return query.where(Member.erased_at.is_null())


@permission("people:read", "See the profiles of members", Standing.GUEST)
def reads(actor: Actor, thing: Any) -> bool:
    return _may_read(actor)


@permission("people:me", "See one's own page, as others see it", Standing.SUSPENDED)
def own(actor: Actor, thing: Any) -> bool:
    return actor.signed_in
