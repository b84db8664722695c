"""A comment on an event is reported like anything else, and decided about by those who look after its circle or, in an
event of the site, by those who run that."""

import pytest

from blueprints.live import moderating, scheduling
from blueprints.moderation import appealing
from core import clock
from core.errors import Conflict, Denied, Gone, Invalid
from models import LiveAct, ModerationCase, ModerationDecision, Notice
from tests.blueprints.live_stories import an_event, bodies, row_of, say, told
from tests.blueprints.moderation_stories import case_of, decide, decisions, report


@pytest.fixture
def event(cast) -> int:
    number = an_event(cast.che.actor, cast.running.id)
    scheduling.begin(cast.che.actor, number)
    return number


def test_who_sees_a_comment_reports_it_from_its_menu(cast, event, as_, post):
    number = say(cast.lin.actor, event, "看不惯的话")
    way = f"/report/live_comment/{number}"
    assert way in as_("ning").get(f"/live/{event}/comments/{number}/menu").text
    assert way not in as_("lin").get(f"/live/{event}/comments/{number}/menu").text
    browser = as_("ning")
    assert "看不惯的话" in browser.get(way).text
    answer = post(browser, way, {"reason": ":spam", "note": ""})
    assert answer.status_code == 303 and answer.location.endswith(f"/live/{event}")
    case = ModerationCase.get(ModerationCase.subject_kind == "live_comment")
    assert (case.subject_id, case.circle_id, case.level, case.member_id) == (
        number, cast.running.id, "circle", cast.lin.id,
    )  # fmt: skip


def test_hiding_it_takes_it_from_every_page_and_taking_that_back_brings_it_again(cast, event):
    number = say(cast.lin.actor, event, "看不惯的话")
    case = report(cast.ning.actor, "live_comment", number)
    (decision,) = decide(cast.may.actor, case, "hide")
    assert bodies(cast.ning.actor, event) == [] and told(f"live-{event}")[-1] == ("gone", number)
    assert row_of(event).comment_count == 0 and case_of(case).closed_at
    assert LiveAct.get(LiveAct.action == "hide").actor_id == cast.may.id
    assert Notice.select().where(Notice.member == cast.lin.id, Notice.kind == "moderated").count() == 1
    appealing.appeal(cast.lin.actor, decision, "只是玩笑")
    appealing.answer(cast.che.actor, decision, upheld=True)
    assert bodies(cast.ning.actor, event) == ["看不惯的话"] and told(f"live-{event}")[-1] == ("comment", number)
    assert row_of(event).comment_count == 1
    assert decisions()[-2:] == [("hide", "live_comment", True), ("restore", "live_comment", False)]


def test_those_who_decide_see_it_with_what_was_said_around_it(cast, event, as_):
    numbers = [say(cast.lin.actor, event, f"第{n}句 <b>") for n in range(5)]
    case = report(cast.ning.actor, "live_comment", numbers[2])
    page = as_("may").get(f"/moderation/cases/{case}").text
    assert all(f"第{n}句 &lt;b&gt;" in page for n in range(5)) and "句 <b>" not in page
    assert f'href="/live/{event}"' in page and 'value="hide"' in page and 'value="lock"' not in page
    assert as_("lin").get(f"/moderation/cases/{case}").status_code == 404


def test_in_an_event_of_the_site_those_who_run_it_decide(cast):
    event = an_event(cast.owner.actor)
    scheduling.begin(cast.owner.actor, event)
    case = report(cast.ning.actor, "live_comment", say(cast.lin.actor, event, "看不惯"))
    assert case_of(case).level == "site" and case_of(case).circle_id is None
    with pytest.raises(Gone):
        decide(cast.may.actor, case, "hide")
    decide(cast.staff.actor, case, "hide")
    assert bodies(cast.ning.actor, event) == []


def test_what_a_moderator_said_is_decided_about_above_them(cast, event):
    case = report(cast.ning.actor, "live_comment", say(cast.may.actor, event, "版主说的"))
    assert case_of(case).level == "site"


def test_what_was_deleted_meanwhile_is_decided_about_without_doing_anything_twice(cast, event):
    number = say(cast.lin.actor, event, "看不惯")
    case = report(cast.ning.actor, "live_comment", number)
    moderating.delete_comment(cast.che.actor, event, number)
    with pytest.raises(Conflict):
        decide(cast.may.actor, case, "hide")
    assert row_of(event).comment_count == 0
    decide(cast.may.actor, case)
    assert ModerationDecision.select().where(ModerationDecision.action == "dismiss").count() == 1


def test_what_one_does_not_see_cannot_be_reported(cast):
    hidden = an_event(cast.che.actor, cast.darkroom.id, visibility="members")
    number = say(cast.lin.actor, hidden)
    with pytest.raises(Gone):
        report(cast.ning.actor, "live_comment", number)
    with pytest.raises(Gone):
        report(cast.ning.actor, "live_comment", 99999)


def test_only_what_can_be_done_to_a_comment_is_done(cast, event):
    number = say(cast.lin.actor, event)
    case = report(cast.ning.actor, "live_comment", number)
    for thing in ("lock", "move"):
        with pytest.raises(Invalid, match="posts_only"):
            decide(cast.may.actor, case, thing)
    decide(cast.may.actor, case, person="mute", days=1)
    clock.shift(1)
    with pytest.raises(Denied, match="live_muted"):
        say(cast.lin.actor, event, "还想说")
