"""From what was typed to what is kept: safe HTML, who is named, which page it points to. Outside a transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from core import markup
from core.config import current
from core.db import atomic
from core.policy import Actor, visible
from models import Member

BATCH = 200


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


def renew(table: Any) -> None:
    """Make the HTML of a table's texts again where an older policy made it. The table has `source`, `html` and
    `policy_version`, which is 0 for what was emptied."""
    old = (table.policy_version > 0) & (table.policy_version < markup.POLICY_VERSION)
    while rows := list(table.select(table.id, table.source).where(old).limit(BATCH)):
        made = [(row.id, html_again(row.source)) for row in rows]
        with atomic():
            for id_, html in made:
                # Unless it was edited meanwhile, or emptied: what was deleted for good must not come back.
                made_now = {"html": html, "policy_version": markup.POLICY_VERSION}
                table.update(made_now).where(table.id == id_, old).execute()


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
