"""What those who run an event do shows on every open page within a second; who is removed has nothing left of it."""

import time

import pytest

from tests.browser import stage as on
from tests.browser.test_live_screen import an_event
from tests.browser.test_removed import GONE_MS, number_of, rows_of
from tests.live import PHONE

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api").expect
AT_ONCE_MS = 1000 + 1500
"""A second is the promise; the rest is what a busy machine takes to look."""


@pytest.fixture
def stage(browser, open_page, live_server):
    """owner runs an event of the site; lin watches."""
    on._forget_rates(live_server)
    made = on.Stage(browser, open_page, live_server, owner="owner")
    an_event(made)
    return made


def say(stage, who, body):
    stage.send(who, f"{stage.url}/comments", body=body, mode="scroll", key=f"{who}-{time.time()}")


def wait_for_stream(page):
    page.wait_for_function("() => window.quanzi !== undefined && document.readyState === 'complete'")
    page.wait_for_timeout(700)


@pytest.fixture
def worker(live_server):
    """The job worker, which watches the time of what is held."""
    with on.working(live_server):
        yield


def test_switches_and_the_announcement_show_on_open_pages_at_once(stage):
    viewer, host = stage.page("lin", size=PHONE), stage.page("owner")
    wait_for_stream(viewer)
    host.locator("#live-tools > summary").click()
    host.locator("#slow-10").click()
    expect(viewer.locator("#live-room")).to_have_attribute("data-slow", "10", timeout=AT_ONCE_MS)
    expect(host.locator("#slow-10")).to_have_attribute("aria-pressed", "true")
    expect(host.locator("#slow-10")).to_be_focused()
    host.fill("#announcement", "报名 https://a.example/run")
    host.press("#announcement", "Enter")
    expect(viewer.locator(".live-pinned a")).to_have_attribute("href", "https://a.example/run", timeout=AT_ONCE_MS)
    expect(host.locator("#live-tools")).to_have_attribute("open", "")


def test_another_moderator_sees_the_switches_move_without_losing_what_they_type(stage):
    one, other = stage.page("owner"), stage.page("staff")
    wait_for_stream(other)
    other.locator("#live-tools > summary").click()
    other.fill("#announcement", "正在写")
    one.locator("#live-tools > summary").click()
    one.locator("#switch-emoji").click()
    expect(other.locator("#switch-emoji")).to_have_attribute("aria-pressed", "true", timeout=AT_ONCE_MS)
    expect(other.locator("#announcement")).to_have_value("正在写")


def test_what_is_deleted_leaves_every_page_and_comes_back_with_undo(stage):
    viewer, host = stage.page("lin"), stage.page("owner")
    wait_for_stream(viewer)
    wait_for_stream(host)
    say(stage, "che", "这句会被删")
    row = viewer.locator(".bullet", has_text="这句会被删")
    expect(row).to_be_visible(timeout=AT_ONCE_MS)
    host.locator(".bullet", has_text="这句会被删").click()
    host.locator("#bullet-menu [formaction$='/delete']").click()
    expect(row).to_have_count(0, timeout=AT_ONCE_MS)
    host.locator(".toast-undo").click()
    expect(row).to_be_visible(timeout=AT_ONCE_MS)


def test_who_is_removed_has_nothing_left_on_the_page(stage):
    viewer = stage.page("lin")
    wait_for_stream(viewer)
    stage.send("owner", f"{stage.url}/people/{number_of(stage, 'lin')}/remove")
    expect(viewer.locator("main .fault")).to_be_visible(timeout=GONE_MS)
    assert viewer.locator("#live").count() == 0
    viewer.complaints.clear()


def test_what_is_held_shows_to_the_host_first_and_comes_out_by_itself(stage, worker):
    with rows_of(stage) as database:
        database.execute("UPDATE live_event SET hold_seconds = 8 WHERE id = ?", (stage.url.rpartition("/")[2],))
    viewer, host = stage.page("ning"), stage.page("owner")
    wait_for_stream(viewer)
    wait_for_stream(host)
    host.locator("#live-tools > summary").click()
    began = time.monotonic()
    say(stage, "che", "等八秒")
    say(stage, "may", "不让出来")
    held = host.locator(".held", has_text="等八秒")
    expect(held).to_be_visible(timeout=AT_ONCE_MS)
    host.locator(".held", has_text="不让出来").locator("button").last.click()
    assert viewer.locator(".bullet").count() == 0
    expect(viewer.locator(".bullet", has_text="等八秒")).to_be_visible(timeout=12_000)
    assert time.monotonic() - began > 7
    expect(held).to_have_count(0, timeout=AT_ONCE_MS)
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
