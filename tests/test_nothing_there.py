"""What one may not see is answered like what does not exist; and no address, however odd, breaks the site."""

import re

import pytest
from werkzeug.routing import Rule

from core import site
from tests.access_table import ROLES, TABLE
from tests.conftest import signed_in
from tests.house import token_of
from tests.test_access import address, fresh, rules

TOKEN = re.compile(r"[A-Za-z0-9_-]{86}==")
IN_CIRCLES = [route for route in TABLE if "/circles/<slug>" in route]
ODD = ["%00", "..", "%2e%2e%2f", "a" * 3000, "%f0%9f%8f%83", "%ff%fe", "'\"><svg onload=x>", "%e2%80%ae", "-1", " "]
ODD_NUMBERS = ["0", "9" * 18, "9223372036854775807", "9223372036854775808", "9" * 400, "9" * 5000]


def asked(browser, route, url, token="", *, htmx=False):
    headers = {"HX-Request": "true", "HX-Target": "main"} if htmx else {}
    if route.startswith("GET"):
        answer = browser.get(url, headers=headers)
    else:
        data = {name: value for name, value in TABLE[route].data.items() if name != "media"}
        answer = browser.post(url, data={**data, "csrf_token": token or token_of(browser)}, headers=headers)
    answer.close()
    return answer


def masked(answer, *addresses):
    """What is left of an answer once the nonce, the token, the cookie and the address asked for are taken out."""
    body = TOKEN.sub("TOKEN", answer.text)
    for own in sorted(addresses, key=len, reverse=True):
        body = body.replace(own, "OWN")
    headers = {name: value for name, value in answer.headers if name not in ("Set-Cookie", "Content-Length")}
    headers["Content-Security-Policy"] = re.sub(r"nonce-[^']+", "nonce", headers["Content-Security-Policy"])
    for name, value in headers.items():
        for own in sorted(addresses, key=len, reverse=True):
            headers[name] = value = value.replace(own, "OWN")
    return answer.status_code, headers, body


@pytest.fixture
def world(app, house):
    return fresh(house)


def browser_of(app, cast, role):
    return signed_in(app, cast[ROLES[role]].id) if ROLES[role] else app.test_client()


@pytest.mark.parametrize("route", IN_CIRCLES)
def test_an_invisible_circle_is_a_circle_that_does_not_exist(app, world, route):
    slug = world.darkroom.slug
    other = slug[:-2] + ("00" if not slug.endswith("00") else "11")
    real = address(route, world, "darkroom")
    for role in ("guest", "suspended", "stranger", "moderator", "staff", "site owner"):
        browser = browser_of(app, world, role)
        token = token_of(browser)
        for htmx in (False, True):
            there = asked(browser, route, real, token, htmx=htmx)
            nowhere = asked(browser, route, real.replace(slug, other), token, htmx=htmx)
            assert there.status_code in (401, 403, 404), role
            assert masked(there, slug) == masked(nowhere, other), role


@pytest.mark.parametrize("route", [route for route in IN_CIRCLES if "/posts/<int:number>" in route])
def test_a_post_one_may_not_read_is_a_post_that_does_not_exist(app, world, route):
    for circle in ("desk", "darkroom"):
        real = address(route, world, circle)
        number = str(world.post_in(getattr(world, circle)).id)
        missing = real.replace(f"/posts/{number}", "/posts/987654")
        for role in ("guest", "stranger", "moderator", "staff"):
            browser = browser_of(app, world, role)
            token = token_of(browser)
            there, nowhere = asked(browser, route, real, token), asked(browser, route, missing, token)
            assert masked(there, f"/posts/{number}") == masked(nowhere, "/posts/987654"), (circle, role)


@pytest.mark.parametrize("role", ["guest", "stranger", "staff"])
def test_a_picture_one_may_not_see_is_a_picture_that_does_not_exist(app, world, role):
    key = world.picture_in(world.darkroom)
    browser = browser_of(app, world, role)
    there = asked(browser, "GET", f"/media/{key}/s.webp")
    nowhere = asked(browser, "GET", f"/media/{'0' * len(key)}/s.webp")
    assert there.status_code == 404
    assert masked(there, key) == masked(nowhere, "0" * len(key))


