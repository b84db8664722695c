"""What other places of the web get: feeds, cards, the map of public pages, and a no for all that is not public."""

import re
from xml.etree import ElementTree as ET

import pytest

from blueprints.circles import posting
from core import clock, site
from models import Circle, Post
from tests.blueprints.circle_stories import write

ATOM = {"a": "http://www.w3.org/2005/Atom"}
MAP = {"m": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def feed_of(client, circle, **options):
    return client.get(f"/circles/{circle.slug}/feed.atom", **options)


def entries(answer):
    return ET.fromstring(answer.data).findall("a:entry", ATOM)


def meta(page, name):
    found = re.search(rf'<meta (?:name|property)="{name}" content="([^"]*)">', page)
    return found and found[1]


# ---- feeds --------------------------------------------------------------------------------------------------


def test_a_feed_holds_the_newest_posts_whole(client, cast):
    for number in range(22):
        text = f"**第 {number} 圈** <b>跑</b> [地图](/circles/) & 完"
        write(cast.lin.actor, cast.running.id, text, f"第 {number} 圈")
    answer = feed_of(client, cast.running)
    assert answer.status_code == 200 and answer.mimetype == "application/atom+xml"
    found = entries(answer)
    assert len(found) == 20 and found[0].findtext("a:title", namespaces=ATOM) == "第 21 圈"
    content = found[0].find("a:content", ATOM)
    assert content.get("type") == "html" and "<strong>第 21 圈</strong>" in content.text
    assert "&lt;b&gt;" in content.text and 'href="http://localhost/circles/"' in content.text
    newest = Post.select().order_by(Post.id.desc()).first()
    link = found[0].find("a:link", ATOM).get("href")
    assert link == f"http://localhost/circles/{cast.running.slug}/posts/{newest.id}"
    assert found[0].findtext("a:author/a:name", namespaces=ATOM) == "林间"
    ids = [each.findtext("a:id", namespaces=ATOM) for each in found]
    name = re.compile(r"tag:localhost,\d{4}-\d\d-\d\d:circles/\d+/posts/\d+")
    assert len(set(ids)) == 20 and all(map(name.fullmatch, ids))


def test_a_feed_shows_the_pictures_of_a_post_with_whole_addresses(client, cast):
    text = entries(feed_of(client, cast.running))[0].findtext("a:content", namespaces=ATOM)
    assert re.search(r'<img src="http://localhost/media/[^"]+" alt="江边的路灯"', text)


def test_a_feed_that_did_not_change_is_not_sent_again(client, cast):
    first = feed_of(client, cast.running)
    etag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    assert feed_of(client, cast.running, headers={"If-None-Match": etag}).status_code == 304
    assert feed_of(client, cast.running, headers={"If-Modified-Since": modified}).status_code == 304
    clock.shift(5000)
    post = cast.post_in(cast.running)
    posting.edit_post(cast.lin.actor, cast.running.id, post.id, posting.PostDraft("周三夜跑", "改到八点"))
    assert feed_of(client, cast.running, headers={"If-None-Match": etag}).status_code == 200


def test_only_public_circles_have_a_feed(client, cast, as_):
    for circle in (cast.desk, cast.darkroom):
        assert feed_of(client, circle).status_code == 404
        assert feed_of(as_("che"), circle).status_code == 404, "not even for its members: a reader has no session"
    site.change({"reading": "members"})
    assert feed_of(as_("lin"), cast.running).status_code == 404
    assert feed_of(client, cast.running).status_code == 404


def test_a_feed_leaves_out_what_a_visitor_may_not_read(client, cast, as_):
    hidden, gone = (write(cast.lin.actor, cast.running.id, text) for text in ("藏起来的", "删掉的"))
    Post.update(hidden_at=clock.now()).where(Post.id == hidden.id).execute()
    posting.delete_post(cast.lin.actor, cast.running.id, gone.id)
    for reader in (client, as_("lin"), as_("che")):
        text = feed_of(reader, cast.running).text
        assert "藏起来的" not in text and "删掉的" not in text


def test_odd_characters_leave_a_feed_readable(client, cast):
    Post.update(title="a\x01b & <c>", html="<p>\x0c好</p>").where(Post.circle == cast.running).execute()
    assert entries(feed_of(client, cast.running))[0].findtext("a:title", namespaces=ATOM) == "ab & <c>"


def test_pages_lead_to_the_feed(client, cast, as_):
    address = f'href="http://localhost/circles/{cast.running.slug}/feed.atom"'
    told = f'type="application/atom+xml" title="城市夜跑圈" {address}'
    assert told in client.get(f"/circles/{cast.running.slug}").text
    assert f'href="/circles/{cast.running.slug}/feed.atom"' in client.get(f"/circles/{cast.running.slug}/about").text
    assert "feed.atom" not in as_("che").get(f"/circles/{cast.desk.slug}/about").text


# ---- cards --------------------------------------------------------------------------------------------------


def test_a_public_circle_has_a_card(client, cast):
    page = client.get(f"/circles/{cast.running.slug}").text
    address = f"http://localhost/circles/{cast.running.slug}"
    assert meta(page, "og:title") == "城市夜跑圈" and meta(page, "og:description") == "下班一起跑"
    assert meta(page, "og:url") == address and f'<link rel="canonical" href="{address}">' in page
    assert meta(page, "og:locale") == "zh_CN" and meta(page, "robots") is None


def test_a_public_post_has_a_card_with_its_first_picture(client, cast):
    post = cast.post_in(cast.running)
    page = client.get(f"/circles/{cast.running.slug}/posts/{post.id}").text
    assert meta(page, "og:type") == "article" and meta(page, "og:title") == "周三夜跑"
    picture = client.get(meta(page, "og:image"))
    assert picture.mimetype == "image/webp"
    picture.close()


def test_words_in_a_card_stay_words(client, cast):
    Circle.update(name='"><script>x</script>', purpose='" onload="x').where(Circle.id == cast.running.id).execute()
    page = client.get(f"/circles/{cast.running.slug}").text
    assert "<script>x" not in page and 'onload="x' not in page


def test_a_profile_has_a_card_where_visitors_see_people(client, cast, as_):
    page = client.get("/people/lin").text
    assert meta(page, "og:type") == "profile" and meta(page, "og:title") == "林间"
    assert meta(client.get("/people/gu-yan").text, "og:title") is None, "suspended"
    site.change({"reading": "members"})
    page = as_("may").get("/people/lin")
    assert meta(page.text, "robots") == "noindex" and page.headers["X-Robots-Tag"] == "noindex"


def test_leaves_of_a_list_have_one_address(client, cast):
    for query in ("?before=5", "?from=1", "?utm_source=x"):
        page = client.get(f"/circles/{cast.running.slug}{query}").text
        assert f'<link rel="canonical" href="http://localhost/circles/{cast.running.slug}">' in page


def test_the_public_address_is_the_one_that_is_told(cast, make_app):
    public = make_app(QUANZI_BASE_URL="https://club.example")
    page = public.test_client().get(f"/circles/{cast.running.slug}", base_url="https://club.example").text
    assert meta(page, "og:url") == f"https://club.example/circles/{cast.running.slug}"
    forged = public.test_client().get(f"/circles/{cast.running.slug}/feed.atom", base_url="http://evil.example")
    assert "evil.example" not in forged.text and "tag:club.example," in forged.text


# ---- what nobody keeps --------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["/login", "/register", "/search?q=x", "/no-such-page"])
def test_pages_that_are_for_nobody_to_find(client, cast, url):
    page = client.get(url)
    assert page.headers["X-Robots-Tag"] == "noindex" and meta(page.text, "robots") == "noindex"
    assert meta(page.text, "og:title") is None


def test_nothing_of_a_closed_circle_is_kept_or_shown_elsewhere(client, cast, as_):
    for url in (f"/circles/{cast.desk.slug}", f"/circles/{cast.desk.slug}/about"):
        for reader in (client, as_("che")):
            page = reader.get(url)
            assert page.headers["X-Robots-Tag"] == "noindex" and meta(page.text, "og:title") is None
    page = as_("lin").get(f"/circles/{cast.darkroom.slug}")
    assert page.headers["X-Robots-Tag"] == "noindex" and meta(page.text, "robots") == "noindex"
    hidden = write(cast.lin.actor, cast.running.id, "藏")
    Post.update(hidden_at=clock.now()).where(Post.id == hidden.id).execute()
    page = as_("lin").get(f"/circles/{cast.running.slug}/posts/{hidden.id}")
    assert page.status_code == 200 and meta(page.text, "robots") == "noindex"


def test_a_fragment_of_a_public_page_is_not_kept(client, cast):
    answer = client.get(f"/circles/{cast.running.slug}?before=1000", headers={"HX-Request": "true"})
    assert answer.headers["X-Robots-Tag"] == "noindex"


# ---- the map ------------------------------------------------------------------------------------------------


def addresses(answer):
    return [each.text for each in ET.fromstring(answer.data).iterfind(".//m:loc", MAP)]


def test_the_map_names_what_a_visitor_may_read_and_nothing_else(client, cast):
    gone, hidden = (write(cast.lin.actor, cast.running.id, text) for text in ("删", "藏"))
    posting.delete_post(cast.lin.actor, cast.running.id, gone.id)
    Post.update(hidden_at=clock.now()).where(Post.id == hidden.id).execute()
    leaves = addresses(client.get("/sitemap.xml"))
    assert leaves == ["http://localhost/sitemap-circles-0.xml", "http://localhost/sitemap-posts-0.xml"]
    assert addresses(client.get("/sitemap-circles-0.xml")) == [f"http://localhost/circles/{cast.running.slug}"]
    post = cast.post_in(cast.running)
    expected = f"http://localhost/circles/{cast.running.slug}/posts/{post.id}"
    assert addresses(client.get("/sitemap-posts-0.xml")) == [expected]


def test_the_map_is_cut_into_files(client, cast, monkeypatch):
    from blueprints.circles import rows_web

    monkeypatch.setattr(rows_web, "MOST_ADDRESSES", 3)
    monkeypatch.setattr(rows_web, "STEP", 2)
    for number in range(9):
        write(cast.lin.actor, cast.running.id, f"{number}")
    leaves = [each for each in addresses(client.get("/sitemap.xml")) if "posts" in each]
    found = [address for leaf in leaves for address in addresses(client.get(leaf))]
    assert len(leaves) >= 4 and len(found) == len(set(found)) == 10


def test_there_is_no_map_of_a_site_for_members(client, cast, as_):
    assert "Sitemap: http://localhost/sitemap.xml" in client.get("/robots.txt").text
    site.change({"reading": "members"})
    for url in ("/sitemap.xml", "/sitemap-posts-0.xml"):
        assert client.get(url).status_code == 404 and as_("lin").get(url).status_code == 404
    assert "Sitemap" not in client.get("/robots.txt").text


@pytest.mark.parametrize("leaf", ["posts-1", "posts-99999999999", "nothing-0", "circles--1"])
def test_a_leaf_that_is_not_there(client, cast, leaf):
    assert client.get(f"/sitemap-{leaf}.xml").status_code == 404
