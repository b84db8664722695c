"""Reactions: six kinds, one a member; the counts beside a post equal its rows whatever happens at once."""

import re

import pytest

from blueprints.circles import posting, reactions, sanctions
from blueprints.circles.checks import kinds_of_reactions
from core import personal, reacting
from core.errors import Denied, Gone, Invalid
from core.policy import Actor, Standing
from models import Comment, CommentLike, Member, Membership, Post, PostLike
from tests.blueprints.circle_stories import say, wrong_counters

CROWD = 200


@pytest.fixture
def talk(cast) -> Post:
    return cast.post_in(cast.running)


@pytest.fixture
def crowd(cast) -> list[Actor]:
    """Two hundred members of 夜跑."""
    people = []
    for number in range(CROWD):
        member = Member.create(
            username=f"walker-{number}", username_key=f"walker-{number}", display_name=f"走 {number}",
            password_hash="!", password_changed_at=0, created_at=0,
        )  # fmt: skip
        Membership.create(circle=cast.running, member=member, role="member", joined_at=0)
        people.append(Actor(member.id, Standing.MEMBER, member.username))
    type(cast.running).update(member_count=5 + CROWD).where(type(cast.running).id == cast.running.id).execute()
    return people


def counts(post: Post) -> dict[int, int]:
    row = Post.get_by_id(post.id)
    return reacting.counts_of(row.reactions, row.like_count)


def test_another_kind_takes_the_place_of_the_one_before(as_, post, talk):
    may, url = as_("may"), f"/circles/night-run/posts/{talk.id}/like"
    for data, expected in (
        ({"on": "1"}, {0: 1}), ({"kind": "3"}, {3: 1}), ({"kind": "3", "on": "1"}, {3: 1}), ({"kind": "5"}, {5: 1}),
        ({"on": "0"}, {}), ({"on": "0", "kind": "2"}, {}), ({"on": "1", "kind": "2"}, {2: 1}),
    ):  # fmt: skip
        answer = post(may, url, data, htmx=f"post-{talk.id}-tools")
        assert answer.status_code == 200 and f'id="post-{talk.id}-tools"' in answer.text
        assert counts(talk) == expected
    assert PostLike.select().where(PostLike.post == talk).count() == 1
    assert post(may, url, {"kind": "1"}).status_code == 303


@pytest.mark.parametrize("kind", ["6", "-1", "x", "", "1e3", "9" * 30])
def test_a_kind_that_there_is_not_is_refused(as_, post, talk, kind):
    assert post(as_("may"), f"/circles/night-run/posts/{talk.id}/like", {"kind": kind}).status_code == 422
    assert counts(talk) == {}


def test_the_kinds_are_offered_without_a_script_and_the_own_one_is_marked(as_, talk, cast):
    reactions.like_post(cast.may.actor, cast.running.id, talk.id, True, 4)
    page = as_("may").get(f"/circles/night-run/posts/{talk.id}").text
    tools = page[page.index(f'id="post-{talk.id}-tools"') :].partition("</footer>")[0]
    assert tools.count('name="kind"') == 6 and "<details" in tools
    heart = re.search(rf'<button[^>]*id="post-{talk.id}-like"[^>]*>', tools)[0]
    assert 'value="0"' in heart and 'aria-pressed="true"' in heart
    assert 'aria-pressed="true"' in re.search(rf'<button[^>]*id="post-{talk.id}-like-4"[^>]*>', tools)[0]


def test_comments_too(as_, post, talk, cast):
    first = cast.comment_in(cast.running)
    url = f"/circles/night-run/posts/{talk.id}/comments/{first.id}/like"
    assert post(as_("lin"), url, {"kind": "1"}, htmx=True).status_code == 200
    reactions.like_comment(cast.che.actor, cast.running.id, talk.id, first.id, True)
    row = Comment.get_by_id(first.id)
    assert reacting.counts_of(row.reactions, row.like_count) == {0: 1, 1: 1}
    post(as_("lin"), url, {"on": "0"})
    assert Comment.get_by_id(first.id).reactions == "0:1"


def test_two_hundred_at_once_change_their_minds_and_every_one_is_counted(cast, crowd, talk, in_threads):
    first = cast.comment_in(cast.running)

    def act(number: int) -> None:
        for kind in (number % 6, (number + 1) % 6):
            reactions.like_post(crowd[number], cast.running.id, talk.id, True, kind)
        reactions.like_comment(crowd[number], cast.running.id, talk.id, first.id, True, number % 6)
        if number % 10 == 0:
            reactions.like_post(crowd[number], cast.running.id, talk.id, False)

    in_threads(CROWD, act)
    staying = [number for number in range(CROWD) if number % 10]
    expected = {kind: len([number for number in staying if (number + 1) % 6 == kind]) for kind in range(6)}
    assert counts(talk) == {kind: count for kind, count in expected.items() if count}
    assert Post.get_by_id(talk.id).like_count == len(staying)
    assert CommentLike.select().where(CommentLike.comment == first).count() == CROWD
    assert not wrong_counters() and not list(kinds_of_reactions())


