"""Unread marks: they rise and never fall, on whatever device; they lead to the page that holds the first unread one."""

import re

import pytest

from blueprints.circles import actions, posting, unread
from blueprints.circles.erasing import erase_member, purge_deleted
from blueprints.circles.rooms import room
from blueprints.circles.unread import MOST
from core import clock
from models import Comment, Membership, Post, PostReading
from tests.blueprints.circle_stories import counted, say, write

POST_IDS = re.compile(r'<article class="post" id="post-(\d+)"')


def mark_of(person, circle):
    return Membership.get(Membership.circle == circle, Membership.member == person.id).read_post


def read_all(actor, circle):
    unread.mark_posts(actor, circle.id, 2**60)


@pytest.fixture
def circle(cast):
    """夜跑, where lin and may have read everything."""
    for name in ("lin", "may", "che"):
        read_all(cast[name].actor, cast.running)
    return cast.running


def new_posts(cast, circle, count, by="che"):
    return [write(cast[by].actor, circle.id, f"第 {number} 篇").id for number in range(count)]


def dots(page):
    return page.count('class="new-dot"')


# ---- marks --------------------------------------------------------------------------------------------------


def test_a_mark_only_rises(cast, circle, as_, post):
    first, second, third = new_posts(cast, circle, 3)
    lin = as_("lin")
    url = f"/circles/{circle.slug}/read"
    for up_to, expected in ((second, second), (first, second), (third, third), (0, third)):
        post(lin, url, {"up_to": str(up_to)})
        assert mark_of(cast.lin, circle) == expected


def test_a_mark_never_reaches_into_the_future(cast, circle, as_, post):
    newest = new_posts(cast, circle, 2)[-1]
    assert post(as_("lin"), f"/circles/{circle.slug}/read", {"up_to": str(10**16)}).status_code == 303
    assert mark_of(cast.lin, circle) == newest
    new_posts(cast, circle, 1)
    assert unread.counts(cast.lin.actor, [circle.id]) == {circle.id: 1}


def test_the_posts_of_another_circle_do_not_raise_a_mark(cast, circle, as_, post):
    before = mark_of(cast.lin, circle)
    other = write(cast.lin.actor, cast.darkroom.id, "别处")
    post(as_("lin"), f"/circles/{circle.slug}/read", {"up_to": str(other.id)})
    assert mark_of(cast.lin, circle) == before


@pytest.mark.parametrize("up_to", ["", "x", "-1", "9" * 40, "1.5"])
def test_what_is_no_number_marks_nothing(cast, circle, as_, post, up_to):
    before = mark_of(cast.lin, circle)
    assert post(as_("lin"), f"/circles/{circle.slug}/read", {"up_to": up_to}).status_code == 422
    assert mark_of(cast.lin, circle) == before


def test_a_stranger_leaves_no_mark(cast, circle, as_, post):
    assert post(as_("ning"), f"/circles/{circle.slug}/read", {"up_to": "1"}).status_code == 403
    number = cast.post_in(circle).id
    assert post(as_("ning"), f"/circles/{circle.slug}/posts/{number}/read", {"up_to": "1"}).status_code == 403
    assert not PostReading.select().where(PostReading.member == cast.ning.id).exists()


def test_reading_a_page_writes_nothing(cast, circle, as_):
    number = new_posts(cast, circle, 2)[0]
    before = mark_of(cast.lin, circle)
    lin = as_("lin")
    for url in (f"/circles/{circle.slug}", f"/circles/{circle.slug}/posts/{number}", "/circles/"):
        lin.get(url)
    assert mark_of(cast.lin, circle) == before and not PostReading.select().exists()


def test_many_devices_at_once_leave_the_highest_mark(cast, circle, in_threads):
    numbers = new_posts(cast, circle, 12)
    said = [say(cast.che.actor, Post.get_by_id(numbers[0]), f"{n}").id for n in range(12)]

    def tell(place):
        unread.mark_posts(cast.lin.actor, circle.id, numbers[place])
        unread.mark_comments(cast.lin.actor, circle.id, numbers[0], said[place])

    in_threads(12, tell)
    assert mark_of(cast.lin, circle) == numbers[-1]
    assert PostReading.get(PostReading.member == cast.lin.id).comment == said[-1]


