"""Letters: a new password, an address confirmed, word of what changed."""

import re

import pytest

from blueprints.accounts.actions import make_reset_link, of_reset_link
from core import clock, config, links
from core.errors import Denied, Gone
from core.limits import LIMITS, RATES
from core.policy import CONSOLE
from models import AuditEntry, Job, Member, OneTimeLink, Session
from tests.blueprints.account_stories import PASSWORD, at_once, letters, member, with_address

NEW = "another long line 8"


@pytest.fixture
def anna(cast) -> int:
    return with_address("anna", "anna@example.org")


@pytest.fixture
def hers(as_, anna):
    """Hers, signed in."""
    return as_(anna)


def waits_for(page: str) -> str:
    """The address of which the page says that it waits to be confirmed."""
    return re.findall(r"[\w.]+@[\w.]+\w", page.split('id="waiting"')[1])[0]


def can_sign_in(app, post, password: str, name: str = "anna") -> bool:
    return post(app.test_client(), "/login", {"username": name, "password": password}).status_code == 303


# ---- a forgotten password -------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", ["anna", "ANNA", "anna@example.org"])
def test_a_forgotten_password_is_set_anew_with_a_letter(app, anna, client, post, caplog, hers, asked):
    assert post(client, "/reset", {"username": asked}).location == "/reset/sent"
    [letter] = letters(caplog)
    assert letter.to == "anna@example.org" and letter.path.startswith("/reset/")

    page = client.get(letter.path)
    assert page.status_code == 200 and "anna" in page.text
    assert page.headers["Referrer-Policy"] == "strict-origin" and page.headers["Cache-Control"] == "no-store"
    assert post(client, letter.path, {"password": "short"}).status_code == 422
    assert post(client, letter.path, {"password": NEW}).status_code == 303

    assert client.get("/me").status_code == 200
    assert hers.get("/me").status_code == 401
    assert can_sign_in(app, post, NEW) and not can_sign_in(app, post, PASSWORD)
    [told] = letters(caplog)
    assert told.to == "anna@example.org" and "/reset" in told.text


def test_a_link_works_once(anna, client, post, caplog, app):
    post(client, "/reset", {"username": "anna"})
    path = letters(caplog)[0].path
    assert post(client, path, {"password": NEW}).status_code == 303
    assert app.test_client().get(path).status_code == 404
    assert post(app.test_client(), path, {"password": PASSWORD}).status_code == 404
    assert can_sign_in(app, post, NEW)


def test_of_many_who_use_a_link_at_once_one_does(anna, client, post, caplog, app):
    from tests.conftest import csrf_of

    post(client, "/reset", {"username": "anna"})
    path = letters(caplog)[0].path
    browsers = [app.test_client() for _ in range(5)]
    tokens = [csrf_of(each) for each in browsers]

    def use(place: int) -> int:
        form = {"password": f"{NEW} {place}", "csrf_token": tokens[place]}
        return browsers[place].post(path, data=form, headers={"Origin": "http://localhost"}).status_code

    assert sorted(at_once(5, use)) == [303, 404, 404, 404, 404]


def test_a_link_is_over_after_an_hour(anna, client, post, caplog):
    post(client, "/reset", {"username": "anna"})
    path = letters(caplog)[0].path
    clock.shift(LIMITS["reset_link_seconds"] * 1000 + 1)
    assert client.get(path).status_code == 404


def test_all_links_end_with_the_password_they_were_for(anna, client, post, caplog):
    post(client, "/reset", {"username": "anna"})
    post(client, "/reset", {"username": "anna"})
    first, second = (letter.path for letter in letters(caplog))
    post(client, second, {"password": NEW})
    assert client.get(first).status_code == 404


def test_a_link_for_one_thing_opens_no_other(anna, client, post, caplog):
    post(client, "/reset", {"username": "anna"})
    token = letters(caplog)[0].path.removeprefix("/reset/")
    assert client.get(f"/confirm/{token}").status_code == 404
    for wrong in (token[:-1], token + "0", "1-" + "0" * 40, "x", "999999999999999999999-1", "%00", "1-é"):
        assert client.get(f"/reset/{wrong}").status_code == 404, wrong


