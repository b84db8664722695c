"""Who is told of what happens in a circle, what they read of it, and who is told nothing."""

import pytest

from blueprints.circles import actions, events, joining, pending, reactions
from blueprints.circles.waiting import STOPPED
from core import jobs, notices
from core.db import atomic
from core.signals import announce
from models import Circle, Comment, JoinRequest, Notice, Pending, Post, PostLike
from tests.blueprints.circle_stories import say, write
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


# ---- answers ---------------------------------------------------------------------------------------------------


def test_a_comment_is_told_to_who_wrote_the_post(cast, run, read):
    post = write(cast.lin.actor, run.id, "周六早上跑步")
    comment = say(cast.che.actor, post, "算我一个")
    assert kinds(cast.lin) == ["replied"] and rings(cast.lin) == 1
    (html,) = read(cast.lin)
    assert "阿澈" in html and "算我一个" in html and "城市夜跑圈" in html and f"%23comment-{comment.id}" in html
    assert kinds(cast.che) == kinds(cast.may) == []


def test_an_answer_is_told_to_both_whom_it_answers(cast, run):
    post = write(cast.lin.actor, run.id)
    first = say(cast.che.actor, post)
    nothing_told_yet()
    say(cast.may.actor, post, "好", first.id)
    assert kinds(cast.che) == ["answered"] and kinds(cast.lin) == ["replied"] and kinds(cast.may) == []


def test_whoever_is_answered_beneath_their_own_post_is_told_once(cast, run):
    post = write(cast.lin.actor, run.id)
    first = say(cast.lin.actor, post)
    say(cast.che.actor, post, "好", first.id)
    assert kinds(cast.lin) == ["answered"]


def test_nobody_is_told_of_themselves(cast, run):
    post = write(cast.lin.actor, run.id, "@lin 你好")
    say(cast.lin.actor, post, "@lin 顶")
    reactions.like_post(cast.lin.actor, run.id, post.id, True)
    assert kinds(cast.lin) == []


@pytest.mark.parametrize(("chosen", "told", "rung"), [
    ("all", 2, 2), ("mentions", 2, 2), ("digest", 2, 0), ("none", 0, 0),
])  # fmt: skip
def test_what_concerns_a_member_comes_as_they_chose(cast, run, chosen, told, rung):
    level(cast.lin, run, chosen)
    post = write(cast.lin.actor, run.id)
    say(cast.che.actor, post, "@lin 看")
    reactions.like_post(cast.che.actor, run.id, post.id, True)
    assert len(kinds(cast.lin)) == told and rings(cast.lin) == rung


def test_who_left_the_circle_is_told_nothing_more(cast, run):
    post = write(cast.lin.actor, run.id)
    joining.leave(cast.lin.actor, run.id)
    say(cast.che.actor, post)
    reactions.like_post(cast.che.actor, run.id, post.id, True)
    assert kinds(cast.lin) == []


def test_who_is_removed_loses_what_they_were_told_of_it(cast, run, read):
    post = write(cast.lin.actor, run.id)
    say(cast.che.actor, post, "@lin 秘密口令")
    say(cast.che.actor, write(cast.lin.actor, cast.darkroom.id))
    actions.remove(cast.che.actor, run.id, cast.lin.id)
    assert not {"mentioned", "replied"} & {row.kind for row in rows(cast.lin) if row.circle == run.id}
    shown = read(cast.lin)
    assert "秘密口令" not in "".join(shown) and [html for html in shown if "暗房" in html], "other circles stay"


# ---- names -----------------------------------------------------------------------------------------------------


def test_whoever_is_named_in_a_post_is_told(cast, run, read):
    write(cast.che.actor, run.id, "@lin 带上水", "明天")
    assert kinds(cast.lin) == ["mentioned"]
    assert "明天" in read(cast.lin)[0]


def test_whoever_is_named_in_an_answer_to_them_is_told_once(cast, run):
    post = write(cast.lin.actor, run.id)
    say(cast.che.actor, post, "@lin @may 好")
    assert kinds(cast.lin) == ["mentioned"] and kinds(cast.may) == ["mentioned"]


def test_a_stranger_is_told_where_all_may_read_and_not_where_they_may_not(cast, run):
    write(cast.che.actor, run.id, "@ning 来吗")
    assert kinds(cast.ning) == ["mentioned"]
    write(cast.che.actor, cast.darkroom.id, "@ning @lin 来吗")
    assert kinds(cast.ning) == ["mentioned"] and kinds(cast.lin) == ["mentioned"]


