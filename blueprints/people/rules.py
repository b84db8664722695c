"""Who may see whom."""

from typing import Any

from peewee import ModelSelect

from blueprints.people.apart import apart
from core import site
from core.policy import Actor, Standing, permission, visibility
from models import Member


def _may_read(actor: Actor) -> bool:
    return actor.signed_in or site.get("reading") == "everyone"


@visibility(Member, "cover", prepared=True)
@visibility(Member, "member", prepared=True)
def members(query: ModelSelect, actor: Actor) -> ModelSelect:
    """Everybody who is here, but for those with whom one has nothing to do; staff look after all. Who was suspended
    keeps a page that says so; who left has none."""
    if not _may_read(actor):
        return query.where(Member.id.is_null())
    here = query.where(Member.erased_at.is_null())
    return here.where(~apart(actor.member_id or 0, Member.id)) if actor.signed_in and not actor.is_staff else here


@permission("people:read", "See the profiles of members", Standing.GUEST)
def reads(actor: Actor, thing: Any) -> bool:
    return _may_read(actor)


@permission("people:block", "Have nothing to do with somebody any more, and see with whom that is so")
@permission("people:cover", "Put a picture over one's own profile")
@permission("people:seen_as", "See one's own profile as a friend or a stranger sees it")
@permission("people:privacy", "Choose what others see of oneself, and how they find one", Standing.SUSPENDED)
def chooses(actor: Actor, thing: Any) -> bool:
    return True  # for oneself


@permission("people:me", "See one's own page, as others see it", Standing.SUSPENDED)
def own(actor: Actor, thing: Any) -> bool:
    return actor.signed_in


@permission("friend:own", "Have friends: ask, answer, sort them into lists, give them names of one's own")
def befriends(actor: Actor, thing: Any) -> bool:
    return actor.signed_in
