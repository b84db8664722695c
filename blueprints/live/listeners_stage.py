"""A film that can be shown takes its place on the stage of its event."""

from blueprints.live import recording
from core.signals import listen
from core.video import VideoReady


@listen(VideoReady)
def put_on_stage(event: VideoReady) -> None:
    if event.kind == "live":
        recording.attach(event.number, event.video)
