"""Reading in a browser: what was in sight is marked on every device; who is removed sees nothing any more."""

import sqlite3
from contextlib import contextmanager

import pytest

from tests.browser import stage as on
from tests.cast import NAMES
from tests.live import PHONE

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api").expect
GONE_MS = 2000 + 500
"""Two seconds is the promise; the rest is what a busy machine takes."""
TOLD_MS = 2600
"""What was in sight is told so often."""


@pytest.fixture
def stage(browser, open_page, live_server):
    return on.build(browser, open_page, live_server, owner="may")


def only_for_members(stage):
    """From here on strangers do not read the circle."""
    with rows_of(stage) as database:
        changes = "visibility = 'listed', join_policy = 'apply', name = '只给里面的人'"
        database.execute(f"UPDATE circle SET {changes} WHERE slug = ?", (stage.url.rpartition("/")[2],))


@contextmanager
def rows_of(stage):
    with sqlite3.connect(stage.server.data / "quanzi.sqlite3", timeout=10) as database:
        yield database
    database.close()


def number_of(stage, who):
    with rows_of(stage) as database:
        return database.execute("SELECT id FROM member WHERE username = ?", (NAMES[who][0],)).fetchone()[0]


def more_posts(stage, address, count):
    """As many further posts like this one: nobody writes so many in so short a time."""
    with rows_of(stage) as database:
        names = [row[1] for row in database.execute("PRAGMA table_info(post)") if row[1] != "id"]
        columns = ", ".join(names)
        for _ in range(count):
            copy = f"INSERT INTO post ({columns}) SELECT {columns} FROM post WHERE id = ?"
            database.execute(copy, (address.rpartition("/")[2],))


def remove(stage, who):
    address = f"{stage.url}/members/{number_of(stage, who)}/sanction"
    stage.send(stage.owner, address, kind="remove", days="0", reason="x")


def assert_nothing_left(page, *words):
    expect(page.locator("#closed-model")).to_be_attached()
    expect(page.locator("main .fault")).to_be_visible()
    for word in words:
        assert word not in page.locator("body").inner_text()
    assert page.locator("main .post, main .comment, .circle-head, .context *").count() == 0


@pytest.mark.parametrize("where", ["", "?before=100000", "post"])
def test_within_two_seconds_a_removed_member_sees_nothing_of_the_circle(stage, where):
    address = stage.post_by(stage.owner, "只说给里面的人听", "秘密")
    only_for_members(stage)
    lin = stage.open_page(address, as_="lin") if where == "post" else stage.page("lin", where)
    expect(lin.locator("main")).to_contain_text("只说给里面的人听")
    with on.within(lin, GONE_MS, "main .fault"):
        remove(stage, "lin")
    assert_nothing_left(lin, "只说给里面的人听", "秘密", "只给里面的人")
    assert "秘密" not in lin.title() and "只给里面的人" not in lin.title()
    lin.reload()
    assert "只说给里面的人听" not in lin.content()


@pytest.mark.parametrize("where", ["/members", "/about"])
def test_the_other_pages_of_the_circle_close_as_well(stage, where):
    only_for_members(stage)
    lin = stage.page("lin", where)
    expect(lin.locator(".circle-head")).to_be_visible()
    remove(stage, "lin")
    assert_nothing_left(lin, "只给里面的人")


def test_what_a_removed_member_was_writing_stays_theirs(stage):
    address = stage.post_by(stage.owner, "说吧")
    only_for_members(stage)
    lin = stage.open_page(address, as_="lin", size=PHONE)
    lin.fill("#answer-form textarea", "还没写完的一句")
    remove(stage, "lin")
    assert_nothing_left(lin, "说吧")
    expect(lin.locator("main .typed textarea")).to_have_value("还没写完的一句")
    kept = lin.evaluate("Object.keys(localStorage).map(key => localStorage.getItem(key)).join()")
    assert "还没写完的一句" in kept


def test_a_post_that_is_deleted_leaves_the_pages_that_show_it(stage):
    address = stage.post_by(stage.owner, "马上删掉")
    lin = stage.open_page(address, as_="lin")
    expect(lin.locator("main")).to_contain_text("马上删掉")
    stage.send(stage.owner, f"{address}/delete")
    assert_nothing_left(lin, "马上删掉")


# ---- how far one has read -----------------------------------------------------------------------------------


def test_what_was_in_sight_is_read_on_every_device(stage):
    stage.post_by("lin", "第一句")
    stage.page("lin").close()
    for number in range(3):
        stage.post_by(stage.owner, f"新的 {number}")
    laptop = stage.open_page("/about", as_="lin")
    on.stop_time(laptop)
    laptop.goto(stage.url)
    expect(laptop.locator(".post .new-dot")).to_have_count(3)
    with laptop.expect_response(lambda answer: answer.url.endswith("/read") and answer.status == 204):
        for row in laptop.locator("#post-list .post").all():
            on.look_at(laptop, row)
        laptop.clock.run_for(TOLD_MS)
    phone = stage.page("lin", size=PHONE)
    expect(phone.locator(".post")).to_have_count(4)
    expect(phone.locator(".post .new-dot")).to_have_count(0)


def test_what_was_not_in_sight_stays_unread(stage):
    more_posts(stage, stage.post_by(stage.owner, "新的\n\n" + "很长的字。" * 120), 11)
    told = []
    lin = stage.open_page("/about", as_="lin", size=PHONE)
    lin.on("request", lambda request: told.append(request.url) if request.url.endswith("/read") else None)
    on.stop_time(lin)
    lin.goto(stage.url)
    on.look_at(lin, lin.locator(".post").first)
    lin.clock.run_for(TOLD_MS)
    assert not told, "the newest was seen, but not what came before it"
    lin.reload()
    expect(lin.locator(".post .new-dot")).to_have_count(12)


def test_the_jump_puts_the_focus_on_the_first_unread_post(stage):
    first = stage.post_by(stage.owner, "最早的一篇")
    more_posts(stage, first, 24)
    lin = stage.page("lin")
    lin.click("#unread a[href*='from=']")
    number = first.rpartition("/")[2]
    expect(lin.locator(f"#post-{number}")).to_be_focused()
    expect(lin.locator(f"#post-{number}")).to_be_in_viewport()


def test_without_javascript_a_button_marks_all_as_read(stage):
    stage.post_by(stage.owner, "新的")
    lin = stage.page("lin", javascript=False)
    expect(lin.locator(".post .new-dot")).to_have_count(1)
    lin.click("#read-all")
    expect(lin.locator(".post")).to_have_count(1)
    expect(lin.locator(".post .new-dot")).to_have_count(0)


def test_the_first_unread_comment_is_reached_from_the_post(stage):
    address = stage.post_by("lin", "说吧")
    for number in range(3):
        stage.send(stage.owner, f"{address}/comments/", body=f"话 {number}")
    lin = stage.open_page("/about", as_="lin")
    on.stop_time(lin)
    lin.goto(address)
    with lin.expect_response(lambda answer: answer.url.endswith("/read")) as told:
        for row in lin.locator("#comment-list .comment").all():
            on.look_at(lin, row)
        lin.clock.run_for(TOLD_MS)
    assert told.value.status == 204
    lin.goto("/circles/")
    for number in range(3, 5):
        stage.send(stage.owner, f"{address}/comments/", body=f"话 {number}")
    lin.goto(address)
    expect(lin.locator(".comment .new-dot")).to_have_count(2)
    lin.click("#unread a[href$='#first-unread']")
    expect(lin.locator("#first-unread")).to_be_focused()
    expect(lin.locator("#first-unread + .comment")).to_contain_text("话 3")
