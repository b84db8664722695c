"""Members meet: what one writes the other sees, on a phone, without JavaScript, with the keyboard alone."""

import re

import pytest

from tests.browser import stage as on
from tests.live import PHONE

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api").expect


@pytest.fixture
def stage(browser, open_page, live_server):
    return on.build(browser, open_page, live_server)


# ---- the whole way ------------------------------------------------------------------------------------------


def test_from_the_front_page_to_a_talk_that_both_see_grow(open_page, stage):
    lin = open_page("/")
    lin.click("a[href^='/login']")
    on.sign_in(lin, "lin")
    lin.goto("/circles/")
    lin.click(f"a[href='{stage.url}'] >> nth=0")
    on.write(lin, "**第一圈** 完成，看 https://map.example/a")
    lin.set_input_files("#composer input[type=file]", [on.picture()])
    expect(lin.locator("#composer [data-picked] li")).to_have_count(1)
    lin.click("#composer button.primary")
    row = lin.locator("#post-list .post")
    expect(row.locator("strong")).to_have_text("第一圈")
    expect(row.locator(".media img")).to_have_js_property("complete", True)
    expect(row.locator("a[rel~=nofollow]")).to_have_attribute("href", "https://map.example/a")
    expect(lin.locator("#composer textarea")).to_have_value("")
    expect(lin.locator("#no-posts")).to_be_hidden()
    address = row.locator(".byline-meta a").first.get_attribute("href")

    may = open_page(address, as_="may")
    lin.goto(address)
    on.comment(may, "Looks cold.")
    expect(lin.locator("#comment-list")).to_contain_text("Looks cold.")
    may.click(".post-tools [id$=-like]")
    expect(may.locator(".post-tools .reacted .num")).to_have_text("1")
    expect(lin.locator(".post-tools .reacted .num")).to_have_text("1")
    on.comment(lin, "是很冷")
    expect(may.locator("#comment-list")).to_contain_text("是很冷")
    expect(may.locator("#comment-list .comment")).to_have_count(2)
    expect(lin.locator("#comment-list .comment")).to_have_count(2)


def test_replies_reach_the_other_under_what_they_answer(stage):
    address = stage.post_by("lin", "今晚跑吗")
    lin, may = stage.open_page(address, as_="lin"), stage.open_page(address, as_="may")
    first = on.comment(may, "几点？")
    lin.locator(".comment", has_text="几点？").get_by_text("回复").click()
    lin.fill(".answer textarea", "七点半")
    lin.click(".answer button.primary")
    expect(may.locator(".replies .comment")).to_contain_text("七点半")
    assert first.count() == 1
    may.locator(".replies .comment", has_text="七点半").get_by_role("link", name="Reply").click()
    may.fill(".answer textarea", "See you there")
    may.click(".answer button.primary")
    expect(lin.locator(".replies .comment")).to_have_count(2)
    expect(may.locator(".replies .comment")).to_have_count(2)
    expect(may.locator("#comment-list > .comment")).to_have_count(1)


def test_what_is_being_answered_is_not_disturbed_by_what_comes_in(stage):
    """One's own new comment comes once more with the next question: the answer begun under it stays."""
    address = stage.post_by("lin", "谁去")
    may, lin = stage.open_page(address, as_="may"), stage.open_page(address, as_="lin")
    mine = on.comment(may, "Me first")
    mine.get_by_role("link", name="Reply").click()
    may.locator(".answer textarea").press_sequentially("still writing")
    on.comment(lin, "我也去")
    expect(may.locator("#comment-list")).to_contain_text("我也去")
    expect(may.locator(".answer textarea")).to_have_value("still writing")
    expect(may.locator(".answer textarea")).to_be_focused()
    expect(may.locator("#comment-list > .comment")).to_have_count(2)


