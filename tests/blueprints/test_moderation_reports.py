"""Reporting: from every page, to those who look after it, and without ever saying who."""

import pytest

from blueprints.circles import commenting, joining, posting
from blueprints.moderation import reporting
from blueprints.moderation.reporting import ReportDraft
from core.errors import Conflict, Gone, Invalid
from models import Member, ModerationCase, ModerationReason, Picture, Report
from tests.blueprints.circle_stories import say, write
from tests.blueprints.moderation_stories import SPAM, case_of, crowd, decide, report, told

MANY = 200


def test_a_member_reports_a_post_and_its_moderators_are_told(cast, as_, post):
    mine = cast.post_in(cast.running)
    browser = as_("ning")
    page = browser.get(f"/report/post/{mine.id}").text
    assert 'id="report-form"' in page and 'value=":spam"' in page and 'name="to_site"' in page
    answer = post(browser, f"/report/post/{mine.id}", {"reason": SPAM, "note": "全是广告"})
    assert answer.status_code == 303 and answer.location.endswith(f"/posts/{mine.id}")
    case = ModerationCase.get()
    assert (case.level, case.circle_id, case.member_id, case.report_count) == (
        "circle", cast.running.id, cast.lin.id, 1,
    )  # fmt: skip
    assert told(cast.may.id) == told(cast.che.id) == ["reported"] and told(cast.lin.id) == []


def test_the_way_there_stands_in_the_menu_of_a_post_and_on_a_profile(cast, as_, client):
    mine = cast.post_in(cast.running)
    way = f'href="/report/post/{mine.id}"'
    assert way in as_("ning").get("/circles/night-run").text
    assert way not in as_("lin").get("/circles/night-run").text
    assert way not in client.get("/circles/night-run").text
    assert f'href="/report/person/{cast.lin.id}"' in as_("ning").get("/people/lin").text
    assert "/report/person/" not in as_("lin").get("/people/lin").text
    picture = Picture.get(Picture.subject_kind == "post", Picture.subject_id == mine.id)
    assert f"/report/picture/{picture.key}" in as_("ning").get(f"/report/post/{mine.id}").text


def test_with_htmx_the_form_comes_back_alone_with_what_was_typed(cast, as_, post):
    mine = cast.post_in(cast.running)
    headers = {"HX-Request": "true", "HX-Target": "report-form"}
    answer = post(as_("ning"), f"/report/post/{mine.id}", {"reason": "no", "note": "写了很多"}, headers=headers)
    assert answer.status_code == 422 and "<html" not in answer.text and "写了很多" in answer.text
    sent = post(as_("ning"), f"/report/post/{mine.id}", {"reason": SPAM}, headers=headers)
    assert sent.status_code == 200 and sent.headers["HX-Redirect"].endswith(f"/posts/{mine.id}")
    assert Report.select().count() == 1


def test_reporting_again_changes_nothing(cast):
    mine = cast.post_in(cast.running)
    first = report(cast.ning.actor, "post", mine.id, "一")
    assert report(cast.ning.actor, "post", mine.id, "二") == first
    assert report(cast.may.actor, "post", mine.id) == first
    assert case_of(first).report_count == 2 and Report.select().count() == 2
    assert Report.get(Report.reporter == cast.ning.id).note == "一"


