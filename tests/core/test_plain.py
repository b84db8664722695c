"""What is taken out of people's text before it is kept, and what must not be."""


import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.plain import calm, clean_body, clean_line
from tests.effort import effort

FAMILY = "👨\u200d👩\u200d👧"
EMOJI = [FAMILY, "1\ufe0f\u20e3", "❤\ufe0f\u200d🔥", "👩🏽\u200d🚀", "🏳\ufe0f\u200d🌈", "🇨🇳"]
WALES = "🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"


@pytest.mark.parametrize("emoji", [*EMOJI, WALES])
def test_emoji_made_of_several_characters_stay_whole(emoji):
    assert clean_line(f"全家 {emoji}") == f"全家 {emoji}"
    assert clean_body(f"全家 {emoji}\n好") == f"全家 {emoji}\n好"


@pytest.mark.parametrize(
    "title",
    [
        *("", "   ", "\u3000\u3000", "\u200b\u200b", "\u2060\ufeff", "\u3164\u115f", "\u2800"),
        *("\u200d", "\ufe0f", "\u202e\u202c", "\n\t\r", "\x00\x07", "\U000e0041\U000e0042"),
    ],
)
def test_a_title_that_shows_nothing_is_empty(title):
    assert clean_line(title) == ""


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  两个   空格\n换行 ", "两个 空格 换行"),
        ("e\u0301te\u0301", "été"),
        ("gpj.\u202etxt", "gpj.txt"),
        ("ad\u200bmin", "admin"),
        ("soft\u00adhyphen", "softhyphen"),
        ("a\u200db", "ab"),
        ("hidden\U000e0068\U000e0069", "hidden"),
        ("nul\x00l", "null"),
        ("half\ud83d", "half"),
    ],
)
def test_a_line_keeps_what_can_be_seen(typed, kept):
    assert clean_line(typed) == kept


def test_a_body_keeps_its_lines_and_loses_what_turns_the_page_around():
    assert clean_body("一\r\n二\r三\u2028四\t五") == "一\n二\n三\n四\t五"
    assert clean_body("\u202eevil\u202c \u2066x\u2069 \x1b[0m \ufeff") == "evil x [0m "
    assert clean_body("می\u200cخواهم") == "می\u200cخواهم"


def test_towers_of_marks_are_cut_and_ordinary_marks_are_not():
    assert len(clean_line("Z" + "\u0316\u0301" * 500)) < 12
    assert clean_line("ภาษาไทย हिन्दी בְּרֵאשִׁית") == clean_body("ภาษาไทย हिन्दी בְּרֵאשִׁית")
    assert calm("ที่นี่") == "ที่นี่"


@pytest.mark.parametrize("piece", ["\u0316\u0301", "\uff9e\u0316", "\u200d\ufe0f", "\x00 "])
def test_half_a_megabyte_of_the_worst_is_quick(piece):
    text = piece * (500_000 // len(piece))
    assert effort(lambda: (clean_line(text), clean_body(text))) < 300


AWKWARD = "a 1é\u0301\u200d\ufe0f👩🏴\U000e0067\U000e007f\u202e\x00\n圈\u3164\uff9e\u0f73"


@settings(max_examples=150, deadline=None, database=None)
@given(st.text(st.sampled_from(AWKWARD), max_size=30))
def test_cleaning_twice_changes_nothing_more(text):
    assert clean_line(clean_line(text)) == clean_line(text)
    assert clean_body(clean_body(text)) == clean_body(text)
