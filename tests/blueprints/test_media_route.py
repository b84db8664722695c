"""Pictures are seen by who sees what they belong to, and go when that goes."""

import os

import pytest

from blueprints.circles.posting import delete_post
from blueprints.media.jobs import drop_orphan_files, drop_orphan_rows
from core import clock, config, media
from models import Membership, Picture
from tests.cast import png


@pytest.fixture
def folder(app):
    return config.current().data / "media"


@pytest.fixture
def key_of(cast):
    return lambda circle: cast.picture_in(getattr(cast, circle))


def show(browser, key, size="s", **headers):
    return browser.get(f"/media/{key}/{size}.webp", headers=headers, buffered=True)


@pytest.mark.parametrize("size", media.SIZES)
def test_what_everyone_may_read_everyone_may_see(client, key_of, size):
    response = show(client, key_of("running"), size)
    assert response.status_code == 200 and response.mimetype == "image/webp"
    assert response.data[:4] == b"RIFF" and response.data[8:12] == b"WEBP"


def test_a_picture_of_a_hidden_room_does_not_exist_outside(as_, client, key_of):
    key = key_of("darkroom")
    assert show(as_("che"), key).status_code == 200
    for stranger in (client, as_("ning"), as_("staff"), as_("suspended")):
        assert show(stranger, key).status_code == 404


def test_who_sent_a_picture_sees_it_still_after_leaving(as_, cast, key_of):
    Membership.delete().where(Membership.member == cast.lin.id).execute()
    assert show(as_("lin"), key_of("darkroom")).status_code == 200


def test_what_does_not_exist_looks_like_what_one_may_not_see(client, key_of):
    client.get("/about")
    hidden, missing = show(client, key_of("darkroom")), show(client, "0" * 32)
    assert hidden.status_code == missing.status_code == 404
    assert dict(hidden.headers).keys() == dict(missing.headers).keys()


@pytest.mark.parametrize(
    "path", ["{key}/xl.webp", "{key}/s.png", "../secrets.json/s.webp", "{key}x/s.webp", "{key}/S.webp"]
)
def test_there_is_nothing_but_the_sizes(client, key_of, path):
    assert client.get("/media/" + path.format(key=key_of("running"))).status_code == 404


def test_the_picture_of_a_deleted_post_is_gone(as_, client, cast, key_of):
    key = key_of("running")
    delete_post(cast.lin.actor, cast.running.id, cast.post_in(cast.running).id)
    assert show(client, key).status_code == 404


def test_a_browser_may_keep_it_for_itself_and_ask_again(client, key_of):
    key = key_of("running")
    first = show(client, key)
    assert first.headers["Cache-Control"].startswith("private, max-age=") and "Cookie" in first.headers["Vary"]
    again = show(client, key, **{"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and again.data == b""


def test_a_kept_picture_is_refused_once_it_may_not_be_seen(as_, cast, key_of):
    che, key = as_("che"), key_of("darkroom")
    tag = show(che, key).headers["ETag"]
    Membership.delete().where(Membership.circle == cast.darkroom.id).execute()
    assert show(che, key, **{"If-None-Match": tag}).status_code == 404


def test_nothing_in_it_could_run(client, key_of):
    headers = show(client, key_of("running")).headers
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_part_that_is_not_there(client, key_of):
    response = show(client, key_of("running"), Range="bytes=900000-")
    assert response.status_code == 416 and 'id="fault"' in response.text


# ---- keeping house ------------------------------------------------------------------------------------------


def upload(folder, **row) -> str:
    stored = media.store_picture(png(), folder)
    Picture.create(
        key=stored.key, width=stored.width, height=stored.height, size=stored.bytes, created_at=clock.now(), **row
    )
    return stored.key


def age(folder, key) -> None:
    for size in media.SIZES:
        os.utime(media.path_of(folder, key, size), (0, 0))


def is_stored(folder, key) -> bool:
    return any(folder.rglob(f"{key}-*.webp"))


def test_an_upload_that_was_never_used_goes_after_a_day(cast, folder):
    key = upload(folder, uploader=cast.lin.id)
    assert drop_orphan_rows(folder) == 0 and is_stored(folder, key)
    clock.shift(clock.DAY + clock.MINUTE)
    assert drop_orphan_rows(folder) == 1 and not is_stored(folder, key)
    assert Picture.select().where(Picture.key == key).count() == 0


def test_pictures_of_what_is_gone_go_and_others_stay(cast, folder, key_of):
    of_nobody = upload(folder, subject_kind="post", subject_id=10**9)
    of_a_stranger = upload(folder, subject_kind="recipe", subject_id=1)
    clock.shift(2 * clock.DAY)
    assert drop_orphan_rows(folder) == 1 and not is_stored(folder, of_nobody)
    assert is_stored(folder, of_a_stranger) and is_stored(folder, key_of("running"))


def test_files_that_no_row_knows_go_after_a_day(cast, folder, key_of):
    lost, fresh = (media.store_picture(png(), folder).key for _ in range(2))
    kept = key_of("running")
    age(folder, lost)
    age(folder, kept)
    assert drop_orphan_files(folder) == len(media.SIZES)
    assert not is_stored(folder, lost) and is_stored(folder, fresh) and is_stored(folder, kept)


def test_a_half_written_file_goes_too(cast, folder):
    (folder / "ab").mkdir(exist_ok=True)
    part = folder / "ab" / ("ab" + "0" * 30 + "-s.part")
    part.write_bytes(b"RI")
    os.utime(part, (0, 0))
    drop_orphan_files(folder)
    assert not part.exists()
