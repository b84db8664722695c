"""Becoming a member."""

import pytest

from blueprints.accounts import passwords
from blueprints.accounts.actions import Registration, register
from core import clock, search, site
from core.errors import Conflict, Invalid
from core.policy import CONSOLE, GUEST
from models import Member, OneTimeLink, SearchDoc, Session, SiteInvitation, SiteInvitationUse
from tests.blueprints.account_stories import PASSWORD, at_once, letters, member, with_address
from tests.house import REAL_HASHER

FORM = {"username": "xiaohe", "display_name": "小禾", "password": PASSWORD, "key": "k-1"}


@pytest.fixture(autouse=True)
def people(cast):
    return cast


def whose(response, client) -> str | None:
    """Username of who is signed in now."""
    with client.session_transaction() as session:
        token = session.get("_user_id")
    if token is None:
        return None
    row = Session.select().order_by(Session.id.desc()).first()
    return row.member.username


# ---- the way in -----------------------------------------------------------------------------------------------


def test_a_visitor_joins_and_is_signed_in(client, post, monkeypatch):
    monkeypatch.setattr(passwords, "_hasher", REAL_HASHER)
    page = client.get("/register").text
    for name in ("username", "display_name", "password", "email", "key"):
        assert f'name="{name}"' in page
    response = post(client, "/register", FORM)
    assert response.status_code == 303 and response.location == "/"
    him = Member.get(Member.username == "xiaohe")
    assert him.display_name == "小禾" and him.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert "小禾" in client.get("/me").text


def test_who_joins_comes_back_to_where_they_were(client, post):
    assert post(client, "/register", FORM | {"next": "/circles/night-run"}).location == "/circles/night-run"


def test_nobody_is_sent_to_another_site(client, post):
    for place, elsewhere in enumerate(("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x")):
        response = post(
            app_client(client), "/register", FORM | {"username": f"who{place}", "key": "", "next": elsewhere}
        )
        assert response.status_code == 303 and "evil" not in response.location.removeprefix("/evil")
        assert response.location.startswith("/") and not response.location.startswith(("//", "/\\"))


def app_client(client):
    return client.application.test_client()


def test_without_a_display_name_the_username_stands_in(client, post):
    post(client, "/register", {"username": "XiaoHe", "password": PASSWORD})
    assert Member.get(Member.username == "xiaohe").display_name == "xiaohe"


def test_the_language_of_the_visit_becomes_the_members(client, post):
    post(client, "/register", FORM, headers={"Accept-Language": "zh-HK"})
    assert Member.get(Member.username == "xiaohe").locale == "zh-Hant"


def test_a_new_member_can_be_found(client, post):
    post(client, "/register", FORM)
    him = Member.get(Member.username == "xiaohe")
    assert search.find(CONSOLE, "member", "小禾").ids == [him.id]
    assert SearchDoc.select().where(SearchDoc.kind == "member", SearchDoc.subject_id == him.id).count() == 1


def test_who_is_signed_in_needs_no_form(as_):
    assert as_("lin").get("/register?next=/circles/").location == "/circles/"


# ---- what cannot be taken -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"username": ""},
        {"username": "ab"},
        {"username": "x" * 31},
        {"username": "小 禾"},
        {"username": "-minus"},
        {"username": "a\u200bnna"},
        {"username": "an\u202ena"},
        {"username": "ａｎｎａ"},
        {"username": "аnna"},
        {"username": "<script>"},
        {"username": "name@host"},
        {"username": "admin"},
        {"username": "Settings"},
        {"username": "r00t"},
        {"username": "管理员"},
        {"display_name": "\u202eevil"},
        {"display_name": "客服"},
        {"display_name": "x" * 41},
        {"password": "short"},
        {"password": ""},
        {"password": "x" * 201},
        {"password": "password123"},
        {"password": "aaaaaaaaaaaa"},
        {"password": "xiaohexiaohe"},
        {"password": "quanzi-demo"},
        {"email": "not an address"},
        {"email": "a@b"},
        {"email": "a@b.example\r\nBcc: all@c.example"},
        {"email": "x" * 250 + "@b.example"},
    ],
    ids=str,
)
def test_what_cannot_be_taken_comes_back_with_what_was_typed(client, post, changes):
    before = Member.select().count()
    response = post(client, "/register", FORM | changes)
    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.text and 'class="field-error"' in response.text
    assert Member.select().count() == before
    if "display_name" not in changes:
        assert 'value="小禾"' in response.text
    if changes.get("password"):
        assert f'value="{changes["password"]}"' not in response.text


