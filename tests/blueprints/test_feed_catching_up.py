"""What somebody would miss in their feed, each with the reason why it is listed."""

import pytest

from blueprints.feed import catching_up, commenting, reacting, tasting
from blueprints.feed.catching_up import Reason
from blueprints.people import blocking
from core import clock, jobs
from models import FeedSetting
from tests.blueprints.moment_stories import befriend, show
from tests.cast import walkers


@pytest.fixture
def friends(cast):
    befriend(cast.lin, cast.che, cast.may)
    jobs.run_due()
    return cast


def posted(person, body="一句话", **how):
    moment = show(person.actor, body, **how)
    jobs.run_due()
    return moment


def listed(person, since=0):
    """Group and reasons by moment."""
    missed = catching_up.missed(person.actor, since)
    return {each.moment.id: (group, each.reasons) for group, items in missed.groups.items() for each in items}


def loved(moment, people):
    for who in people:
        reacting.react(who, moment, True)


def test_answers_to_the_reader_come_first(friends):
    mine = posted(friends.lin)
    commenting.write_comment(friends.may.actor, mine, "好看")
    commenting.write_comment(friends.che.actor, mine, "在哪里")
    assert listed(friends.lin) == {mine: ("you", (Reason("answered", 2),))}
    clock.shift(clock.DAY)
    since = clock.now()
    assert listed(friends.lin, since) == {}
    theirs = posted(friends.may)
    said = commenting.write_comment(friends.lin.actor, theirs, "我也要去")
    commenting.write_comment(friends.may.actor, theirs, "一起", said)
    assert listed(friends.lin, since)[theirs] == ("you", (Reason("answered", 1),))


def test_who_is_close_is_listed_with_their_newest(friends):
    before = [posted(friends.may) for _ in range(3)]
    for moment in before:
        reacting.react(friends.lin.actor, moment, True)
    clock.shift(clock.DAY)
    since = clock.now()
    posted(friends.may)
    newest = posted(friends.may)
    posted(friends.che)
    assert listed(friends.lin, since) == {newest: ("close", (Reason("close", 3),))}
    missed = catching_up.missed(friends.lin.actor, since)
    assert (missed.new, missed.others, missed.more) == (3, 2, False)


def test_the_first_after_a_long_time(friends):
    posted(friends.may)
    clock.shift(70 * clock.DAY)
    since = clock.now()
    moment = posted(friends.may)
    posted(friends.che)
    assert listed(friends.lin, since) == {moment: ("seldom", (Reason("seldom", 70),))}


def test_what_was_talked_about_and_reacted_to_most(friends):
    moment = posted(friends.may)
    people = walkers(4)
    for number, who in enumerate(people):
        befriend(friends.may, _Person(who))
        commenting.write_comment(who, moment, f"第 {number} 句")
    loved(moment, people[:3])
    posted(friends.che)
    assert listed(friends.lin)[moment] == ("talked", (Reason("talked", 4), Reason("reacted", 3)))


class _Person:
    def __init__(self, actor):
        self.actor, self.id = actor, actor.member_id


def test_numbers_tell_nothing_that_the_reader_may_not_know(friends):
    """Among mutual friends alone, somebody who knows none of them is told of no talk."""
    moment = posted(friends.may, comments_by="mutual")
    people = walkers(4)
    for number, who in enumerate(people):
        befriend(friends.may, _Person(who))
        commenting.write_comment(who, moment, f"第 {number} 句")
    loved(moment, people)
    assert listed(friends.lin) == {}


def test_what_was_put_away_is_not_missed(friends):
    moment = posted(friends.may, "出闲置相机")
    for who in (friends.lin, friends.may):
        reacting.react(who.actor, moment, True)
    people = walkers(3)
    for who in people:
        befriend(friends.may, _Person(who))
    loved(moment, people)
    assert moment in listed(friends.lin)
    tasting.mute(friends.lin.actor, "闲置", 1)
    assert listed(friends.lin) == {}
    clock.shift(2 * clock.DAY)
    assert moment in listed(friends.lin)
    for kind in ("hide", "seller"):
        tasting.want(friends.lin.actor, friends.may.id, kind)
        assert listed(friends.lin) == {} and catching_up.missed(friends.lin.actor, 0).new == 0
    tasting.want(friends.lin.actor, friends.may.id, "")
    blocking.block(friends.may.actor, friends.lin.id)
    assert listed(friends.lin) == {}


def test_no_more_than_so_many_are_looked_at(friends, monkeypatch):
    monkeypatch.setattr(catching_up, "MOST_LOOKED", 3)
    for _ in range(5):
        posted(friends.may)
    missed = catching_up.missed(friends.lin.actor, 0)
    assert (missed.new, missed.more) == (3, True)
    assert not catching_up.missed(friends.lin.actor, clock.now() + 1).more


def test_the_page_and_the_way_to_it(friends, as_):
    browser, mine = as_("lin"), posted(friends.lin)
    browser.get("/feed")
    clock.shift(3 * clock.DAY)
    commenting.write_comment(friends.may.actor, mine, "好看")
    for _ in range(25):
        show(friends.may.actor)
    jobs.run_due()
    page = browser.get("/feed").text
    assert 'id="feed-missed"' in page and "/feed/catch-up?from=" in page
    assert 'id="feed-missed"' not in browser.get("/feed").text, "it has been seen"
    shown = browser.get("/feed/catch-up?period=week").text
    assert f'id="missed-moment-{mine}"' in shown and "25" in shown
    assert FeedSetting.get(FeedSetting.member == friends.lin.id).read_at > 0


@pytest.mark.parametrize("asked", ["period=never", "from=2026-13-01", "from=9999-01-01", "from=0001-01-01", "from=x"])
def test_odd_periods(friends, as_, asked):
    assert as_("lin").get(f"/feed/catch-up?{asked}").status_code == 200
