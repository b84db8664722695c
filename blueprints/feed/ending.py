"""Deleted moments go for good once nobody can take that back any more."""

from functools import partial

from blueprints.feed import telling
from core import clock, search, video
from core.config import current
from core.db import after_commit, atomic
from core.limits import LIMITS
from core.media import delete_picture
from models import Moment, Picture

BATCH = 20


def purge_deleted(kept_ms: int = LIMITS["deleted_kept_seconds"] * 1000) -> bool:
    """What was deleted longer ago than this, a few at a time; returns whether there were any."""
    old = Moment.select(Moment.id).where(Moment.deleted_at < clock.now() - kept_ms).limit(BATCH)
    ids = [id_ for (id_,) in old.tuples()]
    with atomic():
        remove(ids)
    return bool(ids)


def remove(ids: list[int]) -> None:
    """Words, pictures, films, and with the rows all that hangs on them, inside a transaction."""
    if not ids:
        return
    mine = (Picture.subject_kind == "moment") & Picture.subject_id.in_(ids)
    keys = [key for (key,) in Picture.select(Picture.key).where(mine).tuples()]
    films = Moment.select(Moment.video).where(Moment.id.in_(ids), Moment.video.is_null(False))
    for (film,) in list(films.tuples()):
        video.remove(film)
    Picture.delete().where(mine).execute()
    search.remove("moment", ids)
    telling.forget(ids)
    Moment.delete().where(Moment.id.in_(ids)).execute()
    folder = current().data / "media"
    for key in keys:
        after_commit(partial(delete_picture, folder, key))
