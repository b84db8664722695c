"""What an uploaded film is, and what is kept of it.

Its content says what it is, never its name. With ffmpeg on the machine it is packed anew, stream by stream without
encoding: what a camera noted about place and owner goes, the index moves to the front, so that it plays before it is
there as a whole, and one of its pictures becomes the poster. ffmpeg reads what strangers made, so it gets one file, one
way to read it, few codecs, no network, and an end. Without it, an MP4 is measured by core/film_boxes.py.
"""

import contextlib
import json
import os
import re
import resource
import selectors
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import clock, film_boxes
from core.errors import BadVideo
from core.limits import LIMITS

KINDS = {"mp4": "video/mp4", "webm": "video/webm"}
"""Kind -> what it is sent as."""

HEAD_BYTES = 4096
_DEMUXERS = {"mp4": "mov", "webm": "matroska"}
_PICTURES = ("h264", "hevc", "av1", "vp9", "vp8")
_SOUNDS = ("aac", "mp3", "opus", "vorbis", "flac", "ac3", "eac3")
_CODECS = (*_PICTURES, *_SOUNDS, "libdav1d", "libaom-av1", "libvpx", "libvpx-vp9", "mp3float", "mjpeg", "rawvideo",
           "wrapped_avframe")  # fmt: skip
_STILLS = (b"avif", b"avis", b"heic", b"heix", b"mif1", b"msf1")
_DOCUMENT_TYPE = re.compile(rb"\x42\x82(?:\x84|\x40\x04|\x01\x00{6}\x04)webm")
MOST_MEMORY = 2 * 1024**3
MOST_SAID, MOST_COMPLAINED = 16 * 1024**2, 64 * 1024
PROBE_SECONDS = 60
MOST_STREAMS = 32


@dataclass(frozen=True)
class Film:
    """Sizes in pixels as they are seen; None where nobody could tell. `poster` is a JPEG."""

    kind: str
    width: int | None
    height: int | None
    duration_ms: int | None
    poster: bytes | None


def kind_of(head: bytes) -> str:
    """mp4 or webm, from the first bytes of a film. Raises BadVideo("video_kind")."""
    if head[4:8] == b"ftyp" and 16 <= int.from_bytes(head[:4]) <= HEAD_BYTES and head[8:12] not in _STILLS:
        return "mp4"
    if head.startswith(b"\x1a\x45\xdf\xa3") and _DOCUMENT_TYPE.search(head[:256]):
        return "webm"
    raise BadVideo("video_kind")


def has_ffmpeg() -> bool:
    return bool(shutil.which("ffmpeg") and shutil.which("ffprobe"))


def make(source: Path, target: Path) -> Film:
    """Look at `source` and write what is kept of it to `target`. Slow: never inside a transaction.

    Raises BadVideo with the code video_kind, video_damaged, video_codec or video_slow."""
    with open(source, "rb") as file:
        kind = kind_of(file.read(HEAD_BYTES))
    if has_ffmpeg():
        return _packed_anew(source, target, kind)
    return _as_it_is(source, target, kind)


def _as_it_is(source: Path, target: Path, kind: str) -> Film:
    shutil.copyfile(source, target)
    if kind == "webm":
        return Film(kind, None, None, None, None)
    film_boxes.forget_notes(target)
    measured = film_boxes.measure(target)
    return Film(kind, measured.width, measured.height, measured.duration_ms, None)


# ---- with ffmpeg --------------------------------------------------------------------------------------------


def _packed_anew(source: Path, target: Path, kind: str) -> Film:
    about = _probe(source, kind)
    picture, sound = _streams(about)
    length = _length(about, picture)
    maps = ["-map", f"0:{picture['index']}", *(["-map", f"0:{sound['index']}"] if sound else [])]
    faster = ["-movflags", "+faststart"] if kind == "mp4" else []
    _run(
        [
            "ffmpeg", *_reading(kind), "-i", f"file:{source}", *maps, "-c", "copy", "-dn", "-sn", "-map_metadata", "-1",
            "-map_metadata:s", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", *faster, "-f", kind,
            f"file:{target}",
        ],
        seconds=LIMITS["video_job_seconds"], most_bytes=source.stat().st_size * 2 + 64 * 1024**2,
    )  # fmt: skip
    width, height = int(picture.get("width") or 0), int(picture.get("height") or 0)
    if _is_turned(picture):
        width, height = height, width
    return Film(kind, width or None, height or None, length, _poster(target, kind, length or 0))


def _reading(kind: str) -> list[str]:
    return [
        "-nostdin", "-hide_banner", "-v", "error", "-y", "-threads", "1", "-protocol_whitelist", "file",
        *_guarded(kind),
    ]  # fmt: skip


def _guarded(kind: str) -> list[str]:
    """The way to read it is ours to say: left to itself, ffmpeg would follow a playlist that is called a film."""
    return ["-f", _DEMUXERS[kind], "-codec_whitelist", ",".join(_CODECS), "-max_streams", str(MOST_STREAMS)]


