"""An event as one actor stands to it: what they may do there, whether it runs. One query."""

from dataclasses import dataclass
from typing import NamedTuple

from peewee import JOIN, ModelSelect

from blueprints.circles.rooms import Eyes, eyes
from core import clock
from core.db import Prepared
from core.errors import Gone
from core.policy import Actor
from models import Circle, LiveEntry, LiveEvent, LiveHost, LiveReminder, LiveSanction, Membership, Sanction

ROLES = ("member", "moderator", "host")
"""What `LiveComment.role` counts."""


def state_of(started_at: int | None, ended_at: int | None, cancelled_at: int | None) -> str:
    """upcoming, live, over or cancelled."""
    if cancelled_at is not None:
        return "cancelled"
    if ended_at is not None:
        return "over"
    return "live" if started_at is not None else "upcoming"


class Place(NamedTuple):
    """What ties the actor to the event; all None for a stranger."""

    circle_role: str | None
    host_role: str | None
    entered: str | None
    muted_at: int | None
    muted_until: int | None
    removed_at: int | None
    removed_until: int | None
    reminded_at: int | None = None
    reminded_by_mail: bool | None = None
    circle_muted_at: int | None = None
    circle_banned_at: int | None = None


@dataclass(frozen=True)
class Hall:
    """`circle_slug` and `circle_name` are None for who may not know of the circle. `rank` is who asks, as far as an
    event cares: a place in `ROLES`, 0 to 2."""

    id: int
    circle: int | None
    title: str
    about: str
    about_html: str
    visibility: str
    password_hash: str | None
    stage: str
    source: str
    video: int | None
    cover_key: str | None
    starts_at: int
    ends_at: int | None
    started_at: int | None
    ended_at: int | None
    cancelled_at: int | None
    postponed_from: int | None
    created_by: int | None
    slow_seconds: int
    hold_seconds: int
    members_only: bool
    emoji_only: bool
    repeats: bool
    closed_at: int | None
    announcement: str
    announced_at: int | None
    comment_count: int
    revision: int
    circle_slug: str | None
    circle_name: str | None
    circle_visibility: str | None
    place: Place
    rank: int

    @property
    def channel(self) -> str:
        return f"live-{self.id}"

    @property
    def moderators_channel(self) -> str:
        return f"backstage-{self.id}"

    @property
    def is_host(self) -> bool:
        return self.rank == 2

    @property
    def is_moderator(self) -> bool:
        return self.rank >= 1

    @property
    def is_circle_member(self) -> bool:
        return self.place.circle_role is not None

    @property
    def is_muted(self) -> bool:
        """In this event, or in its circle."""
        return self.place.muted_at is not None or self.place.circle_muted_at is not None

    @property
    def is_removed(self) -> bool:
        """From this event, or banned from its circle."""
        return self.place.removed_at is not None or self.place.circle_banned_at is not None

    @property
    def is_let_in(self) -> bool:
        """Past the door of an event with guests of its own choice."""
        return self.is_moderator or self.visibility in ("public", "members") or self.place.entered is not None

    @property
    def state(self) -> str:
        """upcoming, live, over or cancelled."""
        return state_of(self.started_at, self.ended_at, self.cancelled_at)

    @property
    def takes_comments(self) -> bool:
        """From the waiting room to the end; nothing is written into a replay."""
        return self.state in ("upcoming", "live") and self.closed_at is None

    def offset_ms(self, at: int) -> int:
        """Where a moment (ms since 1970) lies in the event: ms from its beginning, less than 0 before it."""
        return at - (self.started_at or self.starts_at)

    @property
    def hue(self) -> int:
        return self.id * 5 % 12


_COLUMNS = (
    LiveEvent.id, LiveEvent.circle, LiveEvent.title, LiveEvent.about, LiveEvent.about_html, LiveEvent.visibility,
    LiveEvent.password_hash, LiveEvent.stage, LiveEvent.source, LiveEvent.video, LiveEvent.cover_key,
    LiveEvent.starts_at, LiveEvent.ends_at, LiveEvent.started_at, LiveEvent.ended_at, LiveEvent.cancelled_at,
    LiveEvent.postponed_from, LiveEvent.created_by, LiveEvent.slow_seconds, LiveEvent.hold_seconds,
    LiveEvent.members_only, LiveEvent.emoji_only, LiveEvent.repeats, LiveEvent.closed_at, LiveEvent.announcement,
    LiveEvent.announced_at, LiveEvent.comment_count, LiveEvent.revision,
)  # fmt: skip
_OF_CIRCLE = (Circle.slug, Circle.name, Circle.visibility)
_NAMES = (*(column.name for column in _COLUMNS), "circle_slug", "circle_name", "circle_visibility")


