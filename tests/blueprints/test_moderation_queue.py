"""The moderators' queue: what waits, what surrounds it, deciding once, and that each look is on record."""

import pytest

from blueprints.circles import actions as circle_actions
from blueprints.circles import posting, reading, sanctions
from blueprints.circles.rooms import room
from blueprints.moderation.actions import reverse
from core import clock
from core.errors import Conflict, Denied, Gone, Invalid
from models import (
    Circle,
    ModerationCase,
    ModerationDecision,
    ModerationLook,
    Pending,
    Post,
    Sanction,
    Screening,
)
from tests.blueprints.circle_stories import counted, say, write, wrong_counters
from tests.blueprints.moderation_stories import SPAM, act, case_of, crowd, decide, decisions, report, told


@pytest.fixture(autouse=True)
def counters_hold(cast):
    yield
    assert wrong_counters() == []


@pytest.fixture
def case(cast) -> int:
    return report(cast.ning.actor, "post", cast.post_in(cast.running).id, "第三次了")


def test_moderators_find_it_in_a_tab_and_others_find_no_tab(cast, as_, case, client):
    tab = 'href="/circles/night-run/moderation/"'
    assert tab in as_("may").get("/circles/night-run").text
    for browser in (client, as_("lin"), as_("ning"), as_("owner")):
        assert tab not in browser.get("/circles/night-run").text
    assert as_("lin").get("/circles/night-run/moderation/").status_code == 403
    page = as_("may").get("/circles/night-run/moderation/").text
    assert f'id="case-{case}"' in page and f'href="/moderation/cases/{case}"' in page


def test_a_case_shows_context_reports_and_history(cast, as_, case):
    circle_actions.mute(cast.che.actor, cast.running.id, cast.lin.id, "太吵", "三天", clock.now() + 3 * clock.DAY)
    page = as_("may").get(f"/moderation/cases/{case}").text
    assert "第三次了" in page and "七点半" in page and "太吵" in page
    assert 'id="case-history"' in page and 'id="ruling-form"' in page and 'value="hide"' in page
    assert ModerationLook.select().count() == 0  # a moderator sees this anyway


def test_a_comment_stands_among_its_neighbours(cast, as_):
    mine = cast.post_in(cast.running)
    said = [say(cast.lin.actor, mine, f"第{number}句话") for number in range(7)]
    case = report(cast.ning.actor, "comment", said[3].id)
    page = as_("may").get(f"/moderation/cases/{case}").text
    assert [f"第{number}句话" in page for number in range(7)] == [False, True, True, True, True, True, False]


def test_hiding_takes_it_out_of_sight_and_tells_its_author_why(cast, as_, post, case, client):
    mine = cast.post_in(cast.running)
    answer = post(
        as_("may"), f"/moderation/cases/{case}", {"thing": "hide", "reason": SPAM, "note": "这里不卖东西", "days": "7"}
    )
    assert answer.status_code == 303 and case_of(case).closed_at
    assert client.get(f"/circles/night-run/posts/{mine.id}").status_code == 404
    assert as_("lin").get(f"/circles/night-run/posts/{mine.id}").status_code == 200
    assert told(cast.lin.id) == ["moderated"]
    page = as_("lin").get(f"/moderation/decisions/{ModerationDecision.get().id}").text
    assert "这里不卖东西" in page and 'id="appeal-form"' in page and cast.may.display_name not in page
    notices = as_("lin").get("/notices/").text
    assert "/moderation/decisions/" in notices


def test_hidden_comments_are_gaps_and_come_back(cast):
    mine = say(cast.lin.actor, cast.post_in(cast.running), "看不惯")
    act(cast.may.actor, "comment", mine.id, "hide")
    here = room(cast.ning.actor, "night-run")
    assert reading.comment(cast.ning.actor, here, mine.post_id, mine.id).html == ""
    assert "看不惯" in reading.comment(cast.lin.actor, room(cast.lin.actor, "night-run"), mine.post_id, mine.id).html
    act(cast.may.actor, "comment", mine.id, "restore")
    assert "看不惯" in reading.comment(cast.ning.actor, here, mine.post_id, mine.id).html
    assert decisions() == [("hide", "comment", True), ("restore", "comment", False)]


