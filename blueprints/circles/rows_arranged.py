"""Regions of what lasts in a circle: the pins at its top, the chips of its topics."""

from flask import g, request
from markupsafe import Markup

from blueprints.circles import arranged, topics
from blueprints.circles.forms import number as whole
from blueprints.circles.rooms import Room
from blueprints.circles.topics import TopicRow
from core.errors import Gone
from core.fragments import kept, still
from core.i18n import ago
from core.policy import Actor, can


def pin_strip(actor: Actor, here: Room) -> Markup:
    """The pins of a circle as this reader has folded them."""
    rows = arranged.pins(actor, here)
    shown = tuple(row for row in rows if row.folded_at is None)
    folded = tuple(row for row in rows if row.folded_at is not None)
    arranges, belongs = can(actor, "post:arrange", here), can(actor, "circle:belong", here)
    key = (shown, folded, here.slug, arranges, belongs, tuple(ago(row.created_at) for row in rows))
    return kept(
        "circles/_pins.html", key, shown=shown, folded=folded, slug=here.slug, arranges=arranges, belongs=belongs
    )


def topics_of(here: Room) -> tuple[TopicRow, ...]:
    """The topics of a circle; the composer and the index of one page ask for them together."""
    known: dict[int, tuple[TopicRow, ...]] = g.setdefault("circle_topics", {})
    if here.id not in known:
        known[here.id] = topics.of_circle(here)
    return known[here.id]


def topic_chips(here: Room, endpoint: str, current: int | None = None) -> Markup:
    """The index of a circle, each topic leading to what is filed under it; nothing where there is none."""
    return still(
        "circles/_topics.html", topics=topics_of(here), slug=here.slug, endpoint=endpoint, current=current
    )


def asked_topic(here: Room) -> int | None:
    """The topic that the address asks for, None without one. Raises Gone for one of another circle."""
    text = request.args.get("topic")
    if not text:
        return None
    number = whole(text)
    if number not in {topic.id for topic in topics_of(here)}:
        raise Gone
    return number
