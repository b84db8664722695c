"""How an event's comments are run: every switch holds at once, shows on every open page, and stands in the log."""

import re

import pytest

from blueprints.live import guests, hosting, rows_room, scheduling, streams
from blueprints.live.halls import hall
from core import stream_log
from core.errors import Conflict, Denied, Invalid, Refusal
from core.limits import LIMITS
from core.stream_log import Row
from models import LiveAct, LiveWord
from tests.blueprints.live_stories import an_event, bodies, row_of, say, told


@pytest.fixture
def event(cast) -> int:
    """che's event in 夜跑, for everybody; it runs. may looks after the circle, lin is in it, ning is not."""
    number = an_event(cast.che.actor, cast.running.id)
    scheduling.begin(cast.che.actor, number)
    return number


def refused(act) -> str:
    with pytest.raises(Refusal) as refusal:
        act()
    return refusal.value.code


def acts(event: int) -> list[tuple[str, str]]:
    rows = LiveAct.select(LiveAct.action, LiveAct.detail).where(LiveAct.event == event).order_by(LiveAct.id)
    return [row for row in rows.tuples() if row[0] not in ("announce", "begin", "appoint")]


def room_of(app, event: int) -> str:
    """What open pages get of it now."""
    at = stream_log.position(f"live-{event}")
    with app.test_request_context():
        return streams._frames(streams.LIVE)(event, [Row(at, "room", 0, 0)])[at].html


# ---- switches -----------------------------------------------------------------------------------------------

HELD_TO = {
    "members": (lambda cast, event: say(cast.ning.actor, event), "live_members_only"),
    "emoji": (lambda cast, event: say(cast.lin.actor, event, "你好"), "live_emoji_only"),
}


@pytest.mark.parametrize("name", HELD_TO)
def test_a_switch_holds_at_once_and_until_it_is_turned_back(cast, event, name):
    act, code = HELD_TO[name]
    assert hosting.switch(cast.may.actor, event, **{name: 1}) is True
    assert refused(lambda: act(cast, event)) == code
    assert hosting.switch(cast.may.actor, event, **{name: 0}) is True
    assert act(cast, event)
    assert acts(event) == [(name, "1"), (name, "0")]


def test_slow_mode_makes_everybody_wait_but_those_who_run_the_event(cast, event):
    hosting.switch(cast.may.actor, event, slow=30)
    say(cast.lin.actor, event, "一")
    assert refused(lambda: say(cast.lin.actor, event, "二")) == "live_slow"
    for body in ("三", "四"):
        say(cast.may.actor, event, body)


def test_without_repeats_the_same_is_not_taken_twice(cast, event):
    say(cast.lin.actor, event, "加油")
    say(cast.lin.actor, event, "加油")
    hosting.switch(cast.may.actor, event, repeats=0)
    assert refused(lambda: say(cast.lin.actor, event, "加 油")) == "live_repeated"


def test_turning_on_what_is_on_changes_nothing_and_tells_nobody(cast, event):
    hosting.switch(cast.may.actor, event, slow=5)
    before = told(f"live-{event}")
    assert hosting.switch(cast.che.actor, event, slow=5) is False
    assert told(f"live-{event}") == before and acts(event) == [("slow", "5")]


def test_members_only_is_for_events_of_a_circle(cast):
    event = an_event(cast.owner.actor)
    with pytest.raises(Invalid) as refusal:
        hosting.switch(cast.owner.actor, event, members=1)
    assert refusal.value.code == "live_no_circle" and not row_of(event).members_only


@pytest.mark.parametrize(
    "values", [{"slow": -1}, {"slow": LIMITS["live_slow_seconds"] + 1}, {"hold": 10**6}, {"emoji": 2}, {"gravity": 0}]
)
def test_values_beyond_the_limit_are_refused(cast, event, values):
    with pytest.raises(Invalid):
        hosting.switch(cast.may.actor, event, **values)
    assert acts(event) == []