def test_a_reason_is_needed_and_comes_from_the_list(cast, as_, post, case):
    for data in (
        {"thing": "hide"}, {"thing": "hide", "reason": "because"}, {"person": "mute", "days": "5"},
        {"thing": "explode", "reason": SPAM}, {"thing": "hide", "reason": SPAM, "note": "长" * 501},
    ):  # fmt: skip
        answer = post(as_("may"), f"/moderation/cases/{case}", data)
        assert answer.status_code == 422 and 'id="ruling-form"' in answer.text, data
    assert case_of(case).closed_at is None and decisions() == []


def test_dismissing_changes_nothing_and_tells_nobody(cast, case):
    decide(cast.may.actor, case)
    assert decisions() == [("dismiss", "post", False)] and told(cast.lin.id) == []
    assert cast.post_in(cast.running).hidden_at is None


def test_the_thing_and_the_person_are_decided_in_one_go(cast, case):
    decide(cast.may.actor, case, "hide", "mute", note="一周", days=7)
    assert decisions() == [("hide", "post", False), ("mute", "member", False)]
    assert {row.case_id for row in ModerationDecision.select()} == {case}
    assert room(cast.lin.actor, "night-run").is_muted and told(cast.lin.id) == ["moderated", "moderated"]
    with pytest.raises(Denied):
        write(cast.lin.actor, cast.running.id)


def test_a_ban_that_cannot_be_leaves_everything_as_it_was(cast, case):
    """One transaction: the post is not hidden by a decision whose other half was refused."""
    circle_actions.set_role(cast.che.actor, cast.running.id, cast.lin.id, "moderator")
    with pytest.raises(Conflict):
        decide(cast.may.actor, case, "hide", "ban")
    assert decisions() == [] and case_of(case).closed_at is None and cast.post_in(cast.running).hidden_at is None


def test_of_ten_who_decide_at_once_one_does(cast, case, in_threads):
    said = []

    def go(number: int) -> None:
        actor = (cast.may.actor, cast.che.actor)[number % 2]
        try:
            said.append(decide(actor, case, "hide" if number % 3 else "", "warn"))
        except Conflict as refusal:
            said.append(refusal.code)

    in_threads(10, go)
    assert said.count("case_closed") == 9
    assert sum(isinstance(each, list) for each in said) == 1
    assert ModerationDecision.select().where(ModerationDecision.action == "warn").count() == 1


def test_of_ten_who_hide_from_the_menu_at_once_one_does(cast, in_threads):
    mine, done = cast.post_in(cast.running), []
    in_threads(10, lambda _number: done.append(act(cast.may.actor, "post", mine.id, "hide")))
    assert sum(map(len, done)) == 1 and decisions() == [("hide", "post", False)]


def test_the_same_form_sent_twice_warns_once(cast, as_, post, fresh_key):
    mine, browser = cast.post_in(cast.running), as_("may")
    data = {"person": "warn", "reason": SPAM, "days": "7", "key": fresh_key()}
    for _ in range(2):
        assert post(browser, f"/circles/night-run/moderation/act/post/{mine.id}", data).status_code == 303
    assert decisions() == [("warn", "post", False)]


def test_acting_from_the_menu_closes_the_open_case(cast, as_, post, case):
    mine = cast.post_in(cast.running)
    browser = as_("may")
    page = browser.get(f"/circles/night-run/moderation/act/post/{mine.id}?do=lock").text
    assert 'value="lock"' in page and "checked" in page
    url = f"/circles/night-run/moderation/act/post/{mine.id}"
    assert post(browser, url, {"thing": "lock", "reason": SPAM, "days": "7"}).status_code == 303
    assert case_of(case).closed_at and cast.post_in(cast.running).locked_at
    with pytest.raises(Conflict):
        say(cast.lin.actor, mine)
    assert say(cast.may.actor, mine).id
    act(cast.may.actor, "post", mine.id, "unlock")
    assert say(cast.lin.actor, mine).id


