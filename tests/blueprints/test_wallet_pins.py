"""The payment PIN: six digits that nobody may try for long."""

import re
from dataclasses import replace

import pytest

from blueprints.wallet import pins
from core import clock
from core.errors import Denied, Invalid, TooMany
from core.policy import Standing
from models import Notice, WalletPin
from tests.blueprints.wallet_stories import PASSWORD, PIN, set_pin

WRONG = "314159"


@pytest.fixture
def lin(cast):
    set_pin(cast.lin)
    return cast.lin


def try_wrong(who) -> str:
    """The code of the refusal."""
    with pytest.raises((Invalid, TooMany)) as refused:
        pins.prove(who.actor, WRONG)
    return refused.value.code


def test_the_right_pin_proves_and_no_pin_proves_nothing(lin):
    assert pins.prove(lin.actor, PIN)
    assert pins.prove(lin.actor, " ２７１８２８ ")
    assert not pins.prove(lin.actor, "")


def test_nothing_but_a_slow_hash_is_kept(lin):
    kept = WalletPin.get().pin_hash
    assert kept.startswith("$argon2id$") and PIN not in kept


def test_after_five_wrong_ones_the_right_one_opens_nothing_either(lin):
    assert [try_wrong(lin) for _ in range(6)] == ["pin_wrong"] * 4 + ["pin_locked"] * 2
    with pytest.raises(TooMany, match="pin_locked"):
        pins.prove(lin.actor, PIN)
    assert Notice.select().where(Notice.kind == "wallet_pin_locked", Notice.member == lin.id).count() == 1
    clock.shift(pins.LOCKED_MS + 1)
    assert pins.prove(lin.actor, PIN)
    assert try_wrong(lin) == "pin_wrong"


def test_after_a_lock_there_is_one_try_a_day(lin):
    for _ in range(5):
        try_wrong(lin)
    clock.shift(pins.LOCKED_MS + 1)
    assert try_wrong(lin) == "pin_locked"
    clock.shift(pins.LOCKED_MS + 1)
    with pytest.raises(TooMany) as refused:
        pins.prove(lin.actor, PIN)
    assert refused.value.facts["minutes"] > 60
    clock.shift(pins.LOCKED_AGAIN_MS)
    assert pins.prove(lin.actor, PIN)


def test_a_right_one_forgets_the_wrong_ones(lin):
    for _ in range(3):
        for _ in range(4):
            try_wrong(lin)
        assert pins.prove(lin.actor, PIN)


def test_of_many_tries_at_once_no_more_are_looked_at_than_one_after_the_other(lin, in_threads, monkeypatch):
    looked = []
    matches = pins.passwords.matches
    monkeypatch.setattr(pins.passwords, "matches", lambda kept, pin: looked.append(pin) or matches(kept, pin))
    codes = []
    in_threads(20, lambda number: codes.append(try_wrong(lin)))
    assert len(looked) == pins.TRIES
    assert sorted(set(codes)) == ["pin_locked", "pin_wrong"] and codes.count("pin_wrong") == 4


def test_a_new_pin_needs_the_password_and_ends_a_lock(lin):
    for _ in range(5):
        try_wrong(lin)
    with pytest.raises(Invalid, match="wrong_password"):
        pins.set_pin(lin.actor, "not the password", WRONG, WRONG)
    pins.set_pin(lin.actor, PASSWORD, WRONG, WRONG)
    assert pins.prove(lin.actor, WRONG)


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "abcdef", "12 456", "٣١٤١٥٩", "-12345", "１２３４５"])
def test_a_pin_has_six_digits(cast, pin):
    with pytest.raises(Invalid, match="pin_shape"):
        pins.set_pin(cast.lin.actor, PASSWORD, pin, pin)


@pytest.mark.parametrize("pin", ["000000", "121212", "123456", "987654", "567890", "112233", "520131", "115511"])
def test_what_others_would_try_first_is_refused(cast, pin):
    with pytest.raises(Invalid, match="pin_easy"):
        pins.set_pin(cast.lin.actor, PASSWORD, pin, pin)


def test_it_is_typed_twice(cast, as_, post):
    answer = post(as_("lin"), "/wallet/pin", {"pin": PIN, "pin_again": WRONG, "password": PASSWORD})
    assert answer.status_code == 422 and 'id="pin_again-error"' in answer.text
    assert PIN not in answer.text and WRONG not in answer.text and PASSWORD not in answer.text
    assert not pins.has_pin(cast.lin.id)
    assert post(as_("lin"), "/wallet/pin", {"pin": PIN, "pin_again": PIN, "password": PASSWORD}).status_code == 303
    assert pins.has_pin(cast.lin.id)
    assert Notice.get(Notice.kind == "wallet_pin_set").member_id == cast.lin.id


def test_who_came_from_a_payment_is_led_back_to_it(cast, as_, post):
    browser, form = as_("lin"), {"pin": PIN, "pin_again": PIN, "password": PASSWORD}
    came = browser.get("/wallet/pin", headers={"Referer": "http://localhost/wallet/send/che"}).text
    form["back"] = re.search(r'name="back"[^>]* value="([^"]*)"', came)[1]
    assert post(browser, "/wallet/pin", form).location == "/wallet/send/che"
    assert post(browser, "/wallet/pin", form | {"back": "https://elsewhere.example/"}).location == "/wallet"


def test_without_one_there_is_nothing_to_prove(cast):
    with pytest.raises(Invalid, match="pin_unset"):
        pins.prove(cast.lin.actor, PIN)


def test_a_guest_has_none(cast):
    with pytest.raises(Denied):
        pins.set_pin(replace(cast.lin.actor, member_id=None, standing=Standing.GUEST), PASSWORD, PIN, PIN)


def test_no_pin_comes_back_on_a_page_of_an_error(cast, as_, post):
    """A form whose page had been open for too long shows what was typed, to be copied."""
    form = {"pin": PIN, "pin_again": PIN, "password": PASSWORD, "csrf_token": "x"}
    answer = as_("lin").post("/wallet/pin", data=form)
    assert answer.status_code == 400 and PIN not in answer.text
