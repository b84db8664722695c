"""Many at once, on a real database file: what must not happen twice does not, and counters equal their rows."""

from collections import Counter

import pytest

from blueprints.circles import actions, commenting, posting, reactions
from core.errors import Invalid, Refusal
from core.policy import Actor
from models import (
    Circle,
    CommentLike,
    JoinRequest,
    Membership,
    Post,
    PostLike,
    PostRevision,
    database,
)
from tests.blueprints.circle_stories import say, stored_files, write, wrong_counters
from tests.cast import walkers
from tests.conftest import csrf_of

MANY = 50


@pytest.fixture
def crowd(cast) -> list[Actor]:
    """Fifty people who are in no circle yet."""
    return walkers(MANY)


@pytest.fixture(autouse=True)
def counters_hold(cast):
    yield
    assert wrong_counters() == []


def kept_or_code(act) -> object:
    try:
        return act()
    except Refusal as refusal:
        return refusal.code


def test_fifty_join_at_once(cast, crowd, in_threads):
    before = cast.running.member_count
    in_threads(MANY, lambda number: actions.join(crowd[number], cast.running.id))
    assert cast.running.member_count == before + MANY
    assert Membership.select().where(Membership.circle == cast.running).count() == before + MANY


def test_one_joins_fifty_times_at_once(cast, in_threads):
    before = cast.running.member_count
    in_threads(MANY, lambda _number: actions.join(cast.ning.actor, cast.running.id))
    assert cast.running.member_count == before + 1


def test_joining_and_leaving_at_once_ends_in_one_or_the_other(cast, in_threads):
    in_threads(30, lambda number: (actions.join, actions.leave)[number % 2](cast.ning.actor, cast.running.id))


def test_the_last_two_owners_cannot_both_leave(cast, in_threads):
    actions.set_role(cast.che.actor, cast.running.id, cast.may.id, "owner")
    both, said = (cast.che.actor, cast.may.actor), []
    in_threads(2, lambda number: said.append(kept_or_code(lambda: actions.leave(both[number], cast.running.id))))
    owners = Membership.select().where(Membership.circle == cast.running, Membership.role == "owner")
    assert owners.count() == 1 and said.count("last_owner") == 1


def test_two_who_decide_at_once_decide_once(cast, in_threads):
    actions.join(cast.ning.actor, cast.desk.id, "一")
    request = JoinRequest.get(JoinRequest.member == cast.ning.id).id
    said = []
    in_threads(
        10,
        lambda number: said.append(actions.decide(cast.che.actor, cast.desk.id, request, accept=number % 2 == 0)),
    )
    inside = actions.role_of(cast.desk.id, cast.ning.id) == "member"
    assert set(said) == {inside}


def test_fifty_likes_of_one_member_are_one(cast, in_threads):
    mine, comment = cast.post_in(cast.running), cast.comment_in(cast.running)

    def like(number: int) -> None:
        reactions.like_post(cast.che.actor, cast.running.id, mine.id, True)
        reactions.like_comment(cast.che.actor, cast.running.id, mine.id, comment.id, True)

    in_threads(MANY, like)
    assert PostLike.select().count() == CommentLike.select().count() == 1
    assert Post.get_by_id(mine.id).like_count == 1


def test_fifty_members_like_and_take_back_at_once(cast, crowd, in_threads):
    mine = cast.post_in(cast.running)
    for actor in crowd:
        actions.join(actor, cast.running.id)
    in_threads(MANY, lambda number: reactions.like_post(crowd[number], cast.running.id, mine.id, True))
    assert Post.get_by_id(mine.id).like_count == MANY
    in_threads(MANY, lambda number: reactions.like_post(crowd[number], cast.running.id, mine.id, number % 2 == 0))
    assert Post.get_by_id(mine.id).like_count == MANY // 2


def test_fifty_double_submits_are_one_post(cast, in_threads, fresh_key):
    key, made, before = fresh_key(), [], Post.select().count()
    draft = posting.PostDraft("一次", "就一次")
    in_threads(
        MANY, lambda _number: made.append(posting.write_post(cast.lin.actor, cast.running.id, draft, key=key).id)
    )
    assert len(made) == MANY and len(set(made)) == 1
    assert Post.select().count() == before + 1


