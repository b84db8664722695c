"""What a circle watches for holds for all that is said to it, also for what a feed shows to its members. Nothing of
that can wait for its moderators, so what would have to is refused."""

import pytest

from blueprints.circles import joining, sanctions
from blueprints.circles.screening import Screen
from blueprints.feed import commenting, posting
from blueprints.feed.posting import Change
from blueprints.moderation import watching
from core import clock
from core.errors import Invalid, TooMany
from models import Membership, Moment, MomentComment, Post
from tests.blueprints.circle_stories import typed
from tests.blueprints.moment_stories import befriend, picture, show


@pytest.fixture
def friends(cast):
    befriend(cast.lin, cast.may, cast.ning)
    watching.watch(cast.che.actor, cast.running.id, "赌博", "hold")
    watching.watch(cast.che.actor, cast.running.id, "加v信", "hide")
    watching.watch(cast.che.actor, cast.running.id, "spam", "warn")
    return cast


def inside(cast, body: str, who: str = "lin", **more) -> int:
    return show(cast[who].actor, body, "circle", circle=cast.running.id, **more)


def refused(act) -> str:
    with pytest.raises(Invalid) as raised:
        act()
    return raised.value.code


def set_screen(cast, **how) -> None:
    watching.set_screening(cast.che.actor, cast.running.id, Screen(**how))


@pytest.mark.parametrize("said", ["來賭博吧", "赌**博**", "想跑步请加 ｖ 信"])
def test_a_word_that_a_circle_watches_for_is_not_shown_to_it(friends, said):
    assert refused(lambda: inside(friends, said)) == "word_refused"
    assert show(friends.lin.actor, said) and show(friends.lin.actor, said, "circle", circle=friends.darkroom.id)
    assert Moment.select().count() == 2
    assert inside(friends, said, "may"), "who looks after it is not looked at"


def test_what_a_picture_is_said_to_show_is_read_as_well(friends):
    shown = picture(alt="赌 博")
    assert refused(lambda: inside(friends, "看", pictures=[shown])) == "word_refused"


def test_a_word_is_not_brought_in_afterwards(friends, as_, post):
    moment, lin = inside(friends, "清白"), friends.lin.actor
    assert refused(lambda: posting.edit(lin, moment, Change("赌博"))) == "word_refused"
    answer = post(as_("lin"), f"/feed/posts/{moment}/edit", {"body": "赌博"})
    assert answer.status_code == 422 and "赌博" in typed(answer.text)
    assert Moment.get_by_id(moment).source == "清白"


def test_whoever_may_not_write_in_a_circle_does_not_reword_what_it_sees(friends):
    muted, left = inside(friends, "一"), show(friends.lin.actor, "二", "circle", circle=friends.darkroom.id)
    sanctions.mute(friends.che.actor, friends.running.id, friends.lin.id, "spam")
    joining.leave(friends.lin.actor, friends.darkroom.id)
    for moment in (muted, left):
        assert refused(lambda moment=moment: posting.edit(friends.lin.actor, moment, Change("三"))) == (
            "audience_circle_shut"
        )
        posting.edit(friends.lin.actor, moment, Change(Moment.get_by_id(moment).source, "closed"))
        assert Moment.get_by_id(moment).comments_by == "closed"


def test_comments_beneath_it_are_looked_at_too(friends):
    moment, outside = inside(friends, "清白", "may"), show(friends.may.actor, "清白")
    lin = friends.lin.actor
    assert refused(lambda: commenting.write_comment(lin, moment, "赌博")) == "word_refused"
    assert commenting.write_comment(lin, outside, "赌博")
    assert commenting.write_comment(friends.may.actor, moment, "赌博")
    assert MomentComment.select().count() == 2


def test_a_warning_can_be_passed_once_it_was_seen(friends, as_, post):
    lin, fields = as_("lin"), {"body": "S.P.A.M", "audience": "circle", "circle": friends.running.id}
    answer = post(lin, "/feed/posts", fields)
    assert answer.status_code == 422 and 'name="insists"' in answer.text and "S.P.A.M" in typed(answer.text)
    assert post(lin, "/feed/posts", fields | {"insists": "1"}).status_code == 303
    comments = f"/feed/posts/{Moment.get().id}/comments"
    answer = post(lin, comments, {"body": "spam"})
    assert answer.status_code == 422 and 'name="insists"' in answer.text
    assert post(lin, comments, {"body": "spam", "insists": "1"}).status_code == 303


def test_where_posts_wait_for_a_moderator_a_feed_is_no_way_around(friends, as_, post):
    set_screen(friends, approval="all")
    fields = {"body": "大家好", "audience": "circle", "circle": friends.running.id}
    answer = post(as_("lin"), "/feed/posts", fields)
    assert answer.status_code == 422 and 'id="moment-audience-error"' in answer.text
    assert inside(friends, "大家好", "may")
    assert commenting.write_comment(friends.lin.actor, Moment.get().id, "你好")
    set_screen(friends, approval="newcomers", newcomer_days=7)
    assert refused(lambda: inside(friends, "大家好")) == "moment_waits"
    Membership.update(joined_at=clock.now() - 90 * clock.DAY).execute()
    assert inside(friends, "大家好")


def test_newcomers_add_no_links_and_write_so_often_a_day(friends):
    set_screen(friends, newcomer_days=7, newcomer_posts=2, newcomer_links=False)
    assert refused(lambda: inside(friends, "看 https://shop.example/a")) == "word_refused"
    Post.update(created_at=0).execute()
    for number in range(5):
        try:
            inside(friends, f"第{number}条")
        except TooMany as too_many:
            assert too_many.code == "newcomer_posts"
    mine = Moment.select().where(Moment.author == friends.lin.id, Moment.circle == friends.running.id)
    assert mine.count() == 2