def test_new_posts_of_others_wait_behind_a_bar(stage):
    for number in range(6):
        stage.post_by(stage.owner, f"旧的一篇 {number}\n\n" + "很长的字。" * 60)
    may = stage.page("may")
    third = may.locator("#post-list .post").nth(3)
    third.scroll_into_view_if_needed()
    before = third.bounding_box()["y"]
    stage.post_by("lin", "刚刚写的")
    expect(may.locator("#news a")).to_be_attached()
    assert abs(third.bounding_box()["y"] - before) < 2, "nothing jumps"
    assert may.locator("#post-list .post").count() == 6
    may.locator("#news a").click()
    expect(may.locator("#post-list .post").first).to_contain_text("刚刚写的")
    expect(may.locator("#news a")).to_have_count(0)


def test_a_deleted_post_comes_back_by_undo_and_goes_from_the_others_page(stage):
    stage.post_by("may", "Stays")
    lin, may = stage.page("lin"), stage.page("may")
    row = on.publish(lin, "写错了")
    may.reload()
    row.locator(".byline summary").click()
    row.get_by_role("button", name="删除").click()
    lin.hover(".toast .toast-undo")  # it stays under the pointer, however slow the other page is
    expect(lin.locator("#post-list .post")).to_have_count(1)
    expect(may.locator("#post-list .post")).to_have_count(1)
    lin.click(".toast .toast-undo")
    expect(lin.locator(".toast", has_text="已恢复")).to_be_visible()
    expect(lin.locator(".post")).to_contain_text("写错了")


def test_undo_is_offered_although_the_live_page_took_the_row_before_the_answer_came(stage):
    lin = stage.page("lin")
    row = on.publish(lin, "写错了")

    def last(route):
        answer = route.fetch()
        expect(lin.locator("#post-list .post")).to_have_count(0)
        route.fulfill(response=answer)

    lin.route("**/delete", last)
    row.locator(".byline summary").click()
    row.get_by_role("button", name="删除").click()
    lin.click(".toast .toast-undo")
    expect(lin.locator(".post")).to_contain_text("写错了")


def test_a_refusal_is_told_although_the_row_has_gone_meanwhile(stage):
    address = stage.post_by("lin", "写错了")
    lin = stage.page("lin")
    row = lin.locator("#post-list .post")

    def last(route):
        stage.send("lin", f"{address}/delete")
        expect(row).to_have_count(0)
        route.fulfill(status=404)

    lin.route("**/delete", last)
    row.locator(".byline summary").click()
    row.get_by_role("button", name="删除").click()
    expect(lin.locator(".toast.is-error")).to_be_visible()
    lin.complaints.clear()  # the refusal


def test_a_deleted_comment_comes_back_by_undo_where_it_was(stage):
    address = stage.post_by("lin", "说吧")
    may = stage.open_page(address, as_="may")
    row = on.comment(may, "Oops")
    row.locator(".comment-tools > .menu summary").click()
    row.get_by_role("button", name="Delete").click()
    may.hover(".toast .toast-undo")
    expect(may.locator("#comment-list")).not_to_contain_text("Oops")
    may.click(".toast .toast-undo")
    expect(may.locator("#comment-list .comment")).to_contain_text("Oops")
    expect(may.locator("#comment-list .comment")).to_have_count(1)
    assert may.url.endswith(address)


def test_a_post_that_was_deleted_says_so_to_who_reads_it(stage):
    address = stage.post_by("lin", "bald weg")
    may = stage.open_page(address, as_="may")
    stage.send("lin", f"{address}/delete")
    expect(may.locator("main .fault")).to_be_visible()
    expect(may.locator("main")).not_to_contain_text("bald weg")


# ---- on a phone ---------------------------------------------------------------------------------------------


def test_on_a_phone_everything_is_within_reach(stage):
    lin = stage.page("lin", size=PHONE, has_touch=True)
    assert lin.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out"
    lin.tap("#composer textarea")
    lin.fill("#composer textarea", "手机上写的")
    send = lin.locator("#composer button.primary")
    box = send.bounding_box()
    assert box["height"] >= 40 and box["x"] + box["width"] <= PHONE["width"]
    send.tap()
    row = lin.locator("#post-list .post")
    expect(row).to_contain_text("手机上写的")
    row.locator(".byline-meta a").first.tap()
    expect(lin.locator("#answer-form textarea")).to_be_in_viewport()
    on.comment(lin, "自己说一句")
    assert lin.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(lin.locator(".places")).to_be_visible()


