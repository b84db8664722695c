"""Beneath a moment: who reacts and comments, what each reader learns of it, and what nobody learns."""

import re
import threading

import pytest

from blueprints.circles import sanctions
from blueprints.feed import commenting, narrowing, posting, reacting, talking, watching
from blueprints.feed.audience import Audience
from blueprints.people import blocking, friending, lists
from core import clock, jobs, site, stream_log, streams
from core.errors import Conflict, Denied, Gone, Invalid
from core.limits import LIMITS
from models import Friendship, Moment, MomentComment, MomentLike, database
from tests.blueprints.circle_stories import counted
from tests.blueprints.talk_stories import befriend, felt, heard, row_of, say, show
from tests.cast import walkers

HTMX = {"HX-Request": "true"}


@pytest.fixture
def moment(cast) -> int:
    """By lin, whose friends are che, may and ning; che and may are friends as well, ning knows nobody else."""
    befriend(cast.lin, cast.che, cast.may, cast.ning)
    befriend(cast.che, cast.may)
    return show(cast.lin)


# ---- reactions ----------------------------------------------------------------------------------------------


def test_one_reaction_a_member_and_another_kind_takes_its_place(cast, as_, post, moment):
    che, url = as_("che"), f"/feed/posts/{moment}/react"
    for data, expected in (
        ({"on": "1"}, "0:1"), ({"kind": "3"}, "3:1"), ({"kind": "3", "on": "1"}, "3:1"), ({"on": "0"}, ""),
        ({"on": "0"}, ""), ({"on": "1", "kind": "2"}, "2:1"),
    ):  # fmt: skip
        answer = post(che, url, data, htmx=f"moment-{moment}-tools")
        assert answer.status_code == 200 and f'id="moment-{moment}-tools"' in answer.text
        assert row_of(moment).reactions == expected
    assert MomentLike.select().count() == 1 and row_of(moment).like_count == 1
    assert post(che, url, {"kind": "1"}).status_code == 303
    assert post(che, url, {"kind": "6"}).status_code == post(che, url, {"kind": "x"}).status_code == 422


def test_who_may_not_see_it_can_do_nothing_with_it(cast, as_, post, moment):
    comment = say(cast.che, moment)
    owner, url = as_("owner"), f"/feed/posts/{moment}"
    for way in ("react", "comments", f"comments/{comment}/delete"):
        assert post(owner, f"{url}/{way}", {"on": "1", "body": "x"}).status_code == 404
    for way in ("", "/reactions", "/comments", "/comments/new", f"/comments/{comment}", f"/comments/{comment}/reply"):
        assert owner.get(url + way, headers=HTMX).status_code == 404, way
    assert owner.get(f"{url}/talk?since=0", headers=HTMX).status_code == 404
    assert (row_of(moment).like_count, row_of(moment).comment_count) == (0, 1)


def test_a_reply_that_is_not_sent_leaves_its_words_in_the_box_for_comments(cast, as_, post, moment):
    comment = say(cast.che, moment)
    lin, url = as_("lin"), f"/feed/posts/{moment}"
    assert 'name="cancel"' in lin.get(f"{url}?reply_to={comment}").text
    sent = {"body": "还没想好", "parent_id": comment, "cancel": "1"}
    page = post(lin, f"{url}/comments", sent).text
    assert "还没想好" in page and 'name="parent_id"' not in page and f'id="moment-{moment}"' in page
    answer = post(lin, f"{url}/comments", sent, htmx=True)
    assert answer.headers["HX-Retarget"] == f"#answer-{moment}-{comment}" and 'name="parent_id"' not in answer.text
    assert post(as_("owner"), f"{url}/comments", sent).status_code == 404
    assert row_of(moment).comment_count == 1


def test_names_stand_beneath_it_and_the_own_name_of_a_friend_for_who_gave_it(cast, moment):
    for person in (cast.che, cast.may):
        reacting.react(person.actor, moment, True)
    Friendship.update(alias="老车").where(Friendship.member == cast.lin.id, Friendship.friend == cast.che.id).execute()
    assert felt(cast.lin.actor, moment) == ({"老车", "May Chen"}, 2)
    assert felt(cast.ning.actor, moment) == ({"阿澈", "May Chen"}, 2)


