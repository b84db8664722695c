"""The card about somebody, under a mouse, a finger and the keyboard; members looked for while typing; who is here."""

import itertools
import re
import time

import pytest

from tests.browser import stage as on
from tests.live import PHONE

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api").expect

_runs = itertools.count(1)
CARD = ".person-card .about-person-name"


@pytest.fixture
def stage(browser, open_page, live_server):
    return on.build(browser, open_page, live_server, "lin")


@pytest.fixture
def address(stage):
    """A post of its own words: the same ones twice would be taken for a repetition."""
    return stage.post_by("may", f"Seven o'clock, run {next(_runs)}?")


def test_a_card_comes_under_the_mouse_and_goes_with_it(open_page, stage, address):
    page = open_page(stage.url, as_="lin")
    page.clock.install()
    page.hover(".post .byline-name")
    expect(page.locator(CARD)).to_have_text("May Chen")
    expect(page.locator(".person-card")).to_contain_text(re.compile(r"\d 个共同的圈子"))
    page.hover(".person-card")
    page.clock.run_for(400)
    expect(page.locator(CARD)).to_be_visible()
    page.mouse.move(5, 5)
    expect(page.locator(".person-card")).to_have_count(0)


def test_a_mouse_that_only_passes_by_asks_nothing(open_page, stage, address):
    page, asked = open_page(stage.url, as_="lin"), []
    page.on("request", lambda request: asked.append(request.url) if "/card" in request.url else None)
    page.clock.install()
    page.reload()
    page.clock.pause_at(time.time() + 3600)  # however slow the machine, the mouse is quick
    page.hover(".post .byline-name")
    page.mouse.move(5, 5)
    page.clock.run_for(2000)
    assert asked == []
    page.hover(".post .byline-name")
    page.clock.run_for(2000)
    expect(page.locator(".person-card")).to_be_visible()


def test_a_click_follows_the_link_as_ever(open_page, stage, address):
    page = open_page(stage.url, as_="lin")
    page.click(".post .byline-name", position={"x": 5, "y": 8})
    page.wait_for_url("**/people/may")


def test_the_keyboard_sees_it_escape_closes_it_and_nothing_is_trapped(open_page, stage, address):
    page = open_page(stage.url, as_="lin")
    page.locator(".post .post-tools button").first.focus()
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('.post .byline-name')"):
            break
    expect(page.locator(CARD)).to_have_text("May Chen")
    name = page.locator(".post .byline-name").first
    expect(name).to_have_attribute("aria-describedby", "card")
    page.keyboard.press("Escape")
    expect(page.locator(".person-card")).to_have_count(0)
    expect(name).to_be_focused()
    page.keyboard.press("Tab")
    expect(name).not_to_be_focused()


def test_a_finger_gets_the_card_first_and_the_profile_then(open_page, stage, address):
    page = open_page(stage.url, as_="lin", size=PHONE, has_touch=True)
    face = page.locator(".post .face").first
    face.tap()
    expect(page.locator(CARD)).to_have_text("May Chen")
    assert page.url.endswith(stage.url)
    box = page.locator(".person-card").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]
    face.tap()
    page.wait_for_url("**/people/may")


def test_a_finger_on_the_name_follows_it_at_once(open_page, stage, address):
    page = open_page(stage.url, as_="lin", size=PHONE, has_touch=True)
    page.locator(".post .byline-name").first.tap(position={"x": 10, "y": 8})
    page.wait_for_url("**/people/may")


def test_without_scripts_a_face_leads_to_the_profile(open_page, stage, address):
    page = open_page(stage.url, as_="lin", javascript=False)
    page.click(".post .face")
    page.wait_for_url("**/people/may")


def test_members_are_found_while_their_name_is_typed(open_page, stage):
    page = open_page(f"{stage.url}/members", as_="may")
    page.locator("main input[type=search]").press_sequentially("ma", delay=40)
    expect(page.locator("#who .person")).to_have_count(1)
    expect(page.locator("#who .person")).to_contain_text("May Chen")
    page.wait_for_url("**/members?q=ma")
    plain = open_page(f"{stage.url}/members", as_="may", javascript=False)
    plain.fill("main input[type=search]", "ma")
    plain.press("main input[type=search]", "Enter")
    expect(plain.locator("#who .person")).to_have_count(1)


def test_an_owner_gives_a_role_and_a_flair_from_the_menu(open_page, stage):
    owner = open_page(f"{stage.url}/settings/flairs", as_="lin")
    owner.fill("#add-label [name=name]", "Pacer")
    owner.check("#add-label [name=hue][value='7']")
    owner.click("#add-label button[type=submit]")
    expect(owner.locator(".label [name=name]")).to_have_value("Pacer")
    owner.goto(f"{stage.url}/members")
    row = owner.locator(".person", has_text="May Chen")
    row.locator(".person-tools > .menu > summary").click()
    row.locator(".menu .menu > summary").click()
    row.get_by_text("Pacer").click()
    expect(row.locator(".flair")).to_have_text("Pacer")
    row.locator(".person-tools > .menu > summary").click()
    row.locator("button[name=role][value=moderator]").click()
    expect(row.locator(".tag")).to_have_count(1)


def test_a_flair_that_cannot_be_kept_says_so_beside_it(open_page, stage):
    owner = open_page(f"{stage.url}/settings/flairs", as_="lin")
    for name in ("One", "Two"):
        owner.fill("#add-label [name=name]", name)
        owner.click("#add-label button[type=submit]")
        expect(owner.locator(".label [name=name]").last).to_have_value(name)
    second = owner.locator(".label").last
    second.locator("[name=name]").fill("One")
    second.locator("button[type=submit]").first.click()
    expect(second.locator("[aria-invalid]")).to_have_value("One")
    expect(owner.locator(".label")).to_have_count(2)
    owner.complaints.clear()  # the browser counts an answer of 422 among its errors
    second.locator("[id$=-up]").click()
    expect(owner.locator(".label [name=name]").first).to_have_value("Two")


def test_who_reads_is_shown_to_the_others(open_page, stage):
    may, lin = open_page(stage.url, as_="may"), open_page(stage.url, as_="lin")
    for page in (may, lin):
        on.reload_with_stream(page)
    lin.reload()
    expect(lin.locator("#here-now")).to_contain_text("2")
    expect(lin.locator("#here-beside")).to_contain_text("May Chen")
