"""Posts: writing, looking at how it will be, changing with a history, deleting and taking that back, liking."""

import re

import pytest

from blueprints.circles import actions, posting, reactions
from core import clock
from core.errors import Conflict, Gone, Invalid
from core.limits import LIMITS
from models import Once, Post, PostLike, PostRevision
from tests.blueprints.circle_stories import say, typed, write, wrong_counters

WRITE = "/circles/night-run/posts/"
HOME = "/circles/night-run"


@pytest.fixture
def mine(cast) -> Post:
    """lin's post in the running circle."""
    return cast.post_in(cast.running)


def latest() -> Post:
    return Post.select().order_by(Post.id.desc()).first()


# ---- writing ------------------------------------------------------------------------------------------------


def test_a_plain_form_leads_to_the_post(as_, post, client, cast):
    answer = post(as_("lin"), WRITE, {"title": " 周日 ", "body": "**长跑**，[路线](https://map.example/a)"})
    made = latest()
    assert answer.status_code == 303 and answer.location == f"{WRITE}{made.id}"
    assert (made.title, made.author_id, made.circle_id) == ("周日", cast.lin.id, cast.running.id)
    page = as_("ning").get(answer.location).text
    assert "<strong>长跑</strong>" in page and 'rel="nofollow ugc noopener"' in page
    assert "周日" in as_("ning").get(HOME).text


def test_htmx_gets_the_new_row_alone(as_, post):
    answer = post(as_("lin"), WRITE, {"body": "短的"}, htmx="post-list")
    assert answer.status_code == 200 and "toast" in answer.headers["HX-Trigger"]
    assert answer.text.count("<article") == 1 and f'id="post-{latest().id}"' in answer.text
    assert "csrf" not in answer.text


@pytest.mark.parametrize("body", ["", " \n\t ", "\u200b\u202e\u2060", "\x00\x07"])
@pytest.mark.parametrize("htmx", [False, "post-list"])
def test_nothing_is_not_a_post(as_, post, body, htmx):
    before = Post.select().count()
    answer = post(as_("lin"), WRITE, {"title": "只有标题", "body": body}, htmx=htmx)
    assert answer.status_code == 422 and 'id="composer-body-error"' in answer.text
    assert 'value="只有标题"' in answer.text and Post.select().count() == before