def test_a_script_is_answered_with_nothing_and_a_form_leads_back(cast, circle, as_, post):
    number = new_posts(cast, circle, 1)[0]
    url = f"/circles/{circle.slug}/read"
    assert post(as_("lin"), url, {"up_to": str(number)}, htmx=True).status_code == 204
    answer = post(as_("may"), url, {"up_to": str(number)})
    assert answer.status_code == 303 and answer.location.endswith(f"/circles/{circle.slug}")


# ---- what counts --------------------------------------------------------------------------------------------


def test_what_counts_as_unread(cast, circle):
    theirs = new_posts(cast, circle, 4)
    write(cast.lin.actor, circle.id, "自己的")
    posting.delete_post(cast.che.actor, circle.id, theirs[0])
    Post.update(hidden_at=clock.now()).where(Post.id == theirs[1]).execute()
    Post.update(author=None).where(Post.id == theirs[2]).execute()
    assert unread.counts(cast.lin.actor, [circle.id]) == {circle.id: 2}
    assert unread.posts(cast.lin.actor, room(cast.lin.actor, circle.id)).ids == (theirs[2], theirs[3])
    assert unread.counts(cast.ning.actor, [circle.id]) == {}


def test_own_posts_alone_light_no_dot(cast, circle):
    read_all(cast.lin.actor, cast.darkroom)
    write(cast.lin.actor, circle.id, "自己的")
    assert not unread.anything(cast.lin.actor) and unread.counts(cast.lin.actor, [circle.id]) == {}


def test_a_newcomer_is_not_drowned(cast, circle):
    new_posts(cast, circle, 5)
    actions.join(cast.ning.actor, circle.id)
    assert unread.counts(cast.ning.actor, [circle.id]) == {}
    new_posts(cast, circle, 1)
    assert unread.counts(cast.ning.actor, [circle.id]) == {circle.id: 1}


def test_counting_stops_at_a_hundred(cast, circle):
    base = Post.get_by_id(cast.post_in(circle).id)
    fields = {"circle": circle.id, "author": cast.che.id, "source": "x", "html": "x", "policy_version": 1}
    Post.insert_many([{**fields, "created_at": base.created_at + n} for n in range(MOST + 30)]).execute()
    assert unread.counts(cast.lin.actor, [circle.id]) == {circle.id: MOST}


def test_the_shelf_shows_numbers_and_the_bar_a_dot(cast, circle, as_):
    lin = as_("lin")
    read_all(cast.lin.actor, cast.darkroom)
    page = lin.get("/circles/").text
    assert 'class="count' not in page and 'class="dot"' not in page
    new_posts(cast, circle, 3)
    page = lin.get("/circles/").text
    assert '<span aria-hidden="true">3</span>' in page and page.count('class="count') == 1
    assert 'class="dot"' in page and 'class="dot"' in lin.get("/settings/").text
    assert 'class="dot"' not in as_("ning").get("/circles/").text
    read_all(cast.lin.actor, circle)
    page = as_("lin").get("/circles/").text
    assert 'class="count' not in page and 'class="dot"' not in page, "another device knows it"


def test_after_leaving_nothing_is_unread(cast, circle, as_):
    new_posts(cast, circle, 2)
    read_all(cast.lin.actor, cast.darkroom)
    actions.leave(cast.lin.actor, circle.id)
    assert not unread.anything(cast.lin.actor)
    assert unread.counts(cast.lin.actor, [circle.id]) == {}


# ---- the page of a circle -----------------------------------------------------------------------------------


