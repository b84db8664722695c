"""Sending money to a friend: once for each form, with the PIN when it is a lot, and never to strangers."""

import html
import re

import pytest

from blueprints.people import blocking, friending
from blueprints.wallet import freezing, own_limits, sending
from core import clock, ledger, site
from core.errors import Conflict, Denied, Gone, Invalid, MoneyStopped, Overdrawn, Refusal, TooMany
from models import Friendship, Notice, Transfer
from tests.blueprints.wallet_stories import PASSWORD, PIN, befriend, give, has, set_pin


@pytest.fixture
def two(cast):
    befriend(cast.lin, cast.che)
    give(cast.lin, 50_000, cast)
    return cast


def test_a_friend_gets_it_with_a_word_and_is_told(two, as_, post):
    sent = sending.send(two.lin.actor, two.che.id, 1250, "夜宵", "a")
    assert (has(two.lin), has(two.che)) == (48_750, 1250)
    assert Notice.get(Notice.kind == "wallet_sent").member_id == two.che.id
    page = as_("che").get("/notices/").text
    assert "12.50" in page and "夜宵" in page
    assert as_("che").get(f"/wallet/receipts/{sent.posting_id}").status_code == 200


def test_the_same_form_twice_is_sent_once_and_another_with_its_key_is_a_conflict(two, as_, post):
    lin, form = as_("lin"), {"amount": "10", "words": "a", "key": "k"}
    assert post(lin, "/wallet/send/che", form).status_code == 303
    assert post(lin, "/wallet/send/che", form).status_code == 303
    assert has(two.che) == 1000
    assert Transfer.select().count() == 1
    assert post(lin, "/wallet/send/che", form | {"amount": "20"}).status_code == 409
    assert has(two.che) == 1000


def test_what_was_sent_is_said_again_also_when_they_are_friends_no_more(two):
    first = sending.send(two.lin.actor, two.che.id, 100, "", "a")
    friending.end(two.lin.actor, two.che.id)
    assert sending.send(two.lin.actor, two.che.id, 100, "", "a").id == first.id
    with pytest.raises(Denied, match="not_your_friend"):
        sending.send(two.lin.actor, two.che.id, 100, "", "b")


def test_nothing_goes_to_strangers_to_oneself_or_to_whom_one_is_apart_from(two, as_, post):
    for to in (two.may.id, two.lin.id):
        with pytest.raises(Denied, match="not_your_friend"):
            sending.send(two.lin.actor, to, 100, "", f"s-{to}")
    blocking.block(two.che.actor, two.lin.id)
    with pytest.raises(Gone):
        sending.send(two.lin.actor, two.che.id, 100, "", "b")
    assert as_("lin").get("/wallet/send/che").status_code == 404
    assert has(two.lin) == 50_000


def test_above_the_ceiling_the_form_asks_for_the_pin_and_keeps_what_was_typed(two, as_, post):
    set_pin(two.lin)
    lin, form = as_("lin"), {"amount": "200.01", "words": "房租", "key": "k"}
    answer = post(lin, "/wallet/send/che", form, htmx="send-form")
    assert answer.status_code == 422
    assert 'name="pin"' in answer.text and "房租" in answer.text and 'value="200.01"' in answer.text
    assert 'value="k"' in answer.text
    answer = post(lin, "/wallet/send/che", form | {"pin": "000000"})
    assert answer.status_code == 422 and "000000" not in answer.text
    assert has(two.che) == 0
    assert post(lin, "/wallet/send/che", form | {"pin": PIN}).status_code == 303
    assert has(two.che) == 20_001


def through_the_pin_page(browser, post, answer):
    """Sets the PIN; returns the page that it leads to."""
    pin_page = browser.get(answer.location).text
    back = re.search(r'name="back"[^>]* value="([^"]*)"', pin_page)[1]
    form = {"pin": PIN, "pin_again": PIN, "password": PASSWORD, "back": html.unescape(back)}
    return browser.get(post(browser, "/wallet/pin", form).location)


