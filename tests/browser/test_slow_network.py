"""Answers that come late, in another order or never: what is typed stays, all is done once, and the page is true."""

import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser import stage as on
from tests.browser.test_friends import strangers
from tests.browser.test_tips import fill

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api").expect
POSTS = re.compile(r"/posts/$")
_names = itertools.count(1)


@pytest.fixture
def stage(browser: Any, open_page: Any, live_server: Any) -> on.Stage:
    return on.build(browser, open_page, live_server)


def before_the_answer(page: Any, address: Any, happens: Callable[[], Any]) -> None:
    """The site has done what it was asked; its answer waits until something has happened on the page."""

    def hold(route: Any) -> None:
        if route.request.method != "POST":
            return route.fallback()
        answer = route.fetch()
        happens()
        return route.fulfill(response=answer)

    page.route(address, hold)


def types(page: Any, field: str, text: str) -> None:
    page.focus(field)
    page.keyboard.press("End")
    page.keyboard.type(text)


def moment(page: Any) -> Any:
    text = f"傍晚的江边 {next(_names)}"
    page.fill("#composer-body", text)
    page.click("#composer .primary")
    row = page.locator("#moment-list .moment", has_text=text)
    expect(row).to_be_visible()
    return row


def remark(row: Any, text: str) -> None:
    row.locator("[id$=-write]").click()
    row.locator(".answer textarea").fill(text)
    row.locator(".answer .primary").click()


def test_what_is_typed_while_a_post_is_being_sent_stays(stage):
    lin = stage.page("lin")
    on.write(lin, "第一句")
    before_the_answer(lin, POSTS, lambda: types(lin, "#composer textarea", "，第二句"))
    lin.click("#composer button.primary")
    expect(lin.locator("#post-list .post")).to_have_count(1)
    expect(lin.locator("#composer textarea")).to_have_value("，第二句")
    expect(lin.locator("#composer textarea")).to_be_focused()


def test_what_is_typed_while_a_post_is_being_refused_stays(stage):
    lin = stage.page("lin")
    on.write(lin, "第一句")
    lin.evaluate("document.querySelector('.composer-title').value = 'x'.repeat(300)")
    before_the_answer(lin, POSTS, lambda: types(lin, "#composer textarea", "，第二句"))
    lin.click("#composer button.primary")
    expect(lin.locator("#composer .field-error")).to_be_visible()
    expect(lin.locator("#composer textarea")).to_have_value("第一句，第二句")
    expect(lin.locator("#composer textarea")).to_be_focused()
    lin.complaints.clear()  # the refusal


def test_two_answers_for_one_region_are_both_seen(stage):
    stage.post_by("may", "话题")
    lin = stage.page("lin")
    lin.route("**/changes*", lambda route: route.abort())  # the live page would mend it some time later
    like, keep = lin.locator("[data-react] > button").first, lin.locator(".post-keep button")
    before_the_answer(lin, "**/like", lambda: (keep.click(), expect(keep).to_have_class(re.compile("is-busy"))))
    before_the_answer(lin, "**/keep", lambda: expect(like).to_have_attribute("aria-pressed", "true"))
    like.click()
    expect(keep).to_have_attribute("aria-pressed", "true")
    expect(like).to_have_attribute("aria-pressed", "true")
    lin.complaints.clear()  # nothing live


def test_of_two_boxes_that_were_asked_for_the_later_one_is_there(stage):
    lin = stage.open_page("/feed", as_="lin")
    row = moment(lin)
    for text in ("甲", "乙"):
        remark(row, text)
        expect(row.locator(".comment", has_text=text)).to_be_visible()
    held = []
    lin.route("**/reply", lambda route: held.append(route))
    for place in range(2):
        with lin.expect_request("**/reply"):
            row.locator("[id$=-reply]").nth(place).click()
    later, earlier = held[1], held[0]
    later.fulfill(response=later.fetch())
    expect(row.locator(".answer textarea")).to_have_attribute("placeholder", re.compile("."))
    with lin.expect_response("**/reply"):
        earlier.fulfill(response=earlier.fetch())
    number = re.search(r"comments/(\d+)", later.request.url)[1]
    expect(row.locator(".answer form [name=parent_id]")).to_have_value(number)