def test_new_posts_carry_a_dot_and_a_line_parts_them_from_known_ones(cast, circle, as_):
    known = write(cast.che.actor, circle.id, "旧的").id
    read_all(cast.lin.actor, circle)
    new = new_posts(cast, circle, 2)
    page = as_("lin").get(f"/circles/{circle.slug}").text
    assert dots(page) == 2
    line = page.index('class="unread-line"')
    assert page.index(f'id="post-{new[0]}"') < line < page.index(f'id="post-{known}"')
    assert f'href="/circles/{circle.slug}#post-{new[0]}"' in page
    for reader in (as_("ning"), as_("che")):
        page = reader.get(f"/circles/{circle.slug}").text
        assert not dots(page) and "unread-line" not in page and 'id="unread"' not in page


def test_own_posts_draw_no_line(cast, circle, as_):
    write(cast.lin.actor, circle.id, "自己的")
    page = as_("lin").get(f"/circles/{circle.slug}").text
    assert not dots(page) and "unread-line" not in page and 'id="unread"' not in page


def test_the_jump_leads_to_the_page_of_the_first_unread(cast, circle, as_):
    new = new_posts(cast, circle, 45)
    lin = as_("lin")
    page = lin.get(f"/circles/{circle.slug}").text
    assert f'href="/circles/{circle.slug}?from={new[0]}#post-{new[0]}"' in page
    page = lin.get(f"/circles/{circle.slug}?from={new[0]}").text
    shown = [int(number) for number in POST_IDS.findall(page)]
    assert new[0] in shown and shown == sorted(shown, reverse=True)
    assert 'class="unread-line"' in page and f'id="post-{new[0]}" data-row tabindex="-1"' in page
    newer = re.search(rf'href="(/circles/{circle.slug}\?from=\d+)"', page)[1]
    seen = set(shown)
    while newer:
        page = lin.get(newer).text
        seen |= {int(number) for number in POST_IDS.findall(page)}
        newer = (re.search(rf'href="(/circles/{circle.slug}\?from=\d+)"', page) or [None, None])[1]
    assert set(new) <= seen, "the way up leaves none out"


def test_the_line_stands_where_two_pages_meet(cast, circle, as_):
    new_posts(cast, circle, 3)
    read_all(cast.lin.actor, circle)
    new = new_posts(cast, circle, 20)
    lin = as_("lin")
    assert "unread-line" not in lin.get(f"/circles/{circle.slug}").text
    page = lin.get(f"/circles/{circle.slug}?before={new[0]}", headers={"HX-Request": "true"}).text
    assert page.index("unread-line") < page.index('class="post"')


def test_marking_all_as_read_without_javascript(cast, circle, as_, post):
    new = new_posts(cast, circle, 3)
    lin = as_("lin")
    page = lin.get(f"/circles/{circle.slug}").text
    assert f'formaction="/circles/{circle.slug}/read" name="up_to" value="{new[-1]}"' in page
    post(lin, f"/circles/{circle.slug}/read", {"up_to": str(new[-1])})
    assert 'id="unread"' not in lin.get(f"/circles/{circle.slug}").text


def test_a_list_of_one_topic_tells_nothing_of_the_rest(cast, circle, as_):
    new_posts(cast, circle, 2)
    assert "data-read=" in as_("lin").get(f"/circles/{circle.slug}").text
    assert "data-read=" not in as_("lin").get(f"/circles/{circle.slug}?topic=1").text


def test_odd_addresses_lead_to_a_page(cast, circle, as_):
    for text in ("x", "-1", "0", "9" * 30, "9" * 17):
        assert as_("lin").get(f"/circles/{circle.slug}?from={text}").status_code == 200
        number = cast.post_in(circle).id
        assert as_("lin").get(f"/circles/{circle.slug}/posts/{number}?from={text}").status_code == 200


def test_finding_what_is_unread_costs_the_same_for_few_and_for_many(cast, circle, as_):
    new_posts(cast, circle, 2)
    lin = as_("lin")
    url = f"/circles/{circle.slug}"
    lin.get(url)
    with counted() as few:
        lin.get(url)
    new_posts(cast, circle, 15)
    lin.get(url)
    with counted() as many:
        lin.get(url)
    assert len(many) == len(few)