def test_moderators_do_not_decide_about_each_other_but_owners_do(cast):
    circle_actions.set_role(cast.che.actor, cast.running.id, cast.lin.id, "moderator")
    mine = cast.post_in(cast.running)
    with pytest.raises(Conflict):
        act(cast.may.actor, "post", mine.id, "hide")
    with pytest.raises(Denied):
        act(cast.lin.actor, "post", mine.id, "hide")
    assert act(cast.che.actor, "post", mine.id, "hide")


@pytest.mark.parametrize("who", ["lin", "ning", "staff", "owner"])
def test_who_does_not_look_after_the_circle_decides_nothing(cast, case, who):
    mine = cast.post_in(cast.running)
    with pytest.raises(Gone):
        act(cast[who].actor, "post", mine.id, "hide")
    with pytest.raises(Gone):
        decide(cast[who].actor, case, "hide")
    with pytest.raises(Gone):
        reverse(cast[who].actor, act(cast.may.actor, "post", mine.id, "hide")[0])


def test_a_moderator_who_was_dismissed_decides_nothing_any_more(cast, case):
    circle_actions.set_role(cast.che.actor, cast.running.id, cast.may.id, "member")
    with pytest.raises(Gone):
        decide(cast.may.actor, case, "hide")


# ---- moving -------------------------------------------------------------------------------------------------


def test_a_post_moves_with_its_comments_and_counters(cast, as_):
    other = circle_actions.found_circle(
        cast.che.actor, circle_actions.CircleDraft("江边", "river", "x", "sport", "public", "open")
    )
    mine = cast.post_in(cast.running)
    page = as_("che").get(f"/circles/night-run/moderation/act/post/{mine.id}").text
    assert 'value="river"' in page and 'value="desk"' in page
    act(cast.che.actor, "post", mine.id, "move", to="river")
    row = Post.get_by_id(mine.id)
    assert (row.circle_id, row.comment_count) == (other.id, 1)
    assert as_("ning").get(f"/circles/night-run/posts/{mine.id}").status_code == 404
    assert "Count me in" in as_("ning").get(f"/circles/river/posts/{mine.id}").text
    assert Circle.get_by_id(other.id).post_count == 1 and told(cast.lin.id) == ["moderated"]
    reverse(cast.che.actor, ModerationDecision.get().id)
    assert Post.get_by_id(mine.id).circle_id == cast.running.id


def test_nothing_moves_to_where_more_people_read_it(cast):
    mine = cast.post_in(cast.darkroom)
    for slug in ("night-run", "desk", "no-such", cast.darkroom.slug):
        with pytest.raises(Invalid):
            act(cast.che.actor, "post", mine.id, "move", to=slug)
    assert Post.get_by_id(mine.id).circle_id == cast.darkroom.id


def test_a_moderator_moves_nothing_to_a_circle_that_is_not_theirs(cast):
    with pytest.raises(Invalid):
        act(cast.may.actor, "post", cast.post_in(cast.running).id, "move", to="desk")


# ---- what was done from elsewhere ---------------------------------------------------------------------------


def test_acts_from_the_member_list_are_written_down_once(cast):
    sanctions.mute(cast.may.actor, cast.running.id, cast.lin.id, "太吵")
    sanctions.lift(cast.may.actor, cast.running.id, cast.lin.id, "mute")
    sanctions.ban(cast.may.actor, cast.running.id, cast.lin.id, "广告", "再见")
    assert decisions() == [("mute", "member", True), ("lift", "member", False), ("ban", "member", False)]
    assert told(cast.lin.id) == ["moderated"] * 3


