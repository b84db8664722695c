"""Comments: replies one level deep, editing, liking, deleting with undo, the gap that a deleted one leaves."""

import re

import pytest

from blueprints.circles import commenting, events, posting, reactions
from core import blueprint, clock, markup
from core.config import LIMITS
from core.errors import Conflict, Denied, Gone, Invalid
from core.signals import announce
from models import Comment, CommentLike, Post
from tests.blueprints.circle_stories import say, typed, wrong_counters


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


def latest() -> Comment:
    return Comment.select().order_by(Comment.id.desc()).first()


def page_of(browser, talk: Post) -> str:
    return browser.get(f"/circles/night-run/posts/{talk.id}").text


# ---- writing ------------------------------------------------------------------------------------------------


def test_a_plain_comment_leads_to_itself(as_, post, talk):
    answer = post(as_("che"), at(talk), {"body": "带上**头灯**"})
    made = latest()
    assert answer.status_code == 303 and answer.location == f"/circles/night-run/posts/{talk.id}#comment-{made.id}"
    page = page_of(as_("ning"), talk)
    assert "<strong>头灯</strong>" in page and f'id="comment-{made.id}"' in page
    assert Post.get_by_id(talk.id).comment_count == 2


def test_htmx_gets_the_new_row_with_a_place_for_replies(as_, post, talk):
    answer = post(as_("che"), at(talk), {"body": "好"}, htmx="comment-list")
    made = latest()
    assert answer.status_code == 200
    assert f'id="comment-{made.id}"' in answer.text and f'id="replies-{made.id}"' in answer.text


@pytest.mark.parametrize("htmx", [False, "comment-list"])
@pytest.mark.parametrize("body", ["", " \n ", "\u200b\u2060", "长" * 5001])
def test_nothing_and_too_much_come_back_with_what_is_wrong(as_, post, talk, body, htmx):
    answer = post(as_("che"), at(talk), {"body": body}, htmx=htmx)
    assert answer.status_code == 422 and 'id="answer-form-body-error"' in answer.text
    assert body.strip("\u200b\u2060 \n") in typed(answer.text)[-1]
    assert Comment.select().where(Comment.post == talk).count() == 1


def test_the_address_of_all_comments_can_be_opened(as_, post, talk):
    """After a comment that was not taken, that is what the browser's address bar says."""
    answer = as_("lin").get(at(talk))
    assert answer.status_code == 303 and answer.location.startswith(f"/circles/night-run/posts/{talk.id}")


def test_who_is_not_in_comments_nothing(as_, post, client, talk, cast):
    for who, status in (("ning", 403), ("suspended", 403), ("leaving", 403)):
        answer = post(as_(who), at(talk), {"body": "我也 想说"})
        assert answer.status_code == status, who
    assert post(client, at(talk), {"body": "x"}).status_code == 401
    hidden = cast.post_in(cast.darkroom)
    url = f"/circles/{cast.darkroom.slug}/posts/{hidden.id}/comments/"
    assert post(as_("ning"), url, {"body": "x"}).status_code == 404
    assert Comment.select().where(Comment.post == talk).count() == 1


# ---- sent twice ---------------------------------------------------------------------------------------------


def test_the_same_key_makes_one_comment(as_, post, talk, fresh_key):
    che, form = as_("che"), {"body": "一次", "key": fresh_key()}
    assert len({post(che, at(talk), form).location for _ in range(3)}) == 1
    assert Post.get_by_id(talk.id).comment_count == 2


@pytest.mark.parametrize("htmx", [False, "comment-list"])
def test_a_used_key_with_other_words_keeps_them_under_a_new_one(as_, post, talk, fresh_key, htmx):
    che, key = as_("che"), fresh_key()
    post(che, at(talk), {"body": "一", "key": key})
    answer = post(che, at(talk), {"body": "二", "key": key}, htmx=htmx)
    assert answer.status_code == 409 and typed(answer.text)[-1] == "二"
    assert f'name="key" value="{key}"' not in answer.text


# ---- replies ------------------------------------------------------------------------------------------------


def test_a_reply_stands_under_what_it_answers(as_, post, talk, first):
    answer = post(as_("lin"), at(talk), {"body": "太好了", "parent_id": str(first.id)})
    made = latest()
    assert answer.status_code == 303 and made.parent_id == first.id
    page = page_of(as_("ning"), talk)
    row = page.index(f'id="replies-{first.id}"')
    assert row < page.index(f'id="comment-{made.id}"')
    assert Comment.get_by_id(first.id).reply_count == 1


