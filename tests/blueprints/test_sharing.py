"""Sharing a post with another circle: whoever may not read the source sees that there is one, and nothing of it."""

import re

import pytest

from blueprints.circles import actions, joining, posting, sanctions, sharing
from blueprints.circles.events import PostHidden
from blueprints.circles.rooms import room
from core.db import atomic
from core.errors import Denied, Gone
from core.signals import announce
from models import Post
from tests.blueprints.circle_stories import TEXTAREA, counted, write


@pytest.fixture
def desk(cast):
    """书桌 with lin in it, and a post of che's that others may share."""
    joining.join(cast.lin.actor, cast.desk.id, "《城南旧事》")
    from models import JoinRequest

    joining.decide(cast.che.actor, cast.desk.id, JoinRequest.get(JoinRequest.member == cast.lin.id).id, accept=True)
    return cast.desk


def share(cast, who: str, source: Post, into) -> Post:
    return posting.write_post(cast[who].actor, into.id, posting.PostDraft("", "看看这个", shared=source.id))


def card(page: str, post: Post) -> str:
    start = page.index(f'id="shared-{post.id}"')
    return page[start:].partition("</aside>")[0]


def test_a_public_post_is_shared_with_own_words(as_, post, cast, desk):
    source = cast.post_in(cast.running)
    lin, url = as_("lin"), f"/circles/night-run/posts/{source.id}/share"
    form = lin.get(url).text
    assert {int(number) for number in re.findall(r'name="target" value="(\d+)"', form)} == {
        cast.running.id, desk.id, cast.darkroom.id,
    }  # fmt: skip
    answer = post(lin, url, {"target": desk.id, "body": "值得一看"})
    assert answer.status_code == 303 and answer.location.startswith("/circles/desk/posts/")
    made = Post.select().order_by(Post.id.desc()).get()
    assert (made.circle_id, made.shared_id, made.source) == (desk.id, source.id, "值得一看")
    shown = card(as_("che").get(answer.location).text, made)
    assert "周三夜跑" in shown and "城市夜跑圈" in shown and "林间" in shown
    assert f"/circles/night-run/posts/{source.id}" in shown


def test_own_words_are_not_needed_and_twice_is_once(as_, post, cast, desk, fresh_key):
    source, key = cast.post_in(cast.running), fresh_key()
    for _ in range(2):
        answer = post(as_("lin"), f"/circles/night-run/posts/{source.id}/share", {"target": desk.id, "key": key})
        assert answer.status_code == 303
    assert Post.select().where(Post.shared == source).count() == 1


def test_whoever_may_not_read_the_source_sees_that_there_is_one_and_nothing_else(as_, client, cast, desk):
    """No name, no word, no picture, no address."""
    source = write(cast.che.actor, desk.id, "只给书桌的话", "书桌的题")
    made = share(cast, "lin", source, cast.running)
    assert "书桌的题" in card(as_("che").get(f"/circles/night-run/posts/{made.id}").text, made)
    for browser in (as_("may"), as_("ning"), client):
        for url in (f"/circles/night-run/posts/{made.id}", "/circles/night-run"):
            page = browser.get(url).text
            assert not re.search(f"书桌|只给|/circles/desk|posts/{source.id}\\b", page), url
            assert not re.search("<a |阿澈|<img", card(page, made))


def test_what_is_invisible_stays_inside(as_, post, cast):
    source = cast.post_in(cast.darkroom)
    lin, url = as_("lin"), f"/circles/{cast.darkroom.slug}/posts/{source.id}/share"
    assert re.findall(r'name="target" value="(\d+)"', lin.get(url).text) == [str(cast.darkroom.id)]
    assert post(lin, url, {"target": cast.running.id, "body": "x"}).status_code == 403
    with pytest.raises(Denied, match="share_stays_inside"):
        share(cast, "lin", source, cast.running)
    assert share(cast, "lin", source, cast.darkroom).shared_id == source.id


def test_an_invisible_post_does_not_get_out_by_way_of_a_share_inside(cast):
    inside = share(cast, "lin", cast.post_in(cast.darkroom), cast.darkroom)
    with pytest.raises(Denied, match="share_stays_inside"):
        share(cast, "lin", inside, cast.running)


