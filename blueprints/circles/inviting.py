"""Invitations from one person to another. Those by link stand in invite_links.py."""

from blueprints.circles import events
from blueprints.circles.joining import close_invitation, role_of
from blueprints.circles.rooms import room
from blueprints.circles.sanctions import is_banned
from blueprints.people.apart import require_together
from core import clock
from core.db import atomic
from core.errors import Invalid
from core.limits import LIMITS
from core.policy import Actor, require
from core.signals import announce
from models import CircleInvitation, Member


def invite(actor: Actor, circle: int, member: int, reason: str = "") -> None:
    """Ask a member in; they see who asks and why. Asking again renews the reason. Raises Denied, Gone, and Invalid
    for the field `username` when they are in, or banned: a ban has to be lifted first."""
    if len(reason) > LIMITS["invite_reason"]:
        raise Invalid("too_long", field="reason", most=LIMITS["invite_reason"])
    with atomic():
        here = room(actor, circle)
        require(actor, "circle:admit", here)
        if not Member.select().where(Member.id == member, Member.erased_at.is_null()).exists():
            raise Invalid("no_such_member", field="username")
        require_together(actor, member)
        if role_of(circle, member):
            raise Invalid("already_member", field="username")
        if is_banned(circle, member):
            raise Invalid("invites_banned", field="username")
        now = clock.now()
        CircleInvitation.insert(
            circle=circle, member=member, invited_by=actor.member_id, reason=reason, invited_at=now
        ).on_conflict(
            conflict_target=[CircleInvitation.circle, CircleInvitation.member],
            update={
                CircleInvitation.invited_by: actor.member_id, CircleInvitation.reason: reason,
                CircleInvitation.invited_at: now, CircleInvitation.answered_at: None, CircleInvitation.accepted: None,
            },
        ).execute()  # fmt: skip
        announce(events.MemberInvited(circle, member, actor.member_id or 0))


def decline_invitation(actor: Actor, circle: int) -> None:
    """Without a trace for those who invited."""
    with atomic():
        here = room(actor, circle)
        require(actor, "circle:join", here)
        close_invitation(circle, actor.member_id or 0, accepted=False)


def withdraw_invitation(actor: Actor, circle: int, member: int) -> None:
    """Take an invitation back; one that was answered, or never made, stays as it is."""
    with atomic():
        require(actor, "circle:admit", room(actor, circle))
        close_invitation(circle, member, accepted=False)
