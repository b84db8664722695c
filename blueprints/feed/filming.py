"""The film of a moment: sent before the moment is written, looked at by a job, at most a minute long."""

from peewee import ModelSelect

from core import clock, video
from core.errors import BadVideo, Gone
from core.limits import LIMITS
from core.policy import Actor, require, visible
from models import Moment, Video

WAITING = "moment_film"
"""What a film is for until its moment is written; its number is the member who sends it."""

SLACK_MS = 999
"""Cameras that stop at a minute write a little more."""


def may_send(actor: Actor, number: int) -> None:
    """Raises Gone, Denied, and BadVideo when somebody keeps sending without writing."""
    if number != actor.member_id:
        raise Gone
    require(actor, "moment:write")
    if Video.select().where(Video.subject_kind == WAITING, Video.subject_id == number).count() >= MOST_WAITING:
        raise BadVideo("video_many", most=MOST_WAITING)


MOST_WAITING = 3


def nobody(actor: Actor, number: int) -> None:
    """A film comes with its moment, not later."""
    raise Gone


def nowhere(actor: Actor) -> ModelSelect:
    return Video.select(Video.subject_id).where(Video.id == 0)


def of_films(actor: Actor) -> ModelSelect:
    """Inside a query of films, of each its own moment: all moments of the site would be asked about else."""
    return visible(Moment.select(Moment.id).where(Moment.id == Video.subject_id), actor)


video.declare(WAITING, may_send=may_send, inside=nowhere, most_bytes=LIMITS["moment_film_bytes"])
video.declare("moment", may_send=nobody, inside=of_films)


def take(actor: Actor, key: str, moment: int) -> None:
    """Put the film into the moment, inside the transaction that writes it. Raises BadVideo, field `video`."""
    row = _waiting(actor, key)
    if row is None:
        raise BadVideo("moment_film_gone")
    if row.state == "sending":
        raise BadVideo("moment_film_sending")
    if row.state == "failed":
        raise BadVideo(row.error)
    free = (Video.id == row.id) & (Video.subject_kind == WAITING)
    if not Video.update(subject_kind="moment", subject_id=moment).where(free).execute():
        raise BadVideo("moment_film_gone")
    Moment.update(video=row.id).where(Moment.id == moment).execute()


def _waiting(actor: Actor, key: str) -> Video | None:
    """The actor's own film of that key, as long as it has no moment."""
    mine = (Video.uploader == actor.member_id) & (Video.subject_kind == WAITING)
    return Video.get_or_none(Video.key == key, mine) if key.isalnum() else None


def is_long(duration_ms: int | None) -> bool:
    """Whether it is longer than a moment's film may be. One that nobody could measure is taken for short."""
    return duration_ms is not None and duration_ms > LIMITS["moment_film_seconds"] * 1000 + SLACK_MS


def refuse_long(film: int) -> None:
    """A film that turned out too long goes; its row says why for as long as failed ones are kept."""
    row = Video.get_or_none(Video.id == film)
    if row is not None and is_long(row.duration_ms):
        video.refuse(film, "moment_film_long")


def waiting(actor: Actor) -> list[Video]:
    """What this member has sent and not written a moment for."""
    mine = (Video.subject_kind == WAITING) & (Video.subject_id == actor.member_id)
    return list(Video.select().where(mine).order_by(Video.id))


def drop(actor: Actor, key: str) -> None:
    """Let a film go that waits for its moment. Raises Gone."""
    row = _waiting(actor, key)
    if row is None:
        raise Gone
    video.remove(row.id)


def sweep(kept_ms: int = clock.DAY) -> int:
    """Films whose moment was never written; returns how many."""
    old = Video.select(Video.id).where(Video.subject_kind == WAITING, Video.created_at < clock.now() - kept_ms)
    ids = [id_ for (id_,) in old.tuples()]
    for id_ in ids:
        video.remove(id_)
    return len(ids)
