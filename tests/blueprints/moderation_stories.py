"""What the stories about moderation share: somebody reports, somebody decides."""

from blueprints.moderation import actions, reporting
from blueprints.moderation.actions import Ruling
from blueprints.moderation.reporting import ReportDraft
from core.policy import Actor, Standing
from models import Member, ModerationCase, ModerationDecision, Notice

SPAM = ":spam"


def report(actor: Actor, kind: str, number: int, note: str = "", *, circle: str = "", to_site: bool = False) -> int:
    return reporting.report(actor, kind, number, ReportDraft(SPAM, note, to_site), circle)


def decide(actor: Actor, case: int, thing: str = "", person: str = "", **more) -> list[int]:
    return actions.decide(actor, case, Ruling(thing, person, SPAM, **more))


def act(actor: Actor, kind: str, number: int, thing: str = "", person: str = "", **more) -> list[int]:
    return actions.act(actor, kind, number, Ruling(thing, person, SPAM, **more))


def crowd(count: int) -> list[Actor]:
    """People who are in no circle yet."""
    ids = [
        Member.create(
            username=f"walker-{number}", username_key=f"walker-{number}", display_name=f"走 {number}",
            password_hash="!", password_changed_at=0, created_at=0,
        ).id
        for number in range(count)
    ]  # fmt: skip
    return [Actor(id_, Standing.MEMBER, f"walker-{id_}") for id_ in ids]


def case_of(number: int) -> ModerationCase:
    return ModerationCase.get_by_id(number)


def decisions() -> list[tuple[str, str, bool]]:
    """Action, kind of the subject, and whether it was taken back, in the order in which they were made."""
    rows = ModerationDecision.select().order_by(ModerationDecision.id)
    return [(row.action, row.subject_kind, row.reversed_at is not None) for row in rows]


def told(member: int) -> list[str]:
    """What moderation told a member, oldest first."""
    mine = (Notice.member == member) & Notice.kind.in_(("reported", "moderated", "appealed", "appeal_answered"))
    return [row.kind for row in Notice.select().where(mine).order_by(Notice.id)]