def test_twenty_kilobytes_fit_and_one_more_byte_does_not(as_, post):
    fits = "圈" * (LIMITS["post_bytes"] // 3) + "ab"
    assert len(fits.encode()) == LIMITS["post_bytes"]
    assert post(as_("lin"), WRITE, {"body": fits}).status_code == 303
    answer = post(as_("lin"), WRITE, {"title": "标题", "body": fits + "c"})
    assert answer.status_code == 422 and typed(answer.text) == [fits + "c"] and "20 kB" in answer.text


def test_a_title_that_is_too_long_is_kept_beside_what_is_wrong(as_, post):
    answer = post(as_("lin"), WRITE, {"title": "长" * 121, "body": "正文"})
    assert answer.status_code == 422 and 'id="composer-title-error"' in answer.text
    assert "长" * 121 in answer.text and typed(answer.text) == ["正文"]


def test_a_title_that_shows_nothing_is_none(as_, post):
    post(as_("lin"), WRITE, {"title": " \u200b\u202e\u3164 ", "body": "正文"})
    assert latest().title == ""


def test_who_is_not_in_writes_nothing(as_, post, client, cast):
    before = Post.select().count()
    assert post(as_("ning"), WRITE, {"body": "x"}).status_code == 403
    assert post(as_("ning"), "/circles/desk/posts/", {"body": "x"}).status_code == 403
    assert post(as_("ning"), f"/circles/{cast.darkroom.slug}/posts/", {"body": "x"}).status_code == 404
    assert post(client, WRITE, {"body": "x"}).status_code == 401
    assert post(as_("suspended"), WRITE, {"body": "x"}).status_code == 403
    assert post(as_("leaving"), WRITE, {"body": "x"}).status_code == 403
    assert Post.select().count() == before


# ---- sent twice ---------------------------------------------------------------------------------------------


def test_the_same_key_makes_one_post_and_gives_the_same_answer(as_, post, fresh_key):
    lin, form = as_("lin"), {"body": "一次", "key": fresh_key()}
    before = Post.select().count()
    answers = [post(lin, WRITE, form) for _ in range(3)]
    assert {answer.location for answer in answers} == {f"{WRITE}{latest().id}"}
    assert post(lin, WRITE, form, htmx="post-list").text.count(f'id="post-{latest().id}"') == 1
    assert Post.select().count() == before + 1


@pytest.mark.parametrize("htmx", [False, "post-list"])
def test_a_used_key_with_other_words_is_a_conflict_that_can_be_left(as_, post, fresh_key, htmx):
    lin, key = as_("lin"), fresh_key()
    post(lin, WRITE, {"body": "第一次", "key": key})
    answer = post(lin, WRITE, {"title": "题", "body": "第二次", "key": key}, htmx=htmx)
    assert answer.status_code == 409 and typed(answer.text) == ["第二次"] and 'value="题"' in answer.text
    again = re.search(r'name="key" value="([^"]+)"', answer.text)
    assert again and again[1] != key
    assert post(lin, WRITE, {"title": "题", "body": "第二次", "key": again[1]}).status_code == 303


def test_a_key_of_one_member_is_free_for_another(as_, post, fresh_key):
    key = fresh_key()
    assert post(as_("lin"), WRITE, {"body": "甲", "key": key}).status_code == 303
    assert post(as_("may"), WRITE, {"body": "乙", "key": key}).status_code == 303


def test_a_key_that_is_too_long_is_said_in_the_composer(as_, post):
    answer = post(as_("lin"), WRITE, {"body": "留着", "key": "k" * 65})
    assert answer.status_code == 422 and typed(answer.text) == ["留着"] and "composer-body-error" in answer.text


def test_what_was_refused_leaves_its_key_free(as_, post, fresh_key):
    lin, key = as_("lin"), fresh_key()
    assert post(lin, WRITE, {"body": "", "key": key}).status_code == 422
    assert Once.select().where(Once.key == key).count() == 0
    assert post(lin, WRITE, {"body": "好了", "key": key}).status_code == 303


# ---- how it will look ---------------------------------------------------------------------------------------


def test_the_preview_with_htmx_is_the_text_alone(as_, post):
    answer = post(as_("lin"), f"{HOME}/preview", {"body": "# 大\n<b>raw</b>"}, htmx="composer-preview")
    assert answer.status_code == 200 and "<h3>大</h3>" in answer.text and "&lt;b&gt;" in answer.text
    assert "<html" not in answer.text


@pytest.mark.parametrize(("url", "more"), [(f"{HOME}/preview", {}), (WRITE, {"preview": "1"})])
def test_without_javascript_the_preview_comes_with_the_composer(as_, post, url, more):
    before = Post.select().count()
    answer = post(as_("lin"), url, {"title": "题", "body": "**粗**", "key": "same-key", **more})
    assert answer.status_code == 200 and "<strong>粗</strong>" in answer.text
    assert typed(answer.text) == ["**粗**"] and 'value="题"' in answer.text and 'value="same-key"' in answer.text
    assert Post.select().count() == before


def test_a_preview_of_too_much_keeps_it(as_, post):
    answer = post(as_("lin"), f"{HOME}/preview", {"body": "x" * 20_481})
    assert answer.status_code == 422 and typed(answer.text) == ["x" * 20_481]


# ---- changing -----------------------------------------------------------------------------------------------


def test_an_edit_keeps_what_was_said_before(as_, post, mine):
    lin = as_("lin")
    assert "**七点半**" in typed(lin.get(f"{WRITE}{mine.id}/edit").text)[0]
    answer = post(lin, f"{WRITE}{mine.id}/edit", {"title": "周四", "body": "八点"})
    assert answer.status_code == 303 and answer.location == f"{WRITE}{mine.id}"
    page = as_("ning").get(f"{WRITE}{mine.id}").text
    assert "八点" in page and "周四" in page and f"{WRITE}{mine.id}/history" in page
    history = as_("ning").get(f"{WRITE}{mine.id}/history").text
    assert "周<del>三夜跑</del><ins>四</ins>" in history and "<strong>七点半</strong>" in history
    assert "<ins>八</ins>点" in history.replace("<del>**七</del>", ""), "what stayed has no mark"


def test_saying_the_same_again_is_no_edit(as_, post, mine):
    post(as_("lin"), f"{WRITE}{mine.id}/edit", {"title": mine.title, "body": mine.source})
    assert PostRevision.select().count() == 0 and Post.get_by_id(mine.id).edited_at is None


@pytest.mark.parametrize("htmx", [False, "post-editor"])
def test_a_wrong_edit_keeps_the_words(as_, post, mine, htmx):
    for form in ({"title": "x" * 121, "body": "新的"}, {"title": "题", "body": "新" * 7000}):
        answer = post(as_("lin"), f"{WRITE}{mine.id}/edit", form, htmx=htmx)
        assert answer.status_code == 422 and typed(answer.text) == [form["body"]] and form["title"] in answer.text
        assert "aria-invalid" in answer.text
    assert Post.get_by_id(mine.id).title == "周三夜跑"


def test_only_the_author_edits(as_, post, mine):
    for who, status in (("may", 403), ("che", 403), ("ning", 403)):
        assert as_(who).get(f"{WRITE}{mine.id}/edit").status_code == status, who
        answer = post(as_(who), f"{WRITE}{mine.id}/edit", {"body": "我 要 改"})
        assert answer.status_code == status and "我 要 改" in typed(answer.text)
    assert PostRevision.select().count() == 0


def test_a_post_is_edited_in_its_own_circle_only(as_, post, mine, cast):
    assert post(as_("che"), f"/circles/desk/posts/{mine.id}/edit", {"body": "x"}).status_code == 404
    assert post(as_("lin"), f"/circles/{cast.darkroom.slug}/posts/{mine.id}/delete").status_code == 404
    assert as_("lin").get(f"/circles/{cast.darkroom.slug}/posts/{mine.id}").status_code == 404


# ---- deleting, and taking that back -------------------------------------------------------------------------


def test_a_deleted_post_is_gone_at_once_and_can_come_back(as_, post, mine, cast):
    lin, url = as_("lin"), f"{WRITE}{mine.id}"
    answer = post(lin, f"{url}/delete")
    assert answer.status_code == 303 and answer.location == HOME
    assert as_("ning").get(url).status_code == 404 and "周三夜跑" not in as_("ning").get(HOME).text
    assert f'formaction="{url}/undo"' in lin.get(HOME).text, "the next page offers to take it back"
    assert post(lin, f"{url}/undo").location == url
    assert as_("ning").get(url).status_code == 200
    assert wrong_counters() == []


def test_what_is_said_on_the_next_page_waits_for_it_whatever_the_page_before_still_asks(as_, post, mine):
    lin, url = as_("lin"), f"{WRITE}{mine.id}"
    post(lin, f"{url}/delete", htmx=f"post-{mine.id}")
    assert post(lin, f"{url}/undo", htmx=True).headers["HX-Redirect"] == url
    for asked in (f"{HOME}/here", "/notices/bell", "/people/may/card"):
        assert lin.get(asked, headers={"HX-Request": "true"}).status_code in (200, 204)
    assert "<p>已恢复" in lin.get(url).text
    assert "<p>已恢复" not in lin.get(url).text, "it is said once"


def test_htmx_takes_the_row_away_and_offers_undo(as_, post, mine):
    answer = post(as_("lin"), f"{WRITE}{mine.id}/delete", htmx=f"post-{mine.id}")
    assert answer.status_code == 200 and f"{WRITE}{mine.id}/undo" in answer.headers["HX-Trigger"]


def test_deleting_twice_changes_nothing(as_, post, mine, cast):
    lin = as_("lin")
    for _ in range(2):
        assert post(lin, f"{WRITE}{mine.id}/delete").status_code == 303
    assert post(as_("che"), f"{WRITE}{mine.id}/delete").status_code == 404, "for everybody else it is not there"
    assert wrong_counters() == []


def test_after_a_minute_it_stays_deleted(as_, post, mine):
    lin = as_("lin")
    post(lin, f"{WRITE}{mine.id}/delete")
    clock.shift(LIMITS["undo_seconds"] * 1000 + clock.SECOND)
    assert post(lin, f"{WRITE}{mine.id}/undo").status_code == 409
    assert Post.get_by_id(mine.id).deleted_at is not None


def test_only_who_deleted_takes_it_back(as_, post, mine, cast):
    assert post(as_("may"), f"{WRITE}{mine.id}/delete").status_code == 303, "a moderator deletes what others wrote"
    assert post(as_("lin"), f"{WRITE}{mine.id}/undo").status_code == 404
    assert post(as_("che"), f"{WRITE}{mine.id}/undo").status_code == 404
    assert post(as_("may"), f"{WRITE}{mine.id}/undo").status_code == 303
    assert post(as_("may"), f"{WRITE}{mine.id}/undo").status_code == 303, "twice changes nothing"
    assert wrong_counters() == []


def test_members_delete_their_own_only(as_, post, mine, cast):
    theirs = write(cast.may.actor, cast.running.id)
    assert post(as_("lin"), f"{WRITE}{theirs.id}/delete").status_code == 403
    assert post(as_("ning"), f"{WRITE}{mine.id}/delete").status_code == 403


def test_what_is_deleted_takes_nothing_more(cast, mine):
    posting.delete_post(cast.lin.actor, cast.running.id, mine.id)
    for act in (
        lambda: say(cast.may.actor, mine),
        lambda: reactions.like_post(cast.may.actor, cast.running.id, mine.id, True),
        lambda: posting.edit_post(cast.lin.actor, cast.running.id, mine.id, posting.PostDraft("", "x")),
    ):
        with pytest.raises(Gone):
            act()


def test_who_left_does_not_undo_any_more(cast, mine):
    posting.delete_post(cast.lin.actor, cast.running.id, mine.id)
    actions.leave(cast.lin.actor, cast.running.id)
    with pytest.raises(Exception, match="denied"):
        posting.undo_delete_post(cast.lin.actor, cast.running.id, mine.id)


# ---- liking -------------------------------------------------------------------------------------------------


def likes(mine: Post) -> int:
    return Post.get_by_id(mine.id).like_count


def test_on_and_off_again_however_often(as_, post, mine):
    may, url = as_("may"), f"{WRITE}{mine.id}/like"
    for value, expected in (("1", 1), ("1", 1), ("0", 0), ("0", 0), ("1", 1)):
        answer = post(may, url, {"on": value}, htmx=f"post-{mine.id}-tools")
        assert answer.status_code == 200 and f'aria-pressed="{"true" if expected else "false"}"' in answer.text
        assert likes(mine) == expected
    assert PostLike.select().count() == 1


def test_a_plain_like_leads_back_to_where_it_was_given(as_, post, mine):
    may, url = as_("may"), f"{WRITE}{mine.id}/like"
    back = {"Referer": "http://localhost/circles/night-run?before=9"}
    assert post(may, url, {"on": "1"}, headers=back).location == "/circles/night-run?before=9"
    assert post(may, url, {"on": "1"}).location == f"{WRITE}{mine.id}"
    for elsewhere in ("http://evil.example/", "http://localhost/circles/night-run/preview", "http://[", "//x/y"):
        assert post(may, url, {"on": "0"}, headers={"Referer": elsewhere}).location == f"{WRITE}{mine.id}"


@pytest.mark.parametrize("value", [None, "", "2", "true", "１", "1 "])
def test_a_like_without_a_clear_value_is_refused(as_, post, mine, value):
    for htmx in (False, True):
        data = {} if value is None else {"on": value}
        assert post(as_("may"), f"{WRITE}{mine.id}/like", data, htmx=htmx).status_code == 422
    assert likes(mine) == 0


def test_strangers_see_how_many_like_it_and_cannot(as_, post, mine, client):
    post(as_("may"), f"{WRITE}{mine.id}/like", {"on": "1"})
    assert post(as_("ning"), f"{WRITE}{mine.id}/like", {"on": "1"}).status_code == 403
    page = client.get(f"{WRITE}{mine.id}").text
    assert f'formaction="{WRITE}{mine.id}/like"' not in page
    assert likes(mine) == 1


def test_actions_name_what_is_wrong(cast, mine):
    with pytest.raises(Invalid) as refusal:
        write(cast.lin.actor, cast.running.id, "x" * 20_481)
    assert refusal.value.field == "body"
    posting.delete_post(cast.lin.actor, cast.running.id, mine.id)
    clock.shift(clock.HOUR)
    with pytest.raises(Conflict, match="undo_over"):
        posting.undo_delete_post(cast.lin.actor, cast.running.id, mine.id)
