"""Polls in the room: who asks, who votes, that every vote counts once, and how open pages are told."""

import re
from functools import partial

import pytest

from blueprints.live import pace, polling, rows_taking_part, scheduling
from blueprints.live.checks import counters
from blueprints.live.polling import PollDraft
from core import clock, stream_log
from core.errors import Conflict, Denied, Gone, Invalid, Refusal, SignInNeeded
from core.limits import LIMITS
from core.policy import GUEST, Actor
from models import (
    LiveAct,
    LivePoll,
    LivePollOption,
    LivePollVote,
    LiveSanction,
)
from tests.cast import walkers

DRAFT = PollDraft("往哪边跑？", ("滨江", "公园", "老城厢"))
CROWD = 100


@pytest.fixture
def event(cast) -> int:
    """che's event in 夜跑, for everybody; it runs."""
    draft = scheduling.EventDraft("夜跑之夜", clock.now() + clock.HOUR)
    made = scheduling.announce(cast.che.actor, draft, cast.running.id).id
    scheduling.begin(cast.che.actor, made)
    return int(made)


@pytest.fixture
def poll(cast, event) -> int:
    return polling.open_poll(cast.may.actor, event, DRAFT)


@pytest.fixture
def crowd(cast) -> list[Actor]:
    return walkers(CROWD)


@pytest.fixture(autouse=True)
def counters_hold(cast):
    yield
    assert not list(counters())


def options(poll: int) -> list[int]:
    rows = LivePollOption.select(LivePollOption.id).where(LivePollOption.poll == poll)
    return [id_ for (id_,) in rows.order_by(LivePollOption.position).tuples()]


def votes(poll: int) -> list[int]:
    rows = LivePollOption.select(LivePollOption.votes).where(LivePollOption.poll == poll)
    return [count for (count,) in rows.order_by(LivePollOption.position).tuples()]


def told(event: int, since: int = 0) -> list[int]:
    """The polls that open pages were told of."""
    return [row.ref for row in stream_log.rows(f"live-{event}", since) if row.kind == "poll"]


def code_of(act) -> str:
    """How it was refused; empty when it was not."""
    try:
        act()
    except Refusal as refusal:
        return refusal.code
    return ""


# ---- asking -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("draft", "code", "field"),
    [
        (PollDraft(" \u200b", ("甲", "乙")), "needed", "question"),
        (PollDraft("问" * 121, ("甲", "乙")), "too_long", "question"),
        (PollDraft("问", ("甲", " \u202e ")), "poll_too_few", "options"),
        (PollDraft("问", tuple("甲乙丙丁戊己庚")), "poll_too_many", "options"),
        (PollDraft("问", ("甲", "乙" * 41)), "poll_option_long", "options"),
        (PollDraft("问", ("Yes", " yes ")), "poll_same", "options"),
    ],
)
def test_what_is_no_poll_is_refused(cast, event, draft, code, field):
    with pytest.raises(Invalid) as refusal:
        polling.open_poll(cast.che.actor, event, draft)
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert not LivePoll.select().exists() and not told(event)


def test_what_was_left_empty_is_left_out(cast, event):
    made = polling.open_poll(cast.che.actor, event, PollDraft(" 去 哪？ ", ("甲", "", " 乙 ", "")))
    assert [option.text for option in polling.newest(event).options] == ["甲", "乙"]
    assert LivePoll.get_by_id(made).question == "去 哪？"


def test_only_those_who_look_after_an_event_ask(cast, event):
    for who, error in ((cast.lin.actor, Denied), (cast.ning.actor, Denied), (GUEST, SignInNeeded)):
        with pytest.raises(error):
            polling.open_poll(who, event, DRAFT)
    assert polling.open_poll(cast.may.actor, event, DRAFT)


def test_a_second_poll_waits_for_the_first_to_be_closed(cast, event, poll):
    with pytest.raises(Conflict) as refusal:
        polling.open_poll(cast.che.actor, event, DRAFT)
    assert refusal.value.code == "live_poll_open"
    polling.close_poll(cast.che.actor, event, poll)
    second = polling.open_poll(cast.che.actor, event, PollDraft("还有呢？", ("甲", "乙")))
    assert polling.newest(event).id == second
    assert told(event) == [poll, poll, second]