def test_of_two_switches_with_one_wrong_none_is_set(cast, event):
    with pytest.raises(Invalid):
        hosting.switch(cast.may.actor, event, slow=7, hold=-1)
    assert row_of(event).slow_seconds == 0


def test_closed_comments_are_open_to_those_who_run_the_event_alone(cast, event):
    assert hosting.close_comments(cast.may.actor, event, True) is True
    assert hosting.close_comments(cast.che.actor, event, True) is False
    assert refused(lambda: say(cast.lin.actor, event)) == "live_closed"
    say(cast.may.actor, event, "稍等")
    hosting.close_comments(cast.may.actor, event, False)
    say(cast.lin.actor, event, "好")
    assert bodies(cast.ning.actor, event) == ["稍等", "好"]
    assert [name for name, _ in acts(event)] == ["close", "reopen"]


@pytest.mark.parametrize("who", ["lin", "ning", "staff", "owner"])
def test_who_does_not_run_the_event_sets_nothing(cast, event, who):
    actor = cast[who].actor
    for act in (
        lambda: hosting.switch(actor, event, slow=5), lambda: hosting.close_comments(actor, event, True),
        lambda: hosting.pin(actor, event, "x"), lambda: hosting.keep_out(actor, event, "x"),
        lambda: hosting.let_in(actor, event, 1),
    ):  # fmt: skip
        with pytest.raises(Denied):
            act()
    assert told(f"live-{event}").count(("room", 0)) == told(f"live-{event}").count(("state", 1))


def test_what_is_over_is_run_no_more(cast, event):
    hosting.end(cast.che.actor, event)
    for act in (
        lambda: hosting.switch(cast.che.actor, event, slow=5), lambda: hosting.pin(cast.che.actor, event, "x"),
        lambda: hosting.keep_out(cast.che.actor, event, "x"),
    ):  # fmt: skip
        with pytest.raises(Conflict):
            act()


def test_a_host_ends_the_event_and_a_moderator_cannot(cast, event):
    with pytest.raises(Denied):
        hosting.end(cast.may.actor, event)
    guests.appoint(cast.che.actor, event, cast.may.id, "host")
    assert hosting.end(cast.may.actor, event) is True and hosting.end(cast.che.actor, event) is False
    assert refused(lambda: say(cast.lin.actor, event)) == "live_over"


# ---- what open pages get ------------------------------------------------------------------------------------


def test_every_open_page_is_told_what_holds_in_words_and_numbers(app, cast, event):
    hosting.switch(cast.may.actor, event, slow=30, members=1)
    hosting.close_comments(cast.may.actor, event, True)
    assert told(f"live-{event}")[-2:] == [("room", 0)] * 2
    html = room_of(app, event)
    tag = re.match(r"\s*<div [^>]*>", html)[0]
    assert 'id="live-room"' in tag and 'data-slow="30"' in tag
    assert "data-closed" in tag and "data-members" in tag and "data-emoji" not in tag
    assert len(re.findall("<li>", html)) == 3


def test_what_goes_over_the_wire_is_nobodys_own(app, cast, event):
    hosting.switch(cast.may.actor, event, slow=30, hold=5)
    say(cast.lin.actor, event, "等")
    with app.test_request_context():
        made = [
            *streams._frames(streams.BACKSTAGE)(event, stream_log.rows(f"backstage-{event}", 0)).values(),
            *streams._frames(streams.LIVE)(event, stream_log.rows(f"live-{event}", 0)).values(),
        ]
    sent = "".join(frame.html for frame in made)
    assert "live-switches" in sent and "live-room" in sent and 'id="held-' in sent
    assert "csrf" not in sent and "<form" not in sent


