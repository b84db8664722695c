"""Topics: the few headings under which a circle files its posts, and so its index."""

from typing import Any, NamedTuple

from blueprints.circles import labels
from blueprints.circles.rooms import Room, room
from core.db import Prepared, atomic
from core.limits import LIMITS
from core.policy import Actor, require
from models import Topic


class TopicRow(NamedTuple):
    id: int
    name: str


def of_circle(here: Room) -> tuple[TopicRow, ...]:
    """The topics of a circle that the actor may read, in their order."""
    return tuple(TopicRow(*row) for row in _topics.rows(circle=here.id))


def _build(circle: int) -> Any:
    return Topic.select(Topic.id, Topic.name).where(Topic.circle == circle).order_by(Topic.position, Topic.id)


_topics = Prepared(_build)


def add_topic(actor: Actor, circle: int, name: str) -> int:
    """At the end of the list. Raises Invalid, also when the circle has as many as fit."""
    with atomic():
        _may_change(actor, circle)
        clean = labels.checked(Topic, circle, name, LIMITS["topic_name"])
        position = labels.next_position(Topic, circle, "topics")
        labels.note(actor, circle, "label_add", "topic", clean)
        return int(Topic.create(circle=circle, name=clean, position=position).id)


def rename_topic(actor: Actor, circle: int, number: int, name: str) -> None:
    """Raises Gone, Invalid."""
    with atomic():
        _may_change(actor, circle)
        labels.one(Topic, circle, number)
        clean = labels.checked(Topic, circle, name, LIMITS["topic_name"], besides=number)
        Topic.update(name=clean).where(Topic.id == number).execute()


def move_topic(actor: Actor, circle: int, number: int, *, up: bool) -> None:
    """One place up or down. Raises Gone."""
    with atomic():
        _may_change(actor, circle)
        labels.move(Topic, circle, number, up=up)


def remove_topic(actor: Actor, circle: int, number: int) -> None:
    """Its posts stay and are filed under nothing. Raises Gone."""
    with atomic():
        _may_change(actor, circle)
        topic = labels.one(Topic, circle, number)
        topic.delete_instance()  # the key of its posts is emptied by the database
        labels.note(actor, circle, "label_remove", "topic", topic.name)


def _may_change(actor: Actor, circle: int) -> None:
    labels.hold(circle)
    require(actor, "circle:edit", room(actor, circle))
