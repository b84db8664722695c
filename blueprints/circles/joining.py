"""Coming and going: joining, asking to, being let in, being welcomed, roles, leaving."""

from peewee import fn

from blueprints.circles import events
from blueprints.circles.categories import ROLES
from blueprints.circles.rooms import Room, room
from core import audit, clock
from core.db import atomic, is_postgres
from core.errors import Conflict, Denied, Gone, Invalid
from core.limits import LIMITS
from core.policy import Actor, require
from core.signals import announce
from models import Circle, CircleInvitation, JoinRequest, Membership


def join(actor: Actor, circle: int, answer: str = "", *, accepts: bool = False) -> str:
    """Join, or ask to. Returns `joined`, or `asked` when somebody has to decide. Joining twice changes nothing.

    Raises Conflict("invitation_only") when the circle takes nobody who was not invited, Invalid for the field `accept`
    when it has rules and they were not accepted, Denied("banned")."""
    with atomic():
        here = room(actor, circle)
        if here.is_member:
            return "joined"
        if here.is_banned:
            raise Denied("banned")
        require(actor, "circle:join", here)
        if here.join_policy == "invitation" and not here.is_invited:
            raise Conflict("invitation_only")
        accepted_at = acceptance(here.rules, accepts)
        if here.join_policy == "apply" and not here.is_invited:
            _ask(actor, here, answer, accepted_at)
            return "asked"
        add(here.id, actor.member_id or 0, "member", accepted_at)
        return "joined"


def acceptance(rules: str, accepts: bool) -> int | None:
    """When the rules are accepted, in ms; None where there are none. Raises Invalid for the field `accept`."""
    if rules and not accepts:
        raise Invalid("rules_first", field="accept")
    return clock.now() if rules else None


def _ask(actor: Actor, here: Room, answer: str, accepted_at: int | None) -> None:
    if len(answer) > LIMITS["join_answer"]:
        raise Invalid("too_long", field="answer", most=LIMITS["join_answer"])
    if here.question and not answer.strip():
        raise Invalid("needed", field="answer")
    now = clock.now()
    JoinRequest.insert(
        circle=here.id, member=actor.member_id, answer=answer, asked_at=now, rules_accepted_at=accepted_at
    ).on_conflict(
        conflict_target=[JoinRequest.member, JoinRequest.circle],
        update={
            JoinRequest.answer: answer, JoinRequest.asked_at: now, JoinRequest.rules_accepted_at: accepted_at,
            JoinRequest.decided_at: None, JoinRequest.decided_by: None, JoinRequest.accepted: None,
            JoinRequest.reply: "",
        },
    ).execute()  # fmt: skip
    announce(events.JoinAsked(here.id, actor.member_id or 0))


def add(circle: int, member: int, role: str, accepted_at: int | None) -> bool:
    """Inside a transaction that has asked who may: make somebody a member. False when they were one already."""
    now = clock.now()
    greets = (Circle.welcome != "") | ((Circle.rules != "") & (accepted_at is None))
    greeting = Circle.select(Circle.id).where(Circle.id == circle, greets).exists()
    added = (
        Membership.insert(
            circle=circle, member=member, role=role, joined_at=now, rules_accepted_at=accepted_at,
            welcomed_at=None if greeting else now,
        )
        .on_conflict_ignore()
        .as_rowcount()
        .execute()
    )  # fmt: skip
    if not added:
        return False
    Circle.update(member_count=Circle.member_count + 1).where(Circle.id == circle).execute()
    forget_request(circle, member)
    close_invitation(circle, member, accepted=True)
    announce(events.MemberJoined(circle, member))
    return True


def greet(actor: Actor, circle: int) -> None:
    """The welcome was read; who came in before there were rules accepts them with it. Twice changes nothing."""
    with atomic():
        here = room(actor, circle)
        require(actor, "circle:belong", here)
        now = clock.now()
        changes = {"welcomed_at": now}
        if here.rules:
            changes["rules_accepted_at"] = fn.COALESCE(Membership.rules_accepted_at, now)
        mine = (Membership.circle == circle) & (Membership.member == actor.member_id)
        Membership.update(**changes).where(mine, Membership.welcomed_at.is_null()).execute()


