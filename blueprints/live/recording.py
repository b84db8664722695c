"""The film of an event: shown on its stage, or added afterwards for its replay."""

from peewee import ModelSelect

from blueprints.live import events
from blueprints.live.halls import Hall, hall
from blueprints.live.rules import watchable
from blueprints.live.running import STAGE_TOO, tell_pages
from core import audit, clock, video
from core.db import atomic
from core.errors import Conflict
from core.policy import Actor, require
from core.signals import announce
from models import LiveEvent, Sanction, Video


def hosted(actor: Actor, event: int) -> Hall:
    """An event whose film the actor may choose. Raises Gone, Denied, Conflict."""
    here = hall(actor, event)
    require(actor, "live:host", here)
    if here.state == "cancelled":
        raise Conflict("event_cancelled")
    return here


def _inside(actor: Actor) -> ModelSelect:
    banned = Sanction.select(Sanction.circle).where(
        Sanction.member == (actor.member_id or 0), Sanction.kind == "ban",
        Sanction.until_at.is_null() | (Sanction.until_at > clock.now()),
    )  # fmt: skip
    allowed = LiveEvent.circle.is_null() | LiveEvent.circle.not_in(banned)
    return watchable(LiveEvent.select(LiveEvent.id), actor).where(allowed)


video.declare("live", may_send=hosted, inside=_inside)


def films(here: Hall) -> tuple[Video | None, list[Video]]:
    """The film of the event, and those that are being sent, prepared, or could not be used."""
    rows = list(Video.select().where(Video.subject_kind == "live", Video.subject_id == here.id).order_by(Video.id))
    shown = next((row for row in rows if row.id == here.video and row.state == "ready"), None)
    return shown, [row for row in rows if row.state != "ready"]


def attach(event: int, film: int) -> None:
    """In the transaction in which the film became ready: it takes the place of the one before. A stage with a picture
    of its own keeps that while the event runs, and the film is there for the replay."""
    row = LiveEvent.get_or_none(LiveEvent.id == event)
    if row is None or row.video_id == film:
        return
    before, running = row.video_id, row.started_at is not None
    stage = row.stage if running and row.stage in ("hls", "embed") else "video"
    LiveEvent.update(video=film, stage=stage).where(LiveEvent.id == event).execute()
    if before is not None:
        video.remove(before)
    if stage == "video" or row.ended_at is not None:
        tell_pages(event, STAGE_TOO)
    announce(events.EventChanged(event))


def take_away(actor: Actor, event: int) -> None:
    """Without a film nothing happens. Raises Gone, Denied, Conflict."""
    with atomic():
        here = hosted(actor, event)
        if here.video is None:
            return
        shown = here.stage == "video" or here.state == "over"
        video.remove(here.video)
        LiveEvent.update(video=None).where(LiveEvent.id == event).execute()
        if shown:
            tell_pages(event, STAGE_TOO)
        audit.record(actor, "live.film_removed", "live", event, circle=here.circle)
        announce(events.EventChanged(event))
