"""Files of posts whose rows and contents have lost each other."""

from collections.abc import Iterator

from core.checks import check
from core.config import current
from models import Attachment, Video

MOST_LINES = 10


@check("media.files")
def missing_files() -> Iterator[str]:
    folder = current().data / "files"
    lines = 0
    for key, name in Attachment.select(Attachment.key, Attachment.name).order_by(Attachment.id.desc()).tuples():
        if not (folder / key[:2] / key).is_file():
            yield f"{name} ({key}) is not in {folder}; restore the folder from the last backup"
            lines += 1
            if lines == MOST_LINES:
                return


@check("media.videos")
def missing_videos() -> Iterator[str]:
    folder = current().data / "videos"
    lines = 0
    ready = Video.select(Video.key, Video.name).where(Video.state == "ready").order_by(Video.id.desc())
    for key, name in ready.tuples():
        if not (folder / key[:2] / key).is_file():
            yield f"{name} ({key}) is not in {folder}; restore the folder from the last backup"
            lines += 1
            if lines == MOST_LINES:
                return
