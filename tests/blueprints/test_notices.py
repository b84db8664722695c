"""The list of notices, the bell, and the way from a notice to what it speaks of."""

import re

import pytest

from blueprints.circles import joining, reactions
from core import jobs, personal
from core.limits import LIMITS
from models import Member, Notice, Post
from tests.blueprints.circle_stories import counted, say, write
from tests.blueprints.notice_stories import kinds, level, nothing_told_yet, rings, rows

LINK = re.compile(r'class="told-link" href="([^"]+)"')
ROW = re.compile(r'<li class="told-row')


@pytest.fixture(autouse=True)
def a_quiet_bell(cast):
    jobs.run_due()
    nothing_told_yet()


@pytest.fixture
def named(cast):
    """`named(3)`: lin is named in so many new posts."""

    def write_them(count: int) -> list[Post]:
        return [write(cast.che.actor, cast.running.id, f"@lin 第 {number} 次") for number in range(count)]

    return write_them


def link(page: str) -> str:
    found = LINK.search(page)
    assert found, page
    return found[1].replace("&amp;", "&")


# ---- the list --------------------------------------------------------------------------------------------------


def test_the_list_has_what_happened_last_first(as_, named):
    named(3)
    page = as_("lin").get("/notices/").text
    assert page.index("第 2 次") < page.index("第 1 次") < page.index("第 0 次")
    assert len(ROW.findall(page)) == 3


def test_whoever_has_none_is_told_so(as_):
    answer = as_("ning").get("/notices/")
    assert answer.status_code == 200 and 'class="empty"' in answer.text and not ROW.search(answer.text)


def test_nobody_reads_what_is_told_to_others(as_, named):
    named(1)
    assert not ROW.search(as_("may").get("/notices/").text)


def test_a_long_list_goes_on_by_a_plain_link_and_by_a_fragment(as_, named, cast):
    size = LIMITS["page_notices"]
    named(size + 2)
    lin = as_("lin")
    page = lin.get("/notices/").text
    assert len(ROW.findall(page)) == size
    older = re.search(r'href="(/notices/\?before=[^"]+)" rel="next"', page)
    assert older
    rest = lin.get(older[1]).text
    assert len(ROW.findall(rest)) == 2 and "第 0 次" in rest and "<title>" in rest
    fragment = lin.get(older[1], headers={"HX-Request": "true", "HX-Target": "older"}).text
    assert len(ROW.findall(fragment)) == 2 and "<title>" not in fragment


@pytest.mark.parametrize("before", ["x", "1", "1.x", "-1.5", "9" * 30 + ".1", "1.2.3", "'"])
def test_a_strange_position_is_the_beginning(as_, named, before):
    named(1)
    answer = as_("lin").get("/notices/", query_string={"before": before})
    assert answer.status_code == 200 and len(ROW.findall(answer.text)) == 1


def test_what_is_hidden_leaves_no_gap_and_no_empty_page(as_, named, cast, monkeypatch):
    monkeypatch.setitem(LIMITS, "page_notices", 3)
    posts = named(8)
    Post.update(hidden_at=1).where(Post.id.in_([post.id for post in posts[2:]])).execute()
    page = as_("lin").get("/notices/").text
    assert len(ROW.findall(page)) == 2 and "第 7 次" not in page


def test_the_list_costs_as_many_queries_for_many_as_for_few(as_, named):
    lin = as_("lin")
    named(4)
    lin.get("/notices/")
    with counted() as few:
        lin.get("/notices/")
    named(20)
    lin.get("/notices/")
    with counted() as many:
        lin.get("/notices/")
    assert len(many) == len(few) <= 11  # two of them for the dots of the feed and of one's own page


def test_what_nobody_words_is_not_shown(as_, cast):
    Notice.create(member=cast.lin.id, kind="unknown", subject_kind="thing", subject_id=1, first_at=1, at=1)
    answer = as_("lin").get("/notices/")
    assert answer.status_code == 200 and not ROW.search(answer.text)


# ---- the bell --------------------------------------------------------------------------------------------------


def bell(page: str) -> str | None:
    found = re.search(r'id="bell"[^>]*data-count="(\d+)"', page)
    return found[1] if found else None