def test_an_announcement_stands_over_the_comments_safely_and_with_its_links(app, cast, event):
    hosting.pin(cast.may.actor, event, "  报名：https://a.example/跑 <script>x</script> ")
    html = room_of(app, event)
    assert '<a href="https://a.example/跑"' in html and "&lt;script&gt;" in html and "<script" not in html
    assert hosting.pin(cast.may.actor, event, "报名：https://a.example/跑 <script>x</script>") is False
    hosting.pin(cast.che.actor, event, "改在八点")
    assert "改在八点" in room_of(app, event) and "a.example" not in room_of(app, event)
    hosting.pin(cast.che.actor, event, " ")
    assert "live-pinned" not in room_of(app, event) and row_of(event).announced_at is None
    assert [name for name, _ in acts(event)] == ["pin", "pin", "unpin"]


def test_an_announcement_has_an_end(cast, event):
    hosting.pin(cast.may.actor, event, "长" * LIMITS["live_announcement"])
    with pytest.raises(Invalid):
        hosting.pin(cast.may.actor, event, "长" * (LIMITS["live_announcement"] + 1))


# ---- words --------------------------------------------------------------------------------------------------


def test_words_that_are_kept_out_are_found_in_every_disguise(cast, event):
    assert hosting.keep_out(cast.may.actor, event, "廣告\n\n spam \n广告") == 2
    for body in ("看广告", "廣　告", "ＳＰＡＭ", "s.p.a.m"):
        assert refused(lambda body=body: say(cast.lin.actor, event, body)) == "live_word"
    say(cast.lin.actor, event, "spammer")
    say(cast.may.actor, event, "不要发广告")
    assert acts(event)[0][0] == "keep_out"
    other = an_event(cast.che.actor, cast.running.id)
    assert say(cast.lin.actor, other, "广告")


def test_a_word_may_be_said_again_once_it_is_off_the_list(cast, event):
    hosting.keep_out(cast.may.actor, event, "广告")
    word = LiveWord.get().id
    assert hosting.let_in(cast.che.actor, event, word) is True and hosting.let_in(cast.che.actor, event, word) is False
    say(cast.lin.actor, event, "广告")
    assert acts(event) == [("keep_out", "广告"), ("let_in", "广告")]


@pytest.mark.parametrize(
    ("words", "code"),
    [("", "needed"), ("\n \n", "needed"), ("!!!", "word_without_letters"), ("长" * 61, "too_long")],
)
def test_what_cannot_be_looked_for_is_refused(cast, event, words, code):
    assert refused(lambda: hosting.keep_out(cast.may.actor, event, words)) == code


def test_the_list_of_words_has_an_end(cast, event, monkeypatch):
    monkeypatch.setitem(LIMITS, "live_words", 3)
    hosting.keep_out(cast.may.actor, event, "一\n二\n三")
    assert hosting.keep_out(cast.may.actor, event, "一") == 0
    assert refused(lambda: hosting.keep_out(cast.may.actor, event, "四")) == "live_words_full"


def test_a_word_of_another_event_stays_where_it_is(cast, event):
    other = an_event(cast.che.actor, cast.running.id)
    hosting.keep_out(cast.che.actor, other, "广告")
    assert hosting.let_in(cast.che.actor, event, LiveWord.get().id) is False and LiveWord.select().count() == 1


# ---- over HTTP ----------------------------------------------------------------------------------------------


def test_the_page_holds_tools_for_those_who_run_the_event_and_for_nobody_else(cast, event, as_, client):
    assert 'id="live-tools"' in as_("may").get(f"/live/{event}").text
    for browser in (as_("lin"), as_("ning"), client):
        page = browser.get(f"/live/{event}").text
        assert 'id="live-room"' in page and "live-tools" not in page and f"backstage-{event}" not in page


def test_members_only_is_offered_in_circles_only(cast, event, as_):
    site = an_event(cast.owner.actor)
    assert 'id="switch-members"' in as_("che").get(f"/live/{event}").text
    page = as_("owner").get(f"/live/{site}").text
    assert 'id="switch-emoji"' in page and 'id="switch-members"' not in page


