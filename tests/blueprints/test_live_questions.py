"""Questions for the host: asking, wanting the answer too, what is answered or hidden, and what open pages get."""

import re

import pytest

from blueprints.live import asking, pace, rows_taking_part, scheduling
from blueprints.live.checks import counters
from blueprints.live.halls import hall
from core import clock, stream_log
from core.errors import Denied, Gone, Invalid, Refusal, SignInNeeded
from core.limits import LIMITS
from core.policy import GUEST, Actor
from models import LiveAct, LiveQuestion, LiveSanction
from tests.cast import walkers

CROWD = 60


@pytest.fixture
def event(cast) -> int:
    """che's event in 夜跑, for everybody; it runs."""
    draft = scheduling.EventDraft("夜跑之夜", clock.now() + clock.HOUR)
    made = scheduling.announce(cast.che.actor, draft, cast.running.id).id
    scheduling.begin(cast.che.actor, made)
    return int(made)


@pytest.fixture
def question(cast, event) -> int:
    return asking.ask(cast.lin.actor, event, "跑多远？")


@pytest.fixture
def crowd(cast) -> list[Actor]:
    return walkers(CROWD)


@pytest.fixture(autouse=True)
def counters_hold(cast):
    yield
    assert not list(counters())


def told(event: int, since: int = 0) -> list[int]:
    return [row.ref for row in stream_log.rows(f"live-{event}", since) if row.kind == "question"]


def listed(actor: Actor, event: int, after: str = "") -> list[str]:
    return [row.body for row in asking.page(actor, hall(actor, event), after).rows]


def code_of(act) -> str:
    try:
        act()
    except Refusal as refusal:
        return refusal.code
    return ""


def pushed(app, event: int, question: int) -> str:
    """What open pages get of it."""
    with app.app_context():
        return str(rows_taking_part.question_rows(event, [question])[question].html)


def votes(question: int) -> int:
    return LiveQuestion.get_by_id(question).votes


# ---- asking -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "code"), [(" \u200b ", "needed"), ("问" * 201, "too_long")])
def test_what_is_no_question_is_refused(cast, event, typed, code):
    with pytest.raises(Invalid) as refusal:
        asking.ask(cast.lin.actor, event, typed)
    assert (refusal.value.code, refusal.value.field) == (code, "body")


def test_a_question_is_there_for_all_and_told_at_once(cast, event):
    made = asking.ask(cast.lin.actor, event, " 跑\n多远？\u202e ")
    assert listed(cast.ning.actor, event) == listed(GUEST, event) == ["跑 多远？"]
    assert told(event) == [made]


def test_a_form_sent_twice_asks_once(cast, event, in_threads):
    in_threads(6, lambda _number: asking.ask(cast.lin.actor, event, "跑多远？", "key-1"))
    assert LiveQuestion.select().count() == 1 and len(told(event)) == 1


def test_guests_muted_and_removed_people_do_not_ask(cast, event):
    now = clock.now()
    LiveSanction.create(event=event, member=cast.lin.id, kind="mute", decided_by=cast.che.id, decided_at=now)
    LiveSanction.create(event=event, member=cast.ning.id, kind="remove", decided_by=cast.che.id, decided_at=now)
    for who, error in ((GUEST, SignInNeeded), (cast.lin.actor, Denied), (cast.ning.actor, Denied)):
        with pytest.raises(error):
            asking.ask(who, event, "？")
    scheduling.end(cast.che.actor, event)
    assert code_of(lambda: asking.ask(cast.may.actor, event, "？")) == "live_over"


# ---- wanting the answer too ---------------------------------------------------------------------------------


def test_one_says_so_once_and_takes_it_back(cast, event, question):
    for _again in range(2):
        asking.support(cast.ning.actor, event, question, True)
    assert votes(question) == 1 and asking.supported(cast.ning.actor, [question]) == {question}
    for _again in range(2):
        asking.support(cast.ning.actor, event, question, False)
    assert votes(question) == 0 and asking.supported(cast.ning.actor, [question]) == set()


def test_one_s_own_question_counts_without_one_s_vote(cast, event, question):
    assert code_of(lambda: asking.support(cast.lin.actor, event, question, True)) == "live_question_own"


