"""Cutting Chinese and English into words that the index and the query agree on."""

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.tokens import match_expression, passage, tokens, tsquery
from tests.effort import effort


def test_chinese_becomes_overlapping_pairs_and_words_lower_case():
    assert tokens("我爱北京，iPhone手机") == ["我爱", "爱北", "北京", "iphone", "手机"]
    assert tokens("的") == ["的"]
    assert tokens("ＡＢＣ Café été Straße") == ["abc", "cafe", "ete", "strasse"]
    assert tokens("がっこう 한국어 हिन्दी") == ["がっ", "っこ", "こう", "한국", "국어", "हिन्दी"]
    assert tokens(" ，。… 🙂 \n") == []


def test_short_fields_can_also_be_found_by_one_character():
    assert tokens("北京 hi", singles=True) == ["北京", "hi", "京", "北"]


def test_a_word_is_never_longer_than_the_index_likes():
    assert tokens("x" * 5000) == ["x" * 64]
    assert match_expression("x" * 100) == '"' + "x" * 64 + '"'


def test_a_query_is_phrases_that_are_all_wanted():
    assert match_expression("北京大学 Hall ") == '"北京 京大 大学" AND "hall"'
    assert tsquery("北京大学 Hall ") == "('北京' <-> '京大' <-> '大学') & ('hall')"
    assert match_expression("北京 北京") == '"北京"'
    for nothing in ("", "  ", "？！", '"*^:()', "\ue000post \ue0011"[:1]):
        assert match_expression(nothing) is None
        assert tsquery(nothing) is None


def test_a_query_of_a_thousand_words_asks_for_a_few():
    assert (match_expression(" ".join(map(str, range(100)))) or "").count("AND") < 20
    assert match_expression("圈" * 100_000) is not None


@pytest.fixture
def index():
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE words USING fts5(body)")
    yield database
    database.close()


def found(index, query):
    return [row[0] for row in index.execute("SELECT rowid FROM words WHERE words MATCH ?", (query,))]


def test_two_characters_are_found_inside_a_sentence(index):
    sentences = ["昨天我们去了北京，天气很好", "上海的经济发展很快", "北方的京剧", "The Cafés of Paris"]
    for sentence in sentences:
        index.execute("INSERT INTO words VALUES (?)", (" ".join(tokens(sentence)),))
    assert found(index, match_expression("北京")) == [1]
    assert found(index, match_expression("经济发展")) == [2]
    assert found(index, match_expression("京剧 北方")) == [3]
    assert found(index, match_expression("cafes PARIS")) == [4]
    assert found(index, match_expression("经济 北京")) == []


HOSTILE = st.text(st.sampled_from("北京的a1 \"'*^:(){}+-,.<>&|!\\/%;\x00\ue000\u0301ß_ANDORT"), max_size=40)


@settings(max_examples=150, deadline=None, database=None)
@given(HOSTILE)
def test_no_query_breaks_out_of_its_quotes(text):
    index = sqlite3.connect(":memory:")
    index.execute("CREATE VIRTUAL TABLE words USING fts5(body)")
    index.execute("INSERT INTO words VALUES (?)", (" ".join(tokens(text)),))
    expression = match_expression(text)
    if expression is not None:
        assert found(index, expression) == [1]
        assert not set("\ue000\\%;").intersection(expression)
        assert "''" not in (tsquery(text) or "")
    index.close()


@pytest.mark.parametrize("piece", ["\u0316\u0301", "圈子", "\ufdfa", "\uff9e\u0316", "a\u0301"])
def test_twenty_kilobytes_of_anything_are_quick(piece):
    assert effort(lambda: tokens(piece * (20_000 // len(piece.encode())))) < 50


def test_the_word_at_the_end_may_still_be_being_typed():
    assert match_expression("film cam") == '"film" AND "cam" *'
    assert tsquery("film cam") == "('film') & ('cam':*)"
    assert passage("Old cameras and film", "film cam") == [
        ("Old ", False), ("cameras", True), (" and ", False), ("film", True),
    ]  # fmt: skip


@pytest.mark.parametrize("query", ["film ", "fi", "film。", "江边"])
def test_a_finished_or_very_short_word_is_whole(query):
    assert "*" not in match_expression(query)
