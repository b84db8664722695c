"""From what was typed to what is kept: safe HTML, who is named, which page it points to. Outside a transaction."""

from dataclasses import dataclass

from core import markup
from core.policy import Actor, visible
from models import Member


@dataclass(frozen=True)
class Wording:
    """`mentions` are ids of members named in the text, `link` the address that a card is made of."""

    source: str
    html: str
    excerpt: str
    text: str
    mentions: tuple[int, ...] = ()
    link: str | None = None


def word(actor: Actor, source: str) -> Wording:
    """Raises ValueError above the limit of core/markup.py."""
    rendered = markup.render(source)
    return Wording(source, rendered.html, rendered.excerpt, rendered.text, _named(actor, rendered.mentions))


def _named(actor: Actor, names: tuple[str, ...]) -> tuple[int, ...]:
    if not names:
        return ()
    rows = visible(Member.select(Member.id).where(Member.username.in_(names)), actor).tuples()
    return tuple(sorted(id_ for (id_,) in rows))