def _probe(source: Path, kind: str) -> dict[str, Any]:
    shown = (
        "stream=index,codec_type,codec_name,width,height,duration:stream_disposition=attached_pic:"
        "stream_side_data=rotation:format=duration"
    )
    said = _run(
        ["ffprobe", "-hide_banner", "-v", "error", "-protocol_whitelist", "file", *_guarded(kind), "-show_entries",
         shown, "-of", "json", f"file:{source}"],
        seconds=PROBE_SECONDS, most_bytes=0,
    )  # fmt: skip
    try:
        about: dict[str, Any] = json.loads(said)
    except ValueError:
        raise BadVideo("video_damaged") from None
    return about


def _streams(about: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The picture and the sound that are kept. Raises BadVideo."""
    streams = about.get("streams", [])
    pictures = [
        each for each in streams
        if each.get("codec_type") == "video" and not each.get("disposition", {}).get("attached_pic")
    ]  # fmt: skip
    sounds = [each for each in streams if each.get("codec_type") == "audio"]
    if not pictures:
        raise BadVideo("video_damaged")
    if pictures[0].get("codec_name") not in _PICTURES or (sounds and sounds[0].get("codec_name") not in _SOUNDS):
        raise BadVideo("video_codec")
    return pictures[0], sounds[0] if sounds else None


def _length(about: dict[str, Any], picture: dict[str, Any]) -> int | None:
    for said in (about.get("format", {}).get("duration"), picture.get("duration")):
        with contextlib.suppress(ValueError, OverflowError):
            length = int(float(said or 0) * 1000)
            if 0 < length < film_boxes.MOST_MS:
                return length
    return None


def _is_turned(picture: dict[str, Any]) -> bool:
    for side in picture.get("side_data_list", []):
        with contextlib.suppress(TypeError, ValueError):
            return int(float(side["rotation"])) % 180 == 90 if "rotation" in side else False
    return False


def _poster(film: Path, kind: str, length: int) -> bytes | None:
    """A picture from its first seconds; a film without one is a film all the same."""
    at = min(3.0, length / 10_000)
    with contextlib.suppress(BadVideo):
        picture = _run(
            ["ffmpeg", *_reading(kind), "-ss", f"{at:.2f}", "-i", f"file:{film}", "-map", "0:v:0", "-frames:v", "1",
             "-vf", r"scale=min(1280\,iw):-2", "-c:v", "mjpeg", "-q:v", "3", "-f", "image2pipe", "-protocol_whitelist",
             "file,pipe", "pipe:1"],
            seconds=PROBE_SECONDS, most_bytes=0,
        )  # fmt: skip
        return picture or None
    return None


def _run(command: list[str], *, seconds: int, most_bytes: int) -> bytes:
    """What it wrote to its output. It gets no environment, no input, and limits that the kernel keeps. Raises BadVideo
    when it fails or takes too long."""
    program = shutil.which(command[0]) or command[0]
    running = subprocess.Popen(  # noqa: S603 - no shell, and the only word of a stranger in it is a path of ours
        [program, *command[1:]], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        cwd="/", env={}, close_fds=True, start_new_session=True,
    )  # fmt: skip
    try:
        _bound(running.pid, seconds, most_bytes)
        said, complained = _hear(running, seconds)
    except subprocess.TimeoutExpired:
        raise BadVideo("video_slow") from None
    finally:
        if running.poll() is None:
            running.kill()
            running.wait()
        for pipe in (running.stdout, running.stderr):
            if pipe:
                pipe.close()
    if running.returncode:
        raise BadVideo("video_codec" if b"not on whitelist" in complained else "video_damaged")
    return said


def _hear(running: subprocess.Popen[bytes], seconds: int) -> tuple[bytes, bytes]:
    """What it says and the beginning of what it complains of, until it ends. Raises TimeoutExpired, and BadVideo when
    it says more than a picture and a list of streams can be."""
    until = clock.monotonic() + seconds
    said, complained = bytearray(), bytearray()
    with selectors.DefaultSelector() as pipes:
        for pipe, kept in ((running.stdout, said), (running.stderr, complained)):
            pipes.register(pipe, selectors.EVENT_READ, kept)  # type: ignore[arg-type]
        while pipes.get_map():
            left = until - clock.monotonic()
            if left <= 0:
                raise subprocess.TimeoutExpired(running.args, seconds)
            for key, _ in pipes.select(left):
                piece = os.read(key.fd, 65_536)
                if not piece:
                    pipes.unregister(key.fileobj)
                elif key.data is said or len(complained) < MOST_COMPLAINED:
                    key.data.extend(piece)
            if len(said) > MOST_SAID:
                raise BadVideo("video_damaged")
    running.wait(max(1.0, until - clock.monotonic()))
    return bytes(said), bytes(complained)


def _bound(process: int, seconds: int, most_bytes: int) -> None:
    limits = {
        resource.RLIMIT_AS: MOST_MEMORY, resource.RLIMIT_CPU: seconds, resource.RLIMIT_FSIZE: most_bytes,
        resource.RLIMIT_NOFILE: 64, resource.RLIMIT_CORE: 0,
    }  # fmt: skip
    if hasattr(resource, "prlimit"):  # on Linux; elsewhere the time limit alone has to do
        for limit, most in limits.items():
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(process, limit, (most, most))
