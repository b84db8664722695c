"""Into whose feed a moment is laid, and out of whose it is taken again, by jobs that can be killed and run twice."""

import pytest

from blueprints.admin import actions as admin
from blueprints.circles.actions import invite, join, leave
from blueprints.feed import commenting, ending, events, fanout, moderating, narrowing, posting, reading, talking
from blueprints.feed import jobs as feed_jobs
from blueprints.feed.audience import Audience
from blueprints.people import blocking, friending, lists
from core import clock, jobs
from core.db import atomic
from core.limits import LIMITS
from core.signals import announce
from models import FeedEntry, Friendship, Job, Moment
from tests.blueprints.circle_stories import counted
from tests.blueprints.moment_stories import befriend, listed, show
from tests.cast import walkers


def in_feed(person):
    """What lies in somebody's index."""
    mine = FeedEntry.select(FeedEntry.moment).where(FeedEntry.member == person.id)
    return {id_ for (id_,) in mine.tuples()}


def read(person):
    return [row.id for row in reading.page(person.actor).rows]


@pytest.fixture
def friends(cast):
    befriend(cast.lin, cast.che, cast.may)
    jobs.run_due()
    return cast


def test_ones_own_is_there_at_once_and_friends_have_it_when_the_job_has_run(friends):
    moment = show(friends.lin.actor)
    assert read(friends.lin) == [moment] and read(friends.may) == []
    jobs.run_due()
    assert read(friends.may) == read(friends.che) == [moment]
    assert in_feed(friends.ning) == set()


def test_it_is_laid_into_the_feeds_of_those_it_is_meant_for_alone(friends):
    runners = listed(friends.lin, "跑友", friends.may)
    meant = {
        "only": show(friends.lin.actor, kind="only", of=(runners,)),
        "except": show(friends.lin.actor, kind="except", of=(runners,)),
        "me": show(friends.lin.actor, kind="me"),
        "circle": show(friends.lin.actor, kind="circle", circle=friends.darkroom.id),
    }
    jobs.run_due()
    assert in_feed(friends.may) == {meant["only"]}
    assert in_feed(friends.che) == {meant["except"], meant["circle"]}
    assert in_feed(friends.lin) == set(meant.values())


def test_a_list_that_goes_is_one_job_however_many_are_on_it(cast, monkeypatch):
    """And those who were on it lose what was for them alone."""
    monkeypatch.setattr(feed_jobs, "RELISTED", 2)
    befriend(cast.lin, cast.che, cast.may, cast.ning)
    everybody = listed(cast.lin, "跑友", cast.che, cast.may, cast.ning)
    show(cast.lin.actor, kind="only", of=(everybody,))
    jobs.run_due()
    before = Job.select().count()
    lists.drop_list(cast.lin.actor, everybody)
    assert Job.select().count() == before + 1
    jobs.run_due()
    assert in_feed(cast.che) == in_feed(cast.may) == in_feed(cast.ning) == set()


def test_a_long_list_asks_as_much_as_a_short_one_and_one_without_moments_nothing(cast):
    asked, friends = [], [each.member_id for each in crowd(cast.lin, 60)]
    for count in (3, 60):
        people = friends[:count]
        everybody = lists.make_list(cast.lin.actor, f"跑友 {count}")
        before = Job.select().count()
        lists.put_on(cast.lin.actor, everybody, people)
        assert Job.select().count() == before
        made = {show(cast.lin.actor, kind="only", of=(everybody,)) for _ in range(3)}
        jobs.run_due()
        held = FeedEntry.select().where(FeedEntry.moment.in_(made), FeedEntry.member != cast.lin.id)
        assert held.count() == 3 * count
        lists.take_off(cast.lin.actor, everybody, people[1:])
        with counted() as queries:
            jobs.run_due()
        asked.append(len(queries))
        assert {entry.member_id for entry in held} == {people[0]}
        lists.drop_list(cast.lin.actor, everybody)
        jobs.run_due()
        assert held.count() == 0
    assert asked[0] == asked[1]


def test_what_is_hidden_while_a_list_changes_is_there_for_the_right_ones_afterwards(friends):
    runners = listed(friends.lin, "跑友", friends.may)
    moment = show(friends.lin.actor, kind="only", of=(runners,))
    with atomic():
        moderating.hide_moment(moment, True)
    lists.put_on(friends.lin.actor, runners, [friends.che.id])
    lists.take_off(friends.lin.actor, runners, [friends.may.id])
    jobs.run_due()
    assert read(friends.che) == []
    with atomic():
        moderating.hide_moment(moment, False)
    assert read(friends.che) == [moment] and read(friends.may) == []


