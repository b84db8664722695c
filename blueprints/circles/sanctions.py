"""What those who look after a circle do when a word is not enough: remove, mute for a time, ban, and lift it again."""

from blueprints.circles import events
from blueprints.circles.joining import close_invitation, drop, forget_request, role_of
from blueprints.circles.rooms import Room, room
from core import audit, clock
from core.db import atomic
from core.errors import Conflict, Gone, Invalid
from core.limits import LIMITS
from core.policy import Actor, require
from core.signals import announce
from models import Member, Sanction

KINDS = ("mute", "ban")
"""What lasts; a removal is over once it is done."""


def remove(actor: Actor, circle: int, member: int, reason: str = "", note: str = "") -> None:
    """Moderators remove members, owners also moderators; who was removed may come back by the ways that are open to
    all. Removing who is not in changes nothing. Raises Gone, Denied, Conflict("not_above"), Invalid."""
    _check(reason, note)
    with atomic():
        here = room(actor, circle)
        require(actor, "circle:remove", here)
        if _role_below(here, member) is None:
            return
        drop(circle, member, actor)
        _tell(actor, circle, member, "remove", reason, note, None)


def mute(actor: Actor, circle: int, member: int, reason: str, note: str = "", until_at: int | None = None) -> None:
    """A member reads on, and writes nothing until then (ms; None: until it is lifted). A later one takes the place of
    an earlier. Raises Gone, Denied, Conflict("not_above"), Invalid."""
    _check(reason, note, until_at)
    with atomic():
        here = room(actor, circle)
        require(actor, "circle:remove", here)
        if _role_below(here, member) is None:
            raise Gone("no_such_member")
        _put(actor, circle, member, "mute", reason, until_at)
        _tell(actor, circle, member, "mute", reason, note, until_at)


def ban(actor: Actor, circle: int, member: int, reason: str, note: str = "", until_at: int | None = None) -> None:
    """Out, and not in again until then (ms; None: until it is lifted), by no way. Also for somebody who is not in: who
    asks to come in, or came and went. Raises Gone, Denied, Conflict("not_above"), Invalid."""
    _check(reason, note, until_at)
    with atomic():
        here = room(actor, circle)
        require(actor, "circle:remove", here)
        _role_below(here, member)
        if not Member.select(Member.id).where(Member.id == member, Member.erased_at.is_null()).exists():
            raise Gone("no_such_member")
        _put(actor, circle, member, "ban", reason, until_at)
        drop(circle, member, actor)
        forget_request(circle, member)
        close_invitation(circle, member, accepted=False)
        _tell(actor, circle, member, "ban", reason, note, until_at)


def lift(actor: Actor, circle: int, member: int, kind: str) -> None:
    """End a mute or a ban now; lifting what is over changes nothing. Moderators lift neither their own nor each
    other's. Raises Gone, Denied, Conflict("not_above"), Invalid."""
    if kind not in KINDS:
        raise Invalid("choice", field="kind")
    with atomic():
        here = room(actor, circle)
        require(actor, "circle:remove", here)
        if not here.is_owner and role_of(circle, member) in ("owner", "moderator"):
            raise Conflict("not_above")
        theirs = (Sanction.circle == circle) & (Sanction.member == member) & (Sanction.kind == kind)
        if Sanction.delete().where(theirs, in_force()).execute():
            audit.record(actor, f"circle.lift_{kind}", "member", member, circle=circle)
            announce(events.SanctionLifted(circle, member, actor.member_id or 0, kind))


def in_force() -> object:
    """Of sanctions: those that are not over."""
    return Sanction.until_at.is_null() | (Sanction.until_at > clock.now())


def is_banned(circle: int, member: int) -> bool:
    mine = (Sanction.circle == circle) & (Sanction.member == member) & (Sanction.kind == "ban")
    return bool(Sanction.select(Sanction.id).where(mine, in_force()).exists())


def forget_member(member: int) -> None:
    """Inside the erasing transaction."""
    Sanction.delete().where(Sanction.member == member).execute()
    Sanction.update(decided_by=None).where(Sanction.decided_by == member).execute()


def _check(reason: str, note: str, until_at: int | None = None) -> None:
    for field, text in (("reason", reason), ("note", note)):
        if len(text) > LIMITS[f"sanction_{field}"]:
            raise Invalid("too_long", field=field, most=LIMITS[f"sanction_{field}"])
    if until_at is not None and not 0 < until_at - clock.now() <= LIMITS["sanction_days"] * clock.DAY:
        raise Invalid("sanction_days", field="days", most=LIMITS["sanction_days"])


def _role_below(here: Room, member: int) -> str | None:
    """The member's role, None for who is not in. Raises Conflict when the actor does not stand above them."""
    role = role_of(here.id, member)
    if role == "owner" or (role == "moderator" and not here.is_owner):
        raise Conflict("not_above")
    return role


def _put(actor: Actor, circle: int, member: int, kind: str, reason: str, until_at: int | None) -> None:
    facts = {
        Sanction.reason: reason, Sanction.decided_by: actor.member_id, Sanction.decided_at: clock.now(),
        Sanction.until_at: until_at,
    }  # fmt: skip
    Sanction.insert({Sanction.circle: circle, Sanction.member: member, Sanction.kind: kind, **facts}).on_conflict(
        conflict_target=[Sanction.circle, Sanction.member, Sanction.kind], update=facts
    ).execute()


def _tell(
    actor: Actor, circle: int, member: int, kind: str, reason: str, note: str, until_at: int | None
) -> None:
    until = {"until_at": until_at} if until_at else {}
    audit.record(actor, f"circle.{kind}", "member", member, circle=circle, **until)
    announce(events.MemberSanctioned(circle, member, actor.member_id or 0, kind, reason, note, until_at))