@pytest.mark.parametrize("asked", ["anna", "bert", "no-such-name", "nobody@example.org", "x" * 250])
def test_whoever_is_asked_for_the_answer_and_the_work_are_the_same(anna, client, post, caplog, asked):
    member("bert")
    before = Job.select().count()
    response = post(client, "/reset", {"username": asked})
    assert (response.status_code, response.location) == (303, "/reset/sent")
    assert Job.select().count() == before + 1 and not OneTimeLink.select().exists()
    assert len(letters(caplog)) == (1 if asked == "anna" else 0)


def test_letters_are_not_a_way_to_pester_somebody(anna, client, post, caplog):
    statuses = [post(client, "/reset", {"username": "anna"}).status_code for _ in range(RATES["reset.name"].hits + 2)]
    assert statuses[-1] == 429
    assert len(letters(caplog)) == RATES["reset.name"].hits


def test_a_forged_host_does_not_get_into_the_letter(anna, client, caplog):
    page = client.get("/reset", base_url="http://evil.example")
    token = page.text.split('name="csrf-token" content="')[1].split('"')[0]
    form = {"username": "anna", "csrf_token": token}
    client.post("/reset", data=form, base_url="http://evil.example", headers={"Origin": "http://evil.example"})
    assert "evil" not in letters(caplog)[0].text


def test_the_letter_leads_to_the_public_address(anna, make_app, caplog):
    public = make_app(QUANZI_BASE_URL="https://club.example/")
    from core import jobs

    with public.app_context():
        jobs.later("accounts.send_reset", {"name": "anna"})
        [letter] = letters(caplog)
    assert "https://club.example/reset/" in letter.text


def test_letters_come_in_the_language_of_who_reads_them(anna, client, post, caplog):
    Member.update(locale="zh-Hant").where(Member.id == anna).execute()
    post(client, "/reset", {"username": "anna"}, headers={"Accept-Language": "en"})
    assert letters(caplog)[0].subject.endswith("圈子 Quanzi")


def test_no_secret_stands_in_the_database(anna, client, post, caplog):
    post(client, "/reset", {"username": "anna"})
    token = letters(caplog)[0].path.removeprefix("/reset/")
    digits = token.partition("-")[2]
    assert digits not in (config.current().data / "quanzi.sqlite3").read_bytes().decode("latin-1")


# ---- a link made by staff -------------------------------------------------------------------------------------


def test_staff_make_a_link_for_somebody_without_an_address(cast, client, post, app):
    bert = member("bert")
    token = make_reset_link(cast.staff.actor, bert)
    assert post(client, f"/reset/{token}", {"password": NEW}).status_code == 303
    assert can_sign_in(app, post, NEW, "bert")
    entry = AuditEntry.get(AuditEntry.action == "account.reset_link")
    assert entry.actor_id == cast.staff.id and entry.subject_id == bert and token not in entry.detail


def test_only_the_owner_makes_one_for_staff(cast):
    with pytest.raises(Denied):
        make_reset_link(cast.staff.actor, cast.owner.id)
    with pytest.raises(Denied):
        make_reset_link(cast.lin.actor, cast.ning.id)
    assert make_reset_link(cast.owner.actor, cast.staff.id)
    assert make_reset_link(CONSOLE, cast.owner.id)


def test_there_is_no_link_for_who_left(cast):
    Member.update(erased_at=1).where(Member.id == cast.ning.id).execute()
    with pytest.raises(Gone):
        make_reset_link(cast.owner.actor, cast.ning.id)


def test_a_link_dies_with_its_account(cast):
    token = make_reset_link(CONSOLE, cast.ning.id)
    Member.update(erased_at=1).where(Member.id == cast.ning.id).execute()
    with pytest.raises(Gone):
        of_reset_link(token)


# ---- an address -----------------------------------------------------------------------------------------------


