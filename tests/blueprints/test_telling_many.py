"""What everybody in a circle is told, by jobs that may be killed, and what goes out of sight again."""

import pytest

from blueprints.circles import arranging, commenting, events, posting, reactions, telling
from blueprints.circles.erasing import purge_deleted
from core import clock, jobs, notices
from core.blueprint import slot
from core.db import atomic
from core.policy import Actor, Standing
from core.signals import announce
from models import Circle, Comment, Job, Member, Membership, Notice, Post
from tests.blueprints.circle_stories import counted, say, write
from tests.blueprints.notice_stories import kinds, level, nothing_told_yet, rings, rows, words


@pytest.fixture(autouse=True)
def a_quiet_bell(cast):
    jobs.run_due()
    nothing_told_yet()


@pytest.fixture
def run(cast) -> Circle:
    return cast.running


@pytest.fixture
def read(app):
    """`read(person)`: the words of their notices."""
    return lambda person: words(app, person)


# ---- everybody -------------------------------------------------------------------------------------------------


def test_an_announcement_is_told_by_a_job_to_all_but_who_wants_nothing(cast, run, read):
    level(cast.may, run, "none")
    level(cast.leaving, run, "digest")
    post = write(cast.che.actor, run.id, "明天停跑", "通知")
    arranging.pin_post(cast.che.actor, run.id, post.id, tells=True)
    assert kinds(cast.lin) == [], "the request leaves it to the job"
    jobs.run_due()
    assert kinds(cast.lin) == ["pinned"] and kinds(cast.may) == kinds(cast.che) == kinds(cast.ning) == []
    assert kinds(cast.leaving) == ["pinned"] and rings(cast.leaving) == 0 and rings(cast.lin) == 1
    assert "通知" in read(cast.lin)[0]


def test_a_pin_that_tells_nobody_tells_nobody(cast, run):
    post = write(cast.che.actor, run.id)
    arranging.pin_post(cast.che.actor, run.id, post.id)
    jobs.run_due()
    assert Notice.select().count() == 0


def test_pinned_again_is_told_again(cast, run):
    post = write(cast.che.actor, run.id)
    for _ in range(2):
        arranging.pin_post(cast.che.actor, run.id, post.id, tells=True)
        jobs.run_due()
        arranging.unpin_post(cast.che.actor, run.id, post.id)
        clock.shift(clock.MINUTE)
    assert kinds(cast.lin) == ["pinned", "pinned"]


@pytest.mark.parametrize("away", ["deleted_at", "hidden_at"])
def test_what_is_out_of_sight_before_the_job_runs_is_announced_to_nobody(cast, run, away):
    post = write(cast.che.actor, run.id)
    arranging.pin_post(cast.che.actor, run.id, post.id, tells=True)
    Post.update({away: 1}).where(Post.id == post.id).execute()
    jobs.run_due()
    assert Notice.select().count() == 0


def test_every_post_is_told_to_who_wants_to_hear_of_it(cast, run, read):
    level(cast.lin, run, "all")
    level(cast.che, run, "all")
    write(cast.che.actor, run.id, "新路线")
    assert kinds(cast.lin) == ["posted"] and kinds(cast.may) == kinds(cast.che) == []
    assert "新路线" in read(cast.lin)[0]


def test_whoever_is_named_hears_of_the_post_once(cast, run):
    level(cast.lin, run, "all")
    write(cast.che.actor, run.id, "@lin 新路线")
    assert kinds(cast.lin) == ["mentioned"]


def test_a_large_circle_hears_of_a_post_by_a_job(cast, run):
    level(cast.lin, run, "all")
    Circle.update(member_count=5000).where(Circle.id == run.id).execute()
    write(cast.che.actor, run.id)
    assert kinds(cast.lin) == []
    jobs.run_due()
    assert kinds(cast.lin) == ["posted"]
    Circle.update(member_count=5).where(Circle.id == run.id).execute()


# ---- out of sight ------------------------------------------------------------------------------------------------


def test_a_deleted_post_is_neither_counted_nor_shown_and_comes_back_with_it(cast, run, read):
    post = write(cast.che.actor, run.id, "@lin 看")
    posting.delete_post(cast.che.actor, run.id, post.id)
    jobs.run_due()
    assert rings(cast.lin) == 0 and read(cast.lin) == []
    posting.undo_delete_post(cast.che.actor, run.id, post.id)
    assert len(read(cast.lin)) == 1


def test_a_hidden_post_is_neither_counted_nor_shown(cast, run, read):
    post = write(cast.che.actor, run.id, "@lin @may 看")
    Post.update(hidden_at=1).where(Post.id == post.id).execute()
    with atomic():
        announce(events.PostHidden(post.id, run.id, True))
    jobs.run_due()
    assert rings(cast.lin) == 0 and read(cast.lin) == []
    assert len(read(cast.may)) == 1, "who looks after the circle may read it"


def test_a_deleted_comment_takes_its_notices_out_of_sight(cast, run, read):
    post = write(cast.lin.actor, run.id)
    comment = say(cast.che.actor, post, "@may 看")
    commenting.delete_comment(cast.che.actor, run.id, post.id, comment.id)
    for person in (cast.lin, cast.may):
        assert rings(person) == 0 and read(person) == []


