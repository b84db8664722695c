"""Signing in and out, and the doors that stay shut."""

import pytest

from blueprints.accounts import passwords
from blueprints.accounts.actions import make_owner
from core import clock, site
from core.limits import LIMITS, RATES
from models import Departure, Member, Session, Suspension
from tests.blueprints.account_stories import PASSWORD, at_once, member, with_address
from tests.house import REAL_HASHER


@pytest.fixture(autouse=True)
def anna(cast) -> int:
    return with_address("anna", "anna@example.org")


@pytest.fixture
def sign_in(client, post):
    def send(username="anna", password=PASSWORD, browser=client, **more):
        return post(browser, "/login", {"username": username, "password": password}, **more)

    return send


def is_signed_in(browser) -> bool:
    return browser.get("/me").status_code == 200


# ---- in -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["anna", "ANNA", " anna ", "anna@example.org", "Anna@Example.org"])
def test_a_member_signs_in_by_name_or_address(client, sign_in, name):
    response = sign_in(name)
    assert response.status_code == 303 and response.location == "/"
    assert is_signed_in(client)


def test_one_goes_back_to_where_one_was(client, post):
    assert 'name="next" value="/circles/night-run"' in client.get("/login?next=/circles/night-run").text
    form = {"username": "anna", "password": PASSWORD, "next": "/circles/night-run"}
    assert post(client, "/login", form).location == "/circles/night-run"


@pytest.mark.parametrize("next_", ["https://evil.example/x", "//evil.example", "/\\evil.example", "data:text/html,x"])
def test_nobody_is_sent_elsewhere_after_signing_in(client, post, next_):
    response = post(client, "/login", {"username": "anna", "password": PASSWORD, "next": next_})
    assert response.status_code == 303 and "evil" not in response.location and "data" not in response.location


def test_the_session_is_a_new_one(client, sign_in):
    client.get("/login")
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
        before = session.get("csrf")
    sign_in()
    with client.session_transaction() as session:
        assert "planted" not in session and session.get("csrf") != before


def test_a_cookie_from_before_signing_in_is_worth_nothing_after(client, sign_in, app):
    client.get("/login")
    planted = client.get_cookie("quanzi").value
    sign_in()
    thief = app.test_client()
    thief.set_cookie("quanzi", planted)
    assert not is_signed_in(thief)


def test_signing_out_ends_the_row_too(client, sign_in, post, anna):
    sign_in()
    kept = client.get_cookie("quanzi").value
    assert post(client, "/logout").status_code == 303
    assert not is_signed_in(client)
    client.set_cookie("quanzi", kept)
    assert not is_signed_in(client) and not Session.select().where(Session.member == anna).exists()


def test_signing_out_twice_is_no_error(client, post):
    assert post(client, "/logout").status_code == 303


def test_signing_in_as_another_ends_the_first_session(client, sign_in, anna):
    member("bert")
    sign_in()
    sign_in("bert")
    assert not Session.select().where(Session.member == anna).exists()


def test_a_session_ends_after_its_time(client, sign_in):
    sign_in()
    clock.shift(LIMITS["session_seconds"] * 1000 + 1000)
    assert not is_signed_in(client)


# ---- no -------------------------------------------------------------------------------------------------------


def alert(page: str) -> str:
    return page.split('role="alert"')[1].split("</div></div>")[0]


def test_known_and_unknown_names_get_the_same_answer(client, sign_in):
    wrong, nobody = sign_in(password="not this one"), sign_in("no-such-name")
    assert wrong.status_code == nobody.status_code == 422
    assert alert(wrong.text) == alert(nobody.text)
    assert 'value="anna"' in wrong.text and "not this one" not in wrong.text
    assert not is_signed_in(client)


def test_known_and_unknown_names_cost_the_same_work(sign_in, monkeypatch):
    done: list[str] = []
    hasher = passwords._hasher

    class Counting:
        def __getattr__(self, name):
            done.append(name)
            return getattr(hasher, name)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    for name in ("anna", "no-such-name", "nobody@example.org"):
        done.clear()
        sign_in(name, "not this one")
        assert done == ["verify"], name


def test_an_empty_form_is_told_so(client, post):
    response = post(client, "/login", {})
    assert response.status_code == 422 and response.text.count('class="field-error"') == 2


def test_ten_wrong_guesses_and_the_name_has_to_wait(client, sign_in, app):
    for _ in range(RATES["login.name"].hits):
        assert sign_in(password="not this one").status_code == 422
    refused = sign_in()
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0
    assert 'value="anna"' in refused.text
    member("bert")
    assert sign_in("bert").status_code == 303
    clock.shift(2 * RATES["login.name"].seconds * 1000)
    assert sign_in(browser=app.test_client()).status_code == 303


def test_a_right_password_forgives_the_wrong_ones(sign_in):
    for _ in range(3):
        for _ in range(RATES["login.name"].hits - 1):
            sign_in(password="not this one")
        assert sign_in().status_code == 303


def test_an_own_account_does_not_make_guessing_free(sign_in):
    """Signing in rightly forgives the name, never the address that guesses at others."""
    member("mallory")
    tried = RATES["login.address"].hits
    for place in range(tried):
        sign_in(f"victim-{place}", "a guess at it")
        if place % 5 == 0:
            sign_in("mallory")
    assert sign_in("victim-x", "a guess at it").status_code == 429


