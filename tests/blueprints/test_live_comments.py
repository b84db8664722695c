"""Bullet comments: who may write what when, what everybody sees of it, and that one is one."""

import re

import pytest

from blueprints.live import bullets, commenting, scheduling
from blueprints.live.emoji import only_emoji
from blueprints.live.halls import hall
from core import clock, stream_log
from core.db import atomic
from core.errors import Conflict, Denied, Gone, Invalid, SignInNeeded, TooMany
from core.policy import GUEST
from models import LiveComment, LiveEvent, LiveHost, LiveSanction, LiveWord, Sanction


@pytest.fixture
def event(cast) -> LiveEvent:
    """che's event in 夜跑, for everybody; it runs."""
    made = announce(cast, "public")
    scheduling.begin(cast.che.actor, made.id)
    return LiveEvent.get_by_id(made.id)


def announce(cast, visibility: str = "public", circle=None) -> LiveEvent:
    draft = scheduling.EventDraft("夜跑之夜", clock.now() + clock.HOUR, visibility=visibility)
    return scheduling.announce(cast.che.actor, draft, (circle or cast.running).id)


def say(person, event, body: str = "好", mode: str = "scroll", key: str = "") -> commenting.Written:
    return commenting.write_bullet(person.actor, event.id, body, mode, key)


def bodies(person_or_actor, event, before=None) -> list[str]:
    actor = getattr(person_or_actor, "actor", person_or_actor)
    return [row.body for row in bullets.bullets(actor, hall(actor, event.id), before).rows]


def set_(event, **columns) -> None:
    LiveEvent.update(**columns).where(LiveEvent.id == event.id).execute()


# ---- writing ------------------------------------------------------------------------------------------------


def test_what_is_written_is_there_for_all_with_its_moment_and_its_author_s_role(cast, event):
    clock.shift(12_000)
    said = say(cast.che, event, "开跑", "top")
    row = LiveComment.get_by_id(said.id)
    assert (row.body, row.mode, row.role, row.author_id) == ("开跑", 1, 2, cast.che.id)
    assert 12_000 <= row.offset_ms < 20_000 and row.offset_ms == row.at - event.started_at
    assert bodies(cast.ning, event) == bodies(GUEST, event) == ["开跑"]
    assert [(row.kind, row.ref) for row in stream_log.rows(f"live-{event.id}", 0)][-1] == ("comment", said.id)
    assert LiveEvent.get_by_id(event.id).comment_count == 1


def test_what_was_never_said_is_not_shown_for_what_got_its_number(cast, event):
    with pytest.raises(ZeroDivisionError), atomic():
        lost = commenting.write_bullet(cast.lin.actor, event.id, "没说过", "scroll", face=("林间", None))
        raise ZeroDivisionError
    may = cast.may.id
    LiveComment.create(id=lost.id, event=event.id, author=may, body="Elsewhere", mode=0, role=0, offset_ms=0, at=1)
    assert [row.body for row in bullets.shown(event.id, [lost.id])] == ["Elsewhere"]


def test_in_the_waiting_room_moments_lie_before_the_beginning(cast):
    waiting = announce(cast)
    assert LiveComment.get_by_id(say(cast.lin, waiting).id).offset_ms < 0


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  两边  ", "两边"), ("a\nb\r\nc", "a b c"), ("a\x00b\x1bc", "a b c"), ("\u202eabc\u202c", "abc"),
        ("**粗** <b>x</b>", "**粗** <b>x</b>"), ("👨‍👩‍👧‍👦 1️⃣", "👨‍👩‍👧‍👦 1️⃣"), ("字" * 100, "字" * 100),
        ("a\u2028b\x85c", "a b c"),
        ("e" + "\u0301" * 60, "é" + "\u0301" * 7),
    ],
)  # fmt: skip
def test_a_comment_is_one_plain_line(cast, event, typed, kept):
    row = LiveComment.get_by_id(say(cast.lin, event, typed).id)
    assert row.body[: len(kept)] == kept and len(row.body) <= len(kept) + 2


