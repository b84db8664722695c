"""Comments beneath a post: which one stands first, in which order, what is folded, closed or hidden."""

import re

import pytest

from blueprints.circles import commenting, events
from core import blueprint, clock, markup
from core.errors import Invalid
from core.limits import LIMITS
from core.signals import announce
from models import Comment, Post
from tests.blueprints.circle_stories import say


@pytest.fixture
def talk(cast) -> Post:
    """lin's post in the running circle; may has commented on it."""
    return cast.post_in(cast.running)


@pytest.fixture
def first(cast) -> Comment:
    return cast.comment_in(cast.running)


def at(talk: Post, comment: Comment | None = None, rest: str = "") -> str:
    address = f"/circles/night-run/posts/{talk.id}/comments/"
    return f"{address}{comment.id}{rest}" if comment else address


def page_of(browser, talk: Post) -> str:
    return browser.get(f"/circles/night-run/posts/{talk.id}").text


@pytest.fixture
def second(cast, talk) -> Comment:
    return say(cast.che.actor, talk, "第二条")


def order_of(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'<article class="comment" id="comment-(\d+)"', page)]


def test_one_comment_stands_first_and_only_there(as_, post, talk, first, second):
    lin = as_("lin")
    answer = post(lin, at(talk, second, "/pin"), {"on": "1"})
    assert answer.status_code == 303 and Post.get_by_id(talk.id).pinned_comment == second.id
    page = page_of(as_("ning"), talk)
    assert order_of(page) == [second.id, first.id] and page.index('id="pinned-comment"') < page.index("第二条")
    post(lin, at(talk, second, "/pin"), {"on": "0"})
    page = page_of(as_("ning"), talk)
    assert order_of(page) == [first.id, second.id] and 'id="pinned-comment"' not in page


def test_a_reply_that_is_not_sent_leaves_its_words_in_the_box_for_comments(as_, post, talk, first):
    lin = as_("lin")
    assert 'name="cancel"' in lin.get(f"/circles/night-run/posts/{talk.id}?reply_to={first.id}").text
    sent = {"body": "还没想好", "parent_id": first.id, "cancel": "1"}
    page = post(lin, at(talk), sent).text
    assert "还没想好" in page and 'name="parent_id"' not in page and 'name="cancel"' not in page
    answer = post(lin, at(talk), sent, htmx=True)
    assert answer.headers["HX-Retarget"] == f"#answer-form-{first.id}" and "还没想好" in answer.text
    assert Comment.select().where(Comment.parent == first.id).count() == 0


def test_the_author_of_the_post_and_moderators_choose_it(as_, post, talk, first):
    assert f"/comments/{first.id}/pin" in page_of(as_("lin"), talk)
    assert f"/comments/{first.id}/pin" not in page_of(as_("leaving"), talk)
    for who, status in (("ning", 403), ("staff", 403), ("may", 303), ("che", 303), ("lin", 303)):
        assert post(as_(who), at(talk, first, "/pin"), {"on": "1"}).status_code == status, who
    assert post(as_("lin"), at(talk, first, "/pin"), {"on": "x"}).status_code == 422


def test_a_reply_cannot_stand_first(cast, talk, first):
    reply = say(cast.lin.actor, talk, "回", first.id)
    with pytest.raises(Invalid):
        commenting.pin_comment(cast.lin.actor, cast.running.id, talk.id, reply.id, True)


def test_deleted_or_hidden_it_stands_first_no_longer(as_, cast, talk, first, second):
    commenting.pin_comment(cast.lin.actor, cast.running.id, talk.id, second.id, True)
    commenting.delete_comment(cast.che.actor, cast.running.id, talk.id, second.id)
    assert Post.get_by_id(talk.id).pinned_comment is None
    commenting.pin_comment(cast.lin.actor, cast.running.id, talk.id, first.id, True)
    Comment.update(hidden_at=clock.now()).where(Comment.id == first.id).execute()
    announce(events.CommentHidden(first.id, talk.id, True))
    assert Post.get_by_id(talk.id).pinned_comment is None
    assert 'id="pinned-comment"' not in page_of(as_("may"), talk)


