"""Leaving the site: thirty days to change one's mind, then everything personal is erased."""

from blueprints.accounts.addresses import check_password, tell
from blueprints.accounts.events import MemberAsksToLeave, MemberErased, MemberStays
from core import audit, clock, personal
from core.db import atomic
from core.errors import Conflict, Gone
from core.limits import LIMITS
from core.policy import CONSOLE, Actor, require
from core.signals import announce
from models import Departure, Member, StaffRole


def ask_to_leave(actor: Actor, password: str, *, keeps_words: bool) -> int:
    """Begin to leave; returns when it will be carried out. Asking again changes what becomes of the words.

    Raises Invalid for a wrong password, Conflict("last_site_owner") for the one who owns the site."""
    check_password(actor, password)
    now = clock.now()
    due = now + LIMITS["leaving_seconds"] * 1000
    with atomic():
        require(actor, "account:leave")
        if _is_last_owner(actor.member_id or 0):
            raise Conflict("last_site_owner")
        known = Departure.get_or_none(Departure.member == actor.member_id)
        if known is not None:
            Departure.update(keeps_words=keeps_words).where(Departure.member == actor.member_id).execute()
            return int(known.due_at)
        Departure.create(member=actor.member_id, keeps_words=keeps_words, asked_at=now, due_at=due)
        audit.record(actor, "account.ask_to_leave", "member", actor.member_id, keeps_words=keeps_words)
        announce(MemberAsksToLeave(actor.member_id or 0))
        tell(actor.member_id or 0, "leaving")
        return due


def _is_last_owner(member_id: int) -> bool:
    owners = [id_ for (id_,) in StaffRole.select(StaffRole.member).where(StaffRole.role == "owner").tuples()]
    return owners == [member_id]


def stay(actor: Actor) -> None:
    """Change one's mind; without a departure it changes nothing."""
    with atomic():
        require(actor, "account:leave")
        if Departure.delete().where(Departure.member == actor.member_id).execute():
            audit.record(actor, "account.stay", "member", actor.member_id)
            announce(MemberStays(actor.member_id or 0))


def departure(actor: Actor) -> Departure | None:
    """The actor's own, if they asked to leave."""
    found: Departure | None = Departure.get_or_none(Departure.member == actor.member_id)
    return found


def erase_member(actor: Actor, member_id: int, *, keeps_words: bool) -> None:
    """Erase somebody now. The console, and the job that carries out departures. Raises Gone, Conflict."""
    with atomic():
        require(actor, "account:erase", member_id)
        if not Member.select().where(Member.id == member_id, Member.erased_at.is_null()).exists():
            raise Gone
        if _is_last_owner(member_id):
            raise Conflict("last_site_owner")
        _erase(actor, member_id, keeps_words)


def _erase(actor: Actor, member_id: int, keeps_words: bool) -> None:
    personal.erase(member_id, keeps_words=keeps_words)
    audit.record(actor, "account.erase", "member", member_id, keeps_words=keeps_words)
    announce(MemberErased(member_id))


def carry_out_departures() -> int:
    """Erase everybody whose time is over; returns how many. One transaction each, so that a kill loses nothing."""
    due = Departure.select(Departure.member).where(Departure.due_at <= clock.now()).order_by(Departure.due_at)
    count = 0
    for (member_id,) in list(due.tuples()):
        with atomic():
            row = Departure.get_or_none(Departure.member == member_id, Departure.due_at <= clock.now())
            if row is None or _is_last_owner(member_id):  # changed their mind just now; or all other owners left
                continue
            _erase(CONSOLE, member_id, row.keeps_words)
            count += 1
    return count