def test_every_page_has_the_bell_and_the_title_its_number(as_, named, client):
    named(2)
    page = as_("lin").get("/circles/night-run").text
    assert bell(page) == "2" and "<title>(2) " in page
    assert bell(as_("ning").get("/circles/night-run").text) == "0" and "<title>(" not in as_("ning").get("/").text
    assert bell(client.get("/circles/night-run").text) is None, "visitors have none"


@pytest.mark.parametrize("who", ["suspended", "leaving"])
def test_who_is_on_the_way_out_has_no_bell(as_, who):
    assert bell(as_(who).get("/me").text) is None


def test_seeing_the_list_quiets_the_bell_but_leaves_them_unread(as_, named, cast):
    named(2)
    lin = as_("lin")
    page = lin.get("/notices/").text
    assert page.count("told-row is-unread") == 2 and bell(page) == "0"
    assert bell(lin.get("/me").text) == "0"
    assert lin.get("/notices/").text.count("told-row is-unread") == 2


def test_older_pages_do_not_quiet_it(as_, named, cast):
    named(1)
    as_("lin").get("/notices/?before=5.5", headers={"HX-Request": "true", "HX-Target": "older"})
    assert rings(cast.lin) == 1


def test_the_page_asks_for_the_bell_and_is_told_only_of_changes(as_, named, post):
    lin = as_("lin")
    asking = {"HX-Request": "true", "HX-Target": "bell-live"}
    assert lin.get("/notices/bell?shown=0", headers=asking).status_code == 204
    named(1)
    answer = lin.get("/notices/bell?shown=0", headers=asking)
    assert answer.status_code == 200 and bell(answer.text) == "1" and "hx-swap-oob" in answer.text
    assert "shown=1" in answer.text
    assert lin.get("/notices/bell?shown=1", headers=asking).status_code == 204


def test_asking_for_the_bell_is_cheap_and_a_page_pays_one_query(as_, cast):
    lin = as_("lin")
    lin.get("/about")
    with counted() as queries:
        lin.get("/about")
    assert len([sql for sql in queries if '"notice"' in sql]) == 1
    with counted() as asked:
        lin.get("/notices/bell?shown=0", headers={"HX-Request": "true"})
    assert len(asked) <= 2


def test_ones_own_page_leads_to_the_notices_and_says_how_many(as_, named):
    named(2)
    page = as_("lin").get("/me").text
    assert 'id="way-to-notices"' in page and re.search(r'id="way-to-notices".*?row-value">2<', page, re.DOTALL)


# ---- reading ---------------------------------------------------------------------------------------------------


def test_following_a_notice_reads_it_and_leads_on(as_, named, cast):
    (about,) = named(1)
    lin = as_("lin")
    answer = lin.get(link(lin.get("/notices/").text))
    assert answer.status_code == 303 and answer.location == f"/circles/night-run/posts/{about.id}"
    assert rows(cast.lin)[0].read_at is not None
    assert "is-unread" not in lin.get("/notices/").text


def test_following_a_comment_leads_to_it(as_, cast):
    about = write(cast.lin.actor, cast.running.id)
    comment = say(cast.che.actor, about, "好")
    lin = as_("lin")
    answer = lin.get(link(lin.get("/notices/").text))
    assert answer.location.endswith(f"#comment-{comment.id}")
    assert f'id="comment-{comment.id}"' in lin.get(answer.location).text


@pytest.mark.parametrize("to", [
    "https://elsewhere.example/x", "//elsewhere.example/x", "/\\elsewhere.example", "javascript:alert(1)", "http://[",
    "", "/me#\"><script>", "%0d%0aSet-Cookie:x",
])  # fmt: skip
def test_a_notice_leads_nowhere_else(as_, named, cast, to):
    named(1)
    answer = as_("lin").get(f"/notices/{rows(cast.lin)[0].id}", query_string={"to": to})
    assert answer.status_code == 303
    assert answer.location.startswith("/") and not answer.location.startswith(("//", "/\\"))
    assert "elsewhere" not in answer.location and "<" not in answer.location


def test_a_notice_of_somebody_else_and_none_at_all_are_the_same(as_, named, cast):
    named(1)
    number = rows(cast.lin)[0].id
    may = as_("may")
    assert may.get(f"/notices/{number}?to=/me").location == may.get("/notices/99999?to=/me").location
    assert rows(cast.lin)[0].read_at is None


