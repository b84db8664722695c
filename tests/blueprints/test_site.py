"""The front page, pages about the site, and every way of going wrong as a designed page."""

import pytest
from peewee import OperationalError

from core import clock, site
from core.config import VERSION
from models import Circle, Member, Suspension, WorkerBeat, database

BARE_OF = ('class="places"', 'name="csrf-token"')


def is_designed(response) -> bool:
    return 'id="fault"' in response.text and "Content-Security-Policy" in response.headers


# ---- pages --------------------------------------------------------------------------------------------------


def test_a_visitor_is_told_where_they_are(client, cast):
    site.change({"name": "江边", "tagline": "下班以后见"})
    page = client.get("/").text
    assert "<h1>江边</h1>" in page and "下班以后见" in page
    assert 'href="/register"' in page and 'href="/login"' in page


def test_a_visitor_sees_circles_that_are_open_and_no_other(client, cast):
    page = client.get("/").text
    assert cast.running.name in page and cast.darkroom.name not in page


def test_a_closed_site_invites_nobody(client, cast):
    site.change({"registration": "closed", "reading": "members"})
    page = client.get("/").text
    assert 'href="/register"' not in page.partition("<aside")[0] and cast.running.name not in page


def test_a_member_goes_on_to_the_first_place(as_):
    response = as_("lin").get("/")
    assert response.status_code == 303 and response.location == "/circles/"


def test_about_names_who_to_ask_and_what_runs(client, cast):
    site.change({"contact": "周岚 hello@example.org"})
    page = client.get("/about").text
    assert "hello@example.org" in page and VERSION in page and "remove-demo" not in page


def test_about_says_how_demo_data_goes_away(client, cast):
    Member.update(is_demo=True).where(Member.username == "lin").execute()
    assert "remove-demo" in client.get("/about").text


def test_a_visitor_chooses_a_language_and_it_stays(client, cast, post):
    response = post(client, "/preferences", {"locale": "zh-Hant", "next": "/about"})
    assert response.status_code == 303 and response.location == "/about"
    assert '<html lang="zh-Hant"' in client.get("/about").text


def test_a_language_that_we_do_not_speak_changes_nothing(client, cast, post):
    post(client, "/preferences", {"locale": "xx", "theme": "neon"})
    page = client.get("/about", headers={"Accept-Language": "en"}).text
    assert '<html lang="en"' in page and "data-theme" not in page


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_preferences_lead_nowhere_else(client, cast, post, elsewhere):
    assert "evil" not in post(client, "/preferences", {"theme": "dark", "next": elsewhere}).location


def test_robots_stay_out_of_what_is_for_people(client, cast):
    assert "Disallow: /people/" in client.get("/robots.txt").text
    site.change({"reading": "members"})
    assert client.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"


def test_old_browsers_find_the_icon(client, cast):
    response = client.get("/favicon.ico")
    assert response.status_code == 302 and client.get(response.location).mimetype == "image/svg+xml"


def test_the_pattern_page_is_for_developers(client, cast):
    assert client.get("/design").status_code == 404


def test_the_offline_page_needs_nothing(client, cast):
    page = client.get("/offline")
    assert page.status_code == 200 and is_designed(page) and not any(mark in page.text for mark in BARE_OF)


# ---- health -------------------------------------------------------------------------------------------------


def test_up_names_what_is_not_well(client, cast):
    response = client.get("/up")
    assert response.status_code == 503
    assert response.json == {"status": "failing", "version": VERSION, "database": "ok", "jobs": "no worker"}


def test_up_is_well_with_a_worker(client, cast):
    WorkerBeat.create(worker="here:1", beat_at=clock.now())
    assert client.get("/up").json["status"] == "ok"


# ---- errors -------------------------------------------------------------------------------------------------


def test_what_does_not_exist_is_a_designed_page(client, cast):
    response = client.get("/no/such/page")
    assert response.status_code == 404 and is_designed(response)
    assert response.headers["Cache-Control"] == "no-store"