@pytest.mark.parametrize("typed", ["", "   ", "\n\t", "\u200b\u200d", "字" * 101, "x" * 100_000, "\x00" * 9])
def test_nothing_and_too_much_are_refused(cast, event, typed):
    with pytest.raises(Invalid):
        say(cast.lin, event, typed)
    assert not LiveComment.select().exists()


def test_a_mode_that_is_none_and_a_key_that_is_too_long_are_refused(cast, event):
    for wrong in ({"mode": "sideways"}, {"mode": "0"}, {"key": "k" * 65}):
        with pytest.raises(Invalid):
            say(cast.lin, event, **wrong)


def test_what_is_sent_again_is_the_same_comment(cast, event, fresh_key):
    key = fresh_key()
    first, again = say(cast.lin, event, "一次", key=key), say(cast.lin, event, "一次", key=key)
    assert (first.id, first.is_new, again.is_new) == (again.id, True, False)
    assert LiveComment.select().count() == 1
    assert say(cast.may, event, "一次", key=key).is_new, "somebody else's key is another one"


def test_what_is_sent_again_is_found_also_where_nothing_new_is_taken(cast, event, fresh_key):
    key = fresh_key()
    first = say(cast.lin, event, key=key)
    set_(event, closed_at=1, slow_seconds=60)
    assert say(cast.lin, event, key=key).id == first.id


# ---- who may ------------------------------------------------------------------------------------------------


def test_guests_sign_in_first(cast, event):
    with pytest.raises(SignInNeeded):
        commenting.write_bullet(GUEST, event.id, "好")


def test_what_one_cannot_see_is_not_there_to_be_commented_on(cast):
    hidden = announce(cast, "members", cast.darkroom)
    with pytest.raises(Gone):
        say(cast.ning, hidden)
    closed = announce(cast, "invited")
    with pytest.raises(Gone):
        say(cast.lin, closed)


def test_once_it_is_over_nothing_is_added_by_nobody(cast, event):
    scheduling.end(cast.che.actor, event.id)
    for person in (cast.lin, cast.che):
        with pytest.raises(Conflict, match="live_over"):
            say(person, event)


def test_who_is_muted_reads_and_who_is_removed_does_not(cast, event):
    for kind, code in (("mute", "live_muted"), ("remove", "live_removed")):
        LiveSanction.create(event=event, member=cast.lin.id, kind=kind, decided_by=cast.che.id, decided_at=1)
        with pytest.raises((Denied, Gone)) as refused:
            say(cast.lin, event)
        assert refused.value.code in (code, "gone")
    LiveSanction.update(until_at=clock.now() - 1).execute()
    say(cast.lin, event)


@pytest.mark.parametrize("kind", ["mute", "ban"])
def test_what_holds_in_the_circle_holds_in_its_events(cast, event, kind):
    Sanction.create(circle=cast.running, member=cast.ning.id, kind=kind, decided_at=1)
    with pytest.raises((Denied, Gone)):
        say(cast.ning, event)
    assert not LiveComment.select().exists()


def test_closed_members_only_and_emoji_only_hold_for_all_but_those_who_run_it(cast, event):
    for columns, error, code in (
        ({"closed_at": 1}, Conflict, "live_closed"), ({"members_only": True}, Denied, "live_members_only"),
        ({"emoji_only": True}, Invalid, "live_emoji_only"),
    ):  # fmt: skip
        set_(event, closed_at=None, members_only=False, emoji_only=False)
        set_(event, **columns)
        with pytest.raises(error, match=code):
            say(cast.ning, event, "有字")
        say(cast.may, event, "有字")
    set_(event, emoji_only=True, members_only=True)
    say(cast.lin, event, "🏃‍♀️ 💨")


# ---- how fast -----------------------------------------------------------------------------------------------


def test_slow_mode_asks_for_patience_and_says_for_how_long(cast, event):
    set_(event, slow_seconds=10)
    say(cast.lin, event)
    clock.shift(4000)
    with pytest.raises(TooMany, match="live_slow") as refused:
        say(cast.lin, event, "又来")
    assert 5 <= refused.value.retry_after <= 6
    say(cast.may, event)
    say(cast.may, event, "版主不用等")
    clock.shift(6001)
    say(cast.lin, event, "又来")


