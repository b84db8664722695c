"""Notices as the list shows them: worded through the gate, for a whole page at once."""

from typing import NamedTuple

from blueprints.notices import queries
from core.blueprint import slot
from core.notices import NoticeRow
from core.policy import Actor

MOST_PAGES = 5
"""How many pages in a row are looked through when nothing of them may be shown any more."""


class Shown(NamedTuple):
    id: int
    at: int
    is_read: bool
    words: list[str]


class ShownPage(NamedTuple):
    rows: list[Shown]
    older: str | None


def worded(actor: Actor, rows: list[NoticeRow]) -> list[Shown]:
    """What nobody words is left out: the actor may not see it any more, or it has passed."""
    words = slot("notices.row", actor, rows) if rows else {}
    return [Shown(row.id, row.at, row.read_at is not None, words[row.id]) for row in rows if row.id in words]


def page(actor: Actor, before: str = "") -> ShownPage:
    for _ in range(MOST_PAGES):
        found = queries.notices_before(actor, before)
        shown = worded(actor, found.rows)
        if shown or not found.older:
            break
        before = found.older
    return ShownPage(shown, found.older)