def test_a_reply_to_a_reply_joins_the_row(as_, post, talk, first, cast):
    one = say(cast.lin.actor, talk, "一", first.id)
    post(as_("che"), at(talk), {"body": "二", "parent_id": str(one.id)})
    assert latest().parent_id == first.id and Comment.get_by_id(first.id).reply_count == 2


def test_answering_a_reply_opens_a_form_whose_answer_has_a_place_on_the_page(as_, talk, first, cast):
    reply = say(cast.lin.actor, talk, "一", first.id)
    che = as_("che")
    form = che.get(at(talk, reply, "/reply"), headers={"HX-Request": "true", "HX-Target": f"answer-{first.id}"}).text
    target = re.search(r'hx-target="#([^"]+)"', form)[1]
    assert f'id="{target}"' in page_of(che, talk)
    assert typed(form) == [""] and 'name="parent_id"' in form


def test_without_javascript_the_reply_is_written_beneath_the_post(as_, post, talk, first, cast):
    reply = say(cast.lin.actor, talk, "一", first.id)
    che = as_("che")
    for comment in (first, reply):
        address = che.get(at(talk, comment, "/reply")).location
        page = che.get(address).text
        parent = re.search(r'name="parent_id" value="(\d+)"', page)[1]
        target = re.search(r'hx-target="#(replies-[^"]+)"', page)[1]
        assert int(parent) == first.id and f'id="{target}"' in page


@pytest.mark.parametrize("parent", ["99999999", "-1", "abc", "9" * 30, "１２", "0"])
@pytest.mark.parametrize("htmx", [False, "comment-list"])
def test_a_reply_to_nothing_keeps_the_words(as_, post, talk, parent, htmx):
    answer = post(as_("che"), at(talk), {"body": "写好了的话", "parent_id": parent}, htmx=htmx)
    assert answer.status_code == 422 and "写好了的话" in typed(answer.text)[-1]
    assert Comment.select().where(Comment.post == talk).count() == 1


def test_a_reply_belongs_to_its_own_post(as_, post, talk, cast):
    elsewhere = cast.comment_in(cast.desk)
    answer = post(as_("che"), at(talk), {"body": "错了", "parent_id": str(elsewhere.id)})
    assert answer.status_code == 422 and "错了" in typed(answer.text)[-1]


def test_what_is_answered_may_be_gone_by_then(cast, talk, first):
    commenting.delete_comment(cast.may.actor, cast.running.id, talk.id, first.id)
    with pytest.raises(Invalid, match="parent_gone"):
        say(cast.lin.actor, talk, "晚了", first.id)


def test_a_deleted_one_with_replies_can_still_be_joined(cast, talk, first):
    say(cast.lin.actor, talk, "一", first.id)
    commenting.delete_comment(cast.may.actor, cast.running.id, talk.id, first.id)
    assert say(cast.che.actor, talk, "二", first.id).parent_id == first.id


# ---- changing -----------------------------------------------------------------------------------------------


def test_the_author_mends_a_comment(as_, post, talk, first):
    may = as_("may")
    assert typed(may.get(at(talk, first, "/edit")).text) == ["Count me in."]
    answer = post(may, at(talk, first, "/edit"), {"body": "Count me **out**."})
    assert answer.status_code == 303 and answer.location.endswith(f"#comment-{first.id}")
    assert "<strong>out</strong>" in page_of(as_("ning"), talk)


@pytest.mark.parametrize("htmx", [False, "comment-editor"])
def test_a_wrong_edit_keeps_the_words(as_, post, talk, first, htmx):
    for body in ("", "y" * 5001):
        answer = post(as_("may"), at(talk, first, "/edit"), {"body": body}, htmx=htmx)
        assert answer.status_code == 422 and typed(answer.text) == [body] and "comment-body-error" in answer.text
    assert Comment.get_by_id(first.id).source == "Count me in."


def test_nobody_else_edits_it(as_, post, talk, first):
    for who in ("lin", "che", "ning"):
        assert as_(who).get(at(talk, first, "/edit")).status_code == 403
        answer = post(as_(who), at(talk, first, "/edit"), {"body": "本来 要改"})
        assert answer.status_code == 403 and "本来 要改" in typed(answer.text)
    assert Comment.get_by_id(first.id).edited_at is None


