"""The ways to what one lets others see, in the settings and on one's own page."""

from typing import Any

from core.blueprint import fills
from core.fragments import region
from core.policy import Actor, can


@fills("accounts.settings")
def ways_to_privacy(actor: Actor, things: list[Any]) -> dict[Any, str]:
    return {thing: region("people/_ways_to_privacy.html") for thing in things} if can(actor, "people:block") else {}
