"""What reaches an open page: the browser asks from where it stands, and gets what happened since."""

import re

import pytest

from blueprints.circles import actions, commenting, posting, publishing, reactions, reading
from core import clock, db
from models import Circle, Comment, Post
from tests.blueprints.circle_stories import say, write

NEXT = re.compile(r'id="live"[^>]*hx-get="([^"]+)"')
BAR = re.compile(r'id="news"[^>]*>(.*?)</div>', re.DOTALL)


class OpenPage:
    """A page left open: it shows what it was rendered with, and asks again as the script does."""

    def __init__(self, browser, url: str) -> None:
        self.browser = browser
        self.shown = browser.get(url).text
        self.next = self._asks(self.shown)

    @staticmethod
    def _asks(page: str) -> str:
        return NEXT.search(page)[1].replace("&amp;", "&")

    def ask(self) -> str | None:
        """What is new; None for a 204."""
        answer = self.browser.get(self.next, headers={"HX-Request": "true", "HX-Trigger": "live"})
        if answer.status_code == 204:
            assert answer.text == ""
            return None
        assert answer.status_code == 200, answer.status_code
        self.next = self._asks(answer.text)
        return answer.text


@pytest.fixture
def talk(cast) -> Post:
    return cast.post_in(cast.running)


@pytest.fixture
def first(cast) -> Comment:
    return cast.comment_in(cast.running)


@pytest.fixture
def looking_at(as_, talk):
    """`looking_at("may")`: that member has the post open; `looking_at("may", "list")` has its circle open."""

    def look(who: str, what: str = "post") -> OpenPage:
        return OpenPage(as_(who), f"/circles/night-run/posts/{talk.id}" if what == "post" else "/circles/night-run")

    return look


def new_comments(text: str | None) -> list[int]:
    return [int(number) for number in re.findall(r'<article class="comment" id="comment-(\d+)"', text or "")]


def bar(text: str | None) -> str | None:
    """What the bar over the list says; None when it is left as it is."""
    found = BAR.search(text or "")
    return re.sub(r"<[^>]+>", "", found[1]).strip() if found else None


# ---- a post -------------------------------------------------------------------------------------------------


def test_while_nothing_happens_nothing_is_sent(looking_at):
    page = looking_at("may")
    assert [page.ask() for _ in range(3)] == [None] * 3


def test_each_sees_the_others_words_at_the_next_question_and_once(looking_at, as_, post, talk, cast):
    may, che = looking_at("may"), looking_at("che")
    post(as_("che"), f"/circles/night-run/posts/{talk.id}/comments/", {"body": "从che来"}, htmx="comment-list")
    assert "从che来" in may.ask()
    post(as_("may"), f"/circles/night-run/posts/{talk.id}/comments/", {"body": "从may来"}, htmx="comment-list")
    text = che.ask()
    assert "从may来" in text and len(new_comments(text)) == 2, "the own one too: it takes the place of the row"
    assert new_comments(may.ask()) == [Comment.select().order_by(Comment.id.desc()).first().id]
    assert che.ask() is None and may.ask() is None


def test_strangers_and_visitors_see_them_too(looking_at, client, talk, cast):
    visitor = OpenPage(client, f"/circles/night-run/posts/{talk.id}")
    say(cast.may.actor, talk, "给所有人")
    text = visitor.ask()
    assert "给所有人" in text and "/like" not in text


def test_a_reply_goes_under_its_comment(looking_at, talk, first, cast):
    page = looking_at("che")
    reply = say(cast.lin.actor, talk, "在这里", first.id)
    text = page.ask()
    assert f'hx-swap-oob="beforeend:#replies-{first.id}"' in text and new_comments(text) == [reply.id]


def test_likes_change_the_figure_and_nothing_else(looking_at, talk, first, cast):
    page = looking_at("lin")
    reactions.like_post(cast.may.actor, cast.running.id, talk.id, True)
    text = page.ask()
    assert f'id="post-{talk.id}-tools"' in text and new_comments(text) == []
    reactions.like_comment(cast.che.actor, cast.running.id, talk.id, first.id, True)
    text = page.ask()
    assert f'id="comment-{first.id}-said" hx-swap-oob="true"' in text and '<span class="num">1</span>' in text
    reactions.like_post(cast.may.actor, cast.running.id, talk.id, True)
    assert page.ask() is None, "liking what is liked changes nothing"


