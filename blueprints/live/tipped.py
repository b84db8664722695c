"""Tips for comments of an event, as everybody who watches it hears of them."""

from typing import NamedTuple

from peewee import fn

from core import clock
from models import LiveComment, LiveEvent, LiveSanction, Member, Tip


class TipSaid(NamedTuple):
    """`offset_ms` counts from the event's beginning."""

    id: int
    giver: int
    name: str
    avatar_key: str | None
    offset_ms: int

    @property
    def hue(self) -> int:
        return self.giver % 12


def room_of(comment: int, giver: int) -> int | None:
    """The event in whose stream a tip for this comment appears: one that is not over, and where the giver is not
    muted."""
    muted = LiveSanction.select(LiveSanction.event).where(
        LiveSanction.event == LiveEvent.id, LiveSanction.member == giver, LiveSanction.kind == "mute",
        LiveSanction.until_at.is_null() | (LiveSanction.until_at > clock.now()),
    )  # fmt: skip
    is_on = LiveEvent.ended_at.is_null() & LiveEvent.cancelled_at.is_null()
    query = LiveComment.select(LiveComment.event).join(LiveEvent).where(LiveComment.id == comment, is_on)
    room: int | None = query.where(~fn.EXISTS(muted)).scalar()
    return room


def said(event: int, tips: list[int]) -> list[TipSaid]:
    """Those of an event that stand; for its channel, which asks who may. No actor."""
    began = fn.COALESCE(LiveEvent.started_at, LiveEvent.starts_at)
    query = (
        Tip.select(Tip.id, Member.id, Member.display_name, Member.avatar_key, Tip.at - began)
        .join(Member, on=Tip.giver == Member.id)
        .switch(Tip)
        .join(LiveComment, on=(LiveComment.id == Tip.subject_id) & (Tip.subject_kind == "live_comment"))
        .join(LiveEvent, on=LiveComment.event == LiveEvent.id)
        .where(Tip.id.in_(tips), Tip.undone_at.is_null(), LiveEvent.id == event)
    )
    return [TipSaid(*row) for row in query.tuples()]
