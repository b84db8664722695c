"""Whom a decision concerns can ask once that it is looked at again, and gets an answer from somebody else."""

import pytest

from blueprints.circles import actions as circle_actions
from blueprints.circles import commenting, erasing, posting, sanctions
from blueprints.circles.joining import role_of
from blueprints.circles.rooms import room
from blueprints.moderation import appealing
from core import clock
from core.errors import Conflict, Denied, Gone, Invalid
from models import Comment, ModerationAppeal, ModerationDecision
from tests.blueprints.circle_stories import say, wrong_counters
from tests.blueprints.moderation_stories import act, decide, decisions, report, told


@pytest.fixture(autouse=True)
def counters_hold(cast):
    yield
    assert wrong_counters() == []


@pytest.fixture
def hidden(cast) -> int:
    """May's decision to hide lin's post."""
    return act(cast.may.actor, "post", cast.post_in(cast.running).id, "hide")[0]


def test_an_appeal_is_asked_answered_and_told(cast, as_, post, hidden):
    url = f"/moderation/decisions/{hidden}"
    assert post(as_("lin"), f"{url}/appeal", {"words": "那是朋友的店，不是广告"}).status_code == 303
    assert told(cast.che.id) == told(cast.may.id) == ["appealed"]
    page = as_("che").get("/circles/night-run/moderation/?what=appeals").text
    assert "那是朋友的店" in page and f'href="{url}"' in page
    assert 'id="answer-form"' in as_("che").get(url).text and 'id="answer-form"' not in as_("may").get(url).text
    assert post(as_("che"), f"{url}/answer", {"upheld": "1", "answer": "你说得对"}).status_code == 303
    assert cast.post_in(cast.running).hidden_at is None
    assert told(cast.lin.id) == ["moderated", "appeal_answered"]
    page = as_("lin").get(url).text
    assert "你说得对" in page and 'id="taken-back"' in page and 'id="appeal-form"' not in page
    assert decisions() == [("hide", "post", True), ("restore", "post", False)]


def test_an_appeal_that_fails_changes_nothing(cast, hidden):
    appealing.appeal(cast.lin.actor, hidden, "不公平")
    appealing.answer(cast.che.actor, hidden, upheld=False, words="这里不卖东西")
    assert cast.post_in(cast.running).hidden_at and decisions() == [("hide", "post", False)]
    assert told(cast.lin.id) == ["moderated", "appeal_answered"]


def test_there_is_one_appeal_and_no_second(cast, as_, post, hidden, in_threads):
    said = []

    def go(number: int) -> None:
        try:
            said.append(appealing.appeal(cast.lin.actor, hidden, f"第{number}次"))
        except Conflict as refusal:
            said.append(refusal.code)

    in_threads(10, go)
    assert said.count(None) == 1 and said.count("appeal_made") == 9
    appealing.answer(cast.che.actor, hidden, upheld=False)
    with pytest.raises(Conflict):
        appealing.appeal(cast.lin.actor, hidden, "再来")
    answer = post(as_("lin"), f"/moderation/decisions/{hidden}/appeal", {"words": "再来一次"})
    assert answer.status_code == 422 and ModerationAppeal.select().count() == 1


def test_of_many_answers_one_counts(cast, hidden, in_threads):
    circle_actions.set_role(cast.che.actor, cast.running.id, cast.lin.id, "member")
    appealing.appeal(cast.lin.actor, hidden, "不公平")
    said = []

    def go(number: int) -> None:
        try:
            said.append(appealing.answer(cast.che.actor, hidden, upheld=number % 2 == 0))
        except Conflict as refusal:
            said.append(refusal.code)

    in_threads(10, go)
    assert said.count("appeal_decided") == 9
    asked = ModerationAppeal.get()
    assert (cast.post_in(cast.running).hidden_at is None) == asked.upheld
    assert told(cast.lin.id).count("appeal_answered") == 1


def test_who_decided_does_not_answer_while_there_is_somebody_else(cast, hidden):
    appealing.appeal(cast.lin.actor, hidden, "不公平")
    with pytest.raises(Denied):
        appealing.answer(cast.may.actor, hidden, upheld=False)
    for who in ("ning", "staff", "lin"):
        with pytest.raises(Gone):
            appealing.answer(cast[who].actor, hidden, upheld=True)
    appealing.answer(cast.che.actor, hidden, upheld=False)


def test_owners_may_answer_for_themselves(cast):
    mine = act(cast.che.actor, "post", cast.post_in(cast.running).id, "hide")[0]
    appealing.appeal(cast.lin.actor, mine, "不公平")
    appealing.answer(cast.che.actor, mine, upheld=True)
    assert cast.post_in(cast.running).hidden_at is None


def test_only_whom_it_concerns_asks_and_only_for_thirty_days(cast, hidden, as_):
    for who in ("ning", "may", "che", "owner"):
        with pytest.raises(Gone):
            appealing.appeal(cast[who].actor, hidden, "x")
    with pytest.raises(Invalid):
        appealing.appeal(cast.lin.actor, hidden, "长" * 501)
    with pytest.raises(Invalid):
        appealing.appeal(cast.lin.actor, hidden, "  ")
    ModerationDecision.update(decided_at=clock.now() - 31 * clock.DAY).execute()
    with pytest.raises(Conflict) as refused:
        appealing.appeal(cast.lin.actor, hidden, "x")
    assert refused.value.code == "appeal_late"
    assert 'id="appeal-form"' not in as_("lin").get(f"/moderation/decisions/{hidden}").text


@pytest.mark.parametrize("who", ["ning", "owner", "staff"])
def test_a_decision_is_shown_to_nobody_else(cast, as_, hidden, who):
    assert as_(who).get(f"/moderation/decisions/{hidden}").status_code == 404
    assert as_(who).get("/moderation/decisions/99999").status_code == 404


