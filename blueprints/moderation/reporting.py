"""Reporting: whoever sees something can say that it is not right. Those who are reported never learn by whom."""

from dataclasses import dataclass

from blueprints.circles.joining import role_of
from blueprints.circles.rooms import Room, room
from blueprints.moderation.cases import add_report, level_of, open_case
from blueprints.moderation.reasons import reasons_of
from blueprints.moderation.subjects import Subject, locate, sees
from core.db import atomic
from core.errors import Conflict, Gone, Invalid
from core.limits import LIMITS
from core.plain import clean_body
from core.policy import Actor, can, require


@dataclass(frozen=True)
class ReportDraft:
    """`to_site` passes those who run the circle by."""

    reason: str
    note: str = ""
    to_site: bool = False


@dataclass(frozen=True)
class Reportable:
    """What can be reported by this actor: `here` is the circle whose moderators would look at it, if any."""

    subject: Subject
    here: Room | None
    reasons: tuple[str, ...]
    goes_to_site: bool


def reportable(actor: Actor, kind: str, number: int, circle: str = "") -> Reportable:
    """A person can be reported to a circle that both can be met in; anything else to its own. Raises Gone,
    Conflict("report_self")."""
    subject = locate(kind, number)
    if subject is None or not sees(actor, subject):
        raise Gone
    if not can(actor, "report:write", subject):
        raise Conflict("report_self")
    here = _circle_of(actor, subject, circle)
    goes_to_site = level_of(subject, here.id if here else None, to_site=False) == "site"
    return Reportable(subject, here, reasons_of(here.id if here else None), goes_to_site)


def _circle_of(actor: Actor, subject: Subject, slug: str) -> Room | None:
    if subject.circle is not None:
        return room(actor, subject.circle)
    if subject.kind != "member" or not slug:
        return None
    here = room(actor, slug)
    if not can(actor, "circle:read", here) or role_of(here.id, subject.id) is None:
        raise Gone
    return here


def report(actor: Actor, kind: str, number: int, draft: ReportDraft, circle: str = "") -> int:
    """Returns the number of the case. Reporting again while it is open changes nothing. Raises Gone, Denied, Invalid,
    Conflict("report_self")."""
    note = clean_body(draft.note).strip()
    if len(note) > LIMITS["report_note"]:
        raise Invalid("too_long", field="note", most=LIMITS["report_note"])
    with atomic():
        what = reportable(actor, kind, number, circle)
        require(actor, "report:write", what.subject)
        if draft.reason not in what.reasons:
            raise Invalid("choice", field="reason")
        place = what.here.id if what.here else None
        level = level_of(what.subject, place, to_site=draft.to_site)
        case = open_case(what.subject, place, level)
        add_report(case, actor.member_id or 0, draft.reason, note)
        return case
