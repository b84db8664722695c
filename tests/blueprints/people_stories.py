"""What the stories about friends share."""

from blueprints.people import friending


def befriend(one, other) -> None:
    """`one` asks, `other` says yes."""
    friending.ask(one.actor, other.id)
    friending.accept(other.actor, one.id)