def test_a_name_that_looks_just_like_another_is_taken(client, post):
    member("anna_lin")
    for twin in ("anna_lin", "ANNA_LIN", "annalin", "anna-lin", "anna_l1n"):
        response = post(client, "/register", FORM | {"username": twin, "key": ""})
        assert response.status_code == 422 and 'id="username-error"' in response.text, twin


def test_a_name_stays_with_who_left_it(client, post):
    from blueprints.accounts.leaving import erase_member

    gone = member("anna_lin")
    erase_member(CONSOLE, gone, keeps_words=True)
    assert post(client, "/register", FORM | {"username": "anna_l1n"}).status_code == 422


def test_staff_may_give_out_a_name_of_the_site(app):
    with app.test_request_context():
        assert register(CONSOLE, Registration("admin", PASSWORD))


# ---- twice, and at once ---------------------------------------------------------------------------------------


def test_two_people_take_the_same_name_at_once_and_one_has_it(app, post):
    clients = [app.test_client() for _ in range(8)]
    tokens = [token_of(each) for each in clients]

    def take(place: int) -> int:
        return send(clients[place], tokens[place], username="twins", key=f"k-{place}", password=f"{PASSWORD} {place}")

    assert sorted(at_once(8, take)) == [303] + [422] * 7
    assert Member.select().where(Member.username == "twins").count() == 1


def test_names_that_look_alike_cannot_both_be_had_at_once(app):
    clients = [app.test_client() for _ in range(4)]
    tokens = [token_of(each) for each in clients]
    names = ["lily-an", "li1yan", "lily_an", "lilyan"]
    taken = at_once(4, lambda place: send(clients[place], tokens[place], username=names[place], key=""))
    assert sorted(taken) == [303, 422, 422, 422]


def test_a_form_sent_twice_at_once_makes_one_member_and_signs_in_twice(app):
    browser = app.test_client()
    token = token_of(browser)
    with browser.session_transaction() as session:
        cookie = dict(session)

    def press(place: int) -> tuple[int, str | None]:
        same = app.test_client()
        with same.session_transaction() as session:
            session.update(cookie)
        status = send(same, token, username="twice", key="one-press")
        return status, name_in(same)

    pressed = at_once(6, press)
    assert pressed == [(303, "twice")] * 6
    assert Member.select().where(Member.username == "twice").count() == 1


def test_the_key_of_somebody_else_opens_nothing(client, post):
    post(app_client(client), "/register", FORM)
    thief = app_client(client)
    response = post(thief, "/register", FORM | {"password": "another sentence 8"})
    assert response.status_code == 422 and whose(response, thief) is None


def test_a_key_is_used_for_one_name_only(app):
    with app.test_request_context():
        register(GUEST, Registration("first-one", PASSWORD), "the-key")
        with pytest.raises(Conflict):
            register(GUEST, Registration("second-one", PASSWORD), "the-key")


def test_a_refused_form_can_be_sent_again_with_the_same_key(client, post):
    assert post(client, "/register", FORM | {"username": "ab"}).status_code == 422
    assert post(client, "/register", FORM | {"password": "short"}).status_code == 422
    assert post(client, "/register", FORM).status_code == 303


def token_of(browser) -> str:
    from tests.conftest import csrf_of

    return csrf_of(browser)


def send(browser, token: str, **fields: str) -> int:
    data = {"password": PASSWORD, "csrf_token": token, **fields}
    return browser.post("/register", data=data, headers={"Origin": "http://localhost"}).status_code


def name_in(browser) -> str | None:
    import hashlib

    with browser.session_transaction() as session:
        token = session.get("_user_id")
    row = Session.get_or_none(Session.token_hash == hashlib.sha256((token or "").encode()).hexdigest())
    return row.member.username if row else None


# ---- an address -----------------------------------------------------------------------------------------------


