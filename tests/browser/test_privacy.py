"""Parting from somebody with the keyboard, looking at oneself with others' eyes; both in the hands of axe."""

from typing import Any

import pytest

from tests.browser import stage as on
from tests.browser.test_axe import LOOKS, faults
from tests.browser.test_friends import strangers
from tests.live import PHONE

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api").expect

PAGES = [
    "/settings/privacy", "/settings/cover", "/settings/blocked", "/me/seen-as", "/me/seen-as?friend=may", "/people/may",
    "/people/may/friends", "/people/che",
]  # fmt: skip


@pytest.fixture
def stage(browser: Any, open_page: Any, live_server: Any) -> on.Stage:
    stage = on.build(browser, open_page, live_server)
    strangers(live_server)
    stage.send("lin", "/people/may/friend", words="")
    stage.send("may", "/people/lin/friend/accept")
    return stage


def test_a_block_with_the_keyboard_and_its_end(open_page, stage):
    page = open_page("/people/ning", as_="lin", size=PHONE)
    page.locator(".profile-ways > .menu > summary").focus()
    page.keyboard.press("Enter")
    page.locator("[id^='block-'] summary").focus()
    page.keyboard.press("Enter")
    assert page.locator(".profile-ways > .menu > .menu-items").bounding_box()["x"] >= 0
    page.locator("[id^='block-'] .danger").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/settings/blocked")
    expect(page.locator(".people .person")).to_have_count(1)
    assert open_page("/people/lin", as_="ning").locator("#profile-head").count() == 0
    page.locator("[id^='unblock-']").click()
    expect(page.locator(".people .person")).to_have_count(0)
    expect(open_page("/people/lin", as_="ning").locator("#profile-head")).to_be_visible()


def test_what_is_seen_with_others_eyes_cannot_be_touched(open_page, stage):
    page = open_page("/me/seen-as", as_="lin", size=PHONE)
    page.click(".chips >> text=May Chen")
    page.wait_for_url("**friend=may**")
    inside = page.locator("#seen-as")
    expect(inside.locator("h1")).to_be_visible()
    assert inside.locator("button:enabled, input:enabled").count() == 0


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing(browser, live_server, stage, look):
    assert not faults(browser, live_server, "lin", look, PAGES, all_there=True)
