"""What stories about moments do again and again: become friends, make a list, show something."""

from typing import Any

from blueprints.feed import posting, seeing
from blueprints.feed.audience import Audience
from blueprints.feed.posting import NewMoment
from blueprints.people import friending, lists
from core import config, media
from core.policy import GUEST, Actor
from tests.cast import png


def befriend(one: Any, *others: Any) -> None:
    for other in others:
        friending.ask(one.actor, other.id)
        friending.accept(other.actor, one.id)


def listed(one: Any, name: str, *friends: Any) -> int:
    """A list with these friends on it; its id."""
    number = lists.make_list(one.actor, name)
    lists.put_on(one.actor, number, [friend.id for friend in friends])
    return number


def show(
    actor: Actor, body: str = "一句话", kind: str = "friends", *, of: tuple[int, ...] = (), circle: int | None = None,
    key: str = "", **more: Any,
) -> int:  # fmt: skip
    return posting.write(actor, NewMoment(body, Audience(kind, of, circle), **more), key)


def sees(person: Any, moment: int) -> bool:
    """Whether this member, or a visitor (None), has it before their eyes."""
    return seeing.one(person.actor if person else GUEST, moment) is not None


def picture(alt: str = "") -> media.NewPicture:
    """One that was sent, and lies on disk."""
    return media.NewPicture(media.store_picture(png(), config.current().data / "media"), alt)
