"""What is sent along with a post: pictures and documents, all of them or none."""

import hashlib

from flask import request
from werkzeug.datastructures import FileStorage

from blueprints.circles import files
from blueprints.circles.files import NewFile
from core.config import current
from core.errors import BadFile, Invalid
from core.files import store_file
from core.limits import LIMITS
from core.media import NewPicture, delete_picture
from core.uploads import short_name, store_uploads, uploads


def store_enclosed() -> tuple[list[NewPicture], list[NewFile]]:
    """Store what this form brought. Raises Invalid for the field `media` or `files`, and then nothing is left of it."""
    sent = [file for file in request.files.getlist("files") if file and file.filename]
    if len(sent) > LIMITS["files_per_post"]:
        raise Invalid("too_many_files", field="files", most=LIMITS["files_per_post"])
    pictures = store_uploads(uploads())
    try:
        return pictures, _store(sent)
    except BaseException:
        for picture in pictures:
            delete_picture(current().data / "media", picture.stored.key)
        raise


def _store(sent: list[FileStorage]) -> list[NewFile]:
    stored: list[NewFile] = []
    try:
        for file in sent:
            raw = file.stream.read(LIMITS["file_bytes"] + 1)
            kept = store_file(raw, file.filename or "", files.folder())
            stored.append(NewFile(kept, hashlib.sha256(raw).hexdigest()))
    except BaseException as error:
        files.discard(stored)
        if isinstance(error, BadFile):
            error.facts["file"] = short_name(sent[len(stored)].filename or "")
        raise
    return stored
