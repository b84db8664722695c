"""The sample of a blueprint from outside: everything it brings works through the doors that are open to all."""

import re

import pytest

import blueprints
from blueprints.accounts.leaving import ask_to_leave
from blueprints.polls import actions, queries
from blueprints.polls.actions import PollDraft
from blueprints.polls.models import Poll, PollOption, PollVote
from core import checks, clock, db, jobs, limits, personal
from core.errors import Denied, Gone, Invalid, SignInNeeded
from core.policy import GUEST
from core.search import find
from models import Member, database
from tests.blueprints.circle_stories import counted

DRAFT = PollDraft("周末去哪里跑？", ("江边", "植物园", "山上"))


@pytest.fixture
def number(cast) -> int:
    """Lin's open poll."""
    return actions.open_poll(cast.lin.actor, DRAFT)


def options(number: int) -> list[int]:
    rows = PollOption.select(PollOption.id).where(PollOption.poll == number).order_by(PollOption.id)
    return [id_ for (id_,) in rows.tuples()]


def votes(number: int) -> list[int]:
    rows = PollOption.select(PollOption.votes).where(PollOption.poll == number).order_by(PollOption.id)
    return [count for (count,) in rows.tuples()]


# ---- what it brings along -----------------------------------------------------------------------------------


def test_its_tables_have_a_history_of_their_own(app):
    chains = {chain.name: chain for chain in db.chains()}
    assert chains["polls"].history == "polls_schema_migration"
    assert [row.name for row in db.runner(chains["polls"]).History.select()] == ["0001_initial"]
    assert {"polls_poll", "polls_option", "polls_vote"} <= set(database.get_tables())
    db.runner(chains["polls"]).down()
    assert db.pending() == ["polls:0001_initial"]
    assert db.migrate() == ["polls:0001_initial"]


def test_a_table_in_another_ones_name_is_refused(app, monkeypatch):
    monkeypatch.setattr(Poll._meta, "table_name", "post_poll")
    with pytest.raises(ValueError, match="polls_post_poll"):
        blueprints._own_rooms(app, app.blueprints["polls"])


def test_limits_and_rates_carry_its_name(app):
    assert limits.LIMITS["polls_options"] == 6 and "polls.open" in limits.RATES
    with pytest.raises(ValueError, match="post_title"):
        limits.add_limits("polls", {"post_title": 1})
    with pytest.raises(ValueError, match=r"login\.name"):
        limits.add_limits("polls", {}, {"login.name": limits.Rate(1, 1)})


@pytest.mark.parametrize(
    ("locale", "words"), [("zh-CN", "还没有人提问"), ("zh-TW", "還沒有人提問"), ("en", "Nobody has asked")]
)
def test_it_speaks_three_languages(as_, cast, locale, words):
    Member.update(locale="").where(Member.id == cast.lin.id).execute()
    assert words in as_("lin").get("/polls/", headers={"Accept-Language": locale}).text


def test_it_cannot_change_what_the_site_says(app):
    """Catalogues are read in this order, and the last one counts."""
    folders = app.extensions["babel"].translation_directories
    assert folders[-1].endswith("/translations") and "polls" in folders[0]


# ---- asking and voting --------------------------------------------------------------------------------------


def test_a_member_asks_and_others_vote(cast, as_, post):
    lin, may = as_("lin"), as_("may")
    form = {"question": "周末去哪里跑？", "answers": "江边\n植物园\n", "key": "k1"}
    answer = post(lin, "/polls/", form)
    assert answer.status_code == 303
    page = may.get(answer.headers["Location"]).text
    assert "周末去哪里跑？" in page and "植物园" in page and "林间" in page
    number = Poll.get().id
    first, second = options(number)
    assert post(may, f"/polls/{number}/vote", {"option": first}).status_code == 303
    changed = post(may, f"/polls/{number}/vote", {"option": second}, htmx=f"poll-{number}")
    assert changed.status_code == 200 and re.match(rf'\s*<article [^>]*id="poll-{number}"', changed.text)
    pressed = re.search(r'<button[^>]*aria-pressed="true"[^>]*>', changed.text)
    assert pressed and f'value="{second}"' in pressed[0]
    assert votes(number) == [0, 1] and PollVote.select().count() == 1


def test_the_same_key_asks_once(cast, as_, post):
    lin = as_("lin")
    form = {"question": "几点？", "answers": "七点\n八点", "key": "k1"}
    first, again = post(lin, "/polls/", form), post(lin, "/polls/", form)
    assert first.headers["Location"] == again.headers["Location"] and Poll.select().count() == 1
    other = post(lin, "/polls/", form | {"question": "几点钟？"})
    assert other.headers["Location"] == first.headers["Location"] and Poll.select().count() == 1


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("", "a\nb"), ("  \u200b ", "a\nb"), ("q" * 141, "a\nb"), ("q", ""), ("q", "a"), ("q", "a\na\n\n"),
        ("q", "1\n2\n3\n4\n5\n6\n7"), ("q", "a" * 81 + "\nb"), ("q", "a\n" * 400),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_keeps_the_form(cast, as_, post, question, answers):
    answer = post(as_("lin"), "/polls/", {"question": question, "answers": answers})
    assert answer.status_code == 422 and 'id="poll-form"' in answer.text
    assert Poll.select().count() == 0
    with pytest.raises(Invalid):
        actions.open_poll(cast.lin.actor, PollDraft(question, tuple(answers.split("\n"))))


