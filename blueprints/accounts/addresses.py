"""E-mail addresses: an address belongs to an account only once somebody has used the link that was sent to it.

Whether an address is known is told to nobody but the one who reads its letters: for a known and an unknown address the
same rows are written and the same job is left; only the letters differ.
"""

import re

from peewee import IntegrityError

from blueprints.accounts import passwords
from core import audit, clock, jobs, links, rates
from core.db import atomic
from core.errors import Conflict, Gone, Invalid, TooMany
from core.limits import LIMITS
from core.policy import Actor, require
from models import Member, OneTimeLink

PURPOSE = "email"

_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")


def checked(text: str) -> str:
    """The address as it is kept: lower case, its domain in ASCII. Raises Invalid."""
    local, _, domain = text.strip().lower().rpartition("@")
    try:
        domain = domain.encode("idna").decode()
    except UnicodeError:
        domain = ""
    address = f"{local}@{domain}"
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain) or len(local) > 64:
        raise Invalid("email_shape", field="email")
    if len(address) > LIMITS["email"]:
        raise Invalid("too_long", field="email", most=LIMITS["email"])
    return address


def ask_to_confirm(member_id: int, address: str) -> None:
    """Leave the job of writing to a checked address; a newer wish replaces the older one. Inside a transaction.

    Who has got many of these letters lately gets no more, and who asked is told nothing of that: else a row of new
    accounts could fill anybody's letter box, or find out who else asked."""
    links.cancel(PURPOSE, member_id)
    link = links.make(PURPOSE, LIMITS["confirm_link_seconds"], member=member_id, email=address)
    try:
        rates.hit("email.address", address)
    except TooMany:
        return
    jobs.later("accounts.greet_address", {"link_id": link.id})


def change_address(actor: Actor, text: str, password: str) -> str:
    """Ask for another address; the old one stays until the new one is confirmed. Returns the new one.

    Raises Invalid for a wrong password or something that is no address."""
    address = checked(text)
    check_password(actor, password)
    with atomic():
        require(actor, "account:edit")
        if Member.select().where(Member.id == actor.member_id, Member.email == address).exists():
            raise Invalid("email_same", field="email")
        ask_to_confirm(actor.member_id or 0, address)
        audit.record(actor, "account.ask_address", "member", actor.member_id)
    return address


def check_password(actor: Actor, password: str) -> Member:
    """The actor's row, if this is their password. Raises Invalid. Slow: never inside a transaction."""
    member = Member.get_or_none(Member.id == actor.member_id)
    if member is None or not passwords.matches(member.password_hash, password):
        raise Invalid("wrong_password", field="password")
    return member


def of_link(token: str) -> tuple[OneTimeLink, Member]:
    """What a confirming link is about. Raises Gone."""
    link = links.find(PURPOSE, token)
    member = Member.get_or_none(Member.id == link.member_id, Member.erased_at.is_null())
    if member is None or not link.email:
        raise Gone("link")
    return link, member


def confirm(actor: Actor, token: str) -> int:
    """Attach the address that the letter with this link went to. Returns the member's id.

    Raises Gone for a link that no longer works, Conflict when the address went to another account meanwhile."""
    link, member = of_link(token)
    try:
        with atomic():
            require(actor, "account:confirm")
            links.use(link)
            Member.update(email=link.email, email_confirmed_at=clock.now()).where(Member.id == member.id).execute()
            audit.record(actor, "account.confirm_address", "member", member.id)
            if member.email and member.email != link.email:
                tell(member.id, "address_changed", member.email)
    except IntegrityError:
        raise Conflict("email_taken") from None
    return int(member.id)


def remove_address(actor: Actor, password: str) -> None:
    """Take the address away; nothing can be reset by letter any more. Raises Invalid for a wrong password."""
    member = check_password(actor, password)
    with atomic():
        require(actor, "account:edit")
        links.cancel(PURPOSE, member.id)
        if member.email:
            Member.update(email=None, email_confirmed_at=None).where(Member.id == member.id).execute()
            audit.record(actor, "account.remove_address", "member", member.id)
            tell(member.id, "address_removed", member.email)


def waiting(member_id: int) -> str | None:
    """The address that waits to be confirmed."""
    row = (
        OneTimeLink.select(OneTimeLink.email)
        .where(
            OneTimeLink.member == member_id,
            OneTimeLink.purpose == PURPOSE,
            OneTimeLink.used_at.is_null(),
            OneTimeLink.expires_at > clock.now(),
        )
        .order_by(OneTimeLink.id.desc())
        .first()
    )
    return row.email if row else None


def tell(member_id: int, what: str, address: str | None = None) -> None:
    """Leave the job of telling a member what changed on their account, so that they notice when it was not them."""
    jobs.later("accounts.tell", {"member_id": member_id, "what": what, "address": address})