def test_nobody_floods_and_what_stands_still_is_rarer(cast, event):
    for number in range(3):
        say(cast.lin, event, f"上{number}", "top")
    with pytest.raises(TooMany, match="live_still_often"):
        say(cast.lin, event, "下", "bottom")
    for number in range(17):
        say(cast.lin, event, f"滚{number}")
    with pytest.raises(TooMany, match="live_often"):
        say(cast.lin, event, "太多了")
    clock.shift(31_000)
    say(cast.lin, event, "好了")


# ---- what ---------------------------------------------------------------------------------------------------


def test_watched_words_keep_a_comment_out_also_in_disguise(cast, event):
    from core import likeness

    LiveWord.create(event=event, word="广告", key=likeness.fold("广告"), added_at=1)
    for typed in ("看广告", "看廣告", "看 广\u200b 告"):
        with pytest.raises(Invalid, match="live_word"):
            say(cast.lin, event, typed)
    say(cast.lin, event, "广场")


def test_repeats_are_kept_out_where_the_host_wants_that(cast, event):
    say(cast.lin, event, "加油！")
    say(cast.lin, event, "加 油")
    set_(event, repeats=False)
    with pytest.raises(Invalid, match="live_repeated"):
        say(cast.lin, event, "加油")
    clock.shift(commenting.REPEAT_MS + 1)
    say(cast.lin, event, "加油")
    say(cast.ning, event, "加油")
    say(cast.may, event, "加油")
    with pytest.raises(Invalid, match="live_repeated_by_many"):
        say(cast.staff, event, "加油。")
    say(cast.ning, event, "🎉🎉")
    with pytest.raises(Invalid, match="live_repeated"):
        say(cast.ning, event, "🎉 🎉")
    say(cast.ning, event, "🎉")


@pytest.mark.parametrize(
    "text",
    [
        "😀", "😀😀 😀", "👨‍👩‍👧‍👦", "👍🏽", "🏳️‍🌈", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "🇨🇳🇹🇼", "1️⃣", "#️⃣", "1⃣", "❤️", "❤", "☺️", "👩🏽‍❤️‍💋‍👨🏿", "🧑‍🚀",
        "©️",
        "🏴‍☠️", "🫶🏻", "㊗️",
    ],
)  # fmt: skip
def test_these_are_emoji(text):
    assert only_emoji(commenting.tidy(text))


@pytest.mark.parametrize(
    "text", ["", "a", "1", "#", "😀a", "好", "🇨", "🇨🇳🇹", "\ufe0f", "\u200d", "1 2", "😀!", "٣", "🏻a", "→a"]
)
def test_these_are_not(text):
    assert not only_emoji(text)


# ---- holding ------------------------------------------------------------------------------------------------


def test_held_comments_show_to_nobody_until_they_are_released_once(cast, event):
    set_(event, hold_seconds=5)
    said = say(cast.lin, event, "等等")
    assert said.is_held and bodies(cast.che, event) == [] and not stream_rows(event)
    assert [row.ref for row in stream_log.rows(f"backstage-{event.id}", 0)] == [said.id]
    assert commenting.release(said.id) and not commenting.release(said.id)
    assert bodies(cast.ning, event) == ["等等"]
    assert [row.ref for row in stream_rows(event)] == [said.id]
    assert LiveEvent.get_by_id(event.id).comment_count == 1
    assert not say(cast.che, event, "主持人").is_held


def test_what_was_kept_back_is_not_released(cast, event):
    set_(event, hold_seconds=5)
    said = say(cast.lin, event)
    LiveComment.update(hidden_at=1).execute()
    assert not commenting.release(said.id)
    assert bodies(cast.ning, event) == []


def stream_rows(event):
    return [row for row in stream_log.rows(f"live-{event.id}", 0) if row.kind == "comment"]


# ---- many at once -------------------------------------------------------------------------------------------


