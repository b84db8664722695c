"""The picture over a member's profile."""

from functools import partial

from core import clock
from core.config import current
from core.db import after_commit, atomic
from core.media import Picture as StoredPicture
from core.media import delete_picture
from core.policy import Actor, require
from models import PersonSetting, Picture


def set_cover(actor: Actor, stored: StoredPicture | None) -> None:
    """A stored picture becomes the actor's cover; None takes away the one there is. The files of what is not shown any
    more go, and those of the new one where it could not be set. Raises SignInNeeded, Denied."""
    try:
        with atomic():
            require(actor, "people:cover")
            me = actor.member_id or 0
            drop(me)
            if stored:
                Picture.create(
                    key=stored.key, uploader=me, subject_kind="cover", subject_id=me, width=stored.width,
                    height=stored.height, size=stored.bytes, animated=stored.animated, colour=stored.colour,
                    created_at=clock.now(),
                )  # fmt: skip
            key = stored.key if stored else None
            PersonSetting.insert(member=me, cover_key=key).on_conflict(
                conflict_target=[PersonSetting.member], update={PersonSetting.cover_key: key}
            ).execute()
    except BaseException:
        if stored:
            delete_picture(current().data / "media", stored.key)
        raise


def cover_of(member_id: int) -> str | None:
    key: str | None = PersonSetting.select(PersonSetting.cover_key).where(PersonSetting.member == member_id).scalar()
    return key


def drop(member_id: int) -> None:
    """Inside a transaction; the files go once that is sure."""
    mine = (Picture.subject_kind == "cover") & (Picture.subject_id == member_id)
    for (key,) in list(Picture.select(Picture.key).where(mine).tuples()):
        after_commit(partial(delete_picture, current().data / "media", key))
    Picture.delete().where(mine).execute()