def test_over_http_too_with_pictures(app, as_, cast, in_threads, fresh_key):
    from tests.blueprints.circle_stories import photo, upload

    browser, before, files = as_("lin"), Post.select().count(), len(stored_files())
    token, cookie, key = csrf_of(browser), browser.get_cookie("quanzi").value, fresh_key()
    raw, places = photo(), []

    def send(_number: int) -> None:
        own = app.test_client()
        own.set_cookie("quanzi", cookie)
        data = {"csrf_token": token, "key": key, "body": "就一次", "media": upload(raw)}
        answer = own.post("/circles/night-run/posts/", data=data)
        places.append((answer.status_code, answer.location))

    in_threads(12, send)
    assert len(set(places)) == 1 and places[0][0] == 303
    assert Post.select().count() == before + 1 and len(stored_files()) == files + 3


def test_comments_and_replies_of_many_are_all_counted(cast, crowd, in_threads):
    mine, comment = cast.post_in(cast.running), cast.comment_in(cast.running)
    for actor in crowd:
        actions.join(actor, cast.running.id)
    in_threads(MANY, lambda number: say(crowd[number], mine, "我也是", comment.id if number % 2 else None))
    assert Post.get_by_id(mine.id).comment_count == MANY + 1


def test_deleting_and_taking_back_at_once(cast, in_threads):
    mine, comment = cast.post_in(cast.running), cast.comment_in(cast.running)

    def act(number: int) -> None:
        away, back = (
            (posting.delete_post, posting.undo_delete_post) if number % 4 < 2
            else (commenting.delete_comment, commenting.undo_delete_comment)
        )  # fmt: skip
        which = (mine.id,) if number % 4 < 2 else (mine.id, comment.id)
        kept_or_code(lambda: (away if number % 2 else back)(cast.may.actor, cast.running.id, *which))

    in_threads(40, act)


def test_edits_at_once_leave_every_version_in_the_history(cast, in_threads):
    mine = cast.post_in(cast.running)
    in_threads(
        20,
        lambda number: posting.edit_post(
            cast.lin.actor, cast.running.id, mine.id, posting.PostDraft("", f"第{number}版")
        ),
    )
    said = [row.source for row in PostRevision.select().order_by(PostRevision.id)] + [Post.get_by_id(mine.id).source]
    assert len(said) == len(set(said)) == 21


def test_of_two_who_found_the_same_address_one_does(cast, in_threads):
    founders, said = (cast.ning, cast.may, cast.lin, cast.staff), []
    draft = actions.CircleDraft("江边", "riverside", "x", "sport", "public", "open")

    def found(number: int) -> None:
        try:
            said.append(actions.found_circle(founders[number].actor, draft).id)
        except Invalid as refusal:
            said.append(refusal.field)

    in_threads(4, found)
    assert Counter(map(type, said)) == {int: 1, str: 3} and set(said) >= {"slug"}
    assert Circle.select().where(Circle.slug == "riverside").count() == 1


def test_twenty_circles_are_twenty_even_when_founded_at_once(cast, in_threads, monkeypatch):
    from core.limits import LIMITS

    monkeypatch.setitem(LIMITS, "circles_founded", 5)
    draft = actions.CircleDraft("江边", "", "x", "sport", "public", "open")
    said = []
    in_threads(15, lambda _number: said.append(kept_or_code(lambda: actions.found_circle(cast.ning.actor, draft).id)))
    assert said.count("circles_founded") == 10
    assert Circle.select().where(Circle.founder == cast.ning.id).count() == 5


def test_positions_have_neither_gaps_nor_doubles(cast, in_threads):
    """A page that shows position n must have seen everything up to n."""
    mine = cast.post_in(cast.running)
    before = Post.get_by_id(mine.id).seq
    in_threads(30, lambda number: say(cast.may.actor, mine, f"第{number}条"))
    born = sorted(row[0] for row in database.execute_sql("SELECT born_seq FROM comment WHERE born_seq > ?", (before,)))
    assert born == list(range(before + 1, before + 31))


def test_who_is_removed_while_writing_wrote_before_or_not_at_all(cast, in_threads):
    def act(number: int) -> None:
        if number == 5:
            actions.remove(cast.che.actor, cast.running.id, cast.lin.id)
        else:
            kept_or_code(lambda: write(cast.lin.actor, cast.running.id, f"第{number}篇"))

    in_threads(10, act)
    with pytest.raises(Refusal):
        write(cast.lin.actor, cast.running.id)