def test_a_crowd_that_says_so_twice_at_once_counts_once_each(cast, crowd, event, question, in_threads):
    in_threads(2 * CROWD, lambda number: asking.support(crowd[number % CROWD], event, question, True))
    assert votes(question) == CROWD


def test_saying_so_and_taking_it_back_at_once_ends_in_one_or_the_other(cast, event, question, in_threads):
    in_threads(30, lambda number: asking.support(cast.ning.actor, event, question, number % 2 == 0))
    assert votes(question) in (0, 1)


def test_many_votes_for_one_question_are_a_row_a_second_with_a_last_one(app, cast, crowd, event, question):
    clock.shift(2000)
    before = stream_log.position(f"live-{event}")
    for actor in crowd:
        asking.support(actor, event, question, True)
    assert told(event, before) == [question]
    clock.shift(1001)
    pace.tell_all_due()
    assert told(event, before) == [question, question]
    assert f'data-votes="{CROWD}"' in pushed(app, event, question)


def test_a_question_of_another_event_or_none_is_not_there(cast, event, question):
    draft = scheduling.EventDraft("暗房里", clock.now() + clock.HOUR, visibility="members")
    dark = scheduling.announce(cast.che.actor, draft, cast.darkroom.id).id
    inside = asking.ask(cast.lin.actor, dark, "冲好了吗？")
    for who, where, what in ((cast.che, event, inside), (cast.ning, dark, inside), (cast.che, event, 999)):
        with pytest.raises(Gone):
            asking.support(who.actor, where, what, True)


# ---- the list -----------------------------------------------------------------------------------------------


def test_the_list_is_ordered_by_votes_with_answered_ones_at_the_end(cast, crowd, event):
    made = [asking.ask(crowd[number], event, f"第{number}问") for number in range(4)]
    for number in range(3):
        asking.support(crowd[10 + number], event, made[2], True)
        asking.support(crowd[10 + number], event, made[3], True)
    asking.support(crowd[10], event, made[1], True)
    asking.mark_answered(cast.may.actor, event, made[3], True)
    assert listed(cast.lin.actor, event) == ["第2问", "第1问", "第0问", "第3问"]
    assert code_of(lambda: asking.support(crowd[20], event, made[3], True)) == "live_question_answered"


def test_the_list_is_read_a_page_at_a_time_without_gaps(cast, crowd, event, monkeypatch):
    made = [asking.ask(crowd[number % 9], event, f"第{number}问") for number in range(23)]
    for number, question in enumerate(made):
        for voter in range(number % 4):
            asking.support(crowd[20 + voter], event, question, True)
        if number % 5 == 0:
            asking.mark_answered(cast.che.actor, event, question, True)
    monkeypatch.setitem(LIMITS, "page_live_questions", 100)
    whole = listed(cast.lin.actor, event)
    monkeypatch.setitem(LIMITS, "page_live_questions", 3)
    seen, after = [], ""
    while True:
        page = asking.page(cast.lin.actor, hall(cast.lin.actor, event), after)
        seen += [row.body for row in page.rows]
        if page.older is None:
            break
        after = page.older
    assert seen == whole and len(whole) == 23


@pytest.mark.parametrize("after", ["x", "1-2", "1-2-3-4", "-1-2", "1-1e9-1", "9" * 40 + "-1-1", "'-1-1", "٣-1-1"])
def test_a_place_that_makes_no_sense_is_the_beginning(as_, event, question, after):
    answer = as_("ning").get(f"/live/{event}/questions", query_string={"after": after})
    assert answer.status_code == 200 and "跑多远" in answer.text


# ---- answering and hiding -----------------------------------------------------------------------------------


def test_those_who_look_after_it_answer_and_hide_and_put_back(cast, event, question):
    for act in (asking.mark_answered, asking.hide):
        with pytest.raises(Denied):
            act(cast.ning.actor, event, question, True)
    asking.mark_answered(cast.may.actor, event, question, True)
    asking.hide(cast.may.actor, event, question, True)
    assert listed(cast.che.actor, event) == []
    assert code_of(lambda: asking.support(cast.ning.actor, event, question, True)) == "gone"
    asking.hide(cast.che.actor, event, question, False)
    assert listed(cast.ning.actor, event) == ["跑多远？"]
    acts = LiveAct.select(LiveAct.action, LiveAct.member).where(LiveAct.action.endswith("_question"))
    assert list(acts.tuples()) == [
        (name, cast.lin.id) for name in ("answer_question", "hide_question", "show_question")
    ]  # fmt: skip


