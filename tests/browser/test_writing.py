"""Nothing that was typed is lost: reloads, lost connections, ended sessions, refusals, impatient hands."""

import itertools
import re

import pytest

from tests.browser import stage as on
from tests.live import PHONE

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api").expect

LONG = "写了很久的一段话，\n分成两行。"
_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def never_the_same_twice(monkeypatch):
    """Who says the same again within a day is told so (blueprints/circles/screening.py)."""
    monkeypatch.setitem(globals(), "LONG", f"写了很久的一段话 {next(_numbers)}，\n分成两行。")


@pytest.fixture
def stage(browser, open_page, live_server):
    return on.build(browser, open_page, live_server, owner="ning")


def posts(page):
    return page.locator("#post-list .post")


# ---- drafts -------------------------------------------------------------------------------------------------


def test_a_draft_survives_a_reload_and_goes_when_it_is_sent(stage):
    lin = stage.page("lin")
    on.write(lin, LONG)
    lin.fill(".composer-title", "题目")
    lin.reload()
    expect(lin.locator("#composer textarea")).to_have_value(LONG)
    expect(lin.locator(".composer-title")).to_have_value("题目")
    lin.click("#composer button.primary")
    expect(posts(lin)).to_contain_text("题目")
    lin.reload()
    expect(lin.locator("#composer textarea")).to_have_value("")
    expect(lin.locator(".composer-title")).to_have_value("")


def test_what_was_changed_in_an_editor_survives_a_reload_but_not_cancelling(stage):
    address = stage.post_by("lin", "原来的")
    lin = stage.open_page(f"{address}/edit", as_="lin")
    lin.fill("#post-body", "原来的，再加一句")
    lin.reload()
    expect(lin.locator("#post-body")).to_have_value("原来的，再加一句")
    lin.get_by_role("link", name="取消").click()
    lin.wait_for_url(lambda url: url.endswith(address))
    lin.goto(f"{address}/edit")
    expect(lin.locator("#post-body")).to_have_value("原来的")


def test_what_a_founder_typed_survives_a_reload_and_goes_when_it_is_sent(open_page):
    page = open_page("/circles/new", as_="owner")
    page.fill("#name", "江边")
    page.fill("#about", LONG)
    page.reload()
    expect(page.locator("#name")).to_have_value("江边")
    expect(page.locator("#about")).to_have_value(LONG)
    page.click("#circle-form button.primary")
    expect(page.locator("#purpose-error")).to_be_visible()
    expect(page.locator("#about")).to_have_value(LONG)
    page.fill("#purpose", "走走")
    page.click("#circle-form button.primary")
    page.wait_for_url("**/circles/c-*")
    page.goto("/circles/new")
    expect(page.locator("#name")).to_have_value("")
    expect(page.locator("#about")).to_have_value("")
    page.complaints.clear()


def test_a_draft_over_an_older_version_does_not_cover_the_newer_one(stage):
    address = stage.post_by("lin", "第一版")
    lin = stage.open_page(f"{address}/edit", as_="lin")
    lin.fill("#post-body", "在第一版上改的")
    stage.send("lin", f"{address}/edit", title="", body="别处改成的第二版")
    lin.reload()
    expect(lin.locator("#post-body")).to_have_value("别处改成的第二版")


def test_drafts_of_one_member_are_not_shown_to_another(open_page, stage):
    page = open_page(f"/login?next={stage.url}")
    on.sign_in(page, "lin")
    page.wait_for_url(lambda url: url.endswith(stage.url))
    on.write(page, "只有我自己看")
    page.context.clear_cookies()
    page.goto(f"/login?next={stage.url}")
    on.sign_in(page, "may")
    expect(page.locator("#composer textarea")).to_have_value("")


# ---- impatient hands, input methods -------------------------------------------------------------------------


def test_a_double_click_makes_one_post(stage):
    lin = stage.page("lin")
    on.write(lin, "点两下")
    lin.dblclick("#composer button.primary")
    expect(posts(lin)).to_have_count(1)
    lin.reload()
    expect(posts(lin)).to_have_count(1)


def test_a_double_click_without_javascript_makes_one_post(stage):
    lin = stage.page("lin", javascript=False)
    lin.fill("#composer textarea", "点两下")
    lin.dblclick("#composer button.primary")
    expect(lin.locator("h1.sr")).to_be_attached()
    lin.goto(stage.url)
    expect(posts(lin)).to_have_count(1)


