"""Where a member is signed in, and signing out there."""

from dataclasses import dataclass

from core import audit, clock, sessions
from core.db import atomic
from core.errors import Gone
from core.policy import Actor, require
from models import Session

_BROWSERS = (
    ("MicroMessenger", "WeChat"), ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
    ("curl", "curl"),
)  # fmt: skip
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Macintosh", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip
_HANDHELD = frozenset(("Android", "HarmonyOS", "iPhone", "iPad"))


@dataclass(frozen=True)
class Device:
    """`browser` and `system` are empty where the browser says nothing we know."""

    id: int
    browser: str
    system: str
    address: str
    created_at: int
    seen_at: int

    @property
    def is_handheld(self) -> bool:
        return self.system in _HANDHELD


def devices(actor: Actor) -> list[Device]:
    """The actor's open sessions, the one seen last first."""
    require(actor, "account:manage")
    rows = (
        Session.select()
        .where(Session.member == actor.member_id, Session.expires_at > clock.now())
        .order_by(Session.seen_at.desc(), Session.id.desc())
        .limit(100)
    )
    return [
        Device(row.id, _known(row.agent, _BROWSERS), _known(row.agent, _SYSTEMS), row.address, row.created_at,
               row.seen_at)
        for row in rows
    ]  # fmt: skip


def _known(agent: str, table: tuple[tuple[str, str], ...]) -> str:
    return next((name for mark, name in table if mark in agent), "")


def sign_out_device(actor: Actor, session_id: int) -> None:
    """Raises Gone when that is no open session of the actor."""
    with atomic():
        require(actor, "account:manage")
        if not sessions.end((Session.id == session_id) & (Session.member == actor.member_id)):
            raise Gone
        audit.record(actor, "account.sign_out_device", "member", actor.member_id)


def sign_out_elsewhere(actor: Actor, session_id: int) -> int:
    """End every session of the actor but this one; returns how many."""
    with atomic():
        require(actor, "account:manage")
        ended = sessions.end(Session.member == actor.member_id, but=session_id)
        audit.record(actor, "account.sign_out_elsewhere", "member", actor.member_id, sessions=ended)
        return ended
