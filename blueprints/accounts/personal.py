"""What accounts hold of a member. Erased last: the row stays as a gap that others may point to."""

from typing import Any

from blueprints.accounts import actions, exporting
from blueprints.accounts.naming import gone_key
from core import clock, sessions
from core.personal import holds
from models import (
    AuditEntry,
    Departure,
    Export,
    Member,
    Once,
    OneTimeLink,
    Picture,
    Session,
    SiteInvitation,
    SiteInvitationUse,
    StaffRole,
    Suspension,
)

TABLES = (
    AuditEntry, Departure, Export, Member, OneTimeLink, Session, SiteInvitation, SiteInvitationUse, StaffRole,
    Suspension,
)  # fmt: skip


def _rows(query: Any) -> list[dict[str, Any]]:
    return list(query.dicts())


def exports(member_id: int) -> tuple[dict[str, Any], list[str]]:
    member = Member.get_by_id(member_id)
    names = ("id", "username", "display_name", "bio", "email", "email_confirmed_at", "locale", "time_zone", "theme",
             "avatar_key", "created_at", "password_changed_at", "seen_at")  # fmt: skip
    sessions = Session.select(Session.created_at, Session.seen_at, Session.address, Session.agent)
    suspensions = Suspension.select(
        Suspension.reason, Suspension.suspended_at, Suspension.until_at, Suspension.lifted_at
    )
    roles = StaffRole.select(StaffRole.role, StaffRole.granted_at)
    departures = Departure.select(Departure.keeps_words, Departure.asked_at, Departure.due_at)
    invitations = SiteInvitation.select(SiteInvitation.code, SiteInvitation.note, SiteInvitation.created_at)
    acts = AuditEntry.select(AuditEntry.at, AuditEntry.action, AuditEntry.subject_kind, AuditEntry.subject_id)
    content = {
        "profile": {name: getattr(member, name) for name in names},
        "devices": _rows(sessions.where(Session.member == member_id)),
        "suspensions": _rows(suspensions.where(Suspension.member == member_id)),
        "staff_roles": _rows(roles.where(StaffRole.member == member_id)),
        "departure": _rows(departures.where(Departure.member == member_id)),
        "site_invitations": _rows(invitations.where(SiteInvitation.created_by == member_id)),
        "acts": _rows(acts.where(AuditEntry.actor == member_id).order_by(AuditEntry.id)),
    }
    return content, [member.avatar_key] if member.avatar_key else []


def erases(member_id: int, keeps_words: bool) -> None:
    exporting.erase(member_id)
    actions.drop_pictures(member_id)
    sessions.end(Session.member == member_id)
    for table in (Suspension, Departure, SiteInvitationUse, StaffRole, OneTimeLink):
        table.delete().where(table.member == member_id).execute()
    Once.delete().where(Once.scope == f"member:{member_id}").execute()
    Picture.update(uploader=None).where(Picture.uploader == member_id).execute()
    _empty_the_row(member_id)


def _empty_the_row(member_id: int) -> None:
    """The star keeps the place from being anybody's name."""
    member = Member.get_by_id(member_id)
    now = clock.now()
    Member.update(
        username=f"*{member_id}", username_key=gone_key(member.username_key), display_name="", password_hash="!",  # noqa: S106 - fits no password
        password_changed_at=now, email=None, email_confirmed_at=None, bio="", bio_html="", avatar_key=None, locale="",
        time_zone="", theme="", is_demo=False, seen_at=0, erased_at=now,
    ).where(Member.id == member_id).execute()  # fmt: skip


holds("accounts", exports=exports, erases=erases, tables=TABLES)
