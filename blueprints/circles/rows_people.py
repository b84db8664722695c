"""Members of a circle as their list takes them: a row, and what this reader may do with whom it names."""

from dataclasses import dataclass

from markupsafe import Markup

from blueprints.circles import members
from blueprints.circles.flairs import FlairRow
from blueprints.circles.members import PersonRow
from blueprints.circles.rooms import Room
from core.fragments import kept
from core.i18n import ago
from core.policy import Actor, can


@dataclass(frozen=True)
class Ways:
    """What the reader may do with a member; part of the key under which the row is kept."""

    appoints: bool
    gives: bool
    sanctions: bool


def _ways(actor: Actor, here: Room, person: PersonRow) -> Ways:
    oneself = person.member_id == actor.member_id
    above = person.role == "member" or (here.is_owner and person.role == "moderator")
    return Ways(
        can(actor, "circle:appoint", here) and not oneself, can(actor, "circle:moderate", here),
        can(actor, "circle:remove", here) and above and not oneself,
    )  # fmt: skip


def person_row(actor: Actor, here: Room, person: PersonRow, flairs: tuple[FlairRow, ...]) -> Markup:
    ways = _ways(actor, here, person)
    offered = flairs if ways.gives else ()
    key = (person, here.slug, ways, offered, ago(person.joined_at), person.muted_until and ago(person.muted_until))
    return kept("circles/_person.html", key, person=person, slug=here.slug, ways=ways, flairs=offered)


def person_rows(actor: Actor, here: Room, people: list[PersonRow], flairs: tuple[FlairRow, ...]) -> list[Markup]:
    return [person_row(actor, here, person, flairs) for person in people]


def team_rows(actor: Actor, here: Room, flairs: tuple[FlairRow, ...]) -> list[Markup]:
    """Owners, then moderators, those who came first in front."""
    return person_rows(actor, here, members.team(actor, here), flairs)
