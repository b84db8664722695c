"""Posts for later: written now, out at their moment, once, if their author may still write there then."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from blueprints.circles import actions, joining, pending, posting, topics, waiting
from blueprints.circles.forms import local_moment
from blueprints.circles.polls import PollDraft
from core import clock, jobs
from core.errors import Conflict, Gone, Invalid
from core.limits import LIMITS
from models import (
    Circle,
    Job,
    Notice,
    Pending,
    Picture,
    Post,
    PostPoll,
    Sanction,
    Screening,
    Suspension,
)
from tests.blueprints.circle_stories import photo, stored_files, typed, upload, wrong_counters
from tests.conftest import csrf_of

WRITE = "/circles/night-run/posts/"


def tomorrow() -> int:
    return clock.now() // 60_000 * 60_000 + clock.DAY


def schedule(actor, circle, body: str = "明天见", **more) -> Pending:
    kept = posting.write_post(actor, circle.id, posting.PostDraft("", body, due_at=tomorrow(), **more))
    assert isinstance(kept, Pending)
    return kept


def pass_a_day() -> None:
    clock.shift(clock.DAY + clock.MINUTE)


@pytest.fixture
def later(cast) -> Pending:
    return schedule(cast.lin.actor, cast.running)


def bodies(circle: Circle) -> list[str]:
    return [row.source for row in Post.select().where(Post.circle == circle).order_by(Post.id)]


# ---- writing one --------------------------------------------------------------------------------------------


def test_a_form_with_a_moment_makes_no_post_yet(as_, post, cast):
    before, browser = Post.select().count(), as_("lin")
    when = datetime.fromtimestamp(tomorrow() / 1000, ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%dT%H:%M")
    answer = post(browser, WRITE, {"title": "预告", "body": "明天见", "due": when})
    assert answer.status_code == 303 and Post.select().count() == before
    kept = Pending.get()
    assert kept.due_at == tomorrow(), "the moment is meant in the member's own time zone"
    assert 'id="own-waiting"' in browser.get("/circles/night-run").text
    page = browser.get("/circles/night-run/pending").text
    assert "预告" in page and f'id="pending-{kept.id}"' in page
    assert f'id="pending-{kept.id}"' in browser.get("/me/pending").text


def test_htmx_is_told_and_the_list_of_posts_stays(as_, post, cast):
    answer = post(as_("lin"), WRITE, {"body": "明天见", "due": local_of(tomorrow())}, htmx="post-list")
    assert answer.status_code == 200 and 'class="post"' not in answer.text
    assert "/circles/night-run/pending" in answer.text
    assert "sent" in answer.headers["HX-Trigger"]


def local_of(moment: int) -> str:
    return datetime.fromtimestamp(moment / 1000, ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize("htmx", [False, "post-list"])
@pytest.mark.parametrize("due", ["soon", "2020-01-01T10:00", "3020-01-01T10:00", "2026-13-45T99:99", "now"])
def test_a_moment_that_is_none_comes_back_with_all_that_was_typed(as_, post, cast, due, htmx):
    topic = topics.add_topic(cast.che.actor, cast.running.id, "路线")
    due = local_of(clock.now() + 60_000) if due == "now" else due
    form = {
        "title": "题目", "body": "写了很久", "due": due, "topic": str(topic), "poll_option": ["面", "饭"],
        "poll_multiple": "1",
    }  # fmt: skip
    answer = post(as_("lin"), WRITE, form, htmx=htmx)
    assert answer.status_code == 422 and 'id="composer-due-error"' in answer.text
    page = answer.text
    assert typed(page)[0] == "写了很久" and 'value="题目"' in page and f'value="{due}"' in page
    assert f'<option value="{topic}" selected>' in page and 'value="面"' in page
    assert re.search(r'name="poll_multiple" value="1" checked', page)
    assert not Pending.select().exists()


def test_a_topic_of_another_circle_is_refused(as_, post, cast):
    theirs = topics.add_topic(cast.che.actor, cast.desk.id, "书单")
    for value in (str(theirs), "999", "x", "-1"):
        answer = post(as_("lin"), WRITE, {"body": "好", "topic": value})
        assert answer.status_code == 422 and typed(answer.text)[0] == "好", value


def test_a_double_click_keeps_one(cast, in_threads, fresh_key):
    key, draft, made = fresh_key(), posting.PostDraft("", "一次", due_at=tomorrow()), []
    in_threads(20, lambda _n: made.append(posting.write_post(cast.lin.actor, cast.running.id, draft, key=key).id))
    assert len(set(made)) == 1 and Pending.select().count() == 1
    assert Job.select().where(Job.name == "circles.publish").count() == 1


def test_nobody_fills_the_house_with_what_waits(cast, monkeypatch):
    monkeypatch.setitem(LIMITS, "pending", 2)
    schedule(cast.lin.actor, cast.running, "一")
    schedule(cast.lin.actor, cast.running, "二")
    with pytest.raises(Invalid) as refusal:
        schedule(cast.lin.actor, cast.running, "三")
    assert refusal.value.code == "pending_full"


def looked(browser, url: str) -> int:
    with browser.get(url) as answer:
        return answer.status_code


# ---- its moment ---------------------------------------------------------------------------------------------


def test_it_comes_out_at_its_moment_with_all_that_belongs_to_it(app, cast):
    topic = topics.add_topic(cast.che.actor, cast.running.id, "路线")
    kept = schedule(cast.lin.actor, cast.running, topic=topic, poll=PollDraft(("面", "饭")))
    jobs.run_due()
    assert Pending.select().count() == 1, "not before its time"
    pass_a_day()
    jobs.run_due()
    made = Post.select().order_by(Post.id.desc()).first()
    assert (made.source, made.topic_id, made.has_poll, made.author_id) == ("明天见", topic, True, cast.lin.id)
    assert PostPoll.get(PostPoll.post == made.id) and not Pending.select().where(Pending.id == kept.id).exists()
    assert made.created_at >= kept.due_at and wrong_counters() == []


def test_its_pictures_come_along_and_are_nobody_elses_before(as_, post, cast, app):
    browser = as_("lin")
    data = {"body": "照片", "due": local_of(tomorrow()), "media": upload(photo())}
    assert post(browser, WRITE, data).status_code == 303
    picture = Picture.get(Picture.subject_kind == "pending")
    url = f"/media/{picture.key}/m.webp"
    assert looked(browser, url) == 200
    for who in ("may", "che", "ning", "staff", "owner"):
        assert looked(as_(who), url) == 404, f"{who} does not see what is not held for a moderator"
    pass_a_day()
    jobs.run_due()
    made = Post.select().order_by(Post.id.desc()).first()
    assert made.picture_count == 1 and looked(as_("ning"), url) == 200


def test_it_comes_out_once_though_the_job_runs_at_many_places_at_once(cast, later, in_threads):
    pass_a_day()
    before = Post.select().count()
    in_threads(20, lambda _number: pending.come_out(later.id))
    assert Post.select().count() == before + 1 and wrong_counters() == []
    jobs.run_due()
    assert Post.select().count() == before + 1


def test_a_job_that_was_killed_loses_nothing(cast, later, monkeypatch):
    pass_a_day()

    def killed(*_args, **_more):
        raise SystemExit

    with monkeypatch.context() as patched, pytest.raises(SystemExit):
        patched.setattr(pending, "release", killed)
        pending.come_out(later.id)
    assert bodies(cast.running)[-1] != "明天见" and Pending.select().count() == 1
    Job.delete().execute()
    assert waiting.own_count(cast.lin.actor) == 1
    jobs.later("circles.publish_late")
    jobs.run_due()
    assert bodies(cast.running).count("明天见") == 1


def stop_by_leaving(cast):
    joining.leave(cast.lin.actor, cast.running.id)


def stop_by_removal(cast):
    actions.remove(cast.che.actor, cast.running.id, cast.lin.id)


def stop_by_mute(cast):
    muted = {"kind": "mute", "decided_by": cast.che.id, "decided_at": clock.now()}
    Sanction.create(circle=cast.running, member=cast.lin.id, **muted)


def stop_by_suspension(cast):
    Suspension.create(member=cast.lin.id, suspended_by=cast.owner.id, suspended_at=clock.now())


def stop_by_closing(cast):
    Circle.update(closed_at=clock.now()).where(Circle.id == cast.running.id).execute()


@pytest.mark.parametrize(
    "stop", [stop_by_leaving, stop_by_removal, stop_by_mute, stop_by_suspension, stop_by_closing]
)
def test_who_may_not_write_there_any_more_keeps_it_and_is_told(cast, later, stop):
    before, circle = Post.select().count(), cast.running
    stop(cast)
    pass_a_day()
    jobs.run_due()
    jobs.run_due()
    row = Pending.get_by_id(later.id)
    assert Post.select().count() == before and row.refused_at is not None and row.source == "明天见"
    told = list(Notice.select().where(Notice.member == cast.lin.id, Notice.kind == "pending"))
    assert [(each.subject_kind, each.subject_id) for each in told] == [("pending", later.id)]
    assert circle.id == row.circle_id


def test_who_was_removed_from_an_invisible_circle_reads_their_words_and_no_name(as_, cast):
    kept = schedule(cast.lin.actor, cast.darkroom, "只给几个人看")
    actions.remove(cast.che.actor, cast.darkroom.id, cast.lin.id)
    browser = as_("lin")
    assert browser.get("/circles/darkroom/pending").status_code == 404
    page = browser.get("/me/pending").text
    assert "只给几个人看" in page and "暗房" not in page and "darkroom" not in page
    page = browser.get(f"/me/pending/{kept.id}").text
    assert "只给几个人看" in page and "暗房" not in page


def test_a_circle_that_looks_first_by_then_looks(cast, later):
    Screening.create(circle=cast.running, approval="all")
    pass_a_day()
    jobs.run_due()
    row = Pending.get_by_id(later.id)
    assert (row.held_for, row.refused_at) == ("approval", None)
    jobs.run_due()
    assert pending.approve(cast.may.actor, cast.running.id, later.id)[0] == "post"


def test_it_is_no_repetition_of_itself(cast):
    kept = schedule(cast.lin.actor, cast.running, "这一句话足够长，可以被认出来是同一句话。")
    Pending.update(due_at=clock.now()).where(Pending.id == kept.id).execute()
    pending.come_out(kept.id)
    assert bodies(cast.running)[-1].startswith("这一句话足够长")


# ---- changing one's mind ------------------------------------------------------------------------------------


def test_it_is_changed_and_moved_to_another_moment(as_, post, cast, later):
    browser, when = as_("lin"), local_of(tomorrow() + clock.DAY)
    url = f"/me/pending/{later.id}"
    assert typed(browser.get(url).text) == ["明天见"]
    answer = post(browser, url, {"title": "新题目", "body": "后天见", "due": when})
    assert answer.status_code == 303 and answer.location == url
    pass_a_day()
    jobs.run_due()
    assert Pending.get_by_id(later.id).title == "新题目", "the first moment is not its own any more"
    pass_a_day()
    jobs.run_due()
    assert bodies(cast.running)[-1] == "后天见"


@pytest.mark.parametrize("htmx", [False, "pending-editor"])
@pytest.mark.parametrize(("form", "field"), [
    ({"body": "", "due": "same"}, "pending-body-error"), ({"body": "好", "due": ""}, "due-error"),
    ({"body": "好", "due": "2020-01-01T10:00"}, "due-error"), ({"body": "好", "due": "x"}, "due-error"),
    ({"body": "好", "due": "same", "title": "长" * 121}, "title-error"),
])  # fmt: skip
def test_what_is_wrong_is_said_beside_the_field(as_, post, later, form, field, htmx):
    sent = form | ({"due": local_of(later.due_at)} if form["due"] == "same" else {})
    answer = post(as_("lin"), f"/me/pending/{later.id}", sent, htmx=htmx)
    assert answer.status_code == 422 and f'id="{field}"' in answer.text
    assert Pending.get_by_id(later.id).source == "明天见"


def test_it_is_published_now_and_not_again_later(as_, post, cast, later):
    answer = post(as_("lin"), f"/me/pending/{later.id}/send")
    assert answer.status_code == 303 and re.search(r"/posts/\d+$", answer.location)
    pass_a_day()
    jobs.run_due()
    assert bodies(cast.running).count("明天见") == 1


def test_publishing_now_at_the_very_moment_makes_one(cast, later, in_threads):
    pass_a_day()

    def act(number: int) -> None:
        try:
            pending.come_out(later.id) if number % 2 else pending.send(cast.lin.actor, later.id)
        except (Gone, Conflict):
            pass

    in_threads(12, act)
    assert bodies(cast.running).count("明天见") == 1 and wrong_counters() == []


def test_it_is_taken_back_with_its_pictures(as_, post, cast):
    files = len(stored_files())
    browser = as_("lin")
    post(browser, WRITE, {"body": "照片", "due": local_of(tomorrow()), "media": upload(photo())})
    kept = Pending.get()
    assert len(stored_files()) == files + 3
    answer = post(browser, f"/me/pending/{kept.id}/discard", htmx=f"pending-{kept.id}")
    assert answer.status_code == 200 and answer.text == ""
    assert not Pending.select().exists() and len(stored_files()) == files
    assert not Picture.select().where(Picture.subject_kind == "pending").exists()
    assert post(browser, f"/me/pending/{kept.id}/discard").status_code == 404


def test_what_waits_is_nobody_elses(as_, post, cast, later):
    for who in ("may", "che", "ning", "staff", "owner"):
        browser = as_(who)
        assert browser.get(f"/me/pending/{later.id}").status_code == 404
        for verb in ("", "/send", "/discard"):
            assert post(browser, f"/me/pending/{later.id}{verb}", {"body": "x"}).status_code == 404, (who, verb)
        assert "明天见" not in browser.get("/me/pending").text
        found = browser.get("/search?q=明天见").text
        assert "<mark>" not in found
    assert Pending.get_by_id(later.id).source == "明天见"


def test_a_moment_survives_the_form_it_is_shown_in(app, cast, later):
    with app.test_request_context():
        assert local_moment(later.due_at) == local_of(later.due_at) and local_moment(None) == ""


def test_forged_and_guests_get_nowhere(client, later, csrf):
    assert client.get(f"/me/pending/{later.id}").status_code == 401
    answer = client.post(f"/me/pending/{later.id}/discard", data={"csrf_token": csrf_of(client)})
    assert answer.status_code == 401 and Pending.select().count() == 1