# ---- deleting -----------------------------------------------------------------------------------------------


def test_a_deleted_comment_is_gone_and_comes_back(as_, post, talk, first):
    may = as_("may")
    answer = post(may, at(talk, first, "/delete"), htmx=f"comment-{first.id}-said")
    assert answer.status_code == 200 and f'id="comment-{first.id}-said"' in answer.text
    assert "Count me in" not in answer.text and at(talk, first, "/undo") in answer.headers["HX-Trigger"]
    assert f'id="comment-{first.id}"' not in page_of(as_("ning"), talk), "without replies it leaves no gap"
    assert Post.get_by_id(talk.id).comment_count == 0
    back = post(may, at(talk, first, "/undo"), htmx=True)
    assert back.status_code == 200 and "Count me in" in back.text and "hx-swap-oob" in back.text
    assert "Count me in" in page_of(as_("ning"), talk)
    assert wrong_counters() == []


def test_without_javascript_too(as_, post, talk, first):
    may = as_("may")
    gone = post(may, at(talk, first, "/delete"))
    assert gone.status_code == 303 and gone.location.startswith(f"/circles/night-run/posts/{talk.id}")
    assert f'formaction="{at(talk, first, "/undo")}"' in may.get(gone.location).text
    assert post(may, at(talk, first, "/undo")).location.endswith(f"#comment-{first.id}")


def test_a_deleted_comment_with_replies_leaves_a_gap_without_words(as_, talk, first, cast):
    say(cast.lin.actor, talk, "回你一句", first.id)
    commenting.delete_comment(cast.may.actor, cast.running.id, talk.id, first.id)
    page = page_of(as_("ning"), talk)
    gap = page[page.index(f'id="comment-{first.id}"') : page.index("回你一句")]
    assert "Count me in" not in page and "May Chen" not in gap and f"comment-{first.id}-like" not in gap


def test_deleting_twice_changes_nothing(as_, post, talk, first, cast):
    for htmx in (False, True):
        for _ in range(2):
            assert post(as_("may"), at(talk, first, "/delete"), htmx=htmx).status_code in (200, 303)
    assert post(as_("che"), at(talk, first, "/delete")).status_code == 404
    assert wrong_counters() == []


def test_only_who_deleted_takes_it_back_and_only_for_a_minute(as_, post, talk, first, cast):
    assert post(as_("lin"), at(talk, first, "/delete")).status_code == 403
    assert post(as_("che"), at(talk, first, "/delete")).status_code == 303
    assert post(as_("may"), at(talk, first, "/undo")).status_code == 404
    clock.shift(LIMITS["undo_seconds"] * 1000 + clock.SECOND)
    assert post(as_("che"), at(talk, first, "/undo")).status_code == 409
    assert Comment.get_by_id(first.id).deleted_at is not None


def test_a_reply_that_was_deleted_and_came_back_is_counted_once(cast, talk, first):
    reply = say(cast.lin.actor, talk, "一", first.id)
    circle = cast.running.id
    for _ in range(2):
        commenting.delete_comment(cast.lin.actor, circle, talk.id, reply.id)
        assert Comment.get_by_id(first.id).reply_count == 0
        commenting.undo_delete_comment(cast.lin.actor, circle, talk.id, reply.id)
        commenting.undo_delete_comment(cast.lin.actor, circle, talk.id, reply.id)
    assert Comment.get_by_id(first.id).reply_count == 1
    assert wrong_counters() == []


def test_what_is_deleted_takes_neither_likes_nor_words(cast, talk, first):
    circle = cast.running.id
    commenting.delete_comment(cast.may.actor, circle, talk.id, first.id)
    with pytest.raises(Gone):
        reactions.like_comment(cast.lin.actor, circle, talk.id, first.id, True)
    with pytest.raises(Gone):
        commenting.edit_comment(cast.may.actor, circle, talk.id, first.id, "x")


# ---- liking -------------------------------------------------------------------------------------------------


def test_a_like_on_and_off_however_often(as_, post, talk, first):
    lin = as_("lin")
    for value, expected in (("1", 1), ("1", 1), ("0", 0), ("0", 0), ("1", 1)):
        answer = post(lin, at(talk, first, "/like"), {"on": value}, htmx=f"comment-{first.id}-said")
        assert answer.status_code == 200 and f'aria-pressed="{"true" if expected else "false"}"' in answer.text
        assert Comment.get_by_id(first.id).like_count == expected
    assert CommentLike.select().count() == 1
    assert post(lin, at(talk, first, "/like"), {"on": "1"}).location.endswith(f"#comment-{first.id}")


