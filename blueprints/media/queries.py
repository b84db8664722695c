"""Which picture or file is there for whom."""

from core.errors import Gone
from core.policy import GUEST, Actor, Standing, visible_ids
from models import Attachment, Picture, Video

NARROWED = ("moment",)
"""What is for all today, and for a few when its author says so or its time is over."""


def find(actor: Actor, key: str) -> Picture:
    """A picture is seen by who sees what it belongs to, and by who sent it; by the suspended, only what they sent.
    Raises Gone."""
    picture = Picture.get_or_none(Picture.key == key)
    if picture is None or not _is_open(actor, picture):
        raise Gone
    return picture


def find_file(actor: Actor, key: str) -> Attachment:
    """As for pictures. Raises Gone."""
    file = Attachment.get_or_none(Attachment.key == key)
    if file is None or not _is_open(actor, file):
        raise Gone
    return file


def find_video(actor: Actor, key: str) -> Video:
    """A finished film, for whom it belongs to. Who sent it sees it as the others do: it may have been taken from them.
    Raises Gone."""
    film = Video.get_or_none(Video.key == key, Video.state == "ready")
    if film is None or actor.standing is Standing.SUSPENDED or film.id not in visible_ids("video", [film.id], actor):
        raise Gone
    return film


def _is_open(actor: Actor, thing: Picture | Attachment) -> bool:
    if actor.signed_in and thing.uploader == actor.member_id:
        return True
    if actor.standing is Standing.SUSPENDED:
        return False
    subject = thing.subject_id
    return subject is not None and subject in visible_ids(thing.subject_kind, [subject], actor)


def is_for_all(picture: Picture) -> bool:
    """Whether a visitor may see it as well, for as long as it is there. What only some may see, a browser must ask for
    each time: its own store would go on showing it to somebody who has been removed."""
    kind, subject = picture.subject_kind, picture.subject_id
    return subject is not None and kind not in NARROWED and subject in visible_ids(kind, [subject], GUEST)