def test_a_form_sent_twice_asks_once(cast, event):
    first = polling.open_poll(cast.che.actor, event, DRAFT, "key-1")
    assert polling.open_poll(cast.che.actor, event, DRAFT, "key-1") == first
    assert LivePoll.select().count() == 1


def test_two_hosts_who_ask_at_once_ask_once(cast, event, in_threads):
    said = []
    both = (cast.che.actor, cast.may.actor)
    in_threads(8, lambda number: said.append(code_of(lambda: polling.open_poll(both[number % 2], event, DRAFT))))
    assert LivePoll.select().count() == 1 and LivePollOption.select().count() == 3
    assert sorted(said) == [""] + ["live_poll_open"] * 7


def test_opening_and_closing_stand_in_the_log(cast, event, poll):
    polling.close_poll(cast.che.actor, event, poll)
    polling.close_poll(cast.che.actor, event, poll)
    rows = LiveAct.select(LiveAct.actor, LiveAct.action, LiveAct.detail).where(LiveAct.action.endswith("_poll"))
    assert list(rows.tuples()) == [
        (cast.may.id, "open_poll", DRAFT.question), (cast.che.id, "close_poll", DRAFT.question)
    ]  # fmt: skip


# ---- voting -------------------------------------------------------------------------------------------------


def test_a_vote_counts_once_and_stands(cast, event, poll):
    first, second, _ = options(poll)
    for _again in range(2):
        polling.vote(cast.lin.actor, event, poll, first)
    polling.vote(cast.ning.actor, event, poll, second)
    assert code_of(lambda: polling.vote(cast.lin.actor, event, poll, second)) == "live_poll_voted"
    assert votes(poll) == [1, 1, 0]
    assert polling.choices(cast.lin.id, [poll]) == {poll: first}
    shown = polling.newest(event)
    assert shown.total == 2 and [option.percent for option in shown.options] == [50, 50, 0]


def test_a_hundred_who_vote_twice_at_once_are_a_hundred(cast, crowd, event, poll, in_threads):
    ids = options(poll)
    in_threads(
        2 * CROWD, lambda number: code_of(lambda: polling.vote(crowd[number % CROWD], event, poll, ids[number % 2]))
    )
    assert sum(votes(poll)) == CROWD == LivePollVote.select().count()


def test_one_who_chooses_everything_at_once_has_chosen_one(cast, event, poll, in_threads):
    ids, said = options(poll), []
    choose = partial(polling.vote, cast.lin.actor, event, poll)
    in_threads(30, lambda number: said.append(code_of(lambda: choose(ids[number % 3]))))
    assert sorted(votes(poll)) == [0, 0, 1]
    assert set(said) == {"", "live_poll_voted"}


def test_votes_that_come_while_it_closes_count_or_are_refused(cast, crowd, event, poll, in_threads):
    first, taken = options(poll)[0], []

    def act(number: int) -> None:
        if number == 10:
            polling.close_poll(cast.che.actor, event, poll)
        else:
            taken.append(code_of(lambda: polling.vote(crowd[number], event, poll, first)))

    in_threads(40, act)
    assert votes(poll)[0] == taken.count("") and set(taken) <= {"", "poll_over"}
    assert LivePollVote.select().where(LivePollVote.at > LivePoll.get_by_id(poll).closed_at).count() == 0


def test_the_end_of_the_event_closes_its_poll(cast, event, poll, in_threads):
    scheduling.end(cast.che.actor, event)
    assert LivePoll.get_by_id(poll).closed_at is not None
    assert code_of(lambda: polling.vote(cast.lin.actor, event, poll, options(poll)[0])) == "live_over"
    assert code_of(lambda: polling.open_poll(cast.che.actor, event, DRAFT)) == "live_over"
    assert told(event) == [poll, poll]


def test_who_is_muted_or_removed_does_not_vote(cast, event, poll):
    now = clock.now()
    LiveSanction.create(event=event, member=cast.lin.id, kind="mute", decided_by=cast.che.id, decided_at=now)
    LiveSanction.create(event=event, member=cast.ning.id, kind="remove", decided_by=cast.che.id, decided_at=now)
    for who in ("lin", "ning"):
        assert code_of(lambda who=who: polling.vote(cast[who].actor, event, poll, options(poll)[0])) == "denied"
    assert votes(poll) == [0, 0, 0]


