"""The boxes of an MP4, as far as we want to know them: how long it is, how large, and what its camera noted.

For machines without ffmpeg. A box is a length, a name and a content, perhaps of further boxes; a length that does not
fit into what is around it makes the film a damaged one.
"""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from core.errors import BadVideo

MOST_BOXES = 2000
MOST_MS = 7 * 24 * 3600 * 1000
NOTES = frozenset((b"udta", b"meta", b"uuid"))
"""Boxes that hold what a camera or a program noted: place, owner, device, previews."""
_ZEROS = bytes(64 * 1024)


@dataclass(frozen=True)
class Measure:
    width: int | None
    height: int | None
    duration_ms: int | None


class Box(NamedTuple):
    """`start` and `end` are places in the file, `content` is where its content begins."""

    name: bytes
    start: int
    content: int
    end: int


def measure(path: Path) -> Measure:
    """Raises BadVideo("video_damaged") for a film whose boxes do not fit, or that has no picture."""
    with open(path, "rb") as file:
        moov = _moov(file)
        inner = list(_boxes(file, moov.content, moov.end))
        length = next((_length(file, box) for box in inner if box.name == b"mvhd"), None)
        sizes = [_size_of_track(file, box) for box in inner if box.name == b"trak"]
    seen = [size for size in sizes if size]
    if not seen:
        raise BadVideo("video_damaged")
    return Measure(*max(seen), length)


def forget_notes(path: Path) -> None:
    """Overwrite what was noted beside the film; its boxes stay where they are, as empty space."""
    with open(path, "r+b") as file:
        moov = _moov(file)
        inner = list(_boxes(file, moov.content, moov.end))
        tracks = [box for track in inner if track.name == b"trak" for box in _boxes(file, track.content, track.end)]
        for box in [*_boxes(file, 0, _end(file)), *inner, *tracks]:
            if box.name in NOTES:
                _blank(file, box)
        file.flush()
        os.fsync(file.fileno())


def _blank(file: BinaryIO, box: Box) -> None:
    file.seek(box.start + 4)
    file.write(b"free")
    file.seek(box.content)
    left = box.end - box.content
    while left > 0:
        left -= file.write(_ZEROS[:left])


def _end(file: BinaryIO) -> int:
    return file.seek(0, os.SEEK_END)


def _moov(file: BinaryIO) -> Box:
    found = [box for box in _boxes(file, 0, _end(file)) if box.name == b"moov"]
    if len(found) != 1:
        raise BadVideo("video_damaged")
    return found[0]


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    for _ in range(MOST_BOXES):
        if start == end:
            return
        file.seek(start)
        head = file.read(16)
        if len(head) < 8:
            raise BadVideo("video_damaged")
        size, content = int.from_bytes(head[:4]), start + 8
        if size == 1 and len(head) == 16:
            size, content = int.from_bytes(head[8:]), start + 16
        elif size == 0:
            size = end - start
        if start + size > end or start + size < content:
            raise BadVideo("video_damaged")
        yield Box(head[4:8], start, content, start + size)
        start += size
    raise BadVideo("video_damaged")


def _read(file: BinaryIO, box: Box, most: int) -> bytes:
    file.seek(box.content)
    return file.read(min(most, box.end - box.content))


def _length(file: BinaryIO, mvhd: Box) -> int | None:
    content = _read(file, mvhd, 32)
    try:
        if content[:1] == b"\x01":
            scale, units = struct.unpack_from(">IQ", content, 20)
        else:
            scale, units = struct.unpack_from(">II", content, 12)
    except struct.error:
        raise BadVideo("video_damaged") from None
    length = units * 1000 // scale if scale else 0
    return length if 0 < length < MOST_MS else None


def _size_of_track(file: BinaryIO, track: Box) -> tuple[int, int] | None:
    """Width and height as it is shown; None for sound."""
    for box in _boxes(file, track.content, track.end):
        if box.name == b"tkhd":
            content = _read(file, box, 96)
            tail = content[88:96] if content[:1] == b"\x01" else content[76:84]
            if len(tail) < 8:
                raise BadVideo("video_damaged")
            width, height = (number >> 16 for number in struct.unpack(">II", tail))
            return _turned(content, width, height) if width and height else None
    return None


def _turned(content: bytes, width: int, height: int) -> tuple[int, int]:
    """A phone held upright films lying down, and notes that its picture is to be turned."""
    at = 52 if content[:1] == b"\x01" else 40
    a, _b, _u, _c, d = struct.unpack_from(">5i", content, at)
    return (height, width) if a == 0 and d == 0 else (width, height)
