"""The ways to a new moment from elsewhere, and where a draft of one belongs."""

from typing import Any

from blueprints.feed import narrowing
from blueprints.feed.rows_composer import DRAFT
from core.blueprint import fills
from core.fragments import region, still
from core.policy import Actor, admits, can


@fills("circles.post_menu")
def share_post(actor: Actor, things: list[Any]) -> dict[int, str]:
    return _items(actor, "post", [post for post, *_ in things])


@fills("live.menu")
def share_event(actor: Actor, halls: list[Any]) -> dict[int, str]:
    return _items(actor, "live", [here.id for here in halls])


def _items(actor: Actor, kind: str, ids: list[int]) -> dict[int, str]:
    if not admits(actor, "moment:write"):
        return {}
    return {id_: still("feed/_share_item.html", shared=f"{kind}:{id_}") for id_ in ids}


@fills("drafts.where")
def place_of_draft(actor: Actor, drafts: list[Any]) -> dict[str, str]:
    return {draft.name: still("feed/_draft_place.html", name=DRAFT) for draft in drafts if draft.name == DRAFT}


@fills("accounts.settings")
def way_to_habit(actor: Actor, things: list[Any]) -> dict[Any, str]:
    if not can(actor, "feed:own"):
        return {}
    return {thing: region("feed/_way_to_habit.html", days=narrowing.habit(actor)) for thing in things}