# ---- the page of a post -------------------------------------------------------------------------------------


@pytest.fixture
def talk(cast, circle):
    """A post by lin with 30 comments of which may has seen the first five."""
    post = write(cast.lin.actor, circle.id, "说吧")
    said = [say(cast.che.actor, post, f"话 {number}") for number in range(30)]
    unread.mark_comments(cast.may.actor, circle.id, post.id, said[4].id)
    return post, said


def test_the_first_unread_comment_is_reached_on_its_page(cast, circle, as_, talk):
    said = talk[1]
    may, url = as_("may"), f"/circles/{circle.slug}/posts/{talk[0].id}"
    page = may.get(url).text
    assert f'href="{url}?from={said[5].id}#first-unread"' in page and 'id="first-unread"' not in page
    page = may.get(f"{url}?from={said[5].id}").text
    assert page.index('id="first-unread"') < page.index(f'id="comment-{said[5].id}"')
    assert page.index(f'id="comment-{said[4].id}"') < page.index('id="first-unread"')


def test_a_first_visit_points_out_nothing_but_leaves_a_mark(cast, circle, as_, talk, post):
    number, said = talk
    lin, url = as_("lin"), f"/circles/{circle.slug}/posts/{number.id}"
    page = lin.get(url).text
    assert not dots(page) and "first-unread" not in page and 'data-read-kind="first"' in page
    post(lin, f"{url}/read", {"up_to": str(said[-1].id)}, htmx=True)
    say(cast.may.actor, number, "新的")
    page = lin.get(url).text
    assert dots(page) == 1 and 'id="first-unread"' in page and 'data-read-kind="first"' not in page


def test_an_unread_reply_is_pointed_out_where_it_stands(cast, circle, as_, talk):
    post, said = talk
    unread.mark_comments(cast.may.actor, circle.id, post.id, said[-1].id)
    answer = say(cast.che.actor, post, "答一句", parent=said[-2].id)
    page = as_("may").get(f"/circles/{circle.slug}/posts/{post.id}").text
    assert page.index(f'id="replies-{said[-2].id}"') < page.index('id="first-unread"')
    assert page.index('id="first-unread"') < page.index(f'id="comment-{answer.id}"')


def test_deleted_hidden_and_own_comments_do_not_count(cast, circle, talk):
    post, said = talk
    unread.mark_comments(cast.may.actor, circle.id, post.id, said[-1].id)
    here = room(cast.may.actor, circle.id)
    gone, hidden = say(cast.che.actor, post), say(cast.che.actor, post)
    say(cast.may.actor, post)
    Comment.update(deleted_at=clock.now()).where(Comment.id == gone.id).execute()
    Comment.update(hidden_at=clock.now()).where(Comment.id == hidden.id).execute()
    assert unread.comments(cast.may.actor, here, post.id).count == 0
    last = say(cast.che.actor, post)
    assert unread.comments(cast.may.actor, here, post.id).ids == (last.id,)


def test_a_mark_on_a_post_of_another_circle_is_refused(cast, circle, as_, post):
    dark = cast.post_in(cast.darkroom).id
    assert post(as_("may"), f"/circles/{circle.slug}/posts/{dark}/read", {"up_to": "1"}).status_code == 404
    assert post(as_("lin"), f"/circles/{circle.slug}/posts/{dark}/read", {"up_to": "1"}).status_code == 404
    assert not PostReading.select().where(PostReading.post == dark).exists()


def test_an_erased_member_leaves_no_marks(cast, circle, talk):
    erase_member(cast.may.id, keeps_words=True)
    assert not PostReading.select().where(PostReading.member == cast.may.id).exists()


def test_a_post_whose_words_are_gone_keeps_no_marks(cast, circle, talk):
    posting.delete_post(cast.lin.actor, circle.id, talk[0].id)
    clock.shift(10)
    purge_deleted(0)
    assert not PostReading.select().where(PostReading.post == talk[0].id).exists()
