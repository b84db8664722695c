"""Who may report, and who decides about what."""

from dataclasses import dataclass

from blueprints.circles.rooms import Room
from blueprints.moderation.subjects import Subject
from core.policy import Actor, Standing, can, permission
from models import Membership, ModerationAppeal, ModerationDecision, StaffRole


@dataclass(frozen=True)
class Bench:
    """Where something is decided: in a circle (`here`), or by those who run the site; `member` is whom it concerns."""

    level: str
    here: Room | None = None
    member: int | None = None


@permission("report:write", "Report what others wrote, or a person, to those who look after it")
def reports(actor: Actor, subject: Subject) -> bool:
    return subject.member != actor.member_id


@permission("site:moderate", "See what was reported to those who run the site, and decide about it", Standing.STAFF)
def moderates_site(actor: Actor, thing: None) -> bool:
    return True


@permission("look:read", "See which looks staff took at what was not theirs to see", Standing.STAFF)
def reads_looks(actor: Actor, thing: None) -> bool:
    return actor.owns_site


@permission("case:see", "Open a case: what was reported, why, and what was decided before")
def sees_case(actor: Actor, bench: Bench) -> bool:
    if bench.level == "site":
        return can(actor, "site:moderate")
    return bench.here is not None and can(actor, "circle:moderate", bench.here)


@permission("case:decide", "Decide about what was reported; never about oneself")
def decides(actor: Actor, bench: Bench) -> bool:
    return sees_case(actor, bench) and (bench.member is None or bench.member != actor.member_id)


@permission("circle:screen", "Set what a circle watches for before something is published, and its list of reasons")
def screens(actor: Actor, here: Room) -> bool:
    return here.is_owner


@permission("decision:see", "See what was decided about oneself, and why")
def sees_decision(actor: Actor, decision: ModerationDecision) -> bool:
    return actor.member_id is not None and decision.member_id == actor.member_id


@permission("appeal:write", "Ask once that somebody looks again at what was decided about oneself")
def appeals(actor: Actor, decision: ModerationDecision) -> bool:
    return sees_decision(actor, decision)


@permission("appeal:decide", "Look again at a decision that somebody else made; owners also at their own")
def answers_appeal(actor: Actor, asked: tuple[Bench, ModerationAppeal, ModerationDecision]) -> bool:
    bench, appeal, decision = asked
    if not sees_case(actor, bench) or appeal.member_id == actor.member_id:
        return False
    if decision.decided_by_id != actor.member_id:
        return True
    if bench.here is None:
        return actor.owns_site or not _others_of_staff(actor)
    return bench.here.is_owner or not _others_of_team(actor, bench.here.id)


def _others_of_team(actor: Actor, circle: int) -> bool:
    team = Membership.select(Membership.id).where(
        Membership.circle == circle, Membership.role.in_(("owner", "moderator")), Membership.member != actor.member_id
    )
    return bool(team.exists())


def _others_of_staff(actor: Actor) -> bool:
    return bool(StaffRole.select().where(StaffRole.member != actor.member_id).exists())
