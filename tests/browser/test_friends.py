"""Asking and answering with a mouse, a finger and the keyboard; the pages of friends in the hands of axe."""

import sqlite3
from typing import Any

import pytest

from tests.browser import stage as on
from tests.browser.test_axe import LOOKS, faults
from tests.live import PHONE, cookies_of

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api").expect


@pytest.fixture
def stage(browser: Any, open_page: Any, live_server: Any) -> on.Stage:
    stage = on.build(browser, open_page, live_server)
    strangers(live_server)
    return stage


def strangers(server: Any) -> None:
    """Nobody knows anybody, whatever happened in the story before."""
    with sqlite3.connect(server.data / "quanzi.sqlite3", timeout=10) as database:
        for table in ("friendship", "friend_request", "friend_list_entry", "friend_list"):
            database.execute(f"DELETE FROM {table}")
    database.close()


def test_a_member_of_a_circle_is_asked_on_their_card_and_says_yes(open_page, stage):
    page = open_page(f"{stage.url}/members", as_="lin")
    page.hover("#who .byline-name:text('May Chen')")
    card = page.locator(".person-card")
    card.locator("a[id$='-ask']").click()
    page.wait_for_url("**/people/may/friend?met=circle")
    page.fill("main [name=words]", "周三见过")
    page.click("main form .primary")
    expect(page.locator(".tie [id$='-back']")).to_be_visible()

    may = open_page("/friends/requests", as_="may", size=PHONE)
    expect(may.locator("#asking q")).to_have_text("周三见过")
    may.locator("#asking [id$='-yes']").focus()
    may.keyboard.press("Enter")
    expect(may.locator("#asking .tag")).to_be_visible()
    may.goto("/friends")
    expect(may.locator("#people .person")).to_have_count(1)


def test_a_list_fills_where_one_looks(open_page, stage):
    stage.send("lin", "/people/may/friend", words="")
    stage.send("may", "/people/lin/friend/accept")
    page = open_page("/friends/lists", as_="lin", size=PHONE)
    page.fill("#list-form [name=name]", "跑友")
    page.click("#list-form button")
    page.wait_for_url("**/friends/lists/*")
    with page.expect_response(lambda answer: "q=may" in answer.url):
        page.fill("#outside [type=search]", "may")
    page.wait_for_url("**q=may")
    expect(page.locator("#inside .empty")).to_be_visible()
    page.click("#outside [id$='-on']")
    button = page.locator("#inside [id$='-on']")
    expect(button).to_have_attribute("value", "0")
    expect(button).to_be_focused()
    expect(page.locator("#inside .empty")).to_be_hidden()
    expect(page.locator("#outside .person")).to_have_count(0)
    button.click()
    expect(button).to_have_attribute("value", "1")
    expect(button).to_be_focused()


def test_what_somebody_wrote_has_the_line_on_a_phone(open_page, stage):
    stage.send("ning", "/people/lin/friend", words="你好，我们周三一起跑过步，就在江边")
    page = open_page("/friends/requests", as_="lin", size=PHONE)
    words, yes = page.locator("#asking q").bounding_box(), page.locator("#asking [id$='-yes']").bounding_box()
    assert words["height"] < 60 and yes["y"] > words["y"] + words["height"]


def test_without_scripts_a_question_opens_inside_the_page(browser, live_server, stage):
    made = stage.send("lin", "/friends/lists", name="跑友")
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    context.add_cookies(cookies_of(browser, live_server, "lin"))
    page = context.new_page()
    page.goto(f"{live_server.url}{made}")
    page.click(".box .confirm > summary")
    page.click(".box .danger")
    page.wait_for_url("**/friends/lists")
    context.close()


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_among_friends(browser, live_server, stage, look):
    stage.send("lin", "/people/may/friend", words="")
    stage.send("may", "/people/lin/friend/accept")
    stage.send("ning", "/people/lin/friend", words="你好")
    stage.send("lin", "/people/che/friend", words="")
    made = stage.send("lin", "/friends/lists", name="跑友")
    pages = ["/friends", "/friends?q=zzz", "/friends/requests", "/friends/lists", made, "/people/may/friend",
             "/people/may", "/people/ning", "/people/che", "/people/zhou-lan/friend", "/me/code", "/me"]  # fmt: skip
    assert not faults(browser, live_server, "lin", look, pages, all_there=True)
