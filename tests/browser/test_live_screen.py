"""What an event's page shows: comments that fly and never meet, a list that steals no scroll, a composer that keeps
what was typed, a replay in which they come back. What the wire would bring is dispatched as its events."""

import time

import pytest

from tests.browser import stage as on
from tests.browser.screen import (
    AT_END,
    FEED,
    FLYING,
    MEETINGS,
    OWN_FLYING,
    RESTS,
    RISEN,
    SEEN_AT,
    SETTLED,
    UNDER_WAY,
    WHERE,
    an_event,
    feed,
    fly,
    moving,
    replayed,
    rows,
    seek,
)
from tests.browser.test_removed import number_of, rows_of
from tests.live import PHONE

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api").expect
TELL_MS = 3000


@pytest.fixture
def stage(browser, open_page, live_server):
    on._forget_rates(live_server)
    return on.Stage(browser, open_page, live_server, owner="owner")


# ---- the screen ---------------------------------------------------------------------------------------------


def test_what_flies_never_meets_whatever_comes_and_however_fast(stage):
    an_event(stage)
    lin = moving(stage.page("lin", size=PHONE))
    lin.evaluate("Object.assign(quanzi.live.settings, { density: 80, area: 1, speed: 1.5 }); quanzi.live.sky.apply()")
    words = ["好", "最后两公里了", "一句很长的话" * 7, "look at that kick", "加油"]
    lin.evaluate(f"void (window.feedOne = {FEED})")
    lin.evaluate("""words => {
      let turn = 0;
      const mode = () => turn % 7 === 0 ? 1 : turn % 9 === 0 ? 2 : 0;
      const feed = () => feedOne([1, { text: words[turn % 5], data: { mode: String(mode()) } }]);
      setInterval(() => { turn += 1; feed(); }, 90);
    }""", words)  # fmt: skip
    found = lin.evaluate(MEETINGS, [5000, 10])
    assert found["most"] > 10
    assert found["met"] == []


def test_faster_ones_of_a_setting_changed_meanwhile_catch_up_with_nobody(stage):
    an_event(stage)
    lin = moving(stage.page("lin", size=PHONE))
    lin.evaluate("Object.assign(quanzi.live.settings, { speed: 0.7, area: 1 }); quanzi.live.sky.apply()")
    feed(lin, 12)
    lin.wait_for_timeout(700)
    lin.evaluate("quanzi.live.settings.speed = 1.5")
    lin.evaluate(f"window.feeding = setInterval(() => ({FEED})([1, {{ text: '快快快', data: {{}} }}]), 150)")
    found = lin.evaluate(MEETINGS, [3500, 5])
    assert found["most"] > 5
    assert found["met"] == []


def test_a_picture_that_pauses_lets_the_comments_stand_and_seeking_takes_them_away(stage):
    an_event(stage)
    lin = moving(stage.page("lin"))
    lin.evaluate("""() => {
      const video = Object.assign(document.createElement('video'), { id: 'screen' });
      Object.defineProperty(video, 'readyState', { value: 4 });
      document.getElementById('stage').append(video);
      document.dispatchEvent(new CustomEvent('htmx:load', { detail: { elt: video } }));
    }""")
    feed(lin, 5)
    on.until_it_says(lin, UNDER_WAY, 5)
    lin.evaluate("document.getElementById('screen').dispatchEvent(new Event('pause'))")
    lin.evaluate(SETTLED)
    stood = lin.evaluate(WHERE)
    lin.wait_for_timeout(200)
    assert lin.evaluate(WHERE) == stood
    lin.evaluate("document.getElementById('screen').dispatchEvent(new Event('playing'))")
    on.until_it_says(lin, f"stood => ({WHERE})().every((now, turn) => now < stood[turn])", stood)
    lin.evaluate("Object.defineProperty(document.getElementById('screen'), 'paused', { value: false })")
    lin.evaluate("document.getElementById('screen').dispatchEvent(new Event('seeking'))")
    assert lin.evaluate(FLYING) == 0


def test_comments_fly_over_a_stage_that_comes_anew(stage):
    an_event(stage)
    lin = moving(stage.page("lin"))
    feed(lin, 2)
    fly(lin, 2)
    lin.evaluate("""() => {
      const old = document.getElementById('stage');
      const element = old.cloneNode(true);
      element.querySelector('#sky').replaceChildren();
      element.querySelector('#sky').removeAttribute('style');
      document.dispatchEvent(new CustomEvent('wire:row', { detail: { channel: 'live-1', element }, cancelable: true }));
      old.replaceWith(element);
    }""")
    moving(lin)
    assert lin.evaluate(FLYING) == 0
    feed(lin, 3)
    fly(lin, 3)
    expect(lin.locator("#sky-tools")).to_be_visible()


