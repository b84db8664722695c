"""Taking part in an event in a browser: a poll that appears while one watches, and questions that others want too."""

import time

import pytest

from tests.browser import stage as on
from tests.live import PHONE

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api").expect
PACE = 1.1
"""Here no worker tells what waits for its second, so votes come further apart than that."""


@pytest.fixture
def stage(browser, open_page, live_server):
    return on.build(browser, open_page, live_server)


@pytest.fixture
def event(stage) -> str:
    """Address of an event that runs."""
    soon = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() + 86400))
    slug = stage.url.rpartition("/")[2]
    address = stage.send(
        "che", "/live/", circle=slug, title="夜跑之夜", starts_at=soon, ends_at="", about="", visibility="public",
        password="", stage="none", source="",
    )  # fmt: skip
    stage.send("che", f"{address}/begin")
    return address


def option(page, text):
    return page.locator("#live-poll .vote-option", has_text=text)


def test_a_poll_appears_while_one_watches_and_one_s_own_vote_stays_marked(stage, event):
    lin = stage.open_page(event, as_="lin", size=PHONE)
    che = stage.open_page(event, as_="che")
    expect(lin.locator("#live-poll")).to_be_hidden()
    che.click("#live-ask > summary")
    che.fill("#poll-question", "往哪边跑？")
    che.fill("#live-poll-form [name=option] >> nth=0", "滨江")
    che.fill("#live-poll-form [name=option] >> nth=1", "公园")
    che.click("#live-poll-form [type=submit]")
    expect(che.locator("#poll-question")).to_have_value("")
    for page in (lin, che):
        expect(page.locator("#live-poll h2")).to_have_text("往哪边跑？")
    expect(lin.locator("#poll-close")).to_be_hidden()
    time.sleep(PACE)
    option(lin, "滨江").get_by_role("button").click()
    expect(option(lin, "滨江").locator(".vote-mine")).to_be_visible()
    expect(lin.locator("#live-poll button:visible")).to_have_count(0)
    expect(option(che, "滨江")).to_contain_text("100%")
    time.sleep(PACE)
    option(che, "公园").get_by_role("button").click()
    expect(option(lin, "公园")).to_contain_text("50%")
    expect(option(lin, "滨江").locator(".vote-mine")).to_be_visible()
    che.click("#poll-close")
    expect(lin.locator("#live-poll button")).to_have_count(0)


def test_without_a_script_one_votes_and_asks_too(stage, event):
    stage.send("che", f"{event}/polls", question="几点？", option=["七点", "八点"])
    lin = stage.open_page(event, as_="lin", javascript=False)
    option(lin, "八点").get_by_role("button").click()
    expect(option(lin, "八点").locator(".vote-mine")).to_be_visible()
    lin.fill("#live-question", "下雨呢？")
    lin.press("#live-question", "Enter")
    expect(lin.locator(".question.is-own .question-text")).to_have_text("下雨呢？")


def test_questions_that_others_want_too_come_first(stage, event):
    for text in ("跑多远？", "有水吗？"):
        stage.send("lin", f"{event}/questions", body=text)
    may = stage.open_page(event, as_="may")
    che = stage.open_page(event, as_="che", size=PHONE)
    lin = stage.open_page(event, as_="lin")
    may.mouse.move(0, 0)
    row = che.locator(".question", has_text="有水吗？")
    row.locator(".question-votes button").click()
    expect(row.locator(".question-votes button")).to_have_attribute("aria-pressed", "true")
    expect(may.locator(".question").first).to_contain_text("有水吗？")
    expect(lin.locator(".question").first.locator(".question-votes .num")).to_have_text("1")
    expect(may.locator(".question").first.locator(".question-votes button")).to_have_attribute("aria-pressed", "false")
    time.sleep(PACE)
    may.locator(".question", has_text="有水吗？").locator(".question-votes button").click()
    expect(row.locator(".question-votes .num")).to_have_text("2")
    expect(row.locator(".question-votes button")).to_have_attribute("aria-pressed", "true")
    lin.locator(".question", has_text="跑多远？").locator(".for-author button").click()
    expect(may.locator(".question")).to_have_count(1)