def test_a_name_in_a_hidden_post_reaches_nobody_who_may_not_read_it(cast, run):
    post = write(cast.che.actor, run.id, "好")
    Post.update(hidden_at=1).where(Post.id == post.id).execute()
    with atomic():
        announce(events.PostWritten(post.id, run.id, cast.che.id, (cast.lin.id, cast.may.id)))
    assert kinds(cast.lin) == [] and kinds(cast.may) == ["mentioned"], "may looks after the circle"


def test_a_hidden_comment_is_told_to_nobody(cast, run):
    post = write(cast.lin.actor, run.id)
    comment = say(cast.che.actor, post)
    nothing_told_yet()
    Comment.update(hidden_at=1).where(Comment.id == comment.id).execute()
    with atomic():
        announce(events.CommentWritten(comment.id, post.id, cast.che.id, (cast.may.id,)))
    assert kinds(cast.lin) == kinds(cast.may) == []


# ---- reactions -------------------------------------------------------------------------------------------------


def test_reactions_to_one_thing_are_one_notice_and_ring_once(cast, run, read):
    post = write(cast.lin.actor, run.id, "好天气")
    reactions.like_post(cast.che.actor, run.id, post.id, True)
    as_seen = rings(cast.lin)
    (one,) = read(cast.lin)
    Notice.update(seen_at=1).execute()
    reactions.like_post(cast.may.actor, run.id, post.id, True, 2)
    (two,) = read(cast.lin)
    assert as_seen == 1 and rings(cast.lin) == 0, "the bell rang once"
    assert "阿澈" in one and "May" not in one and "阿澈" in two and "May Chen" in two and "好天气" in two


def test_of_many_who_react_two_are_named_and_the_others_counted(cast, run, read, app):
    post = write(cast.lin.actor, run.id)
    for number, person in enumerate((cast.che, cast.may, cast.ning, cast.owner, cast.staff)):
        if person not in (cast.che, cast.may):
            joining.join(person.actor, run.id)
        reactions.like_post(person.actor, run.id, post.id, True, number % 3)
    (html,) = read(cast.lin)
    assert "Ada" in html and "周岚" in html and "3" in html and "阿澈" not in html


def test_what_was_taken_back_is_not_read_and_the_last_takes_the_notice_along(cast, run, read):
    post = write(cast.lin.actor, run.id)
    for person in (cast.che, cast.may):
        reactions.like_post(person.actor, run.id, post.id, True)
    reactions.like_post(cast.che.actor, run.id, post.id, False)
    assert "阿澈" not in read(cast.lin)[0] and "May Chen" in read(cast.lin)[0]
    reactions.like_post(cast.may.actor, run.id, post.id, False)
    assert kinds(cast.lin) == []


def test_reactions_after_reading_do_not_grow_what_was_read(cast, run, read, app):
    post = write(cast.lin.actor, run.id)
    reactions.like_post(cast.che.actor, run.id, post.id, True)
    Notice.update(read_at=1, open_key=None).execute()
    PostLike.update(liked_at=PostLike.liked_at - 1000).execute()
    Notice.update(first_at=Notice.first_at - 1000, at=Notice.at - 1000).execute()
    reactions.like_post(cast.may.actor, run.id, post.id, True)
    new, old = read(cast.lin)
    assert "May Chen" in new and "阿澈" not in new and "阿澈" in old and "May Chen" not in old


def test_a_reaction_to_a_comment_is_told_as_such(cast, run, read):
    post = write(cast.che.actor, run.id)
    comment = say(cast.lin.actor, post, "我也去")
    reactions.like_comment(cast.che.actor, run.id, post.id, comment.id, True)
    assert kinds(cast.lin) == ["reacted"] and "我也去" in read(cast.lin)[0]
    reactions.like_comment(cast.che.actor, run.id, post.id, comment.id, False)
    assert kinds(cast.lin) == []


# ---- coming and going --------------------------------------------------------------------------------------------


def test_applications_are_told_to_who_looks_after_the_circle_and_counted_when_read(cast, read):
    desk = cast.desk
    for person in (cast.ning, cast.may):
        joining.join(person.actor, desk.id, "一本书")
    assert kinds(cast.che) == ["asked"] and kinds(cast.ning) == []
    assert "2" in read(cast.che)[0] and "/circles/desk/requests" in read(cast.che)[0].replace("%2F", "/")
    joining.withdraw(cast.ning.actor, desk.id)
    assert "1 " in words_of(read(cast.che)[0]) and "2" not in words_of(read(cast.che)[0])