@pytest.mark.parametrize("value", [None, "", "2", "on"])
def test_a_like_without_a_clear_value_is_refused(as_, post, talk, first, value):
    data = {} if value is None else {"on": value}
    assert post(as_("lin"), at(talk, first, "/like"), data, htmx=True).status_code == 422
    assert Comment.get_by_id(first.id).like_count == 0


# ---- pages --------------------------------------------------------------------------------------------------


def walk(browser, url: str, pattern: str, next_pattern: str) -> list[str]:
    """What the pages of a list show, one after the other, as htmx asks for them."""
    shown: list[str] = []
    while url:
        page = browser.get(url, headers={"HX-Request": "true", "HX-Target": "older"}).text
        shown += re.findall(pattern, page)
        after = re.search(next_pattern, page)
        url = after[1].replace("&amp;", "&") if after else ""
    return shown


def test_earlier_comments_come_without_gaps_or_doubles_while_new_ones_arrive(as_, cast, talk):
    written = [say(cast.che.actor, talk, f"第{number}条").id for number in range(44)]
    lin, url = as_("lin"), f"/circles/night-run/posts/{talk.id}"
    shown: list[int] = []
    while url:
        page = lin.get(url, headers={"HX-Request": "true", "HX-Target": "earlier"} if shown else {}).text
        rows = [int(number) for number in re.findall(r'<article class="comment" id="comment-(\d+)"', page)]
        assert rows == sorted(rows)
        shown = rows + shown
        say(cast.may.actor, talk, "刚来的")
        after = re.search(r'hx-get="([^"]*before=[^"]*)" hx-target="#earlier"', page)
        url = after[1].replace("&amp;", "&") if after else ""
    assert shown == [cast.comment_in(cast.running).id, *written]


def test_each_page_of_comments_works_without_javascript(as_, cast, talk):
    for number in range(25):
        say(cast.che.actor, talk, f"第{number}条")
    lin = as_("lin")
    page = page_of(lin, talk)
    earlier = re.search(r'href="([^"]*before=[^"]*)"', page)[1]
    assert "第0条" not in page and "第0条" in lin.get(earlier).text and "<html" in lin.get(earlier).text


@pytest.mark.parametrize("htmx", [True, False])
def test_however_many_replies_each_can_be_reached(as_, cast, talk, first, monkeypatch, htmx):
    monkeypatch.setitem(LIMITS, "page_replies", 4)
    written = [say(cast.che.actor, talk, f"第{number}句", first.id).id for number in range(11)]
    lin, url = as_("lin"), f"/circles/night-run/posts/{talk.id}"
    shown: set[int] = set()
    for _ in range(5):
        page = lin.get(url, headers={"HX-Request": "true", "HX-Target": "x"} if htmx and shown else {}).text
        rows = [int(number) for number in re.findall(r'<article class="comment" id="comment-(\d+)"', page)]
        shown |= set(rows) - {first.id}
        after = re.search(r'href="([^"]*/replies\?before=\d+)"', page)
        if not after:
            break
        url = after[1]
    assert sorted(shown) == written


def test_actions_say_what_is_wrong(cast, talk, first):
    circle = cast.running.id
    with pytest.raises(Denied):
        commenting.edit_comment(cast.lin.actor, circle, talk.id, first.id, "x")
    with pytest.raises(Gone):
        reactions.like_comment(cast.lin.actor, circle, talk.id, 10**9, True)
    with pytest.raises(Gone):
        commenting.delete_comment(cast.lin.actor, cast.darkroom.id, talk.id, first.id)
    commenting.delete_comment(cast.may.actor, circle, talk.id, first.id)
    clock.shift(clock.HOUR)
    with pytest.raises(Conflict, match="undo_over"):
        commenting.undo_delete_comment(cast.may.actor, circle, talk.id, first.id)
    posting.delete_post(cast.lin.actor, circle, talk.id)
    with pytest.raises(Gone):
        say(cast.may.actor, talk)


# ---- first, folded, closed, hidden --------------------------------------------------------------------------


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
    assert asked == [[(first.id, cast.may.id, cast.running.id), (second.id, cast.che.id, cast.running.id)]]
