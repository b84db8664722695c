"""Pictures that came with a form: stored all or none."""

import hashlib

from flask import request
from werkzeug.datastructures import FileStorage

from core import media
from core.config import current
from core.errors import BadPicture, Invalid
from core.limits import LIMITS
from core.media import NewPicture
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


def short_name(name: str) -> str:
    clean = clean_line(name)
    return clean if len(clean) <= 40 else f"{clean[:20]}…{clean[-16:]}"
