"""What did I miss: each thing once, with the reason why; nothing that the reader may not see; a period they choose."""

import re
from datetime import UTC, datetime

import pytest

from blueprints.circles import actions, catching_up, posting, unread
from core import clock, notices
from core.policy import Actor, Standing
from models import DigestPost, Member, Notice, Pin, Post, PostLike, PostPoll
from tests.blueprints.circle_stories import counted, say, write


@pytest.fixture
def circle(cast):
    for name in ("lin", "may", "che"):
        for each in (cast.running, cast.darkroom):
            if name != "may" or each == cast.running:
                unread.mark_posts(cast[name].actor, each.id, 2**60)
                unread.mark_comments(cast[name].actor, each.id, cast.post_in(each).id, 2**60)
    return cast.running


def missed(cast, circle, since=None, who="lin"):
    return catching_up.missed(cast[who].actor, [circle.id], since)


def listed(found):
    return {group: [row.id for row, _ in rows] for group, rows in found.groups.items()}


def reasons(found, post):
    return {reason.kind for rows in found.groups.values() for row, why in rows if row.id == post for reason in why}


def test_nothing_new_is_nothing_missed(cast, circle, as_):
    found = missed(cast, circle)
    assert not found.groups and not found.new
    assert 'class="empty"' in as_("lin").get("/circles/catch-up").text


def test_each_reason_brings_a_post_and_each_post_stands_once(cast, circle):
    pinned, chosen, talked, liked, quiet = (write(cast.che.actor, circle.id, f"第 {n} 篇") for n in range(5))
    now = clock.now()
    Pin.create(post=pinned, circle=circle, pinned_by=cast.che.id, pinned_at=now)
    DigestPost.create(post=chosen, circle=circle, chosen_by=cast.che.id, chosen_at=now)
    for _ in range(3):
        say(cast.may.actor, talked)
    Post.update(comment_count=9).where(Post.id == pinned.id).execute()
    Post.update(like_count=2).where(Post.id == liked.id).execute()
    found = missed(cast, circle)
    assert listed(found) == {"kept": [chosen.id, pinned.id], "talked": [talked.id], "reacted": [liked.id]}
    assert reasons(found, pinned.id) == {"pinned", "talked"}
    assert (found.new, found.others) == (5, 1) and all(quiet.id not in ids for ids in listed(found).values())


def test_what_answers_or_names_the_reader_comes_first(cast, circle):
    mine = write(cast.lin.actor, circle.id, "问一下")
    other = write(cast.may.actor, circle.id, "别的")
    said = say(cast.lin.actor, other)
    clock.shift(10)
    unread.mark_posts(cast.lin.actor, circle.id, 2**60)
    clock.shift(10)
    say(cast.may.actor, mine)
    say(cast.che.actor, other, parent=said.id)
    named = write(cast.che.actor, circle.id, "@lin 来看")
    if not Notice.select().where(Notice.member == cast.lin.id, Notice.subject_id == named.id).exists():
        notices.tell([cast.lin.id], catching_up.MENTIONS[0], "post", named.id, circle=circle.id)
    found = missed(cast, circle)
    assert listed(found)["you"] == [named.id, other.id, mine.id]
    assert "mentioned" in reasons(found, named.id) and reasons(found, mine.id) == {"answered"}


def test_an_answer_that_was_seen_is_not_missed(cast, circle):
    mine = write(cast.lin.actor, circle.id, "问一下")
    said = say(cast.may.actor, mine)
    assert listed(missed(cast, circle)) == {"you": [mine.id]}
    unread.mark_comments(cast.lin.actor, circle.id, mine.id, said.id)
    assert not missed(cast, circle).groups
    assert reasons(missed(cast, circle, clock.now() - clock.DAY), mine.id) == {"answered"}, "a period shows all of it"


def test_own_deleted_and_hidden_posts_are_not_missed(cast, circle):
    own = write(cast.lin.actor, circle.id, "自己")
    gone, hidden = (write(cast.che.actor, circle.id, text) for text in ("删", "藏"))
    now = clock.now()
    for post in (gone, hidden):
        Pin.create(post=post, circle=circle, pinned_by=cast.che.id, pinned_at=now)
    posting.delete_post(cast.che.actor, circle.id, gone.id)
    Post.update(hidden_at=now).where(Post.id == hidden.id).execute()
    found = missed(cast, circle)
    assert not found.groups and found.new == 0
    assert own.id not in [id_ for ids in listed(missed(cast, circle, who="may")).values() for id_ in ids]


def test_polls_that_end_soon_are_listed_whenever_they_began(cast, circle):
    soon, later, over = (write(cast.che.actor, circle.id, f"投票 {n}") for n in range(3))
    now = clock.now()
    for post, ends in ((soon, now + clock.DAY), (later, now + 9 * clock.DAY), (over, now - 1)):
        Post.update(has_poll=True).where(Post.id == post.id).execute()
        PostPoll.create(post=post, ends_at=ends)
    clock.shift(5)
    unread.mark_posts(cast.lin.actor, circle.id, 2**60)
    assert listed(missed(cast, circle)) == {"ending": [soon.id]}


def test_a_period_goes_back_as_far_as_it_says(cast, circle):
    old = write(cast.che.actor, circle.id, "上周")
    Post.update(created_at=clock.now() - 6 * clock.DAY, like_count=5).where(Post.id == old.id).execute()
    unread.mark_posts(cast.lin.actor, circle.id, 2**60)
    assert missed(cast, circle).new == 0
    assert missed(cast, circle, clock.now() - 3 * clock.DAY).new < missed(cast, circle, clock.now() - 7 * clock.DAY).new