def test_a_hundred_at_once_are_each_there_once(cast, event, in_threads, fresh_key):
    LiveHost.create(event=event, member=cast.lin.id, role="moderator", added_at=1)
    people = [cast.lin, cast.may, cast.ning, cast.staff, cast.owner, cast.che]
    keys = [fresh_key() for _ in range(50)]
    written = []

    def send(number: int) -> None:
        one = number // 2
        written.append(say(people[one % 6], event, f"第{one}条", key=keys[one]))

    in_threads(100, send)
    assert len({each.id for each in written}) == 50 and sum(each.is_new for each in written) == 50
    assert sorted(row.body for row in LiveComment.select()) == sorted(f"第{one}条" for one in range(50))
    rows = stream_rows(event)
    assert sorted(row.ref for row in rows) == sorted(row.id for row in LiveComment.select())
    assert len({row.seq for row in rows}) == 50
    assert LiveEvent.get_by_id(event.id).comment_count == 50


def test_slow_mode_lets_one_of_many_through(cast, event, in_threads):
    set_(event, slow_seconds=30)
    said = []

    def send(number: int) -> None:
        try:
            said.append(say(cast.lin, event, f"第{number}次").id)
        except TooMany:
            said.append(None)

    in_threads(20, send)
    assert len(said) == 20 and LiveComment.select().count() == 1


def test_nothing_comes_after_the_end(cast, event, in_threads):
    def act(number: int) -> None:
        if number == 6:
            scheduling.end(cast.che.actor, event.id)
            return
        try:
            say((cast.lin, cast.may, cast.ning)[number % 3], event, f"{number}")
        except Conflict as refusal:
            assert refusal.code == "live_over"

    in_threads(18, act)
    kinds = [row.kind for row in stream_log.rows(f"live-{event.id}", 0)]
    last_state = len(kinds) - kinds[::-1].index("state")
    assert "comment" not in kinds[last_state:]


def test_a_held_one_is_released_once_by_many(cast, event, in_threads):
    set_(event, hold_seconds=5)
    said, done = say(cast.lin, event), []
    in_threads(12, lambda _number: done.append(commenting.release(said.id)))
    assert done.count(True) == 1 and len(stream_rows(event)) == 1


# ---- over HTTP ----------------------------------------------------------------------------------------------

ROW = re.compile(r'<li id="lc-(\d+)" class="bullet"([^>]*)>')


def test_htmx_gets_the_row_and_a_plain_form_goes_back_to_the_event(cast, event, as_, post, fresh_key):
    lin, key = as_("lin"), fresh_key()
    answer = post(lin, f"/live/{event.id}/comments", {"body": "<b>好</b>", "mode": "bottom", "key": key}, htmx=True)
    assert answer.status_code == 200 and "&lt;b&gt;好&lt;/b&gt;" in answer.text and "<b>好" not in answer.text
    number, attributes = ROW.search(answer.text).groups()
    assert f'data-by="{cast.lin.id}"' in attributes and 'data-mode="2"' in attributes
    again = post(lin, f"/live/{event.id}/comments", {"body": "<b>好</b>", "mode": "bottom", "key": key}, htmx=True)
    assert ROW.search(again.text)[1] == number and LiveComment.select().count() == 1
    plain = post(lin, f"/live/{event.id}/comments", {"body": "再来"})
    assert plain.status_code == 303 and plain.location.endswith(f"/live/{event.id}")


def test_a_plain_form_under_the_list_of_all_comments_leads_to_the_own_row(event, as_, post):
    lin, page = as_("lin"), f"/live/{event.id}/comments"
    answer = post(lin, page, {"body": "看得见"}, headers={"Referer": f"http://localhost{page}"})
    newest = LiveComment.select().order_by(LiveComment.id.desc()).get()
    assert answer.status_code == 303 and answer.location.endswith(f"{page}#lc-{newest.id}")


def test_a_row_is_small_and_shows_nothing_of_who_reads(cast, event, app):
    from blueprints.live.rows_comments import comment_row

    said = say(cast.lin, event, "短")
    with app.test_request_context():
        html = comment_row(bullets.shown(event.id, [said.id])[0])
    assert len(html.encode()) < 320 and "csrf" not in html and "hx-" not in html