def test_many_may_sign_in_at_once(app, post):
    browsers = [app.test_client() for _ in range(12)]
    from tests.conftest import csrf_of

    tokens = [csrf_of(each) for each in browsers]
    form = {"username": "anna", "password": PASSWORD}
    headers = {"Origin": "http://localhost"}
    statuses = at_once(
        12,
        lambda place: (
            browsers[place].post("/login", data=form | {"csrf_token": tokens[place]}, headers=headers).status_code
        ),
    )
    assert statuses == [303] * 12


def test_an_old_hash_is_made_anew(sign_in, anna, monkeypatch):
    from argon2 import PasswordHasher

    monkeypatch.setattr(passwords, "_hasher", REAL_HASHER)
    cheap = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    Member.update(password_hash=cheap).where(Member.id == anna).execute()
    assert sign_in().status_code == 303
    assert Member.get_by_id(anna).password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert sign_in().status_code == 303


# ---- half-states ----------------------------------------------------------------------------------------------


def test_who_is_leaving_sees_that_first_and_keeps_the_ways_out(client, sign_in, anna):
    Departure.create(member=anna, keeps_words=True, asked_at=1, due_at=clock.now() + clock.DAY)
    assert sign_in().location == "/settings/leave"
    for path in ("/settings/", "/settings/leave", "/settings/export", "/settings/devices", "/me"):
        assert client.get(path).status_code == 200, path
    for path in ("/settings/profile", "/settings/email", "/settings/password", "/settings/preferences"):
        assert client.get(path).status_code == 403, path


def test_who_is_suspended_can_sign_in_and_take_their_data(client, sign_in, anna):
    Suspension.create(member=anna, reason="", suspended_at=1)
    assert sign_in().status_code == 303
    for path in ("/settings/", "/settings/leave", "/settings/export", "/settings/devices", "/me"):
        assert client.get(path).status_code == 200, path
    assert client.get("/settings/profile").status_code == 403


def test_who_left_is_nobody(client, sign_in, anna):
    Member.update(erased_at=1).where(Member.id == anna).execute()
    assert sign_in().status_code == 422


# ---- demo accounts --------------------------------------------------------------------------------------------


@pytest.fixture
def demo(cast) -> int:
    from blueprints.accounts.actions import Registration, register
    from core.policy import CONSOLE

    demo_id = register(CONSOLE, Registration("demo-admin", "quanzi-demo", "周岚", is_demo=True))
    Member.update(is_demo=True).where(Member.id == demo_id).execute()
    make_owner(demo_id)
    return demo_id


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000", "127.9.9.9"])
def test_demo_accounts_open_on_the_machine_itself(demo, client, host):
    assert opens(client, host) == 303


@pytest.mark.parametrize(
    "host", ["club.example", "192.168.1.5:8000", "0.0.0.0:8000", "localhost.evil.example", "[::2]"]
)
def test_demo_accounts_stay_shut_for_other_hosts(demo, client, host):
    assert opens(client, host) == 422


@pytest.mark.parametrize(
    "header",
    ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Real-IP", "Via", "CF-Connecting-IP"],
)
def test_demo_accounts_stay_shut_behind_a_proxy(demo, client, header):
    assert opens(client, "localhost", headers={header: "127.0.0.1"}) == 422


def test_demo_accounts_stay_shut_for_who_only_says_localhost(demo, client):
    assert opens(client, "localhost", environ_base={"REMOTE_ADDR": "203.0.113.7"}) == 422


def test_a_demo_account_with_a_password_of_its_own_opens_anywhere(demo, client):
    Member.update(password_hash=passwords.make_hash(PASSWORD)).where(Member.id == demo).execute()
    assert opens(client, "club.example", password=PASSWORD) == 303


def opens(browser, host: str, password: str = "quanzi-demo", headers=None, **options) -> int:
    url = f"http://{host}"
    page = browser.get("/login", base_url=url)
    token = page.text.split('name="csrf-token" content="')[1].split('"')[0]
    form = {"username": "demo-admin", "password": password, "csrf_token": token}
    response = browser.post("/login", base_url=url, data=form, headers={"Origin": url, **(headers or {})}, **options)
    if response.status_code == 422:
        assert "remove-demo" in response.text
    return response.status_code


def test_the_sign_in_page_lists_demo_accounts_where_they_open(demo, client):
    here = client.get("/login").text
    assert "demo-admin" in here and "remove-demo" in here and "周岚" in here
    assert "demo-admin" not in client.get("/login", base_url="http://club.example").text
    assert "demo-admin" not in client.get("/login", headers={"X-Forwarded-For": "127.0.0.1"}).text
    Member.update(password_hash=passwords.make_hash(PASSWORD)).where(Member.id == demo).execute()
    assert "demo-admin" not in client.get("/login").text


# ---- the page -------------------------------------------------------------------------------------------------


def test_visitors_find_the_way_in_and_members_their_own_page(client, as_):
    assert 'href="/login"' in client.get("/login").text
    assert (
        'href="/me"' in as_("lin").get("/settings/").text and 'href="/login"' not in as_("lin").get("/settings/").text
    )


def test_the_page_is_kept_by_no_cache(client):
    assert client.get("/login").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("door", ["open", "invitation"])
def test_the_page_leads_to_joining(client, door):
    site.change({"registration": door})
    assert 'href="/register?next=/"' in client.get("/login").text


def test_a_closed_site_shows_no_way_to_join(client):
    site.change({"registration": "closed"})
    assert "/register" not in client.get("/login").text
