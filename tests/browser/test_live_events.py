"""An event in a browser: announced without a script, begun and ended while others have its page open."""

import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.browser import stage as on
from tests.live import PHONE

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api").expect


def tomorrow(hours: int = 24) -> str:
    moment = datetime.fromtimestamp(time.time() + hours * 3600, ZoneInfo("Asia/Shanghai"))
    return moment.strftime("%Y-%m-%dT%H:%M")


@pytest.fixture
def stage(browser, open_page, live_server):
    return on.build(browser, open_page, live_server, owner="may")


@pytest.fixture
def slug(stage) -> str:
    return stage.url.rpartition("/")[2]


@pytest.fixture
def event(stage, slug) -> str:
    return stage.send(
        "may", "/live/", circle=slug, title="终点直播", starts_at=tomorrow(), ends_at="", about="带上**水**",
        visibility="public", stage="none", source="",
    )  # fmt: skip


def test_open_pages_see_at_once_that_it_begins_and_ends(stage, event):
    lin = stage.open_page(event, as_="lin", size=PHONE)
    visitor = stage.open_page(event)
    may = stage.open_page(event, as_="may")
    for page in (lin, visitor):
        expect(page.locator("#live-state")).to_have_attribute("data-state", "upcoming")
    expect(lin.locator("#live-remind")).to_be_visible()
    may.click("#live-begin > summary")
    may.click("#live-begin .danger")
    for page in (lin, visitor):
        expect(page.locator("#live-state")).to_have_attribute("data-state", "live")
        expect(page.locator("#stage")).to_have_attribute("data-state", "live")
        expect(page.locator("#live")).to_have_attribute("data-state", "live")
    expect(lin.locator("#live-remind")).to_be_hidden()
    may.click("#live-end > summary")
    may.click("#live-end .danger")
    for page in (lin, visitor):
        expect(page.locator("#live-state")).to_have_attribute("data-state", "over")
        expect(page.locator("#stage")).to_have_attribute("data-state", "over")


def test_without_a_script_it_is_announced_moved_begun_and_ended(stage, slug):
    may = stage.open_page(f"/live/new?circle={slug}", as_="may", javascript=False)
    may.fill("[name=title]", "月下夜跑")
    may.fill("[name=starts_at]", "2020-01-01T20:00")
    may.fill("[name=about]", "带上灯")
    may.locator("#event-form [type=submit]").click()
    expect(may.locator("#starts_at-error")).to_be_visible()
    expect(may.locator("[name=about]")).to_have_value("带上灯")
    may.fill("[name=starts_at]", tomorrow())
    may.locator("#event-form [type=submit]").click()
    expect(may.locator("h1")).to_have_text("月下夜跑")
    address = may.url
    may.goto(f"{address}/time")
    may.fill("[name=starts_at]", tomorrow(48))
    may.locator("#time-form [type=submit]").click()
    expect(may.locator(".live-moved")).to_be_visible()
    may.click("#live-begin > summary")
    may.click("#live-begin .danger")
    expect(may.locator("#live-state")).to_have_attribute("data-state", "live")
    may.click("#live-end > summary")
    may.click("#live-end .danger")
    expect(may.locator("#live-state")).to_have_attribute("data-state", "over")


def test_on_a_phone_the_stage_stays_above_and_the_composer_below(stage, event):
    stage.send("may", f"{event}/begin")
    lin = stage.open_page(event, as_="lin", size=PHONE)
    on.until_it_says(lin, "() => document.getElementById('live').style.getPropertyValue('--above')")
    wide = lin.evaluate("() => document.documentElement.scrollWidth")
    assert wide <= PHONE["width"]
    bar = lin.locator(".places").bounding_box()["y"]
    dock = lin.locator(".live-dock").bounding_box()
    assert abs(dock["y"] + dock["height"] - bar) < 8
    listed = lin.locator("#live-list").bounding_box()
    assert listed["height"] > 150 and listed["y"] + listed["height"] <= dock["y"] + 1
    lin.click("#live-further")
    expect(lin.locator("#live-questions")).to_be_in_viewport()
    assert abs(lin.locator(".live-top").bounding_box()["y"]) < 1
