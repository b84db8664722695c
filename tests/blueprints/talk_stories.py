"""What the stories about the talk beneath moments share: who is friends with whom, a moment, what is read of it."""

from blueprints.feed import commenting, posting, talking
from blueprints.feed.audience import Audience
from blueprints.feed.posting import NewMoment
from blueprints.people import friending
from core.policy import Actor
from models import Moment


def befriend(one, *others) -> None:
    for other in others:
        friending.ask(one.actor, other.id)
        friending.accept(other.actor, one.id)


def show(person, body: str = "今天的云", kind: str = "friends", **more) -> int:
    chosen = Audience(kind, tuple(more.pop("lists", ())), more.pop("circle", None))
    return posting.write(person.actor, NewMoment(body, chosen, **more))


def say(person, moment: int, body: str = "好看", parent: int | None = None) -> int:
    return commenting.write_comment(person.actor, moment, body, parent)


def heard(actor: Actor, moment: int) -> list[str]:
    """Who said what beneath a moment, as somebody reads it."""
    return [f"{row.name}{'→' + row.answers if row.answers else ''}: {row.html}" for row in
            talking.talk(actor, moment).comments]  # fmt: skip


def felt(actor: Actor, moment: int) -> tuple[set[str], int]:
    """Whose reactions somebody knows of by name, and how many of."""
    talk = talking.talk(actor, moment)
    return {who.name for who in talk.likers}, talk.total


def row_of(moment: int) -> Moment:
    return Moment.get_by_id(moment)