def test_ctrl_enter_held_down_sends_once(stage):
    lin = stage.page("lin")
    on.write(lin, "按住不放")
    lin.keyboard.down("Control")
    for _ in range(3):
        lin.keyboard.down("Enter")
    lin.keyboard.up("Enter")
    lin.keyboard.press("Enter")
    lin.keyboard.up("Control")
    expect(posts(lin)).to_have_count(1)
    expect(lin.locator("#composer .field-error")).to_have_count(0)
    expect(lin.locator("#composer textarea")).to_have_value("")


COMPOSE = """(field) => {
    const event = (kind, more) => field.dispatchEvent(new KeyboardEvent(kind, {key: 'Enter', bubbles: true, cancelable: true, ...more}));
    field.dispatchEvent(new CompositionEvent('compositionstart', {bubbles: true}));
    event('keydown', {isComposing: true, ctrlKey: true});
    event('keydown', {isComposing: true});
    field.dispatchEvent(new CompositionEvent('compositionend', {bubbles: true, data: '夜跑'}));
    event('keydown', {keyCode: 229, ctrlKey: true});
}"""  # noqa: E501


def test_enter_that_chooses_a_word_does_not_send(stage):
    address = stage.post_by("lin", "话题")
    lin = stage.open_page(address, as_="lin")
    lin.fill("#answer-form textarea", "夜")
    lin.locator("#answer-form textarea").evaluate(COMPOSE)
    lin.goto(stage.url)
    on.write(lin, "跑")
    lin.locator("#composer textarea").evaluate(COMPOSE)
    lin.fill(".composer-title", "题")
    prevented = lin.locator(".composer-title").evaluate(
        "field => !field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, "
        "cancelable: true}))"
    )
    assert prevented, "in a single line the browser itself would send"
    lin.reload()
    expect(posts(lin)).to_have_count(1)
    expect(posts(lin).locator("a[href$='#comments'] .num")).to_have_text("0")


# ---- no connection ------------------------------------------------------------------------------------------


def test_without_a_connection_the_page_says_so_and_the_words_wait(stage):
    lin = stage.page("lin")
    on.write(lin, LONG)
    lin.context.set_offline(True)
    expect(lin.locator("#offline")).to_be_visible()
    lin.click("#composer button.primary")
    expect(lin.locator(".waiting")).to_contain_text("分成两行")
    lin.context.set_offline(False)
    expect(lin.locator("#offline")).to_be_hidden()
    expect(posts(lin)).to_have_count(1)
    assert all(text.startswith(("htmx:sendError", "htmx:afterRequest")) for text in lin.complaints)
    lin.complaints.clear()


def test_mended_after_a_lost_answer_it_is_told_and_can_be_sent_anew(stage):
    lin = stage.page("lin")
    on.write(lin, "到了没有")
    lin.route("**/posts/", lambda route: (route.fetch(), route.abort()))
    lin.click("#composer button.primary")
    lin.click(".waiting [data-back]")
    lin.unroute("**/posts/")
    on.write(lin, "到了没有？改了一下")
    lin.click("#composer button.primary")
    expect(lin.locator("#composer .field-error")).to_be_visible()
    expect(lin.locator("#composer textarea")).to_have_value("到了没有？改了一下")
    lin.click("#composer button.primary")
    expect(posts(lin).first).to_contain_text("改了一下")
    lin.complaints.clear()


# ---- a session that ended -----------------------------------------------------------------------------------


@pytest.mark.parametrize("javascript", [True, False])
def test_a_session_that_ends_while_writing_keeps_the_words(open_page, stage, live_server, javascript):
    page = open_page(f"/login?next={stage.url}", javascript=javascript)
    on.sign_in(page, "lin")
    page.wait_for_url(lambda url: url.endswith(stage.url))
    page.fill("#composer textarea", LONG)
    on.end_last_session(live_server, "lin")
    if javascript:
        with page.expect_response(lambda answer: answer.status == 401):
            page.evaluate("dispatchEvent(new Event('online'))")
        assert page.url.endswith(stage.url), "a page that asks for news does not lead away"
    page.click("#composer button.primary")
    on.sign_in(page, "lin", leads_on=javascript)
    if javascript:
        page.wait_for_url(lambda url: url.endswith(stage.url))
        expect(page.locator("#composer textarea")).to_have_value(LONG)
        page.click("#composer button.primary")
    else:
        expect(page.locator(".kept")).to_contain_text("分成两行")
        page.click("main form button.primary")
        page.goto(stage.url)
    expect(posts(page)).to_have_count(1)
    expect(posts(page)).to_contain_text("分成两行")


# ---- refused ------------------------------------------------------------------------------------------------