def withdraw(actor: Actor, circle: int) -> None:
    """Take back a request to join."""
    with atomic():
        here = room(actor, circle)
        require(actor, "circle:join", here)
        forget_request(circle, actor.member_id or 0)


def forget_request(circle: int, member: int) -> None:
    """Inside a transaction: an open request is not open any more, and nobody decided about it."""
    theirs = (JoinRequest.circle == circle) & (JoinRequest.member == member)
    if JoinRequest.delete().where(theirs, JoinRequest.decided_at.is_null()).execute():
        announce(events.JoinWithdrawn(circle, member))


def close_invitation(circle: int, member: int, *, accepted: bool) -> None:
    """Inside a transaction: an open invitation was answered, or taken back."""
    theirs = (CircleInvitation.circle == circle) & (CircleInvitation.member == member)
    closed = CircleInvitation.update(answered_at=clock.now(), accepted=accepted).where(
        theirs, CircleInvitation.answered_at.is_null()
    )
    if closed.execute() and not accepted:
        announce(events.InvitationClosed(circle, member))


def leave(actor: Actor, circle: int) -> None:
    """Leave; leaving twice changes nothing. The last owner has to hand the circle on first."""
    with atomic():
        here = room(actor, circle)
        if not here.is_member:
            return
        require(actor, "circle:leave", here)
        if here.is_owner and _owners(circle) == 1:
            raise Conflict("last_owner")
        drop(circle, actor.member_id or 0, actor)


def drop(circle: int, member: int, actor: Actor) -> None:
    """Inside a transaction that has asked who may: a member is one no more."""
    if Membership.delete().where(Membership.circle == circle, Membership.member == member).execute():
        Circle.update(member_count=Circle.member_count - 1).where(Circle.id == circle).execute()
        announce(events.MemberLeft(circle, member, actor.member_id or 0))


def role_of(circle: int, member: int) -> str | None:
    row = (
        Membership.select(Membership.role).where(Membership.circle == circle, Membership.member == member).tuples()
    ).first()
    return row[0] if row else None


def _owners(circle: int) -> int:
    """How many there are. Two owners who count at the same time, to leave or to put each other down, wait for each
    other; on SQLite all writers do."""
    rows = Membership.select(Membership.id).where(Membership.circle == circle, Membership.role == "owner").tuples()
    return len(list(rows.for_update() if is_postgres() else rows))


def decide(actor: Actor, circle: int, request: int, *, accept: bool, reply: str = "") -> bool:
    """Let somebody in, or not, with a word for who is declined; returns whether they were let in. Deciding what is
    decided changes nothing. Raises Gone, Denied, Invalid for the field `reply`."""
    if len(reply) > LIMITS["join_reply"]:
        raise Invalid("too_long", field="reply", most=LIMITS["join_reply"])
    with atomic():
        here = room(actor, circle)
        require(actor, "circle:admit", here)
        asked = JoinRequest.get_or_none(JoinRequest.id == request, JoinRequest.circle == circle)
        if asked is None:
            raise Gone
        if asked.decided_at is not None:
            return bool(asked.accepted)
        JoinRequest.update(
            decided_at=clock.now(), decided_by=actor.member_id, accepted=accept, reply=reply
        ).where(JoinRequest.id == request).execute()  # fmt: skip
        if accept:
            add(circle, asked.member_id, "member", asked.rules_accepted_at)
        audit.record(actor, "circle.admit" if accept else "circle.decline", "member", asked.member_id, circle=circle)
        announce(events.JoinDecided(circle, asked.member_id, accept))
        return accept


def set_role(actor: Actor, circle: int, member: int, role: str) -> None:
    """Owners appoint moderators and further owners; a circle keeps at least one owner."""
    if role not in ROLES:
        raise Invalid("choice", field="role")
    with atomic():
        require(actor, "circle:appoint", room(actor, circle))
        before = role_of(circle, member)
        if before is None:
            raise Gone("no_such_member")
        if before == "owner" and role != "owner" and _owners(circle) == 1:
            raise Conflict("last_owner")
        Membership.update(role=role).where(Membership.circle == circle, Membership.member == member).execute()
        audit.record(actor, "circle.appoint", "member", member, circle=circle, before=before, after=role)
        announce(events.RoleChanged(circle, member, role, actor.member_id or 0))
