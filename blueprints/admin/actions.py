"""Verbs of those who run the site; pages and commands call the same."""

import secrets
from dataclasses import dataclass

from blueprints.admin.events import MemberSuspended, SiteConfigured, StaffChanged, SuspensionLifted
from blueprints.admin.rules import role_of
from core import audit, clock, jobs, site
from core.db import atomic
from core.errors import Denied, Gone, Invalid
from core.limits import LIMITS
from core.once import once
from core.plain import clean_line
from core.policy import Actor, require, suspension_holds
from core.signals import announce
from models import Member, SiteInvitation, StaffRole, Suspension

CODE_BYTES = 9


@dataclass(frozen=True)
class InvitationDraft:
    """`days` is how long it holds, 0 for no end."""

    note: str = ""
    uses: int = 1
    days: int = 14


def change_settings(actor: Actor, values: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Write settings; returns what changed as name -> (before, after). Raises Invalid with the setting's name, Denied
    for those about money when it is not the owner."""
    with atomic():
        require(actor, "site:configure")
        if not actor.owns_site and any(site.is_about_money(name) for name in values):
            raise Denied
        changed = site.change(values)
        if changed:
            after = {name: value for name, (_, value) in changed.items()}
            audit.record(actor, "site.configure", settings=after)
            announce(SiteConfigured(tuple(changed)))
        return changed


# ---- invitations --------------------------------------------------------------------------------------------


def invite(actor: Actor, draft: InvitationDraft, key: str = "") -> SiteInvitation:
    """Make a code that lets people register. Raises Invalid with the field."""
    note = clean_line(draft.note)
    if len(note) > LIMITS["invite_reason"]:
        raise Invalid("setting_long", field="note", most=LIMITS["invite_reason"])
    if not 1 <= draft.uses <= LIMITS["invitation_uses"]:
        raise Invalid("invitation_uses", field="uses", most=LIMITS["invitation_uses"])
    if not 0 <= draft.days <= LIMITS["invitation_days"]:
        raise Invalid("invitation_days", field="days", most=LIMITS["invitation_days"])

    def make() -> int:
        require(actor, "site:invite")
        row = SiteInvitation.create(
            code=secrets.token_urlsafe(CODE_BYTES), note=note, created_by=actor.member_id, created_at=clock.now(),
            expires_at=clock.now() + draft.days * clock.DAY if draft.days else None, max_uses=draft.uses,
        )  # fmt: skip
        audit.record(actor, "site.invite", "site_invitation", row.id, uses=draft.uses, days=draft.days)
        return int(row.id)

    made, _ = once(f"member:{actor.member_id or 0}", key, "site.invite", [note, draft.uses, draft.days], make)
    return SiteInvitation.get_by_id(made)


def revoke_invitation(actor: Actor, invitation_id: int) -> None:
    """Who registered with it stays. Raises Gone."""
    with atomic():
        require(actor, "site:invite")
        changed = (
            SiteInvitation.update(revoked_at=clock.now())
            .where(SiteInvitation.id == invitation_id, SiteInvitation.revoked_at.is_null())
            .execute()
        )
        if changed:
            audit.record(actor, "site.revoke_invitation", "site_invitation", invitation_id)
        elif not SiteInvitation.select().where(SiteInvitation.id == invitation_id).exists():
            raise Gone


# ---- people -------------------------------------------------------------------------------------------------


def suspend(actor: Actor, member_id: int, reason: str, days: int = 0) -> None:
    """Suspend a member for so many days, 0 for no end; another suspension takes the place of the one before.

    Raises Gone, Denied, Invalid with the field."""
    reason = clean_line(reason)
    if not reason:
        raise Invalid("setting_empty", field="reason")
    if len(reason) > LIMITS["reason"]:
        raise Invalid("setting_long", field="reason", most=LIMITS["reason"])
    if not 0 <= days <= LIMITS["suspension_days"]:
        raise Invalid("suspension_days", field="days", most=LIMITS["suspension_days"])
    with atomic():
        _must_exist(member_id)
        require(actor, "member:suspend", member_id)
        now = clock.now()
        _lift(actor, member_id, now)
        Suspension.create(
            member=member_id, reason=reason, suspended_by=actor.member_id, suspended_at=now,
            until_at=now + days * clock.DAY if days else None,
        )  # fmt: skip
        audit.record(actor, "member.suspend", "member", member_id, days=days)
        announce(MemberSuspended(member_id))


def lift(actor: Actor, member_id: int) -> None:
    """End the suspension that holds now, if there is one. Raises Gone, Denied."""
    with atomic():
        _must_exist(member_id)
        require(actor, "member:suspend", member_id)
        if _lift(actor, member_id, clock.now()):
            audit.record(actor, "member.lift", "member", member_id)
            announce(SuspensionLifted(member_id))


def _lift(actor: Actor, member_id: int, now: int) -> int:
    changed: int = (
        Suspension.update(lifted_at=now, lifted_by=actor.member_id)
        .where(Suspension.member == member_id, suspension_holds(now))
        .execute()
    )
    return changed


def appoint(actor: Actor, member_id: int, is_staff: bool) -> None:
    """Make a member staff, or take it back; what is so already stays so. Raises Gone, Denied."""
    with atomic():
        _must_exist(member_id)
        require(actor, "staff:appoint", member_id)
        if (role_of(member_id) is not None) == is_staff:
            return
        if is_staff:
            StaffRole.create(member=member_id, role="staff", granted_by=actor.member_id, granted_at=clock.now())
        else:
            StaffRole.delete().where(StaffRole.member == member_id).execute()
        audit.record(actor, "staff.appoint" if is_staff else "staff.dismiss", "member", member_id)
        announce(StaffChanged(member_id, "staff" if is_staff else None))


def _must_exist(member_id: int) -> None:
    if not Member.select().where(Member.id == member_id, Member.erased_at.is_null()).exists():
        raise Gone


# ---- jobs ---------------------------------------------------------------------------------------------------


def retry_job(actor: Actor, job_id: int) -> None:
    """Raises Gone when no such job has failed."""
    with atomic():
        require(actor, "job:retry")
        if not jobs.again(job_id):
            raise Gone
        audit.record(actor, "job.retry", "job", job_id)
