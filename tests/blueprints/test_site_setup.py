"""The first visit: one link, one page, one owner."""

import re
from threading import Barrier

import pytest

from blueprints.accounts.signing_in import authenticate
from blueprints.site.actions import Beginning, Registration, set_up, setup_link
from core import clock, links, site
from core.errors import Denied, Gone, Invalid
from core.limits import LIMITS
from core.policy import CONSOLE, GUEST
from models import AuditEntry, Member, StaffRole

FORM = {
    "name": "江边圈子", "locale": "zh-Hant", "time_zone": "Asia/Taipei", "username": "zhou-lan",
    "password": "a boat on the river", "display_name": "周岚", "email": "", "registration": "invitation",
    "founding": "staff",
}  # fmt: skip


@pytest.fixture
def path(app) -> str:
    return app.test_cli_runner().invoke(args=["setup-link"]).output.strip()


def test_before_anybody_is_here_every_page_waits(client, app):
    for address in ("/", "/login", "/register", "/circles/", "/admin/", "/no-such-page", "/search?q=x"):
        response = client.get(address)
        assert response.status_code == 503 and 'id="fault"' in response.text, address


def test_health_and_styles_do_not_wait(client, app):
    assert client.get("/up").json["database"] == "ok"
    style = re.search(r'href="(/assets/[^"]+\.css)"', client.get("/").text)
    assert style and client.get(style[1]).status_code == 200


def test_nothing_can_be_posted_to_a_site_that_waits(client, app):
    assert client.post("/register", data={"username": "first"}).status_code == 503
    assert client.get("/", headers={"HX-Request": "true"}).status_code == 503


def test_the_first_visit_names_the_site_and_makes_its_owner(client, path, post):
    assert client.get(path).status_code == 200
    response = post(client, path, FORM, page=path)
    assert response.status_code == 303 and response.location == "/admin/"
    settings = site.settings()
    assert [settings[name] for name in ("name", "locale", "time_zone", "registration", "founding")] == [
        "江边圈子", "zh-Hant", "Asia/Taipei", "invitation", "staff",
    ]  # fmt: skip
    owner = StaffRole.get()
    assert owner.role == "owner" and owner.member.username == "zhou-lan"
    assert client.get("/admin/").status_code == 200
    assert AuditEntry.select().where(AuditEntry.action == "site.set_up").exists()


def test_the_owner_can_sign_in_again(client, path, post, app):
    post(client, path, FORM, page=path)
    with app.app_context():
        assert authenticate(GUEST, "zhou-lan", FORM["password"], on_this_machine=False) == Member.get().id


def test_the_link_opens_nothing_a_second_time(client, path, post, app):
    post(client, path, FORM, page=path)
    other = app.test_client()
    assert other.get(path).status_code == 404
    again = post(other, path, {**FORM, "username": "mallory"}, page="/about")
    assert again.status_code == 404 and Member.select().count() == 1


def test_the_console_gives_no_second_link(path, post, client, app):
    post(client, path, FORM, page=path)
    assert app.test_cli_runner().invoke(args=["setup-link"]).output == ""
    with app.app_context(), pytest.raises(Denied):
        setup_link(CONSOLE)


def test_a_newer_link_replaces_the_older_one(client, path, app):
    newer = app.test_cli_runner().invoke(args=["setup-link"]).output.strip()
    assert client.get(path).status_code == 404 and client.get(newer).status_code == 200


def test_a_link_does_not_hold_for_ever(client, path):
    clock.shift(LIMITS["setup_link_seconds"] * 1000 + 1)
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("wrong", ["nonsense", "1-0000", "-", "9" * 40, "1", "⁴-x"])
def test_a_guessed_link_opens_nothing(client, path, wrong):
    assert client.get(f"/setup/{wrong}").status_code == 404


def test_links_of_other_kinds_open_nothing(client, app):
    reset = links.token(links.make("reset", 60))
    assert client.get(f"/setup/{reset}").status_code == 404


def test_guessing_is_slowed_down(client, app):
    answers = {client.get("/setup/1-guess").status_code for _ in range(25)}
    assert answers == {404, 429}


def test_a_mistake_keeps_the_rest_of_the_form_and_makes_nothing(client, path, post):
    response = post(client, path, {**FORM, "password": "short", "username": "zhou lan"}, page=path)
    assert response.status_code == 422 and 'value="江边圈子"' in response.text and 'value="zhou lan"' in response.text
    assert Member.select().count() == 0 and site.get("name") != "江边圈子"
    assert post(client, path, FORM, page=path).status_code == 303


def test_htmx_gets_the_form_back(client, path, post):
    response = post(client, path, {**FORM, "name": " "}, page=path, htmx="setup")
    assert response.status_code == 422 and response.text.lstrip().startswith('<form class="form"')


@pytest.mark.parametrize(
    ("field", "value"),
    [("time_zone", "Mars/Olympus"), ("locale", "xx"), ("registration", "perhaps"), ("founding", ""), ("name", "x" * 41),
     ("email", "no address"), ("username", ""), ("password", "quanzi-demo")],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(client, path, post, field, value):
    response = post(client, path, {**FORM, field: value}, page=path)
    assert response.status_code == 422 and Member.select().count() == 0
    assert "field-error" in response.text and "Not a valid choice" not in response.text


def test_all_or_nothing(app):
    with app.app_context():
        token = setup_link(CONSOLE)
        wrong = Beginning({"name": "江边", "registration": "perhaps"}, Registration("anna", "a fine sentence"))
        with pytest.raises(Invalid):
            set_up(GUEST, token, wrong)
        assert links.find("setup", token) and Member.select().count() == 0


def test_of_many_at_once_one_becomes_the_owner(app, in_threads):
    with app.app_context():
        token = setup_link(CONSOLE)
    ready, outcomes = Barrier(8), []

    def visit(number: int) -> None:
        with app.app_context():
            ready.wait()
            try:
                beginning = Beginning({"name": f"site {number}"}, Registration(f"owner{number}", "a fine sentence"))
                outcomes.append(set_up(GUEST, token, beginning))
            except (Gone, Denied):
                outcomes.append(None)

    in_threads(8, visit)
    assert len([owner for owner in outcomes if owner]) == 1
    assert StaffRole.select().count() == Member.select().count() == 1