def test_a_wrong_method_says_which_are_right(client, cast, post):
    response = post(client, "/about")
    assert response.status_code == 405 and is_designed(response) and "GET" in response.headers["Allow"]


def test_a_post_from_another_site_is_refused_in_words(client, cast):
    response = client.post("/preferences", headers={"Origin": "https://evil.example"})
    assert response.status_code == 403 and is_designed(response)


def test_a_body_beyond_all_limits(as_, post):
    response = post(as_("lin"), "/circles/night-run/posts/", {"body": "x" * 600_000})
    assert response.status_code == 413 and is_designed(response)


def test_an_error_page_speaks_the_language_of_the_browser(client, cast):
    for asked, spoken in (("zh-TW", "zh-Hant"), ("zh", "zh-Hans"), ("en-GB", "en")):
        assert f'<html lang="{spoken}"' in client.get("/nope", headers={"Accept-Language": asked}).text


def test_htmx_gets_the_words_and_no_page(client, cast):
    response = client.get("/nope", headers={"HX-Request": "true"})
    assert response.status_code == 404 and response.text == "" and "toast" in response.headers["HX-Trigger"]


def break_down(*_args, **_options):
    raise OperationalError("unable to open database file")


@pytest.mark.parametrize("path", ["/", "/circles/", "/about", "/no-such-page", "/search?q=x"])
def test_without_a_database_there_is_still_a_page(as_, app, monkeypatch, path):
    browser = as_("lin")
    monkeypatch.setattr(database.obj, "execute_sql", break_down)
    response = browser.get(path, headers={"Accept-Language": "zh-TW"})
    assert response.status_code == 503 and is_designed(response) and '<html lang="zh-Hant"' in response.text
    assert not any(mark in response.text for mark in BARE_OF) and response.headers["Retry-After"]


def test_without_a_database_up_says_so(client, cast, monkeypatch):
    monkeypatch.setattr(database.obj, "execute_sql", break_down)
    assert client.get("/up").json["database"] == "unreachable"


def test_a_page_that_breaks_tells_nothing_of_why(client, cast, app, monkeypatch):
    def burst():
        raise RuntimeError("the secret is 12345")

    monkeypatch.setitem(app.view_functions, "site.about", burst)
    response = client.get("/about")
    assert response.status_code == 500 and is_designed(response) and "12345" not in response.text
    assert client.get("/search").status_code == 200


def test_when_even_the_error_page_breaks_there_are_words(client, cast, app, monkeypatch):
    def burst(*_args, **_options):
        raise RuntimeError("no templates")

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr("core.hx.render_template", burst)
    response = client.get("/nope")
    assert response.status_code == 500 and response.text.startswith("Something broke on our side.")


# ---- half-states --------------------------------------------------------------------------------------------


def test_the_suspended_are_told_why_and_until_when(as_, cast):
    until = clock.now() + 3 * clock.DAY
    Suspension.update(reason="多次发布广告", until_at=until).where(Suspension.member == cast.suspended.id).execute()
    browser = as_("suspended")
    for path in ("/", "/circles/new"):
        response = browser.get(path)
        assert response.status_code == 403 and "多次发布广告" in response.text and 'action="/logout"' in response.text


def test_an_open_session_feels_a_suspension_at_once(as_, cast):
    browser = as_("lin")
    assert browser.get("/circles/new").status_code == 200
    Suspension.create(member=cast.lin.id, reason="", suspended_at=clock.now())
    assert browser.get("/circles/new").status_code == 403


def test_a_suspension_that_is_over_is_over(as_, cast):
    ago = clock.now() - 2 * clock.DAY
    Suspension.update(suspended_at=ago, until_at=ago + clock.DAY).execute()
    assert as_("suspended").get("/circles/new").status_code == 200


def test_who_is_leaving_is_shown_the_way_back(as_):
    response = as_("leaving").get("/circles/new")
    assert response.status_code == 403 and "/settings/leave" in response.text


def test_nobody_is_asked_who_is_here_once_somebody_is(client, cast, app):
    client.get("/about")
    assert app.extensions["set_up"] and Circle.select().count() == 3
