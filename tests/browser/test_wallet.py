"""The wallet in a real browser: the PIN is asked for where it is needed, nothing is typed twice; axe looks at all."""

import sqlite3
from typing import Any

import pytest

from tests.browser import stage as on
from tests.browser.test_axe import LOOKS, faults
from tests.cast import PASSWORD
from tests.live import PHONE

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api").expect

PIN = "271828"
PAGES = {
    "lin": ["/wallet", "/wallet?q=x", "/wallet?month=2026-11", "/wallet/send", "/wallet/send/che", "/wallet/pin",
            "/wallet/limits", "/wallet/close", "/settings/leave"],
    "che": ["/wallet", "/wallet/thaw"],
    "owner": ["/wallet/desk", "/wallet/desk/books", "/wallet/desk/limits", "/wallet/of/lin", "/me", "/admin/"],
}  # fmt: skip


@pytest.fixture
def stage(browser: Any, open_page: Any, live_server: Any) -> on.Stage:
    """Lin and che are friends; lin has 700.00 and a PIN."""
    stage = on.build(browser, open_page, live_server)
    with sqlite3.connect(live_server.data / "quanzi.sqlite3", timeout=20) as database:
        people = dict(database.execute("SELECT username, id FROM member"))
        lin, che = people["lin"], people["che"]
        for one, other in ((lin, che), (che, lin)):
            pair = "INSERT OR IGNORE INTO friendship (member_id, friend_id, alias, met, since_at)"
            database.execute(f"{pair} VALUES (?, ?, '', '', 1)", (one, other))
        database.execute("UPDATE wallet_freeze SET lifted_at = 1 WHERE lifted_at IS NULL")
    database.close()
    stage.send("owner", "/wallet/desk", kind="issue", member="lin", amount="700", reason="开张", key=f"k{stage.url}")
    stage.send("lin", "/wallet/pin", pin=PIN, pin_again=PIN, password=PASSWORD)
    return stage


def test_a_large_amount_asks_for_the_pin_and_keeps_what_was_typed(stage, open_page):
    page = open_page("/wallet/send/che", as_="lin", size=PHONE)
    page.fill("#amount", "250")
    page.fill("#words", "上个月的房租")
    expect(page.locator("#pin")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator("#pin")).to_be_visible()
    expect(page.locator("#amount")).to_have_value("250")
    expect(page.locator("#words")).to_have_value("上个月的房租")
    page.fill("#pin", "314159")
    page.keyboard.press("Enter")
    expect(page.locator("#pin-error")).to_be_visible()
    expect(page.locator("#pin")).to_have_value("")
    page.fill("#pin", PIN)
    page.keyboard.press("Enter")
    page.wait_for_url("**/wallet/receipts/*")
    expect(page.locator("main")).to_contain_text("−250.00")
    expect(page.locator("main")).to_contain_text("上个月的房租")
    assert all("422" in text for text in page.complaints)
    page.complaints.clear()


def test_the_statement_is_searched_while_one_types(stage, open_page):
    page = open_page("/wallet", as_="lin")
    page.fill("#statement input[type=search]", "开张")
    page.wait_for_url("**q=*")
    expect(page.locator("#movements > .row").first).to_contain_text("700.00")
    page.fill("#statement input[type=search]", "nothing like it")
    expect(page.locator("#statement .empty")).to_be_visible()


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing(stage, browser, live_server, look):
    if look.startswith("laptop"):
        stage.send("lin", "/wallet/payouts", amount="1", words="银行卡", key=f"p{stage.url}")
    stage.send("che", "/wallet/freeze")
    for reader, paths in PAGES.items():
        assert not faults(browser, live_server, reader, look, paths, all_there=True)