# ---- without JavaScript -------------------------------------------------------------------------------------


def test_the_same_way_without_javascript(stage):
    lin = stage.page("lin", javascript=False)
    lin.fill("#composer textarea", "**没有**脚本")
    lin.click("#composer button[name=preview]")
    expect(lin.locator(".preview strong")).to_have_text("没有")
    expect(lin.locator("#composer textarea")).to_have_value("**没有**脚本")
    lin.set_input_files("#composer input[type=file]", [on.picture()])
    lin.click("#composer button.primary")
    expect(lin.locator("article.post strong")).to_have_text("没有")
    expect(lin.locator("article.post .media img")).to_be_visible()

    lin.fill("#answer-form textarea", "   ")
    lin.click("#answer-form button.primary")
    expect(lin.locator(".field-error")).to_be_visible()
    lin.fill("#answer-form textarea", "第一句")
    lin.click("#answer-form button.primary")
    expect(lin.locator("#comment-list .comment")).to_contain_text("第一句")
    lin.click("#comment-list .comment >> text=回复")
    lin.fill("#answer textarea", "回一句")
    lin.click("#answer button.primary")
    expect(lin.locator(".replies .comment")).to_contain_text("回一句")
    lin.click(".post-tools [id$=-like]")
    expect(lin.locator(".post-tools [id$=-like]")).to_have_attribute("aria-pressed", "true")
    lin.click(".replies .comment .comment-tools > .menu summary")
    lin.click(".replies .comment button:has-text('删除')")
    expect(lin.locator(".replies .comment")).to_have_count(0)
    lin.click(".toast .toast-undo")
    expect(lin.locator(".replies .comment")).to_contain_text("回一句")


# ---- with the keyboard alone --------------------------------------------------------------------------------


def focused(page) -> str:
    return page.evaluate("String(document.activeElement.id || document.activeElement.className)")


def test_the_keyboard_alone_writes_likes_and_answers(stage):
    stage.post_by(stage.owner, "请回答")
    may = stage.page("may")
    may.keyboard.press("Tab")
    assert "skip" in focused(may), "the first stop leads past everything"
    may.keyboard.press("Enter")
    may.keyboard.press("n")
    expect(may.locator("#composer textarea")).to_be_focused()
    may.keyboard.type("Typed only")
    may.keyboard.press("Control+Enter")
    expect(may.locator("#post-list .post").first).to_contain_text("Typed only")
    may.keyboard.press("Escape")
    may.keyboard.press("j")
    expect(may.locator("#post-list .post").first).to_be_focused()
    may.keyboard.press("j")
    second = may.locator("#post-list .post").nth(1)
    expect(second).to_be_focused()
    stops = []
    for _ in range(6):
        may.keyboard.press("Tab")
        stops.append(focused(may))
        if re.search(r"post-\d+-like", stops[-1]):
            break
    assert re.search(r"post-\d+-like", stops[-1]), stops
    may.keyboard.press("Space")
    expect(second.locator(f"#{stops[-1]}")).to_have_attribute("aria-pressed", "true")
    assert focused(may) == stops[-1], "the keyboard keeps its place"


def test_a_menu_opens_and_closes_by_keyboard(stage):
    may = stage.page("may")
    row = on.publish(may, "Mine")
    row.locator(".byline summary").focus()
    may.keyboard.press("Enter")
    expect(row.get_by_role("button", name="Delete")).to_be_visible()
    may.keyboard.press("ArrowDown")
    expect(row.locator(".byline .menu-items .menu-item").first).to_be_focused()
    may.keyboard.press("Escape")
    expect(row.get_by_role("button", name="Delete")).to_be_hidden()
    expect(row.locator(".byline summary")).to_be_focused()
