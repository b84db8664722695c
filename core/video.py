"""Films from people, sent in pieces, so that a lost connection costs one piece and not the film.

The row says how far one has come; the pieces lie in one file beside the finished films. Bytes are on the disk before
the row counts them, so after a crash the row never promises more than there is. The last piece leaves a job behind,
which looks at the film (core/film.py) and makes it one that can be shown. What a film belongs to says who may send and
who may watch it; a blueprint declares that with `declare`.
"""

import contextlib
import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from peewee import ModelSelect

from core import clock, film, media
from core.config import current
from core.db import after_commit, atomic
from core.errors import BadVideo, Conflict, Gone, Invalid
from core.jobs import Running, job, later
from core.limits import LIMITS
from core.plain import clean_line
from core.policy import Actor
from core.signals import Event, announce
from models import Picture, Video

PIECE_BYTES = LIMITS["video_piece_bytes"]
_KEY = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class VideoReady(Event):
    """A film can be shown. `kind` and `number` name what it was sent for."""

    video: int
    kind: str
    number: int


@dataclass(frozen=True)
class VideoFailed(Event):
    video: int
    kind: str
    number: int


@dataclass(frozen=True)
class Purpose:
    """`may_send(actor, number)` raises Gone or Denied; `inside(actor)` selects the ids of those whose films the actor
    may watch."""

    may_send: Callable[[Actor, int], Any]
    inside: Callable[[Actor], ModelSelect]
    most_bytes: int = LIMITS["video_bytes"]


_purposes: dict[str, Purpose] = {}


def declare(
    kind: str, *, may_send: Callable[[Actor, int], Any], inside: Callable[[Actor], ModelSelect],
    most_bytes: int = LIMITS["video_bytes"],
) -> None:  # fmt: skip
    _purposes[kind] = Purpose(may_send, inside, most_bytes)


def purposes() -> dict[str, Purpose]:
    return dict(_purposes)


# ---- sending ------------------------------------------------------------------------------------------------