def test_who_writes_somewhere_else_meanwhile_goes_on_there(stage):
    lin = stage.open_page("/feed", as_="lin")
    row = moment(lin)
    before_the_answer(lin, "**/comments", lambda: types(lin, "#composer-body", "下一"))
    remark(row, "评论")
    expect(row.locator(".answer form")).to_have_count(0)
    expect(lin.locator("#composer-body")).to_be_focused()


def test_the_keyboard_is_at_the_next_row_although_the_live_page_took_the_one_before_the_answer_came(stage):
    stage.post_by("may", "留下的")
    lin = stage.page("lin")
    row = on.publish(lin, "写错了")
    before_the_answer(lin, "**/delete", lambda: expect(lin.locator("#post-list .post")).to_have_count(1))
    row.locator(".byline summary").click()
    row.get_by_role("button", name="删除").click()
    expect(lin.locator("#post-list .post", has_text="留下的")).to_be_focused()


def test_a_tip_whose_answer_was_lost_is_given_once(stage):
    fill(stage.server, "lin", 2000)
    page = stage.open_page(stage.post_by("che", "路灯都亮了"), as_="lin")
    seen: list[int] = []

    def lose(route: Any) -> None:
        if seen:
            return route.fallback()
        seen.append(route.fetch().status)
        page.wait_for_timeout(1100)  # within a second it would be the same tap in any case
        return route.abort("connectionreset")

    page.route("**/tips", lose)
    button = page.locator(".post [id^='tip-post-'][id$='-give']")
    button.click()
    expect(page.locator(".toast.is-error")).to_be_visible()
    button.click()
    expect(page.locator(".toast.is-money")).to_be_visible()
    expect(button.locator(".num")).to_have_text("1")
    assert seen == [200]
    page.complaints.clear()  # the lost answer


def test_what_was_sent_from_a_page_that_was_left_does_not_wait_in_the_composer(stage):
    lin = stage.page("lin")
    on.write(lin, "走之前发的")

    def leave(route: Any) -> None:
        if route.request.method == "POST":
            route.fetch()
            lin.evaluate("location.assign('/circles/')")
        else:
            route.fallback()

    lin.route(POSTS, leave)
    lin.evaluate("document.querySelector('#composer .primary').click()")
    lin.wait_for_url("**/circles/")
    lin.goto(stage.url)
    expect(lin.locator("#post-list .post")).to_have_count(1)
    expect(lin.locator("#composer textarea")).to_have_value("")
    lin.reload()
    expect(lin.locator("#composer textarea")).to_have_value("")
    lin.complaints.clear()  # the request that was left


def test_a_button_rests_until_the_page_that_its_answer_leads_on_to_is_there(stage):
    strangers(stage.server)
    lin = stage.open_page("/friends/lists", as_="lin")
    lin.fill("#list-form [name=name]", "跑友")
    lin.evaluate(
        "addEventListener('pagehide', () => { sessionStorage.rests = "
        "document.querySelector('#list-form button').getAttribute('aria-disabled') })"
    )
    lin.click("#list-form button")
    lin.wait_for_url(re.compile(r"/friends/lists/\d+$"))
    assert lin.evaluate("sessionStorage.rests") == "true"


def test_who_answered_on_another_page_is_told_what_is_true(stage):
    strangers(stage.server)
    stage.send("may", "/people/lin/friend", words="你好")
    first, second = (stage.open_page("/friends/requests", as_="lin") for _page in range(2))
    first.locator("#asking [id$='-yes']").click()
    expect(first.locator("#asking .tag")).to_be_visible()
    second.locator("#asking [id$='-no']").click()
    expect(second.locator("#asking .tag")).to_be_visible()
    expect(second.locator(".toast")).to_have_text(re.compile("已经是朋友"))
    strangers(stage.server)
    stage.send("may", "/people/lin/friend", words="你好")
    for page in (first, second):
        page.goto("/friends/requests")
    first.locator("#asking [id$='-no']").click()
    expect(first.locator("#asking .person")).to_have_count(0)
    second.locator("#asking [id$='-yes']").click()
    expect(second.locator("#asking .person")).to_have_count(0)
    expect(second.locator(".toast")).to_be_visible()
