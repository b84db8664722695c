"""A circle as one actor stands to it: their role, an open invitation, an open request. One query."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from peewee import JOIN, Case, ModelSelect, fn

from core import clock, site
from core.db import Prepared
from core.errors import Conflict, Gone
from core.policy import GUEST, Actor, visible
from core.policy import Standing as Rank
from models import Circle, CircleInvitation, JoinRequest, Member, Membership, Pending, Sanction


class Tie(NamedTuple):
    """What ties the actor to the circle; all None for a stranger, who has nothing `waiting` there."""

    role: str | None
    joined_at: int | None
    notify: str | None
    flair_id: int | None
    rules_accepted_at: int | None
    welcomed_at: int | None
    read_post: int | None
    inviter: str | None
    invite_reason: str | None
    asked_at: int | None
    muted_at: int | None
    muted_until: int | None
    banned_at: int | None
    banned_until: int | None
    muted_reason: str | None
    banned_reason: str | None
    declined_at: int | None
    decline_reply: str | None
    waiting: int = 0


@dataclass(frozen=True)
class Room:
    id: int
    slug: str
    name: str
    purpose: str
    about: str
    about_html: str
    question: str
    rules: str
    rules_html: str
    welcome: str
    welcome_html: str
    flair_by: str
    category: str
    visibility: str
    join_policy: str
    picture_key: str | None
    cover_key: str | None
    founder: int | None
    founded_at: int
    member_count: int
    post_count: int
    active_at: int
    seq: int
    tie: Tie

    @property
    def role(self) -> str | None:
        return self.tie.role

    @property
    def is_member(self) -> bool:
        return self.tie.role is not None

    @property
    def is_moderator(self) -> bool:
        return self.tie.role in ("owner", "moderator")

    @property
    def is_owner(self) -> bool:
        return self.tie.role == "owner"

    @property
    def is_invited(self) -> bool:
        return self.tie.invite_reason is not None

    @property
    def is_muted(self) -> bool:
        return self.tie.muted_at is not None

    @property
    def is_banned(self) -> bool:
        return self.tie.banned_at is not None

    @property
    def greets(self) -> bool:
        """A member who has just come in has something to read first: a welcome, or rules they have not accepted."""
        unread = bool(self.welcome_html or (self.rules_html and self.tie.rules_accepted_at is None))
        return self.is_member and self.tie.welcomed_at is None and unread

    @property
    def hue(self) -> int:
        return self.id * 7 % 12


_COLUMNS = (
    Circle.id, Circle.slug, Circle.name, Circle.purpose, Circle.about, Circle.about_html, Circle.question, Circle.rules,
    Circle.rules_html, Circle.welcome, Circle.welcome_html, Circle.flair_by, Circle.category, Circle.visibility,
    Circle.join_policy, Circle.picture_key, Circle.cover_key, Circle.founder, Circle.founded_at, Circle.member_count,
    Circle.post_count, Circle.active_at, Circle.seq,
)  # fmt: skip


_NAMES = tuple(column.name for column in _COLUMNS)


Gate = Callable[[ModelSelect, Actor], ModelSelect]


@dataclass(frozen=True)
class Eyes:
    """What of an actor shapes the read gate, so that a prepared query serves everyone who looks alike."""

    signed_in: bool
    reading: str

    def actor(self, member_id: int) -> Actor:
        return Actor(member_id, Rank.MEMBER) if self.signed_in else GUEST

    def gated(self, query: ModelSelect, member_id: int, gate: Gate = visible) -> ModelSelect:
        """The query behind the read gate. Raises Conflict when who may read the site was switched after these eyes were
        made: the SQL would be kept for the wrong ones."""
        seen = gate(query, self.actor(member_id))
        if site.get("reading") != self.reading:
            raise Conflict
        return seen


def eyes(actor: Actor) -> Eyes:
    return Eyes(actor.signed_in, site.get("reading"))


def side(actor: Actor, here: Room) -> int:
    """From whom others are kept apart in the lists of this circle (blueprints/people/apart.py): 0, from nobody, for
    visitors and for whoever looks after it."""
    return 0 if here.is_moderator else actor.member_id or 0


def _standing(sanction: type[Sanction], kind: str, me: int, now: int) -> object:
    return (
        (sanction.circle == Circle.id) & (sanction.member == me) & (sanction.kind == kind)
        & (sanction.until_at.is_null() | (sanction.until_at > now))
    )  # fmt: skip


def _build(variant: tuple[Eyes, bool], me: int, circle: int | str, now: int) -> ModelSelect:
    looking, by_slug = variant
    mute, ban = Sanction.alias(), Sanction.alias()
    own = Pending.select(fn.COUNT(Pending.id)).where(Pending.author == me, Pending.circle == Circle.id)
    query = (
        Circle.select(
            *_COLUMNS, Membership.role, Membership.joined_at, Membership.notify, Membership.flair,
            Membership.rules_accepted_at, Membership.welcomed_at, Membership.read_post, Member.display_name,
            CircleInvitation.reason, Case(None, [(JoinRequest.decided_at.is_null(), JoinRequest.asked_at)]),
            mute.decided_at, mute.until_at, ban.decided_at, ban.until_at, mute.reason, ban.reason,
            Case(None, [(JoinRequest.accepted == False, JoinRequest.decided_at)]), JoinRequest.reply, own,  # noqa: E712 - SQL
        )
        .join(Membership, JOIN.LEFT_OUTER, on=(Membership.circle == Circle.id) & (Membership.member == me))
        .switch(Circle)
        .join(
            CircleInvitation, JOIN.LEFT_OUTER,
            on=(CircleInvitation.circle == Circle.id) & (CircleInvitation.member == me)
            & CircleInvitation.answered_at.is_null(),
        )
        .join(Member, JOIN.LEFT_OUTER, on=CircleInvitation.invited_by == Member.id)
        .switch(Circle)
        .join(
            JoinRequest, JOIN.LEFT_OUTER,
            on=(JoinRequest.circle == Circle.id) & (JoinRequest.member == me),
        )
        .switch(Circle)
        .join(mute, JOIN.LEFT_OUTER, on=_standing(mute, "mute", me, now))
        .switch(Circle)
        .join(ban, JOIN.LEFT_OUTER, on=_standing(ban, "ban", me, now))
    )  # fmt: skip
    wanted = Circle.slug == circle if by_slug else Circle.id == circle
    return looking.gated(query.where(wanted), me)


_rooms = Prepared(_build)


def room(actor: Actor, circle: int | str) -> Room:
    """The circle with this id or slug. Raises Gone when there is none for these eyes."""
    rows = _rooms.rows((eyes(actor), isinstance(circle, str)), me=actor.member_id or 0, circle=circle, now=clock.now())
    if not rows:
        raise Gone
    row = rows[0]
    return Room(**dict(zip(_NAMES, row, strict=False)), tie=Tie(*row[len(_COLUMNS) :]))
