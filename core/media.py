"""Pictures from people: decoded by an allow-listed decoder, scaled, and encoded anew as WebP in three sizes.

Nothing of the uploaded bytes is kept, so no place, camera or second file inside survives. What a file is,
its content says, never its name. Pillow is imported on first use: a process that sees no picture does not
pay for it.
"""

import contextlib
import math
import os
import re
import secrets
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from core.errors import BadPicture, Gone
from core.limits import LIMITS

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

SIZES = {"s": 320, "m": 960, "l": 2048}
"""Longest edge of each stored size in pixels; smaller pictures are not enlarged."""

MOST_BYTES = LIMITS["picture_bytes"]
MOST_PIXELS = LIMITS["picture_pixels"]
MOST_FRAMES = LIMITS["picture_frames"]
MOST_FRAME_PIXELS = LIMITS["picture_frame_pixels"]

ANIMATION_EDGE = 720
ANIMATION_PIXELS = 16_000_000
"""All frames of a stored animation together. It bounds memory (4 bytes a pixel) and the encoder's time."""

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "HEIF")
_ANIMATED = ("GIF", "WEBP")
_QUALITY = 80
_EFFORT = {"s": 4, "m": 4, "l": 2}  # more takes twice the time for 4 % of the size
_KEY = re.compile(r"[0-9a-f]{32}")
_ORIENTATION = 0x0112

# A decoded 40-megapixel picture takes 160 MB: two at a time, the rest wait.
_decoding = threading.BoundedSemaphore(2)
_loading = threading.Lock()
_loaded = False


@dataclass(frozen=True)
class Picture:
    """`width` and `height` are those of the largest size, `bytes` what all sizes take on disk, `colour` the
    average as #rrggbb for the place that a picture will fill."""

    key: str
    width: int
    height: int
    bytes: int
    animated: bool
    colour: str


@dataclass(frozen=True)
class NewPicture:
    """A stored picture and what it shows, in words. `digest` is of the file as it was sent: the same one sent again is
    the same, although it is stored anew."""

    stored: Picture
    alt: str = ""
    digest: str = ""


@dataclass(frozen=True, kw_only=True)
class PictureChanges:
    """What is to become of pictures that are there, by their keys: some are `removed`, `shows` is what others show in
    words, and `order` how those that stay follow each other. `pictures` come after them."""

    pictures: list[NewPicture] = field(default_factory=list)
    removed: tuple[str, ...] = ()
    shows: dict[str, str] = field(default_factory=dict)
    order: tuple[str, ...] = ()


def store_picture(data: BinaryIO | bytes, folder: Path) -> Picture:
    """Decode, scale and write a picture. The files are whole and on disk when this returns; nothing else is
    left behind. Slow (up to some seconds): never inside a transaction.

    Raises BadPicture with the code too_large, too_many_pixels, not_a_picture or truncated."""
    raw = data if isinstance(data, bytes) else data.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise BadPicture("too_large")
    _load_pillow()
    with _decoding:
        encoded = _convert(raw)
    key = secrets.token_hex(16)
    _write_all(folder, key, encoded.files)
    size = sum(map(len, encoded.files.values()))
    return Picture(key, encoded.width, encoded.height, size, encoded.animated, encoded.colour)


def path_of(folder: Path, key: str, size: str) -> Path:
    """Where a size of a picture lies. Raises Gone for a key or size that cannot be, and for a missing
    file."""
    if size not in SIZES or not _KEY.fullmatch(key):
        raise Gone
    path = _path(folder, key, size)
    if not path.is_file():
        raise Gone
    return path


def delete_picture(folder: Path, key: str) -> None:
    """Remove all sizes; what is gone already is no error. A key that cannot be raises Gone."""
    if not _KEY.fullmatch(key):
        raise Gone
    for size in SIZES:
        _path(folder, key, size).unlink(missing_ok=True)


