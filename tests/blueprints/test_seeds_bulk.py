"""`flask seed`: a large site that is put together as if people had made it."""

import pytest

from blueprints.circles import seeds_bulk
from blueprints.circles.phrases import RARE, Phrases
from core import checks, search
from core.policy import Actor, Standing
from models import Circle, Comment, CommentLike, Member, Membership, Post, PostLike, SearchDoc
from tests.conftest import signed_in

PLAN = seeds_bulk.Plan(posts=400, members=40, seed=3)


def quiet(line):
    pass


def test_counters_positions_and_search_are_as_the_actions_leave_them(app):
    seeds_bulk.fill(PLAN, quiet)
    assert (Post.select().count(), Member.select().count()) == (400, 40)
    assert Comment.select().exists() and PostLike.select().exists() and CommentLike.select().exists()
    assert [line for name, line in checks.problems() if not name.startswith("jobs.")] == []
    for post in Post.select():
        comments = list(Comment.select().where(Comment.post == post))
        assert post.comment_count == len(comments)
        assert post.seq == 1 + post.comment_count + post.like_count
        assert all(comment.born_seq <= post.seq for comment in comments)
        assert post.circle_seq <= post.circle.seq
    for comment in Comment.select().where(Comment.reply_count > 0):
        assert Comment.select().where(Comment.parent == comment).count() == comment.reply_count
    assert SearchDoc.select().count() == 400 + 40 + Circle.select().count()


def test_half_of_it_lies_in_the_circle_that_is_measured(app):
    seeds_bulk.fill(PLAN, quiet)
    bench = Circle.get(Circle.slug == seeds_bulk.BENCH)
    member = Member.get(Member.username == seeds_bulk.BENCH)
    assert bench.post_count == 200
    assert Membership.select().where(Membership.circle == bench, Membership.member == member).exists()
    assert Post.select().where(Post.circle == bench, Post.comment_count >= 20).exists()
    browser = signed_in(app, member.id)
    long_talk = Post.get(Post.circle == bench, Post.comment_count >= 20)
    for page in ("/circles/bench", f"/circles/bench/posts/{long_talk.id}", f"/search?q={RARE}"):
        assert browser.get(page).status_code == 200, page
    assert search.find(Actor(member.id, Standing.MEMBER), "post", RARE).ids


def test_the_same_seed_makes_the_same_site(app, house):
    def summary():
        return [
            list(Post.select(Post.id, Post.circle, Post.author, Post.source, Post.seq).tuples()),
            list(Comment.select(Comment.id, Comment.post, Comment.author, Comment.source).tuples()),
            list(Membership.select(Membership.circle, Membership.member, Membership.role).tuples()),
        ]

    seeds_bulk.fill(PLAN, quiet)
    first = summary()
    house.start_from("blank", lambda: None)
    seeds_bulk.fill(PLAN, quiet)
    assert summary() == first


def test_one_post_in_a_hundred_has_the_rare_word_inside_a_sentence():
    posts = Phrases(seed=1).posts
    with_it = [sample for sample in posts if RARE in sample.source]
    assert len(with_it) == len(posts) // 100
    assert all(f"着{RARE}走" in sample.source for sample in with_it)


def test_a_database_is_filled_once(app):
    seeds_bulk.fill(PLAN, quiet)
    with pytest.raises(ValueError, match="filled before"):
        seeds_bulk.fill(PLAN, quiet)
    told = app.test_cli_runner().invoke(args=["seed", "--posts", "5"])
    assert told.exit_code == 1 and "At least 20" in told.output
