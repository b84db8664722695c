"""Who is let in beside those who may come anyway, and who runs an event."""

from typing import NamedTuple

from peewee import JOIN

from blueprints.circles.sanctions import is_banned
from blueprints.live import acts, events
from blueprints.live.halls import Hall, hall
from blueprints.people.apart import require_together
from core import clock
from core.db import atomic, is_postgres
from core.errors import Conflict, Invalid
from core.limits import LIMITS
from core.policy import Actor, require
from core.signals import announce
from models import LiveEntry, LiveEvent, LiveHost, LiveReminder, Member

HOST_ROLES = ("host", "moderator")


# ---- guests -------------------------------------------------------------------------------------------------


def invite(actor: Actor, event: int, member: int) -> None:
    """Let a member in; inviting twice tells once. Raises Gone, Denied, and Invalid for the field `username`."""
    with atomic():
        here = hall(actor, event)
        require(actor, "live:host", here)
        require_together(actor, member)
        _check(here, member)
        if LiveEntry.select().where(LiveEntry.event == event, LiveEntry.member == member).exists():
            raise Invalid("live_invited_already", field="username")
        LiveEntry.insert(
            event=event, member=member, how="invited", by=actor.member_id, at=clock.now()
        ).on_conflict_ignore().execute()
        acts.note(event, actor, "invite", member)
        announce(events.GuestInvited(event, member, actor.member_id or 0))


def turn_away(actor: Actor, event: int, member: int) -> None:
    """Take an invitation back, or what the password opened; pages they have open hear nothing more. Doing it twice
    changes nothing."""
    with atomic():
        require(actor, "live:host", hall(actor, event))
        mine = (LiveEntry.event == event) & (LiveEntry.member == member)
        if LiveEntry.delete().where(mine).execute():
            acts.note(event, actor, "turn_away", member)
            announce(events.GuestTurnedAway(event, member, actor.member_id or 0))


def forget_in_circle(circle: int, member: int) -> None:
    """Who is in a circle no more runs none of its events and is let into none, inside the transaction that ends it."""
    mine = LiveEvent.select(LiveEvent.id).where(LiveEvent.circle == circle)
    for table in (LiveHost, LiveEntry):
        table.delete().where(table.event.in_(mine), table.member == member).execute()
    inside = mine.where(LiveEvent.visibility.in_(("members", "invited")))
    LiveReminder.delete().where(LiveReminder.event.in_(inside), LiveReminder.member == member).execute()


def _check(here: Hall, member: int) -> None:
    if not Member.select().where(Member.id == member, Member.erased_at.is_null()).exists():
        raise Invalid("no_such_member", field="username")
    if here.circle is not None and is_banned(here.circle, member):
        raise Invalid("invites_banned", field="username")


# ---- who runs it --------------------------------------------------------------------------------------------


def appoint(actor: Actor, event: int, member: int, role: str) -> None:
    """Make a member host or moderator of this event. Raises Gone, Denied, Conflict, and Invalid with the field."""
    if role not in HOST_ROLES:
        raise Invalid("choice", field="role")
    with atomic():
        here = hall(actor, event)
        require(actor, "live:host", here)
        require_together(actor, member)
        _check(here, member)
        before = _roles(event)
        if before.get(member) == role:
            return
        if member not in before and len(before) >= LIMITS["live_hosts"]:
            raise Invalid("live_hosts", field="username", most=LIMITS["live_hosts"])
        if role != "host":
            _keep_one_host(before, member)
        LiveHost.insert(
            event=event, member=member, role=role, added_by=actor.member_id, added_at=clock.now()
        ).on_conflict(
            conflict_target=[LiveHost.event, LiveHost.member], update={LiveHost.role: role}
        ).execute()
        acts.note(event, actor, "appoint", member, role)
        announce(events.HostChanged(event, member, role, actor.member_id or 0))


def dismiss(actor: Actor, event: int, member: int) -> None:
    """Somebody runs the event no more; oneself too. Raises Conflict("live_last_host"): one host stays."""
    with atomic():
        require(actor, "live:host", hall(actor, event))
        before = _roles(event)
        if member not in before:
            return
        _keep_one_host(before, member)
        LiveHost.delete().where(LiveHost.event == event, LiveHost.member == member).execute()
        acts.note(event, actor, "dismiss", member)
        announce(events.HostChanged(event, member, None, actor.member_id or 0))


def _roles(event: int) -> dict[int, str]:
    """Two who put each other down at the same time wait for each other; on SQLite all writers do."""
    rows = LiveHost.select(LiveHost.member, LiveHost.role).where(LiveHost.event == event).tuples()
    return dict(rows.for_update() if is_postgres() else rows)


def _keep_one_host(roles: dict[int, str], member: int) -> None:
    if roles.get(member) == "host" and list(roles.values()).count("host") == 1:
        raise Conflict("live_last_host")


# ---- lists --------------------------------------------------------------------------------------------------


class HostRow(NamedTuple):
    member_id: int
    username: str
    display_name: str
    avatar_key: str | None
    role: str

    @property
    def hue(self) -> int:
        return self.member_id % 12


class GuestRow(NamedTuple):
    """`how` is invited or password; `inviter` None when nobody invited them, or has left. `at` in ms since 1970."""

    member_id: int
    username: str
    display_name: str
    avatar_key: str | None
    how: str
    at: int
    inviter: str | None

    @property
    def hue(self) -> int:
        return self.member_id % 12


class GuestPage(NamedTuple):
    """`older` says where the next page starts; None at the end."""

    rows: list[GuestRow]
    older: str | None


def hosts(actor: Actor, here: Hall) -> list[HostRow]:
    """Those who run the event by name, hosts first; who runs its circle runs it too."""
    require(actor, "live:host", here)
    rows = (
        LiveHost.select(Member.id, Member.username, Member.display_name, Member.avatar_key, LiveHost.role)
        .join(Member, on=LiveHost.member == Member.id)
        .where(LiveHost.event == here.id)
        .order_by(LiveHost.role, LiveHost.added_at, Member.id)
    )
    return [HostRow(*row) for row in rows.tuples()]


def guests(actor: Actor, here: Hall, before: str = "") -> GuestPage:
    """Who was let in, last first. `before` is `at.member` of the last row shown."""
    require(actor, "live:host", here)
    inviter = Member.alias()
    query = (
        LiveEntry.select(
            Member.id, Member.username, Member.display_name, Member.avatar_key, LiveEntry.how, LiveEntry.at,
            inviter.display_name,
        )
        .join(Member, on=LiveEntry.member == Member.id)
        .switch(LiveEntry)
        .join(inviter, JOIN.LEFT_OUTER, on=LiveEntry.by == inviter.id)
        .where(LiveEntry.event == here.id)
    )  # fmt: skip
    moment, _, number = before.partition(".")
    if moment.isdecimal() and number.isdecimal() and max(len(moment), len(number)) < 19:
        at, member = int(moment), int(number)
        query = query.where((LiveEntry.at < at) | ((LiveEntry.at == at) & (LiveEntry.member < member)))
    size = LIMITS["page_members"]
    found = query.order_by(LiveEntry.at.desc(), LiveEntry.member.desc()).limit(size + 1).tuples()
    rows = [GuestRow(*row) for row in found]
    last = rows[size - 1] if len(rows) > size else None
    return GuestPage(rows[:size], f"{last.at}.{last.member_id}" if last else None)
