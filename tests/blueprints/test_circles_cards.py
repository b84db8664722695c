"""Cards of pages that posts point to. What the pages say is made up here; how they are asked, test_outbound.py says."""

import pytest

from blueprints.circles import card_fetching, cards, posting
from core import clock, jobs, site
from core.config import current
from core.outbound import Answer, OutboundProblem, Unreachable
from models import Job, LinkCard, Pending, Picture, Post, Screening
from tests.blueprints.circle_stories import photo, write
from tests.effort import effort

URL = "https://news.example/a?b=1"
PAGE = (
    "<!doctype html><html><head><title>别的</title><meta property='og:title' content='夜跑 &amp; 雨'>"
    "<meta name=description content='一\n段‮话'><meta property=og:site_name content='新闻'>"
    "<meta property=og:image content='/p.png'></head><body><title>不是</title></body>"
)


class Web:
    """What is out there: address -> body, or what goes wrong."""

    def __init__(self):
        self.pages, self.asked = {}, []

    def fetch(self, url, *, most_bytes, kinds, cuts=False, seconds=5):
        self.asked.append(url)
        said = self.pages.get(url, Unreachable("no such name"))
        if isinstance(said, OutboundProblem):
            raise said
        body = said if isinstance(said, bytes) else said.encode()
        return Answer(url, kinds[0], "utf-8", body[:most_bytes])


@pytest.fixture
def web(monkeypatch):
    made = Web()
    monkeypatch.setattr(card_fetching.outbound, "fetch", made.fetch)
    made.pages = {URL: PAGE, "https://news.example/p.png": photo()}
    return made


def status(browser, url):
    with browser.get(url) as answer:
        return answer.status_code


def test_a_post_with_a_link_gets_a_card_a_moment_later(cast, web, client):
    row = write(cast.lin.actor, cast.running.id, f"看看 {URL}#part 不错")
    page = f"/circles/night-run/posts/{row.id}"
    assert web.asked == [] and "link-card" not in client.get(page).text
    before = Post.get_by_id(row.id).seq
    jobs.run_due()
    assert web.asked == [URL, "https://news.example/p.png"]
    card = LinkCard.get()
    assert (card.title, card.text, card.site) == ("夜跑 & 雨", "一 段话", "新闻")
    shown = client.get(page).text
    assert "夜跑 &amp; 雨" in shown and f'href="{URL.replace("&", "&amp;")}"' in shown
    assert f"/media/{card.picture_key}/s.webp" in shown and "news.example" in shown
    assert Post.get_by_id(row.id).seq > before, "those who look at the post see it appear"


def test_the_same_page_is_asked_once_a_week(cast, web):
    for body in (URL, f"{URL}#x", f"又是 {URL} 和 https://other.example/"):
        write(cast.lin.actor, cast.running.id, body)
    jobs.run_due()
    assert web.asked.count(URL) == 1 and LinkCard.select().count() == 1
    clock.shift(8 * clock.DAY)
    first = LinkCard.get().picture_key
    write(cast.lin.actor, cast.running.id, f"一周后 {URL}")
    jobs.run_due()
    assert web.asked.count(URL) == 2
    assert LinkCard.get().picture_key != first
    assert Picture.select().where(Picture.subject_kind == "card").count() == 1
    assert not (current().data / "media" / first[:2] / f"{first}-s.webp").exists()


def test_a_page_that_says_nothing_gives_no_card(cast, web, client):
    web.pages = {URL: "<p>no head", "https://b.example/": Unreachable("x")}
    one = write(cast.lin.actor, cast.running.id, URL)
    two = write(cast.lin.actor, cast.running.id, "https://b.example/")
    jobs.run_due()
    assert LinkCard.select().where(LinkCard.failed_at.is_null(False)).count() == 2
    for row in (one, two):
        assert "link-card" not in client.get(f"/circles/night-run/posts/{row.id}").text
    assert not Job.select().where(Job.name == "circles.card", Job.done_at.is_null()).exists()


@pytest.mark.parametrize("picture", [b"", b"<svg onload=alert(1)>", Unreachable("x"), b"\x89PNG\r\n\x1a\n" + b"x" * 99])
def test_a_card_does_without_a_picture_that_is_none(picture, cast, web):
    web.pages["https://news.example/p.png"] = picture
    write(cast.lin.actor, cast.running.id, URL)
    jobs.run_due()
    assert LinkCard.get().picture_key is None and LinkCard.get().fetched_at


def test_where_the_site_makes_no_cards_nothing_is_asked(cast, web):
    site.change({"link_cards": "off"})
    assert write(cast.lin.actor, cast.running.id, URL).card_id is None
    site.change({"link_cards": "on"})
    write(cast.lin.actor, cast.running.id, f"再来一次 {URL}")
    site.change({"link_cards": "off"})
    jobs.run_due()
    assert web.asked == []


def test_what_waits_for_a_moderator_asks_nobody(cast, web):
    Screening.create(circle=cast.running, approval="all")
    write(cast.lin.actor, cast.running.id, URL)
    jobs.run_due()
    assert web.asked == [] and LinkCard.select().count() == 0
    from blueprints.circles.publishing import release
    from core.db import atomic

    with atomic():
        number = release(Pending.get())
    jobs.run_due()
    assert web.asked[0] == URL and Post.get_by_id(number).card_id == LinkCard.get().id


