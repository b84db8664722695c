"""What a moderator looks at first: let out once, refused with a reason, sent again, seen by nobody else."""

import pytest

from blueprints.circles import actions, commenting, events, pending, posting
from blueprints.circles.erasing import purge_deleted
from blueprints.circles.posting import PostDraft
from blueprints.circles.rooms import room
from core import clock, config, jobs, limits, media, personal, signals
from core.errors import Conflict, Denied, Refusal
from models import Comment, Draft, Member, Notice, Pending, Picture, Post, Screening, WatchedWord
from tests.blueprints.circle_stories import photo, stored_files, typed, upload, wrong_counters

WRITE = "/circles/night-run/posts/"


@pytest.fixture
def looked_at(cast):
    """夜跑 looks at every post first, and holds what names 广告."""
    Screening.create(circle=cast.running, approval="all")
    WatchedWord.create(circle=cast.running, word="广告", key="广告", action="hold", added_by=cast.che.id, added_at=0)
    WatchedWord.create(circle=cast.running, word="笨蛋", key="笨蛋", action="warn", added_by=cast.che.id, added_at=0)


@pytest.fixture
def held(cast, looked_at) -> Pending:
    kept = posting.write_post(cast.lin.actor, cast.running.id, PostDraft("第一篇", "大家好"))
    assert isinstance(kept, Pending)
    return kept


@pytest.fixture
def answer_held(cast, looked_at) -> Pending:
    kept = commenting.write_comment(cast.lin.actor, cast.running.id, cast.post_in(cast.running).id, "看我的广告")
    assert isinstance(kept, Pending)
    return kept


def heard(monkeypatch) -> list:
    said: list = []

    def announce(event) -> None:
        said.append(event)
        signals.announce(event)

    monkeypatch.setattr("blueprints.circles.pending.announce", announce)
    return said


# ---- waiting ------------------------------------------------------------------------------------------------


def test_a_post_that_waits_is_said_to_wait_and_is_nowhere(as_, post, cast, looked_at):
    browser = as_("lin")
    answer = post(browser, WRITE, {"title": "第一篇", "body": "大家好"})
    assert answer.status_code == 303 and answer.location == "/circles/night-run"
    assert "大家好" not in as_("che").get("/circles/night-run").text
    assert "大家好" in browser.get("/circles/night-run/pending").text
    assert "大家好" not in as_("may").get("/circles/night-run/pending").text, "that page is for what is one's own"
    assert Post.select().where(Post.source == "大家好").count() == 0


def test_a_comment_that_waits_too(as_, post, cast, looked_at):
    talk = cast.post_in(cast.running)
    answer = post(as_("lin"), f"{WRITE}{talk.id}/comments/", {"body": "看我的广告"}, htmx="comment-list")
    assert answer.status_code == 200 and 'class="comment"' not in answer.text
    assert "看我的广告" not in as_("che").get(f"{WRITE}{talk.id}").text
    assert Pending.get().held_for == "words"


def queue(actor, circle):
    return pending.waiting(actor, room(actor, circle.id)).rows


def test_only_moderators_see_the_queue_and_not_what_is_for_later(cast, held):
    posting.write_post(cast.lin.actor, cast.darkroom.id, PostDraft("", "明天", due_at=clock.now() + clock.DAY))
    assert [(row.id, row.title, row.display_name) for row in queue(cast.may.actor, cast.running)] == [
        (held.id, "第一篇", "林间")
    ]
    assert queue(cast.che.actor, cast.darkroom) == []
    for who in ("lin", "ning", "staff", "owner", "leaving"):
        with pytest.raises(Denied):
            queue(cast[who].actor, cast.running)


def test_its_pictures_are_its_authors_and_the_moderators(as_, cast, looked_at):
    stored = media.NewPicture(media.store_picture(photo(), config.current().data / "media"))
    kept = posting.write_post(cast.lin.actor, cast.running.id, PostDraft("", "照片"), [stored])
    assert queue(cast.may.actor, cast.running)[0].pictures[0].key == stored.stored.key
    url = f"/media/{stored.stored.key}/m.webp"
    assert {who: looked(as_(who), url) for who in ("lin", "may", "che", "ning", "staff", "owner", "leaving")} == {
        "lin": 200, "may": 200, "che": 200, "ning": 404, "staff": 404, "owner": 404, "leaving": 404,
    }  # fmt: skip
    pending.refuse(cast.may.actor, cast.running.id, kept.id, "")
    assert looked(as_("may"), url) == 404, "what is decided about is the author's alone again"


