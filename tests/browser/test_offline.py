"""A dead connection, a second device: what was written is sent once, and nothing covers what was not seen."""

import re
import sqlite3

import pytest

from tests.browser import stage as on
from tests.cast import NAMES
from tests.live import PHONE

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api").expect

QUIET_MS = 2000
"""A draft is sent after so long a quiet."""
HAS_ASKED = "() => performance.getEntriesByType('resource').some(each => each.name.includes('/drafts/'))"


@pytest.fixture
def stage(browser, open_page, live_server):
    return on.build(browser, open_page, live_server, owner="owner")


def posts(page):
    return page.locator("#post-list .post")


def waiting(page):
    return page.locator(".waiting")


def drafts_of(stage, who: str) -> list[tuple[str, str]]:
    with sqlite3.connect(stage.server.data / "quanzi.sqlite3", timeout=10) as database:
        rows = database.execute(
            "SELECT d.name, d.body FROM draft d JOIN member m ON m.id = d.member_id WHERE m.username = ?",
            (NAMES[who][0],),
        ).fetchall()
    database.close()
    number = circle_of(stage)
    return [row for row in rows if row[0].endswith(f"circle-{number}")]


def circle_of(stage) -> int:
    with sqlite3.connect(stage.server.data / "quanzi.sqlite3", timeout=10) as database:
        slug = stage.url.rpartition("/")[2]
        found = database.execute("SELECT id FROM circle WHERE slug = ?", (slug,)).fetchone()[0]
    database.close()
    return found


def writer(stage, who, **options):
    """Their page in the circle, once it knows what was written on other devices; a quiet lasts as long as we say."""
    page = stage.page(who, **options)
    on.until_it_says(page, HAS_ASKED)
    page.clock.install()
    return page


def write_and_pause(page, text) -> None:
    on.write(page, text)
    page.clock.run_for(QUIET_MS)


# ---- no connection ------------------------------------------------------------------------------------------


def test_a_post_waits_for_the_connection_and_is_sent_once(stage):
    lin = stage.page("lin")
    on.write(lin, "隧道里写的")
    lin.fill(".composer-title", "题目")
    lin.context.set_offline(True)
    lin.click("#composer button.primary")
    expect(waiting(lin)).to_contain_text("隧道里写的")
    expect(lin.locator("#composer textarea")).to_have_value("")
    expect(posts(lin)).to_have_count(0)
    lin.context.set_offline(False)
    expect(posts(lin)).to_have_count(1)
    expect(posts(lin)).to_contain_text("题目")
    expect(waiting(lin)).to_have_count(0)
    lin.reload()
    expect(posts(lin)).to_have_count(1)
    expect(waiting(lin)).to_have_count(0)
    lin.complaints.clear()


def test_what_arrived_although_its_answer_got_lost_is_there_once(stage):
    lin = stage.page("lin")
    seen = []

    def lose_the_answer(route) -> None:
        if route.request.method != "POST" or seen:
            return route.fallback()
        seen.append(route.fetch().status)
        return route.abort("connectionreset")

    lin.route(re.compile(r"/posts/$"), lose_the_answer)
    on.write(lin, "到了没有")
    lin.click("#composer button.primary")
    expect(waiting(lin)).to_contain_text("到了没有")
    assert seen == [200], "the site has it"
    lin.evaluate("window.dispatchEvent(new Event('online'))")
    expect(waiting(lin)).to_have_count(0)
    expect(posts(lin)).to_have_count(1)
    lin.reload()
    expect(posts(lin)).to_have_count(1)
    lin.complaints.clear()


def test_it_waits_through_a_reload_and_two_tabs_send_it_once(stage):
    lin = stage.page("lin")
    lin.route(re.compile(r"/posts/$"), lambda route: route.abort())
    on.write(lin, "先等一等")
    lin.click("#composer button.primary")
    expect(waiting(lin)).to_be_visible()
    lin.reload()
    expect(waiting(lin)).to_contain_text("先等一等")
    lin.unroute_all()
    others = [lin.context.new_page() for _ in range(2)]
    for other in others:
        other.goto(stage.url)
    expect(posts(others[0])).to_have_count(1)
    lin.reload()
    expect(posts(lin)).to_have_count(1)
    expect(waiting(lin)).to_have_count(0)
    lin.complaints.clear()


def test_a_comment_and_a_reply_wait_as_well(stage):
    address = stage.post_by("may", "话题")
    lin = stage.open_page(address, as_="lin")
    first = on.comment(lin, "第一条")
    first.get_by_role("link", name="回复").click()
    lin.locator(".answer textarea").fill("回一句")
    lin.context.set_offline(True)
    lin.locator(".answer button.primary").click()
    lin.fill("#answer-form textarea", "第二条")
    lin.click("#answer-form button.primary")
    expect(waiting(lin)).to_have_count(2)
    lin.context.set_offline(False)
    expect(lin.locator(".replies .comment", has_text="回一句")).to_have_count(1)
    expect(lin.locator(".comment", has_text="第二条")).to_have_count(1)
    expect(waiting(lin)).to_have_count(0)
    lin.complaints.clear()


