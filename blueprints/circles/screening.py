"""What a circle looks at before something is published: approval, newcomers, watched words, repeats."""

from dataclasses import dataclass

from blueprints.circles.rooms import Room
from blueprints.circles.wording import Wording
from core.policy import Actor


@dataclass(frozen=True)
class Verdict:
    """`held_for` (approval, newcomer, words, links) keeps it back for a moderator, `hides` publishes it hidden; `note`
    is the word that was found."""

    held_for: str = ""
    hides: bool = False
    note: str = ""


PASS = Verdict()


def screen(actor: Actor, here: Room, kind: str, title: str, wording: Wording, *, insists: bool = False) -> Verdict:
    """Look at a `post` or `comment` inside the transaction that writes it. `insists`: the writer has seen the warning.
    Raises Invalid("word_warned", word=…), Invalid("repeated"), TooMany("newcomer_posts")."""
    return PASS