def test_what_a_moderator_deletes_is_written_down_and_undone_with_it(cast):
    mine = cast.post_in(cast.running)
    posting.delete_post(cast.may.actor, cast.running.id, mine.id)
    assert decisions() == [("delete", "post", False)] and told(cast.lin.id) == ["moderated"]
    posting.undo_delete_post(cast.may.actor, cast.running.id, mine.id)
    assert decisions() == [("delete", "post", True)] and told(cast.lin.id) == []
    posting.delete_post(cast.lin.actor, cast.running.id, mine.id)
    assert len(decisions()) == 1


# ---- what waits ---------------------------------------------------------------------------------------------


def test_what_waits_is_let_out_or_refused(cast, as_, post):
    Screening.create(circle=cast.running, approval="all", repeats=True)
    first, second = write(cast.lin.actor, cast.running.id, "第一篇"), write(cast.lin.actor, cast.running.id, "第二篇")
    browser = as_("may")
    page = browser.get("/circles/night-run/moderation/?what=waiting").text
    assert f'id="waiting-{first.id}"' in page and "第二篇" in page
    url = "/circles/night-run/moderation/waiting"
    assert post(browser, f"{url}/{first.id}", {"accept": "1"}).status_code == 303
    assert post(browser, f"{url}/{second.id}", {"accept": "0", "reason": "再想想"}).status_code == 303
    assert Post.select().where(Post.source == "第一篇").count() == 1
    assert Pending.get_by_id(second.id).refusal == "再想想"
    assert post(browser, f"{url}/{first.id}", {"accept": "1"}).status_code == 409
    assert post(as_("lin"), f"{url}/{second.id}", {"accept": "1"}).status_code == 403


# ---- the site, and looks ------------------------------------------------------------------------------------


def test_staff_see_a_private_circle_only_by_a_report_and_each_look_is_on_record(cast, as_):
    mine = cast.post_in(cast.darkroom)
    assert as_("staff").get(f"/circles/{cast.darkroom.slug}/posts/{mine.id}").status_code == 404
    case = report(cast.che.actor, "post", mine.id, to_site=True)
    browser = as_("staff")
    page = browser.get(f"/moderation/cases/{case}").text
    assert "第一卷冲好了" in page
    look = ModerationLook.get()
    assert (look.moderator_id, look.circle_id, look.subject_id) == (cast.staff.id, cast.darkroom.id, mine.id)
    key = cast.picture_in(cast.darkroom)
    seen = browser.get(f"/moderation/cases/{case}/pictures/{key}")
    seen.close()
    assert seen.status_code == 200 and seen.mimetype == "image/webp"
    assert browser.get(f"/media/{key}/m.webp").status_code == 404
    other = cast.picture_in(cast.desk)
    assert browser.get(f"/moderation/cases/{case}/pictures/{other}").status_code == 404
    assert ModerationLook.select().count() == 1
    assert "Ada" in as_("che").get(f"/circles/{cast.darkroom.slug}/moderation/looks").text
    assert as_("lin").get(f"/circles/{cast.darkroom.slug}/moderation/looks").status_code == 404
    assert "Ada" in as_("owner").get("/admin/looks").text
    assert as_("staff").get("/admin/looks").status_code == 404


def test_another_look_after_a_while_is_another_look(cast, as_):
    case = report(cast.che.actor, "post", cast.post_in(cast.darkroom).id, to_site=True)
    as_("staff").get(f"/moderation/cases/{case}")
    ModerationLook.update(looked_at=clock.now() - 11 * clock.MINUTE).execute()
    as_("staff").get(f"/moderation/cases/{case}")
    assert ModerationLook.select().count() == 2


def test_a_look_at_deleted_words_is_on_record_too(cast, as_, case):
    posting.delete_post(cast.lin.actor, cast.running.id, cast.post_in(cast.running).id)
    assert "七点半" in as_("may").get(f"/moderation/cases/{case}").text
    assert ModerationLook.get().moderator_id == cast.may.id