def test_what_is_wrong_stands_beside_the_words_and_the_pictures_stay_chosen(stage):
    lin = stage.page("lin")
    on.write(lin, LONG)
    broken = {"name": "half.png", "mimeType": "image/png", "buffer": on.picture()["buffer"][:200]}
    lin.set_input_files("#composer input[type=file]", [on.picture("good.png"), broken])
    lin.click("#composer button.primary")
    expect(lin.locator("#composer .field-error")).to_contain_text("half.png")
    expect(lin.locator("#composer textarea")).to_have_value(LONG)
    expect(lin.locator("#composer [data-picked] li")).to_have_count(2)
    lin.locator("#composer [data-picked] li", has_text="half.png").get_by_role("button").click()
    lin.click("#composer button.primary")
    expect(posts(lin).locator(".media img")).to_have_count(1)
    expect(lin.locator("#composer .field-error")).to_have_count(0)
    lin.complaints.clear()


def test_pictures_change_places_while_a_post_is_edited_on_a_phone_without_scripts(stage):
    lin = stage.page("lin", javascript=False, size=PHONE, locale="zh-TW")
    lin.fill("#composer textarea", LONG)
    lin.set_input_files("#composer [name=media]", [on.picture(f"{number}.png") for number in range(2)])
    lin.click("#composer button.primary")
    lin.goto(f"{lin.url}/edit")
    keys = lin.locator("#post-editor [name=picture]").evaluate_all("all => all.map(each => each.value)")
    lin.locator("#post-editor [name=place]").last.select_option("1")
    lin.locator("#post-editor [name=shows]").first.fill("江面")
    words = lin.locator("#post-editor .pick > span")
    assert words.evaluate("each => each.getClientRects().length && each.offsetHeight < 30"), "on one line"
    assert lin.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    lin.click("#post-editor .primary")
    shown = lin.locator(".post .media a").evaluate_all("all => all.map(each => each.href)")
    assert [key in url for key, url in zip(keys[::-1], shown, strict=True)] == [True, True]
    expect(lin.locator(".post .media img").last).to_have_attribute("alt", "江面")
    lin.click(".post .byline-meta a[href$='/history']")
    expect(lin.locator("[id^='version-']")).to_have_count(1)


def test_who_was_removed_keeps_the_words_with_and_without_javascript(stage):
    lin, plain = stage.page("lin"), stage.page("lin", javascript=False)
    on.write(lin, LONG)
    plain.fill("#composer textarea", LONG)
    member = lin.evaluate("document.documentElement.dataset.member")
    stage.send(stage.owner, f"{stage.url}/members/{member}/sanction", kind="remove", days="0", reason="x")
    lin.click("#composer button.primary")
    expect(lin.locator(".toast.is-error")).to_be_visible()
    expect(lin.locator("#composer textarea")).to_have_value(LONG)
    plain.click("#composer button.primary")
    expect(plain.locator("#fault textarea")).to_have_value(LONG)
    lin.complaints.clear()


def test_the_preview_does_not_send_the_pictures(stage):
    lin = stage.page("lin")
    on.write(lin, "**看**")
    lin.set_input_files("#composer input[type=file]", [on.picture()])
    lin.evaluate(
        "addEventListener('htmx:configRequest', e => e.detail.verb === 'post' "
        "&& (window.sent = [...e.detail.formData.keys()].join()))"
    )
    lin.click("#composer button[name=preview]")
    expect(lin.locator(".preview strong")).to_have_text("看")
    sent = lin.evaluate("window.sent")
    assert "body" in sent and "media" not in sent
    expect(lin.locator("#composer [data-picked] li")).to_have_count(1)


# ---- quiet consoles -----------------------------------------------------------------------------------------


def test_no_page_of_a_circle_has_anything_to_complain_about(stage):
    address = stage.post_by(stage.owner, "一\n\n> 二\n\n```\n三\n```", title="四")
    pages = ["/circles/", "/circles/new", stage.url, f"{stage.url}/about", f"{stage.url}/members", f"{stage.url}/edit",
             f"{stage.url}/requests", address, f"{address}/edit", f"{address}/history", "/circles/nowhere",
             f"/search?q={re.sub('[^0-9]', '', address)}"]  # fmt: skip
    page = stage.page(stage.owner)
    for path in pages:
        page.goto(path)
        page.wait_for_timeout(50)
        assert page.complaints == [], path
    missing = page.evaluate("document.querySelectorAll('[style], script:not([src]), [onclick]').length")
    assert missing == 0


def test_near_the_limit_the_composer_says_how_many_chinese_characters_still_fit(stage):
    """The limit counts bytes, of which each takes three."""
    lin = stage.page("lin")
    on.write(lin, "字" * 6800)
    left = lin.locator("#composer [data-left]")
    expect(left).to_contain_text("26")
    on.write(lin, "字" * 6900)
    expect(left).to_contain_text("-74")
