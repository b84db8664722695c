"""A tip for a comment appears where everybody comments, and goes when it is taken back."""

from blueprints.live import tipped
from blueprints.wallet.events import TipGiven, TipUndone
from core import stream_log
from core.signals import listen


@listen(TipGiven)
def show_tip(event: TipGiven) -> None:
    _append(event, "tip", event.tip)


@listen(TipUndone)
def take_tip_away(event: TipUndone) -> None:
    _append(event, "tip_gone", event.tip)


def _append(event: TipGiven | TipUndone, kind: str, tip: int) -> None:
    if event.subject_kind == "live_comment":
        room = tipped.room_of(event.subject_id, event.giver)
        if room is not None:
            stream_log.append(f"live-{room}", kind, tip)
