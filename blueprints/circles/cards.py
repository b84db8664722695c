"""Link cards: what a page elsewhere says of itself, asked by a job and shown under the posts that point to it.

One row a page, whoever points to it. A page is only asked once something with its address is out, and at most once a
week.
"""

import hashlib
from functools import partial
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from peewee import fn

from blueprints.circles.reading import PostRow
from core import clock, jobs, site
from core.config import current
from core.db import after_commit, atomic
from core.limits import LIMITS
from core.media import delete_picture
from models import LinkCard, Picture, Post

BATCH = 500


class CardRow(NamedTuple):
    id: int
    url: str
    title: str
    text: str
    site: str
    picture_key: str | None

    @property
    def host(self) -> str:
        """Where it leads, as people read it: what the page calls itself may be somebody else's name."""
        return (urlsplit(self.url).hostname or "").removeprefix("www.")


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


def ask(link: str | None) -> int | None:
    """The card of a page, to be filled by a job unless that was done lately. Inside the transaction that publishes what
    points to it. None without a link, and where the site makes no cards."""
    if link is None or site.get("link_cards") != "on":
        return None
    page = link.partition("#")[0]
    key, now = hashlib.sha256(page.encode()).hexdigest(), clock.now()
    made = LinkCard.insert(url_key=key, url=page, asked_at=now).on_conflict_ignore().as_rowcount().execute()
    card = LinkCard.get(LinkCard.url_key == key)
    if made or card.asked_at < now - LIMITS["card_days"] * clock.DAY:
        LinkCard.update(asked_at=now).where(LinkCard.id == card.id).execute()
        jobs.later("circles.card", {"card": card.id}, unique_key=f"circles.card:{card.id}")
    return int(card.id)


def after_edit(row: Post, link: str | None) -> int | None:
    """Which card a post has once its text points to `link`: the one that it had, unless another page is meant. So a
    card that its author took away stays away."""
    if link is None:
        return None
    if unquote(link) in unquote(row.source):
        kept: int | None = row.card_id
        return kept
    return ask(link)


def sweep() -> int:
    """Cards that no post shows any more go, with our copies of their pictures; returns how many."""
    dropped = 0
    while gone := _drop_some():
        dropped += gone
    return dropped


def _drop_some() -> int:
    shown = fn.EXISTS(Post.select(Post.id).where(Post.card == LinkCard.id))
    with atomic():
        idle = LinkCard.select(LinkCard.id).where(LinkCard.asked_at < clock.now() - clock.DAY, ~shown).limit(BATCH)
        ids = [id_ for (id_,) in idle.tuples()]
        drop_pictures(ids)
        LinkCard.delete().where(LinkCard.id.in_(ids)).execute()
    return len(ids)


def drop_pictures(ids: list[int]) -> None:
    """Inside a transaction; the files go after it."""
    mine = (Picture.subject_kind == "card") & Picture.subject_id.in_(ids)
    for (key,) in list(Picture.select(Picture.key).where(mine).tuples()):
        after_commit(partial(delete_picture, current().data / "media", key))
    Picture.delete().where(mine).execute()