def _path(folder: Path, key: str, size: str) -> Path:
    return folder / key[:2] / f"{key}-{size}.webp"


def _write_all(folder: Path, key: str, encoded: dict[str, bytes]) -> None:
    try:
        for size, content in encoded.items():
            write_whole(_path(folder, key, size), content)
    except BaseException:
        with contextlib.suppress(OSError):
            delete_picture(folder, key)
        raise


def write_whole(path: Path, content: bytes) -> None:
    """A power cut leaves the whole file or none under its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    try:
        with open(part, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    parent = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)


# ---- decoding ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Encoded:
    width: int
    height: int
    animated: bool
    colour: str
    files: dict[str, bytes]


def _load_pillow() -> None:
    """Only the decoders we allow. Left to itself, Pillow imports all forty when it meets a format it does not
    know yet."""
    global _loaded
    with _loading:
        if _loaded:
            return
        import pillow_heif
        from PIL import GifImagePlugin, Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin  # noqa: F401

        pillow_heif.register_heif_opener(thumbnails=False, decode_threads=1)
        Image.MAX_IMAGE_PIXELS = MOST_PIXELS
        warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
        _loaded = True


def _convert(raw: bytes) -> _Encoded:
    from PIL.Image import DecompressionBombError, DecompressionBombWarning

    try:
        with _open(raw) as image:
            frames = _frame_count(image)
            return _encode_animation(image, frames) if frames > 1 else _encode_still(image)
    except BadPicture:
        raise
    except (DecompressionBombError, DecompressionBombWarning) as error:
        raise BadPicture("too_many_pixels") from error
    except Exception as error:  # decoders that meet hostile bytes raise whatever comes to their mind
        raise BadPicture("truncated") from error


def _open(raw: bytes) -> "ImageFile":
    """Reads the header only: the pixels are counted before any of them is decoded."""
    from PIL import Image, UnidentifiedImageError

    try:
        image = Image.open(BytesIO(raw), formats=_FORMATS)
    except UnidentifiedImageError as error:
        raise BadPicture("not_a_picture") from error
    _check_pixels(image.size)
    return image


def _check_pixels(size: tuple[int, int]) -> None:
    if size[0] * size[1] > MOST_PIXELS:
        raise BadPicture("too_many_pixels")


def _frame_count(image: "ImageFile") -> int:
    """1 for what is to be stored as a still picture: most formats, and animations beyond the limits."""
    if image.format not in _ANIMATED:
        return 1
    frames = int(getattr(image, "n_frames", 1))
    within = frames <= MOST_FRAMES and frames * image.width * image.height <= MOST_FRAME_PIXELS
    return frames if within else 1


def _encode_still(image: "ImageFile") -> _Encoded:
    profile = image.info.get("icc_profile")
    orientation = _orientation(image)
    _shrink_while_decoding(image)
    image.load()
    _check_pixels(image.size)
    large = _scaled(_scalable(image), SIZES["l"])
    large = _turned(_srgb(large, profile), orientation)
    medium = _scaled(large, SIZES["m"])
    small = _scaled(medium, SIZES["s"])
    files = {size: _webp(part, size) for size, part in (("l", large), ("m", medium), ("s", small))}
    return _Encoded(*large.size, False, _average(small), files)


def _shrink_while_decoding(image: "ImageFile") -> None:
    """A JPEG can be decoded at half, a quarter or an eighth of its size for a fraction of the time. Ten
    percent below the largest size are taken for that, or a 12-megapixel photo would just miss it."""
    edge = SIZES["l"] * 9 // 10
    longest = max(image.size)
    if image.format in ("JPEG", "MPO") and longest >= 2 * edge:
        image.draft("RGB", (max(1, image.width * edge // longest), max(1, image.height * edge // longest)))


def _scalable(image: "Image") -> "Image":
    """In a mode that can be averaged: no palette, no single bits, no 16-bit grey."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda level: level / 256).convert("L")
    if image.mode in ("L", "RGB", "RGBA", "CMYK") and "transparency" not in image.info:
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _scaled(image: "Image", edge: int) -> "Image":
    from PIL.Image import Resampling

    longest = max(image.size)
    if longest <= edge:
        return image
    size = (max(1, round(image.width * edge / longest)), max(1, round(image.height * edge / longest)))
    return image.resize(size, Resampling.LANCZOS, reducing_gap=2.0)


