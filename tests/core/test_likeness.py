"""Texts that read alike become alike, quickly, whatever is sent."""


import pytest

from core.likeness import MOST_CHARS, bones, find, fold
from tests.effort import effort


@pytest.mark.parametrize(
    "written",
    [
        "赌博", "賭博", "賭 博", "赌\u200b博", "赌\u200d博", "赌。博", "赌*_*博", "赌\n博", "赌🎲博",
        "今天賭\u3000博去", "赌\u2060博", "\u202e赌\u2069博", "赌\ufe0f博",
    ],
)  # fmt: skip
def test_a_chinese_word_is_met_however_it_is_written(written):
    assert find(fold(written), ["赌博"]) == ["赌博"]


@pytest.mark.parametrize(
    "written",
    [
        "spam", "SPAM", "ｓｐａｍ", "Ｓｐａｍ！", "s p a m", "s.p.a.m", "ѕраm", "spám", "sp\u00adam", "买spam吗",
        "𝓼𝓹𝓪𝓶",
    ],
)
def test_a_latin_word_is_met_however_it_is_written(written):
    assert find(fold(written), ["spam"]) == ["spam"]


@pytest.mark.parametrize("innocent", ["spammer", "antispam", "spa m", "博赌", "赌 x 博", "", "сор"])
def test_what_only_looks_near_it_is_left_alone(innocent):
    assert find(fold(innocent), ["spam", "赌博", "cop"]) == []


def test_words_of_both_scripts_and_of_several_words_are_found():
    assert find(fold("想要就 加 Ｖ 信 吧"), [fold("加V信")]) == ["加v信"]
    assert find(fold("Buy -- now, friends"), [fold("buy now")]) == ["buy now"]
    assert find(fold("請加LINE：abc"), [fold("line")]) == ["line"]


def test_words_are_found_in_their_order_each_once():
    assert find(fold("賭博 spam 賭博 spam"), ["spam", "没有", "赌博"]) == ["spam", "赌博"]


@pytest.mark.parametrize("text", ["賭ｂｏ 博！", "s p a m", "Ѕpаm", "か\u3099き", "ﷺ", "a\u0301\u0302", "臺灣ＡＢ c d"])
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


def test_the_same_said_with_other_marks_has_the_same_bones():
    assert bones("**七點半**，濱江路口。") == bones("七点半 滨江路口！！") != bones("八点半 滨江路口")


@pytest.mark.parametrize("part", ["賭\u200d博 ", "ﷺ", "a\u0301", "s p a m ", "賭", "x", "\u0300", "Ａ"])
def test_the_longest_post_of_anything_is_quick(part):
    text = part * (20_480 // len(part.encode()))
    words = [f"词{number}" for number in range(150)] + ["x" * number + "y" for number in range(1, 50)]
    assert effort(lambda: find(fold(f"{text}\n{text}"), words)) < 40


def test_what_lies_beyond_the_longest_text_costs_nothing():
    assert len(fold("賭" * 10 * MOST_CHARS)) == MOST_CHARS