def test_a_refusal_comes_back_at_the_composer_with_what_was_typed(cast, event, as_, post):
    set_(event, emoji_only=True)
    ning, typed = as_("ning"), "有字的一句"
    for htmx in (True, False):
        answer = post(ning, f"/live/{event.id}/comments", {"body": typed, "mode": "top"}, htmx=htmx)
        assert answer.status_code == 422
        assert f'value="{typed}"' in answer.text and 'aria-invalid="true"' in answer.text
        assert '<option value="top" selected>' in answer.text
    set_(event, emoji_only=False, slow_seconds=30)
    post(ning, f"/live/{event.id}/comments", {"body": "第一"}, htmx=True)
    waits = post(ning, f"/live/{event.id}/comments", {"body": typed}, htmx=True)
    assert waits.status_code == 422 and 'data-wait="30"' in waits.text and typed in waits.text


def test_a_stranger_s_event_is_not_there(cast, as_, post):
    hidden = announce(cast, "members", cast.darkroom)
    for path in ("comments", "comments/1/menu", "replay"):
        assert as_("ning").get(f"/live/{hidden.id}/{path}").status_code == 404
    assert post(as_("ning"), f"/live/{hidden.id}/comments", {"body": "x"}).status_code == 404


def test_what_is_inside_a_closed_door_is_not_read(cast, as_):
    closed = announce(cast, "invited")
    say(cast.che, closed, "里面")
    for who in ("lin", "ning"):
        for path in ("comments", "replay"):
            assert "里面" not in as_(who).get(f"/live/{closed.id}/{path}").text


def test_older_ones_come_page_by_page_without_a_gap(cast, event, as_, monkeypatch):
    from core.limits import LIMITS

    monkeypatch.setitem(LIMITS, "page_bullets", 5)
    ids = [say((cast.lin, cast.may)[number % 2], event, f"第{number}").id for number in range(13)]
    browser, seen, url = as_("ning"), [], f"/live/{event.id}/comments"
    for _page in range(4):
        text = browser.get(url, headers={"HX-Request": "true"}).text
        seen = [int(number) for number, _ in ROW.findall(text)] + seen
        found = re.search(r'hx-get="([^"]+before=\d+)"', text)
        if not found:
            break
        url = found[1].replace("&amp;", "&")
    assert seen == ids
    assert browser.get(url).status_code == 200


def test_a_replay_is_read_in_the_order_of_time(cast, event, as_, monkeypatch):
    from core.limits import LIMITS

    monkeypatch.setitem(LIMITS, "page_replay", 4)
    moments = [5000, 1000, 3000, 3000, 3000, 9000, 2000, -500, 3000]
    for number, moment in enumerate(moments):
        LiveComment.update(offset_ms=moment).where(
            LiveComment.id == say((cast.lin, cast.may)[number % 2], event, f"第{number}").id
        ).execute()
    scheduling.end(cast.che.actor, event.id)
    browser, url, seen = as_("ning"), f"/live/{event.id}/replay?from=1000&to=9000", []
    while url:
        answer = browser.get(url)
        seen += [int(offset) for offset in re.findall(r'data-offset="(-?\d+)"', answer.text)]
        found = re.search(r'data-next="([^"]+)"', answer.text)
        url = found[1].replace("&amp;", "&") if found else None
    assert seen == [1000, 2000, 3000, 3000, 3000, 3000, 5000]
    assert answer.headers["Cache-Control"].startswith("private, max-age=")
    before = browser.get(f"/live/{event.id}/replay?from=-60000&to=0").text
    assert 'data-offset="-500"' in before and before.count("<li id") == 1


@pytest.mark.parametrize(
    "query", ["from=x", "from=99999999999999999999", "to=-", "after=--1", "from=1&from=2", "before=-3"]
)
def test_nonsense_in_an_address_breaks_nothing(cast, event, as_, query):
    say(cast.lin, event)
    for path in ("replay", "comments"):
        assert as_("ning").get(f"/live/{event.id}/{path}?{query}").status_code == 200


def test_the_composer_says_why_one_cannot_write(cast, event, as_, client):
    url = f"/live/{event.id}/comments"
    assert 'href="/login?next=' in client.get(url).text and "hx-post=" not in client.get(url).text
    assert "hx-post=" in as_("ning").get(url).text
    scheduling.end(cast.che.actor, event.id)
    text = as_("ning").get(url).text
    assert "hx-post=" not in text and 'id="live-composer"' in text
