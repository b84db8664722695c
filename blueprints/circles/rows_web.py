"""Public circles, posts and people as other places of the web show them: the cards of their pages, and their addresses
for the site's map. Only what a visitor may read has one."""

from collections.abc import Iterator
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from peewee import ModelSelect, fn

from blueprints.circles.rooms import Room
from blueprints.circles.rows import Shelf
from core import open_web, site
from core.open_web import MOST_ADDRESSES, Address, Card
from core.policy import GUEST, visible
from models import Circle, Post

STEP = 2000


def is_public(here: Room) -> bool:
    return here.visibility == "public" and open_web.is_open()


def feed_of(here: Room) -> str | None:
    return url_for("circles.feed", slug=here.slug) if is_public(here) else None


def show_directory() -> None:
    open_web.show(Card(url_for("circles.index"), _("Circles"), site.get("tagline")))


def show_circle(here: Room, endpoint: str = "circles.show") -> None:
    """The answer shows this circle; nothing happens when it is not public."""
    if is_public(here):
        picture = here.cover_key or here.picture_key
        open_web.show(
            Card(
                url_for(endpoint, slug=here.slug), here.name, here.purpose, feed=feed_of(here),
                picture=url_for("media.picture", key=picture, size="m") if picture else None,
            )
        )  # fmt: skip


def show_post(here: Room, shown: Shelf) -> None:
    """The answer shows this post; nothing happens when a visitor may not read it."""
    post = shown.post
    if not is_public(here) or post.hidden_at:
        return
    picture = shown.pictures[0].key if shown.pictures else here.cover_key
    open_web.show(
        Card(
            url_for("circles.post", slug=here.slug, number=post.id), title_of(post.title, post.excerpt),
            post.excerpt or here.purpose, "article", feed=feed_of(here), written_at=post.created_at,
            picture=url_for("media.picture", key=picture, size="m") if picture else None,
        )
    )  # fmt: skip


def title_of(title: str, excerpt: str) -> str:
    short = excerpt if len(excerpt) <= 60 else f"{excerpt[:59]}…"
    return title or short or _("Pictures")


# ---- the map ------------------------------------------------------------------------------------------------


def _leaves(table: type[Circle] | type[Post]) -> int:
    """Files by ranges of numbers, so that each is one range of the index, however many there are."""
    newest = int(table.select(fn.MAX(table.id)).scalar() or 0)
    return newest // MOST_ADDRESSES + 1 if newest else 0


def _circles(leaf: int) -> Iterator[Address]:
    query = visible(Circle.select(Circle.id, Circle.slug, Circle.active_at), GUEST)
    for _id, slug, at in _in_steps(query.where(Circle.visibility == "public"), Circle, leaf):
        yield url_for("circles.show", slug=slug), at


def _posts(leaf: int) -> Iterator[Address]:
    query = visible(Post.select(Post.id, Circle.slug, Post.created_at, Post.edited_at).join(Circle), GUEST)
    for number, slug, written, edited in _in_steps(query, Post, leaf):
        yield url_for("circles.post", slug=slug, number=number), edited or written


def _in_steps(query: ModelSelect, table: type[Circle] | type[Post], leaf: int) -> Iterator[tuple[Any, ...]]:
    """A few at a time, so that no read is left open while a slow reader takes its time."""
    last, end = leaf * MOST_ADDRESSES - 1, (leaf + 1) * MOST_ADDRESSES
    while True:
        step = query.where(table.id > last, table.id < end).order_by(table.id).limit(STEP)
        rows = list(step.tuples())
        yield from rows
        if len(rows) < STEP:
            return
        last = rows[-1][0]


open_web.lists("circles", lambda: _leaves(Circle), _circles)
open_web.lists("posts", lambda: _leaves(Post), _posts)