def test_whoever_is_taken_off_a_list_loses_it_and_whoever_is_put_on_gets_it(friends):
    runners = listed(friends.lin, "跑友", friends.may)
    moment = show(friends.lin.actor, kind="only", of=(runners,))
    jobs.run_due()
    lists.take_off(friends.lin.actor, runners, [friends.may.id])
    lists.put_on(friends.lin.actor, runners, [friends.che.id])
    assert read(friends.may) == [], "the gate does not wait for the job"
    jobs.run_due()
    assert in_feed(friends.may) == set() and read(friends.che) == [moment]


def test_narrowing_takes_it_from_the_others(friends):
    runners = listed(friends.lin, "跑友", friends.may)
    moment = show(friends.lin.actor)
    jobs.run_due()
    narrowing.narrow(friends.lin.actor, moment, Audience("only", (runners,)))
    assert read(friends.che) == []
    jobs.run_due()
    assert in_feed(friends.che) == set() and in_feed(friends.may) == {moment} == in_feed(friends.lin)
    narrowing.retire(friends.lin.actor, moment)
    jobs.run_due()
    assert in_feed(friends.may) == set() and read(friends.lin) == [moment]


def test_what_is_deleted_is_taken_out_once_it_cannot_come_back(friends):
    moment = show(friends.lin.actor)
    jobs.run_due()
    posting.delete(friends.lin.actor, moment)
    jobs.run_due()
    assert read(friends.may) == []
    posting.undo_delete(friends.lin.actor, moment)
    assert read(friends.may) == [moment], "its place was kept"
    posting.delete(friends.lin.actor, moment)
    clock.shift(fanout.UNDO_MS + 1)
    jobs.run_due()
    assert FeedEntry.select().where(FeedEntry.moment == moment).count() == 0


def test_new_friends_get_what_was_shown_before_and_lose_it_again(friends):
    before = show(friends.lin.actor)
    private = show(friends.lin.actor, kind="me")
    befriend(friends.lin, friends.ning)
    assert in_feed(friends.ning) == set()
    jobs.run_due()
    assert read(friends.ning) == [before] and private not in in_feed(friends.ning)
    friending.end(friends.ning.actor, friends.lin.id)
    assert read(friends.ning) == []
    jobs.run_due()
    assert in_feed(friends.ning) == set()


def test_a_block_empties_both_feeds(friends):
    mine, theirs = show(friends.lin.actor), show(friends.may.actor)
    jobs.run_due()
    assert read(friends.lin) == [theirs, mine] == read(friends.may)
    blocking.block(friends.may.actor, friends.lin.id)
    assert read(friends.lin) == [mine] and read(friends.may) == [theirs]
    jobs.run_due()
    assert in_feed(friends.lin) == {mine} and in_feed(friends.may) == {theirs}


def test_friends_again_keep_what_they_have(friends):
    moment = show(friends.lin.actor)
    jobs.run_due()
    friending.end(friends.may.actor, friends.lin.id)
    befriend(friends.may, friends.lin)
    jobs.run_due()
    assert read(friends.may) == [moment]


def test_whoever_comes_into_a_circle_meets_what_friends_showed_there(friends):
    moment = show(friends.lin.actor, kind="circle", circle=friends.darkroom.id)
    jobs.run_due()
    assert in_feed(friends.may) == set()
    invite(friends.che.actor, friends.darkroom.id, friends.may.id)
    join(friends.may.actor, friends.darkroom.id)
    jobs.run_due()
    assert read(friends.may) == [moment]


def test_what_somebody_suspended_showed_is_there_again_afterwards(friends):
    """Also for those whose feed is written meanwhile: who joins the circle, becomes a friend, comes onto a list. What
    they say of others stays, and their own page is as bare as ever."""
    runners = listed(friends.lin, "跑友", friends.che)
    all_, some = show(friends.lin.actor), show(friends.lin.actor, kind="only", of=(runners,))
    inside = show(friends.lin.actor, kind="circle", circle=friends.darkroom.id)
    theirs = show(friends.may.actor, "看")
    jobs.run_due()
    commenting.write_comment(friends.lin.actor, theirs, "好看")
    lists.put_on(friends.lin.actor, runners, [friends.may.id])
    befriend(friends.lin, friends.ning)
    admin.suspend(friends.staff.actor, friends.lin.id, "广告", days=7)
    invite(friends.che.actor, friends.darkroom.id, friends.may.id)
    join(friends.may.actor, friends.darkroom.id)
    jobs.run_due()
    assert read(friends.may) == [theirs] and read(friends.ning) == [] and reading.newer(friends.ning.actor, 0) == 0
    assert [row.html for row in talking.talk(friends.may.actor, theirs).comments] == ["<p>好看</p>"]
    clock.shift(7 * clock.DAY + 1)
    assert read(friends.may) == [theirs, inside, some, all_] and read(friends.ning) == [all_]


