"""What follows when something happens around events."""

from blueprints.circles.events import MemberLeft, MemberSanctioned
from blueprints.live import (
    events,
    guests,
    listeners_stage,  # noqa: F401 - listens
    listeners_taking_part,  # noqa: F401 - listens
    listeners_tips,  # noqa: F401 - listens
)
from blueprints.live.reminding import Occasion, plan, plan_soon
from core import clock, notices, search, stream_log
from core.signals import listen
from models import LiveEvent

# ---- being found --------------------------------------------------------------------------------------------


@listen(events.EventAnnounced, events.EventChanged)
def index_event(event: events.EventAnnounced | events.EventChanged) -> None:
    row = _event(event.event)
    inside = row.about if row.visibility != "password" else ""  # its title is all that stands before the door
    search.index("live", row.id, f"{row.title} {inside}", circle=row.circle_id)


# ---- reminding ----------------------------------------------------------------------------------------------


@listen(events.EventAnnounced)
def remind_before(event: events.EventAnnounced) -> None:
    plan_soon(event.event, _event(event.event).starts_at)


@listen(events.EventPostponed)
def tell_of_another_time(event: events.EventPostponed) -> None:
    plan(Occasion(event.event, "live_moved", clock.now()))
    plan_soon(event.event, event.starts_at)


@listen(events.EventBegan)
def tell_of_beginning(event: events.EventBegan) -> None:
    plan(Occasion(event.event, "live_began", _event(event.event).started_at))


@listen(events.EventCancelled)
def tell_of_cancelling(event: events.EventCancelled) -> None:
    plan(Occasion(event.event, "live_off", _event(event.event).cancelled_at))


def _event(number: int) -> LiveEvent:
    row: LiveEvent = LiveEvent.get_by_id(number)
    return row


# ---- guests and hosts ---------------------------------------------------------------------------------------


@listen(events.GuestInvited)
def tell_guest(event: events.GuestInvited) -> None:
    circle = _event(event.event).circle_id
    notices.tell([event.member], "live_invited", "live", event.event, circle=circle, group=_group(event))


@listen(events.GuestTurnedAway)
def end_what_guest_watches(event: events.GuestTurnedAway) -> None:
    notices.forget("live", [event.event], [event.member], ("live_invited",))
    stream_log.revoke(f"m{event.member}", f"e{event.event}")


@listen(events.HostChanged)
def tell_host(event: events.HostChanged) -> None:
    """Of the moderators' channel nothing more is heard by who is none any more."""
    if event.role is None:
        notices.forget("live", [event.event], [event.member], ("live_host",))
        stream_log.revoke(f"m{event.member}", f"e{event.event}")
    elif event.member != event.by:
        circle = _event(event.event).circle_id
        notices.tell([event.member], "live_host", "live", event.event, circle=circle, group=_group(event))


def _group(event: events.GuestInvited | events.HostChanged) -> str:
    return f"{type(event).__name__}:{event.event}"


@listen(MemberLeft)
def leave_its_events(event: MemberLeft) -> None:
    guests.forget_in_circle(event.circle, event.member)


@listen(MemberSanctioned)
def banned_from_its_events(event: MemberSanctioned) -> None:
    """Somebody may be banned who never was a member, and was a guest of an event."""
    if event.kind == "ban":
        guests.forget_in_circle(event.circle, event.member)