def test_thirty_presses_at_once_are_one_vote(number, cast, in_threads):
    choices = options(number)
    in_threads(30, lambda turn: actions.vote(cast.may.actor, number, choices[turn % 3]))
    assert PollVote.select().count() == 1 and sum(votes(number)) == 1


def test_the_counters_are_what_the_votes_say(number, cast):
    for name, option in (("lin", 0), ("che", 0), ("may", 2)):
        actions.vote(cast[name].actor, number, options(number)[option])
    assert votes(number) == [2, 0, 1]
    assert [option.percent for option in queries.poll(cast.lin.actor, number).options] == [67, 0, 33]
    assert list(checks._checks["polls.counters"]()) == []
    PollOption.update(votes=9).execute()
    assert len(list(checks._checks["polls.counters"]())) == 3


def test_an_answer_of_another_poll_is_no_answer(number, cast):
    other = actions.open_poll(cast.che.actor, PollDraft("吃什么？", ("面", "饭")))
    with pytest.raises(Gone):
        actions.vote(cast.may.actor, number, options(other)[0])
    with pytest.raises(Gone):
        actions.vote(cast.may.actor, 10**9, 1)


# ---- closing ------------------------------------------------------------------------------------------------


def test_only_its_author_and_staff_close_a_poll(number, cast, as_, post):
    with pytest.raises(Denied):
        actions.close(cast.may.actor, number)
    close = f'formaction="/polls/{number}/close"'
    assert close in as_("lin").get("/polls/").text and close not in as_("may").get("/polls/").text
    assert post(as_("lin"), f"/polls/{number}/close").status_code == 303
    with pytest.raises(Denied):
        actions.vote(cast.may.actor, number, options(number)[0])
    actions.close(cast.staff.actor, number)


def test_polls_close_by_themselves_after_two_weeks(number):
    jobs.later("polls.close_old")
    jobs.run_due()
    assert Poll.get().closed_at is None
    clock.shift(15 * clock.DAY)
    jobs.later("polls.close_old")
    jobs.run_due()
    assert Poll.get().closed_at is not None


def test_who_asks_to_leave_leaves_no_open_poll(number, cast):
    ask_to_leave(cast.lin.actor, cast.lin.password, keeps_words=True)
    assert Poll.get().closed_at is not None


# ---- where else it shows ------------------------------------------------------------------------------------


def test_open_polls_stand_on_the_profile_and_are_found(number, as_):
    may = as_("may")
    assert "周末去哪里跑" in may.get("/people/lin").text
    assert "周末去哪里跑" in may.get("/search?q=植物").text
    assert "/polls/" in may.get("/me").text


def test_visitors_and_half_states_see_nothing_of_it(number, cast, client, as_):
    assert "周末去哪里跑" not in client.get("/people/lin").text + client.get("/search?q=植物").text
    assert find(GUEST, "poll", "植物").ids == []
    assert client.get("/polls/").status_code == 401
    assert as_("suspended").get("/polls/").status_code == 403
    with pytest.raises(SignInNeeded):
        queries.latest(GUEST)
    with pytest.raises(Gone):
        queries.poll(GUEST, number)


def test_a_list_of_polls_costs_as_much_with_twenty_as_with_one(number, cast, as_):
    lin = as_("lin")
    lin.get("/polls/")  # what is asked once a process or every two seconds has been asked
    with counted() as one:
        lin.get("/polls/")
    for turn in range(25):
        actions.open_poll(cast.che.actor, PollDraft(f"第{turn}个问题", ("是", "否")))
    with counted() as many:
        page = lin.get("/polls/").text
    assert len(many) == len(one) and page.count("<article") == 20
    older = re.search(r'href="(/polls/\?before=\d+)"', page)
    assert older and lin.get(older[1]).text.count("<article") == 6


# ---- what it holds of a member ------------------------------------------------------------------------------


def test_a_copy_holds_what_they_asked_and_voted(number, cast):
    actions.vote(cast.lin.actor, number, options(number)[1])
    content = {name: what for name, what, _ in personal.copies(cast.lin.id)}["polls"]
    assert content["asked"][0]["question"] == "周末去哪里跑？" and content["votes"][0]["text"] == "植物园"


@pytest.mark.parametrize("keeps_words", [True, False])
def test_erasing_takes_the_votes_and_as_chosen_the_questions(number, cast, keeps_words):
    other = actions.open_poll(cast.che.actor, PollDraft("吃什么？", ("面", "饭")))
    actions.vote(cast.lin.actor, other, options(other)[0])
    actions.vote(cast.may.actor, number, options(number)[0])
    personal.erase(cast.lin.id, keeps_words=keeps_words)
    assert votes(other) == [0, 0]
    left = Poll.get_or_none(Poll.id == number)
    assert (left is not None) is keeps_words
    assert left is None or (left.author_id is None and queries.poll(cast.may.actor, number).author == "")
