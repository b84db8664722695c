"""Tips as people meet them: a button beside what they like, a toast, a way back, thanks, and a list of what one got."""

import json
import re

import pytest

from blueprints.circles import posting
from blueprints.live import moderating, scheduling
from blueprints.live.streams import LIVE
from blueprints.people.apart import are_apart
from blueprints.wallet import tipping
from core import clock, ledger, notices, stream_log
from models import Block, LiveComment, Notice, Tip
from tests.blueprints.live_stories import an_event, say
from tests.blueprints.tip_stories import fill, has, moment_of, remark_of, tip


@pytest.fixture(autouse=True)
def filled(cast):
    fill(cast.ning.id, 5_000)
    yield
    assert ledger.prove() == []


@pytest.fixture
def number(cast) -> int:
    """A post by lin that everybody reads."""
    return cast.post_in(cast.running).id


def page_of(number: int) -> str:
    return f"/circles/night-run/posts/{number}"


def toast(answer) -> dict:
    return json.loads(answer.headers["HX-Trigger"])["toast"]


# ---- the tap ----------------------------------------------------------------------------------------------------


def test_a_tap_answers_with_the_button_and_a_toast_that_can_be_taken_back(as_, cast, post, number):
    ning = as_("ning")
    answer = post(ning, "/tips", {"tap": f"post:{number}"}, htmx=f"tip-post-{number}")
    given = Tip.get()
    assert f'id="tip-post-{number}"' in answer.text and '<span class="num">1</span>' in answer.text
    said = toast(answer)
    assert f"0.{given.amount:02}" in said["text"] and 0 < said["stay"] < tipping.UNDO_MS
    back = post(ning, said["undo"]["url"], htmx=True)
    assert 'hx-swap-oob="true"' in back.text and Tip.get().undone_at and has(cast.ning.id).whole == 5_000


def test_without_a_script_a_plain_form_leads_back_with_the_same_toast(as_, cast, post, number):
    ning = as_("ning")
    answer = post(ning, "/tips", {"tap": f"post:{number}"}, headers={"Referer": f"http://localhost{page_of(number)}"})
    assert answer.status_code == 303 and answer.location == page_of(number)
    page = ning.get(answer.location).text
    undo = re.search(r'toast-undo" type="submit" form="act" formaction="([^"]+)"', page)
    assert undo and f"0.{Tip.get().amount:02}" in page and '<div class="toast is-money"' in page
    assert post(ning, undo[1], headers={"Referer": f"http://localhost{page_of(number)}"}).status_code == 303
    assert has(cast.lin.id).whole == 0


def test_a_toast_on_the_next_page_stays_for_what_is_left_of_the_time_to_take_back(as_, cast, post, number):
    ning = as_("ning")
    sent = {"Referer": f"http://localhost{page_of(number)}"}
    post(ning, "/tips", {"tap": f"post:{number}"}, headers=sent)
    clock.shift(2000)
    left = re.search(r'class="toast is-money" data-stay="(\d+)"', ning.get(page_of(number)).text)
    assert left and 0 < int(left[1]) < tipping.UNDO_MS - 2000


def test_a_toast_that_comes_too_late_offers_nothing_and_whoever_is_late_reads_why(as_, cast, post, number):
    ning = as_("ning")
    sent = {"Referer": f"http://localhost{page_of(number)}"}
    post(ning, "/tips", {"tap": f"post:{number}"}, headers=sent)
    clock.shift(tipping.UNDO_MS)
    shown = ning.get(page_of(number)).text.partition('id="toasts"')[2].partition("<template")[0]
    assert '<div class="toast is-money">' in shown and "/undo" not in shown
    late = post(ning, f"/tips/{Tip.get().id}/undo", headers=sent)
    assert late.status_code == 409 and "五秒" in late.text
    assert f'href="{page_of(number)}"' in late.text, "the way back to where it was"


def test_a_repeated_request_offers_no_more_time_than_the_first(as_, cast, post, number):
    ning, sent = as_("ning"), {"kind": "post", "id": number, "key": "k", "amount": "0.25"}
    first = toast(post(ning, "/tips", sent, htmx=True))
    clock.shift(3000)
    assert toast(post(ning, "/tips", sent, htmx=True))["stay"] <= first["stay"] - 3000


def test_a_program_names_what_it_tips_and_its_key(as_, cast, post, number):
    ning, sent = as_("ning"), {"kind": "post", "id": number, "key": "k", "amount": "0.25", "note": "谢"}
    for _ in range(2):
        assert post(ning, "/tips", sent, htmx=True).status_code == 200
    assert post(ning, "/tips", sent | {"note": "另"}, htmx=True).status_code == 409
    assert [(row.amount, row.note) for row in Tip.select()] == [(25, "谢")]