def test_a_hidden_comment_is_read_by_nobody_but_who_may(cast, run, read):
    post = write(cast.lin.actor, run.id)
    comment = say(cast.che.actor, post, "坏话")
    Comment.update(hidden_at=1).where(Comment.id == comment.id).execute()
    assert read(cast.lin) == []


def test_a_closed_circle_tells_nothing_more(cast, run, read):
    write(cast.che.actor, run.id, "@lin @ning 看")
    Circle.update(closed_at=1).where(Circle.id == run.id).execute()
    assert read(cast.lin) == read(cast.ning) == []


def test_a_circle_that_becomes_invisible_stops_ringing_for_strangers(cast, run, read):
    write(cast.che.actor, run.id, "@lin @ning 看")
    Circle.update(visibility="invisible").where(Circle.id == run.id).execute()
    with atomic():
        announce(events.CircleChanged(run.id))
    jobs.run_due()
    assert rings(cast.ning) == 0 and read(cast.ning) == []
    assert rings(cast.lin) == 1 and len(read(cast.lin)) == 1


def test_what_a_spoiler_hides_is_not_in_a_notice(cast, run, read):
    post = write(cast.lin.actor, run.id)
    say(cast.che.actor, post, "结局是 ||凶手是管家|| 真的")
    assert "管家" not in read(cast.lin)[0] and "结局是" in read(cast.lin)[0]


def test_purged_words_take_their_notices_along(cast, run):
    post = write(cast.lin.actor, run.id)
    say(cast.che.actor, post, "@may 看")
    posting.delete_post(cast.lin.actor, run.id, post.id)
    assert kinds(cast.may) == ["mentioned"]
    purge_deleted(-1)
    assert Notice.select().where(Notice.subject_kind.in_(("post", "comment"))).count() == 0


# ---- many --------------------------------------------------------------------------------------------------------


def crowd(circle: Circle, count: int) -> None:
    first = (Member.select(Member.id).order_by(Member.id.desc()).limit(1).scalar() or 0) + 1
    people = [
        {"id": first + n, "username": f"w{n}", "username_key": f"w{n}", "display_name": f"走{n}", "password_hash": "!",
         "password_changed_at": 0, "created_at": 0}
        for n in range(count)
    ]  # fmt: skip
    for start in range(0, count, 400):
        Member.insert_many(people[start : start + 400]).execute()
        Membership.insert_many([
            {"circle": circle.id, "member": each["id"], "role": "member", "joined_at": 0}
            for each in people[start : start + 400]
        ]).execute()  # fmt: skip
    Circle.update(member_count=Circle.member_count + count).where(Circle.id == circle.id).execute()


def announcement(cast, circle: Circle) -> tuple[Post, list[str]]:
    post = write(cast.che.actor, circle.id)
    with counted() as queries:
        arranging.pin_post(cast.che.actor, circle.id, post.id, tells=True)
    return post, queries


def test_announcing_to_two_thousand_costs_the_request_no_more_than_to_five(cast, run):
    _, few = announcement(cast, run)
    crowd(run, 2000)
    _, many = announcement(cast, run)
    assert len(many) == len(few)
    jobs.run_due()
    assert Notice.select().where(Notice.kind == "pinned", Notice.member == cast.lin.id).count() == 2
    assert Notice.select().where(Notice.kind == "pinned").count() > 2000


def test_an_announcement_that_was_killed_in_the_middle_reaches_everybody_once(cast, run, monkeypatch):
    crowd(run, 1200)
    announcement(cast, run)
    real, calls = telling.everybody_of_announcement, []

    def killed(*args):
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(telling, "everybody_of_announcement", killed)
    with pytest.raises(KeyboardInterrupt):
        jobs.run_due()
    half = Notice.select().where(Notice.kind == "pinned").count()
    assert 0 < half < 1200
    reader = Notice.select(Notice.member).where(Notice.kind == "pinned").scalar()
    notices.mark_read(reader)
    monkeypatch.setattr(telling, "everybody_of_announcement", real)
    Job.update(claimed_by="dead:1").where(Job.name == "circles.announce").execute()
    jobs.run_due()
    told = Notice.select().where(Notice.kind == "pinned")
    everybody = Membership.select().where(Membership.circle == run, Membership.notify != "none").count()
    assert told.count() == everybody - 1 and told.select(Notice.member).distinct().count() == everybody - 1
    assert Notice.select().where(Notice.member == reader, Notice.kind == "pinned").count() == 1


def test_a_page_of_notices_is_worded_in_as_many_queries_as_a_few(cast, run, read):
    post = write(cast.lin.actor, run.id)

    def more(count: int) -> None:
        for number in range(count):
            say(cast.che.actor, post, f"第 {number}")
            other = write(cast.lin.actor, run.id, f"帖 {number}")
            reactions.like_post(cast.che.actor, run.id, other.id, True)

    more(2)
    read(cast.lin)
    with counted() as few:
        read(cast.lin)
    more(10)
    with counted() as many:
        assert len(read(cast.lin)) == 24
    assert len(many) == len(few)


def test_guests_and_others_are_shown_nothing_of_it(cast, run, app):
    write(cast.che.actor, run.id, "@lin 看")
    with app.test_request_context():
        stranger = Actor(cast.ning.id, Standing.MEMBER)
        darkroom = write(cast.che.actor, cast.darkroom.id, "@lin 秘密")
        assert slot("notices.row", stranger, [row for row in rows(cast.lin) if row.subject_id == darkroom.id]) == {}