def test_links_in_quotes_code_and_behind_words_make_no_card(cast, web):
    for place, body in enumerate((f"> {URL}", f"`{URL}`", f"[x]({URL})", f"||{URL}||", "没有链接")):
        body = f"{body}\n\n第{place}种写法，{'一二三四五'[place]}"
        assert write(cast.lin.actor, cast.running.id, body).card_id is None


def test_an_author_takes_the_card_away_and_an_edit_does_not_bring_it_back(cast, web, as_, post):
    row = write(cast.lin.actor, cast.running.id, URL)
    jobs.run_due()
    address = f"/circles/night-run/posts/{row.id}"
    assert post(as_("may"), f"{address}/card/remove").status_code == 403
    lin = as_("lin")
    assert f"{address}/card/remove" in lin.get(address).text
    for _ in range(2):
        assert post(lin, f"{address}/card/remove").status_code == 303
    assert "link-card" not in lin.get(address).text
    posting.edit_post(cast.lin.actor, cast.running.id, row.id, posting.PostDraft("", f"{URL} 改一个字"))
    assert Post.get_by_id(row.id).card_id is None
    posting.edit_post(cast.lin.actor, cast.running.id, row.id, posting.PostDraft("", "https://news.example/other"))
    assert Post.get_by_id(row.id).card.url == "https://news.example/other"
    posting.edit_post(cast.lin.actor, cast.running.id, row.id, posting.PostDraft("", "没有了"))
    assert Post.get_by_id(row.id).card_id is None


def test_our_copy_of_the_picture_is_for_who_may_read_a_post_with_the_card(cast, web, as_, client):
    row = write(cast.lin.actor, cast.darkroom.id, URL)
    jobs.run_due()
    picture = f"/media/{LinkCard.get().picture_key}/s.webp"
    assert status(as_("che"), picture) == 200
    assert status(as_("ning"), picture) == status(client, picture) == 404
    write(cast.lin.actor, cast.running.id, f"给大家看的 {URL}")
    assert status(client, picture) == 200
    posting.delete_post(cast.lin.actor, cast.darkroom.id, row.id)
    assert status(client, picture) == 200


def test_a_card_without_posts_goes_with_its_picture(cast, web):
    row = write(cast.lin.actor, cast.running.id, URL)
    jobs.run_due()
    key = LinkCard.get().picture_key
    clock.shift(2 * clock.DAY)
    assert cards.sweep() == 0
    posting.edit_post(cast.lin.actor, cast.running.id, row.id, posting.PostDraft("", "没有了"))
    assert cards.sweep() == 1
    assert LinkCard.select().count() == Picture.select().where(Picture.key == key).count() == 0
    assert not (current().data / "media" / key[:2] / f"{key}-s.webp").exists()


def test_many_posts_at_once_share_one_card(cast, web, in_threads):
    in_threads(12, lambda number: write(cast.lin.actor, cast.running.id, f"{number} {URL}"))
    assert LinkCard.select().count() == 1
    assert Job.select().where(Job.name == "circles.card").count() == 1


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("<title>一</title>", "一"),
        ("<TITLE lang=x>\n 一 &lt;b&gt; </TITLE>", "一 <b>"),
        ("<meta content='x>y' property='og:title'>", ""),
        ("<meta property=\"og:title\" content=\"a'b\">", "a'b"),
        ("<meta name='twitter:title' content='推'><title>题</title>", "推"),
        ("<body><title>晚了</title>", ""),
        ("<title></title>", ""),
        ("<title>" + "长" * 500 + "</title>", "长" * 199 + "…"),
        ("<meta property=og:title content='a\u202eb\u200b'>", "ab"),
    ],
)
def test_what_a_page_calls_itself(page, title):
    assert card_fetching.read(Answer("https://a.example/", "text/html", None, page.encode())).title == title


@pytest.mark.parametrize(
    ("charset", "body"),
    [
        ("gbk", "<title>圈子</title>".encode("gbk")),
        (None, b"<meta charset=\"gb2312\">" + "<title>圈子</title>".encode("gb2312")),
        ("rot13", "<title>圈子</title>".encode()),
        ("zlib", "<title>圈子</title>".encode()),
        ("iso-8859-99", "<title>圈子</title>".encode()),
        (None, "<title>圈子</title>".encode()),
    ],
)
def test_letters_of_other_times(charset, body):
    assert card_fetching.read(Answer("https://a.example/", "text/html", charset, body)).title == "圈子"


@pytest.mark.parametrize(
    "piece", ["<", "<meta ", "<meta a='", "<title>", "<!--", "<![", "<meta x>", "&#", "</head", "<meta\t"]
)
def test_a_page_made_to_be_slow_is_read_in_a_moment(piece):
    page = (piece * 600_000)[: 512 * 1024].encode()
    assert effort(lambda: card_fetching.read(Answer("https://a.example/", "text/html", None, page))) < 100