def test_one_is_marked_as_read_by_a_button_with_and_without_htmx(as_, named, cast, post):
    named(2)
    lin = as_("lin")
    first, second = [row.id for row in rows(cast.lin)]
    plain = post(lin, f"/notices/{first}/read", {"on": "1"})
    assert plain.status_code == 303 and plain.location == "/notices/"
    answer = post(lin, f"/notices/{second}/read", {"on": "1"}, htmx=f"notice-{second}")
    assert f'id="notice-{second}"' in answer.text and "is-unread" not in answer.text and "<title>" not in answer.text
    assert all(row.read_at for row in rows(cast.lin))


def test_nobody_marks_those_of_others(as_, named, cast, post):
    named(1)
    answer = post(as_("may"), f"/notices/{rows(cast.lin)[0].id}/read", {"on": "1"}, htmx="notice-1")
    assert answer.text.strip() == "" and rows(cast.lin)[0].read_at is None


def test_all_are_marked_as_read_at_once(as_, named, cast, post):
    named(3)
    lin = as_("lin")
    answer = post(lin, "/notices/read", {"on": "1"}, htmx="notice-list")
    assert answer.text.strip().startswith('<div id="notice-list">') and len(ROW.findall(answer.text)) == 3
    assert "is-unread" not in answer.text and rings(cast.lin) == 0
    assert post(lin, "/notices/read", {"on": "1"}).status_code == 303


def test_a_reading_post_needs_the_token_of_a_page(as_, named, cast):
    named(1)
    assert as_("lin").post("/notices/read").status_code == 400
    assert rows(cast.lin)[0].read_at is None


# ---- who is told nothing more ------------------------------------------------------------------------------------


def test_who_left_a_circle_reads_nothing_of_it_by_any_address(as_, cast):
    (about,) = [write(cast.che.actor, cast.darkroom.id, "@lin 秘密冲洗")]
    lin = as_("lin")
    before = lin.get("/notices/").text
    assert "秘密冲洗" in before
    old = link(before)
    joining.leave(cast.lin.actor, cast.darkroom.id)
    page = lin.get("/notices/").text
    assert "秘密冲洗" not in page and "暗房" not in page and rings(cast.lin) == 0
    assert lin.get(lin.get(old).location).status_code == 404
    assert lin.get(f"/circles/{cast.darkroom.slug}/posts/{about.id}").status_code == 404


def test_names_with_marks_in_them_are_words_in_a_notice(as_, cast):
    Member.update(display_name="<b>x</b>&").where(Member.id == cast.che.id).execute()
    write(cast.che.actor, cast.running.id, "@lin <img src=x onerror=alert(1)>", "<script>alert(1)</script>")
    page = as_("lin").get("/notices/").text
    assert "<b>x</b>" not in page and "<script>alert" not in page and "<img src=x" not in page
    assert "&lt;b&gt;x&lt;/b&gt;&amp;" in page


# ---- what is held of a member ------------------------------------------------------------------------------------


def test_a_copy_holds_the_notices_and_erasing_takes_them(cast, named):
    named(2)
    level(cast.may, cast.running, "all")
    reactions.like_post(cast.lin.actor, cast.running.id, write(cast.may.actor, cast.running.id).id, True)
    (copy,) = [content for name, content, _ in personal.copies(cast.lin.id) if name == "notices"]
    assert len(copy["notices"]) == 2 and set(copy) == {"notices", "summary"}
    personal.erase(cast.lin.id, keeps_words=False)
    assert kinds(cast.lin) == [] and "reacted" in kinds(cast.may)


def test_what_was_told_of_somebody_who_was_erased_is_not_read(as_, cast):
    about = write(cast.lin.actor, cast.running.id)
    say(cast.che.actor, about, "很秘密的话")
    reactions.like_post(cast.che.actor, cast.running.id, about.id, True)
    personal.erase(cast.che.id, keeps_words=False)
    assert "很秘密的话" not in as_("lin").get("/notices/").text
    assert "阿澈" not in re.sub(r"<aside.*", "", as_("lin").get("/notices/").text, flags=re.DOTALL)