def test_a_switch_answers_with_the_switches_or_leads_back_without_javascript(cast, event, as_, post):
    browser = as_("may")
    answer = post(browser, f"/live/{event}/switches", {"slow": "5"}, htmx="live-switches")
    assert answer.status_code == 200 and re.search(r'aria-pressed="true"[^>]*>', answer.text)
    assert re.search(r'id="slow-5" aria-pressed="true"', answer.text) and "<html" not in answer.text
    sent_from = {"Referer": f"http://localhost/live/{event}"}
    plain = post(browser, f"/live/{event}/switches", {"closed": "1"}, headers=sent_from)
    assert plain.status_code == 303 and plain.location == f"/live/{event}"
    here = hall(cast.may.actor, event)
    assert here.slow_seconds == 5 and here.closed_at is not None


@pytest.mark.parametrize("data", [{}, {"slow": ""}, {"slow": "-1"}, {"slow": "9999999999999"}, {"title": "1"}])
def test_a_switch_that_makes_no_sense_is_refused(cast, event, as_, post, data):
    assert post(as_("may"), f"/live/{event}/switches", data).status_code == 422


def test_seconds_of_ones_own_choice_and_what_was_typed_when_they_are_not_taken(cast, event, as_, post):
    browser = as_("may")
    assert post(browser, f"/live/{event}/seconds", {"slow": "7", "hold": "3"}).status_code == 303
    assert (row_of(event).slow_seconds, row_of(event).hold_seconds) == (7, 3)
    wrong = post(browser, f"/live/{event}/seconds", {"slow": "8", "hold": "夜"}, htmx="live-switches")
    assert wrong.status_code == 422 and 'id="seconds-form"' in wrong.text and "<html" not in wrong.text
    assert 'value="夜"' in wrong.text and row_of(event).slow_seconds == 7
    page = post(browser, f"/live/{event}/seconds", {"slow": "8", "hold": "夜"})
    assert page.status_code == 422 and "<html" in page.text and 'value="夜"' in page.text
    assert 'aria-pressed="true"' in browser.get(f"/live/{event}/tools").text


def test_an_announcement_and_words_by_form_with_what_was_typed(cast, event, as_, post):
    browser, long = as_("may"), "长" * 201
    assert post(browser, f"/live/{event}/announcement", {"announcement": "八点"}, htmx="pin-form").status_code == 200
    assert "八点" in as_("lin").get(f"/live/{event}").text
    wrong = post(browser, f"/live/{event}/announcement", {"announcement": long}, htmx="pin-form")
    assert wrong.status_code == 422 and long in wrong.text and wrong.text.strip().startswith("<form")
    added = post(browser, f"/live/{event}/words", {"words": "广告"}, htmx="kept-out")
    assert added.status_code == 200 and "广告" in added.text and 'id="kept-out"' in added.text
    wrong = post(browser, f"/live/{event}/words", {"words": "!!!"}, htmx="kept-out")
    assert wrong.status_code == 422 and "!!!" in wrong.text and wrong.text.strip().startswith("<form")
    assert post(browser, f"/live/{event}/words/{LiveWord.get().id}/remove").status_code == 303
    assert LiveWord.select().count() == 0


def test_acts_of_one_moderator_have_a_rate(cast, event, as_, post, monkeypatch):
    from core.limits import RATES, Rate

    monkeypatch.setitem(RATES, "live.moderate", Rate(2, 60))
    browser = as_("may")
    answers = [post(browser, f"/live/{event}/switches", {"slow": str(n)}).status_code for n in (3, 5, 10)]
    assert answers == [303, 303, 429]


def test_what_the_rows_of_the_wire_show_is_what_the_page_shows(app, cast, event):
    hosting.switch(cast.may.actor, event, slow=3, emoji=1)
    with app.test_request_context():
        assert rows_room.room(rows_room.rules_of(hall(cast.may.actor, event))) == rows_room.rooms(event, [0])[0]
