"""Announcing an event, changing it, moving it to another time, cancelling it. Beginning and ending it is in
running.py and offered here with the others."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from blueprints.accounts import passwords
from blueprints.circles.rooms import room
from blueprints.live import acts, events
from blueprints.live.halls import Hall, hall
from blueprints.live.running import STAGE_TOO, begin, end, expect, keep_time, tell_pages
from blueprints.live.stages import read_source
from core import audit, clock, markup, rates, stream_log
from core.config import current
from core.db import after_commit, atomic
from core.errors import Conflict, Invalid
from core.limits import LIMITS
from core.media import Picture as StoredPicture
from core.media import delete_picture
from core.once import once
from core.policy import Actor, require
from core.signals import announce as signal
from models import LiveEntry, LiveEvent, LiveHost, Picture

__all__ = ["EventDraft", "announce", "begin", "cancel", "change", "end", "keep_time", "postpone", "set_cover"]

VISIBILITIES = ("public", "members", "invited", "password")
LATE_MS = 10 * clock.MINUTE
"""Whoever announces what begins this minute has typed it some minutes ago."""


@dataclass(frozen=True)
class EventDraft:
    """What a host fills in; times in ms since 1970. An empty password leaves the one there is. `source` is an address,
    for the stages hls and embed; the film of the stage video is uploaded afterwards."""

    title: str
    starts_at: int
    ends_at: int | None = None
    about: str = ""
    visibility: str = "public"
    password: str = ""
    stage: str = "none"
    source: str = ""


def check(draft: EventDraft) -> None:
    """Raises Invalid with the field that needs another look."""
    if not draft.title.strip():
        raise Invalid("needed", field="title")
    for field in ("title", "about"):
        if len(getattr(draft, field)) > LIMITS[f"live_{field}"]:
            raise Invalid("too_long", field=field, most=LIMITS[f"live_{field}"])
    if draft.visibility not in VISIBILITIES:
        raise Invalid("choice", field="visibility")
    if draft.visibility == "password" and draft.password:
        if len(draft.password) < LIMITS["live_password_min"]:
            raise Invalid("password_short", field="password", least=LIMITS["live_password_min"])
        if len(draft.password) > LIMITS["password"]:
            raise Invalid("too_long", field="password", most=LIMITS["password"])


def check_times(starts_at: int, ends_at: int | None, *, earliest: int) -> None:
    """An event begins in the future, not years from now, and ends after that. Raises Invalid."""
    if starts_at < earliest:
        raise Invalid("event_in_past", field="starts_at")
    if starts_at > clock.now() + LIMITS["live_ahead_days"] * clock.DAY:
        raise Invalid("event_far", field="starts_at", most=LIMITS["live_ahead_days"])
    if ends_at is not None and ends_at <= starts_at:
        raise Invalid("event_ends_first", field="ends_at")
    if ends_at is not None and ends_at > starts_at + LIMITS["live_days"] * clock.DAY:
        raise Invalid("event_long", field="ends_at", most=LIMITS["live_days"])


def _columns(draft: EventDraft) -> dict[str, Any]:
    """What the table keeps of it but its times; made before the transaction begins, since hashing is slow."""
    check(draft)
    made: dict[str, Any] = {
        "title": draft.title, "about": draft.about, "about_html": markup.render(draft.about).html,
        "visibility": draft.visibility, "stage": draft.stage, "source": read_source(draft.stage, draft.source),
    }  # fmt: skip
    if draft.visibility != "password":
        made["password_hash"] = None
    elif draft.password:
        made["password_hash"] = passwords.make_hash(draft.password)
    return made


def _check_circle(draft: EventDraft, circle_visibility: str | None) -> None:
    if circle_visibility == "invisible" and draft.visibility == "public":
        raise Invalid("event_shows_circle", field="visibility")


# ---- announcing ---------------------------------------------------------------------------------------------


def announce(actor: Actor, draft: EventDraft, circle: int | None = None, key: str = "") -> LiveEvent:
    """Announce an event of the site, or of a circle that the actor looks after, and become its host. Raises Gone,
    Denied, Invalid, Conflict."""
    columns = _columns(draft)
    if draft.visibility == "password" and not draft.password:
        raise Invalid("event_needs_password", field="password")

    def make() -> int:
        if circle is None:
            require(actor, "live:announce")
        else:
            home = room(actor, circle)
            require(actor, "circle:moderate", home)
            _check_circle(draft, home.visibility)
        now = clock.now()
        check_times(draft.starts_at, draft.ends_at, earliest=now - LATE_MS)
        event = LiveEvent.create(
            **columns, circle=circle, starts_at=draft.starts_at, ends_at=draft.ends_at, created_by=actor.member_id,
            created_at=now,
        )  # fmt: skip
        if actor.member_id is not None:
            LiveHost.insert(
                event=event.id, member=actor.member_id, role="host", added_by=actor.member_id, added_at=now
            ).execute()
        expect(event.id, draft.starts_at)
        acts.note(event.id, actor, "announce")
        audit.record(actor, "live.announce", "live", event.id, circle=circle)
        signal(events.EventAnnounced(event.id, actor.member_id or 0))
        return int(event.id)

    content = {**vars(draft), "password": bool(draft.password), "circle": circle}
    number, _ = once(f"member:{actor.member_id}", key, "live.announce", content, make)
    event: LiveEvent = LiveEvent.get_by_id(number)
    return event


# ---- changing -----------------------------------------------------------------------------------------------


def change(actor: Actor, event: int, draft: EventDraft) -> Hall:
    """Make it what the draft says. What has begun keeps its beginning, what is over its end as well. Raises Gone,
    Denied, Invalid, Conflict."""
    columns = _columns(draft)
    with atomic():
        here = _hosted(actor, event)
        if here.state == "cancelled":
            raise Conflict("event_cancelled")
        _check_circle(draft, here.circle_visibility)
        if draft.visibility == "password" and not draft.password and here.password_hash is None:
            raise Invalid("event_needs_password", field="password")
        starts_at, ends_at = _times(here, draft)
        moved = _move(actor, here, starts_at, ends_at)
        retitled = draft.title != here.title
        LiveEvent.update(**columns, revision=LiveEvent.revision + retitled).where(LiveEvent.id == event).execute()
        _shut(here, draft)
        staged = (columns["stage"], columns["source"]) != (here.stage, here.source)
        if staged or moved:
            tell_pages(event, STAGE_TOO if staged else 0)
        acts.note(event, actor, "change")
        audit.record(actor, "live.change", "live", event, circle=here.circle)
        signal(events.EventChanged(event))
        return hall(actor, event)


def postpone(actor: Actor, event: int, starts_at: int, ends_at: int | None = None) -> Hall:
    """Move it to another time (ms since 1970), later or earlier. Raises Gone, Denied, Invalid, Conflict."""
    with atomic():
        here = _hosted(actor, event)
        _require_upcoming(here)
        if _move(actor, here, starts_at, ends_at):
            tell_pages(event, 0)
            audit.record(actor, "live.postpone", "live", event, circle=here.circle)
            signal(events.EventChanged(event))
        return hall(actor, event)


def cancel(actor: Actor, event: int) -> None:
    """It will not take place. Cancelled already: nothing happens. Raises Gone, Denied, Conflict."""
    with atomic():
        here = _hosted(actor, event)
        if here.state == "cancelled":
            return
        _require_upcoming(here)
        LiveEvent.update(cancelled_at=clock.now(), revision=LiveEvent.revision + 1).where(
            LiveEvent.id == event
        ).execute()
        tell_pages(event, STAGE_TOO)
        acts.note(event, actor, "cancel")
        audit.record(actor, "live.cancel", "live", event, circle=here.circle)
        signal(events.EventCancelled(event, actor.member_id or 0))


def _hosted(actor: Actor, event: int) -> Hall:
    here = hall(actor, event)
    require(actor, "live:host", here)
    return here


def _require_upcoming(here: Hall) -> None:
    if here.state != "upcoming":
        raise Conflict({"live": "event_running"}.get(here.state, f"event_{here.state}"))


def _times(here: Hall, draft: EventDraft) -> tuple[int, int | None]:
    if here.state == "upcoming":
        return draft.starts_at, draft.ends_at
    return here.starts_at, draft.ends_at if here.state == "live" else here.ends_at


def _move(actor: Actor, here: Hall, starts_at: int, ends_at: int | None) -> bool:
    """Whether anything is at another time now."""
    if (starts_at, ends_at) == (here.starts_at, here.ends_at):
        return False
    if here.state == "upcoming":
        kept = starts_at == here.starts_at
        check_times(starts_at, ends_at, earliest=here.starts_at if kept else clock.now() - LATE_MS)
    elif ends_at is not None and ends_at <= clock.now():
        raise Invalid("event_end_now", field="ends_at")
    else:
        check_times(starts_at, ends_at, earliest=starts_at)
    changes: dict[str, Any] = {"starts_at": starts_at, "ends_at": ends_at, "revision": LiveEvent.revision + 1}
    if starts_at != here.starts_at:
        rates.hit("live.move", str(here.id))
        announced = here.postponed_from or here.starts_at
        changes["postponed_from"] = announced if announced != starts_at else None
        expect(here.id, starts_at)
        acts.note(here.id, actor, "postpone")
        signal(events.EventPostponed(here.id, here.starts_at, starts_at))
    elif here.state == "live" and here.started_at is not None and ends_at is not None:
        expect(here.id, ends_at)
    LiveEvent.update(**changes).where(LiveEvent.id == here.id).execute()
    return True


def _shut(here: Hall, draft: EventDraft) -> None:
    """With a new password or other guests, everybody's right to watch is asked anew, and who came in by a password that
    holds no more stays outside."""
    moved = draft.visibility != here.visibility
    if moved or draft.password:
        LiveEntry.delete().where(LiveEntry.event == here.id, LiveEntry.how == "password").execute()
        stream_log.revoke(f"e{here.id}")


# ---- its cover ----------------------------------------------------------------------------------------------


def set_cover(actor: Actor, event: int, stored: StoredPicture | None) -> None:
    """A stored picture becomes the cover; None takes away the one there is. The files of what is not shown any more go,
    and those of the new one where it could not be set. Raises Gone, Denied."""
    try:
        with atomic():
            here = _hosted(actor, event)
            if here.cover_key and Picture.delete().where(Picture.key == here.cover_key).execute():
                after_commit(partial(delete_picture, current().data / "media", here.cover_key))
            if stored:
                Picture.create(
                    key=stored.key, uploader=actor.member_id, subject_kind="live", subject_id=event,
                    width=stored.width, height=stored.height, size=stored.bytes, animated=stored.animated,
                    colour=stored.colour, created_at=clock.now(),
                )  # fmt: skip
            LiveEvent.update(cover_key=stored.key if stored else None).where(LiveEvent.id == event).execute()
            signal(events.EventChanged(event))
    except BaseException:
        if stored:
            delete_picture(current().data / "media", stored.key)
        raise