def test_what_went_to_the_site_is_not_there_for_the_circle(cast, as_):
    case = report(cast.ning.actor, "post", cast.post_in(cast.running).id, to_site=True)
    assert as_("may").get(f"/moderation/cases/{case}").status_code == 404
    assert f"case-{case}" not in as_("may").get("/circles/night-run/moderation/").text
    page = as_("staff").get("/admin/reports").text
    assert f'id="case-{case}"' in page
    assert 'id="reports-first"' in as_("staff").get("/admin/").text
    assert as_("che").get("/admin/reports").status_code == 404


def test_staff_hide_and_warn_but_do_not_run_the_circle(cast, as_):
    case = report(cast.ning.actor, "post", cast.post_in(cast.running).id, to_site=True)
    page = as_("staff").get(f"/moderation/cases/{case}").text
    assert 'value="warn"' in page and 'value="ban"' not in page and 'value="move"' not in page
    with pytest.raises(Invalid):
        decide(cast.staff.actor, case, person="ban")
    decide(cast.staff.actor, case, "hide", "warn")
    assert cast.post_in(cast.running).hidden_at and told(cast.lin.id) == ["moderated", "moderated"]


# ---- the log ------------------------------------------------------------------------------------------------


def test_the_log_names_nobody_and_leads_nowhere(cast, as_, case, client):
    decide(cast.may.actor, case, "hide", "ban", note="只给他看的话")
    mine = cast.post_in(cast.running)
    page = client.get("/circles/night-run/log").text
    main = page[page.index('id="log"') : page.index("</ul>", page.index('id="log"'))]
    for secret in ("林间", "lin", "May", "ning", "只给他看的话", f"/posts/{mine.id}", f"/cases/{case}", "decisions"):
        assert secret not in main, secret
    assert main.count("<li") == 2
    assert client.get("/circles/desk/log").status_code == 401
    assert as_("ning").get(f"/circles/{cast.darkroom.slug}/log").status_code == 404


def test_long_lists_go_on(cast, as_, monkeypatch):
    from core.limits import LIMITS

    monkeypatch.setitem(LIMITS, "page_cases", 5)
    mine = cast.post_in(cast.running)
    numbers = [report(cast.ning.actor, "comment", say(cast.lin.actor, mine, f"第{n}条").id) for n in range(12)]
    browser, seen, url = as_("may"), [], "/circles/night-run/moderation/"
    while url:
        page = browser.get(url, headers={"HX-Request": "true"} if seen else {}).text
        seen += [number for number in numbers if f'id="case-{number}"' in page]
        url = page.partition('class="pager"')[2].partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert seen == numbers
    for number in numbers:
        decide(cast.may.actor, number, "hide")
    page = browser.get("/circles/night-run/log").text
    assert page.count('class="row"') == 5 and "before=" in page


def test_a_longer_queue_asks_the_database_no_more(cast, as_, monkeypatch):
    mine, people = cast.post_in(cast.running), crowd(3)
    browser = as_("may")

    def asked() -> int:
        with counted() as seen:
            browser.get("/circles/night-run/moderation/")
        return len(seen)

    def add(count: int) -> None:
        for number in range(count):
            comment = say(cast.lin.actor, mine, f"第{number}条")
            for actor in people:
                report(actor, "comment", comment.id)

    add(4)
    asked()
    few = asked()
    add(12)
    assert asked() == few


def test_erasing_a_member_leaves_the_log(cast, case):
    from core import personal

    decide(cast.may.actor, case, "hide", "mute", note="写了他的事", days=1)
    copied = {name: found for name, found, _ in personal.copies(cast.lin.id)}["moderation"]
    assert [row["action"] for row in copied["decisions"]] == ["hide", "mute"]
    personal.erase(cast.lin.id, keeps_words=False)
    assert [(row.member_id, row.note) for row in ModerationDecision.select()] == [(None, "")] * 2
    personal.erase(cast.may.id, keeps_words=True)
    assert {row.decided_by_id for row in ModerationDecision.select()} == {None}
    assert ModerationCase.get().member_id is None
    assert not Sanction.select().where(Sanction.member == cast.lin.id).exists()