def test_what_is_mended_or_deleted_changes_in_place(looking_at, talk, first, cast):
    page, circle = looking_at("lin"), cast.running.id
    commenting.edit_comment(cast.may.actor, circle, talk.id, first.id, "Mended")
    assert "Mended" in page.ask()
    commenting.delete_comment(cast.may.actor, circle, talk.id, first.id)
    text = page.ask()
    assert f'id="comment-{first.id}-said"' in text and "Mended" not in text
    commenting.undo_delete_comment(cast.may.actor, circle, talk.id, first.id)
    assert "Mended" in page.ask()


def test_written_and_deleted_between_two_questions_is_never_shown(looking_at, talk, cast):
    page = looking_at("lin")
    gone = say(cast.may.actor, talk, "doch nicht")
    commenting.delete_comment(cast.may.actor, cast.running.id, talk.id, gone.id)
    assert "doch nicht" not in page.ask()


def test_the_number_of_comments_follows(looking_at, talk, cast):
    page = looking_at("may")
    say(cast.che.actor, talk)
    assert re.search(r'id="comments-title"[^>]*>2 ', page.ask())


def test_more_than_one_answer_holds_comes_with_the_next_ones(looking_at, talk, first, cast, monkeypatch):
    """The oldest comment changes last: what stands between must not be skipped."""
    monkeypatch.setattr(reading, "MOST_CHANGES", 5)
    page = looking_at("may")
    written = [say(cast.che.actor, talk, f"第{number}条").id for number in range(12)]
    reactions.like_comment(cast.che.actor, cast.running.id, talk.id, first.id, True)
    seen: list[int] = []
    texts = []
    while (text := page.ask()) is not None:
        seen += new_comments(text)
        texts.append(text)
    assert seen == written
    assert f'id="comment-{first.id}-said"' in texts[-1]


def test_a_post_that_was_deleted_tells_the_page_so(looking_at, talk, cast):
    page = looking_at("may")
    posting.delete_post(cast.lin.actor, cast.running.id, talk.id)
    assert page.browser.get(page.next, headers={"HX-Request": "true"}).status_code == 404


@pytest.mark.parametrize("since", ["", "abc", "-1", "9" * 18, "9" * 40, "1.5", "%00", "１"])
def test_an_odd_position_is_no_reason_to_break(as_, talk, since):
    for url in (f"/circles/night-run/posts/{talk.id}/changes", "/circles/night-run/changes"):
        assert as_("may").get(f"{url}?since={since}&newest={since}&told={since}").status_code in (200, 204)


# ---- the list of posts --------------------------------------------------------------------------------------


def test_new_posts_of_others_are_told_in_a_bar_and_do_not_move_the_page(looking_at, cast):
    page = looking_at("may", "list")
    write(cast.lin.actor, cast.running.id, "新的一篇")
    text = page.ask()
    assert "1" in bar(text) and "新的一篇" not in text
    write(cast.che.actor, cast.running.id)
    assert "2" in bar(page.ask())
    assert page.ask() is None


def test_own_posts_are_not_news(looking_at, as_, post, cast):
    page = looking_at("lin", "list")
    post(as_("lin"), "/circles/night-run/posts/", {"body": "我自己写的"}, htmx="post-list")
    assert not bar(page.ask())


def test_a_new_post_is_counted_once_however_often_it_changes(looking_at, cast):
    page, circle = looking_at("may", "list"), cast.running.id
    fresh = write(cast.lin.actor, circle)
    assert "1" in bar(page.ask())
    reactions.like_post(cast.che.actor, circle, fresh.id, True)
    say(cast.che.actor, fresh)
    posting.edit_post(cast.lin.actor, circle, fresh.id, posting.PostDraft("", "再想想"))
    assert bar(page.ask()) is None, "the bar stays as it is"


def test_a_new_post_that_is_deleted_again_takes_its_bar_away(looking_at, cast):
    page, circle = looking_at("may", "list"), cast.running.id
    fresh = write(cast.lin.actor, circle)
    assert "1" in bar(page.ask())
    posting.delete_post(cast.lin.actor, circle, fresh.id)
    assert bar(page.ask()) == ""


