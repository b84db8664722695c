"""Films as somebody would upload them, made by ffmpeg once a run and in small by hand."""

import os
import shutil
import struct
import subprocess
from functools import cache
from pathlib import Path

import pytest

from core import config, video
from core.policy import Actor
from models import Video

SECRET = "+31.2304+121.4737/"
"""Where a camera says that it stood."""


def needs_ffmpeg() -> None:
    """Skips a test without ffmpeg, but fails it where CI is set."""
    if shutil.which("ffmpeg") and shutil.which("ffprobe"):
        return
    if os.environ.get("CI"):
        pytest.fail("CI is set and there is no ffmpeg: apt-get install ffmpeg")
    pytest.skip("no ffmpeg here (apt-get install ffmpeg)")


def ffmpeg(*arguments: str) -> None:
    needs_ffmpeg()
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *arguments], check=True)


PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=10")
SOUND = ("-f", "lavfi", "-i", "sine=frequency=440")
H264 = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-preset", "ultrafast", "-g", "10", "-c:a", "aac")
NOTES = ("-metadata", f"location={SECRET}", "-metadata", "title=at home", "-metadata:s:v", "handler_name=Lin's phone")


@cache
def _made(ending: str, seconds: int) -> bytes:
    import tempfile

    codecs = H264 if ending == "mp4" else ("-c:v", "libvpx", "-b:v", "200k", "-c:a", "libvorbis")
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, f"film.{ending}")
        ffmpeg(*PICTURE, *SOUND, "-t", str(seconds), *codecs, *NOTES, str(target))
        return target.read_bytes()


def mp4(seconds: int = 2) -> bytes:
    """320 × 180, with what its camera noted; the index is at its end, as cameras leave it."""
    return _made("mp4", seconds)


def webm(seconds: int = 2) -> bytes:
    return _made("webm", seconds)


# ---- by hand ------------------------------------------------------------------------------------------------


def box(name: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I", 8 + len(body)) + name + body


def bare_mp4(width: int = 640, height: int = 360, ms: int = 5000, padding: int = 100, *, turned: bool = False) -> bytes:
    """The boxes of a film with nothing to be played in them."""
    matrix = (0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30) if turned else (65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30)
    mvhd = box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, ms), bytes(80))
    tkhd = box(b"tkhd", struct.pack(">IIIIII", 7, 0, 0, 1, 0, ms), bytes(16), struct.pack(">9i", *matrix),
               struct.pack(">II", width << 16, height << 16))  # fmt: skip
    notes = box(b"udta", box(b"\xa9xyz", SECRET.encode()))
    return b"".join((
        box(b"ftyp", b"isom", bytes(4), b"isommp42"), box(b"moov", mvhd, box(b"trak", tkhd, notes), notes),
        box(b"mdat", bytes(padding)),
    ))  # fmt: skip


def large(pieces: int = 3) -> bytes:
    return bare_mp4(padding=pieces * video.PIECE_BYTES)


# ---- on their way -------------------------------------------------------------------------------------------


def send(actor: Actor, row: Video, content: bytes) -> Video:
    """All its pieces, one after the other."""
    for offset in range(0, len(content), video.PIECE_BYTES):
        row = video.put(actor, row.key, offset, content[offset : offset + video.PIECE_BYTES])
    return row


def part_of(row: Video) -> Path:
    return config.current().data / "videos" / row.key[:2] / f"{row.key}-part"


def kept_files() -> list[str]:
    return sorted(path.name for path in (config.current().data / "videos").glob("??/*"))