def looked(browser, url: str) -> int:
    with browser.get(url) as answer:
        return answer.status_code


# ---- deciding -----------------------------------------------------------------------------------------------


def test_approved_it_comes_out_and_everybody_hears(cast, held, monkeypatch):
    said = heard(monkeypatch)
    kind, number = pending.approve(cast.may.actor, cast.running.id, held.id)
    made = Post.get_by_id(number)
    assert (kind, made.title, made.author_id) == ("post", "第一篇", cast.lin.id)
    assert [event.post for event in said if isinstance(event, events.PendingDecided)] == [number]
    assert not Pending.select().exists() and wrong_counters() == []


def test_a_comment_that_was_approved_joins_its_row(cast, answer_held):
    kind, number = pending.approve(cast.may.actor, cast.running.id, answer_held.id)
    assert kind == "comment" and Comment.get_by_id(number).source == "看我的广告" and wrong_counters() == []


def test_of_many_who_approve_or_refuse_one_does(cast, held, in_threads):
    said = []

    def decide(number: int) -> None:
        try:
            if number % 3:
                said.append(pending.approve(cast.may.actor, cast.running.id, held.id))
            else:
                pending.refuse(cast.che.actor, cast.running.id, held.id, "不合适")
                said.append("refused")
        except Conflict as refusal:
            assert refusal.code == "pending_decided"

    in_threads(15, decide)
    assert len(said) == 1 and wrong_counters() == []
    assert Post.select().where(Post.title == "第一篇").count() == (said != ["refused"])


def test_who_decides_has_to_look_after_that_circle(cast, held):
    for who in ("lin", "ning", "staff", "owner"):
        with pytest.raises(Denied):
            pending.approve(cast[who].actor, cast.running.id, held.id)
    for act in (pending.approve, lambda *rest: pending.refuse(*rest, "x")):
        with pytest.raises(Conflict):
            act(cast.che.actor, cast.darkroom.id, held.id)
        with pytest.raises(Conflict):
            act(cast.che.actor, cast.running.id, 999)


def test_what_its_author_may_not_write_any_more_is_not_let_out(cast, held):
    actions.remove(cast.che.actor, cast.running.id, cast.lin.id)
    with pytest.raises(Conflict) as refusal:
        pending.approve(cast.may.actor, cast.running.id, held.id)
    assert refusal.value.code == "pending_not_now" and Pending.select().count() == 1


def test_approved_before_its_moment_it_waits_for_it(cast, looked_at):
    draft = PostDraft("", "明天", due_at=clock.now() + clock.DAY)
    kept = posting.write_post(cast.lin.actor, cast.running.id, draft)
    assert pending.approve(cast.may.actor, cast.running.id, kept.id) is None
    assert queue(cast.may.actor, cast.running) == []
    Screening.delete().execute()
    clock.shift(clock.DAY + clock.MINUTE)
    jobs.run_due()
    assert Post.select().where(Post.source == "明天").count() == 1


# ---- refused ------------------------------------------------------------------------------------------------


def test_refused_it_is_back_with_its_author_and_the_reason(as_, post, cast, held):
    pending.refuse(cast.may.actor, cast.running.id, held.id, "请先介绍自己")
    browser = as_("lin")
    page = browser.get("/circles/night-run/pending").text
    assert "请先介绍自己" in page and "May Chen" not in page
    url = f"/me/pending/{held.id}"
    assert typed(browser.get(url).text) == ["大家好"]
    answer = post(browser, url, {"title": "第一篇", "body": "大家好，我是林间", "send": "1"})
    assert answer.status_code == 303 and Pending.get_by_id(held.id).refused_at is None
    assert [row.source for row in queue(cast.may.actor, cast.running)] == ["大家好，我是林间"]
    assert pending.approve(cast.may.actor, cast.running.id, held.id)[0] == "post"


def test_what_is_changed_while_somebody_reads_it_is_not_let_out_unread(as_, post, cast, held):
    answer = post(as_("lin"), f"/me/pending/{held.id}", {"title": "", "body": "换成别的"})
    assert answer.status_code == 303
    with pytest.raises(Conflict):
        pending.approve(cast.may.actor, cast.running.id, held.id)
    assert [row.source for row in queue(cast.may.actor, cast.running)] == ["换成别的"]