def test_more_than_is_looked_at_is_said(cast, circle, monkeypatch):
    monkeypatch.setattr(catching_up, "MOST_LOOKED", {"one": 5, "many": 5})
    for number in range(5):
        write(cast.che.actor, circle.id, f"{number}")
    assert not missed(cast, circle).more
    for number in range(4):
        write(cast.che.actor, circle.id, f"{number}")
    found = missed(cast, circle)
    assert found.more and found.new == 5


def test_only_circles_of_the_reader_are_looked_at(cast, circle):
    write(cast.lin.actor, cast.darkroom.id, "暗房里的")
    found = catching_up.missed(cast.ning.actor, [circle.id, cast.darkroom.id, cast.desk.id], 0)
    assert not found.groups and not found.new


def test_after_a_removal_nothing_is_told(cast, circle, as_):
    post = write(cast.che.actor, cast.darkroom.id, "@lin 只说给里面的人")
    notices.tell([cast.lin.id], catching_up.MENTIONS[0], "post", post.id, circle=cast.darkroom.id)
    assert "只说给里面的人" in as_("lin").get("/circles/catch-up?period=week").text
    actions.remove(cast.che.actor, cast.darkroom.id, cast.lin.id)
    page = as_("lin").get("/circles/catch-up?period=week").text
    assert "只说给里面的人" not in page and "暗房" not in page


# ---- pages --------------------------------------------------------------------------------------------------


def test_all_circles_or_one(cast, circle, as_):
    here, there = write(cast.che.actor, circle.id, "跑"), write(cast.che.actor, cast.darkroom.id, "洗")
    for post in (here, there):
        Pin.create(post=post, circle=post.circle_id, pinned_by=cast.che.id, pinned_at=clock.now())
    lin = as_("lin")
    page = lin.get("/circles/catch-up").text
    assert f'id="missed-post-{here.id}"' in page and f'id="missed-post-{there.id}"' in page
    page = lin.get(f"/circles/{circle.slug}/catch-up").text
    assert f'id="missed-post-{here.id}"' in page and f'id="missed-post-{there.id}"' not in page
    assert f'href="/circles/{circle.slug}"' in page


ASKED = ("period=day", "period=three", "period=week", "period=month", "period=x", "from=x", "from=9999-12-31",
         "from=0001-01-01", "from=2026-02-31", "period=visit", "")  # fmt: skip


@pytest.mark.parametrize("query", ASKED)
def test_every_period_is_a_page(cast, circle, as_, query):
    write(cast.che.actor, circle.id, "跑")
    lin = as_("lin")
    assert lin.get(f"/circles/catch-up?{query}").status_code == 200
    assert lin.get(f"/circles/{circle.slug}/catch-up?{query}").status_code == 200


def test_the_chosen_period_is_marked_and_a_day_stays_typed(cast, circle, as_):
    page = as_("lin").get("/circles/catch-up?period=week").text
    assert re.search(r'period=week" aria-current="true"', page)
    day = datetime.fromtimestamp(clock.now() / 1000, UTC).strftime("%Y-%m-01")
    page = as_("lin").get(f"/circles/catch-up?from={day}").text
    assert f'value="{day}"' in page


def test_looking_writes_nothing(cast, circle, as_):
    write(cast.che.actor, circle.id, "跑")
    before = unread.counts(cast.lin.actor, [circle.id])
    as_("lin").get("/circles/catch-up?period=month")
    assert unread.counts(cast.lin.actor, [circle.id]) == before == {circle.id: 1}


def test_the_directory_leads_there(cast, circle, as_, client):
    assert 'href="/circles/catch-up"' in as_("lin").get("/circles/").text
    assert "catch-up" not in client.get("/circles/").text


def test_a_circle_cannot_take_the_address(cast, as_, post):
    form = {"name": "x", "slug": "catch-up", "purpose": "x", "category": "other", "visibility": "public",
            "join_policy": "open"}  # fmt: skip
    assert post(as_("lin"), "/circles/", form).status_code == 422


def test_the_same_queries_for_few_and_for_many(cast, circle, as_):
    def fill(count):
        for number in range(count):
            post = write(cast.che.actor, circle.id, f"{number}")
            Pin.create(post=post, circle=circle, pinned_by=cast.che.id, pinned_at=clock.now())

    fill(2)
    as_("lin").get("/circles/catch-up")
    with counted() as few:
        missed(cast, circle)
    fill(15)
    with counted() as many:
        missed(cast, circle)
    assert len(few) == len(many)


def test_a_member_of_nothing_has_a_page(cast, as_):
    assert as_("ning").get("/circles/catch-up").status_code == 200
    assert as_("ning").get(f"/circles/{cast.running.slug}/catch-up").status_code == 403


def test_reactions_of_a_crowd_are_counted_as_they_are(cast, circle):
    post = write(cast.che.actor, circle.id, "赞")
    for number in range(3):
        who = Member.create(username=f"w{number}", username_key=f"w{number}", display_name="w", password_hash="!",
                            password_changed_at=0, created_at=0)  # fmt: skip
        actions.join(Actor(who.id, Standing.MEMBER, who.username), circle.id)
        PostLike.create(post=post, member=who.id, liked_at=clock.now())
    Post.update(like_count=3).where(Post.id == post.id).execute()
    found = missed(cast, circle)
    assert [why for _, why in found.groups["reacted"]] == [(catching_up.Reason("reacted", 3),)]