@pytest.mark.parametrize("sent", [
    {}, {"tap": ""}, {"tap": "post"}, {"tap": "post:"}, {"tap": "post:x"}, {"tap": "post:-1"}, {"tap": "post:٣"},
    {"tap": "nothing:1"}, {"tap": "session:1"}, {"tap": f"post:{2**63}"}, {"tap": f"post:{'9' * 4000}"},
    {"kind": "member", "id": "1e3"},
])  # fmt: skip
def test_what_is_no_thing_is_not_there(as_, cast, post, sent):
    assert post(as_("ning"), "/tips", sent).status_code == 404
    assert not Tip.select().exists()


@pytest.mark.parametrize("amount", ["-1", "0", "1e9", "0.001", "99999999", "NaN", "1;2"])
def test_amounts_that_are_none_are_refused(as_, cast, post, number, amount):
    assert post(as_("ning"), "/tips", {"tap": f"post:{number}", "amount": amount}, htmx=True).status_code == 422
    assert not Tip.select().exists()


def test_a_post_from_another_site_tips_nothing(as_, cast, number):
    ning = as_("ning")
    assert ning.post("/tips", data={"tap": f"post:{number}"}).status_code == 400
    assert not Tip.select().exists()


# ---- where it stands -------------------------------------------------------------------------------------------


def test_the_button_stands_beneath_what_others_wrote_with_a_count_for_all_and_a_sum_for_the_author(
    as_, client, cast, number
):
    comment = cast.comment_in(cast.running).id
    page = as_("ning").get(page_of(number)).text
    assert f'id="tip-post-{number}-give"' in page and f'id="tip-comment-{comment}-give"' in page
    assert "tip-post" not in client.get(page_of(number)).text, "a visitor cannot tip, and nobody has"
    tip(cast.ning.actor, "post", number, amount=37)
    seen = client.get(page_of(number)).text
    assert f'id="tip-post-{number}"' in seen and "0.37" not in seen and "-give" not in seen
    assert "0.37" not in as_("may").get(page_of(number)).text
    mine = as_("lin").get(page_of(number)).text
    assert "0.37" in mine and f'id="tip-post-{number}-give"' not in mine


def test_who_takes_no_tips_has_no_button(as_, cast, number):
    tipping.choose(cast.lin.actor, takes=False, amount=None)
    assert f'id="tip-post-{number}-give"' not in as_("ning").get(page_of(number)).text
    assert 'id="tip-member-' not in as_("ning").get("/people/lin").text


def test_profiles_and_cards_have_one_and_ones_own_page_has_none(as_, cast):
    ning = as_("ning")
    for url, headers in (("/people/lin", {}), ("/people/lin/card", {"HX-Request": "true"})):
        assert f'id="tip-member-{cast.lin.id}-give"' in ning.get(url, headers=headers).text, url
    assert "tip-member" not in as_("lin").get("/me").text


def test_the_menu_of_a_comment_on_an_event_tips(as_, cast, post):
    event = an_event(cast.che.actor, cast.running.id)
    said = say(cast.lin.actor, event)
    menu = as_("ning").get(f"/live/{event}/comments/{said}/menu", headers={"HX-Request": "true"}).text
    assert f'value="live_comment:{said}"' in menu and f"/tips/live_comment/{said}" in menu
    assert "/tips" not in as_("lin").get(f"/live/{event}/comments/{said}/menu", headers={"HX-Request": "true"}).text
    answer = post(as_("ning"), "/tips", {"tap": f"live_comment:{said}"}, htmx=True)
    assert answer.status_code == 200 and answer.text == "" and toast(answer)


# ---- with a note -----------------------------------------------------------------------------------------------


def test_a_tip_with_a_note_and_an_amount_of_ones_own(as_, cast, post, number):
    ning, url = as_("ning"), f"/tips/post/{number}"
    page = ning.get(url, headers={"Referer": f"http://localhost{page_of(number)}"}).text
    assert 'name="note"' in page and page_of(number) in page and "林间" in page
    sent = {"key": "k", "back": page_of(number), "amount": "1.5", "note": "跑得好"}
    wrong = post(ning, url, sent | {"amount": "x"})
    assert wrong.status_code == 422 and "跑得好" in wrong.text and 'value="x"' in wrong.text
    answer = post(ning, url, sent)
    assert answer.status_code == 303 and answer.location == page_of(number)
    assert [(row.amount, row.note) for row in Tip.select()] == [(150, "跑得好")]