def test_reactions_sent_at_once_are_counted_once_each(cast, moment):
    people = walkers(40)
    pairs = [(cast.lin.id, each.member_id) for each in people]
    both = [*pairs, *((friend, member) for member, friend in pairs)]
    Friendship.insert_many([{"member": one, "friend": other, "since_at": 1} for one, other in both]).execute()

    def go(actor):
        try:
            for kind in (0, 3, 3, 5):
                reacting.react(actor, moment, True, kind)
        finally:
            database.close()

    threads = [threading.Thread(target=go, args=(actor,)) for actor in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert row_of(moment).reactions == "5:40" and row_of(moment).like_count == 40 == MomentLike.select().count()


# ---- comments -----------------------------------------------------------------------------------------------


def test_an_answer_says_whom_it_answers(cast, moment):
    first = say(cast.che, moment, "在哪拍的？")
    second = say(cast.lin, moment, "江边", first)
    say(cast.may, moment, "Nice", second)
    texts = [re.sub("<.*?>", "", text).strip() for text in heard(cast.ning.actor, moment)]
    assert texts == ["阿澈: 在哪拍的？", "林间→阿澈: 江边", "May Chen→林间: Nice"]
    assert row_of(moment).comment_count == 3


def test_sent_twice_it_is_one(cast, moment):
    ids = {commenting.write_comment(cast.che.actor, moment, "好", key="k1") for _ in range(3)}
    assert len(ids) == 1 and MomentComment.select().count() == 1 == row_of(moment).comment_count


@pytest.mark.parametrize("body", ["", "  \n ", "长" * 501])
def test_what_cannot_be_taken_comes_back_as_it_was_typed(cast, as_, post, moment, body):
    url = f"/feed/posts/{moment}/comments"
    answer = post(as_("che"), url, {"body": body}, htmx=f"moment-{moment}-comments")
    assert answer.status_code == 422 and f'id="answer-{moment}"' in answer.text and body.strip() in answer.text
    assert post(as_("che"), url, {"body": body}).status_code == 422 and MomentComment.select().count() == 0


def test_a_comment_and_a_reply_without_scripts(cast, as_, post, moment):
    che = as_("che")
    assert f'action="/feed/posts/{moment}/comments"' in che.get(f"/feed/posts/{moment}").text
    answer = post(che, f"/feed/posts/{moment}/comments", {"body": "<b>好</b> **看**"})
    assert answer.status_code == 303
    comment = MomentComment.get()
    assert answer.location.endswith(f"/feed/posts/{moment}#remark-{comment.id}")
    page = che.get(f"/feed/posts/{moment}").text
    assert f'id="remark-{comment.id}"' in page and "<strong>看</strong>" in page and "<b>好" not in page
    way = che.get(f"/feed/posts/{moment}/comments/{comment.id}/reply")
    assert way.status_code == 303
    assert f'name="parent_id" value="{comment.id}"' in che.get(way.location).text
    assert f'name="parent_id" value="{comment.id}"' in che.get(f"{way.request.path}", headers=HTMX).text


def test_with_scripts_the_comment_comes_alone(cast, as_, post, moment):
    form = as_("che").get(f"/feed/posts/{moment}/comments/new", headers=HTMX)
    assert form.status_code == 200 and f'hx-target="#moment-{moment}-comments"' in form.text
    assert as_("che").get(f"/feed/posts/{moment}/comments/new").location.endswith(f"/feed/posts/{moment}#answer")
    answer = post(as_("che"), f"/feed/posts/{moment}/comments", {"body": "好"}, htmx=f"moment-{moment}-comments")
    assert answer.status_code == 200 and answer.text.lstrip().startswith("<article") and "<html" not in answer.text
    assert "sent" in answer.headers["HX-Trigger"]


def test_a_comment_of_another_moment_is_not_answered_here(cast, moment):
    other = show(cast.may, kind="me")
    hidden = say(cast.may, other)
    for parent in (hidden, 999_999):
        with pytest.raises(Invalid):
            say(cast.che, moment, "好", parent)


def test_whoever_wrote_it_or_shows_the_moment_deletes_a_comment(cast, as_, post, moment):
    mine, theirs = say(cast.che, moment), say(cast.may, moment)
    with pytest.raises(Gone):
        commenting.delete_comment(cast.ning.actor, moment, mine)
    answer = post(as_("che"), f"/feed/posts/{moment}/comments/{mine}/delete", {}, htmx=f"remark-{mine}")
    assert answer.status_code == 200 and answer.text == ""
    commenting.delete_comment(cast.lin.actor, moment, theirs)
    commenting.delete_comment(cast.lin.actor, moment, theirs)
    assert heard(cast.ning.actor, moment) == [] and row_of(moment).comment_count == 0


def test_ones_own_words_are_taken_back_also_where_the_moment_is_seen_no_more(cast, as_, post, moment):
    """may is no friend any more: she finds what she said, with no word of where, and what others said stays."""
    mine, theirs = say(cast.may, moment, "我说的"), say(cast.che, moment, "别人说的")
    browser, url = as_("may"), f"/feed/posts/{moment}/comments"
    assert f'href="{url}/{mine}"' in browser.get("/feed/comments").text
    friending.end(cast.lin.actor, cast.may.id)
    page = browser.get("/feed/comments").text
    assert "我说的" in page and "别人说的" not in page and f'href="{url}/{mine}"' not in page and "林间" not in page
    assert post(browser, f"{url}/{theirs}/delete").status_code == 404
    back = {"Referer": "http://localhost/feed/comments"}
    assert post(browser, f"{url}/{mine}/delete", headers=back).location == "/feed/comments"
    assert "我说的" not in browser.get("/feed/comments").text
    assert heard(cast.lin.actor, moment) == ["阿澈: <p>别人说的</p>"] and row_of(moment).comment_count == 1


def test_ones_own_reactions_are_taken_back_also_where_the_moment_is_seen_no_more(cast, as_, post, moment):
    """Listed where the comments are, with no word of where; where the moment is seen, its own heart does it."""
    other, url = show(cast.may, "她的"), f"/feed/posts/{moment}/react"
    for who in (cast.may, cast.che):
        reacting.react(who.actor, moment, True, 3)
    reacting.react(cast.may.actor, other, True)
    browser, listed = as_("may"), f'id="felt-{moment}"'
    assert 'id="felt-' not in browser.get("/feed/comments").text
    friending.end(cast.lin.actor, cast.may.id)
    page = browser.get("/feed/comments").text
    assert listed in page and f'id="felt-{other}"' not in page and "林间" not in page and "今天的云" not in page
    assert post(browser, url, {"on": "1"}).status_code == post(browser, url, {"kind": "1"}).status_code == 404
    back = {"Referer": "http://localhost/feed/comments"}
    assert post(browser, url, {"on": "0"}, headers=back).location == "/feed/comments"
    assert listed not in browser.get("/feed/comments").text and post(browser, url, {"on": "0"}).status_code == 404
    assert felt(cast.lin.actor, moment) == ({"阿澈"}, 1) and row_of(moment).like_count == 1


def test_with_scripts_a_reaction_out_of_sight_goes_from_the_list(cast, as_, post, moment):
    reacting.react(cast.may.actor, moment, True)
    browser, url = as_("may"), f"/feed/posts/{moment}/react"
    narrowing.retire(cast.lin.actor, moment)
    answer = post(browser, url, {"on": "0"}, headers=HTMX)
    assert answer.status_code == 200 and answer.text == "" and row_of(moment).like_count == 0


def test_ones_own_comments_come_page_by_page(cast, as_, monkeypatch, moment):
    monkeypatch.setitem(LIMITS, "page_moment_comments", 2)
    made = [say(cast.may, moment, str(number)) for number in range(5)]
    browser, url, seen = as_("may"), "/feed/comments", []
    while url:
        page = browser.get(url, headers={"HX-Request": "true"} if seen else {}).text
        seen += [int(id_) for id_ in re.findall(r'id="said-(\d+)"', page)]
        older = re.search(r'href="([^"]*before=\d+)"', page)
        url = older and older[1]
    assert seen == made[::-1]


def test_an_answer_to_what_is_gone_names_nobody(cast, moment):
    first = say(cast.che, moment)
    say(cast.may, moment, "对", first)
    commenting.delete_comment(cast.che.actor, moment, first)
    assert [text.startswith("May Chen: ") for text in heard(cast.ning.actor, moment)] == [True]


def test_comments_come_page_by_page_without_gaps_or_doubles(cast, as_, moment):
    size = LIMITS["page_moment_comments"]
    ids = [say(cast.che, moment, f"第{n}句") for n in range(2 * size + 5)]
    lin, found, url = as_("lin"), [], f"/feed/posts/{moment}"
    while url:
        page = lin.get(url, headers=HTMX if found else {}).text
        found = [int(id_) for id_ in re.findall(r'id="remark-(\d+)"', page)] + found
        older = re.search(rf'href="(/feed/posts/{moment}/comments\?before=\d+)"', page)
        url = older and older[1]
    assert found == ids
    way = lin.get(f"/feed/posts/{moment}/comments/{ids[0]}")
    assert way.status_code == 303 and f'id="remark-{ids[0]}"' in lin.get(way.location).text


# ---- closed, and among mutual friends ------------------------------------------------------------------------


def test_beneath_a_closed_one_nobody_writes_and_what_was_said_stays(cast, as_, post, moment):
    say(cast.che, moment)
    answer = post(as_("lin"), f"/feed/posts/{moment}/comments-by", {"how": "closed"})
    assert answer.status_code == 303 and row_of(moment).comments_by == "closed"
    for person in (cast.che, cast.lin):
        with pytest.raises(Conflict):
            say(person, moment)
    page = as_("may").get(f"/feed/posts/{moment}").text
    assert 'id="remark-' in page and f'id="answer-{moment}"' not in page and "/reply" not in page
    assert post(as_("may"), f"/feed/posts/{moment}/comments", {"body": "x"}).status_code == 409
    assert post(as_("che"), f"/feed/posts/{moment}/comments-by", {"how": "all"}).status_code == 404
    assert post(as_("lin"), f"/feed/posts/{moment}/comments-by", {"how": "some"}).status_code == 422


def test_among_mutual_friends_others_learn_neither_names_nor_numbers(cast, as_, moment):
    commenting.set_comments_by(cast.lin.actor, moment, "mutual")
    first = say(cast.che, moment, "在哪？")
    say(cast.lin, moment, "江边", first)
    reacting.react(cast.che.actor, moment, True)
    assert len(heard(cast.lin.actor, moment)) == len(heard(cast.may.actor, moment)) == 2
    assert felt(cast.may.actor, moment) == ({"阿澈"}, 1) == felt(cast.che.actor, moment)
    assert [text[:4] for text in heard(cast.ning.actor, moment)] == ["林间: "]  # not whom it answers
    assert felt(cast.ning.actor, moment) == (set(), 0)
    (listed,) = talking.talks(cast.ning.actor, [moment]).values()
    assert (listed.count, listed.total, listed.reactions) == (1, 0, "")
    ning, url = as_("ning"), f"/feed/posts/{moment}"
    jobs.run_due()
    for page in (ning.get(url).text, ning.get(f"{url}/reactions").text, ning.get("/feed").text):
        assert "阿澈" not in page and "在哪" not in page
    assert ning.get(f"{url}/comments/{first}").status_code == 404
    with pytest.raises(Invalid):
        say(cast.ning, moment, "好", first)
    assert talking.who_reacted(cast.ning.actor, moment).rows == []
    mine = say(cast.ning, moment, "我")
    assert mine and len(heard(cast.ning.actor, moment)) == 2 and len(heard(cast.may.actor, moment)) == 2


def test_those_apart_know_nothing_of_each_other_beneath_a_common_friend(cast, as_, moment):
    first = say(cast.che, moment, "在哪？")
    say(cast.may, moment, "江边", first)
    for person in (cast.che, cast.may):
        reacting.react(person.actor, moment, True)
    blocking.block(cast.ning.actor, cast.che.id)
    blocking.block(cast.may.actor, cast.ning.id)
    assert heard(cast.ning.actor, moment) == [] and felt(cast.ning.actor, moment) == (set(), 0)
    assert felt(cast.lin.actor, moment)[1] == 2 and len(heard(cast.che.actor, moment)) == 2
    (listed,) = talking.talks(cast.ning.actor, [moment]).values()
    assert (listed.count, listed.total) == (0, 0)
    reacting.react(cast.lin.actor, moment, True, 2)
    say(cast.lin, moment)
    (listed,) = talking.talks(cast.ning.actor, [moment]).values()
    assert (listed.count, listed.total, listed.reactions) == (1, 1, "2:1")


def test_a_visitor_of_a_public_one_gets_numbers_of_reactions_and_no_names(cast, client, moment):
    site.change({"public_moments": "on", "reading": "everyone"})
    public = show(cast.lin, "公开的", "public")
    reacting.react(cast.che.actor, public, True)
    say(cast.che, public, "路过")
    page = client.get(f"/feed/posts/{public}").text
    assert "路过" in page and 'class="liker"' not in page and 'class="reacted"' in page
    assert client.get(f"/feed/posts/{public}/reactions").status_code in (303, 401)
    assert "composer" not in re.sub(r"<head>.*?</head>", "", page, flags=re.DOTALL)


def test_whoever_is_muted_in_a_circle_is_muted_beneath_its_moments(cast, moment):
    inside = show(cast.lin, "只给圈里", "circle", circle=cast.running.id)
    say(cast.may, inside)
    sanctions.mute(cast.may.actor, cast.running.id, cast.lin.id, "x", "", clock.now() + clock.DAY)
    sanctions.mute(cast.che.actor, cast.running.id, cast.may.id, "x", "", clock.now() + clock.DAY)
    with pytest.raises(Denied):
        say(cast.may, inside)
    with pytest.raises(Gone):
        say(cast.ning, inside)


# ---- live ---------------------------------------------------------------------------------------------------


def test_an_open_page_asks_and_gets_what_changed(cast, as_, moment):
    may, url = as_("may"), f"/feed/posts/{moment}/talk"
    page = may.get(f"/feed/posts/{moment}").text
    since = int(re.search(rf'data-channel="moment-{moment}" data-at="(\d+)"', page)[1])
    assert may.get(f"{url}?since={since}", headers=HTMX).status_code == 204
    comment = say(cast.che, moment, "来了")
    answer = may.get(f"{url}?since={since}", headers=HTMX)
    assert answer.status_code == 200 and f'id="remark-{comment}"' in answer.text and "hx-swap-oob" in answer.text
    now = int(re.search(r'data-at="(\d+)"', answer.text)[1])
    assert now != since and may.get(f"{url}?since={now}", headers=HTMX).status_code == 204


def test_a_page_does_not_say_how_much_of_the_talk_is_kept_from_its_reader(cast, as_, moment):
    """Many wrote beneath it whom the reader does not know. The state that pages carry is none that could be counted."""
    befriend(cast.lin, cast.ning)
    busy = show(cast.lin, comments_by="mutual")
    for _ in range(12):
        say(cast.che, busy)
    page, seq = as_("ning").get(f"/feed/posts/{busy}").text, row_of(busy).seq
    state = int(re.search(rf'data-shown="{busy}:(\d+)"', page)[1])
    assert talking.talk(cast.ning.actor, busy).count == 0 and f'data-at="{state}"' in page
    assert seq == 12 and abs(state - seq) > 1000 and abs(watching.state_of(busy, seq + 1) - state) > 1000
    assert not watching.moment_changed(cast.ning.actor, busy, state)
    assert watching.moment_changed(cast.ning.actor, busy, state + 1)


def test_the_stream_ends_with_the_right_to_look(cast, moment):
    channel, _ = streams._channel(f"moment-{moment}")
    may = channel.watch(cast.may.actor, moment)
    with pytest.raises(Gone):
        channel.watch(cast.owner.actor, moment)
    last = stream_log.position(stream_log.REVOKED)
    friending.end(cast.may.actor, cast.lin.id)
    carried = {*may.tags, f"m{cast.may.id}"}
    assert any(set(tags.split()) <= carried for _, tags in stream_log.revocations(last))
    with pytest.raises(Gone):
        channel.watch(cast.may.actor, moment)
    last = stream_log.position(stream_log.REVOKED)
    narrowing.narrow(cast.lin.actor, moment, Audience("me"))
    assert any(set(tags.split()) <= set(may.tags) for _, tags in stream_log.revocations(last))


# ---- lists --------------------------------------------------------------------------------------------------


def test_a_list_of_moments_asks_a_handful_of_questions(cast, moment):
    moments = [show(cast.lin, f"{n}") for n in range(12)]
    for each in moments:
        first = say(cast.che, each)
        say(cast.may, each, "对", first)
        reacting.react(cast.che.actor, each, True)
    with counted() as few:
        talking.talks(cast.ning.actor, moments[:2])
    with counted() as many:
        assert len(talking.talks(cast.ning.actor, moments)) == 12
    assert len(many) == len(few) <= 8


def test_a_list_shows_the_latest_and_the_way_to_all(cast, as_, moment):
    ids = [say(cast.che, moment, f"第{n}句") for n in range(5)]
    (talk,) = talking.talks(cast.may.actor, [moment]).values()
    assert [row.id for row in talk.comments] == ids[-talking.SHOWN_COMMENTS :] and talk.count == 5
    jobs.run_due()
    page = as_("may").get("/feed").text
    assert f'id="remark-{ids[-1]}"' in page and f'id="remark-{ids[0]}"' not in page
    assert f'href="/feed/posts/{moment}/comments/new"' in page and 'data-channel="moment-' not in page


def test_only_lists_see_it_and_its_talk(cast, moment):
    family = lists.make_list(cast.lin.actor, "家")
    lists.put_on(cast.lin.actor, family, [cast.che.id])
    inside = show(cast.lin, "家里", "only", lists=[family])
    say(cast.che, inside)
    assert talking.talks(cast.may.actor, [moment, inside]).keys() == {moment}
    with pytest.raises(Gone):
        talking.talk(cast.may.actor, inside)
    posting.delete(cast.lin.actor, inside)
    with pytest.raises(Gone):
        talking.talk(cast.che.actor, inside)
    assert Moment.select().count() == 2
