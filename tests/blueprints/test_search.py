"""Finding circles, posts and people: two characters are enough, and what one may not see is not there."""

import re
import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from peewee import fn

from blueprints.circles.actions import CircleDraft, found_circle
from blueprints.circles.posting import PostDraft, delete_post, edit_post, write_post
from blueprints.search.queries import Question, search_for
from core import clock, jobs, search, site
from core.errors import SignInNeeded
from core.limits import LIMITS, RATES
from core.policy import GUEST
from core.tokens import holds, match_expression, passage, spans, tokens
from models import Moment, SearchDoc
from tests.blueprints.moment_stories import befriend, show


def titles(page: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", found) for found in re.findall(r"<h3>(.*?)</h3>", page, re.DOTALL)]


@pytest.fixture
def look(client):
    def search(q, browser=client, htmx="", **more):
        headers = {"Accept-Language": "en"} | ({"HX-Request": "true", "HX-Target": htmx} if htmx else {})
        return browser.get("/search", query_string={"q": q, **more}, headers=headers)

    return search


# ---- what is found ------------------------------------------------------------------------------------------


def test_a_word_of_two_characters_inside_a_sentence(look, cast):
    assert "周三夜跑" in titles(look("夜跑").text)
    assert "周三夜跑" in titles(look("滨江").text)


def test_circles_people_and_posts_stand_in_sections(as_, look, cast):
    write_post(cast.lin.actor, cast.running.id, PostDraft("阿澈的新路线", "跟着跑"))
    page = look("阿澈", as_("may")).text
    assert page.index("People") < page.index("Posts") and "阿澈的新路线" in titles(page)


def test_the_newest_comes_first(look, cast):
    for number in (1, 2, 3):
        write_post(cast.lin.actor, cast.running.id, PostDraft(f"桥上见 {number}", "老地方"))
    assert titles(look("桥上", kind="post").text) == ["桥上见 3", "桥上见 2", "桥上见 1"]


def test_an_edit_is_found_and_what_it_took_away_is_not(look, cast):
    post = cast.post_in(cast.running)
    edit_post(cast.lin.actor, cast.running.id, post.id, PostDraft("周四慢走", "带上伞"))
    assert not titles(look("滨江", kind="post").text) and titles(look("带上伞", kind="post").text) == ["周四慢走"]


def test_what_is_deleted_is_not_found(look, cast):
    delete_post(cast.lin.actor, cast.running.id, cast.post_in(cast.running).id)
    assert titles(look("滨江", kind="post").text) == []


def test_a_hidden_room_is_found_from_inside_only(as_, client, look, cast):
    for outside in (client, as_("ning"), as_("staff")):
        assert titles(look("胶卷", outside).text) == []
    assert titles(look("胶卷", as_("lin")).text) == ["胶卷"]


def test_posts_of_a_listed_circle_are_for_its_members(as_, look):
    assert titles(look("城南旧事", kind="post").text) == []
    assert len(titles(look("城南旧事", as_("che"), kind="post").text)) == 1


def test_a_site_for_members_only_shows_visitors_the_door(look, cast):
    site.change({"reading": "members"})
    assert look("夜跑").status_code == 401
    with pytest.raises(SignInNeeded):
        search_for(GUEST, Question("夜跑"))


# ---- pages --------------------------------------------------------------------------------------------------


@pytest.fixture
def many(cast):
    for number in range(LIMITS["page_search"] + 5):
        write_post(cast.lin.actor, cast.running.id, PostDraft(f"晨雾 {number}", "桥边"), key=f"k{number}")


def test_older_finds_follow_without_a_gap_or_a_double(look, many):
    first = look("晨雾", kind="post").text
    older = re.search(r'class="btn quiet" href="([^"]+)"', first)[1].replace("&amp;", "&")
    before = re.search(r"before=(\d+)", older)[1]
    second = look("晨雾", kind="post", before=before).text
    found = titles(first) + titles(second)
    assert found == [f"晨雾 {number}" for number in reversed(range(LIMITS["page_search"] + 5))]
    assert 'class="pager"' not in second and "Back to the newest" in second


def test_a_word_that_everybody_uses_finds_what_friends_said_with_it(cast, monkeypatch, look, as_):
    """However much others wrote since, the page is full, or says that this is all."""
    monkeypatch.setattr(search, "BATCH", 2)
    befriend(cast.lin, cast.may)
    said = [show(cast.lin.actor, f"今天 {number}") for number in range(7)]
    show(cast.lin.actor, "别的")
    jobs.run_due()
    strangers(cast.ning, "今天", 3 * sum(search.STEPS) * search.BATCH)
    first = search.find(cast.may.actor, "moment", "今天", limit=4)
    second = search.find(cast.may.actor, "moment", "今天", before=first.older, limit=4)
    assert first.ids + second.ids == said[::-1] and second.older is None
    assert search.find(cast.che.actor, "moment", "今天") == search.Found([], None), "who has no friends is at the end"
    assert "pager" not in look("今天", browser=as_("may"), kind="moment").text


def strangers(author, body, count):
    """So many moments of somebody, past the actions."""
    first = Moment.select(fn.MAX(Moment.id)).scalar() + 1
    ids = range(first, first + count)
    facts = {"author": author.id, "audience": "friends", "created_at": clock.now()}
    Moment.insert_many([{"id": id_, **facts} for id_ in ids]).execute()
    words = search.document("moment", body)
    SearchDoc.insert_many([{"kind": "moment", "subject_id": id_, "tokens": words} for id_ in ids]).execute()


@settings(deadline=None, max_examples=60)
@given(st.text("今天晴abcd é-1", max_size=24), st.text("今天abcd é-1", max_size=8))
def test_a_text_holds_what_the_index_finds(text, query):
    index = sqlite3.connect(":memory:")
    index.execute("CREATE VIRTUAL TABLE t USING fts5(words, tokenize='unicode61 remove_diacritics 0')")
    words, wanted = " ".join(tokens(text)), match_expression(query)
    index.execute("INSERT INTO t VALUES (?)", (words,))
    found = wanted is not None and bool(index.execute("SELECT 1 FROM t WHERE t MATCH ?", (wanted,)).fetchall())
    index.close()
    assert holds(words, query) == found


def test_htmx_gets_older_rows_and_the_next_pager_only(look, many):
    before = re.search(r"before=(\d+)", look("晨雾").text)[1]
    rows = look("晨雾", htmx="older", before=before).text
    assert len(titles(rows)) == 5 and "<html" not in rows and "<ul" not in rows


def test_while_typing_only_the_results_change(look, cast):
    page = look("夜跑", htmx="results").text
    assert page.lstrip().startswith('<div id="results"') and "<html" not in page


def test_a_kind_keeps_to_itself(look, cast):
    page = look("夜跑", kind="circle").text
    assert titles(page) == [cast.running.name] and 'aria-current="page">Circles' in page


@pytest.mark.parametrize("by", ["slug", "id"])
def test_a_circle_can_be_searched_by_itself(look, cast, by):
    other = found_circle(cast.may.actor, CircleDraft("晨跑", "morning-run", "早起", "sport", "public", "open"))
    write_post(cast.may.actor, other.id, PostDraft("滨江晨跑", "六点"))
    page = look("滨江", circle=getattr(cast.running, by)).text
    assert titles(page) == ["周三夜跑"] and cast.running.name in page and 'name="circle"' in page


def test_a_hidden_circle_is_no_scope_for_strangers(look, cast):
    page = look("胶卷", circle=cast.darkroom.slug).text
    assert cast.darkroom.name not in page and titles(page) == []


def test_nothing_found_says_what_to_try(look, cast):
    page = look("毫无踪迹").text
    assert "“毫无踪迹”" in page and "Try fewer words" in page


def test_before_a_word_is_typed_nothing_is_asked(look, cast):
    assert "What are you looking for?" in look("   ").text


@pytest.mark.parametrize(
    "query",
    ['"', "a OR b", "NEAR(夜 跑)", "夜跑*", "-夜", "tokens:x", "\x00\u202e", "'; DROP TABLE post; --", "<script>",
     "夜" * 5000, "()"],
)
def test_no_query_breaks_it(look, cast, query):
    response = look(query)
    assert response.status_code == 200 and "<script>" not in response.text.partition("</head>")[2]


@pytest.mark.parametrize(
    "argument", [{"before": "-1"}, {"before": "x"}, {"before": "9" * 40}, {"kind": "secret"}, {"circle": "²"}]
)
def test_odd_addresses_are_taken_for_plain_ones(look, cast, argument):
    assert look("夜跑", **argument).status_code == 200


def test_searching_without_end_is_slowed_down(look, cast):
    clock.shift(-clock.now() % clock.MINUTE)  # a new minute begins, in which all of it happens
    for _ in range(RATES["search.address"].hits):
        look("")
    assert look("").status_code == 429


# ---- marks --------------------------------------------------------------------------------------------------


def test_what_was_looked_for_is_marked_and_nothing_else_is_markup(look, cast):
    write_post(cast.lin.actor, cast.running.id, PostDraft("<b>夜跑</b> & co", "x"))
    page = look("夜跑", kind="post").text
    assert "&lt;b&gt;<mark>夜跑</mark>&lt;/b&gt; &amp; co" in page


@pytest.mark.parametrize(
    ("text", "query", "found"),
    [
        ("今晚夜跑吗", "夜跑", ["夜跑"]),
        ("Café CAFE cafés", "cafe ", ["Café", "CAFE"]),
        ("夜夜夜", "夜夜", ["夜夜"]),
        ("江边夜跑", "边夜 夜跑", ["边夜跑"]),
        ("１２３ abc", "123", ["１２３"]),
        ("running", "run ", []),
        ("running", "run", ["running"]),
        ("anything", "", []),
    ],
)
def test_words_are_marked_as_they_are_found(text, query, found):
    assert [text[first:last] for first, last in spans(text, query)] == found


@given(st.text(max_size=80), st.text(max_size=12), st.integers(0, 60))
def test_a_passage_is_the_text_itself(text, query, length):
    pieces = passage(text, query, length)
    shown = "".join(part for part, _ in pieces)
    assert shown == text if not length or length >= len(text) else shown.strip("…") in text
    assert all(part for part, _ in pieces)


def test_a_long_text_shows_the_place_that_was_found():
    text = "零" * 400 + "夜跑" + "一" * 400
    pieces = passage(text, "夜跑", 60)
    assert ("夜跑", True) in pieces and pieces[0] == ("…", False) and sum(len(part) for part, _ in pieces) <= 62
