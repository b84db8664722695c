"""Comments that wait for a while before they show: those who run the event see them first, let them through or keep
them back. When their time has come they come out by themselves, in order and once."""

from typing import NamedTuple

from peewee import JOIN

from blueprints.live import acts, backstage, commenting
from blueprints.live.events import BulletsHidden
from blueprints.live.halls import Hall, hall
from core import clock
from core.db import atomic, is_postgres
from core.errors import Gone
from core.limits import LIMITS
from core.policy import Actor, require
from core.signals import announce
from models import LiveComment, LiveEvent, Member

AT_ONCE = 100
"""So many come out in one transaction."""


class HeldRow(NamedTuple):
    id: int
    body: str
    mode: int
    shows_at: int
    member_id: int | None
    username: str | None
    display_name: str | None
    avatar_key: str | None

    @property
    def hue(self) -> int:
        return (self.member_id or 0) % 12


def _waiting() -> object:
    return LiveComment.shows_at.is_null(False) & LiveComment.hidden_at.is_null()


def held(actor: Actor, here: Hall) -> list[HeldRow]:
    """What waits, next first. Raises Denied."""
    require(actor, "live:moderate", here)
    return rows(here.id)


def rows(event: int, ids: list[int] | None = None) -> list[HeldRow]:
    """What waits in an event, or which of these do."""
    query = (
        LiveComment.select(
            LiveComment.id, LiveComment.body, LiveComment.mode, LiveComment.shows_at, Member.id, Member.username,
            Member.display_name, Member.avatar_key,
        )
        .join(Member, JOIN.LEFT_OUTER, on=LiveComment.author == Member.id)
        .where(LiveComment.event == event, _waiting())
        .order_by(LiveComment.shows_at, LiveComment.id)
    )  # fmt: skip
    query = query.limit(LIMITS["page_live_held"]) if ids is None else query.where(LiveComment.id.in_(ids))
    return [HeldRow(*row) for row in query.tuples()]


def let_through(actor: Actor, event: int, comment: int) -> bool:
    """Show it now. False when it is out or was kept back already. Raises Gone, Denied."""
    with atomic():
        require(actor, "live:moderate", hall(actor, event))
        author = _author(event, comment)
        if not _show(event, comment):
            return False
        acts.note(event, actor, "let_through", author, str(comment))
        return True


def keep_back(actor: Actor, event: int, comment: int) -> int | None:
    """It never shows, unless that is taken back. Returns the number of the act; None when it is out or was kept back
    already. Raises Gone, Denied."""
    with atomic():
        require(actor, "live:moderate", hall(actor, event))
        author, now = _author(event, comment), clock.now()
        meant = (LiveComment.id == comment) & _waiting()
        if not LiveComment.update(hidden_at=now, hidden_by=actor.member_id).where(meant).execute():
            return None
        backstage.take_held(event, comment)
        announce(BulletsHidden(event, actor.member_id or 0, comment, author))
        return acts.note(event, actor, "keep_back", author, str(comment), at=now)


def _author(event: int, comment: int) -> int | None:
    """Raises Gone."""
    row = LiveComment.get_or_none(LiveComment.id == comment, LiveComment.event == event)
    if row is None:
        raise Gone
    author: int | None = row.author_id
    return author


def _show(event: int, comment: int) -> bool:
    shown = commenting.release(comment)
    if shown:
        backstage.take_held(event, comment)
    return shown


# ---- the clock ----------------------------------------------------------------------------------------------


def come_out() -> int | None:
    """Show all whose time has come; returns when (ms since 1970) the next one's comes. Several workers may do this at
    the same time: those of one event come out under its lock, so each does once, and in order."""
    while batch := _due():
        event = batch[0][1]
        with atomic():
            _lock(event)
            for comment, _event in _due(event):
                _show(event, comment)
    moment: int | None = (
        LiveComment.select(LiveComment.shows_at)
        .where(_waiting(), LiveComment.shows_at > clock.now())
        .order_by(LiveComment.shows_at)
        .limit(1)
        .scalar()
    )
    return moment


def _due(event: int | None = None) -> list[tuple[int, int]]:
    query = LiveComment.select(LiveComment.id, LiveComment.event).where(
        _waiting(), LiveComment.shows_at <= clock.now()
    )
    query = query.where(LiveComment.event == event) if event is not None else query
    size = 1 if event is None else AT_ONCE
    return list(query.order_by(LiveComment.shows_at, LiveComment.id).limit(size).tuples())


def _lock(event: int) -> None:
    """Where writers do not queue by themselves."""
    if is_postgres():
        LiveEvent.select(LiveEvent.id).where(LiveEvent.id == event).for_update().execute()