@pytest.mark.parametrize("role", ["guest", "stranger", "staff", "site owner"])
def test_the_name_of_an_invisible_circle_is_nowhere_to_be_found(app, world, role):
    browser = browser_of(app, world, role)
    for path in ("/", "/circles/", "/search?q=暗房", "/search?q=胶卷", "/people/lin", "/people/che", "/search?q=冲好"):
        page = browser.get(path).text
        assert world.darkroom.slug not in page and "第一卷" not in page, path


def odd_addresses(rule: Rule):
    """The rule's address with something odd in each of its places, one at a time."""
    places = re.findall(r"<(?:(\w+):)?(\w+)>", rule.rule)
    for at, (kind, _) in enumerate(places):
        for odd in ODD_NUMBERS if kind == "int" else ODD:
            filled = iter("7" if other == "int" else "seven" for other, _ in places)
            parts = [odd if number == at else value for number, value in enumerate(filled)]
            values = iter(parts)
            yield re.sub(r"<[^>]+>", lambda _match, values=values: next(values), rule.rule)


@pytest.mark.parametrize("role", ["guest", "member", "site owner"])
def test_no_address_breaks_the_site(app, world, role):
    browser = browser_of(app, world, role)
    token = token_of(browser)
    for route, rule in rules(app).items():
        for url in odd_addresses(rule):
            sent = browser.get(url) if route.startswith("GET") else browser.post(url, data={"csrf_token": token})
            sent.close()
            assert sent.status_code < 500, f"{route}: {url[:200]}"


QUESTIONS = (
    "action", "after", "before", "category", "circle", "code", "do", "draft", "flair", "from", "invited", "kind",
    "newest", "next", "order", "period", "q", "quote", "reply", "reply_to", "role", "seen", "shown", "since", "to",
    "told", "topic", "what", "which", "who",
)  # fmt: skip


@pytest.mark.parametrize("value", ["", "-1", "x", "9" * 30, "\x00", "🏃" * 500, "%s", "' OR 1=1 --", "\ufeff", "1e9"])
def test_no_question_breaks_the_site(app, world, value):
    browser = browser_of(app, world, "site owner")
    for route in TABLE:
        if route.startswith("GET"):
            url = address(route, world, "running" if "/circles/<" in route else "")
            sent = browser.get(url, query_string=dict.fromkeys(QUESTIONS, value))
            sent.close()
            assert sent.status_code < 500, route


@pytest.mark.parametrize("value", ["", "\x00", "x" * 20_000, "🏃", " \u200b\u202e ", "-1", "9" * 30, "' OR 1=1 --"])
def test_no_field_breaks_the_site(app, house, value):
    """Whatever stands in a field, the answer is a page or a refusal."""
    cast = fresh(house)
    for route, row in TABLE.items():
        if route.startswith("POST"):
            browser = signed_in(app, cast["owner" if "/admin/" in route else "che"].id)
            url = address(route, cast, "running" if "/circles/<" in route else "")
            data = dict.fromkeys([*row.data, "key", "next", "parent_id"], value)
            sent = browser.post(url, data={**data, "csrf_token": token_of(browser)})
            assert sent.status_code < 500, route
            cast = fresh(house)


@pytest.mark.parametrize("path", ["/circles/", "/circles/night-run", "/people/lin", "/search?q=夜跑"])
def test_a_site_for_members_only_shows_visitors_nothing(app, world, path):
    visitor, member = app.test_client(), browser_of(app, world, "stranger")
    assert visitor.get(path).status_code == 200
    site.change({"reading": "members"})
    closed = visitor.get(path)
    assert closed.status_code in (401, 404) and "滨江" not in closed.text
    assert member.get(path).status_code == 200
