"""A case gathers all that is said about one thing until somebody has decided. One is open for a thing at a time, at
each level; what comes in from many at once meets in it."""

from blueprints.circles.joining import role_of
from blueprints.moderation.events import CaseOpened
from blueprints.moderation.subjects import TEAM, Subject
from core import clock
from core.signals import announce
from models import ModerationCase, Report


def level_of(subject: Subject, circle: int | None, *, to_site: bool) -> str:
    """Who decides. What concerns those who run a circle is never theirs to decide, nor is a circle's own picture."""
    if to_site or circle is None or (subject.kind == "picture" and subject.post is None):
        return "site"
    return "site" if subject.member and role_of(circle, subject.member) in TEAM else "circle"


def open_key(level: str, subject: Subject, circle: int | None) -> str:
    where = f":{circle or 0}" if subject.kind == "member" else ""
    return f"{level}:{subject.kind}:{subject.id}{where}"


def open_case(subject: Subject, circle: int | None, level: str, noticed: str = "") -> int:
    """Inside a transaction: the number of the open case, made where there is none."""
    key = open_key(level, subject, circle)
    made = (
        ModerationCase.insert(
            circle=circle, level=level, subject_kind=subject.kind, subject_id=subject.id, member=subject.member,
            open_key=key, noticed=noticed, opened_at=clock.now(),
        )
        .on_conflict_ignore()
        .as_rowcount()
        .execute()
    )  # fmt: skip
    number: int = ModerationCase.select(ModerationCase.id).where(ModerationCase.open_key == key).scalar()
    if made:
        announce(CaseOpened(number, circle if level == "circle" else None))
    elif noticed:
        ModerationCase.update(noticed=noticed).where(ModerationCase.id == number).execute()
    return number


def add_report(case: int, reporter: int, reason: str, note: str) -> bool:
    """Inside a transaction. False when this member has reported it already, which then changes nothing."""
    added = (
        Report.insert(case=case, reporter=reporter, reason=reason, note=note, reported_at=clock.now())
        .on_conflict_ignore()
        .as_rowcount()
        .execute()
    )
    if added:
        counted = {ModerationCase.report_count: ModerationCase.report_count + 1}
        ModerationCase.update(counted).where(ModerationCase.id == case).execute()
    return bool(added)


def close_case(case: int, by: int | None) -> bool:
    """Inside a transaction. Of two who decide at once, one gets True."""
    closed = {"closed_at": clock.now(), "closed_by": by, "open_key": None}
    waiting = (ModerationCase.id == case) & ModerationCase.closed_at.is_null()
    return bool(ModerationCase.update(closed).where(waiting).execute())