def test_whoever_leaves_a_circle_leaves_what_was_shown_there(friends, monkeypatch):
    """Nothing of it stays in their feed, but what they showed there themselves and what was meant for friends."""
    monkeypatch.setattr(fanout, "BATCH", 2)
    inside = [show(friends.che.actor, kind="circle", circle=friends.darkroom.id) for _ in range(5)]
    open_ = show(friends.che.actor)
    mine = show(friends.lin.actor, kind="circle", circle=friends.darkroom.id)
    jobs.run_due()
    assert in_feed(friends.lin) == {*inside, open_, mine}
    leave(friends.lin.actor, friends.darkroom.id)
    assert read(friends.lin) == [mine, open_], "the gate does not wait for the job"
    jobs.run_due()
    assert in_feed(friends.lin) == {mine, open_} and in_feed(friends.che) == {*inside, open_, mine}


def test_whoever_is_back_before_the_work_is_done_keeps_it(friends):
    moment = show(friends.che.actor, kind="circle", circle=friends.darkroom.id)
    jobs.run_due()
    leave(friends.lin.actor, friends.darkroom.id)
    invite(friends.che.actor, friends.darkroom.id, friends.lin.id)
    join(friends.lin.actor, friends.darkroom.id)
    jobs.run_due()
    assert in_feed(friends.lin) == {moment}


def test_what_is_gone_for_good_lies_in_no_feed_whatever_became_of_the_work(friends):
    moment = show(friends.lin.actor)
    jobs.run_due()
    posting.delete(friends.lin.actor, moment)
    Job.delete().where(Job.name == fanout.SETTLE).execute()
    clock.shift(LIMITS["deleted_kept_seconds"] * 1000 + 1)
    assert moment in in_feed(friends.may)
    ending.purge_deleted()
    assert not FeedEntry.select().where(FeedEntry.moment == moment).exists()


# ---- many ---------------------------------------------------------------------------------------------------


def crowd(author, count):
    people = walkers(count)
    pairs = [(author.id, each.member_id) for each in people]
    rows = [(one, other, 1) for one, other in [*pairs, *((other, one) for one, other in pairs)]]
    Friendship.insert_many(rows, (Friendship.member, Friendship.friend, Friendship.since_at)).execute()
    return people


def test_killed_in_the_middle_the_job_goes_on_and_nobody_has_it_twice(cast, monkeypatch):
    monkeypatch.setattr(fanout, "BATCH", 10)
    people = crowd(cast.lin, 35)
    moment = show(cast.lin.actor)
    first = fanout.spread(moment, 0)
    fanout.spread(moment, first)
    half = FeedEntry.select().where(FeedEntry.moment == moment).count()
    assert half == 21, "two batches, and the author's own"
    jobs.run_due()
    jobs.later(fanout.SPREAD, {"moment": moment})
    jobs.run_due()
    rows = FeedEntry.select(FeedEntry.member).where(FeedEntry.moment == moment)
    assert sorted(id_ for (id_,) in rows.tuples()) == sorted([cast.lin.id, *(each.member_id for each in people)])


def test_what_is_narrowed_while_it_spreads_goes_no_further(cast, monkeypatch):
    monkeypatch.setattr(fanout, "BATCH", 10)
    crowd(cast.lin, 25)
    moment = show(cast.lin.actor)
    first = fanout.spread(moment, 0)
    narrowing.narrow(cast.lin.actor, moment, Audience("me"))
    assert fanout.spread(moment, first) is None
    jobs.run_due()
    assert [id_ for (id_,) in FeedEntry.select(FeedEntry.member).tuples()] == [cast.lin.id]


def test_many_are_taken_out_in_batches(cast, monkeypatch):
    monkeypatch.setattr(fanout, "BATCH", 3)
    befriend(cast.lin, cast.che)
    for _ in range(8):
        show(cast.lin.actor)
    jobs.run_due()
    assert len(in_feed(cast.che)) == 8
    friending.end(cast.che.actor, cast.lin.id)
    jobs.run_due()
    assert in_feed(cast.che) == set()


def test_writing_asks_as_much_for_many_friends_as_for_few(cast):
    show(cast.lin.actor)
    with counted() as few:
        show(cast.lin.actor)
    crowd(cast.lin, 300)
    with counted() as many:
        show(cast.lin.actor)
    assert len(many) == len(few)


def test_a_moment_that_is_gone_is_no_trouble(cast):
    with atomic():
        announce(events.MomentNarrowed(987654))
        announce(events.MomentDeleted(987654, cast.lin.id))
    clock.shift(fanout.UNDO_MS + 1)
    jobs.run_due()
    assert not Job.select().where(Job.error.is_null(False)).exists()
    assert Moment.select().count() == 0
