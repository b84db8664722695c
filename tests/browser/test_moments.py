"""Showing a moment in a real browser: who sees it is said before and after, and nothing typed is lost."""

import pytest

from tests import films
from tests.browser import stage as on
from tests.browser.test_axe import LOOKS, faults
from tests.live import PHONE

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api").expect


def test_the_composer_says_who_sees_it_and_keeps_the_choice_for_the_next_one(open_page):
    page = open_page("/feed", as_="ning")
    for body in ("第一条", "第二条"):
        page.fill("#composer-body", body)
        if body == "第一条":
            page.click("#moment-audience summary")
            page.check("#for-me")
            page.click("#moment-audience summary")
        shown = page.locator("#moment-audience summary > span:visible")
        assert shown.count() == 1 and shown.get_attribute("class") == "for-me"
        page.click("#composer .primary")
        row = page.locator("#moment-list .moment", has_text=body)
        row.wait_for()
        assert row.locator(".moment-for").count() == 1
        expect(page.locator("#composer-body")).to_have_value("")
    assert page.input_value("#for-friends") == "friends"


def test_a_reply_is_put_aside_without_sending_and_its_words_come_back(open_page):
    page = open_page("/feed", as_="ning", size=PHONE)
    page.fill("#composer-body", "自言自语")
    page.click("#composer .primary")
    row = page.locator("#moment-list .moment", has_text="自言自语")
    row.locator("[id$='-write']").click()
    row.locator(".answer textarea").fill("好")
    row.locator(".answer .primary").click()
    reply = row.locator(".comment [id$='-reply']")
    reply.click()
    row.locator(".answer textarea").fill("写到一半")
    page.keyboard.press("Escape")
    row.locator(".answer form").wait_for(state="detached")
    assert reply.evaluate("each => each === document.activeElement")
    reply.click()
    row.locator(".answer form").wait_for()
    assert row.locator(".answer textarea").input_value() == "写到一半"
    row.locator(".answer [name=cancel]").click()
    row.locator(".answer form").wait_for(state="detached")
    assert row.locator(".comment").count() == 1

    page.goto(f"{reply.get_attribute('href').split('/comments')[0]}#answer")
    assert page.locator("#answer [name=cancel]").is_hidden(), "the box that always stands there"


def test_a_film_is_sent_and_shown_once_it_is_ready(open_page, live_server, tmp_path):
    """One that is too long is refused before it is sent; another one can be chosen then. What is typed stays."""
    long, short = tmp_path / "long.mp4", tmp_path / "short.mp4"
    long.write_bytes(films.mp4(64))
    short.write_bytes(films.mp4(2))
    page = open_page("/feed/write", as_="ning")
    page.fill("#composer-body", "看这个")
    page.set_input_files("#film-file", long)
    page.click("#film-form [type=submit]")
    page.locator("#film-error:visible").wait_for()
    page.set_input_files("#film-file", short)
    with page.expect_navigation():
        page.click("#film-form [type=submit]")
    page.locator("#composer [name=video]").wait_for(state="attached")
    assert page.input_value("#composer-body") == "看这个"
    page.click("#composer .primary")
    row = page.locator("#moment-list .moment", has_text="看这个")
    row.wait_for()
    assert row.locator("video").count() == 0
    live_server.flask("run-jobs")
    row.locator("video[poster]").wait_for()


def test_what_pictures_show_is_said_where_they_are_chosen_and_where_they_are_changed(open_page):
    page = open_page("/feed", as_="ning", size=PHONE)
    page.fill("#composer-body", "三张")
    page.set_input_files("#composer [name=media]", [on.picture(f"{number}.png") for number in range(3)])
    words = page.locator("#composer .picked .input")
    assert not words.first.is_visible()
    page.click("#composer .picked-says summary")
    words.nth(2).fill("第三张")
    page.locator("#composer .picked button").first.click()
    assert words.nth(1).input_value() == "第三张", "what was said goes with its picture"
    page.click("#composer .primary")
    row = page.locator("#moment-list .moment", has_text="三张").first
    assert row.locator(".media img").last.get_attribute("alt") == "第三张"
    address = row.locator(".byline-meta a").first.get_attribute("href")

    page.goto(f"{address}/edit")
    page.set_input_files("#moment-editor [name=media]", [on.picture(f"{number}.png") for number in range(8)])
    page.click("#moment-editor .picked-says summary")
    page.locator("#moment-editor [name=alt]").first.fill("又一张")
    page.click("#moment-editor .primary")
    page.locator("#moment-media-error").wait_for()
    page.complaints.clear()
    assert page.locator("#moment-editor").count() == 1
    assert page.locator("#moment-editor [name=alt]").first.input_value() == "又一张", "nothing is lost"
    page.locator("#moment-editor [name=drop]").first.check()
    page.click("#moment-editor .primary")
    page.wait_for_url(f"**{address}")
    shown = page.locator(".moment .media img")
    said = [shown.nth(place).get_attribute("alt") for place in range(9)]
    assert shown.count() == 9 and said[:2] == ["第三张", "又一张"]


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_where_moments_are_written(browser, open_page, live_server, look):
    on.build(browser, open_page, live_server)
    page = open_page("/feed", as_="lin")
    page.fill("#composer-body", "一句话")
    page.set_input_files("#composer [name=media]", [on.picture()])
    page.click("#composer .primary")
    page.locator("#moment-list .moment img").first.wait_for(state="attached")
    moment = page.locator("#moment-list .moment .byline-meta a").first.get_attribute("href")
    pages = ["/feed/write", moment, f"{moment}/edit", f"{moment}/audience", "/feed/old"]
    assert not faults(browser, live_server, "lin", look, pages, all_there=True)
