"""What those who run the site see of it. Each question asks its permission itself; erased members are gone."""

import json
import shutil
from dataclasses import dataclass
from typing import Any, NamedTuple

from peewee import JOIN, ModelSelect, fn

from core import audit, clock, config, jobs, search
from core.errors import Gone
from core.limits import LIMITS
from core.policy import Actor, Standing, can, is_suspended, require, suspension_holds
from models import (
    AuditEntry,
    Circle,
    Departure,
    Job,
    Member,
    Post,
    Session,
    SiteInvitation,
    StaffRole,
    Suspension,
)

# ---- overview -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Overview:
    """Times in milliseconds, sizes in bytes. `backup_at` is None when there never was one."""

    members: int
    here_today: int
    suspended: int
    circles: int
    posts: int
    jobs_waiting: int
    jobs_failed: int
    worker_alive: bool
    backup_at: int | None
    has_demo: bool
    disk_free: int


def overview(actor: Actor) -> Overview:
    require(actor, "admin:open")
    now = clock.now()
    backup = AuditEntry.select(AuditEntry.at).where(AuditEntry.action == "site.backup").order_by(AuditEntry.id.desc())
    last = backup.tuples().first()
    here = Session.select(fn.COUNT(Session.member.distinct()))
    waiting = Job.done_at.is_null() & Job.failed_at.is_null() & (Job.due_at <= now)
    return Overview(
        members=Member.select().where(Member.erased_at.is_null()).count(),
        here_today=here.where(Session.seen_at > now - clock.DAY).scalar(),
        suspended=Suspension.select().where(suspension_holds(now)).count(),
        circles=Circle.select().where(Circle.closed_at.is_null()).count(),
        posts=Post.select().where(Post.deleted_at.is_null()).count(),
        jobs_waiting=Job.select().where(waiting).count(),
        jobs_failed=jobs.failed_count(),
        worker_alive=jobs.alive(),
        backup_at=last[0] if last else None,
        has_demo=Member.select().where(Member.is_demo == True).limit(1).exists(),  # noqa: E712 - SQL
        disk_free=shutil.disk_usage(config.current().data).free,
    )


# ---- people -------------------------------------------------------------------------------------------------

WHICH = ("all", "staff", "suspended", "leaving")


class PersonRow(NamedTuple):
    id: int
    username: str
    display_name: str
    avatar_key: str | None
    created_at: int
    seen_at: int
    role: str | None
    suspended: bool
    leaves_at: int | None

    @property
    def hue(self) -> int:
        return self.id % 12


@dataclass(frozen=True)
class Page:
    """Rows and where the page after them starts; None when it is the last."""

    rows: list[Any]
    older: int | None


def _people(now: int) -> ModelSelect:
    suspended = is_suspended(Member.id, now)
    return (
        Member.select(
            Member.id, Member.username, Member.display_name, Member.avatar_key, Member.created_at, Member.seen_at,
            StaffRole.role, suspended, Departure.due_at,
        )
        .join(StaffRole, JOIN.LEFT_OUTER, on=StaffRole.member == Member.id)
        .switch(Member)
        .join(Departure, JOIN.LEFT_OUTER, on=Departure.member == Member.id)
        .where(Member.erased_at.is_null())
    )  # fmt: skip


def people(actor: Actor, which: str = "all", before: int | None = None) -> Page:
    """Members, the newest first."""
    require(actor, "member:find")
    now = clock.now()
    query = _people(now)
    few = {
        "staff": StaffRole.select(StaffRole.member),
        "suspended": Suspension.select(Suspension.member).where(suspension_holds(now)),
        "leaving": Departure.select(Departure.member),
    }
    if which in few:
        query = query.where(Member.id.in_(few[which]))
    return _page(query, Member.id, before, PersonRow)


def find_people(actor: Actor, text: str) -> list[PersonRow]:
    """Those whose username begins with the text, whose address it is, or whose name holds its words."""
    require(actor, "member:find")
    folded = text.strip().lstrip("@").lower()
    if not folded:
        return []
    size = LIMITS["page_admin"]
    by_name = (Member.username >= folded) & (Member.username < folded + "\U0010ffff")
    wanted = by_name | (Member.email == text.strip().lower()) | Member.id.in_(_named(actor, text, size))
    found = _people(clock.now()).where(wanted).order_by(Member.username).limit(size)
    return [PersonRow(*row) for row in found.tuples()]


def _named(actor: Actor, text: str, size: int) -> list[int]:
    return search.find(actor, "member", text, limit=size).ids


@dataclass(frozen=True)
class Person:
    row: PersonRow
    email: str | None
    email_confirmed_at: int | None
    sessions: int
    suspensions: list[dict[str, Any]]
    suspension: dict[str, Any] | None


def person(actor: Actor, username: str) -> Person:
    """Raises Gone."""
    require(actor, "member:find")
    now = clock.now()
    found = _people(now).where(Member.username == username).tuples().first()
    if found is None:
        raise Gone
    row = PersonRow(*found)
    email, confirmed = Member.select(Member.email, Member.email_confirmed_at).where(Member.id == row.id).tuples().get()
    by = Member.alias()
    history = list(
        Suspension.select(
            Suspension.reason, Suspension.suspended_at, Suspension.until_at, Suspension.lifted_at,
            by.display_name.alias("by"),
        )
        .join(by, JOIN.LEFT_OUTER, on=by.id == Suspension.suspended_by)
        .where(Suspension.member == row.id)
        .order_by(Suspension.id.desc())
        .limit(20)
        .dicts()
    )  # fmt: skip
    open_now = [each for each in history if each["lifted_at"] is None and (each["until_at"] or now + 1) > now]
    sessions = Session.select().where(Session.member == row.id, Session.expires_at > now).count()
    return Person(row, email, confirmed, sessions, history, open_now[0] if open_now else None)


