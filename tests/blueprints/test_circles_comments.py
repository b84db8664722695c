"""Comments: replies one level deep, editing, liking, deleting with undo, the gap that a deleted one leaves."""

import re

import pytest

from blueprints.circles import commenting, posting, reactions
from core import clock
from core.errors import Conflict, Denied, Gone, Invalid
from core.limits import LIMITS
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
