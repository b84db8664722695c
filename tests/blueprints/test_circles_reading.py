"""What is shown to whom, in which order, and how many questions a page asks the database."""

import re

import pytest

from blueprints.circles import actions, posting
from core import markup, site
from models import Circle, Comment, CommentLike, Member, Post, PostLike
from tests.blueprints.circle_stories import counted, say, write

MOST_QUERIES = {"che": 19, None: 9}
"""Of who runs the circle, and of visitors; of other members 17. One of them says whether anybody would like to be a
friend, two whether the feed has news, one for posts and one for comments how often they were tipped."""


# ---- public, listed, invisible ------------------------------------------------------------------------------


def test_everybody_reads_a_public_circle(client, cast):
    mine = cast.post_in(cast.running)
    assert "七点半" in client.get("/circles/night-run").text
    page = client.get(f"/circles/night-run/posts/{mine.id}").text
    assert "Count me in." in page and "/login?next=" in page


def test_a_listed_circle_shows_its_name_and_purpose_and_who_runs_it_only(as_, client, cast):
    about = "秘密地点：**老城南门**"
    Circle.update(about=about, about_html=markup.render(about).html, question="最近在读什么？").where(
        Circle.id == cast.desk.id
    ).execute()
    number = cast.post_in(cast.desk).id
    for browser in (client, as_("ning"), as_("staff")):
        for url in ("/circles/desk", "/circles/desk/about"):
            page = browser.get(url).text
            assert "书桌" in page and "每月一本" in page and "阿澈" in page
            assert "城南旧事" not in page and "老城南门" not in page
        assert "书桌" in browser.get("/circles/").text
        assert browser.get(f"/circles/desk/posts/{number}").status_code == 404
        assert browser.get(f"/circles/desk/posts/{number}/history").status_code == 404
    assert "老城南门" in as_("che").get("/circles/desk/about").text


def test_an_invisible_circle_is_for_its_members_and_those_it_invited(as_, client, cast):
    slug = cast.darkroom.slug
    for browser in (client, as_("ning"), as_("staff"), as_("owner")):
        assert browser.get(f"/circles/{slug}").status_code == 404
    assert "第一卷冲好了" in as_("lin").get(f"/circles/{slug}").text
    actions.invite(cast.che.actor, cast.darkroom.id, cast.ning.id)
    page = as_("ning").get(f"/circles/{slug}").text
    assert "暗房" in page and "第一卷冲好了" not in page
    for who in ("ning", "lin", "che"):
        assert f'id="circle-{cast.darkroom.id}"' not in as_(who).get("/circles/").text, who
    assert "暗房" in as_("lin").get("/circles/").text, "among one's own circles"


def test_where_only_members_read_visitors_are_asked_to_sign_in(client, cast):
    site.change({"reading": "members"})
    assert client.get("/circles/").status_code == 401
    assert client.get("/circles/night-run").status_code == 404
    assert client.get(f"/circles/night-run/posts/{cast.post_in(cast.running).id}").status_code == 404


def test_a_profile_shows_only_circles_and_posts_that_the_reader_may_see(as_, client, cast):
    for browser in (client, as_("ning"), as_("may")):
        page = browser.get("/people/lin").text
        assert "城市夜跑圈" in page and "暗房" not in page and "第一卷" not in page
    assert "第一卷冲好了" in as_("che").get("/people/lin").text or "暗房" in as_("che").get("/people/lin").text


# ---- pages of posts -----------------------------------------------------------------------------------------


def pages(browser, *, htmx: bool, meanwhile) -> list[int]:
    shown: list[int] = []
    url = "/circles/night-run"
    while url:
        headers = {"HX-Request": "true", "HX-Target": "older"} if htmx and shown else {}
        page = browser.get(url, headers=headers).text
        shown += [int(number) for number in re.findall(r'<article class="post" id="post-(\d+)"', page)]
        older = re.search(r'id="older"><a class="btn quiet" href="([^"]+)"', page)
        url = older[1].replace("&amp;", "&") if older else ""
        meanwhile()
    return shown