def begin(actor: Actor, kind: str, number: int, name: str, size: int) -> Video:
    """Make room for a film of `size` bytes that is sent for the thing `kind`, `number`.

    Raises Gone, Denied, and BadVideo with the code video_empty, video_large, video_large_mb, video_many or
    video_no_room."""
    purpose = _purposes.get(kind)
    if purpose is None or actor.member_id is None:
        raise Gone
    if size <= 0:
        raise BadVideo("video_empty")
    if size > LIMITS["video_bytes"]:
        raise BadVideo("video_large", most=LIMITS["video_bytes"] // 1024**3)
    if size > purpose.most_bytes:
        raise BadVideo("video_large_mb", most=purpose.most_bytes // 1024**2)
    tidy = clean_line(name.replace("\\", "/").rpartition("/")[2])[: LIMITS["file_name"]]
    with atomic():
        purpose.may_send(actor, number)
        if len(unfinished(actor)) >= LIMITS["videos_unfinished"]:
            raise BadVideo("video_many", most=LIMITS["videos_unfinished"])
        _check_room(2 * size + _expected())  # a film is packed into a second file before the first one goes
        return Video.create(
            key=secrets.token_hex(16), uploader=actor.member_id, subject_kind=kind, subject_id=number,
            name=tidy or "video", kind="", size=size, created_at=clock.now(),
        )  # fmt: skip


def unfinished(actor: Actor) -> list[Video]:
    """What this member has begun to send, and what waits for its job."""
    mine = Video.select().where(Video.uploader == actor.member_id, Video.state.in_(("sending", "waiting")))
    return list(mine.order_by(Video.id))


def _expected() -> int:
    """Bytes that have been promised to others and are not on the disk yet."""
    rows = Video.select(Video.size, Video.received).where(Video.state == "sending").tuples()
    return sum(size - received for size, received in rows)


def _check_room(size: int) -> None:
    if shutil.disk_usage(_folder()).free - size < LIMITS["video_spared_bytes"]:
        raise BadVideo("video_no_room")


def sent(actor: Actor, key: str) -> Video:
    """A film by who sends it: nobody else has to do with its pieces. Raises Gone."""
    row = Video.get_or_none(Video.key == key, Video.uploader == actor.member_id) if actor.signed_in else None
    if row is None:
        raise Gone
    return row


def put(actor: Actor, key: str, offset: int, piece: bytes) -> Video:
    """Take the piece that begins at `offset`. A piece that is there already is no error, so it can be sent again by
    whoever did not hear the answer.

    Raises Gone, BadVideo("video_piece" or "video_kind"), and Conflict("video_offset", received=…) for another place
    than the next one, also while the same film is being written to."""
    row = sent(actor, key)
    if not 0 < len(piece) <= PIECE_BYTES or not 0 <= offset <= row.size - len(piece):
        raise BadVideo("video_piece", most=PIECE_BYTES)
    if _is_there(row, offset, piece):
        return row
    if offset != row.received:
        raise Conflict("video_offset", received=row.received)
    kind = _kind_of_first(row, piece) if offset == 0 else row.kind
    _check_room(len(piece))
    with _opened(row, offset) as part:
        row = _still_sent(actor, key)
        if _is_there(row, offset, piece):
            return row
        if offset != row.received:
            raise Conflict("video_offset", received=row.received)
        _write(row, part, offset, piece)
        return _advance(row, offset + len(piece), kind)


def _kind_of_first(row: Video, piece: bytes) -> str:
    """What is no film is told so at its first piece, and given up."""
    try:
        return film.kind_of(piece)
    except BadVideo:
        remove(row.id)
        raise


def _is_there(row: Video, offset: int, piece: bytes) -> bool:
    if row.state == "failed":
        raise BadVideo(row.error or "video_damaged")
    return row.state != "sending" or offset + len(piece) <= row.received


@contextlib.contextmanager
def _opened(row: Video, offset: int) -> Iterator[int]:
    """The file of pieces, for one writer at a time; whoever comes meanwhile is told to look again."""
    path = _part(row.key)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    flags = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | (os.O_CREAT if offset == 0 else 0)
    try:
        part = os.open(path, flags, 0o600)
    except FileNotFoundError:
        raise _from_the_start(row) from None
    try:
        try:
            fcntl.flock(part, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict("video_offset", received=row.received) from None
        yield part
    finally:
        os.close(part)


def _still_sent(actor: Actor, key: str) -> Video:
    try:
        return sent(actor, key)
    except Gone:  # given up while this piece was on its way
        _part(key).unlink(missing_ok=True)
        raise


def _from_the_start(row: Video) -> Conflict:
    """The pieces are gone, as after restoring a backup."""
    Video.update(received=0).where(Video.id == row.id, Video.state == "sending").execute()
    return Conflict("video_offset", received=0)


def _write(row: Video, part: int, offset: int, piece: bytes) -> None:
    if os.fstat(part).st_size < offset:
        raise _from_the_start(row)
    view, at = memoryview(piece), offset
    while view:
        written = os.pwrite(part, view, at)
        view, at = view[written:], at + written
    os.fdatasync(part)


def _advance(row: Video, received: int, kind: str) -> Video:
    whole = received == row.size
    state = "waiting" if whole else "sending"
    with atomic():
        changed = (
            Video.update(received=received, state=state, kind=kind)
            .where(Video.id == row.id, Video.state == "sending", Video.received == row.received)
            .execute()
        )
        if not changed:
            raise Gone
        if whole:
            later("video.finish", {"video": row.id}, unique_key=f"video:{row.id}")
    return Video.get_by_id(row.id)


def remove(video: int) -> None:
    """Its row now, its files after the commit; what is gone already is no error. The caller has asked who may."""
    with atomic():
        row = Video.get_or_none(Video.id == video)
        if row is None:
            return
        row.delete_instance()
        after_commit(partial(delete_video, _folder(), row.key))
        _drop_posters(video)


# ---- finishing ----------------------------------------------------------------------------------------------


@job("video.finish")
def finish(running: Running, video: int) -> None:
    """Make of the pieces a film that can be shown; killed in the middle, it begins anew."""
    row = Video.get_or_none(Video.id == video, Video.state == "waiting")
    if row is None:
        return
    source = _part(row.key) if _part(row.key).is_file() else _path(_folder(), row.key)
    packed = source.with_name(f"{row.key}-new-{secrets.token_hex(4)}")
    try:
        if not source.is_file():
            raise BadVideo("video_damaged")
        made = film.make(source, packed)
        running.progress(80)
        _keep(row, made, packed)
    except BadVideo as refusal:
        _fail(row, refusal.code)
    finally:
        packed.unlink(missing_ok=True)


def _keep(row: Video, made: film.Film, packed: Path) -> None:
    poster = _poster(made)
    size = packed.stat().st_size
    _put_in_place(packed, _path(_folder(), row.key))
    facts = {
        "kind": made.kind, "width": made.width, "height": made.height, "duration_ms": made.duration_ms, "size": size,
        "received": size, "poster_key": poster.key if poster else None, "state": "ready", "ready_at": clock.now(),
    }  # fmt: skip
    with atomic():
        changed = Video.update(**facts).where(Video.id == row.id, Video.state == "waiting").execute()
        if changed:
            _keep_poster(row, poster)
            announce(VideoReady(row.id, row.subject_kind, row.subject_id))
    if not changed and poster:
        media.delete_picture(current().data / "media", poster.key)
    if not Video.select().where(Video.id == row.id).exists():
        delete_video(_folder(), row.key)  # given up while it was being packed
    _part(row.key).unlink(missing_ok=True)


def _keep_poster(row: Video, poster: media.Picture | None) -> None:
    if poster:
        Picture.create(
            key=poster.key, uploader=row.uploader, subject_kind="video", subject_id=row.id, width=poster.width,
            height=poster.height, size=poster.bytes, colour=poster.colour, created_at=clock.now(),
        )  # fmt: skip


def _put_in_place(packed: Path, path: Path) -> None:
    """A power cut leaves the whole film or none under its name."""
    _flush(packed)
    os.replace(packed, path)
    _flush(path.parent)


def _flush(place: Path) -> None:
    opened = os.open(place, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _poster(made: film.Film) -> media.Picture | None:
    if made.poster is None:
        return None
    with contextlib.suppress(Invalid):
        return media.store_picture(made.poster, current().data / "media")
    return None


def _fail(row: Video, code: str) -> None:
    with atomic():
        changed = Video.update(state="failed", error=code).where(Video.id == row.id, Video.state == "waiting").execute()
        if changed:
            announce(VideoFailed(row.id, row.subject_kind, row.subject_id))
    _part(row.key).unlink(missing_ok=True)


def refuse(video: int, code: str) -> None:
    """A finished film that cannot be taken after all, such as one that is too long where it is to be shown: it goes,
    the row says why for as long as failed ones are kept."""
    with atomic():
        row = Video.get_or_none(Video.id == video, Video.state == "ready")
        if row is None:
            return
        Video.update(state="failed", error=code, poster_key=None).where(Video.id == video).execute()
        after_commit(partial(delete_video, _folder(), row.key))
        _drop_posters(video)
        announce(VideoFailed(row.id, row.subject_kind, row.subject_id))


def _drop_posters(video: int) -> None:
    for poster in Picture.select().where(Picture.subject_kind == "video", Picture.subject_id == video):
        poster.delete_instance()
        after_commit(partial(media.delete_picture, current().data / "media", poster.key))


@job("video.sweep", every_seconds=3600)
def sweep(running: Running) -> None:
    """Films that nobody went on sending, that failed, or whose job was lost, and what lies about of killed ones."""
    before = clock.now() - LIMITS["video_sending_seconds"] * 1000
    for row in Video.select().where(Video.state.in_(("sending", "failed")), Video.created_at < before):
        if row.state == "failed" or _touched_at(_part(row.key)) < before:
            remove(row.id)
    for row in Video.select(Video.id).where(Video.state == "waiting"):
        later("video.finish", {"video": row.id}, unique_key=f"video:{row.id}")
    for packed in _folder().glob("??/*-new-*"):
        if _touched_at(packed) < before:
            packed.unlink(missing_ok=True)


def _touched_at(path: Path) -> int:
    try:
        return int(path.stat().st_mtime * 1000)
    except FileNotFoundError:
        return 0


# ---- files --------------------------------------------------------------------------------------------------


def path_of(key: str) -> Path:
    """Where a finished film lies. Raises Gone for a key that cannot be and for a missing file."""
    path = _path(_folder(), key)
    if not path.is_file():
        raise Gone
    return path


def delete_video(folder: Path, key: str) -> None:
    """The film and its pieces; what is gone already is no error. A key that cannot be raises Gone."""
    path = _path(folder, key)
    path.unlink(missing_ok=True)
    path.with_name(f"{key}-part").unlink(missing_ok=True)


def _folder() -> Path:
    return current().data / "videos"


def _part(key: str) -> Path:
    return _path(_folder(), key).with_name(f"{key}-part")


def _path(folder: Path, key: str) -> Path:
    if not _KEY.fullmatch(key):
        raise Gone
    return folder / key[:2] / key
