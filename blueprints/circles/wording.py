"""From what was typed to what is kept: safe HTML, who is named, which page it points to. Outside a transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from core import markup
from core.config import current
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
    named: list[int] = []

    def existing(names: tuple[str, ...]) -> dict[str, str]:
        query = Member.select(Member.id, Member.username).where(Member.username.in_(names))
        rows = list(visible(query, actor).tuples())
        named.extend(sorted(id_ for id_, _ in rows))
        return _addresses(name for _, name in rows)

    made = markup.render(source, existing)
    return Wording(source, made.html, made.excerpt, made.text, tuple(named), _elsewhere(made.link))


def html_again(source: str) -> str:
    """The HTML of a text that was written before; whom it names is linked as long as they are there."""

    def existing(names: tuple[str, ...]) -> dict[str, str]:
        rows = Member.select(Member.username).where(Member.username.in_(names), Member.erased_at.is_null()).tuples()
        return _addresses(name for (name,) in rows)

    return markup.render(source, existing).html


def _addresses(names: Iterable[str]) -> dict[str, str]:
    return {name: f"/people/{quote(name)}" for name in names}


def _elsewhere(link: str | None) -> str | None:
    """No card of a page of this site: who reads it may see more or less than a visitor."""
    own = urlsplit(current().base_url).hostname
    try:
        host = urlsplit(link or "").hostname
    except ValueError:
        return None
    return link if host and host != own else None