def _standing(sanction: type[LiveSanction], kind: str, me: int, now: int) -> object:
    return (
        (sanction.event == LiveEvent.id) & (sanction.member == me) & (sanction.kind == kind)
        & (sanction.until_at.is_null() | (sanction.until_at > now))
    )  # fmt: skip


def _standing_in_circle(sanction: type[Sanction], kind: str, me: int, now: int) -> object:
    return (
        (sanction.circle == LiveEvent.circle) & (sanction.member == me) & (sanction.kind == kind)
        & (sanction.until_at.is_null() | (sanction.until_at > now))
    )  # fmt: skip


def _build(looking: Eyes, me: int, event: int, now: int) -> ModelSelect:
    mute, removal = LiveSanction.alias(), LiveSanction.alias()
    silenced, banned = Sanction.alias(), Sanction.alias()
    query = (
        LiveEvent.select(
            *_COLUMNS, *_OF_CIRCLE, Membership.role, LiveHost.role, LiveEntry.how, mute.decided_at, mute.until_at,
            removal.decided_at, removal.until_at, LiveReminder.asked_at, LiveReminder.by_mail,
            silenced.decided_at, banned.decided_at,
        )
        .join(Circle, JOIN.LEFT_OUTER, on=LiveEvent.circle == Circle.id)
        .switch(LiveEvent)
        .join(Membership, JOIN.LEFT_OUTER, on=(Membership.circle == LiveEvent.circle) & (Membership.member == me))
        .switch(LiveEvent)
        .join(LiveHost, JOIN.LEFT_OUTER, on=(LiveHost.event == LiveEvent.id) & (LiveHost.member == me))
        .switch(LiveEvent)
        .join(LiveEntry, JOIN.LEFT_OUTER, on=(LiveEntry.event == LiveEvent.id) & (LiveEntry.member == me))
        .switch(LiveEvent)
        .join(mute, JOIN.LEFT_OUTER, on=_standing(mute, "mute", me, now))
        .switch(LiveEvent)
        .join(removal, JOIN.LEFT_OUTER, on=_standing(removal, "remove", me, now))
        .switch(LiveEvent)
        .join(LiveReminder, JOIN.LEFT_OUTER, on=(LiveReminder.event == LiveEvent.id) & (LiveReminder.member == me))
        .switch(LiveEvent)
        .join(silenced, JOIN.LEFT_OUTER, on=_standing_in_circle(silenced, "mute", me, now))
        .switch(LiveEvent)
        .join(banned, JOIN.LEFT_OUTER, on=_standing_in_circle(banned, "ban", me, now))
    )  # fmt: skip
    return looking.gated(query.where(LiveEvent.id == event), me)


_halls = Prepared(_build)


def side(actor: Actor, here: Hall) -> int:
    """From whom others are kept apart in what is said in this event (blueprints/people/apart.py): 0, from nobody, for
    visitors and for whoever looks after it."""
    return 0 if here.is_moderator else actor.member_id or 0


def hall(actor: Actor, event: int) -> Hall:
    """The event with this id. Raises Gone when there is none for these eyes."""
    rows = _halls.rows(eyes(actor), me=actor.member_id or 0, event=event, now=clock.now())
    if not rows:
        raise Gone
    row = rows[0]
    values = dict(zip(_NAMES, row, strict=False))
    place = Place(*row[len(_NAMES) :])
    if values["circle_visibility"] == "invisible" and place.circle_role is None:  # a guest, who may not know of it
        values |= {"circle_slug": None, "circle_name": None}
    return Hall(**values, place=place, rank=_rank(actor, values["circle"], place))


def _rank(actor: Actor, circle: int | None, place: Place) -> int:
    if place.circle_role == "owner" or (circle is None and actor.is_staff):
        return 2
    if place.removed_at is not None or place.circle_banned_at is not None:  # who may not watch looks after nothing
        return 0
    if place.host_role == "host":
        return 2
    return 1 if place.host_role == "moderator" or place.circle_role == "moderator" else 0