def _orientation(image: "ImageFile") -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # a camera's broken notes are no reason to refuse its picture
        return 1


def _turned(image: "Image", orientation: int) -> "Image":
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    return image.transpose(turns[orientation]) if orientation in turns else image


def _srgb(image: "Image", profile: bytes | None) -> "Image":
    """Without its profile a picture is taken for sRGB, so the colours are converted before the profile
    goes."""
    if profile:
        from PIL import ImageCms

        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            given = ImageCms.ImageCmsProfile(BytesIO(profile))
            if "sRGB" not in ImageCms.getProfileDescription(given):
                mode = "RGBA" if image.mode == "RGBA" else "RGB"
                wanted = ImageCms.createProfile("sRGB")
                image = ImageCms.profileToProfile(image, given, wanted, outputMode=mode) or image
    opaque = image.mode != "RGBA" or image.getchannel("A").getextrema() == (255, 255)
    return image.convert("RGB") if opaque else image


def _webp(image: "Image", size: str) -> bytes:
    out = BytesIO()
    image.info = {}
    image.save(out, "WEBP", quality=_QUALITY, method=_EFFORT[size])
    return out.getvalue()


def _average(image: "Image") -> str:
    from PIL.Image import Resampling

    return "#" + image.resize((1, 1), Resampling.BOX).convert("RGB").tobytes().hex()


def _encode_animation(image: "ImageFile", count: int) -> _Encoded:
    """Medium and large are the same animation. Small is its first frame: for lists, and for people who
    asked their system for less motion."""
    total = count * image.width * image.height
    scale = min(1.0, ANIMATION_EDGE / max(image.size), math.sqrt(ANIMATION_PIXELS / total))
    size = (max(1, int(image.width * scale)), max(1, int(image.height * scale)))
    frames, durations = [], []
    for frame, duration in _frames(image, count):
        frames.append(frame.resize(size) if frame.size != size else frame)
        durations.append(duration)
    out = BytesIO()
    frames[0].save(
        out, "WEBP", save_all=True, append_images=frames[1:], duration=durations, loop=_loops(image),
        quality=_QUALITY, method=0, kmin=0, kmax=0, background=(0, 0, 0, 0),
    )  # fmt: skip
    moving = out.getvalue()
    small = _scaled(frames[0], SIZES["s"])
    files = {"l": moving, "m": moving, "s": _webp(small, "s")}
    return _Encoded(*size, True, _average(small), files)


def _frames(image: "ImageFile", count: int) -> Iterator[tuple["Image", int]]:
    """Each frame with how long it shows, in milliseconds. A frame may enlarge the canvas, so the pixels are
    counted again on the way."""
    pixels = 0
    for index in range(count):
        image.seek(index)
        pixels += image.width * image.height
        if pixels > MOST_FRAME_PIXELS:
            raise BadPicture("too_many_pixels")
        image.load()
        frame = image.convert("RGBA")
        frame.info = {}
        duration = int(image.info.get("duration", 0))
        # Browsers show frames without a sensible duration for a tenth of a second.
        yield frame, duration if duration > 10 else 100


def _loops(image: "ImageFile") -> int:
    """How often it plays, 0 for ever. GIF counts repeats, WebP plays; a GIF that says nothing plays once."""
    loop = image.info.get("loop")
    if image.format == "WEBP":
        return int(loop or 0)
    return 1 if loop is None else 0 if loop == 0 else min(int(loop) + 1, 65_535)
