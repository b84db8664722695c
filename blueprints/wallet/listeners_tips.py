"""Who is told of tips and of thanks."""

from peewee import fn

from blueprints.wallet.events import TipGiven, TipThanked, TipUndone
from core import notices
from core.signals import listen
from models import Notice, Tip


@listen(TipGiven)
def tell_author(event: TipGiven) -> None:
    """One notice for a thing, however many tip it before it is read."""
    group = _group(event.subject_kind, event.subject_id)
    notices.tell([event.receiver], "tipped", event.subject_kind, event.subject_id, group=group, at=event.at)


def _group(kind: str, number: int) -> str:
    return f"tipped:{kind}:{number}"


@listen(TipUndone)
def hush_author(event: TipUndone) -> None:
    """The bell rings no more when nothing is left of what it rang for."""
    about = (Tip.subject_kind == event.subject_kind) & (Tip.subject_id == event.subject_id) & Tip.undone_at.is_null()
    left = fn.EXISTS(Tip.select(Tip.id).where(about, Tip.receiver == event.receiver, Tip.at >= Notice.first_at))
    waits = (Notice.member == event.receiver) & (
        Notice.open_key == _group(event.subject_kind, event.subject_id))
    notices.hush_some(waits & ~left)


@listen(TipThanked)
def tell_giver(event: TipThanked) -> None:
    group = f"tip_thanked:{event.receiver}"
    notices.tell([event.giver], "tip_thanked", "member", event.receiver, group=group)
