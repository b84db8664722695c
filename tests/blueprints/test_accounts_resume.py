"""What was typed survives a session that ended, and is never another site's."""

import re
from io import BytesIO

import pytest

from models import Post, Session
from tests.blueprints.account_stories import PASSWORD, member

TEXT = '雨停了,\r\n<b>出发</b> & "走"吧。'
HERE = {"Origin": "http://localhost"}
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture
def lin(cast, as_):
    """She writes in 夜跑, with a page open in her browser."""
    browser = as_("lin")
    browser.get("/circles/night-run")
    return browser


@pytest.fixture
def set_password(cast):
    from blueprints.accounts import passwords
    from models import Member

    Member.update(password_hash=passwords.make_hash(PASSWORD)).where(Member.id == cast.lin.id).execute()


def hidden(text: str, form: str) -> list[tuple[str, str]]:
    """Hidden fields of the form whose opening tag holds `form`, as a browser would send them."""
    from html import unescape

    part = text[text.index(form) :].split("</form>")[0]
    return [(name, unescape(value)) for name, value in HIDDEN.findall(part)]


def write(browser, post, **more):
    data = {"title": "今晚", "body": TEXT, "key": "key-of-the-page"} | more
    return post(browser, "/circles/night-run/posts/", data, headers={"Referer": "http://localhost/circles/night-run"})


def written() -> list[Post]:
    return list(Post.select().where(Post.title == "今晚"))


def end_session(cast):
    Session.delete().where(Session.member == cast.lin.id).execute()


# ---- the session ended ----------------------------------------------------------------------------------------


def test_a_post_written_into_an_ended_session_arrives_after_signing_in(cast, lin, post, set_password, csrf):
    token = csrf(lin)
    end_session(cast)
    answer = write(lin, post, csrf_token=token)
    assert answer.status_code == 401 and 'id="kept"' in answer.text
    assert "&lt;b&gt;出发&lt;/b&gt;" in answer.text and "<b>出发" not in answer.text
    assert not written()

    carried = hidden(answer.text, 'id="sign-in-form"')
    assert ("resume_path", "/circles/night-run/posts/") in carried
    again = lin.post("/login", data=as_form(carried, username="lin", password=PASSWORD), headers=HERE)
    assert again.status_code == 200 and "出发" in again.text
    assert not written()

    kept = hidden(again.text, 'action="/circles/night-run/posts/"')
    assert dict(kept)["body"].replace("\r\n", "\n") == TEXT.replace("\r\n", "\n") and dict(kept)["title"] == "今晚"
    sent = lin.post("/circles/night-run/posts/", data=as_form(kept), headers=HERE)
    assert sent.status_code == 303
    [post_of_hers] = written()
    assert "出发" in post_of_hers.source
    lin.post("/circles/night-run/posts/", data=as_form(kept), headers=HERE)
    assert len(written()) == 1


def test_a_wrong_password_loses_nothing(cast, lin, post, set_password):
    end_session(cast)
    carried = hidden(write(lin, post).text, 'id="sign-in-form"')
    wrong = lin.post("/login", data=as_form(carried, username="lin", password="not this one"), headers=HERE)
    assert wrong.status_code == 422
    assert [pair for pair in hidden(wrong.text, 'id="sign-in-form"') if pair[0].startswith("kept.")] == [
        pair for pair in carried if pair[0].startswith("kept.")
    ]


def test_nor_does_a_sign_in_page_that_got_too_old(cast, lin, post, set_password):
    end_session(cast)
    carried = hidden(write(lin, post).text, 'id="sign-in-form"')
    form = as_form(carried, username="lin", password=PASSWORD) | {"csrf_token": "old"}
    stale = lin.post("/login", data=form, headers=HERE)
    assert stale.status_code == 400 and 'value="lin"' in stale.text
    assert "出发" in dict(hidden(stale.text, 'id="sign-in-form"'))["kept.body"]


def test_nor_do_too_many_tries(cast, lin, post, monkeypatch):
    from core import limits

    monkeypatch.setitem(limits.RATES, "login.name", limits.Rate(1, 900))
    end_session(cast)
    carried = hidden(write(lin, post).text, 'id="sign-in-form"')
    form = as_form(carried, username="lin", password="not this one")
    lin.post("/login", data=form, headers=HERE)
    waiting = lin.post("/login", data=form, headers=HERE)
    assert waiting.status_code == 429
    assert "出发" in dict(hidden(waiting.text, 'id="sign-in-form"'))["kept.body"]


def test_pictures_have_to_be_chosen_again_and_the_page_says_so(cast, lin, post, set_password):
    end_session(cast)
    answer = write(lin, post, media=(BytesIO(b"GIF89a..."), "me.gif"))
    carried = hidden(answer.text, 'id="sign-in-form"')
    assert ("resume_files", "media") in carried
    again = lin.post("/login", data=as_form(carried, username="lin", password=PASSWORD), headers=HERE)
    assert 'name="media" type="file"' in again.text
    assert 'id="files-1-hint"' in again.text and 'enctype="multipart/form-data"' in again.text