def test_a_comment_beneath_a_closed_or_deleted_post_does_not_come_out(cast, answer_held):
    talk = cast.post_in(cast.running)
    Post.update(locked_at=clock.now()).where(Post.id == talk.id).execute()
    with pytest.raises(Conflict):
        pending.approve(cast.may.actor, cast.running.id, answer_held.id)
    Post.update(locked_at=None).where(Post.id == talk.id).execute()
    posting.delete_post(cast.lin.actor, cast.running.id, talk.id)
    with pytest.raises(Conflict):
        pending.approve(cast.may.actor, cast.running.id, answer_held.id)


def test_the_same_key_does_not_bring_back_what_was_decided(cast, looked_at, fresh_key):
    key, draft = fresh_key(), PostDraft("", "大家好")
    first = posting.write_post(cast.lin.actor, cast.running.id, draft, key=key)
    assert posting.write_post(cast.lin.actor, cast.running.id, draft, key=key).id == first.id
    pending.approve(cast.may.actor, cast.running.id, first.id)
    with pytest.raises(Conflict):
        posting.write_post(cast.lin.actor, cast.running.id, draft, key=key)
    assert Post.select().where(Post.source == "大家好").count() == 1


# ---- a warning ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("htmx", [False, "post-list"])
def test_a_word_that_is_warned_of_comes_back_with_a_way_to_insist(as_, post, cast, looked_at, htmx):
    Screening.delete().execute()
    browser = as_("lin")
    assert 'name="insists"' not in browser.get("/circles/night-run").text
    answer = post(browser, WRITE, {"title": "题目", "body": "你这个笨蛋"}, htmx=htmx)
    assert answer.status_code == 422 and 'name="insists"' in answer.text
    assert typed(answer.text)[0] == "你这个笨蛋" and 'value="题目"' in answer.text
    post(browser, WRITE, {"body": "你这个笨蛋", "insists": "1"}, htmx=htmx)
    assert Post.select().where(Post.source == "你这个笨蛋").count() == 1


@pytest.mark.parametrize("htmx", [False, "comment-list"])
def test_in_a_comment_as_well(as_, post, cast, looked_at, htmx):
    url = f"{WRITE}{cast.post_in(cast.running).id}/comments/"
    answer = post(as_("lin"), url, {"body": "你这个笨蛋"}, htmx=htmx)
    assert answer.status_code == 422 and 'name="insists"' in answer.text and typed(answer.text)[-1] == "你这个笨蛋"
    post(as_("lin"), url, {"body": "你这个笨蛋", "insists": "1"}, htmx=htmx)
    assert Comment.select().where(Comment.source == "你这个笨蛋").count() == 1


# ---- sent again with something else --------------------------------------------------------------------------


def test_other_pictures_under_the_same_key_are_not_swallowed(as_, post, cast, fresh_key):
    browser, key = as_("lin"), fresh_key()
    data = {"body": "看", "key": key}
    for _sent_again_for_its_answer_was_lost in range(2):
        assert post(browser, WRITE, data | {"media": upload(photo(colour="#a33"))}).status_code == 303
    files = len(stored_files())
    answer = post(browser, WRITE, data | {"media": upload(photo(colour="#33a"))})
    assert answer.status_code == 409 and typed(answer.text)[0] == "看"
    assert len(stored_files()) == files and Post.select().where(Post.source == "看").count() == 1


# ---- going --------------------------------------------------------------------------------------------------


def test_who_leaves_takes_what_waits_along(cast, held, answer_held):
    stored = media.NewPicture(media.store_picture(photo(), config.current().data / "media"))
    posting.write_post(cast.lin.actor, cast.running.id, PostDraft("", "照片"), [stored])
    content = {name: copy for name, copy, _ in personal.copies(cast.lin.id)}["circles"]
    assert {row["source"] for row in content["waiting"]} == {"大家好", "看我的广告", "照片"}
    files = len(stored_files())
    personal.erase(cast.lin.id, keeps_words=True)
    assert not Pending.select().exists() and len(stored_files()) == files - 3
    assert not Picture.select().where(Picture.subject_kind == "pending").exists()
    assert not Notice.select().where(Notice.subject_kind == "pending").exists()
    assert Member.select().exists() and not Draft.select().exists()


def test_what_waits_beneath_a_post_goes_with_it(cast, answer_held):
    posting.delete_post(cast.lin.actor, cast.running.id, cast.post_in(cast.running).id)
    clock.shift(limits.LIMITS["deleted_kept_seconds"] * 1000 + clock.DAY)
    purge_deleted()
    assert not Pending.select().exists()


def test_none_of_it_is_found(as_, held):
    for who in ("lin", "may", "che", "ning"):
        assert "大家好</mark>" not in as_(who).get("/search?q=大家好").text
    with pytest.raises(Refusal):
        posting.made_of(-999)
