"""A member's code: whoever holds it may ask them to be friends. It stands in the address that their picture shows, and
a new one makes the old one lead nowhere."""

import secrets

from blueprints.people.queries import Person, some
from core.db import atomic
from core.errors import Gone
from core.policy import Actor, require
from models import PersonSetting

CODE_BYTES = 12
MOST_CODE = 32


def own_code(actor: Actor) -> str:
    """The actor's code, made when it is asked for the first time."""
    require(actor, "friend:own")
    known: str | None = PersonSetting.select(PersonSetting.code).where(
        PersonSetting.member == actor.member_id
    ).scalar()  # fmt: skip
    return known or _keep(actor, renew=False)


def renew_code(actor: Actor) -> str:
    """Another code; pictures of the old one lead nowhere from now on."""
    require(actor, "friend:own")
    return _keep(actor, renew=True)


def _keep(actor: Actor, renew: bool) -> str:
    me = PersonSetting.member == actor.member_id
    with atomic():
        require(actor, "friend:own")
        PersonSetting.insert(member=actor.member_id).on_conflict_ignore().execute()
        open_ = me if renew else me & PersonSetting.code.is_null()
        PersonSetting.update(code=secrets.token_urlsafe(CODE_BYTES)).where(open_).execute()
        return str(PersonSetting.select(PersonSetting.code).where(me).scalar())


def whose(actor: Actor, code: str) -> Person:
    """Who shows this code. Raises Gone, also when they are suspended or have nothing to do with the actor."""
    require(actor, "people:read")
    if not code or len(code) > MOST_CODE:
        raise Gone
    member = PersonSetting.select(PersonSetting.member).where(PersonSetting.code == code).scalar()
    found = some(actor, [member]) if member else []
    if not found or found[0].is_suspended:
        raise Gone
    return found[0]
