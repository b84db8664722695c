"""The talk beneath a moment in real browsers: what one says shows at the other's, and nothing typed is lost to it."""

import re
import sqlite3
from typing import Any

import pytest

from tests.browser import stage as on
from tests.browser.test_axe import LOOKS, faults
from tests.live import PHONE

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api").expect


@pytest.fixture
def moment(browser: Any, open_page: Any, live_server: Any) -> int:
    """By che, for lin and may."""
    stage = on.build(browser, open_page, live_server)
    with sqlite3.connect(live_server.data / "quanzi.sqlite3", timeout=10) as database:
        ids = dict(database.execute("SELECT username, id FROM member"))
        for one, other in (("che", "lin"), ("che", "may")):
            for pair in ((ids[one], ids[other]), (ids[other], ids[one])):
                database.execute(
                    "INSERT OR IGNORE INTO friendship (member_id, friend_id, alias, met, since_at) "
                    "VALUES (?, ?, '', '', 1)", pair,
                )  # fmt: skip
    database.close()
    stage.send("che", "/feed/posts", body="江边", audience="friends")
    with sqlite3.connect(live_server.data / "quanzi.sqlite3", timeout=10) as database:
        (number,) = database.execute("SELECT max(id) FROM moment").fetchone()
    database.close()
    return int(number)


def test_what_one_says_shows_at_the_others_while_they_write(open_page, moment):
    lin = open_page(f"/feed/posts/{moment}", as_="lin", size=PHONE)
    may = open_page(f"/feed/posts/{moment}", as_="may")
    may.fill(f"#answer-{moment} textarea", "写到一半")
    lin.fill(f"#answer-{moment} textarea", "在哪拍的？")
    lin.click(f"#answer-{moment} .primary")
    expect(lin.locator(".comment")).to_have_count(1)
    expect(lin.locator(f"#answer-{moment} textarea")).to_have_value("")
    expect(may.locator(".comment")).to_have_count(1)
    lin.click(f"#moment-{moment}-like")
    expect(lin.locator(f"#moment-{moment}-like")).to_have_attribute("aria-pressed", "true")
    expect(lin.locator(f"#moment-{moment}-like")).to_be_focused()
    expect(may.locator(".liker")).to_have_count(1)
    expect(may.locator(f"#answer-{moment} textarea")).to_have_value("写到一半")

    may.click(".comment a[id$='-reply']")
    reply = may.locator(f"#moment-{moment}-answer form")
    reply.locator("textarea").fill("江边")
    may.keyboard.press("Control+Enter")
    expect(may.locator(".comment")).to_have_count(2)
    expect(reply).to_have_count(0)
    expect(may.locator(".comment").last).to_be_focused()
    expect(may.locator(f"#answer-{moment} textarea")).to_have_value("写到一半")
    expect(lin.locator(".comment .soft")).to_have_text(re.compile("林间"))


def test_one_comments_right_in_the_feed_and_takes_it_back(open_page, moment):
    che = open_page("/feed", as_="che", size=PHONE)
    row = che.locator(f"#moment-{moment}")
    row.locator(f"#moment-{moment}-write").click()
    row.locator("textarea").fill("好")
    row.locator(".answer .primary").click()
    expect(row.locator(".comment")).to_have_count(1)
    row.locator(".comment .menu > summary").first.click()
    row.locator(".comment .confirm > summary").click()
    row.locator(".comment .danger").click()
    expect(row.locator(".comment")).to_have_count(0)
    assert che.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_beneath_a_moment(browser, live_server, open_page, moment, look):
    page = open_page(f"/feed/posts/{moment}", as_="lin")
    page.fill(f"#answer-{moment} textarea", "好")
    page.click(f"#answer-{moment} .primary")
    page.locator(".comment").wait_for()
    page.click(f"#moment-{moment}-like")
    page.locator(".talk-likes").wait_for()
    pages = [f"/feed/posts/{moment}", f"/feed/posts/{moment}/reactions", "/feed"]
    assert not faults(browser, live_server, "che", look, pages, all_there=True)