def member_id(actor: Actor, username: str) -> int:
    """Raises Gone."""
    require(actor, "member:find")
    row = Member.select(Member.id).where(Member.username == username, Member.erased_at.is_null()).tuples().first()
    if row is None:
        raise Gone
    return int(row[0])


def usernames(actor: Actor, member_ids: list[int]) -> dict[int, str]:
    require(actor, "member:find")
    rows = Member.select(Member.id, Member.username).where(Member.id.in_(member_ids), Member.erased_at.is_null())
    return dict(rows.tuples())


def actor_of(actor: Actor, username: str) -> Actor:
    """Who this member would be if they asked for something now. Raises Gone."""
    row = person(actor, username).row
    standing = Standing.MEMBER if row.role is None else Standing.STAFF
    if row.suspended or row.leaves_at is not None:
        standing = Standing.SUSPENDED if row.suspended else Standing.LEAVING
    return Actor(row.id, standing, row.username, owns_site=row.role == "owner" and standing is Standing.STAFF)


def powers(actor: Actor, member_id: int) -> set[str]:
    """Which permissions the actor has over this member."""
    names = ("member:suspend", "account:sign_out_others", "account:reset_link", "staff:appoint")
    return {name for name in names if can(actor, name, member_id)}


# ---- invitations --------------------------------------------------------------------------------------------


class InvitationRow(NamedTuple):
    id: int
    code: str
    note: str
    created_at: int
    expires_at: int | None
    max_uses: int
    uses: int
    revoked_at: int | None
    by: str | None

    @property
    def state(self) -> str:
        if self.revoked_at:
            return "revoked"
        if self.uses >= self.max_uses:
            return "used"
        return "over" if self.expires_at and self.expires_at <= clock.now() else "open"


def invitations(actor: Actor, before: int | None = None) -> Page:
    require(actor, "site:invite")
    query = SiteInvitation.select(
        SiteInvitation.id, SiteInvitation.code, SiteInvitation.note, SiteInvitation.created_at,
        SiteInvitation.expires_at, SiteInvitation.max_uses, SiteInvitation.uses, SiteInvitation.revoked_at,
        Member.display_name,
    ).join(Member, JOIN.LEFT_OUTER, on=Member.id == SiteInvitation.created_by)  # fmt: skip
    return _page(query, SiteInvitation.id, before, InvitationRow)


# ---- audit log, jobs ----------------------------------------------------------------------------------------


class AuditRow(NamedTuple):
    id: int
    at: int
    action: str
    subject_kind: str
    subject_id: int | None
    circle: int | None
    detail: str
    username: str | None
    display_name: str | None
    subject_name: str | None

    @property
    def facts(self) -> dict[str, Any]:
        """Name and plain value; what lies deeper is brought to the surface."""
        flat: dict[str, Any] = {}
        for name, value in json.loads(self.detail).items():
            flat.update(value if isinstance(value, dict) else {name: value})
        return flat

    @property
    def phrase(self) -> str:
        return audit.phrase(self.action)


def audit_log(actor: Actor, who: str = "", action: str = "", before: int | None = None) -> Page:
    """Entries by this username and of this action (or of all that begin with `action.`), the newest first."""
    require(actor, "audit:read")
    subject = Member.alias()
    query = (
        AuditEntry.select(
            AuditEntry.id, AuditEntry.at, AuditEntry.action, AuditEntry.subject_kind, AuditEntry.subject_id,
            AuditEntry.circle, AuditEntry.detail, Member.username, Member.display_name, subject.display_name,
        )
        .join(Member, JOIN.LEFT_OUTER, on=Member.id == AuditEntry.actor)
        .switch(AuditEntry)
        .join(
            subject, JOIN.LEFT_OUTER,
            on=(AuditEntry.subject_kind == "member") & (subject.id == AuditEntry.subject_id),
        )
    )  # fmt: skip
    if who:
        query = query.where(AuditEntry.actor.in_(Member.select(Member.id).where(Member.username == who.lower())))
    if action:
        begins = (AuditEntry.action >= f"{action}.") & (AuditEntry.action < f"{action}/")
        query = query.where((AuditEntry.action == action) | begins)
    return _page(query, AuditEntry.id, before, AuditRow)


class JobRow(NamedTuple):
    id: int
    name: str
    attempts: int
    created_at: int
    failed_at: int
    error: str | None

    @property
    def reason(self) -> str:
        """The last line of what went wrong."""
        return (self.error or "").strip().rpartition("\n")[2]


def failed_jobs(actor: Actor, before: int | None = None) -> Page:
    require(actor, "job:retry")
    query = Job.select(Job.id, Job.name, Job.attempts, Job.created_at, Job.failed_at, Job.error).where(
        Job.failed_at.is_null(False)
    )
    return _page(query, Job.id, before, JobRow)


def _page(query: ModelSelect, key: Any, before: int | None, row: type[Any]) -> Page:
    size = LIMITS["page_admin"]
    if before is not None:
        query = query.where(key < before)
    found = [row(*each) for each in query.order_by(key.desc()).limit(size + 1).tuples()]
    rows = found[:size]
    return Page(rows, rows[-1].id if len(found) > size else None)
