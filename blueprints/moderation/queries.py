"""Questions of those who look after a circle or the site: what was reported, what was decided, who looked. And of
everybody who may read a circle: its log."""

from collections import defaultdict
from typing import Any, NamedTuple

from peewee import JOIN, ModelSelect, fn

from blueprints.circles.queries import Page, cut
from blueprints.circles.rooms import Room
from core.db import Prepared
from core.errors import Gone
from core.limits import LIMITS
from core.policy import Actor, can, require
from models import Circle, Member, ModerationAppeal, ModerationCase, ModerationDecision, ModerationLook, Pending, Report

MOST_COUNTED = 100


class CaseRow(NamedTuple):
    id: int
    kind: str
    subject_id: int
    report_count: int
    noticed: str
    opened_at: int
    closed_at: int | None
    username: str | None
    display_name: str | None
    avatar_key: str | None
    member_id: int | None
    circle: str | None
    slug: str | None
    reasons: tuple[str, ...] = ()

    @property
    def hue(self) -> int:
        return (self.member_id or 0) % 12


_CASE = (
    ModerationCase.id, ModerationCase.subject_kind, ModerationCase.subject_id, ModerationCase.report_count,
    ModerationCase.noticed, ModerationCase.opened_at, ModerationCase.closed_at, Member.username, Member.display_name,
    Member.avatar_key, ModerationCase.member, Circle.name, Circle.slug,
)  # fmt: skip


def _cases() -> ModelSelect:
    return (
        ModerationCase.select(*_CASE)
        .join(Member, JOIN.LEFT_OUTER, on=ModerationCase.member == Member.id)
        .switch(ModerationCase)
        .join(Circle, JOIN.LEFT_OUTER, on=ModerationCase.circle == Circle.id)
    )


def _build_open(circle: int, after: int, size: int) -> ModelSelect:
    mine = (ModerationCase.circle == circle) & (ModerationCase.level == "circle")
    query = _cases().where(mine, ModerationCase.closed_at.is_null(), ModerationCase.id > after)
    return query.order_by(ModerationCase.id).limit(size)


def _build_closed(circle: int, before: int, size: int) -> ModelSelect:
    mine = (ModerationCase.circle == circle) & (ModerationCase.level == "circle")
    query = _cases().where(mine, ModerationCase.closed_at.is_null(False), ModerationCase.closed_at < before)
    return query.order_by(ModerationCase.closed_at.desc()).limit(size)


_open, _closed = Prepared(_build_open), Prepared(_build_closed)


def open_cases(actor: Actor, here: Room, after: int = 0) -> Page:
    """What waits for a decision, oldest first."""
    require(actor, "circle:moderate", here)
    size = LIMITS["page_cases"]
    rows = _with_reasons(_open.rows(circle=here.id, after=after, size=size + 1))
    return cut(rows, size, lambda row: row.id)


def closed_cases(actor: Actor, here: Room, before: int | None = None) -> Page:
    """What was decided, latest first; `before` is a moment in ms."""
    require(actor, "circle:moderate", here)
    size = LIMITS["page_cases"]
    rows = _with_reasons(_closed.rows(circle=here.id, before=before or 2**61, size=size + 1))
    return cut(rows, size, lambda row: row.closed_at)


def site_cases(actor: Actor, after: int = 0) -> Page:
    """What waits for those who run the site, oldest first."""
    require(actor, "site:moderate")
    size = LIMITS["page_cases"]
    waiting = (ModerationCase.level == "site") & ModerationCase.closed_at.is_null() & (ModerationCase.id > after)
    found = _cases().where(waiting).order_by(ModerationCase.id).limit(size + 1).tuples()
    return cut(_with_reasons(list(found)), size, lambda row: row.id)


def site_closed(actor: Actor, before: int | None = None) -> Page:
    """What those who run the site have decided, latest first; `before` is a moment in ms."""
    require(actor, "site:moderate")
    size = LIMITS["page_cases"]
    closed = (ModerationCase.level == "site") & ModerationCase.closed_at.is_null(False)
    query = _cases().where(closed, ModerationCase.closed_at < (before or 2**61))
    found = query.order_by(ModerationCase.closed_at.desc()).limit(size + 1).tuples()
    return cut(_with_reasons(list(found)), size, lambda row: row.closed_at)


def _with_reasons(found: list[Any]) -> list[CaseRow]:
    """Each case with the reasons that were given, each once."""
    rows = [CaseRow(*row) for row in found]
    said: dict[int, dict[str, None]] = defaultdict(dict)
    if rows:
        ids = [row.id for row in rows]
        given = Report.select(Report.case, Report.reason).where(Report.case.in_(ids)).distinct()
        for case, reason in given.tuples():
            said[case][reason] = None
    return [row._replace(reasons=tuple(said[row.id])) for row in rows]


def _build_count(circle: int) -> ModelSelect:
    mine = (ModerationCase.circle == circle) & ModerationCase.closed_at.is_null() & (ModerationCase.level == "circle")
    return ModerationCase.select(ModerationCase.id).where(mine).limit(MOST_COUNTED)


def _build_appeal_count(circle: int) -> ModelSelect:
    waiting = (ModerationAppeal.circle == circle) & ModerationAppeal.decided_at.is_null()
    return ModerationAppeal.select(ModerationAppeal.decision).where(waiting).limit(MOST_COUNTED)


_count, _appeal_count = Prepared(_build_count), Prepared(_build_appeal_count)