def test_who_sets_a_pin_on_the_way_finds_what_was_typed_and_sends_it_once(two, as_, post):
    lin, form = as_("lin"), {"amount": "200.01", "words": "房租", "key": "k"}
    answer = post(lin, "/wallet/send/che", form, htmx="send-form")
    assert answer.status_code == 422 and 'name="pin"' not in answer.text and 'name="set_pin"' in answer.text
    page = through_the_pin_page(lin, post, post(lin, "/wallet/send/che", form | {"set_pin": "1"}))
    assert all(f'value="{typed}"' in page.text for typed in ("200.01", "房租", "k")) and 'name="pin"' in page.text
    for _ in range(2):
        assert post(lin, "/wallet/send/che", form | {"pin": PIN}).status_code == 303
    assert (has(two.che), Transfer.select().count()) == (20_001, 1)


def test_what_was_sent_from_another_tab_meanwhile_does_not_come_back(two, as_, post):
    lin, form = as_("lin"), {"amount": "10", "words": "夜宵", "key": "k"}
    aside = post(lin, "/wallet/send/che", form | {"set_pin": "1"})
    post(lin, "/wallet/send/che", form)
    page = through_the_pin_page(lin, post, aside)
    assert page.status_code == 200 and "夜宵" not in page.text and 'value="k"' not in page.text
    assert 'value="k"' not in lin.get("/wallet/send/che").text


def test_what_was_typed_for_one_friend_comes_back_for_nobody_else_and_not_for_ever(two, as_, post):
    befriend(two.lin, two.may)
    lin, form = as_("lin"), {"amount": "200.01", "words": "房租", "key": "k", "set_pin": "1"}
    post(lin, "/wallet/send/che", form)
    assert "房租" not in lin.get("/wallet/send/may").text
    clock.shift(clock.HOUR + 1000)
    assert "房租" not in lin.get("/wallet/send/che").text


@pytest.mark.parametrize("amount, rule, code", [
    ("501", {}, "overdrawn"), ("9999", {}, "overdrawn"), ("300", {"money_day_out": "29999"}, "day_out"),
    ("300", {"money_most": "29999"}, "balance_full"),
])  # fmt: skip
def test_what_cannot_be_paid_anyway_asks_for_no_pin(two, as_, post, amount, rule, code):
    site.change(rule)
    with pytest.raises(Refusal, match=code):
        sending.send(two.lin.actor, two.che.id, int(amount) * 100, "", "k")
    answer = post(as_("lin"), "/wallet/send/che", {"amount": amount, "words": "", "key": "k"})
    assert answer.status_code == 422 and 'role="alert"' in answer.text
    assert 'name="pin"' not in answer.text and 'name="set_pin"' not in answer.text


def test_exactly_the_ceiling_needs_no_pin(two):
    sending.send(two.lin.actor, two.che.id, 20_000, "", "a")
    assert has(two.che) == 20_000


@pytest.mark.parametrize("amount", ["", "abc", "0", "-5", "0.001", "1e3", "9999999999999", "１２.x", "NaN", "1" * 300])
def test_amounts_that_are_none_are_answered_beside_the_field(two, as_, post, amount):
    answer = post(as_("lin"), "/wallet/send/che", {"amount": amount, "words": "", "key": "k"})
    assert answer.status_code == 422
    assert 'id="amount-error"' in answer.text
    assert has(two.lin) == 50_000


def test_full_width_digits_are_digits(two, as_, post):
    assert post(as_("lin"), "/wallet/send/che", {"amount": "１２．５", "words": "", "key": "k"}).status_code == 303
    assert has(two.che) == 1250


def test_a_form_without_its_key_moves_nothing(two, as_, post):
    assert post(as_("lin"), "/wallet/send/che", {"amount": "1", "words": ""}).status_code == 422
    assert has(two.lin) == 50_000


def test_no_more_leaves_in_a_day_than_may_and_tomorrow_there_is_room(two):
    give(two.lin, 400_000, two)
    sending.send(two.lin.actor, two.che.id, 200_000, "", "a", proven=True)
    clock.shift(2 * clock.SECOND)
    with pytest.raises(TooMany, match="day_out"):
        sending.send(two.lin.actor, two.che.id, 1, "", "b")
    clock.shift(clock.DAY)
    sending.send(two.lin.actor, two.che.id, 1, "", "b")