def test_who_was_banned_can_still_ask_and_comes_back(cast, as_, post):
    sanctions.ban(cast.may.actor, cast.running.id, cast.lin.id, "广告", "三次了", clock.now() + 9 * clock.DAY)
    decision = ModerationDecision.get().id
    notices = as_("lin").get("/notices/").text
    assert f"/moderation/decisions/{decision}" in notices
    assert "三次了" in as_("lin").get(f"/moderation/decisions/{decision}").text
    assert post(as_("lin"), f"/moderation/decisions/{decision}/appeal", {"words": "认错人了"}).status_code == 303
    appealing.answer(cast.che.actor, decision, upheld=True)
    here = room(cast.lin.actor, "night-run")
    assert here.is_member and not here.is_banned
    assert decisions() == [("ban", "member", True), ("lift", "member", False)]


def test_who_was_removed_comes_back(cast):
    sanctions.remove(cast.may.actor, cast.running.id, cast.lin.id, "误会")
    decision = ModerationDecision.get().id
    appealing.appeal(cast.lin.actor, decision, "认错人了")
    appealing.answer(cast.che.actor, decision, upheld=True)
    assert role_of(cast.running.id, cast.lin.id) == "member"


def test_who_was_muted_may_write_again(cast):
    sanctions.mute(cast.may.actor, cast.running.id, cast.lin.id, "太吵")
    appealing.appeal(cast.lin.actor, ModerationDecision.get().id, "是别人")
    appealing.answer(cast.che.actor, ModerationDecision.get().id, upheld=True)
    assert say(cast.lin.actor, cast.post_in(cast.running)).id


def test_who_was_removed_from_a_private_circle_reads_the_decision_and_nothing_more(cast, as_):
    sanctions.remove(cast.che.actor, cast.darkroom.id, cast.lin.id, "不合适")
    page = as_("lin").get(f"/moderation/decisions/{ModerationDecision.get().id}").text
    assert "不合适" in page and f"/circles/{cast.darkroom.slug}" not in page


def test_nothing_is_left_to_ask_about_what_was_taken_back(cast, hidden):
    act(cast.may.actor, "post", cast.post_in(cast.running).id, "restore")
    with pytest.raises(Conflict) as refused:
        appealing.appeal(cast.lin.actor, hidden, "x")
    assert refused.value.code == "appeal_moot"


def test_moderators_take_back_what_they_decided(cast, as_, post, hidden):
    page = as_("may").get(f"/moderation/decisions/{hidden}").text
    assert f"/moderation/decisions/{hidden}/reverse" in page
    assert "reverse" not in as_("lin").get(f"/moderation/decisions/{hidden}").text
    for _ in range(2):
        assert post(as_("may"), f"/moderation/decisions/{hidden}/reverse").status_code == 303
    assert decisions() == [("hide", "post", True), ("restore", "post", False)]
    assert told(cast.lin.id) == ["moderated", "moderated"]


def test_what_the_site_decided_is_answered_by_the_site(cast, as_, post):
    case = report(cast.ning.actor, "post", cast.post_in(cast.running).id, to_site=True)
    decision = decide(cast.staff.actor, case, "hide")[0]
    appealing.appeal(cast.lin.actor, decision, "不公平")
    with pytest.raises(Gone):
        appealing.answer(cast.che.actor, decision, upheld=True)
    with pytest.raises(Denied):
        appealing.answer(cast.staff.actor, decision, upheld=True)
    assert f"/moderation/decisions/{decision}" in as_("owner").get("/admin/reports?what=appeals").text
    answer = post(as_("owner"), f"/moderation/decisions/{decision}/answer", {"upheld": "1"})
    assert answer.status_code == 303 and cast.post_in(cast.running).hidden_at is None


def test_words_of_an_appeal_go_with_who_wrote_them(cast, hidden):
    from core import personal

    appealing.appeal(cast.lin.actor, hidden, "私事")
    copied = {name: found for name, found, _ in personal.copies(cast.lin.id)}["moderation"]
    assert [row["words"] for row in copied["appeals"]] == ["私事"]
    personal.erase(cast.lin.id, keeps_words=True)
    assert ModerationAppeal.select().count() == 0 and ModerationDecision.select().count() == 1


def test_what_a_moderator_deleted_comes_back_while_its_words_are_kept(cast):
    mine = cast.post_in(cast.running)
    answer = say(cast.may.actor, mine)
    reply = say(cast.lin.actor, mine, "回一句", answer.id)
    commenting.delete_comment(cast.may.actor, cast.running.id, mine.id, reply.id)
    posting.delete_post(cast.may.actor, cast.running.id, mine.id)
    for row in ModerationDecision.select().order_by(ModerationDecision.id.desc()):
        appealing.appeal(cast.lin.actor, row.id, "不公平")
        appealing.answer(cast.che.actor, row.id, upheld=True)
    assert cast.post_in(cast.running).deleted_at is None
    assert Comment.get_by_id(reply.id).deleted_at is None
    assert decisions() == [
        ("delete", "comment", True), ("delete", "post", True), ("undelete", "post", False),
        ("undelete", "comment", False),
    ]  # fmt: skip


def test_words_that_went_for_good_stay_gone(cast):
    mine = cast.post_in(cast.running)
    posting.delete_post(cast.may.actor, cast.running.id, mine.id)
    erasing.purge_deleted(-1)
    decision = ModerationDecision.get().id
    appealing.appeal(cast.lin.actor, decision, "不公平")
    appealing.answer(cast.che.actor, decision, upheld=True)
    assert cast.post_in(cast.running).deleted_at and decisions() == [("delete", "post", True)]