def test_sharing_a_share_points_to_the_source(cast, desk):
    source = cast.post_in(cast.running)
    again = share(cast, "lin", share(cast, "lin", source, desk), cast.running)
    assert again.shared_id == source.id


def test_a_share_whose_source_one_may_not_read_is_not_shared_on(as_, cast, desk):
    source = write(cast.che.actor, desk.id, "只给书桌的话")
    made = share(cast, "lin", source, cast.running)
    with pytest.raises(Gone):
        share(cast, "may", made, cast.running)
    assert as_("may").get(f"/circles/night-run/posts/{made.id}/share").status_code == 404


def test_what_one_may_not_read_or_where_one_may_not_write(cast, desk):
    with pytest.raises(Gone):
        share(cast, "may", write(cast.che.actor, desk.id), cast.running)
    with pytest.raises(Gone):
        share(cast, "may", cast.post_in(cast.running), cast.darkroom)
    with pytest.raises(Denied):
        share(cast, "ning", cast.post_in(cast.running), cast.running)
    with pytest.raises(Gone):
        posting.write_post(cast.lin.actor, cast.running.id, posting.PostDraft("", "x", shared=10**9))
    sanctions.mute(cast.che.actor, desk.id, cast.lin.id, "x")
    found, visibility = sharing.source(cast.lin.actor, _row(cast, "lin", cast.post_in(cast.running)))
    assert desk.id not in {row.id for row in sharing.targets(cast.lin.actor, found, visibility)}
    with pytest.raises(Denied):
        share(cast, "lin", cast.post_in(cast.running), desk)


def _row(cast, who: str, post: Post):
    from blueprints.circles import reading

    return reading.post(cast[who].actor, room(cast[who].actor, post.circle_id), post.id)


def test_the_form_comes_back_with_what_was_typed(as_, post, cast, desk):
    source = cast.post_in(cast.running)
    url = f"/circles/night-run/posts/{source.id}/share"
    for htmx in (False, "share-form"):
        answer = post(as_("lin"), url, {"body": "我的话"}, htmx=htmx)
        assert answer.status_code == 422 and "share-target-error" in answer.text
        assert "我的话" in TEXTAREA.findall(answer.text)


@pytest.mark.parametrize("way", ["deleted", "hidden", "left", "closed"])
def test_a_source_that_goes_is_gone_from_every_card(as_, cast, desk, way):
    source = write(cast.che.actor, desk.id, "原来的话", "原来的题")
    made = share(cast, "lin", source, cast.running)
    if way == "deleted":
        posting.delete_post(cast.che.actor, desk.id, source.id)
    elif way == "hidden":
        with atomic():
            Post.update(hidden_at=1).where(Post.id == source.id).execute()
            announce(PostHidden(source.id, desk.id, True))
    elif way == "left":
        joining.leave(cast.lin.actor, desk.id)
    else:
        type(desk).update(closed_at=1).where(type(desk).id == desk.id).execute()
    page = as_("lin").get(f"/circles/night-run/posts/{made.id}").text
    assert "看看这个" in page and "原来" not in page and "书桌" not in card(page, made)


def test_a_circle_that_becomes_invisible_takes_its_cards_along_for_strangers(as_, cast):
    running, source = cast.running, cast.post_in(cast.running)
    made = share(cast, "lin", source, cast.darkroom)
    draft = actions.CircleDraft("城市夜跑圈", "night-run", "下班一起跑", "sport", "invisible", "invitation")
    address = f"/circles/{cast.darkroom.slug}/posts/{made.id}"
    assert "周三夜跑" in card(as_("lin").get(address).text, made)
    actions.edit_circle(cast.che.actor, running.id, draft)
    joining.leave(cast.lin.actor, running.id)
    assert "周三夜跑" not in card(as_("lin").get(address).text, made)


def test_cards_cost_one_query_for_a_whole_list(as_, cast):
    source = cast.post_in(cast.running)
    share(cast, "lin", source, cast.running)
    lin, costs = as_("lin"), []
    for more in (0, 5):
        for _ in range(more):
            share(cast, "lin", source, cast.running)
        lin.get("/circles/night-run")
        with counted() as seen:
            lin.get("/circles/night-run")
        costs.append(len(seen))
    assert costs[0] == costs[1]
