"""A tip in real browsers: one tap, a toast that says how much, a way back; and in a room all see that somebody gave."""

import re
import sqlite3
from typing import Any

import pytest

from tests.browser import stage as on
from tests.browser.test_axe import LOOKS, faults
from tests.live import PHONE

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api").expect
AMOUNT = re.compile(r"0\.\d\d")


def fill(server: Any, who: str, amount: int) -> None:
    """Put so many minor units into a wallet, as two sides of one posting."""
    with sqlite3.connect(server.data / "quanzi.sqlite3", timeout=20) as database:
        (member,) = database.execute("SELECT id FROM member WHERE username = ?", (who,)).fetchone()
        (number,) = database.execute("SELECT coalesce(max(id), 0) + 1 FROM ledger_posting").fetchone()
        database.execute(
            "INSERT INTO ledger_posting (id, key, request_hash, kind, currency, subject_kind, at) "
            "VALUES (?, ?, '', 'issue', 'credit', '', 1)", (number, f"story-{number}"),
        )  # fmt: skip
        for name, kind, owner, change in (
            ("issuance:credit", "issuance", None, -amount), (f"member:{member}:credit", "member", member, amount),
        ):
            database.execute(
                "INSERT OR IGNORE INTO ledger_account (name, kind, owner_id, currency, balance, made_at) "
                "VALUES (?, ?, ?, 'credit', 0, 1)", (name, kind, owner),
            )  # fmt: skip
            database.execute("UPDATE ledger_account SET balance = balance + ? WHERE name = ?", (change, name))
            database.execute(
                "INSERT INTO ledger_entry (posting_id, account_id, amount, balance, free_at, at) "
                "SELECT ?, id, ?, balance, 0, 1 FROM ledger_account WHERE name = ?", (number, change, name),
            )  # fmt: skip
    database.close()


def later(server: Any) -> None:
    """As if the last tip were given a minute later than it was, however long a machine takes to press a button."""
    with sqlite3.connect(server.data / "quanzi.sqlite3", timeout=20) as database:
        database.execute("UPDATE tip SET at = at + 60000 WHERE id = (SELECT max(id) FROM tip)")
    database.close()


@pytest.fixture
def stage(browser: Any, open_page: Any, live_server: Any) -> on.Stage:
    """lin has something to give."""
    built = on.build(browser, open_page, live_server)
    fill(live_server, "lin", 2000)
    return built


def test_one_tap_gives_and_one_takes_it_back(stage, open_page):
    page = open_page(stage.post_by("che", "路灯都亮了"), as_="lin", size=PHONE)
    button = page.locator(".post [id^='tip-post-'][id$='-give']")
    button.click()
    page.hover(".toast-undo")  # it stays under the pointer
    later(stage.server)
    expect(page.locator(".toast p")).to_have_text(AMOUNT)
    expect(button.locator(".num")).to_have_text("1")
    expect(button).to_be_focused()
    page.click(".toast-undo")
    expect(button.locator(".num")).to_be_empty()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_toast_goes_when_the_time_to_take_back_is_over(stage, open_page):
    page = open_page(stage.post_by("che", "今天也跑了"), as_="lin")
    page.clock.install()
    page.locator(".post [id^='tip-post-'][id$='-give']").click()
    expect(page.locator(".toast-undo")).to_be_visible()
    page.clock.run_for(5000)
    expect(page.locator(".toast")).to_have_count(0)


def test_who_got_one_says_thanks(stage, open_page):
    url = stage.post_by("che", "谢谢大家")
    lin = open_page(url, as_="lin")
    lin.locator(".post [id^='tip-post-'][id$='-give']").click()
    expect(lin.locator(".toast p")).to_have_text(AMOUNT)
    che = open_page("/wallet/tips", as_="che", size=PHONE)
    row = che.locator("#tips .person").first
    row.locator("[id$='-thank']").click()
    expect(row.locator(".tag")).to_be_visible()
    expect(row.locator("[id$='-thank']")).to_have_count(0)
    assert che.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_around_tips(browser, live_server, stage, open_page, look):
    url = stage.post_by("che", "一块走走")
    lin = open_page(url, as_="lin")
    lin.locator(".post [id^='tip-post-'][id$='-give']").click()
    expect(lin.locator(".toast p")).to_have_text(AMOUNT)
    number = url.rpartition("/")[2]
    assert not faults(browser, live_server, "che", look, ["/wallet/tips", url], all_there=True)
    assert not faults(browser, live_server, "lin", look, [f"/tips/post/{number}", "/people/che"], all_there=True)