def test_the_newest_first_for_who_wants_it_so_and_it_is_remembered(as_, cast, talk, first, second):
    lin = as_("lin")
    url = f"/circles/night-run/posts/{talk.id}"
    assert order_of(lin.get(url).text) == [first.id, second.id]
    assert order_of(lin.get(f"{url}?order=new").text) == [second.id, first.id]
    page = lin.get(url).text
    assert order_of(page) == [second.id, first.id] and 'hx-swap="afterbegin show:top"' in page
    assert order_of(as_("che").get(url).text) == [first.id, second.id], "everybody for themselves"
    assert order_of(lin.get(f"{url}?order=old").text) == [first.id, second.id]
    assert order_of(lin.get(f"{url}?order=nonsense").text) == [first.id, second.id]


def test_newest_first_leads_on_to_the_earlier_ones(as_, cast, talk, first, monkeypatch):
    monkeypatch.setitem(LIMITS, "page_comments", 3)
    ids = [first.id, *(say(cast.che.actor, talk, f"第{number}条").id for number in range(6))]
    browser, seen = as_("lin"), []
    url = f"/circles/night-run/posts/{talk.id}?order=new"
    while url:
        page = browser.get(url).text
        seen += order_of(page)
        way = re.search(r'href="([^"]*\?before=\d+)"', page)
        url = way and way[1]
    assert seen == ids[::-1]


def test_after_three_replies_the_rest_is_folded(as_, cast, talk, first):
    replies = [say(cast.che.actor, talk, f"回 {number}", first.id).id for number in range(8)]
    page = page_of(as_("ning"), talk)
    assert order_of(page) == [first.id, *replies[-3:]] and f'id="hidden-{first.id}"' in page
    more = re.search(r'href="([^"]*/replies\?before=\d+)"', page)[1]
    rest = as_("ning").get(more, headers={"HX-Request": "true", "HX-Target": f"hidden-{first.id}"}).text
    assert order_of(rest) == replies[:5] and 'class="pager"' not in rest


def test_the_address_of_a_comment_leads_to_where_it_can_be_read(as_, cast, talk, first, monkeypatch):
    monkeypatch.setitem(LIMITS, "page_replies", 6)
    monkeypatch.setitem(LIMITS, "page_comments", 3)
    replies = [say(cast.che.actor, talk, f"回 {number}", first.id).id for number in range(10)]
    tops = [say(cast.che.actor, talk, f"条 {number}").id for number in range(5)]
    browser = as_("ning")
    for number in (first.id, *replies, *tops):
        answer = browser.get(at(talk) + str(number))
        assert answer.status_code == 303 and answer.location.endswith(f"#comment-{number}")
        assert number in order_of(browser.get(answer.location).text), number
    assert browser.get(at(talk) + "99999").status_code == 404


def test_a_closed_post_says_so_and_takes_comments_of_moderators_only(as_, post, cast, talk, first):
    Post.update(locked_at=clock.now()).where(Post.id == talk.id).execute()
    for who in ("lin", "ning"):
        page = page_of(as_(who), talk)
        assert 'id="answer-form"' not in page and f"comment-{first.id}-reply" not in page, who
    assert 'id="answer-form"' in page_of(as_("may"), talk)
    assert post(as_("lin"), at(talk), {"body": "还想说"}).status_code == 409
    assert post(as_("may"), at(talk), {"body": "说明一下"}).status_code == 303


def test_a_hidden_comment_is_a_gap_for_others_and_marked_for_who_may_see_it(as_, cast, talk, second):
    Comment.update(hidden_at=clock.now()).where(Comment.id == second.id).execute()
    for who in ("lin", "ning"):
        page = page_of(as_(who), talk)
        assert "第二条" not in page and f'id="comment-{second.id}"' in page
        assert "阿澈" not in page[page.index(f'id="comment-{second.id}"') :].partition("</article>")[0]
    for who in ("che", "may"):
        assert "第二条" in page_of(as_(who), talk), who


def test_other_features_put_items_into_the_menu_once_for_all(as_, cast, talk, first, second, monkeypatch):
    asked = []

    def filler(actor, things):
        asked.append(things)
        return {number: markup.trusted(f'<a class="menu-item" href="/x/{number}">x</a>') for number, *_ in things}

    monkeypatch.setitem(blueprint._slots, "circles.comment_menu", [filler])
    page = page_of(as_("lin"), talk)
    assert f'href="/x/{first.id}"' in page and f'href="/x/{second.id}"' in page
    things = [(number, author, here.id) for number, author, here in asked.pop()]
    assert things == [(first.id, cast.may.id, cast.running.id), (second.id, cast.che.id, cast.running.id)] and not asked
