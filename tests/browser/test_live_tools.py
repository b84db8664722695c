"""What those who run an event do shows on every open page within a second; who is removed has nothing left of it."""

import time

import pytest

from tests.browser import stage as on
from tests.browser.screen import an_event
from tests.browser.test_removed import number_of, rows_of
from tests.live import PHONE

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api").expect
AT_ONCE_MS = 1000 + 1500
"""A second is the promise; the rest is what a busy machine takes."""


@pytest.fixture
def stage(browser, open_page, live_server):
    """owner runs an event of the site; lin watches."""
    on._forget_rates(live_server)
    made = on.Stage(browser, open_page, live_server, owner="owner")
    an_event(made)
    return made


def say(stage, who, body):
    stage.send(who, f"{stage.url}/comments", body=body, mode="scroll", key=f"{who}-{time.time()}")


@pytest.fixture
def worker(live_server):
    """The job worker, which watches the time of what is held."""
    with on.working(live_server):
        yield


def test_switches_and_the_announcement_show_on_open_pages_at_once(stage):
    viewer, host = stage.page("lin", size=PHONE), stage.page("owner")
    on.reload_with_stream(viewer)
    host.locator("#live-tools > summary").click()
    with on.within(viewer, AT_ONCE_MS, "#live-room[data-slow='10']"):
        host.locator("#slow-10").click()
    expect(host.locator("#slow-10")).to_have_attribute("aria-pressed", "true")
    expect(host.locator("#slow-10")).to_be_focused()
    host.fill("#announcement", "报名 https://a.example/run")
    host.press("#announcement", "Enter")
    expect(viewer.locator(".live-pinned a")).to_have_attribute("href", "https://a.example/run")
    expect(host.locator("#live-tools")).to_have_attribute("open", "")


def test_another_moderator_sees_the_switches_move_without_losing_what_they_type(stage):
    one, other = stage.page("owner"), stage.page("staff")
    on.reload_with_stream(other)
    other.locator("#live-tools > summary").click()
    other.fill("#announcement", "正在写")
    one.locator("#live-tools > summary").click()
    one.locator("#switch-emoji").click()
    expect(other.locator("#switch-emoji")).to_have_attribute("aria-pressed", "true")
    expect(other.locator("#announcement")).to_have_value("正在写")


def test_what_is_deleted_leaves_every_page_and_comes_back_with_undo(stage):
    viewer, host = stage.page("lin"), stage.page("owner")
    on.reload_with_stream(viewer)
    on.reload_with_stream(host)
    say(stage, "che", "这句会被删")
    row = viewer.locator(".bullet", has_text="这句会被删")
    expect(row).to_be_visible()
    host.locator(".bullet", has_text="这句会被删").click()
    host.locator("#bullet-menu [formaction$='/delete']").click()
    host.hover(".toast-undo")
    expect(row).to_have_count(0)
    host.locator(".toast-undo").click()
    expect(row).to_be_visible()


def test_who_is_removed_has_nothing_left_on_the_page(stage):
    viewer = stage.page("lin")
    on.reload_with_stream(viewer)
    stage.send("owner", f"{stage.url}/people/{number_of(stage, 'lin')}/remove")
    expect(viewer.locator("main .fault")).to_be_visible()
    assert viewer.locator("#live").count() == 0
    viewer.complaints.clear()


def test_what_is_held_shows_to_the_host_first_and_comes_out_by_itself(stage, worker):
    with rows_of(stage) as database:
        database.execute("UPDATE live_event SET hold_seconds = 90 WHERE id = ?", (stage.url.rpartition("/")[2],))
    viewer, host = stage.page("ning"), stage.page("owner")
    on.reload_with_stream(viewer)
    on.reload_with_stream(host)
    host.locator("#live-tools > summary").click()
    say(stage, "che", "等一等")
    say(stage, "may", "不让出来")
    held = host.locator(".held", has_text="等一等")
    expect(held).to_be_visible()
    host.locator(".held", has_text="不让出来").locator("button").last.click()
    expect(host.locator(".held")).to_have_count(1)
    assert viewer.locator(".bullet").count() == 0
    with rows_of(stage) as database:
        database.execute("UPDATE live_comment SET shows_at = shows_at - 90000 WHERE shows_at IS NOT NULL")
    expect(viewer.locator(".bullet", has_text="等一等")).to_be_visible()
    expect(held).to_have_count(0)
    expect(host.locator(".held-none")).to_be_visible()
    assert viewer.locator(".bullet", has_text="不让出来").count() == 0


def test_without_javascript_a_host_sets_and_deletes(stage):
    say(stage, "lin", "删掉我")
    page = stage.page("owner", javascript=False)
    page.locator("#live-tools > summary").click()
    page.locator("#slow-5").click()
    assert page.locator("#live-room").get_attribute("data-slow") == "5"
    page.goto(f"{stage.url}/log")
    assert page.locator("[data-action=slow]").count() == 1
