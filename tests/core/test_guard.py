"""Forged posts, where a post comes from, who may reach a route, and the headers of every answer."""

import base64
import re

import pytest
from werkzeug.exceptions import NotFound

from core import clock, guard, hx
from core.limits import LIMITS
from tests.conftest import csrf_of, signed_in


def token_of(browser) -> str:
    return browser.get("/probe/open").text.removeprefix("<p>").removesuffix("</p>")


def write(browser, token="", **headers):
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return browser.post("/probe/write", data={"csrf_token": token, "a": "b"}, headers=sent)


# ---- the token ----------------------------------------------------------------------------------------------


def test_the_token_looks_different_in_every_answer_and_every_one_of_them_counts(probe):
    browser = probe().test_client()
    tokens = [token_of(browser) for _ in range(4)]
    assert len(set(tokens)) == 4
    raw = [base64.urlsafe_b64decode(token) for token in tokens]
    assert len({one[32:] for one in raw}) == 4, "the mask changes, and what it hides with it"
    assert len({bytes(a ^ b for a, b in zip(one[:32], one[32:], strict=True)) for one in raw}) == 1
    for token in tokens:
        assert write(browser, token).status_code == 200


def test_the_token_is_taken_from_the_header_too(probe):
    browser = probe().test_client()
    assert write(browser, X_CSRFToken=token_of(browser)).status_code == 200


@pytest.mark.parametrize("token", ["", "x", "====", "é" * 44, "A" * 86, "A" * 88, "A" * 400])
def test_a_token_that_is_none_is_refused(probe, token):
    browser = probe().test_client()
    token_of(browser)
    assert write(browser, token).status_code == 400


def test_the_token_of_another_browser_is_refused(probe):
    site = probe()
    mine, theirs = site.test_client(), site.test_client()
    token_of(mine)
    assert write(mine, token_of(theirs)).status_code == 400


def test_a_browser_that_has_no_session_is_refused(probe):
    assert write(probe().test_client(), "anything").status_code == 400


def test_signing_in_and_out_gives_another_token(probe, cast):
    browser = probe().test_client()
    before = token_of(browser)
    assert browser.post(f"/probe/sign-in/{cast.lin.id}", data={"csrf_token": before}).text == "in"
    assert write(browser, before).status_code == 400, "a token planted before sign-in is worth nothing after it"
    inside = token_of(browser)
    assert write(browser, inside).status_code == 200
    assert browser.post("/probe/sign-out", data={"csrf_token": inside}).text == "out"
    assert write(browser, inside).status_code == 400


def test_reading_needs_no_token(probe):
    assert probe().test_client().get("/probe/open").status_code == 200
    assert probe().test_client().head("/probe/open").status_code == 200


# ---- where a post comes from --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://localhost"}, 200),
        ({"Origin": "http://LOCALHOST"}, 200),
        ({"Origin": "http://localhost:8000"}, 403),
        ({"Origin": "https://localhost"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({"Sec_Fetch_Site": "same-origin"}, 200),
        ({"Sec_Fetch_Site": "none"}, 200),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "cross-site", "Origin": "http://localhost"}, 403),
    ],
)
def test_a_post_from_another_site_is_refused_whatever_token_it_carries(probe, headers, status):
    browser = probe().test_client()
    assert write(browser, token_of(browser), **headers).status_code == status


def test_the_public_address_decides_when_it_is_known(probe):
    browser = probe(QUANZI_BASE_URL="https://club.example").test_client()
    options = {"base_url": "https://club.example"}
    token = browser.get("/probe/open", **options).text.removeprefix("<p>").removesuffix("</p>")
    for origin, status in (("https://club.example", 200), ("https://localhost", 403), ("http://club.example", 403)):
        sent = browser.post("/probe/write", data={"csrf_token": token}, headers={"Origin": origin}, **options)
        assert sent.status_code == status, origin


def test_a_link_from_another_site_opens_the_page(probe):
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "http://evil.example"}
    assert probe().test_client().get("/probe/open", headers=headers).status_code == 200


# ---- who may reach a route ----------------------------------------------------------------------------------

DOORS = {
    "/probe/open": {"guest": 200, "suspended": 403, "leaving": 200, "lin": 200, "staff": 200},
    "/probe/half": {"guest": 401, "suspended": 200, "leaving": 200, "lin": 200, "staff": 200},
    "/probe/members": {"guest": 401, "suspended": 403, "leaving": 403, "lin": 200, "staff": 200},
    "/probe/staff": {"guest": 401, "suspended": 403, "leaving": 403, "lin": 404, "staff": 200},
}


@pytest.mark.parametrize("path", DOORS)
def test_half_states_are_refused_first_and_what_is_not_for_members_does_not_exist(probe, cast, path):
    site = probe()
    for who, status in DOORS[path].items():
        browser = site.test_client() if who == "guest" else signed_in(site, cast[who].id)
        assert browser.get(path).status_code == status, who


def test_a_route_without_a_permission_never_starts(make_app):
    site = make_app()
    site.add_url_rule("/bare", "bare", lambda: "x")
    with pytest.raises(LookupError, match="/bare"):
        guard.check_routes(site)


def test_a_route_of_a_blueprint_must_name_its_permission():
    from core.blueprint import Blueprint

    with pytest.raises(ValueError, match="names no permission"):
        Blueprint("probe", title="x").add_url_rule("/x", "x", lambda: "x")


def test_a_permission_nobody_declared_stops_the_start(make_app):
    from core.blueprint import Blueprint

    site, bp = make_app(), Blueprint("probe", title="x")
    bp.add_url_rule("/x", "x", lambda: "x", permission="probe:nobody")
    site.register_blueprint(bp)
    with pytest.raises(LookupError, match="probe:nobody"):
        guard.check_routes(site)


