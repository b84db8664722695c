"""What members change about themselves."""

from io import BytesIO

import pytest
from PIL import Image

from core import config, media, search
from core.policy import CONSOLE
from models import Member, Picture, Session
from tests.blueprints.account_stories import PASSWORD, member


@pytest.fixture
def anna(cast) -> int:
    return member("anna", display_name="Anna")


@pytest.fixture
def hers(as_, anna):
    return as_(anna)


def picture(colour="teal", kind="PNG") -> BytesIO:
    file = BytesIO()
    Image.new("RGB", (90, 60), colour).save(file, kind)
    file.seek(0)
    return file


def files() -> int:
    return len(list((config.current().data / "media").rglob("*.webp")))


# ---- profile --------------------------------------------------------------------------------------------------


def test_a_profile_is_edited_and_shown(hers, post, anna, client):
    form = {
        "display_name": " 安娜  A ",
        "bio": "跑步的人。**慢一点**\r\n\r\n<script>alert(1)</script> [x](javascript:y)",
    }
    assert post(hers, "/settings/profile", form).status_code == 303
    page = client.get("/people/anna").text
    assert "安娜 A" in page and "<strong>慢一点</strong>" in page
    assert "<script>alert" not in page and 'href="javascript' not in page
    assert search.find(CONSOLE, "member", "慢一点").ids == [anna]
    assert "**慢一点**" in hers.get("/settings/profile").text


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"display_name": ""}, "display_name"),
        ({"display_name": " \u200b "}, "display_name"),
        ({"display_name": "x" * 41}, "display_name"),
        ({"display_name": "管理员"}, "display_name"),
        ({"display_name": "Аdmin"}, "display_name"),
        ({"bio": "x" * 501}, "bio"),
    ],
    ids=str,
)
def test_what_cannot_be_taken_stays_in_the_form(hers, post, anna, form, field):
    response = post(hers, "/settings/profile", {"display_name": "Anna", "bio": "kept words"} | form)
    assert response.status_code == 422 and f'id="{field}-error"' in response.text
    if field != "bio":
        assert "kept words" in response.text
    assert Member.get_by_id(anna).bio == ""


def test_a_picture_replaces_the_one_before_and_its_files(hers, post, anna):
    before = files()
    for colour in ("teal", "tomato"):
        form = {"display_name": "Anna", "bio": "", "avatar": (picture(colour), "../../me.png")}
        assert post(hers, "/settings/profile", form).status_code == 303
    him = Member.get_by_id(anna)
    [row] = Picture.select().where(Picture.subject_kind == "member", Picture.subject_id == anna)
    assert row.key == him.avatar_key and row.uploader == anna
    assert files() == before + len(media.SIZES)
    with hers.get(f"/media/{him.avatar_key}/s.webp") as seen:
        assert seen.status_code == 200 and seen.mimetype == "image/webp"


def test_a_picture_can_be_taken_away(hers, post, anna):
    before = files()
    post(hers, "/settings/profile", {"display_name": "Anna", "bio": "", "avatar": (picture(), "me.png")})
    post(hers, "/settings/profile", {"display_name": "Anna", "bio": "", "remove_avatar": "1"})
    assert Member.get_by_id(anna).avatar_key is None
    assert files() == before


@pytest.mark.parametrize(
    "sent", [b"not a picture", b"\x89PNG\r\n\x1a\nbroken", b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>"]
)
def test_what_is_no_picture_is_told_beside_it(hers, post, anna, sent):
    response = post(hers, "/settings/profile", {"display_name": "Anna", "bio": "", "avatar": (BytesIO(sent), "me.png")})
    if sent:
        assert response.status_code == 422 and 'id="avatar-error"' in response.text
    assert Member.get_by_id(anna).avatar_key is None


def test_a_picture_that_is_too_large_is_told_so(hers, post, anna, monkeypatch):
    monkeypatch.setattr(media, "MOST_BYTES", 1000)
    big = BytesIO(b"\x89PNG" + bytes(1001))
    response = post(hers, "/settings/profile", {"display_name": "Anna", "bio": "", "avatar": (big, "me.png")})
    assert response.status_code == 422 and 'id="avatar-error"' in response.text


# ---- preferences ----------------------------------------------------------------------------------------------


def test_language_colours_and_time_zone_are_a_members_own(hers, post, anna):
    form = {"locale": "zh-Hant", "theme": "dark", "time_zone": "Europe/Berlin"}
    assert post(hers, "/settings/preferences", form).status_code == 303
    page = hers.get("/settings/preferences", headers={"Accept-Language": "en"}).text
    assert '<html lang="zh-Hant" data-theme="dark"' in page
    assert '<option selected value="Europe/Berlin">' in page
    post(hers, "/settings/preferences", {"locale": "", "theme": "", "time_zone": ""})
    assert '<html lang="en" data-member' in hers.get("/settings/", headers={"Accept-Language": "en"}).text


@pytest.mark.parametrize("form", [{"locale": "xx"}, {"theme": "pink"}, {"time_zone": "Mars/Olympus"}], ids=str)
def test_only_what_there_is_can_be_chosen(hers, post, anna, form):
    assert post(hers, "/settings/preferences", {"locale": "en", "theme": "", "time_zone": ""} | form).status_code == 422
    assert Member.get_by_id(anna).time_zone == ""


# ---- password -------------------------------------------------------------------------------------------------


def test_a_new_password_ends_the_other_sessions_but_not_this_one(app, hers, as_, post, anna):
    elsewhere = as_(anna)
    form = {"password": PASSWORD, "new_password": "another long line 8"}
    assert post(hers, "/settings/password", form).status_code == 303
    assert hers.get("/me").status_code == 200 and elsewhere.get("/me").status_code == 401
    fresh = app.test_client()
    assert post(fresh, "/login", {"username": "anna", "password": "another long line 8"}).status_code == 303


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"password": "not this one", "new_password": "another long line 8"}, "password"),
        ({"password": PASSWORD, "new_password": "short"}, "new_password"),
        ({"password": PASSWORD, "new_password": "password123"}, "new_password"),
        ({"password": PASSWORD, "new_password": "quanzi-demo"}, "new_password"),
        ({"password": PASSWORD, "new_password": "x" * 300}, "new_password"),
        ({"password": "", "new_password": ""}, "password"),
    ],
    ids=str,
)
def test_a_password_that_cannot_be_changed_says_why(hers, as_, post, anna, form, field):
    as_(anna)
    before = Member.get_by_id(anna).password_hash
    response = post(hers, "/settings/password", form)
    assert response.status_code == 422 and f'id="{field}-error"' in response.text
    assert Member.get_by_id(anna).password_hash == before
    assert Session.select().where(Session.member == anna).count() == 2


def test_a_borrowed_device_cannot_guess_the_password(hers, post):
    form = {"password": "a guess", "new_password": "another long line 8"}
    statuses = [post(hers, "/settings/password", form).status_code for _ in range(12)]
    assert statuses[0] == 422 and statuses[-1] == 429


# ---- who may --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "profile", "preferences", "email", "password", "devices", "export", "leave"])
def test_settings_are_for_members(client, cast, hers, path):
    assert client.get(f"/settings/{path}").status_code == 401
    assert hers.get(f"/settings/{path}").status_code == 200
