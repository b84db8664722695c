"""What follows for moments when a film is ready, or a list of friends goes."""

from blueprints.feed import filming, narrowing, posting
from blueprints.people.events import FriendListDropped
from core.signals import listen
from core.video import VideoFailed, VideoReady
from models import Moment


@listen(FriendListDropped)
def keep_from_whom_it_was_kept(event: FriendListDropped) -> None:
    narrowing.forget_list(event.list)


@listen(VideoReady)
def look_at_length(event: VideoReady) -> None:
    if event.kind in (filming.WAITING, "moment"):
        filming.refuse_long(event.video)


@listen(VideoReady, VideoFailed)
def show_film(event: VideoReady | VideoFailed) -> None:
    """On open pages too, whichever came first: the moment or its film."""
    for (moment,) in Moment.select(Moment.id).where(Moment.video == event.video).tuples():
        posting.changed(moment)