def test_one_votes_for_what_is_there(cast, event, poll):
    polling.close_poll(cast.che.actor, event, poll)
    second = polling.open_poll(cast.che.actor, event, DRAFT)
    draft = scheduling.EventDraft("别的", clock.now() + clock.HOUR)
    other = scheduling.announce(cast.che.actor, draft, cast.running.id)
    assert code_of(lambda: polling.vote(cast.lin.actor, event, second, options(poll)[0])) == "choice"
    assert code_of(lambda: polling.vote(cast.lin.actor, event, second, 0)) == "choice"
    assert code_of(lambda: polling.vote(cast.lin.actor, other.id, second, options(second)[0])) == "gone"
    assert code_of(lambda: polling.vote(cast.lin.actor, event, 999, options(second)[0])) == "gone"


def test_a_poll_of_an_event_one_does_not_see_is_not_there(cast):
    draft = scheduling.EventDraft("暗房里", clock.now() + clock.HOUR, visibility="members")
    event = scheduling.announce(cast.che.actor, draft, cast.darkroom.id).id
    poll = polling.open_poll(cast.che.actor, event, DRAFT)
    with pytest.raises(Gone):
        polling.vote(cast.ning.actor, event, poll, options(poll)[0])
    polling.vote(cast.lin.actor, event, poll, options(poll)[1])
    assert votes(poll) == [0, 1, 0]


def test_a_counter_that_is_wrong_is_found(cast, event, poll):
    first = options(poll)[0]
    polling.vote(cast.lin.actor, event, poll, first)
    LivePollOption.update(votes=5).where(LivePollOption.id == first).execute()
    assert list(counters()) == [f"LivePollOption {first}: votes says 5, there are 1"]
    LivePollOption.update(votes=1).where(LivePollOption.id == first).execute()


# ---- how pages are told -------------------------------------------------------------------------------------


def test_many_votes_are_a_row_a_second_and_always_a_last_one(cast, crowd, event, poll):
    before = stream_log.position(f"live-{event}")
    clock.shift(2000)
    for actor in crowd:
        polling.vote(actor, event, poll, options(poll)[0])
    rows = told(event, before)
    assert rows == [poll], "the first vote of a second is told at once, the others wait"
    due = pace.tell_all_due()
    assert due is not None and told(event, before) == rows
    clock.shift(1001)
    assert pace.tell_all_due() is None
    assert told(event, before) == [poll, poll]
    clock.shift(5000)
    assert pace.tell_all_due() is None and len(told(event, before)) == 2


def test_where_no_worker_runs_the_next_vote_tells(cast, crowd, event, poll):
    clock.shift(2000)
    before = stream_log.position(f"live-{event}")
    for number in range(3):
        polling.vote(crowd[number], event, poll, options(poll)[0])
    assert len(told(event, before)) == 1
    clock.shift(3000)
    polling.vote(crowd[5], event, poll, options(poll)[0])
    assert len(told(event, before)) == 2 and LivePoll.get_by_id(poll).tell_at is None


def test_workers_that_look_at_the_same_time_tell_once(cast, crowd, event, poll, in_threads):
    for number in range(3):
        polling.vote(crowd[number], event, poll, options(poll)[0])
    before = stream_log.position(f"live-{event}")
    clock.shift(2000)
    in_threads(6, lambda _number: pace.tell_all_due())
    assert told(event, before) == [poll]


def test_what_pages_get_holds_nobody_s_own(app, cast, event, poll):
    polling.vote(cast.lin.actor, event, poll, options(poll)[0])
    with app.app_context():
        pushed = rows_taking_part.poll_rows(event, [poll])[poll]
    assert 'id="live-poll"' in pushed and "csrf" not in pushed
    assert "data-mine" not in pushed and "is-mine" not in pushed
    assert f'formaction="/live/{event}/polls/{poll}/vote"' in pushed


