"""The words of what events tell their members, made when they are read and through the gate."""

from collections.abc import Callable
from typing import NamedTuple

from flask import url_for
from flask_babel import gettext as _
from peewee import JOIN

from blueprints.people.apart import apart
from core import i18n
from core.blueprint import fills
from core.fragments import region
from core.notices import Face, NoticeRow
from core.policy import Actor, visible
from models import LiveEntry, LiveEvent, LiveHost, Member

ICONS = {
    "live_soon": "alarm-clock", "live_began": "radio", "live_moved": "calendar-clock", "live_off": "calendar",
    "live_host": "shield-check", "live_invited": "mail-open",
}  # fmt: skip


class Told(NamedTuple):
    """An event as a notice speaks of it. `role` is the reader's own, `by` who invited them."""

    title: str
    starts_at: int
    started_at: int | None
    ended_at: int | None
    cancelled_at: int | None
    role: str | None
    by: Face | None


@fills("notices.row")
def notices(actor: Actor, rows: list[NoticeRow]) -> dict[int, str]:
    mine = [row for row in rows if row.kind in WORDS]
    told = _look(actor, sorted({row.subject_id for row in mine})) if mine else {}
    shown: dict[int, str] = {}
    for row in mine:
        event = told.get(row.subject_id)
        words = _said(row.kind, event) if event else ""
        if words and event:
            shown[row.id] = region(
                "live/_told.html", words=words, icon_name=ICONS[row.kind],
                person=event.by if row.kind == "live_invited" else None,
                url=url_for("notices.follow", number=row.id, to=url_for("live.show", event=row.subject_id)),
            )  # fmt: skip
    return shown


def _look(actor: Actor, events: list[int]) -> dict[int, Told]:
    """All of them in one query."""
    me = actor.member_id or 0
    query = (
        LiveEvent.select(
            LiveEvent.id, LiveEvent.title, LiveEvent.starts_at, LiveEvent.started_at, LiveEvent.ended_at,
            LiveEvent.cancelled_at, LiveHost.role, Member.id, Member.display_name, Member.avatar_key,
        )
        .join(LiveHost, JOIN.LEFT_OUTER, on=(LiveHost.event == LiveEvent.id) & (LiveHost.member == me))
        .switch(LiveEvent)
        .join(LiveEntry, JOIN.LEFT_OUTER, on=(LiveEntry.event == LiveEvent.id) & (LiveEntry.member == me))
        .join(Member, JOIN.LEFT_OUTER, on=(LiveEntry.by == Member.id) & ~apart(me, Member.id))
        .where(LiveEvent.id.in_(events))
    )  # fmt: skip
    found = {}
    for number, *facts, inviter, name, picture in visible(query, actor).tuples():
        found[number] = Told._make([*facts, Face(inviter, name, picture) if inviter else None])
    return found


# ---- words --------------------------------------------------------------------------------------------------


def _said(kind: str, event: Told) -> str:
    """What was told of an event before it was cancelled is not true any more. Empty for what has passed."""
    return _off(event) if event.cancelled_at is not None and kind in ("live_soon", "live_moved") else WORDS[kind](event)


def _soon(event: Told) -> str:
    if event.ended_at is not None:
        return _("“%(event)s” is over", event=event.title)
    return _("“%(event)s” begins at %(when)s", event=event.title, when=i18n.exact(event.starts_at))


def _began(event: Told) -> str:
    if event.ended_at is not None:
        return _("“%(event)s” is over", event=event.title)
    return _("“%(event)s” has begun", event=event.title)


def _moved(event: Told) -> str:
    return _(
        "“%(event)s” was moved and begins at %(when)s", event=event.title, when=i18n.exact(event.starts_at)
    )  # fmt: skip


def _off(event: Told) -> str:
    return _("“%(event)s” was cancelled", event=event.title) if event.cancelled_at is not None else ""


def _invited(event: Told) -> str:
    if event.by is None:
        return _("You are invited to “%(event)s”", event=event.title)
    return _("%(name)s invites you to “%(event)s”", name=event.by.name, event=event.title)


def _host(event: Told) -> str:
    if event.role == "host":
        return _("You run “%(event)s” now, as a host", event=event.title)
    return _("You look after “%(event)s” now, as a moderator", event=event.title) if event.role else ""


WORDS: dict[str, Callable[[Told], str]] = {
    "live_soon": _soon, "live_began": _began, "live_moved": _moved, "live_off": _off, "live_invited": _invited,
    "live_host": _host,
}  # fmt: skip