def test_after_a_tip_nobody_is_led_to_another_site(as_, cast, post, number):
    sent = {"key": "k", "back": "https://elsewhere.example/x"}
    assert post(as_("ning"), f"/tips/post/{number}", sent).location == "/"


@pytest.mark.parametrize("url", ["/tips/post/{hidden}", "/tips/member/999999", "/tips/circle/1", "/tips/x/1"])
def test_there_is_no_form_for_what_one_does_not_see(as_, cast, url):
    address = url.format(hidden=cast.post_in(cast.darkroom).id)
    assert as_("ning").get(address).status_code == 404


# ---- what one got ----------------------------------------------------------------------------------------------


def test_who_got_tips_sees_them_and_thanks_in_a_tap(as_, cast, post, number):
    given = tip(cast.ning.actor, "post", number, amount=42, note="<b>好</b>")
    lin = as_("lin")
    page = lin.get("/wallet/tips").text
    assert "+0.42" in page and "宁" in page and "&lt;b&gt;好" in page
    answer = post(lin, f"/tips/{given.id}/thank", htmx=f"tip-row-{given.id}")
    assert answer.status_code == 200 and f'id="tip-row-{given.id}-thank"' not in answer.text
    assert Tip.get().thanked_at is not None
    told = as_("ning").get("/notices/").text
    assert "林间" in told
    assert as_("may").get("/wallet/tips").text.count("0.42") == 0


def test_a_long_list_is_paged_without_gaps(as_, cast, number):
    fill(cast.ning.id, 10_000)
    for _day in range(3):
        for _ in range(40):
            tip(cast.ning.actor, "post", number, amount=1)
        clock.shift(clock.DAY)
    lin, url, seen = as_("lin"), "/wallet/tips", []
    while url:
        page = lin.get(url).text
        seen += re.findall(r'id="tip-row-(\d+)"', page)
        older = re.search(r'id="older"><a class="btn quiet" href="([^"]+)"', page)
        url = older[1].replace("&amp;", "&") if older else ""
    assert [int(each) for each in seen] == [row.id for row in Tip.select().order_by(Tip.id.desc())]


def test_one_chooses_whether_to_take_tips_and_what_a_tap_gives(as_, cast, post, number):
    ning = as_("ning")
    assert post(ning, "/wallet/tips", {"takes": "y", "amount": "0.5"}).status_code == 303
    assert 'value="0.50"' in ning.get("/wallet/tips").text
    assert tip(cast.ning.actor, "post", number).amount == 50
    wrong = post(ning, "/wallet/tips", {"takes": "y", "amount": "12345678"})
    assert wrong.status_code == 422 and "12345678" in wrong.text
    assert post(ning, "/wallet/tips", {"amount": ""}).status_code == 303
    with pytest.raises(tipping.Denied):
        tip(cast.lin.actor, "member", cast.ning.id)


# ---- what is told ----------------------------------------------------------------------------------------------


def told(browser) -> str:
    return browser.get("/notices/").text


def test_tips_for_one_thing_are_told_of_together(as_, cast, number):
    for giver, amount in (("ning", 10), ("may", 20), ("ning", 5)):
        fill(cast[giver].id, 100)
        tip(cast[giver].actor, "post", number, amount=amount)
    mine = Notice.select().where(Notice.member == cast.lin.id, Notice.kind == "tipped")
    assert mine.count() == 1
    page = told(as_("lin"))
    assert "0.35" in page and ("宁" in page or "May" in page)


def test_what_was_taken_back_is_not_told_of_and_rings_no_bell(as_, cast, number):
    before = notices.unseen(cast.lin.id)
    given = tip(cast.ning.actor, "post", number, amount=31)
    assert notices.unseen(cast.lin.id) == before + 1
    kept = tip(cast.ning.actor, "member", cast.lin.id, amount=7)
    tipping.undo_tip(cast.ning.actor, given.id)
    assert notices.unseen(cast.lin.id) == before + 1
    page = told(as_("lin"))
    assert "0.31" not in page and "0.07" in page and kept.is_new


def test_who_was_blocked_meanwhile_is_not_named(as_, cast, number):
    tip(cast.ning.actor, "post", number, amount=31)
    Block.create(member=cast.lin.id, blocked=cast.ning.id, at=clock.now())
    assert are_apart(cast.lin.id, cast.ning.id)
    for url in ("/notices/", "/wallet/tips"):
        page = as_("lin").get(url).text
        assert "0.31" in page and "宁" not in page and "ning" not in page, url


# ---- in a room that many watch -----------------------------------------------------------------------------------


