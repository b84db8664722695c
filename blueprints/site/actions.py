"""Setting the site up, once."""

from dataclasses import dataclass

from blueprints.accounts.actions import Registration, make_owner, register
from core import audit, links, site
from core.db import atomic
from core.limits import LIMITS
from core.policy import CONSOLE, Actor, require


@dataclass(frozen=True)
class Beginning:
    """What the first visit asks for. `settings` are values by name, as in core/site.py."""

    settings: dict[str, str]
    owner: Registration


def setup_link(actor: Actor) -> str:
    """The token of a link to the first visit; the one before no longer works. Raises Denied once there is an owner."""
    with atomic():
        require(actor, "site:setup")
        links.cancel("setup", None)
        return links.token(links.make("setup", LIMITS["setup_link_seconds"]))


def set_up(actor: Actor, token: str, beginning: Beginning) -> int:
    """Name the site, open its doors and give it an owner, all or nothing; returns the owner's id.

    Whoever has the link stands for the console. Raises Gone for a link that no longer works, Denied when there is an
    owner by now, Invalid with the field."""
    with atomic():
        links.use(links.find("setup", token))
        require(actor, "site:setup")
        site.change(beginning.settings)
        member_id = register(CONSOLE, beginning.owner)
        make_owner(member_id)
        audit.record(Actor(member_id), "site.set_up")
        return member_id
