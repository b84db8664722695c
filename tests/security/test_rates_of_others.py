"""Rates keep out who guesses, not whose password is guessed; another address of one's own is no way around them."""

import pytest

from core import guard
from core.limits import RATES, Rate
from tests.cast import PASSWORD
from tests.conftest import csrf_of


@pytest.fixture(autouse=True)
def one_window(monkeypatch):
    """The hits of a story all fall into one window, at whatever minute it is told."""
    for name in ("login.name", "login.name_anywhere", "login.address"):
        monkeypatch.setitem(RATES, name, Rate(RATES[name].hits, 10**8))


def try_to_sign_in(app, name, password, address):
    browser = app.test_client()
    form = {"username": name, "password": password, "csrf_token": csrf_of(browser)}
    return browser.post(
        "/login", data=form, headers={"Origin": "http://localhost"}, environ_overrides={"REMOTE_ADDR": address}
    ).status_code


def test_wrong_guesses_of_a_stranger_keep_nobody_out(app, cast):
    for _ in range(RATES["login.name"].hits):
        assert try_to_sign_in(app, "lin", "a wrong guess", "203.0.113.7") == 422
    assert try_to_sign_in(app, "lin", PASSWORD, "203.0.113.7") == 429
    assert try_to_sign_in(app, "lin", PASSWORD, "198.51.100.20") == 303


def test_many_addresses_together_get_a_bounded_number_of_guesses(app, cast):
    most, each = RATES["login.name_anywhere"].hits, RATES["login.name"].hits
    tried = [
        try_to_sign_in(app, "lin", "a wrong guess", f"198.51.{place // 250}.{place % 250}")
        for place in range(most // each)
        for _ in range(each)
    ]
    assert tried == [422] * most
    assert try_to_sign_in(app, "lin", "a wrong guess", "192.0.2.77") == 429


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:aaaa:1:9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
        ("::ffff:203.0.113.7", "::ffff:203.0.113.8", False),
        ("203.0.113.7", "203.0.113.8", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("unix", "unix", True),
    ],
)
def test_the_half_of_an_address_that_its_user_chooses_does_not_count(app, first, second, same):
    keys = []
    for address in (first, second):
        with app.test_request_context("/", environ_overrides={"REMOTE_ADDR": address}):
            keys.append(guard._rate_key(None))
    assert (keys[0] == keys[1]) is same
