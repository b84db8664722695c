"""Who is told of what happens in a circle, what they read of it, and who is told nothing."""

import pytest

from blueprints.circles import actions, arranging, commenting, events, joining, posting, reactions, telling
from blueprints.circles.erasing import purge_deleted
from core import clock, jobs, notices
from core.blueprint import slot
from core.db import atomic
from core.policy import Actor, Standing
from core.signals import announce
from models import Circle, Comment, Job, JoinRequest, Member, Membership, Notice, Post, PostLike
from tests.blueprints.circle_stories import counted, say, write
from tests.blueprints.notice_stories import kinds, level, nothing_told_yet, rings, rows


@pytest.fixture(autouse=True)
def a_quiet_bell(cast):
    jobs.run_due()
    nothing_told_yet()


@pytest.fixture
def run(cast) -> Circle:
    return cast.running


@pytest.fixture
def read(app):
    """`read(person)`: the words of their notices as the list has them, newest first; what they may not see is left
    out."""

    def words(person) -> list[str]:
        with app.test_request_context():
            listed = rows(person)
            shown = slot("notices.row", person.actor, listed)
            return [str(html) for row in listed for html in shown.get(row.id, ())]

    return words


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
