"""Questions of those who look after a circle's door: who asks to come in and what came before, who is invited, who
may not write or not come in."""

from collections import defaultdict
from typing import NamedTuple

from peewee import JOIN

from blueprints.circles.queries import Page, cut
from blueprints.circles.rooms import Room
from blueprints.circles.sanctions import in_force
from core.limits import LIMITS
from core.policy import Actor, require, visible
from models import AuditEntry, CircleInvitation, JoinRequest, Member, ModerationReason, Sanction

EARLIER = ("circle.decline", "circle.remove", "circle.ban")
"""What a request is seen in the light of."""


class Earlier(NamedTuple):
    action: str
    at: int


class AskedRow(NamedTuple):
    id: int
    member_id: int
    username: str
    display_name: str
    avatar_key: str | None
    answer: str
    asked_at: int
    rules_accepted_at: int | None
    earlier: tuple[Earlier, ...] = ()

    @property
    def hue(self) -> int:
        return self.member_id % 12


_ASKED = (
    JoinRequest.id, Member.id, Member.username, Member.display_name, Member.avatar_key, JoinRequest.answer,
    JoinRequest.asked_at, JoinRequest.rules_accepted_at,
)  # fmt: skip


def asked(actor: Actor, here: Room, after: int = 0) -> Page:
    """Requests to join that wait, oldest first, each with earlier refusals, removals and bans of that person."""
    require(actor, "circle:admit", here)
    query = (
        JoinRequest.select(*_ASKED)
        .join(Member, on=JoinRequest.member == Member.id)
        .where(JoinRequest.circle == here.id, JoinRequest.decided_at.is_null(), JoinRequest.id > after)
        .order_by(JoinRequest.id)
        .limit(LIMITS["page_members"] + 1)
    )
    page = cut([AskedRow(*row) for row in query.tuples()], LIMITS["page_members"], lambda row: row.id)
    before = _earlier(here, [row.member_id for row in page.rows])
    return Page([row._replace(earlier=tuple(before[row.member_id])) for row in page.rows], page.older)


def _earlier(here: Room, members: list[int]) -> dict[int, list[Earlier]]:
    """From the circle's own log, newest first: asking again opens the same row anew and says nothing of that."""
    found: dict[int, list[Earlier]] = defaultdict(list)
    if members:
        rows = AuditEntry.select(AuditEntry.subject_id, AuditEntry.action, AuditEntry.at).where(
            AuditEntry.circle == here.id, AuditEntry.action.in_(EARLIER), AuditEntry.subject_kind == "member",
            AuditEntry.subject_id.in_(members),
        )  # fmt: skip
        for member, action, at in rows.order_by(AuditEntry.id.desc()).limit(10 * len(members)).tuples():
            found[member].append(Earlier(action, at))
    return found


class InvitedRow(NamedTuple):
    member_id: int
    username: str
    display_name: str
    avatar_key: str | None
    reason: str
    inviter: str | None
    invited_at: int
    position: int

    @property
    def hue(self) -> int:
        return self.member_id % 12


def invited(actor: Actor, here: Room, before: int | None = None) -> Page:
    """Open invitations to members, newest first."""
    require(actor, "circle:admit", here)
    inviter = Member.alias()
    query = (
        CircleInvitation.select(
            Member.id, Member.username, Member.display_name, Member.avatar_key, CircleInvitation.reason,
            inviter.display_name, CircleInvitation.invited_at, CircleInvitation.id,
        )
        .join(Member, on=CircleInvitation.member == Member.id)
        .switch(CircleInvitation)
        .join(inviter, JOIN.LEFT_OUTER, on=CircleInvitation.invited_by == inviter.id)
        .where(CircleInvitation.circle == here.id, CircleInvitation.answered_at.is_null())
    )  # fmt: skip
    if before:
        query = query.where(CircleInvitation.id < before)
    size = LIMITS["page_members"]
    rows = query.order_by(CircleInvitation.id.desc()).limit(size + 1).tuples()
    return cut([InvitedRow(*row) for row in rows], size, lambda row: row.position)


class SanctionRow(NamedTuple):
    id: int
    member_id: int
    username: str
    display_name: str
    avatar_key: str | None
    kind: str
    reason: str
    decided_at: int
    until_at: int | None
    decider: str | None

    @property
    def hue(self) -> int:
        return self.member_id % 12


def sanctioned(actor: Actor, here: Room, before: int | None = None, member: int | None = None) -> Page:
    """Bans and mutes in force, newest first; of one member when they are named."""
    require(actor, "circle:remove", here)
    decider = Member.alias()
    query = (
        Sanction.select(
            Sanction.id, Member.id, Member.username, Member.display_name, Member.avatar_key, Sanction.kind,
            Sanction.reason, Sanction.decided_at, Sanction.until_at, decider.display_name,
        )
        .join(Member, on=Sanction.member == Member.id)
        .switch(Sanction)
        .join(decider, JOIN.LEFT_OUTER, on=Sanction.decided_by == decider.id)
        .where(Sanction.circle == here.id, in_force())
    )  # fmt: skip
    if before:
        query = query.where(Sanction.id < before)
    if member:
        query = query.where(Sanction.member == member)
    size = LIMITS["page_members"]
    rows = query.order_by(Sanction.id.desc()).limit(size + 1).tuples()
    return cut([SanctionRow(*row) for row in rows], size, lambda row: row.id)


def reasons(here: Room) -> list[str]:
    """Reasons that the circle keeps at hand for its decisions."""
    rows = ModerationReason.select(ModerationReason.text).where(ModerationReason.circle == here.id)
    return [text for (text,) in rows.order_by(ModerationReason.position, ModerationReason.id).tuples()]


class Person(NamedTuple):
    id: int
    username: str
    display_name: str
    avatar_key: str | None

    @property
    def hue(self) -> int:
        return self.id % 12


def person(actor: Actor, member: int) -> Person | None:
    """A member whom the actor may see, in or out of the circle."""
    rows = Member.select(Member.id, Member.username, Member.display_name, Member.avatar_key).where(Member.id == member)
    found = visible(rows, actor).tuples().first()
    return Person(*found) if found else None
