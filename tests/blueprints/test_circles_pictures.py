"""Pictures of posts: nine at most, all or nothing, and nothing of the uploaded bytes is kept."""

import re
import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from blueprints.circles import posting
from core import clock, media
from models import Picture, Post
from tests.blueprints.circle_stories import photo, stored_files, typed, upload, write

WRITE = "/circles/night-run/posts/"


@pytest.fixture
def before(cast) -> list:
    """The files that the cast's own pictures take."""
    return sorted(stored_files())


def made() -> Post:
    return Post.select().order_by(Post.id.desc()).first()


def pictures_of(post: Post) -> list[Picture]:
    return list(Picture.select().where(Picture.subject_kind == "post", Picture.subject_id == post.id))


def fetched(browser, key: str, size: str = "m") -> tuple[int, bytes]:
    with browser.get(f"/media/{key}/{size}.webp") as answer:
        return answer.status_code, answer.data


def gps() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = "SecretCam"
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 14.0, 5.5), 3: "E", 4: (121.0, 29.0, 1.0)})
    return exif


def bomb(side: int = 30_000) -> bytes:
    """A one-bit PNG of 900 million pixels in some hundred kilobytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    packer = zlib.compressobj(9)
    row = bytes(1 + side // 8)
    rows = b"".join(packer.compress(row * 1000) for _ in range(side // 1000)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


# ---- what is kept -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_every_kind_is_stored_anew_in_three_sizes_with_its_measures(as_, post, before, kind):
    data = {"body": "看", "media": upload(photo(kind, (1200, 600)), f"a.{kind.lower()}")}
    assert post(as_("lin"), WRITE, data).status_code == 303
    (picture,) = pictures_of(made())
    assert (picture.width, picture.height) == (1200, 600) and made().picture_count == 1
    for size in "sml":
        status, content = fetched(as_("ning"), picture.key, size)
        assert status == 200 and Image.open(BytesIO(content)).format == "WEBP"
    assert len(stored_files()) == len(before) + 3


def test_a_picture_needs_no_words(as_, post, before):
    answer = post(as_("lin"), WRITE, {"media": upload(photo())}, htmx="post-list")
    assert answer.status_code == 200 and "<img" in answer.text and 'width="64"' in answer.text


def test_nine_pictures_fit_in_their_order(as_, post, before):
    shades = [f"#{shade:x}{shade:x}{shade:x}" for shade in range(1, 10)]
    data = {"media": [upload(photo(colour=shade)) for shade in shades], "alt": [f"第{n}张" for n in range(9)]}
    assert post(as_("lin"), WRITE, data).status_code == 303
    kept = sorted(pictures_of(made()), key=lambda picture: picture.position)
    assert [picture.alt for picture in kept] == [f"第{n}张" for n in range(9)]
    assert [int(picture.colour[1:3], 16) // 17 for picture in kept] == pytest.approx(list(range(1, 10)), abs=1)


def test_an_animation_keeps_moving(as_, post, before):
    out = BytesIO()
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "green", "blue")]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=100, loop=0)
    post(as_("lin"), WRITE, {"media": upload(out.getvalue(), "a.gif")})
    (picture,) = pictures_of(made())
    assert picture.animated
    assert Image.open(BytesIO(fetched(as_("ning"), picture.key)[1])).n_frames == 3


def test_where_and_with_what_it_was_taken_is_gone(as_, post, before):
    raw = photo("JPEG", exif=gps(), comment=b"SecretNote")
    assert b"SecretCam" in raw and b"SecretNote" in raw
    post(as_("lin"), WRITE, {"media": upload(raw, "IMG_0001.jpg")})
    for path in set(stored_files()) - set(before):
        content = path.read_bytes()
        assert b"Secret" not in content and b"EXIF" not in content and b"Exif" not in content
        assert not Image.open(BytesIO(content)).getexif()


def test_a_second_file_hidden_in_a_picture_is_gone(as_, post, before):
    polyglot = photo() + b"<script>alert(1)</script>PK\x03\x04"
    assert post(as_("lin"), WRITE, {"media": upload(polyglot, "a.html")}).status_code == 303
    for path in set(stored_files()) - set(before):
        assert b"script" not in path.read_bytes() and b"PK\x03\x04" not in path.read_bytes()
    (picture,) = pictures_of(made())
    with as_("ning").get(f"/media/{picture.key}/m.webp") as answer:
        assert answer.mimetype == "image/webp" and answer.headers["X-Content-Type-Options"] == "nosniff"


def test_what_it_is_decides_its_content_not_its_name(as_, post, before):
    assert post(as_("lin"), WRITE, {"media": upload(photo("PNG"), "photo.jpg")}).status_code == 303
    assert post(as_("lin"), WRITE, {"media": upload(photo("JPEG"), "../../x\x00.exe")}).status_code == 303


def test_an_empty_file_field_counts_for_nothing(as_, post, before):
    data = {"body": "没有图", "media": (BytesIO(b""), "")}
    assert post(as_("lin"), WRITE, data, content_type="multipart/form-data").status_code == 303
    assert sorted(stored_files()) == before


# ---- what is refused: all or nothing ------------------------------------------------------------------------

BAD = {
    "not a picture": (b"hello, I am a text", "notes.png"),
    "empty": (b"", "empty.png"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "drawing.svg"),
    "truncated": (photo("PNG", (400, 400))[:300], "half.png"),
    "truncated jpeg": (photo("JPEG", (400, 400))[:400], "half.jpg"),
    "bomb": (bomb(), "bomb.png"),
    "pdf": (b"%PDF-1.4\n%%EOF", "paper.pdf"),
    "tiff": (photo("TIFF"), "scan.tiff"),
    "bmp": (photo("BMP"), "old.bmp"),
    "ico": (photo("ICO"), "favicon.ico"),
    "html in gif clothing": (b"GIF89a<script>alert(1)</script>", "x.gif"),
}


@pytest.mark.parametrize("htmx", [False, "post-list"])
@pytest.mark.parametrize("name", BAD)
def test_a_bad_one_among_good_ones_is_named_and_nothing_is_kept(as_, post, before, name, htmx):
    content, filename = BAD[name]
    posts = Post.select().count()
    data = {"title": "题", "body": "留着", "media": [upload(photo()), upload(content, filename), upload(photo())]}
    answer = post(as_("lin"), WRITE, data, htmx=htmx)
    assert answer.status_code == 422, name
    assert filename in answer.text and "composer-media-error" in answer.text
    assert typed(answer.text) == ["留着"] and 'value="题"' in answer.text
    assert Post.select().count() == posts and sorted(stored_files()) == before


def test_ten_pictures_are_one_too_many(as_, post, before):
    answer = post(as_("lin"), WRITE, {"body": "留着", "media": [upload(photo()) for _ in range(10)]})
    assert answer.status_code == 422 and "composer-media-error" in answer.text and typed(answer.text) == ["留着"]
    assert sorted(stored_files()) == before


def test_a_picture_beyond_the_limit_of_bytes_is_named(as_, post, before, monkeypatch):
    monkeypatch.setattr(media, "MOST_BYTES", 1000)
    raw = photo("PNG") + bytes(1500)
    answer = post(as_("lin"), WRITE, {"media": upload(raw, "large.png")})
    assert answer.status_code == 422 and "large.png" in answer.text
    assert sorted(stored_files()) == before


def test_a_name_full_of_tricks_is_shown_as_text(as_, post, before):
    name = '<img src=x onerror=alert(1)>\u202egpj.' + "x" * 300
    answer = post(as_("lin"), WRITE, {"media": upload(b"nothing", name)})
    assert answer.status_code == 422 and "<img src=x" not in answer.text and "\u202e" not in answer.text
    assert "x" * 100 not in answer.text


def test_when_the_post_is_refused_its_pictures_go_too(as_, post, before, fresh_key):
    lin, key = as_("lin"), fresh_key()
    post(lin, WRITE, {"body": "一", "key": key})
    assert post(lin, WRITE, {"body": "二", "key": key, "media": upload(photo())}).status_code == 409
    assert post(lin, WRITE, {"body": "x" * 20_481, "media": upload(photo())}).status_code == 422
    assert post(as_("ning"), WRITE, {"body": "x", "media": upload(photo())}).status_code == 403
    assert sorted(stored_files()) == before


def test_sent_twice_it_is_stored_once(as_, post, before, fresh_key):
    lin, key = as_("lin"), fresh_key()
    for _ in range(2):
        assert post(lin, WRITE, {"body": "一", "key": key, "media": upload(photo())}).status_code == 303
    assert len(stored_files()) == len(before) + 3 and len(pictures_of(made())) == 1


def test_a_disk_that_fills_up_in_the_middle_leaves_nothing_behind(as_, post, before, monkeypatch, app):
    real, count = media.store_picture, []

    def fails_third(*arguments):
        count.append(1)
        if len(count) == 3:
            raise OSError(28, "No space left on device")
        return real(*arguments)

    monkeypatch.setattr(media, "store_picture", fails_third)
    monkeypatch.setattr(app, "testing", False)
    answer = post(as_("lin"), WRITE, {"body": "写了很久的 话", "media": [upload(photo()) for _ in range(4)]})
    assert answer.status_code == 500 and "写了很久的 话" in typed(answer.text)
    assert sorted(stored_files()) == before


# ---- who sees them ------------------------------------------------------------------------------------------


def test_pictures_of_a_closed_circle_are_for_its_members(as_, client, cast):
    key = cast.picture_in(cast.darkroom)
    assert fetched(as_("lin"), key, "m")[0] == 200
    for browser in (as_("ning"), client):
        assert fetched(browser, key, "m")[0] == 404
    key = cast.picture_in(cast.desk)
    assert fetched(as_("ning"), key, "m")[0] == 404


def test_pictures_of_a_deleted_post_are_gone(as_, cast):
    key, mine = cast.picture_in(cast.running), cast.post_in(cast.running)
    assert fetched(as_("ning"), key, "m")[0] == 200
    posting.delete_post(cast.lin.actor, cast.running.id, mine.id)
    assert fetched(as_("ning"), key, "m")[0] == 404


def test_a_week_after_its_deletion_nothing_of_a_post_is_left(as_, cast):
    from blueprints.circles.erasing import purge_deleted

    mine = cast.post_in(cast.running)
    key = cast.picture_in(cast.running)
    posting.delete_post(cast.lin.actor, cast.running.id, mine.id)
    assert purge_deleted() == 0
    clock.shift(8 * clock.DAY)
    assert purge_deleted() == 1
    row = Post.get_by_id(mine.id)
    assert (row.title, row.source, row.html, row.excerpt) == ("", "", "", "")
    assert cast.comment_in(cast.running).source == "", "nor of what was said beneath it"
    assert not pictures_of(mine) and not [path for path in stored_files() if key in path.name]


# ---- pictures of the circle itself --------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["picture", "cover"])
def test_an_owner_gives_the_circle_a_face_and_takes_it_away(as_, post, cast, which):
    che = as_("che")
    assert post(che, "/circles/night-run/pictures", {"which": which, "media": upload(photo())}).status_code == 303
    key = getattr(cast.running, f"{which}_key")
    assert key and f"/media/{key}/" in as_("ning").get("/circles/night-run").text
    assert post(che, "/circles/night-run/pictures", {"which": which, "remove": "1"}).status_code == 303
    assert getattr(cast.running, f"{which}_key") is None


def test_only_owners_and_only_pictures(as_, post, cast, before):
    url = "/circles/night-run/pictures"
    assert post(as_("may"), url, {"which": "picture", "media": upload(photo())}).status_code == 403
    che = as_("che")
    for data in (
        {"which": "picture"},
        {"which": "wings", "media": upload(photo())},
        {"media": upload(photo())},
        {"which": "cover", "media": upload(b"no", "no.png")},
        {"which": "cover", "media": [upload(photo()), upload(photo())]},
    ):
        assert post(che, url, data).status_code == 422, data
    assert cast.running.picture_key is None and cast.running.cover_key is None
    assert sorted(stored_files()) == before


def test_a_face_that_was_replaced_is_gone(as_, post, cast, before):
    che, url = as_("che"), "/circles/night-run/pictures"
    post(che, url, {"which": "picture", "media": upload(photo())})
    first = cast.running.picture_key
    post(che, url, {"which": "picture", "media": upload(photo())})
    assert cast.running.picture_key != first
    assert fetched(as_("ning"), first, "s")[0] == 404
    assert len(stored_files()) == len(before) + 3


def test_a_post_without_pictures_shows_none(as_, cast):
    plain = write(cast.lin.actor, cast.running.id)
    page = as_("ning").get(f"{WRITE}{plain.id}").text
    assert not re.search(r'<div class="media ', page)
