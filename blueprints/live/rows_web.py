"""Public events as other places of the web show them: the cards of their pages, and their addresses for the site's
map. Only what a visitor may watch has one."""

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext as _
from peewee import fn

from blueprints.circles.reading import plain
from blueprints.live.halls import Hall
from core import open_web, site
from core.i18n import exact
from core.limits import LIMITS
from core.open_web import MOST_ADDRESSES, Address, Card
from core.policy import GUEST, visible, visible_ids
from models import LiveEvent

STEP = 2000


def show_list() -> None:
    open_web.show(Card(url_for("live.index"), _("Live"), site.get("tagline")))


def show_event(here: Hall) -> None:
    """The answer shows this event; nothing happens when a visitor may not watch it."""
    if here.visibility != "public" or here.id not in visible_ids("live", [here.id], GUEST):
        return
    said = plain(here.about_html)[: LIMITS["card_text"]]
    open_web.show(
        Card(
            url_for("live.show", event=here.id), here.title, said or exact(here.starts_at),
            picture=url_for("media.picture", key=here.cover_key, size="m") if here.cover_key else None,
        )
    )  # fmt: skip


# ---- the map ------------------------------------------------------------------------------------------------


def _leaves() -> int:
    newest = int(LiveEvent.select(fn.MAX(LiveEvent.id)).scalar() or 0)
    return newest // MOST_ADDRESSES + 1 if newest else 0


def _events(leaf: int) -> Iterator[Address]:
    """A few at a time, so that no read is left open while a slow reader takes its time."""
    last, end = leaf * MOST_ADDRESSES - 1, (leaf + 1) * MOST_ADDRESSES
    columns = (LiveEvent.id, fn.COALESCE(LiveEvent.ended_at, LiveEvent.started_at, LiveEvent.created_at))
    query = visible(LiveEvent.select(*columns), GUEST).where(LiveEvent.visibility == "public")
    while True:
        rows = list(query.where(LiveEvent.id > last, LiveEvent.id < end).order_by(LiveEvent.id).limit(STEP).tuples())
        for number, at in rows:
            yield url_for("live.show", event=number), int(at)
        if len(rows) < STEP:
            return
        last = rows[-1][0]


open_web.lists("events", _leaves, _events)
