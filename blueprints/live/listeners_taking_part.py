from blueprints.live import polling
from blueprints.live.events import EventCancelled, EventEnded, Reacted
from core import streams
from core.signals import listen


@listen(EventEnded, EventCancelled)
def close_poll(event: EventEnded | EventCancelled) -> None:
    polling.close_with_event(event.event)


@listen(Reacted, after=True)
def send_on(event: Reacted) -> None:
    """To everybody who looks, with what others tapped in the same moment. Nothing of it is kept for who comes later."""
    streams.pulse(f"live-{event.event}", **{event.kind: event.hits})