# ---- answers ------------------------------------------------------------------------------------------------

PATHS = ["/probe/open", "/probe/members", "/no-such-page", "/probe/wait", "/probe/break", "/up", "/assets/x/app.css"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_headers_errors_too(probe, path):
    site = probe()
    site.testing = False
    answer = site.test_client().get(path)
    policy = answer.headers["Content-Security-Policy"]
    for part in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
        assert part in policy
    assert "unsafe" not in policy and "*" not in policy and "http:" not in policy
    nonces = re.findall(r"'nonce-([^']+)'", policy)
    assert len(set(nonces)) == 1 and len(nonces[0]) >= 20
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in answer.headers


def test_the_nonce_is_new_in_every_answer(probe):
    browser = probe().test_client()
    seen = {browser.get("/probe/open").headers["Content-Security-Policy"] for _ in range(4)}
    assert len(seen) == 4


def test_a_secure_site_says_so_and_locks_its_cookie(probe):
    site = probe(QUANZI_BASE_URL="https://club.example")
    answer = site.test_client().get("/probe/open", base_url="https://club.example")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-quanzi=")
    assert "Secure" in cookie and "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert "Domain" not in cookie


def test_the_cookie_of_a_plain_site_is_http_only(probe):
    cookie = probe().test_client().get("/probe/open").headers["Set-Cookie"]
    assert cookie.startswith("quanzi=") and "HttpOnly" in cookie and "SameSite=Lax" in cookie


# ---- proxies and sizes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("proxies", "address"), [("0", "10.0.0.9"), ("1", "2.2.2.2"), ("2", "1.1.1.1")])
def test_the_address_of_a_visitor_is_believed_as_far_as_proxies_are_trusted(probe, proxies, address):
    from flask import request

    site = probe(QUANZI_TRUSTED_PROXIES=proxies)
    seen = []
    site.before_request_funcs.setdefault(None, []).append(lambda: seen.append(request.remote_addr))
    headers = {"X-Forwarded-For": "1.1.1.1, 2.2.2.2"}
    site.test_client().get("/probe/open", headers=headers, environ_overrides={"REMOTE_ADDR": "10.0.0.9"})
    assert seen == [address]


def test_what_is_too_large_is_refused(probe, monkeypatch):
    browser = probe().test_client()
    token = token_of(browser)
    fields = {"csrf_token": token, "body": "x" * (LIMITS["form_bytes"] + 1)}
    assert browser.post("/probe/write", data=fields).status_code == 413
    many = {f"f{number}": "x" for number in range(120)} | {"csrf_token": token}
    assert browser.post("/probe/write", data=many, content_type="multipart/form-data").status_code == 413


def test_too_many_says_when_to_come_back(probe):
    answer = probe().test_client().get("/probe/wait")
    assert answer.status_code == 429 and answer.headers["Retry-After"] == "7"


def test_an_error_of_ours_is_a_designed_page_without_a_word_of_the_cause(probe, caplog):
    site = probe()
    site.testing = False
    answer = site.test_client().get("/probe/break")
    assert answer.status_code == 500
    assert "ZeroDivision" not in answer.text and "<h1>" in answer.text and "ZeroDivision" in caplog.text


# ---- htmx ---------------------------------------------------------------------------------------------------


def test_a_fragment_keeps_out_of_caches_and_carries_its_words_in_ascii(probe):
    answer = probe().test_client().get("/probe/region", headers={"HX-Request": "true", "HX-Target": "a"})
    assert answer.headers["HX-Trigger"].isascii() and '"counted"' in answer.headers["HX-Trigger"]
    assert answer.headers["HX-Reswap"] == "beforeend"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert {"HX-Request", "Cookie"} <= set(answer.headers["Vary"].replace(" ", "").split(","))


def test_on_to_another_page_is_303_for_a_form_and_a_header_for_htmx(probe):
    browser = probe().test_client()
    plain = browser.get("/probe/away")
    assert (plain.status_code, plain.headers["Location"]) == (303, "/probe/open")
    htmx = browser.get("/probe/away", headers={"HX-Request": "true"})
    assert (htmx.status_code, htmx.headers["HX-Redirect"]) == (200, "/probe/open")


def test_a_guest_with_htmx_is_led_to_the_sign_in_page_and_back(probe):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/circles/?before=7"}
    answer = probe().test_client().get("/probe/members", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login?next=/circles/?before%3D7"


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/circles/", "/circles/"),
        ("/a?b=c&d=e", "/a?b=c&d=e"),
        ("http://localhost/a", "/a"),
        ("https://evil.example/a", "/"),
        ("//evil.example/a", "/"),
        ("///evil.example", "/evil.example"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
        ("a/b", "/"),
        ("/\t/evil.example", "/"),
    ],
)
def test_the_way_back_stays_on_this_site(app, address, path):
    with app.test_request_context("/"):
        assert hx.local_path(address) == path


def test_the_session_of_a_browser_lasts_as_long_as_the_limit(probe):
    browser = probe().test_client()
    token = token_of(browser)
    clock.shift(LIMITS["session_seconds"] * 500)
    assert write(browser, token).status_code == 200


def test_every_page_carries_the_token_in_its_head(cast, client):
    assert len(csrf_of(client)) > 80


def test_an_address_with_a_letter_that_no_database_keeps_leads_nowhere(app):
    routes = app.url_map.bind("")
    assert routes.match("/people/lin")[1] == {"username": "lin"}
    for path in ("/people/l\0in", "/wallet/top-up/\0"):
        with pytest.raises(NotFound):
            routes.match(path)