def test_between_two_payments_there_is_a_pause(two):
    sending.send(two.lin.actor, two.che.id, 100, "", "a")
    with pytest.raises(TooMany, match="money_pause"):
        sending.send(two.lin.actor, two.che.id, 100, "", "b")
    clock.shift(1001)
    sending.send(two.lin.actor, two.che.id, 100, "", "b")


def test_a_member_sets_limits_lower_than_the_site_and_needs_the_password_to_raise_them(two):
    own_limits.change(two.lin.actor, own_limits.OwnLimits(free_ceiling=100, day_out=500))
    with pytest.raises(Denied, match="pin_needed"):
        sending.send(two.lin.actor, two.che.id, 101, "", "a")
    with pytest.raises(TooMany, match="day_out"):
        sending.send(two.lin.actor, two.che.id, 501, "", "b", proven=True)
    with pytest.raises(Invalid, match="limit_password"):
        own_limits.change(two.lin.actor, own_limits.OwnLimits(free_ceiling=100))
    with pytest.raises(Invalid, match="wrong_password"):
        own_limits.change(two.lin.actor, own_limits.OwnLimits(), "not the password")
    with pytest.raises(Invalid, match="limit_higher"):
        more = own_limits.OwnLimits(day_out=site.number("money_day_out") + 1)
        own_limits.change(two.lin.actor, more, two.lin.password)
    own_limits.change(two.lin.actor, own_limits.OwnLimits(), two.lin.password)
    sending.send(two.lin.actor, two.che.id, 501, "", "c")


def test_a_limit_of_nothing_is_a_limit(two, as_, post):
    assert post(as_("lin"), "/wallet/limits", {"free_ceiling": "0", "day_out": "", "tips_day": ""}).status_code == 303
    with pytest.raises(Denied, match="pin_needed"):
        sending.send(two.lin.actor, two.che.id, 1, "", "a")
    answer = post(as_("lin"), "/wallet/limits", {"free_ceiling": "1", "day_out": "", "tips_day": ""})
    assert answer.status_code == 422 and 'id="password-error"' in answer.text


def test_a_wallet_takes_in_no_more_than_wallets_may_hold(two):
    site.change({"money_most": "1000"})
    with pytest.raises(Conflict, match="balance_full"):
        sending.send(two.lin.actor, two.che.id, 1001, "", "a")


def test_what_is_not_there_is_not_sent(two):
    site.change({"money_day_out": "1000000"})
    with pytest.raises(Overdrawn):
        sending.send(two.lin.actor, two.che.id, 50_001, "", "a", proven=True)


def test_a_frozen_wallet_sends_nothing_and_still_takes_in(two):
    befriend(two.lin, two.ning)
    give(two.ning, 100, two)
    freezing.freeze_own(two.lin.actor)
    with pytest.raises(Denied, match="frozen"):
        sending.send(two.lin.actor, two.che.id, 1, "", "a", proven=True)
    sending.send(two.ning.actor, two.lin.id, 100, "", "b")
    assert has(two.lin) == 50_100


def test_while_money_stands_still_a_repetition_is_still_answered(two):
    first = sending.send(two.lin.actor, two.che.id, 100, "", "a")
    ledger.stop("drill")
    assert sending.send(two.lin.actor, two.che.id, 100, "", "a").id == first.id
    with pytest.raises(MoneyStopped):
        sending.send(two.che.actor, two.lin.id, 1, "", "b")


def test_the_refusal_is_beside_the_form_with_what_was_typed(two, as_, post):
    site.change({"money_day_out": "100"})
    answer = post(as_("lin"), "/wallet/send/che", {"amount": "5", "words": "早饭", "key": "k"})
    assert answer.status_code == 422 and "早饭" in answer.text and 'role="alert"' in answer.text


def test_friends_are_found_by_the_name_that_one_gave_them(two, as_):
    Friendship.update(alias="跑友老澈").where(Friendship.member == two.lin.id).execute()
    page = as_("lin").get("/wallet/send?q=跑友").text
    assert "跑友老澈" in page and "/wallet/send/che" in page
    assert "/wallet/send/che" not in as_("lin").get("/wallet/send?q=nobody").text