def test_a_decision_is_told_with_its_word_and_the_application_is_done(cast, read):
    desk = cast.desk
    joining.join(cast.ning.actor, desk.id, "一本书")
    request = cast_request(cast.ning)
    joining.decide(cast.che.actor, desk.id, request, accept=False, reply="名额满了，下月再来。")
    assert kinds(cast.ning) == ["decided"] and kinds(cast.che) == []
    assert "名额满了" in read(cast.ning)[0] and "书桌" in read(cast.ning)[0]


def words_of(html: str) -> str:
    return html.partition('class="told-link"')[2].partition(">")[2].partition("<")[0]


def cast_request(person) -> int:
    return int(JoinRequest.get(JoinRequest.member == person.id).id)


def test_a_decision_about_a_circle_that_became_invisible_tells_nothing(cast, read):
    desk = cast.desk
    joining.join(cast.ning.actor, desk.id, "一本书")
    joining.decide(cast.che.actor, desk.id, cast_request(cast.ning), accept=False, reply="不行")
    Circle.update(visibility="invisible").where(Circle.id == desk.id).execute()
    assert kinds(cast.ning) == ["decided"] and read(cast.ning) == []


def test_an_invitation_is_told_until_it_is_answered(cast, read):
    dark = cast.darkroom
    actions.invite(cast.che.actor, dark.id, cast.ning.id, "一起冲胶卷")
    assert kinds(cast.ning) == ["invited"]
    assert "暗房" in read(cast.ning)[0] and "一起冲胶卷" in read(cast.ning)[0] and "阿澈" in read(cast.ning)[0]
    actions.decline_invitation(cast.ning.actor, dark.id)
    assert read(cast.ning) == []
    actions.invite(cast.che.actor, dark.id, cast.ning.id, "再来")
    joining.join(cast.ning.actor, dark.id)
    assert "invited" not in kinds(cast.ning)


def test_another_role_is_told_as_it_is_now(cast, run, read):
    joining.set_role(cast.che.actor, run.id, cast.lin.id, "moderator")
    joining.set_role(cast.che.actor, run.id, cast.lin.id, "owner")
    assert kinds(cast.lin) == ["role"] and len(read(cast.lin)) == 1


def test_nobody_is_told_of_the_role_they_gave_themselves(cast, run):
    joining.set_role(cast.che.actor, run.id, cast.lin.id, "owner")
    joining.set_role(cast.che.actor, run.id, cast.che.id, "member")
    assert kinds(cast.che) == [] and kinds(cast.lin) == ["role"]


@pytest.mark.parametrize("notify", ["all", "none"])
def test_what_is_decided_about_a_member_reaches_them_whatever_they_chose(cast, run, notify):
    level(cast.lin, run, notify)
    joining.set_role(cast.che.actor, run.id, cast.lin.id, "moderator")
    with atomic():
        announce(events.PendingDecided(3, run.id, cast.lin.id, False))
    assert kinds(cast.lin) == ["role", "pending"]


def test_a_published_text_is_told_with_the_way_to_it(cast, run, read):
    post = write(cast.lin.actor, run.id, "等了一会儿", "终于")
    with atomic():
        announce(events.PendingDecided(3, run.id, cast.lin.id, True, post.id))
    assert "终于" in read(cast.lin)[0] and f"posts%2F{post.id}" in read(cast.lin)[0].replace("/", "%2F")


def held(cast, run, **more) -> Pending:
    kept = {
        "kind": "post", "circle": run, "author": cast.lin.id, "source": "等等", "html": "<p>等等</p>",
        "excerpt": "等等", "policy_version": 1, "created_at": 1, "held_for": "approval",
    }  # fmt: skip
    return Pending.create(**kept | more)


def test_what_waits_is_told_to_who_looks_after_the_circle_until_nothing_does(cast, run, read):
    row = held(cast, run)
    with atomic():
        announce(events.PostHeld(row.id, run.id, cast.lin.id))
    assert kinds(cast.may) == kinds(cast.che) == ["held"] and kinds(cast.lin) == []
    assert "1 " in words_of(read(cast.may)[0]) and "等等" not in read(cast.may)[0]
    pending.refuse(cast.may.actor, run.id, row.id, "换个说法")
    assert kinds(cast.may) == kinds(cast.che) == [] and kinds(cast.lin) == ["pending"]
    assert "换个说法" in read(cast.lin)[0] and f"pending%2F{row.id}" in read(cast.lin)[0].replace("/", "%2F")


def test_what_could_not_come_out_at_its_time_is_told_to_its_author_alone(cast, run, read):
    row = held(cast, run, held_for=STOPPED, refused_at=1)
    notices.tell([cast.lin.id, cast.may.id], "pending", "pending", row.id, state=STOPPED)
    assert "等等" in read(cast.lin)[0] and read(cast.may) == []