def test_who_wants_less_motion_has_them_in_the_list_alone_and_is_told_so(stage):
    an_event(stage)
    lin = stage.page("lin")
    feed(lin, 3)
    expect(rows(lin)).to_have_count(3)
    assert lin.evaluate(FLYING) == 0
    lin.click("#sky-how")
    expect(lin.locator("#sky-still")).to_be_visible()
    lin.keyboard.press("Escape")
    expect(lin.locator("#sky-settings")).to_be_hidden()


def test_the_settings_are_reached_by_keyboard_and_outlive_a_reload(stage):
    an_event(stage)
    lin = moving(stage.page("lin"))
    lin.focus("#sky-how")
    lin.keyboard.press("Enter")
    lin.focus("#sky-form [name=area]:checked")
    lin.keyboard.press("ArrowRight")
    lin.focus("#sky-form [name=opacity]")
    lin.keyboard.press("ArrowLeft")
    lin.keyboard.press("Escape")
    expect(lin.locator("#sky-how")).to_be_focused()
    lin.click("#sky-on")
    feed(lin, 3)
    expect(rows(lin)).to_have_count(3)
    assert lin.evaluate(FLYING) == 0
    lin.reload()
    kept = lin.evaluate("quanzi.live.settings")
    assert (kept["on"], kept["area"], kept["opacity"]) == (False, 1, 90)
    expect(lin.locator("#sky-on")).to_have_attribute("aria-pressed", "false")


def test_on_a_full_screen_one_is_told_that_ones_own_is_in_the_list_only(stage):
    an_event(stage)
    lin = moving(stage.page("lin", size=PHONE))
    lin.evaluate("Object.assign(quanzi.live.settings, { density: 80, area: 0.25 }); quanzi.live.sky.apply()")
    feed(lin, 12, text="一句占满整条的很长很长很长很长很长很长很长的话")
    expect(rows(lin)).to_have_count(12)
    lin.evaluate("quanzi.live.sky.enter(); quanzi.live.sky.pause(true)")
    feed(lin, 1, text="我的", by=number_of(stage, "lin"))
    expect(lin.locator("#composer-note")).not_to_be_empty()
    expect(rows(lin).last).to_contain_text("我的")
    assert lin.evaluate(OWN_FLYING) == 0


def test_people_and_words_one_avoids_are_neither_on_the_screen_nor_in_the_list(stage):
    an_event(stage)
    lin = moving(stage.page("lin"))
    lin.evaluate("Object.assign(quanzi.live.root.dataset, { avoided: '77 78', words: 'Spoiler\\n剧透' })")
    feed(lin, text="来自别人", by=77)
    feed(lin, text="小心 SPOILER 来了")
    feed(lin, text="有剧透")
    feed(lin, text="好的那句", by=7)
    expect(rows(lin)).to_have_count(1)
    feed(lin, text="后来不想看的", by=79)
    expect(rows(lin)).to_have_count(2)
    lin.evaluate("htmx.trigger(document.body, 'avoid', { member: 79, on: true })")
    expect(rows(lin)).to_have_count(1)
    fly(lin, 1)


# ---- the list -----------------------------------------------------------------------------------------------


def test_reading_back_stays_where_it_is_and_a_bar_counts_what_came(stage):
    an_event(stage, comments=40)
    lin = stage.page("lin", size=PHONE)
    assert lin.evaluate(AT_END)
    lin.locator("#live-list").hover()
    lin.mouse.wheel(0, -400)
    on.until(lin, lambda: not lin.evaluate(AT_END))
    lin.locator("#live-list").evaluate(RESTS)
    read = rows(lin).nth(25)
    before = read.evaluate(SEEN_AT)
    feed(lin, 12)
    expect(lin.locator("#list-news")).to_contain_text("12")
    assert read.evaluate(SEEN_AT) == before
    lin.click("#list-news")
    expect(lin.locator("#list-news")).to_be_hidden()
    assert lin.evaluate(AT_END)
    feed(lin, 2)
    expect(rows(lin)).to_have_count(54)
    on.until_it_says(lin, AT_END)