@pytest.mark.parametrize("htmx", [True, False])
def test_forty_five_posts_without_gaps_or_doubles_while_new_ones_arrive(as_, cast, htmx):
    written = [write(cast.lin.actor, cast.running.id, f"第{number}篇").id for number in range(44)]
    before = [cast.post_in(cast.running).id, *written]
    shown = pages(as_("ning"), htmx=htmx, meanwhile=lambda: write(cast.may.actor, cast.running.id))
    assert shown == before[::-1]


def test_deleting_while_somebody_turns_pages_loses_nothing_else(as_, cast):
    written = [write(cast.lin.actor, cast.running.id, f"第{number}篇").id for number in range(44)]
    victims = iter(written[::3])
    shown = pages(
        as_("ning"), htmx=True, meanwhile=lambda: posting.delete_post(cast.lin.actor, cast.running.id, next(victims))
    )
    there = {row.id for row in Post.select().where(Post.circle == cast.running, Post.deleted_at.is_null())}
    assert len(shown) == len(set(shown)) and there <= set(shown)


def test_the_directory_is_paged_the_same_way(as_, cast):
    for number in range(40):
        Circle.create(
            slug=f"c{number:02}", name=f"圈{number}", purpose="x", category="food", visibility="public",
            join_policy="open", founded_at=0, active_at=10**12 + number // 4, member_count=0,
        )  # fmt: skip
    ning, url, shown = as_("ning"), "/circles/?category=food", []
    while url:
        page = ning.get(url).text
        shown += re.findall(r'<article class="card" id="circle-(\d+)"', page)
        older = re.search(r'id="older"><a class="btn quiet" href="([^"]+)"', page)
        url = older[1].replace("&amp;", "&") if older else ""
    assert len(shown) == len(set(shown)) == 40


# ---- how much a page asks -----------------------------------------------------------------------------------


def busy(cast, rows: int) -> Post:
    """A circle with so many posts, the last of which has as many comments, each with a reply and likes."""
    for number in range(rows):
        last = write(cast.lin.actor, cast.running.id, f"第{number}篇", title=f"题{number}")
        PostLike.insert(post=last.id, member=cast.may.id, liked_at=1).execute()
    for number in range(rows):
        comment = say(cast.may.actor, last, f"第{number}条")
        say(cast.che.actor, last, "回", comment.id)
        CommentLike.insert(comment=comment.id, member=cast.lin.id, liked_at=1).execute()
    return last


def cost(browser, url: str) -> int:
    browser.get(url)
    with counted() as seen:
        assert browser.get(url).status_code == 200
    return len(seen)


@pytest.mark.parametrize("who", ["lin", "che", "ning", None])
def test_a_page_asks_few_questions_however_many_rows_it_shows(app, as_, cast, who, monkeypatch):
    monkeypatch.setattr(site, "CACHE_SECONDS", 3600)  # on a slow machine they would be asked for once more
    browser = as_(who) if who else app.test_client()
    few: dict[str, int] = {}
    for rows in (5, 10):
        last = busy(cast, rows)
        urls = ("/circles/", "/circles/night-run", f"/circles/night-run/posts/{last.id}", "/circles/night-run/members",
                "/circles/night-run/changes?since=1&newest=1", f"/circles/night-run/posts/{last.id}/changes?since=1")
        for url in urls:
            questions = cost(browser, url)
            name = re.sub(r"\d+", "N", url)
            assert questions <= MOST_QUERIES.get(who, 17), (name, questions)
            assert few.setdefault(name, questions) == questions, name


def test_looking_writes_nothing(as_, cast):
    lin = as_("lin")
    lin.get("/circles/night-run")
    with counted() as seen:
        lin.get("/circles/night-run")
        lin.get(f"/circles/night-run/posts/{cast.post_in(cast.running).id}")
    assert not [sql for sql in seen if not sql.lstrip().upper().startswith(("SELECT", "WITH"))]


# ---- names that are gone ------------------------------------------------------------------------------------


def test_words_of_a_former_member_stay_without_a_name(as_, cast):
    mine = cast.post_in(cast.running)
    Post.update(author=None).where(Post.id == mine.id).execute()
    Comment.update(author=None).where(Comment.post == mine.id).execute()
    page = as_("may").get(f"/circles/night-run/posts/{mine.id}").text
    assert "Former member" in page and "Count me in." in page
    assert Member.select().where(Member.id == cast.lin.id).exists()