def test_an_address_is_attached_once_its_letter_was_answered(client, post, caplog):
    post(client, "/register", FORM | {"email": " He@Example.org "})
    him = Member.get(Member.username == "xiaohe")
    assert him.email is None
    [letter] = letters(caplog)
    assert letter.to == "he@example.org" and "xiaohe" in letter.text
    assert post(app_client(client), letter.path).status_code == 303
    him = Member.get_by_id(him.id)
    assert him.email == "he@example.org" and him.email_confirmed_at


def test_a_known_address_gets_the_same_answer_and_another_letter(client, post, caplog):
    with_address("owner-of-it", "taken@example.org")
    known, unknown = app_client(client), app_client(client)
    first = post(known, "/register", FORM | {"email": "taken@example.org"})
    second = post(unknown, "/register", FORM | {"username": "other", "key": "", "email": "free@example.org"})
    assert (first.status_code, first.location) == (second.status_code, second.location) == (303, "/")
    rows = OneTimeLink.select(OneTimeLink.purpose, OneTimeLink.email).order_by(OneTimeLink.id).tuples()
    assert list(rows) == [("email", "taken@example.org"), ("email", "free@example.org")]
    for browser, address in ((known, "taken@example.org"), (unknown, "free@example.org")):
        assert address in browser.get("/settings/email").text.split('id="waiting"')[1]
    to_known, to_unknown = letters(caplog)
    assert to_known.to == "taken@example.org" and "owner-of-it" in to_known.text
    assert "/confirm/" not in to_known.text and "xiaohe" not in to_known.text
    assert "/confirm/" in to_unknown.text


# ---- who may --------------------------------------------------------------------------------------------------


def test_a_closed_site_says_so(client, post):
    site.change({"registration": "closed"})
    assert client.get("/register").status_code == 403
    assert 'id="closed"' in client.get("/register").text
    assert post(client, "/register", FORM).status_code == 403
    assert not Member.select().where(Member.username == "xiaohe").exists()


def invitation(**values) -> SiteInvitation:
    return SiteInvitation.create(**{"code": "welcome-in", "created_at": clock.now(), "max_uses": 1, **values})


def test_with_an_invitation_one_gets_in(client, post):
    site.change({"registration": "invitation"})
    code = invitation()
    assert 'value="welcome-in"' in client.get("/register?code=welcome-in").text
    assert post(client, "/register", FORM).status_code == 422
    assert post(client, "/register", FORM | {"code": "something"}).status_code == 422
    assert post(client, "/register", FORM | {"code": "welcome-in"}).status_code == 303
    him = Member.get(Member.username == "xiaohe")
    assert SiteInvitationUse.get(SiteInvitationUse.member == him.id).invitation == code
    assert SiteInvitation.get_by_id(code.id).uses == 1


@pytest.mark.parametrize("how", [{"uses": 1}, {"revoked_at": 1}, {"expires_at": 1}], ids=str)
def test_an_invitation_that_is_over_lets_nobody_in(client, post, how):
    site.change({"registration": "invitation"})
    invitation(**how)
    assert 'id="code-error"' in client.get("/register?code=welcome-in").text
    assert post(client, "/register", FORM | {"code": "welcome-in"}).status_code == 422


def test_an_invitation_for_three_lets_three_in_of_eight_at_once(app):
    site.change({"registration": "invitation"})
    invitation(max_uses=3)

    def come(place: int) -> bool:
        try:
            return bool(register(GUEST, Registration(f"guest-no-{place}x", PASSWORD, invitation="welcome-in")))
        except Invalid:
            return False

    assert sorted(at_once(8, come)) == [False] * 5 + [True] * 3
    assert SiteInvitation.get(SiteInvitation.code == "welcome-in").uses == 3


def test_sending_the_last_invitation_twice_is_one_member(client, post):
    site.change({"registration": "invitation"})
    invitation()
    form = FORM | {"code": "welcome-in"}
    assert post(client, "/register", form).status_code == 303
    assert post(app_client(client), "/register", form).status_code == 303
    assert Member.select().where(Member.username == "xiaohe").count() == 1


def test_too_many_from_one_address_have_to_wait(client, post):
    from core.limits import RATES

    for _ in range(RATES["register.address"].hits):
        post(client, "/register", FORM | {"username": "admin", "key": ""})
    response = post(client, "/register", FORM)
    assert response.status_code == 429 and int(response.headers["Retry-After"]) > 0
    assert not Member.select().where(Member.username == "xiaohe").exists()