def test_a_storm_leaves_three_hundred_rows_and_the_newest_at_the_end(stage):
    an_event(stage)
    lin = stage.page("lin")
    for _ in range(5):
        feed(lin, 200)
        lin.wait_for_timeout(120)
    feed(lin, 1, text="最后一句")
    expect(rows(lin).last).to_contain_text("最后一句")
    assert rows(lin).count() <= 300
    assert lin.evaluate(AT_END)


def test_older_ones_come_on_the_way_up_without_a_jump(stage):
    an_event(stage, comments=120)
    lin = stage.page("lin", size=PHONE)
    shown = rows(lin).count()
    assert shown < 120
    first = rows(lin).first.get_attribute("id")
    lin.locator("#live-list").hover()
    lin.evaluate("document.getElementById('live-list').scrollTop = 30")
    before = lin.locator(f"#{first}").evaluate(SEEN_AT)
    on.until(lin, lambda: rows(lin).count() > shown)
    assert abs(lin.locator(f"#{first}").evaluate(SEEN_AT) - before) < 2
    while (shown := rows(lin).count()) < 120:
        lin.evaluate("document.getElementById('live-list').scrollTop = 0")
        on.until(lin, lambda: rows(lin).count() > shown)
    expect(rows(lin).first).to_contain_text("第 0 句")


def test_a_list_that_is_held_stands_still_and_says_nothing_until_it_is_let_go(stage):
    an_event(stage)
    lin = stage.page("lin")
    lin.clock.install()
    feed(lin, 1)
    expect(rows(lin)).to_have_count(1)
    lin.clock.run_for(TELL_MS)
    expect(lin.locator("#list-said")).not_to_be_empty()
    said = lin.locator("#list-said").inner_text()
    lin.click("#list-pause")
    feed(lin, 4)
    expect(lin.locator("#list-news")).to_contain_text("4")
    lin.clock.run_for(TELL_MS)
    assert rows(lin).count() == 1
    assert lin.locator("#list-said").inner_text() == said
    lin.click("#list-pause")
    expect(rows(lin)).to_have_count(5)
    expect(lin.locator("#list-news")).to_be_hidden()


def test_what_is_taken_away_leaves_the_list_and_the_screen(stage):
    an_event(stage)
    lin = moving(stage.page("lin"))
    feed(lin, number=41)
    feed(lin, number=42)
    expect(rows(lin)).to_have_count(2)
    fly(lin, 2)
    lin.evaluate("quanzi.live.sky.pause(true)")
    lin.evaluate("document.dispatchEvent(new CustomEvent('wire:gone', { detail: { ids: ['lc-41'] } }))")
    expect(rows(lin)).to_have_count(1)
    assert lin.evaluate(FLYING) == 1


def test_a_row_opens_its_menu_by_a_tap_and_by_the_keyboard_which_comes_back_to_it(stage):
    an_event(stage, comments=3)
    lin = stage.page("lin")
    rows(lin).last.click()
    expect(lin.locator("#row-menu-items a, #row-menu-items button").first).to_be_visible()
    lin.keyboard.press("Escape")
    expect(rows(lin).last).to_be_focused()
    lin.keyboard.press("ArrowUp")
    lin.keyboard.press("Enter")
    expect(lin.locator("#row-menu-said")).to_contain_text("第 1 句")


# ---- writing ------------------------------------------------------------------------------------------------


def test_enter_sends_once_and_the_cursor_stays(stage):
    an_event(stage)
    lin = moving(stage.page("lin"))
    field = lin.locator("#bullet-body")
    field.fill("说一句只说一次的话")
    field.press("Enter")
    expect(rows(lin)).to_have_count(1)
    expect(rows(lin)).to_have_class("bullet is-mine")
    expect(field).to_have_value("")
    expect(field).to_be_focused()
    on.until(lin, lambda: lin.evaluate(OWN_FLYING) == 1)
    number = rows(lin).get_attribute("id").removeprefix("lc-")
    feed(lin, text="说一句只说一次的话", number=number, by=number_of(stage, "lin"))
    expect(rows(lin)).to_have_count(1)


