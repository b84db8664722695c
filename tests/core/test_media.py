"""Pictures as they come from phones and from people who mean no good."""

import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image, ImageCms, ImageDraw
from PIL.TiffImagePlugin import IFDRational

from core import media
from core.errors import BadPicture, Gone
from core.media import delete_picture, path_of, store_picture

pillow_heif.register_heif_opener()

ROOT = Path(__file__).parents[2]


def scene(width=1200, height=800, mode="RGB"):
    """A picture whose top left is red and whose top right is blue, so that turning it shows."""
    image = Image.new("RGB", (width, height), (240, 240, 240))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width // 3, height // 3), fill=(220, 30, 30))
    draw.rectangle((width - width // 3, 0, width, height // 3), fill=(30, 30, 220))
    return image.convert(mode)


def as_bytes(image, kind, **options):
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def stored(folder, picture, size="l"):
    with Image.open(path_of(folder, picture.key, size)) as image:
        image.load()
        return image


def near(colour, wanted, within=40):
    return all(abs(one - other) <= within for one, other in zip(colour, wanted, strict=False))


def refusal(data, folder):
    with pytest.raises(BadPicture) as caught:
        store_picture(data, folder)
    assert not list(folder.rglob("*.webp")), "a refused picture leaves no file"
    return caught.value.code


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "HEIF"])
def test_every_kind_of_picture_comes_out_as_webp_in_three_sizes(kind, tmp_path):
    picture = store_picture(BytesIO(as_bytes(scene(3000, 1500), kind)), tmp_path)
    assert (picture.width, picture.height, picture.animated) == (2048, 1024, False)
    for size, edge in media.SIZES.items():
        image = stored(tmp_path, picture, size)
        assert image.format == "WEBP"
        assert image.size == (edge, edge // 2)
        assert near(image.getpixel((5, 5)), (220, 30, 30))
    files = list(tmp_path.rglob("*"))
    assert picture.bytes == sum(path.stat().st_size for path in files if path.is_file())
    assert len([path for path in files if path.is_file()]) == 3


def test_a_small_picture_is_not_enlarged_and_has_all_sizes(tmp_path):
    picture = store_picture(as_bytes(Image.new("RGB", (40, 20), (10, 200, 90)), "PNG"), tmp_path)
    assert {stored(tmp_path, picture, size).size for size in media.SIZES} == {(40, 20)}
    assert near(bytes.fromhex(picture.colour[1:]), (10, 200, 90), within=6)
    thin = store_picture(as_bytes(Image.new("L", (9000, 3)), "PNG"), tmp_path)
    assert (thin.width, thin.height) == (2048, 1)


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("1", "PNG"), ("L", "JPEG"), ("LA", "PNG"), ("P", "PNG"), ("CMYK", "JPEG"), ("I;16", "PNG")],
)
def test_every_colour_mode_keeps_its_picture(mode, kind, tmp_path):
    image = Image.new("I;16", (60, 40), 30_000) if mode == "I;16" else scene(600, 400, mode)
    result = stored(tmp_path, store_picture(as_bytes(image, kind), tmp_path))
    assert result.mode == "RGB"
    wanted = (117, 117, 117) if mode == "I;16" else (240, 240, 240)
    assert near(result.getpixel((result.width // 2, result.height - 4)), wanted, within=20)


def test_what_is_see_through_stays_so(tmp_path):
    image = scene(600, 400, "RGBA")
    image.putpixel((0, 0), (0, 0, 0, 0))
    image.paste((0, 0, 0, 0), (300, 200, 600, 400))
    for data in (as_bytes(image, "PNG"), as_bytes(image.quantize(), "PNG")):
        result = stored(tmp_path, store_picture(data, tmp_path))
        assert result.mode == "RGBA"
        assert result.getpixel((500, 300))[3] == 0
        assert result.getpixel((100, 300))[3] == 255


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_taken_sideways_stands_upright(orientation, tmp_path):
    upright = scene(600, 400)
    turn = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    taken = upright.transpose(turn) if turn is not None else upright
    picture = store_picture(as_bytes(taken, "JPEG", exif=exif), tmp_path)
    assert (picture.width, picture.height) == (600, 400)
    result = stored(tmp_path, picture)
    assert near(result.getpixel((20, 20)), (220, 30, 30))
    assert near(result.getpixel((580, 20)), (30, 30, 220))


def test_where_and_with_what_it_was_taken_is_not_kept(tmp_path):
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825).update({1: "N", 2: (IFDRational(39), IFDRational(54), IFDRational(0)), 3: "E"})
    for kind in ("JPEG", "PNG", "WEBP", "HEIF"):
        data = as_bytes(scene(), kind, exif=exif, xmp=b"<x>SecretCamera</x>")
        assert b"SecretCamera" in data
        picture = store_picture(data, tmp_path)
        for size in media.SIZES:
            content = path_of(tmp_path, picture.key, size).read_bytes()
            assert b"SecretCamera" not in content
            assert not any(chunk in content for chunk in (b"EXIF", b"XMP ", b"ICCP"))
            assert not stored(tmp_path, picture, size).getexif()


def test_colours_of_a_profile_are_turned_into_those_of_the_web(tmp_path):
    usual = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = usual.replace("sRGB".encode("utf-16-be"), "rot!".encode("utf-16-be"))
    swapped = swapped.replace(b"rXYZ", b"tmp!").replace(b"bXYZ", b"rXYZ").replace(b"tmp!", b"bXYZ")
    red = Image.new("RGB", (50, 50), (250, 0, 0))
    for profile, shown in ((usual, (250, 0, 0)), (swapped, (0, 0, 250)), (b"no profile", (250, 0, 0))):
        for kind in ("PNG", "JPEG"):
            picture = store_picture(as_bytes(red, kind, icc_profile=profile), tmp_path)
            assert near(stored(tmp_path, picture).getpixel((9, 9)), shown, within=12)


@pytest.mark.filterwarnings("ignore:.*EXIF data:UserWarning")
def test_broken_notes_of_a_camera_do_not_refuse_its_picture(tmp_path):
    data = as_bytes(scene(), "JPEG", exif=b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\xff\xff" + b"\x01\x12" * 40)
    assert store_picture(data, tmp_path).width == 1200


# ---- animations ----------------------------------------------------------------------------------------


def moving(frames, size=(300, 200), kind="GIF", **options):
    pictures = []
    for index in range(frames):
        image = Image.new("RGB", size, (250, 250, index % 256))
        ImageDraw.Draw(image).ellipse((index * 3, 20, index * 3 + 60, 80), fill=(200, 20, 20))
        pictures.append(image)
    return as_bytes(pictures[0], kind, save_all=True, append_images=pictures[1:], **options)


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_an_animation_keeps_moving_and_its_smallest_size_stands_still(kind, tmp_path):
    durations = [80, 200, 80, 80, 80]
    picture = store_picture(moving(5, kind=kind, duration=durations, loop=0), tmp_path)
    assert picture.animated
    assert (picture.width, picture.height) == (300, 200)
    for size in ("m", "l"):
        with Image.open(path_of(tmp_path, picture.key, size)) as image:
            shown = []
            for index in range(image.n_frames):
                image.seek(index)
                image.load()
                shown.append(image.info["duration"])
            assert shown == durations
            assert image.info["loop"] == 0
    assert stored(tmp_path, picture, "s").n_frames == 1


@pytest.mark.parametrize(("given", "plays"), [({"loop": 0}, 0), ({}, 1), ({"loop": 2}, 3)])
def test_an_animation_plays_as_often_as_before(given, plays, tmp_path):
    picture = store_picture(moving(3, duration=0, **given), tmp_path)
    with Image.open(path_of(tmp_path, picture.key, "l")) as image:
        assert image.info["loop"] == plays
        image.load()
        assert image.info["duration"] == 100


def test_a_large_animation_is_scaled_to_fit(tmp_path):
    picture = store_picture(moving(12, size=(1600, 900), duration=50), tmp_path)
    assert picture.animated
    assert picture.width == media.ANIMATION_EDGE


def test_an_animation_beyond_the_limits_becomes_its_first_frame(tmp_path, monkeypatch):
    assert not store_picture(moving(media.MOST_FRAMES + 1, size=(40, 30), duration=20), tmp_path).animated
    assert store_picture(moving(media.MOST_FRAMES, size=(40, 30), duration=20), tmp_path).animated
    monkeypatch.setattr(media, "MOST_FRAME_PIXELS", 100_000)
    assert not store_picture(moving(2, duration=20), tmp_path).animated


def test_a_frame_that_grows_the_canvas_is_counted(tmp_path, monkeypatch):
    def block(width, height):
        return b"," + bytes(4) + width.to_bytes(2, "little") + height.to_bytes(2, "little") + pixels

    pixels = b"\x00\x02\x02\x44\x01\x00"
    header = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff"
    assert refusal(header + block(1, 1) + block(9000, 9000) + b";", tmp_path) == "too_many_pixels"
    monkeypatch.setattr(media, "MOST_FRAME_PIXELS", 1_000_000)
    assert refusal(header + block(1, 1) + block(2000, 2000) + b";", tmp_path) == "too_many_pixels"


# ---- what is refused -----------------------------------------------------------------------------------


def png_chunk(name, content):
    return len(content).to_bytes(4, "big") + name + content + zlib.crc32(name + content).to_bytes(4, "big")


def bomb(width, height):
    """A whole one-bit PNG of nothing: some hundred kilobytes that unpack to gigabytes."""
    packer = zlib.compressobj(9)
    rows = bytes(1 + (width + 7) // 8) * 100
    data = b"".join(packer.compress(rows) for _ in range(height // 100)) + packer.flush()
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x01\x00\x00\x00\x00"
    chunks = png_chunk(b"IHDR", head) + png_chunk(b"IDAT", data) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def test_a_bomb_is_told_by_its_header(tmp_path):
    data = bomb(30_000, 30_000)
    assert len(data) < 500_000
    assert refusal(data, tmp_path) == "too_many_pixels"
    assert refusal(bomb(7000, 6000), tmp_path) == "too_many_pixels"
    assert store_picture(bomb(2000, 1000), tmp_path).width == 2000


def test_a_webp_and_a_gif_that_claim_to_be_huge(tmp_path):
    webp = moving(2, kind="WEBP")
    start = webp.index(b"VP8X") + 12
    huge = webp[:start] + b"\xff\x3f\x00\xff\x3f\x00" + webp[start + 6 :]
    assert refusal(huge, tmp_path) == "too_many_pixels"
    gif = as_bytes(scene(64, 64), "GIF")
    assert refusal(gif[:6] + b"\xff\xff\xff\xff" + gif[10:], tmp_path) == "too_many_pixels"


def test_a_file_that_is_too_large_is_not_read_to_its_end(tmp_path):
    class Endless(BytesIO):
        def read(self, size=-1):
            assert 0 < size <= media.MOST_BYTES + 1
            return b"\xff" * size

    assert refusal(Endless(), tmp_path) == "too_large"
    assert refusal(b"\xff" * (media.MOST_BYTES + 1), tmp_path) == "too_large"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "HEIF"])
def test_half_a_picture_is_no_picture(kind, tmp_path):
    data = as_bytes(Image.effect_noise((400, 300), 90).convert("RGB"), kind)
    assert refusal(data[: len(data) // 2], tmp_path) == "truncated"
    assert refusal(data[:12], tmp_path) in ("truncated", "not_a_picture")


def test_an_animation_cut_short_is_no_picture(tmp_path):
    data = moving(8, duration=50)
    assert refusal(data[: len(data) * 3 // 4], tmp_path) == "truncated"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<html><script>alert(1)</script>",
        b"%PDF-1.7\n%\xe2\xe3",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"MZ\x90\x00",
        b"PK\x03\x04",
        b"\x00" * 5000,
        as_bytes(Image.new("RGB", (9, 9)), "BMP"),
        as_bytes(Image.new("RGB", (9, 9)), "TIFF"),
        as_bytes(Image.new("RGB", (9, 9)), "ICO"),
        as_bytes(Image.new("RGB", (9, 9)), "PPM"),
        as_bytes(Image.new("RGB", (9, 9)), "PSD") if "PSD" in Image.SAVE else b"8BPS",
    ],
    ids=lambda data: repr(data[:6]),
)
def test_what_is_no_picture_of_ours_is_refused(data, tmp_path):
    assert refusal(data, tmp_path) == "not_a_picture"


def test_a_second_file_inside_a_picture_is_gone(tmp_path):
    payload = b"<script>alert(1)</script>PK\x03\x04"
    for data in (
        as_bytes(scene(), "JPEG", comment=payload) + payload,
        as_bytes(scene(), "GIF", comment=payload) + payload,
        as_bytes(scene(), "PNG") + payload,
    ):
        assert payload in data
        picture = store_picture(data, tmp_path)
        for size in media.SIZES:
            content = path_of(tmp_path, picture.key, size).read_bytes()
            assert content.startswith(b"RIFF")
            assert b"<script" not in content


def test_random_damage_gives_a_picture_or_a_refusal_and_nothing_else(tmp_path):
    sources = [as_bytes(scene(80, 60), kind) for kind in ("JPEG", "PNG", "WEBP", "GIF", "HEIF")]
    for index in range(200):
        data = bytearray(sources[index % 5])
        for step in range(1 + index % 4):
            data[(index * 7919 + step * 104_729) % len(data)] = (index * 31 + step) % 256
        try:
            store_picture(bytes(data), tmp_path)
        except BadPicture as error:
            assert error.code in ("not_a_picture", "truncated", "too_many_pixels")


# ---- files ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["", "..", "../../etc/passwd", "A" * 32, "0" * 31, "0" * 32 + "\n", "0" * 32])
def test_an_address_that_cannot_be_or_is_not_there_is_gone(key, tmp_path):
    with pytest.raises(Gone):
        path_of(tmp_path, key, "s")


def test_a_size_that_cannot_be_is_gone(tmp_path):
    picture = store_picture(as_bytes(scene(), "PNG"), tmp_path)
    for size in ("xl", "", "../s"):
        with pytest.raises(Gone):
            path_of(tmp_path, picture.key, size)


def test_a_deleted_picture_is_gone_and_deleting_again_is_fine(tmp_path):
    picture = store_picture(as_bytes(scene(), "PNG"), tmp_path)
    other = store_picture(as_bytes(scene(), "PNG"), tmp_path)
    delete_picture(tmp_path, picture.key)
    delete_picture(tmp_path, picture.key)
    with pytest.raises(Gone):
        path_of(tmp_path, picture.key, "l")
    assert path_of(tmp_path, other.key, "l").is_file()
    with pytest.raises(Gone):
        delete_picture(tmp_path, "../x")


def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch):
    calls = []

    def fsync(descriptor):
        calls.append(descriptor)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(media.os, "fsync", fsync)
    with pytest.raises(OSError, match="No space"):
        store_picture(as_bytes(scene(), "PNG"), tmp_path)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_many_at_once_each_get_their_own(tmp_path):
    colours = [(index * 20, 100, 255 - index * 20) for index in range(12)]
    sources = [as_bytes(Image.new("RGB", (300, 200), colour), "PNG") for colour in colours]
    with ThreadPoolExecutor(6) as pool:
        pictures = list(pool.map(lambda data: store_picture(data, tmp_path), sources))
    assert len({picture.key for picture in pictures}) == 12
    for picture, colour in zip(pictures, colours, strict=True):
        assert near(stored(tmp_path, picture).getpixel((9, 9)), colour, within=8)


def test_a_process_that_sees_no_picture_does_not_load_pillow():
    program = "import sys, core.media; sys.exit('PIL' in sys.modules or 'pillow_heif' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