def test_it_can_be_taken_back_into_the_composer_or_thrown_away(stage):
    lin = stage.page("lin")
    lin.context.set_offline(True)
    on.write(lin, "再想想")
    lin.click("#composer button.primary")
    waiting(lin).locator("[data-back]").click()
    expect(lin.locator("#composer textarea")).to_have_value("再想想")
    expect(waiting(lin)).to_have_count(0)
    lin.click("#composer button.primary")
    waiting(lin).locator("[data-drop]").click()
    expect(waiting(lin)).to_have_count(0)
    lin.context.set_offline(False)
    lin.reload()
    expect(lin.locator("#composer textarea")).to_have_value("")
    expect(posts(lin)).to_have_count(0)
    lin.complaints.clear()


def test_what_is_refused_later_comes_back_with_the_reason(stage):
    address = stage.post_by("may", "话题")
    lin = stage.open_page(address, as_="lin")
    lin.context.set_offline(True)
    lin.fill("#answer-form textarea", "还来得及吗")
    lin.click("#answer-form button.primary")
    expect(waiting(lin)).to_be_visible()
    number = int(address.rpartition("/")[2])
    with sqlite3.connect(stage.server.data / "quanzi.sqlite3", timeout=10) as database:
        database.execute("UPDATE post SET locked_at = 1 WHERE id = ?", (number,))
    database.close()
    lin.context.set_offline(False)
    expect(lin.locator("#answer-form textarea")).to_have_value("还来得及吗")
    expect(lin.locator("#answer-form .field-error")).to_be_visible()
    expect(waiting(lin)).to_have_count(0)
    lin.complaints.clear()


def test_with_pictures_nothing_is_sent_without_them(stage):
    lin = stage.page("lin")
    on.write(lin, "照片")
    lin.set_input_files("#composer input[name=media]", on.picture())
    lin.context.set_offline(True)
    lin.click("#composer button.primary")
    expect(lin.locator(".toast.is-error").first).to_be_visible()
    expect(waiting(lin)).to_have_count(0)
    expect(lin.locator("#composer textarea")).to_have_value("照片")
    expect(lin.locator("#composer .picked li")).to_have_count(1)
    lin.context.set_offline(False)
    lin.click("#composer button.primary")
    expect(posts(lin)).to_have_count(1)
    lin.complaints.clear()


# ---- from one device to another -----------------------------------------------------------------------------


def test_a_draft_follows_to_the_laptop_and_goes_when_it_is_sent_there(stage):
    phone = writer(stage, "may", size=PHONE)
    write_and_pause(phone, "在路上写到一半")
    on.until(phone, lambda: drafts_of(stage, "may"))
    laptop = stage.page("may")
    expect(laptop.locator("#composer textarea")).to_have_value("在路上写到一半")
    laptop.locator("#composer textarea").press_sequentially("，到家写完")
    laptop.click("#composer button.primary")
    expect(posts(laptop)).to_have_count(1)
    on.until(laptop, lambda: not drafts_of(stage, "may"))
    phone.reload()
    expect(posts(phone)).to_have_count(1)
    expect(phone.locator("#composer textarea")).to_have_value("")


def test_a_newer_draft_is_offered_and_covers_nothing(stage):
    phone, laptop = writer(stage, "may"), writer(stage, "may")
    write_and_pause(phone, "手机上的")
    on.until(phone, lambda: drafts_of(stage, "may"))
    write_and_pause(laptop, "电脑上的")
    expect(laptop.locator("[data-offer]")).to_be_visible()
    assert [body for _name, body in drafts_of(stage, "may")] == ["手机上的"]
    laptop.click("[data-take]")
    expect(laptop.locator("#composer textarea")).to_have_value("手机上的")
    write_and_pause(phone, "手机上的第二版")
    on.until(phone, lambda: drafts_of(stage, "may")[0][1] == "手机上的第二版")
    write_and_pause(laptop, "还是电脑上的")
    expect(laptop.locator("[data-offer]")).to_be_visible()
    laptop.click("[data-keep]")
    on.until(laptop, lambda: drafts_of(stage, "may")[0][1] == "还是电脑上的")
    expect(laptop.locator("#composer textarea")).to_have_value("还是电脑上的")


def test_leaving_the_page_keeps_the_last_words(stage):
    may = writer(stage, "may")
    on.write(may, "来不及等两秒")
    may.goto("/circles/")
    on.until(may, lambda: [body for _name, body in drafts_of(stage, "may")] == ["来不及等两秒"])
    may.goto("/me/drafts")
    expect(may.locator(".draft", has_text="来不及等两秒")).to_be_visible()
    may.locator(".draft", has_text="来不及等两秒").get_by_role("button").last.click()
    expect(may.locator(".draft", has_text="来不及等两秒")).to_have_count(0)
    may.goto(stage.url)
    expect(may.locator("#composer textarea")).to_have_value("")