def test_enter_that_ends_a_composition_sends_nothing(stage):
    an_event(stage)
    lin = stage.page("lin")
    lin.fill("#bullet-body", "pao")
    asked = lin.evaluate("""() => {
      const how = { key: 'Enter', keyCode: 229, isComposing: true, bubbles: true, cancelable: true };
      const field = document.getElementById('bullet-body');
      let asked = 0;
      field.form.addEventListener('submit', () => { asked += 1; });
      field.dispatchEvent(new KeyboardEvent('keydown', how));
      return asked;
    }""")
    assert asked == 0
    expect(lin.locator("#bullet-body")).to_have_value("pao")


def test_slow_mode_counts_down_on_the_button_and_keeps_what_is_typed(stage):
    an_event(stage, slow_seconds=30)
    lin = stage.page("lin")
    lin.clock.install()
    lin.fill("#bullet-body", "慢慢来第一句")
    lin.press("#bullet-body", "Enter")
    expect(rows(lin)).to_have_count(1)
    send = lin.locator("#live-composer [type=submit]")
    expect(send).to_have_attribute("aria-disabled", "true")
    lin.fill("#bullet-body", "慢慢来第二句")
    lin.press("#bullet-body", "Enter")
    expect(lin.locator("#bullet-body")).to_have_value("慢慢来第二句")
    with rows_of(stage) as database:
        database.execute("UPDATE live_comment SET at = at - 31000 WHERE event_id = ?", (stage.url.rpartition("/")[2],))
    lin.clock.run_for(31_000)
    expect(send).not_to_have_attribute("aria-disabled", "true")
    lin.press("#bullet-body", "Enter")
    expect(rows(lin)).to_have_count(2)


def test_without_a_connection_and_over_a_reload_what_was_typed_stays(stage):
    an_event(stage)
    lin = stage.page("lin")
    lin.select_option("#live-composer [name=mode]", "top")
    lin.fill("#bullet-body", "断网时写的一句")
    lin.context.set_offline(True)
    lin.press("#bullet-body", "Enter")
    expect(lin.locator(".toast.is-error")).to_be_visible()
    expect(lin.locator("#bullet-body")).to_have_value("断网时写的一句")
    lin.context.set_offline(False)
    lin.reload()
    expect(lin.locator("#bullet-body")).to_have_value("断网时写的一句")
    expect(lin.locator("#live-composer [name=mode]")).to_have_value("top")
    lin.complaints.clear()


def test_taps_are_gathered_into_one_request(stage):
    an_event(stage)
    lin = moving(stage.page("lin"))
    sent = []
    lin.on("request", lambda request: sent.append(request.post_data) if request.method == "POST" else None)
    lin.clock.install()
    lin.clock.pause_at(time.time() + 3600)
    lin.evaluate(RISEN)
    for _ in range(3):
        lin.click("#react-heart")
    assert lin.evaluate("risen") == 3 and sent == []
    with lin.expect_request(lambda request: request.method == "POST"):
        lin.clock.run_for(1200)
    assert sent == ["kind=heart&n=3"]


# ---- afterwards ---------------------------------------------------------------------------------------------


def test_in_a_replay_comments_come_back_at_their_times_and_the_list_leads_to_moments(stage):
    an_event(stage, comments=90, state="over")
    lin = replayed(stage)
    expect(rows(lin)).to_have_count(1)
    expect(rows(lin).first).to_contain_text("第 0 句")
    seek(lin, 299_000)
    expect(rows(lin).last).to_contain_text("第 49 句")
    seek(lin, 305_000)
    expect(rows(lin).last).to_contain_text("第 50 句")
    lin.clock.run_for(1000)
    expect(rows(lin).last).to_contain_text("第 51 句")
    fly(lin, 1)
    lin.locator("#live-comments .bullet", has_text="第 40 句").locator(".bullet-time").click()
    expect(rows(lin).last).to_contain_text("第 40 句")
    expect(lin.locator("#list-back")).to_be_visible()
    lin.click("#list-back")
    expect(rows(lin).last).to_contain_text("第 51 句")
    expect(lin.locator("#list-back")).to_be_hidden()


def test_in_a_replay_nothing_is_lost_when_the_next_minute_comes_late(stage):
    an_event(stage, comments=90, state="over")
    lin, held = replayed(stage), []
    lin.route("**/replay?from=300000&*", lambda route: held.append(route))
    seek(lin, 299_000)
    expect(rows(lin).last).to_contain_text("第 49 句")
    lin.clock.run_for(1000)
    assert len(held) == 1
    held[0].continue_()
    lin.clock.resume()
    expect(rows(lin).filter(has_text="第 50 句")).to_have_count(1)
