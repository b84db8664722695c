"""Link cards: what a page elsewhere says of itself, asked once by a job and shown under posts."""

from typing import NamedTuple

from blueprints.circles.reading import PostRow
from models import LinkCard


class CardRow(NamedTuple):
    id: int
    url: str
    title: str
    text: str
    site: str
    picture_key: str | None


def of_posts(rows: list[PostRow]) -> dict[int, CardRow]:
    """The cards of posts that have passed the gate, as far as they could be made."""
    ids = {row.card_id for row in rows if row.card_id}
    if not ids:
        return {}
    query = LinkCard.select(
        LinkCard.id, LinkCard.url, LinkCard.title, LinkCard.text, LinkCard.site, LinkCard.picture_key
    ).where(LinkCard.id.in_(ids), LinkCard.fetched_at.is_null(False))
    found = {row[0]: CardRow(*row) for row in query.tuples()}
    return {row.id: found[row.card_id] for row in rows if row.card_id in found}