def test_an_older_poll_is_not_put_over_the_newest(app, cast, event, poll):
    polling.close_poll(cast.che.actor, event, poll)
    second = polling.open_poll(cast.che.actor, event, DRAFT)
    with app.app_context():
        assert set(rows_taking_part.poll_rows(event, [poll, second])) == {second}


# ---- on pages -----------------------------------------------------------------------------------------------


def test_voting_without_a_script_leads_back_to_the_event(as_, cast, post, event, poll):
    lin, first = as_("lin"), options(poll)[0]
    answer = post(lin, f"/live/{event}/polls/{poll}/vote", {"option": str(first)})
    assert answer.status_code == 303 and answer.location.endswith(f"/live/{event}#live-poll")
    assert votes(poll) == [1, 0, 0]


def test_voting_with_htmx_answers_with_the_poll_and_one_s_own_mark(as_, cast, post, event, poll):
    first = options(poll)[0]
    answer = post(as_("lin"), f"/live/{event}/polls/{poll}/vote", {"option": str(first)}, htmx="live-poll")
    assert answer.status_code == 200 and f'data-mine="{first}"' in answer.text
    assert f"/live/{event}/polls/{poll}/vote" not in answer.text, "the vote stands, so there is nothing to press"
    again = post(as_("lin"), f"/live/{event}/polls/{poll}/vote", {"option": str(first + 1)}, htmx="live-poll")
    assert again.status_code == 409


@pytest.mark.parametrize("option", ["", "x", "-1", "1" * 30, "٣", "0"])
def test_votes_for_nothing_are_refused_clearly(as_, post, event, poll, option):
    assert post(as_("lin"), f"/live/{event}/polls/{poll}/vote", {"option": option}).status_code == 422
    assert votes(poll) == [0, 0, 0]


def test_a_poll_that_cannot_be_asked_comes_back_as_it_was_typed(as_, post, event):
    sharp = '"><script>alert(1)</script>'
    form = {"question": sharp, "option": ["甲", "甲", "丙"]}
    plain = post(as_("may"), f"/live/{event}/polls", form)
    region = post(as_("may"), f"/live/{event}/polls", form, htmx="live-poll-form")
    for answer in (plain, region):
        assert answer.status_code == 422 and sharp not in answer.text
        assert re.findall(r'name="option" value="(\w)"', answer.text) == ["甲", "甲", "丙"]
        assert 'id="poll-options-error"' in answer.text
    assert region.text.lstrip().startswith("<form")


def test_asking_shows_it_to_everybody_who_comes(as_, cast, client, post, event):
    answer = post(as_("may"), f"/live/{event}/polls", {"question": "<b>冷</b>吗？", "option": ["冷", "不冷"]})
    assert answer.status_code == 303
    for browser in (as_("ning"), client):
        page = browser.get(f"/live/{event}/polls").text
        assert "&lt;b&gt;冷&lt;/b&gt;吗？" in page and 'id="live-poll-form"' not in page
    assert 'id="live-poll-form"' in as_("che").get(f"/live/{event}/polls").text


def test_all_polls_are_listed_a_page_at_a_time(as_, cast, event):
    size = LIMITS["page_live_polls"]
    made = []
    for number in range(size + 2):
        made.append(polling.open_poll(cast.che.actor, event, PollDraft(f"第{number}问", ("甲", "乙"))))
        polling.close_poll(cast.che.actor, event, made[-1])
    first = as_("lin").get(f"/live/{event}/polls").text
    assert re.findall(r'id="poll-(\d+)"', first) == [str(poll) for poll in reversed(made[2:])]
    older = re.search(r'href="(/live/\d+/polls\?before=\d+)"', first)[1]
    rest = as_("lin").get(older, headers={"HX-Request": "true"}).text
    assert re.findall(r'id="poll-(\d+)"', rest) == [str(made[1]), str(made[0])] and "before=" not in rest




def test_the_event_s_page_marks_one_s_own_vote_and_nobody_else_s(as_, cast, client, event, poll):
    first = options(poll)[0]
    polling.vote(cast.lin.actor, event, poll, first)
    assert f'data-mine="{first}"' in as_("lin").get(f"/live/{event}").text
    for browser in (as_("ning"), client):
        page = browser.get(f"/live/{event}").text
        assert f'data-poll="{poll}"' in page and f'data-mine="{first}"' not in page
