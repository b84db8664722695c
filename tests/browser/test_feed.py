"""A feed in a real browser: an open one says what is new, goes on by itself, and can be read by everybody."""

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser import stage as on
from tests.browser.test_axe import LOOKS, faults
from tests.live import PHONE

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api").expect


@pytest.fixture(scope="module")
def worker(live_server: Any) -> Iterator[None]:
    with on.working(live_server):
        yield


@pytest.fixture
def stage(browser: Any, open_page: Any, live_server: Any, worker: None) -> on.Stage:
    """Che and lin are friends."""
    stage = on.build(browser, open_page, live_server)
    with sqlite3.connect(live_server.data / "quanzi.sqlite3", timeout=10) as database:
        ids = dict(database.execute("SELECT username, id FROM member"))
        for pair in (("che", "lin"), ("lin", "che")):
            database.execute(
                "INSERT OR IGNORE INTO friendship (member_id, friend_id, alias, met, since_at) "
                "VALUES (?, ?, '', '', 1)", [ids[name] for name in pair],
            )  # fmt: skip
    database.close()
    return stage


def test_an_open_feed_says_what_is_new(open_page, stage):
    lin = open_page("/feed", as_="lin", size=PHONE)
    before = lin.locator("#moment-list > .moment").count()
    stage.send("che", "/feed/posts", body="刚到江边", audience="friends")
    bar = lin.locator("#news a")
    expect(bar).to_be_visible()
    assert lin.locator("#moment-list > .moment").count() == before, "the page does not move by itself"
    bar.click()
    expect(lin.locator("#moment-list > .moment").first).to_contain_text("刚到江边")


def test_the_menu_puts_somebody_away_and_takes_it_back(open_page, stage):
    lin = open_page("/feed", as_="lin", size=PHONE)
    stage.send("che", "/feed/posts", body="今天的云", audience="friends")
    lin.locator("#news a").click()
    mine = lin.locator("#moment-list > .moment", has_text="今天的云").first
    mine.locator(".byline details.menu > summary").click()
    mine.locator(".byline button[value='hide']").click()
    lin.hover(".toast-undo")
    expect(lin.locator("#moment-list > .moment", has_text="今天的云")).to_have_count(0)
    lin.locator(".toast-undo").click()
    expect(lin.locator("#moment-list > .moment", has_text="今天的云").first).to_be_visible()


def test_a_page_that_the_browser_had_put_aside_is_up_to_date_when_it_is_shown_again(open_page, stage):
    for body in ("会留下的", "会改的", "会删的"):
        stage.send("che", "/feed/posts", body=body, audience="friends")
    lin = open_page("/feed", as_="lin", size=PHONE)
    rows = lin.locator("#moment-list > .moment")
    _until_brought(lin, rows.filter(has_text="会删的"))
    gone = _address(rows.filter(has_text="会删的").first)
    changed = _address(rows.filter(has_text="会改的").first)
    rows.filter(has_text="会留下的").first.locator("[id$=-write]").click()
    lin.locator(".answer textarea").fill("正在写")
    before = rows.count()
    stage.send("che", f"{gone}/delete")
    stage.send("che", f"{changed}/edit", body="改过了")
    lin.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(lin.locator(f"#moment-{gone.rpartition('/')[2]}")).to_have_count(0)
    expect(lin.locator(f"#moment-{changed.rpartition('/')[2]}")).to_contain_text("改过了")
    expect(lin.locator(".answer textarea")).to_have_value("正在写")
    assert rows.count() == before - 1


def _until_brought(page, row):
    """By the worker, into the feed of a friend."""
    def is_there():
        if not row.count():
            page.reload()
        return row.count()

    on.until(page, is_there)


def _address(row):
    return row.locator(".byline-meta a").first.get_attribute("href")


def test_what_was_deleted_comes_back_to_its_place(open_page, stage):
    for body in ("下面的", "中间的", "上面的"):
        stage.send("lin", "/feed/posts", body=body, audience="me")
    lin = open_page("/feed", as_="lin", size=PHONE)
    rows = lin.locator("#moment-list > .moment .prose")
    expect(rows.nth(1)).to_have_text("中间的")
    mine = lin.locator("#moment-list > .moment", has_text="中间的").first
    mine.locator(".byline details.menu > summary").click()
    mine.locator(".byline button[formaction$='/delete']").click()
    lin.hover(".toast-undo")
    expect(rows.nth(1)).to_have_text("下面的")
    lin.evaluate("window.stayed = true")
    lin.locator(".toast-undo").click()
    expect(rows.nth(1)).to_have_text("中间的")
    expect(rows.nth(2)).to_have_text("下面的")
    expect(mine).to_be_focused()
    assert lin.evaluate("window.stayed")


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_in_a_feed(browser, live_server, stage, look):
    stage.send("che", "/feed/posts", body="江边", audience="friends")
    pages = ["/feed", "/feed/catch-up", "/feed/settings", "/feed/sellers", "/people/che/posts"]
    assert not faults(browser, live_server, "lin", look, pages, all_there=True)