@pytest.fixture
def bullet(cast) -> int:
    """A comment by lin on an event of 夜跑."""
    return say(cast.lin.actor, an_event(cast.che.actor, cast.running.id))


def on_the_wire(bullet: int) -> list[tuple[str, int]]:
    rows = stream_log.rows(f"live-{LiveComment.get_by_id(bullet).event_id}", 0)
    return [(row.kind, row.ref) for row in rows if row.kind.startswith("tip")]


def test_a_tip_appears_to_all_who_watch_and_goes_when_it_is_taken_back(app, cast, bullet):
    given = tip(cast.ning.actor, "live_comment", bullet, amount=37, note="加油")
    assert on_the_wire(bullet) == [("tip", given.id)]
    room = LiveComment.get_by_id(bullet).event_id
    with app.test_request_context():
        frame = LIVE["tip"](room, [given.id])[given.id]
    assert f'id="lt-{given.id}"' in frame.html and "宁" in frame.html and frame.author == cast.ning.id
    assert "37" not in frame.html and "加油" not in frame.html, "how much, and the note, is between the two"
    tipping.undo_tip(cast.ning.actor, given.id)
    assert on_the_wire(bullet) == [("tip", given.id), ("tip_gone", given.id)]
    assert LIVE["tip"](room, [given.id]) == {}
    assert LIVE["tip_gone"](room, [given.id])[given.id].html == f"lt-{given.id}"


def test_a_tip_is_shown_in_its_own_room_only(app, cast, bullet):
    given = tip(cast.ning.actor, "live_comment", bullet)
    other = an_event(cast.che.actor, cast.running.id)
    assert LIVE["tip"](other, [given.id]) == {}


def test_who_is_muted_there_may_thank_but_is_not_heard_and_what_is_over_stays_quiet(cast, bullet):
    room = LiveComment.get_by_id(bullet).event_id
    moderating.mute(cast.che.actor, room, cast.ning.id, 5)
    assert tip(cast.ning.actor, "live_comment", bullet).is_new
    fill(cast.may.id, 500)
    scheduling.cancel(cast.che.actor, room)
    tip(cast.may.actor, "live_comment", bullet)
    assert on_the_wire(bullet) == []


def test_a_list_says_what_each_tip_was_for_as_far_as_one_still_sees_it(as_, cast, number, bullet):
    comment = cast.comment_in(cast.running).id
    tip(cast.ning.actor, "post", number)
    tip(cast.ning.actor, "live_comment", bullet)
    tip(cast.ning.actor, "comment", comment)
    page = as_("lin").get("/wallet/tips").text
    assert page_of(number) in page and f"/live/{LiveComment.get_by_id(bullet).event_id}" in page
    assert f"#comment-{comment}" in as_("may").get("/wallet/tips").text
    posting.delete_post(cast.lin.actor, cast.running.id, number)
    assert page_of(number) not in as_("lin").get("/wallet/tips").text


# ---- in the feed ---------------------------------------------------------------------------------------------------


def test_a_post_in_the_feed_and_what_is_said_beneath_it_can_be_tipped(as_, cast, post):
    shown = moment_of(cast.lin.id, source="早", html="<p>早晨的江</p>")
    quiet = moment_of(cast.lin.id, source="静", html="<p>静</p>", takes_tips=False)
    said = remark_of(shown, cast.may.id)
    ning = as_("ning")
    page = ning.get(f"/feed/posts/{shown}").text
    assert f'id="tip-moment-{shown}-give"' in page and f'value="moment_comment:{said}"' in page
    assert f'id="tip-moment-{quiet}-give"' not in ning.get(f"/feed/posts/{quiet}").text
    answer = post(ning, "/tips", {"tap": f"moment:{shown}"}, htmx=f"tip-moment-{shown}")
    assert f'id="tip-moment-{shown}"' in answer.text and Tip.get().receiver_id == cast.lin.id
    mine = as_("lin").get("/wallet/tips").text
    assert "早晨的江" in mine and f"/feed/posts/{shown}" in mine


def test_the_same_page_is_the_same_for_the_same_reader(as_, cast):
    """Rows are kept by what they show: a button that were new each time would never be found again."""
    shown = moment_of(cast.lin.id, html="<p>早</p>")
    remark_of(shown, cast.may.id)
    ning = as_("ning")
    for url in (f"/feed/posts/{shown}", page_of(cast.post_in(cast.running).id)):
        buttons = [re.findall(r"<span class=\"tip\".*?</span></button></span>", ning.get(url).text) for _ in range(2)]
        assert buttons[0] and buttons[0] == buttons[1], url
