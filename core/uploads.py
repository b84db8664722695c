"""Pictures that came with a form: stored all or none."""

import hashlib

from flask import request
from werkzeug.datastructures import FileStorage

from core import media
from core.config import current
from core.errors import BadPicture, Invalid
from core.limits import LIMITS
from core.media import NewPicture, PictureChanges
from core.plain import clean_line


def uploads() -> list[FileStorage]:
    """The files that were chosen; an empty file field counts for nothing."""
    return [file for file in request.files.getlist("media") if file and file.filename]


def store_uploads(files: list[FileStorage], *, most: int = LIMITS["pictures_per_post"]) -> list[NewPicture]:
    """Decode and store what was uploaded. All or nothing; raises Invalid for the field `media`."""
    if len(files) > most:
        raise Invalid("too_many_pictures", field="media", most=most)
    folder = current().data / "media"
    alts = request.form.getlist("alt")
    stored: list[NewPicture] = []
    try:
        for place, file in enumerate(files):
            alt = clean_line(alts[place]) if place < len(alts) else ""
            raw = file.stream.read(LIMITS["picture_bytes"] + 1)
            digest = hashlib.sha256(raw).hexdigest()
            stored.append(NewPicture(media.store_picture(raw, folder), alt[: LIMITS["alt"]], digest))
    except BaseException as error:
        for picture in stored:
            media.delete_picture(folder, picture.stored.key)
        if isinstance(error, BadPicture):
            raise BadPicture(error.code, file=short_name(files[len(stored)].filename or "")) from None
        raise
    return stored


def picture_changes() -> PictureChanges:
    """What a form asks of pictures that are there, without new ones: `picture` are their keys, with what each `shows`
    and the `place` where it is to stand (from 1); `drop` are keys of those that go."""
    form, most = request.form, LIMITS["pictures_per_post"]
    keys = form.getlist("picture")[:most]
    shows = dict(zip(keys, form.getlist("shows"), strict=False))
    return PictureChanges(
        removed=tuple(form.getlist("drop")[:most]), shows=shows, order=_order(keys, form.getlist("place"))
    )


def _order(keys: list[str], places: list[str]) -> tuple[str, ...]:
    """What moves up stands before the one whose place it takes, what moves down behind it."""
    wanted = []
    for at, (key, place) in enumerate(zip(keys, places, strict=False), 1):
        to = int(place) if place.isascii() and place.isdecimal() and len(place) < 4 else at
        wanted.append((to + ((to > at) - (to < at)) / 2, key))
    return tuple(key for _to, key in sorted(wanted, key=lambda each: each[0]))


def short_name(name: str) -> str:
    clean = clean_line(name)
    return clean if len(clean) <= 40 else f"{clean[:20]}…{clean[-16:]}"
