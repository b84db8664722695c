"""Links that work once: reset, confirm, first visit. The token is a MAC over the row under the site's secret."""

import hmac
import secrets

from core import clock
from core.config import secret
from core.db import atomic
from core.errors import Gone
from models import OneTimeLink


def make(
    purpose: str, seconds: int, *, member: int | None = None, email: str | None = None, created_by: int | None = None
) -> OneTimeLink:
    return OneTimeLink.create(
        purpose=purpose,
        nonce=secrets.token_hex(16),
        member=member,
        email=email,
        created_by=created_by,
        created_at=clock.now(),
        expires_at=clock.now() + seconds * 1000,
    )


def token(link: OneTimeLink) -> str:
    message = f"{link.purpose}:{link.id}:{link.nonce}".encode()
    return f"{link.id}-{hmac.digest(secret('links'), message, 'sha256').hex()[:40]}"


def find(purpose: str, text: str) -> OneTimeLink:
    """The unused, unexpired link of this token. Raises Gone."""
    number = text.partition("-")[0]
    link = OneTimeLink.get_or_none(OneTimeLink.id == int(number)) if number.isdecimal() and len(number) < 18 else None
    if link is None or link.purpose != purpose or not hmac.compare_digest(token(link).encode(), text.encode()):
        raise Gone("link")
    if link.used_at is not None or link.expires_at <= clock.now():
        raise Gone("link_used")
    return link


def use(link: OneTimeLink) -> None:
    """Mark as used, inside the transaction of what it does. Raises Gone when someone was faster."""
    with atomic():
        done = (
            OneTimeLink.update(used_at=clock.now())
            .where(OneTimeLink.id == link.id, OneTimeLink.used_at.is_null())
            .execute()
        )
        if not done:
            raise Gone("link_used")


def cancel(purpose: str, member: int | None) -> None:
    """Use up every open link of this purpose: a newer letter replaces the older one."""
    OneTimeLink.update(used_at=clock.now()).where(
        OneTimeLink.purpose == purpose, OneTimeLink.member == member, OneTimeLink.used_at.is_null()
    ).execute()