def _build_waiting(circle: int) -> ModelSelect:
    """All that a circle's moderators are waited for with, in one question."""
    cases = (ModerationCase.circle == circle) & ModerationCase.closed_at.is_null() & (ModerationCase.level == "circle")
    appeals = (ModerationAppeal.circle == circle) & ModerationAppeal.decided_at.is_null()
    held = (Pending.circle == circle) & (Pending.held_for != "") & Pending.refused_at.is_null()
    counts = (
        ModerationCase.select(fn.COUNT(ModerationCase.id)).where(cases),
        ModerationAppeal.select(fn.COUNT(ModerationAppeal.decision)).where(appeals),
        Pending.select(fn.COUNT(Pending.id)).where(held),
    )
    return Circle.select(*counts).where(Circle.id == circle)


_all_waiting = Prepared(_build_waiting)


def waiting_count(here: Room) -> int:
    """Open cases, appeals and what is held, together."""
    return sum(_all_waiting.rows(circle=here.id)[0])


def case_count(here: Room) -> int:
    """How many cases are open, up to a hundred."""
    return len(_count.rows(circle=here.id))


def appeal_count(here: Room) -> int:
    """How many appeals wait, up to a hundred."""
    return len(_appeal_count.rows(circle=here.id))


def site_count(actor: Actor) -> int:
    """Cases and appeals that wait for those who run the site, up to two hundred."""
    require(actor, "site:moderate")
    cases = ModerationCase.select().where(ModerationCase.level == "site", ModerationCase.closed_at.is_null())
    appeals = ModerationAppeal.select().where(ModerationAppeal.circle.is_null(), ModerationAppeal.decided_at.is_null())
    return int(cases.limit(MOST_COUNTED).count() + appeals.limit(MOST_COUNTED).count())


# ---- appeals ------------------------------------------------------------------------------------------------


class AppealRow(NamedTuple):
    decision: int
    action: str
    reason: str
    words: str
    asked_at: int
    username: str
    display_name: str
    avatar_key: str | None
    member_id: int

    @property
    def hue(self) -> int:
        return self.member_id % 12


def appeals(actor: Actor, here: Room, after: int = 0) -> Page:
    """Appeals that wait in a circle, oldest first."""
    require(actor, "circle:moderate", here)
    return _appeals(ModerationAppeal.circle == here.id, after)


def site_appeals(actor: Actor, after: int = 0) -> Page:
    """Appeals against what those who run the site decided, oldest first."""
    require(actor, "site:moderate")
    return _appeals(ModerationAppeal.circle.is_null(), after)


def _appeals(which: Any, after: int) -> Page:
    size = LIMITS["page_cases"]
    query = (
        ModerationAppeal.select(
            ModerationAppeal.decision, ModerationDecision.action, ModerationDecision.reason, ModerationAppeal.words,
            ModerationAppeal.asked_at, Member.username, Member.display_name, Member.avatar_key, Member.id,
        )
        .join(ModerationDecision)
        .switch(ModerationAppeal)
        .join(Member, on=ModerationAppeal.member == Member.id)
        .where(which, ModerationAppeal.decided_at.is_null(), ModerationAppeal.decision > after)
        .order_by(ModerationAppeal.decision)
        .limit(size + 1)
    )  # fmt: skip
    return cut([AppealRow(*row) for row in query.tuples()], size, lambda row: row.decision)


# ---- log and looks ------------------------------------------------------------------------------------------


class LogRow(NamedTuple):
    """What everybody who reads the circle may know of a decision: neither who nor which."""

    id: int
    action: str
    kind: str
    reason: str
    decided_at: int
    reversed_at: int | None
    by_rule: bool


def _build_log(circle: int, before: int, size: int) -> ModelSelect:
    query = ModerationDecision.select(
        ModerationDecision.id, ModerationDecision.action, ModerationDecision.subject_kind, ModerationDecision.reason,
        ModerationDecision.decided_at, ModerationDecision.reversed_at, ModerationDecision.decided_by.is_null(),
    ).where(ModerationDecision.circle == circle, ModerationDecision.id < before)  # fmt: skip
    return query.order_by(ModerationDecision.id.desc()).limit(size)


_log = Prepared(_build_log)


def log(actor: Actor, here: Room, before: int | None = None) -> Page:
    """What was decided in a circle, latest first."""
    require(actor, "circle:read", here)
    size = LIMITS["page_cases"]
    rows = [LogRow(*row) for row in _log.rows(circle=here.id, before=before or 2**61, size=size + 1)]
    return cut(rows, size, lambda row: row.id)


class LookRow(NamedTuple):
    id: int
    case: int | None
    kind: str
    looked_at: int
    username: str | None
    display_name: str | None
    circle: str | None
    slug: str | None


def looks(actor: Actor, here: Room | None = None, before: int | None = None) -> Page:
    """Who looked at what was not theirs to see: of a circle for its owners, of the site for who owns it. Raises
    Gone."""
    allowed = can(actor, "look:read") if here is None else can(actor, "circle:screen", here)
    if not allowed:
        raise Gone
    query = (
        ModerationLook.select(
            ModerationLook.id, ModerationLook.case, ModerationLook.subject_kind, ModerationLook.looked_at,
            Member.username, Member.display_name, Circle.name, Circle.slug,
        )
        .join(Member, JOIN.LEFT_OUTER, on=ModerationLook.moderator == Member.id)
        .switch(ModerationLook)
        .join(Circle, JOIN.LEFT_OUTER, on=ModerationLook.circle == Circle.id)
    )  # fmt: skip
    if here is not None:
        query = query.where(ModerationLook.circle == here.id)
    if before is not None:
        query = query.where(ModerationLook.id < before)
    size = LIMITS["page_cases"]
    found = query.order_by(ModerationLook.id.desc()).limit(size + 1).tuples()
    return cut([LookRow(*row) for row in found], size, lambda row: row.id)