def test_an_address_is_changed_by_its_letter(anna, hers, post, client, caplog):
    form = {"email": "New@Example.org", "password": PASSWORD}
    assert post(hers, "/settings/email", form).status_code == 303
    assert Member.get_by_id(anna).email == "anna@example.org"
    page = hers.get("/settings/email").text
    assert "anna@example.org" in page and waits_for(page) == "new@example.org"

    [letter] = letters(caplog)
    assert letter.to == "new@example.org"
    assert client.get(letter.path).status_code == 200
    assert Member.get_by_id(anna).email == "anna@example.org", "looking at the link is not pressing the button"
    assert post(client, letter.path).status_code == 303
    assert Member.get_by_id(anna).email == "new@example.org"
    [told] = letters(caplog)
    assert told.to == "anna@example.org" and "anna" in told.text


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"email": "new@example.org", "password": "not this one"}, "password"),
        ({"email": "new@example.org", "password": ""}, "password"),
        ({"email": "nonsense", "password": PASSWORD}, "email"),
        ({"email": "anna@example.org", "password": PASSWORD}, "email"),
        ({"email": "", "password": PASSWORD}, "email"),
    ],
    ids=str,
)
def test_what_is_wrong_stands_beside_its_field(hers, post, caplog, form, field):
    response = post(hers, "/settings/email", form)
    assert response.status_code == 422 and f'id="{field}-error"' in response.text
    assert not letters(caplog)


def test_a_newer_wish_takes_the_place_of_the_older(hers, post, client, caplog, anna):
    for name in ("one", "two"):
        post(hers, "/settings/email", {"email": f"{name}@example.org", "password": PASSWORD})
    [letter] = letters(caplog)
    assert letter.to == "two@example.org"
    post(client, letter.path)
    assert Member.get_by_id(anna).email == "two@example.org"


def test_whether_an_address_is_known_is_told_to_its_reader_only(hers, post, caplog, anna):
    with_address("bert", "bert@example.org")
    known = post(hers, "/settings/email", {"email": "bert@example.org", "password": PASSWORD})
    assert known.status_code == 303 and waits_for(hers.get("/settings/email").text) == "bert@example.org"
    [letter] = letters(caplog)
    assert letter.to == "bert@example.org" and "/confirm/" not in letter.text and "bert" in letter.text


def test_two_who_wait_for_the_same_address_and_one_gets_it(cast, post, client, caplog, as_):
    first, second = member("first"), member("second")
    for who in (first, second):
        post(as_(who), "/settings/email", {"email": "shared@example.org", "password": PASSWORD})
    one, two = (letter.path for letter in letters(caplog))
    assert post(client, one).status_code == 303
    assert post(client, two).status_code == 409
    emails = {row.username: row.email for row in Member.select().where(Member.id.in_((first, second)))}
    assert emails == {"first": "shared@example.org", "second": None}


def test_a_confirming_link_is_over_after_three_days(hers, post, client, caplog):
    post(hers, "/settings/email", {"email": "new@example.org", "password": PASSWORD})
    [letter] = letters(caplog)
    clock.shift(LIMITS["confirm_link_seconds"] * 1000 + 1)
    assert post(client, letter.path).status_code == 404


def test_an_address_is_taken_away_with_the_password(hers, post, caplog, anna):
    assert post(hers, "/settings/email/remove", {"password": "not this one"}).status_code == 422
    assert Member.get_by_id(anna).email
    assert post(hers, "/settings/email/remove", {"password": PASSWORD}).status_code == 303
    assert Member.get_by_id(anna).email is None
    [told] = letters(caplog)
    assert told.to == "anna@example.org"


def test_an_address_abroad_is_kept_in_ascii(hers, post, caplog):
    post(hers, "/settings/email", {"email": "Anna@例子.测试", "password": PASSWORD})
    assert letters(caplog)[0].to == "anna@xn--fsqu00a.xn--0zwm56d"


def test_links_that_are_over_are_swept_by_and_by(anna):
    from core import jobs

    links.make("reset", 10, member=anna)
    Session.create(token_hash="x", member=anna, created_at=1, seen_at=1, expires_at=2)
    clock.shift(40 * clock.DAY)
    jobs.later("accounts.sweep")
    jobs.run_due()
    assert not OneTimeLink.select().exists() and not Session.select().where(Session.token_hash == "x").exists()