def test_two_hundred_reports_at_once_are_one_case_with_the_exact_number(cast, in_threads):
    mine, people = cast.post_in(cast.running), crowd(MANY // 2)
    in_threads(MANY, lambda number: report(people[number % len(people)], "post", mine.id))
    case = ModerationCase.get()
    assert ModerationCase.select().count() == 1
    assert case.report_count == Report.select().count() == MANY // 2
    assert told(cast.may.id) == ["reported"]


def test_after_a_decision_a_new_report_opens_a_new_case(cast):
    mine = cast.post_in(cast.running)
    first = report(cast.ning.actor, "post", mine.id)
    decide(cast.may.actor, first)
    second = report(cast.ning.actor, "post", mine.id)
    assert second != first and case_of(second).closed_at is None


@pytest.mark.parametrize("kind", ["post", "comment", "picture"])
def test_what_one_cannot_see_cannot_be_reported(cast, as_, post, kind):
    hidden = {
        "post": cast.post_in(cast.darkroom).id, "comment": cast.comment_in(cast.darkroom).id,
        "picture": cast.picture_in(cast.darkroom),
    }[kind]  # fmt: skip
    browser = as_("ning")
    assert browser.get(f"/report/{kind}/{hidden}").status_code == 404
    assert post(browser, f"/report/{kind}/{hidden}", {"reason": SPAM}).status_code == 404
    assert as_("lin" if kind == "comment" else "che").get(f"/report/{kind}/{hidden}").status_code == 200
    assert ModerationCase.select().count() == 0


@pytest.mark.parametrize(
    "address", ["post/0", "post/x", "post/99999", "circle/1", "picture/1", "person/0", "post/" + "9" * 40]
)
def test_what_is_not_there_cannot_be_reported(cast, as_, address):
    assert as_("ning").get(f"/report/{address}").status_code == 404


def test_deleted_and_hidden_comments_cannot_be_reported_by_who_does_not_see_them(cast):
    comment = cast.comment_in(cast.running)
    case = report(cast.lin.actor, "comment", comment.id, to_site=True)
    decide(cast.staff.actor, case, "hide")
    with pytest.raises(Gone):
        report(cast.ning.actor, "comment", comment.id)
    commenting.delete_comment(cast.may.actor, cast.running.id, comment.post_id, comment.id)
    with pytest.raises(Gone):
        report(cast.che.actor, "comment", comment.id)


def test_nobody_reports_themselves(cast):
    with pytest.raises(Conflict) as refused:
        report(cast.lin.actor, "post", cast.post_in(cast.running).id)
    assert refused.value.code == "report_self"


def test_what_concerns_those_who_run_a_circle_goes_to_the_site(cast):
    by_owner = write(cast.che.actor, cast.running.id, "我是圈主")
    assert case_of(report(cast.ning.actor, "post", by_owner.id)).level == "site"
    assert case_of(report(cast.ning.actor, "comment", cast.comment_in(cast.running).id)).level == "site"
    assert case_of(report(cast.ning.actor, "post", cast.post_in(cast.running).id)).level == "circle"
    assert told(cast.owner.id) == told(cast.staff.id) == ["reported", "reported"]


def test_a_reporter_can_pass_the_moderators_by(cast):
    mine = cast.post_in(cast.running)
    case = case_of(report(cast.ning.actor, "post", mine.id, to_site=True))
    assert case.level == "site" and told(cast.may.id) == []


def test_a_person_is_reported_to_the_site_or_to_a_circle_they_are_in(cast, as_):
    assert case_of(report(cast.ning.actor, "member", cast.lin.id)).level == "site"
    here = case_of(report(cast.ning.actor, "member", cast.lin.id, circle="night-run"))
    assert (here.level, here.circle_id) == ("circle", cast.running.id)
    for slug in ("desk", "no-such", cast.darkroom.slug):
        with pytest.raises(Gone):
            report(cast.ning.actor, "member", cast.lin.id, circle=slug)
    assert as_("ning").get(f"/report/person/{cast.lin.id}?circle={cast.darkroom.slug}").status_code == 404


def test_a_profile_picture_is_reported_to_the_site(cast):
    key = cast.picture_in(cast.running)
    Picture.update(subject_kind="member", subject_id=cast.lin.id).where(Picture.key == key).execute()
    case = case_of(report(cast.ning.actor, "picture", Picture.get(Picture.key == key).id))
    assert (case.level, case.member_id) == ("site", cast.lin.id)


def test_the_reasons_are_those_of_the_circle(cast, as_):
    ModerationReason.create(circle=cast.running, text="不是跑步的事", position=0)
    mine = cast.post_in(cast.running)
    page = as_("ning").get(f"/report/post/{mine.id}").text
    assert "不是跑步的事" in page and ":spam" not in page
    with pytest.raises(Invalid):
        report(cast.ning.actor, "post", mine.id)
    assert reporting.report(cast.ning.actor, "post", mine.id, ReportDraft("不是跑步的事"))


def test_a_note_that_is_too_long_is_refused(cast):
    with pytest.raises(Invalid):
        report(cast.ning.actor, "post", cast.post_in(cast.running).id, "长" * 501)


def test_the_reported_never_learns_by_whom(cast, as_, app):
    mine = cast.post_in(cast.running)
    case = report(cast.ning.actor, "post", mine.id, "私下说的话")
    decide(cast.may.actor, case, "hide")
    browser = as_("lin")
    pages = [browser.get(url).text for url in ("/notices/", "/moderation/decisions/1", "/circles/night-run/log")]
    for page in pages:
        assert "私下说的话" not in page and cast.ning.username not in page
    assert browser.get(f"/moderation/cases/{case}").status_code == 404
    assert "私下说的话" in as_("may").get(f"/moderation/cases/{case}").text


def test_one_cannot_report_without_end(cast, as_, post, monkeypatch):
    from core.limits import RATES, Rate

    monkeypatch.setitem(RATES, "report.write", Rate(2, 3600))
    browser, statuses = as_("ning"), []
    for number in range(3):
        target = say(cast.lin.actor, cast.post_in(cast.running), f"第{number}条")
        statuses.append(post(browser, f"/report/comment/{target.id}", {"reason": SPAM}).status_code)
    assert statuses == [303, 303, 429]


def test_who_leaves_the_site_takes_the_words_of_their_reports_along(cast):
    from core import personal

    mine = cast.post_in(cast.running)
    case = report(cast.ning.actor, "post", mine.id, "只给版主看")
    content = {name: found for name, found, _ in personal.copies(cast.ning.id)}["moderation"]
    assert [row["note"] for row in content["reports"]] == ["只给版主看"]
    personal.erase(cast.ning.id, keeps_words=True)
    row = Report.get(Report.case == case)
    assert (row.reporter_id, row.note, case_of(case).report_count) == (None, "", 1)


def test_erased_members_cannot_be_reported(cast):
    Member.update(erased_at=1).where(Member.id == cast.lin.id).execute()
    with pytest.raises(Gone):
        report(cast.ning.actor, "member", cast.lin.id)


def test_a_case_outlives_what_it_is_about(cast, as_):
    mine = cast.post_in(cast.running)
    case = report(cast.ning.actor, "post", mine.id)
    posting.delete_post(cast.lin.actor, cast.running.id, mine.id)
    joining.leave(cast.lin.actor, cast.running.id)
    assert as_("may").get(f"/moderation/cases/{case}").status_code == 200
    decide(cast.may.actor, case)
    assert case_of(case).closed_at
