"""Flairs: short words that a circle puts behind its members' names; given by moderators, or chosen by the members."""

from typing import Any, NamedTuple

from blueprints.circles import labels
from blueprints.circles.categories import FLAIR_GIVERS
from blueprints.circles.rooms import Room, room
from core import audit
from core.db import Prepared, atomic
from core.errors import Conflict, Gone, Invalid
from core.limits import LIMITS
from core.policy import Actor, require
from models import Circle, Flair, Membership

HUES = 12


class FlairRow(NamedTuple):
    id: int
    name: str
    hue: int


def of_circle(here: Room) -> tuple[FlairRow, ...]:
    """The flairs of a circle that the actor may read, in their order."""
    return tuple(FlairRow(*row) for row in _flairs.rows(circle=here.id))


def _build(circle: int) -> Any:
    listed = Flair.select(Flair.id, Flair.name, Flair.hue).where(Flair.circle == circle)
    return listed.order_by(Flair.position, Flair.id)


_flairs = Prepared(_build)


# ---- the circle's list --------------------------------------------------------------------------------------


def add_flair(actor: Actor, circle: int, name: str, hue: int) -> int:
    """At the end of the list. Raises Invalid, also when the circle has as many as fit."""
    with atomic():
        _may_change(actor, circle)
        clean = _checked(circle, name, hue)
        position = labels.next_position(Flair, circle, "flairs")
        labels.note(actor, circle, "label_add", "flair", clean)
        return int(Flair.create(circle=circle, name=clean, hue=hue, position=position).id)


def change_flair(actor: Actor, circle: int, number: int, name: str, hue: int) -> None:
    """Another name or colour, for all who have it. Raises Gone, Invalid."""
    with atomic():
        _may_change(actor, circle)
        labels.one(Flair, circle, number)
        clean = _checked(circle, name, hue, besides=number)
        Flair.update(name=clean, hue=hue).where(Flair.id == number).execute()


def move_flair(actor: Actor, circle: int, number: int, *, up: bool) -> None:
    """One place up or down. Raises Gone."""
    with atomic():
        _may_change(actor, circle)
        labels.move(Flair, circle, number, up=up)


def remove_flair(actor: Actor, circle: int, number: int) -> None:
    """Whoever has it has none then. Raises Gone."""
    with atomic():
        _may_change(actor, circle)
        flair = labels.one(Flair, circle, number)
        flair.delete_instance()  # the key of the memberships is emptied by the database
        labels.note(actor, circle, "label_remove", "flair", flair.name)


def set_giver(actor: Actor, circle: int, by: str) -> None:
    """Who chooses a member's flair: the circle's moderators, or the members. What they have they keep."""
    if by not in FLAIR_GIVERS:
        raise Invalid("choice", field="flair_by")
    with atomic():
        _may_change(actor, circle)
        Circle.update(flair_by=by).where(Circle.id == circle).execute()


def _checked(circle: int, name: str, hue: int, besides: int = 0) -> str:
    if not 0 <= hue < HUES:
        raise Invalid("choice", field="hue")
    return labels.checked(Flair, circle, name, LIMITS["flair_name"], besides)


def _may_change(actor: Actor, circle: int) -> None:
    labels.hold(circle)
    require(actor, "circle:edit", room(actor, circle))


# ---- whose it is --------------------------------------------------------------------------------------------


def give(actor: Actor, circle: int, member: int, flair: int | None) -> None:
    """A moderator gives a member a flair, or takes it away. Raises Denied, Gone."""
    with atomic():
        require(actor, "circle:moderate", room(actor, circle))
        if not _put(circle, member, flair):
            raise Gone("no_such_member")
        audit.record(actor, "circle.flair", "member", member, circle=circle, flair=flair)


def choose(actor: Actor, circle: int, flair: int | None) -> None:
    """A member takes a flair, or none, where the circle leaves it to them. Raises Denied, Gone, Conflict."""
    with atomic():
        here = room(actor, circle)
        require(actor, "circle:belong", here)
        if here.flair_by != "members":
            raise Conflict("flair_given")
        _put(circle, actor.member_id or 0, flair)


def _put(circle: int, member: int, flair: int | None) -> bool:
    if flair is not None:
        labels.one(Flair, circle, flair)
    theirs = (Membership.circle == circle) & (Membership.member == member)
    return bool(Membership.update(flair=flair).where(theirs).execute())