def test_one_takes_one_s_own_question_away_and_does_not_put_back_what_a_moderator_hid(cast, event, question):
    asking.hide(cast.lin.actor, event, question, True)
    assert listed(cast.ning.actor, event) == []
    assert code_of(lambda: asking.hide(cast.lin.actor, event, question, False)) == "denied"


def test_a_hidden_question_reaches_open_pages_as_an_empty_place(app, cast, event, question):
    before = stream_log.position(f"live-{event}")
    asking.hide(cast.may.actor, event, question, True)
    assert told(event, before) == [question]
    assert pushed(app, event, question) == f'<li id="lq-{question}" hidden></li>'


def test_what_pages_get_holds_nobody_s_own(app, cast, event, question):
    asking.support(cast.ning.actor, event, question, True)
    row = pushed(app, event, question)
    assert row.startswith(f'<li class="question" id="lq-{question}"') and "csrf" not in row
    assert 'aria-pressed="false"' in row and 'data-votes="1"' in row
    with app.app_context():
        mine = rows_taking_part.question_row(cast.ning.actor, asking.some(event, [question])[0])
    assert 'aria-pressed="true"' in mine


# ---- on pages -----------------------------------------------------------------------------------------------


def test_asking_without_a_script_and_with_htmx(as_, post, event):
    plain = post(as_("lin"), f"/live/{event}/questions", {"body": "<i>跑</i>多远？"})
    assert plain.status_code == 303 and re.search(rf"/live/{event}#lq-\d+$", plain.location)
    page = as_("ning").get(f"/live/{event}/questions").text
    assert "&lt;i&gt;跑&lt;/i&gt;多远？" in page
    answer = post(as_("lin"), f"/live/{event}/questions", {"body": "几点？"}, htmx="live-question-form")
    assert answer.text.lstrip().startswith("<form") and 'hx-swap-oob="beforeend:#live-questions-list"' in answer.text
    assert "几点？" not in answer.text.partition("</form>")[0]


def test_what_was_typed_comes_back_with_the_reason(as_, post, event):
    long = "问" * 201
    for htmx in (False, "live-question-form"):
        answer = post(as_("lin"), f"/live/{event}/questions", {"body": long}, htmx=htmx)
        assert answer.status_code == 422 and f'value="{long}"' in answer.text
        assert 'id="live-question-error"' in answer.text


def test_saying_so_answers_with_the_row_and_one_s_own_mark(as_, post, event, question):
    ning = as_("ning")
    url = f"/live/{event}/questions/{question}/vote"
    answer = post(ning, url, {"on": "1"}, htmx=f"lq-{question}")
    assert 'aria-pressed="true"' in answer.text and 'name="on" value="0"' in answer.text
    assert post(ning, url, {"on": "0"}).status_code == 303
    assert votes(question) == 0


def test_hiding_can_be_undone_by_those_who_may(as_, post, event, question):
    may, lin = as_("may"), as_("lin")
    answer = post(may, f"/live/{event}/questions/{question}/hide", {"on": "1"}, htmx=f"lq-{question}")
    assert answer.text == f'<li id="lq-{question}" hidden></li>' and "undo" in answer.headers["HX-Trigger"]
    assert post(may, f"/live/{event}/questions/{question}/hide?on=0").status_code == 303
    assert votes(question) == 0 and LiveQuestion.get_by_id(question).hidden_at is None
    answer = post(lin, f"/live/{event}/questions/{question}/hide", {"on": "1"}, htmx=f"lq-{question}")
    assert "undo" not in answer.headers["HX-Trigger"]


def test_older_questions_come_as_rows(as_, cast, event, monkeypatch):
    monkeypatch.setitem(LIMITS, "page_live_questions", 2)
    for number in range(5):
        asking.ask(cast.lin.actor, event, f"第{number}问")
    first = as_("ning").get(f"/live/{event}/questions").text
    older = re.search(r'href="(/live/\d+/questions\?after=[\d-]+)"', first)[1]
    rest = as_("ning").get(older, headers={"HX-Request": "true"}).text
    assert len(re.findall(r'<li class="question"', rest)) == 2 and rest.lstrip().startswith("<li")
