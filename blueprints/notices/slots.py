"""Ways to the notices: on one's own page and in the settings."""

from typing import Any

from blueprints.notices import digests, queries
from core.blueprint import fills
from core.fragments import region
from core.policy import Actor, can


@fills("people.me")
def way_in(actor: Actor, members: list[Any]) -> dict[int, str]:
    if not can(actor, "notice:read"):
        return {}
    count = queries.unseen(actor)
    return {member.id: region("notices/_way_in.html", count=count) for member in members}


@fills("accounts.settings")
def way_to_settings(actor: Actor, things: list[Any]) -> dict[Any, str]:
    kept = digests.subscription(actor.member_id or 0)
    return {thing: region("notices/_way_to_settings.html", every=kept.every if kept else "") for thing in things}