def test_one_member_from_fifty_tabs_has_one_reaction(cast, talk, in_threads):
    in_threads(50, lambda number: reactions.like_post(cast.may.actor, cast.running.id, talk.id, True, number % 6))
    assert PostLike.select().where(PostLike.post == talk).count() == 1 == sum(counts(talk).values())
    assert not list(kinds_of_reactions())


def test_doctor_finds_what_does_not_add_up(cast, talk):
    reactions.like_post(cast.may.actor, cast.running.id, talk.id, True, 2)
    Post.update(reactions="3:1").where(Post.id == talk.id).execute()
    assert len(list(kinds_of_reactions())) == 1


def test_likes_from_before_there_were_kinds_count_as_likes(cast, talk):
    PostLike.insert(post=talk.id, member=cast.lin.id, liked_at=1).execute()
    Post.update(like_count=1).where(Post.id == talk.id).execute()
    assert counts(talk) == {0: 1} and not list(kinds_of_reactions())
    reactions.like_post(cast.lin.actor, cast.running.id, talk.id, True, 3)
    assert counts(talk) == {3: 1}


def test_who_reacted_is_for_those_who_may_read_and_comes_in_pages(cast, crowd, talk, as_, client):
    for number, actor in enumerate(crowd[:90]):
        reactions.like_post(actor, cast.running.id, talk.id, True, 2 if number < 45 else 0)
    url, seen = f"/circles/night-run/posts/{talk.id}/reactions", []
    at = f"{url}?kind=2"
    while at:
        page = as_("ning").get(at).text
        seen += re.findall(r"@(walker-\d+)<", page)
        older = re.search(r'rel="next"', page) and re.search(r'<a class="btn quiet" href="([^"]+)" rel="next"', page)
        at = older[1].replace("&amp;", "&") if older else ""
    assert len(seen) == 45 and set(seen) == {f"walker-{number}" for number in range(45)}
    assert client.get(url).status_code == 401
    secret = cast.post_in(cast.darkroom)
    hidden = f"/circles/{cast.darkroom.slug}/posts/{secret.id}/reactions"
    assert as_("ning").get(hidden).status_code == 404 and as_("lin").get(hidden).status_code == 200
    assert as_("ning").get(f"/circles/night-run/posts/{secret.id}/reactions").status_code == 404


def test_reactions_to_a_deleted_comment_are_not_told(cast, talk, as_):
    first = cast.comment_in(cast.running)
    reactions.like_comment(cast.lin.actor, cast.running.id, talk.id, first.id, True)
    say(cast.lin.actor, talk, "回", first.id)
    Comment.update(deleted_at=1).where(Comment.id == first.id).execute()
    url = f"/circles/night-run/posts/{talk.id}/comments/{first.id}/reactions"
    assert as_("may").get(url).status_code == 404


def test_who_is_muted_or_outside_does_not_react(cast, talk):
    sanctions.mute(cast.che.actor, cast.running.id, cast.lin.id, "x")
    for actor in (cast.lin.actor, cast.ning.actor):
        with pytest.raises(Denied):
            reactions.like_post(actor, cast.running.id, talk.id, True)
    with pytest.raises(Gone):
        reactions.like_post(cast.ning.actor, cast.darkroom.id, cast.post_in(cast.darkroom).id, True)
    with pytest.raises(Invalid):
        reactions.like_post(cast.may.actor, cast.running.id, talk.id, True, 6)


def test_nobody_reacts_to_a_hidden_comment(cast, talk):
    first = cast.comment_in(cast.running)
    Comment.update(hidden_at=1).where(Comment.id == first.id).execute()
    with pytest.raises(Gone):
        reactions.like_comment(cast.lin.actor, cast.running.id, talk.id, first.id, True)
    reactions.like_comment(cast.che.actor, cast.running.id, talk.id, first.id, True)


def test_who_leaves_the_site_takes_reactions_along(cast, talk):
    for actor, kind in ((cast.may.actor, 2), (cast.che.actor, 2), (cast.lin.actor, 0)):
        reactions.like_post(actor, cast.running.id, talk.id, True, kind)
    personal.erase(cast.may.id, keeps_words=True)
    assert counts(talk) == {0: 1, 2: 1}
    assert not wrong_counters() and not list(kinds_of_reactions())


def test_a_post_of_somebody_without_a_reaction_says_none(as_, cast):
    made = posting.write_post(cast.lin.actor, cast.running.id, posting.PostDraft("", "新的"))
    page = as_("ning").get(f"/circles/night-run/posts/{made.id}").text
    assert f"/posts/{made.id}/reactions" not in page
