"""Coming into an event by its password."""

from blueprints.accounts import passwords
from blueprints.circles.sanctions import is_banned
from blueprints.live import events
from blueprints.live.halls import Hall, hall
from core import clock
from core.db import atomic
from core.errors import Denied, Invalid
from core.policy import Actor, require
from core.signals import announce
from models import LiveEntry


def enter(actor: Actor, event: int, password: str) -> None:
    """Come in; who is in already needs no password. Raises Gone, Denied, and Invalid for the field `password`.

    The password is looked at before the transaction, since that is slow on purpose, and must still be the same one
    inside it: a host who changes it may mean whoever is just coming in."""
    before = hall(actor, event)
    if before.is_let_in:
        return
    _ask(actor, before)
    if not passwords.matches(before.password_hash, password):
        raise Invalid("live_password", field="password")
    with atomic():
        now = hall(actor, event)
        _ask(actor, now)
        if now.password_hash != before.password_hash:
            raise Invalid("live_password", field="password")
        entry = LiveEntry.insert(event=event, member=actor.member_id, how="password", at=clock.now())
        if entry.on_conflict_ignore().as_rowcount().execute():
            announce(events.GuestEntered(event, actor.member_id or 0))


def _ask(actor: Actor, door: Hall) -> None:
    require(actor, "live:enter", door)
    if door.circle is not None and is_banned(door.circle, actor.member_id or 0):
        raise Denied("banned")