def test_likes_and_comments_change_the_figures_of_a_row(looking_at, talk, cast):
    page = looking_at("lin", "list")
    reactions.like_post(cast.may.actor, cast.running.id, talk.id, True)
    text = page.ask()
    assert f'id="post-{talk.id}-tools"' in text and bar(text) is None
    say(cast.may.actor, talk)
    assert re.search(rf'href="/circles/night-run/posts/{talk.id}#comments"[^>]*>.*?<span class="num">2', page.ask())


def test_so_they_do_for_what_one_has_just_written(looking_at, as_, post, cast):
    page = looking_at("lin", "list")
    post(as_("lin"), "/circles/night-run/posts/", {"body": "刚写的"}, htmx="post-list")
    page.ask()
    fresh = Post.select().order_by(Post.id.desc()).first()
    say(cast.may.actor, fresh)
    assert f'id="post-{fresh.id}-tools"' in page.ask()


def test_a_deleted_post_leaves_the_open_lists(looking_at, talk, cast):
    page = looking_at("may", "list")
    posting.delete_post(cast.lin.actor, cast.running.id, talk.id)
    assert f'id="post-{talk.id}" hx-swap-oob="delete"' in page.ask()


def test_the_number_of_new_posts_is_not_what_one_answer_holds(looking_at, cast):
    page = looking_at("may", "list")
    for number in range(25):
        write(cast.lin.actor, cast.running.id, f"第{number}篇")
    assert "25" in bar(page.ask())


def test_joining_and_leaving_are_no_news(looking_at, cast):
    page = looking_at("may", "list")
    actions.join(cast.ning.actor, cast.running.id)
    assert not bar(page.ask())


# ---- for whom -----------------------------------------------------------------------------------------------


def test_a_closed_circle_tells_strangers_not_even_that_something_happened(as_, client, cast):
    at_rest = Circle.get_by_id(cast.desk.id).seq
    for since in (0, at_rest, at_rest + 10):
        assert as_("ning").get(f"/circles/desk/changes?since={since}").status_code == 403
        assert client.get(f"/circles/desk/changes?since={since}").status_code == 401
        assert as_("ning").get(f"/circles/{cast.darkroom.slug}/changes?since={since}").status_code == 404
    number = cast.post_in(cast.desk).id
    assert as_("ning").get(f"/circles/desk/posts/{number}/changes?since=99").status_code == 404


def test_who_was_removed_hears_no_more(as_, cast):
    page = OpenPage(as_("lin"), f"/circles/{cast.darkroom.slug}")
    actions.remove(cast.che.actor, cast.darkroom.id, cast.lin.id)
    write(cast.che.actor, cast.darkroom.id, "只给还在的人")
    answer = page.browser.get(page.next, headers={"HX-Request": "true"})
    assert answer.status_code == 404 and answer.text == ""


def test_an_edit_reaches_lists_that_are_open(as_, cast):
    post = write(cast.che.actor, cast.running.id, "七点见")
    seq = Circle.get_by_id(cast.running.id).seq
    posting.edit_post(cast.che.actor, cast.running.id, post.id, posting.PostDraft("", "七点半见"))
    news = as_("lin").get(f"/circles/{cast.running.slug}/changes?since={seq}&newest={post.id}").text
    assert f'id="post-{post.id}-said" hx-swap-oob="true"' in news
    assert "七点半见" in news


def test_a_post_that_was_hidden_leaves_open_lists_but_not_its_authors(as_, cast):
    post = write(cast.che.actor, cast.running.id, "一句气话")
    seq = Circle.get_by_id(cast.running.id).seq
    with db.atomic():
        Post.update(hidden_at=clock.now()).where(Post.id == post.id).execute()
        publishing.changed(cast.running.id, post.id)
    asked = f"/circles/{cast.running.slug}/changes?since={seq}&newest={post.id}"
    assert f'<article id="post-{post.id}" hx-swap-oob="delete">' in as_("lin").get(asked).text
    authors = as_("che").get(asked).text
    assert "hx-swap-oob=\"delete\"" not in authors
    assert f'id="post-{post.id}-said" hx-swap-oob="true"' in authors
