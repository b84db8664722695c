"""What the stories of the wallet share: money to begin with, friends, and what is in a wallet."""

from blueprints.people import friending
from blueprints.wallet import desk, pins
from core import ledger
from core.policy import Actor, Standing
from models import Member, StaffRole
from tests.cast import PASSWORD, Cast, Person

PIN = "271828"


def give(who: Person, amount: int, cast: Cast) -> None:
    """From the cash desk, by its owner."""
    draft = desk.OrderDraft("issue", who.id, amount, "开张")
    made = desk.order(cast.owner.actor, draft, f"gift-{who.id}-{amount}-{has(who)}")
    if made.state == "waiting":
        desk.decide(cast.staff.actor, made.id, done=True)


def befriend(one: Person, other: Person) -> None:
    friending.ask(one.actor, other.id)
    friending.accept(other.actor, one.id)


def has(who: Person | int, code: str = "credit") -> int:
    return ledger.balance(ledger.member(who if isinstance(who, int) else who.id, code)).whole


def set_pin(who: Person) -> None:
    pins.set_pin(who.actor, PASSWORD, PIN, PIN)


def hire(who: Person) -> Actor:
    """Make somebody staff."""
    StaffRole.create(member=who.id, role="staff", granted_by=None, granted_at=0)
    return Actor(who.id, Standing.STAFF, who.username)


def name(who: Person, display_name: str) -> None:
    Member.update(display_name=display_name).where(Member.id == who.id).execute()