def test_a_visitor_who_presses_join_goes_on_after_signing_in(cast, client, post, set_password):
    answer = post(client, "/circles/night-run/join", {})
    assert answer.status_code == 401
    carried = hidden(answer.text, 'id="sign-in-form"')
    again = client.post("/login", data=as_form(carried, username="lin", password=PASSWORD), headers=HERE)
    assert again.status_code == 200 and 'action="/circles/night-run/join"' in again.text


def test_a_page_for_members_asks_to_sign_in_and_leads_back(client, cast):
    answer = client.get("/settings/profile")
    assert answer.status_code == 401 and 'name="next" value="/settings/profile"' in answer.text


def test_htmx_is_sent_to_the_sign_in_page(cast, lin, post):
    end_session(cast)
    answer = post(
        lin, "/circles/night-run/join", {}, htmx=True, headers={"HX-Current-URL": "http://localhost/circles/night-run"}
    )
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login?next=/circles/night-run"


def as_form(pairs, **more) -> dict[str, object]:
    form: dict[str, object] = {}
    for name, value in pairs:
        form.setdefault(name, []).append(value)
    return {**form, **more}


# ---- the page was too old -------------------------------------------------------------------------------------


def test_a_page_with_an_old_token_is_sent_once_more(cast, lin, post):
    stale = write(lin, post, csrf_token="outdated")
    assert stale.status_code == 400 and "出发" in stale.text
    kept = hidden(stale.text, 'action="/circles/night-run/posts/"')
    assert lin.post("/circles/night-run/posts/", data=as_form(kept), headers=HERE).status_code == 303
    assert len(written()) == 1


def test_passwords_are_asked_for_again_and_never_kept(cast, client, post):
    form = {"username": "newcomer", "display_name": "新来的 人", "password": PASSWORD, "csrf_token": "outdated"}
    stale = post(client, "/register", form)
    assert stale.status_code == 400 and PASSWORD not in stale.text
    assert 'name="password" type="password"' in stale.text
    kept = hidden(stale.text, 'action="/register"')
    assert dict(kept)["username"] == "newcomer" and "password" not in dict(kept)
    assert client.post("/register", data=as_form(kept, password=PASSWORD), headers=HERE).status_code == 303


def test_a_browser_without_cookies_is_told(cast, app, post):
    bare = app.test_client(use_cookies=False)
    answer = bare.post("/register", data={"username": "newcomer", "display_name": "新来的 人"}, headers=HERE)
    assert answer.status_code == 400 and 'id="no-cookies"' in answer.text


def test_registering_twice_by_the_back_button_leads_home(cast, client, post):
    form = {"username": "newcomer", "password": PASSWORD, "key": "k"}
    post(client, "/register", form)
    assert post(client, "/register", form | {"csrf_token": "of before"}).location == "/"


# ---- what is not kept -----------------------------------------------------------------------------------------


def test_the_text_of_another_site_does_not_wait_here(cast, app):
    """No cookie of ours, no word of where it came from: a form on a page that is not ours."""
    answer = app.test_client().post("/circles/night-run/posts/", data={"body": "buy my coins now please"})
    assert answer.status_code == 401 and "buy my coins" not in answer.text
    stale = app.test_client().post("/register", data={"username": "x", "display_name": "buy my coins now please"})
    assert stale.status_code == 400 and "buy my coins" not in stale.text
    evil = {"Origin": "https://evil.example"}
    refused = app.test_client().post("/register", data={"display_name": "buy my coins"}, headers=evil)
    assert refused.status_code == 403 and "buy my coins" not in refused.text


@pytest.mark.parametrize(
    "path", ["https://evil.example/", "//evil.example/", "/no/such/page", "/logout", "/circles/", ""]
)
def test_what_is_kept_goes_only_to_forms_of_this_site(cast, client, post, set_password, path):
    form = {"username": "lin", "password": PASSWORD, "resume_path": path, "kept.body": "a text that was kept"}
    answer = post(client, "/login", form)
    if path == "/circles/":
        assert answer.status_code == 200 and 'action="/circles/"' in answer.text
    else:
        assert answer.status_code == 303 and "evil" not in answer.location


def test_more_than_a_page_can_carry_is_not_carried(cast, lin, post):
    end_session(cast)
    answer = write(lin, post, body="长" * 40_000)
    assert answer.status_code == 401 and "长长长" not in answer.text


def test_many_fields_are_not_carried(cast, lin, post):
    end_session(cast)
    answer = write(lin, post, **{f"field{place}": "x" for place in range(80)})
    assert answer.status_code == 401 and "kept.field" not in answer.text


def test_a_sign_in_form_does_not_nest(cast, client, post):
    """What a stale sign-in form carried is carried on as it is, never wrapped again."""
    form = {
        "username": "lin",
        "csrf_token": "old",
        "resume_path": "/circles/",
        "kept.name": "晨 跑",
        "kept.kept.x": "y",
    }
    answer = post(client, "/login", form)
    assert answer.status_code == 400
    assert ("kept.name", "晨 跑") in hidden(answer.text, 'id="sign-in-form"') and "kept.kept" not in answer.text


def test_nobody_is_signed_in_by_a_forged_form(cast, client):
    member("anna")
    client.post("/login", data={"username": "anna", "password": PASSWORD}, headers=HERE)
    assert client.get("/me").status_code == 401
