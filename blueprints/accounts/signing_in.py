"""Who is this? The same answer and the same work for every way of not being somebody."""

from blueprints.accounts import passwords
from blueprints.accounts.demo_accounts import is_demo_password
from blueprints.accounts.naming import folded
from core.db import atomic
from core.errors import Invalid
from core.policy import Actor, require
from models import Member


def authenticate(actor: Actor, name: str, password: str, *, on_this_machine: bool) -> int:
    """Id of the member with this username or confirmed address, and this password.

    Raises Invalid("wrong_sign_in"), or Invalid("demo_elsewhere") for a demo account with the demo password that is
    not asked for from the machine itself."""
    require(actor, "account:sign_in")
    member = find(name)
    if not passwords.matches(member.password_hash if member else None, password) or member is None:
        raise Invalid("wrong_sign_in")
    if member.is_demo and is_demo_password(password) and not on_this_machine:
        raise Invalid("demo_elsewhere")
    if passwords.is_outdated(member.password_hash):
        _renew(member, password)
    return int(member.id)


def find(name: str) -> Member | None:
    """A username has no @, so what has one is an address."""
    name = folded(name)
    known_by = Member.email == name if "@" in name else Member.username == name
    found: Member | None = Member.get_or_none(known_by, Member.erased_at.is_null())
    return found


def _renew(member: Member, password: str) -> None:
    fresh = passwords.make_hash(password)
    with atomic():
        Member.update(password_hash=fresh).where(
            Member.id == member.id, Member.password_hash == member.password_hash
        ).execute()
