"""Everybody may read what a post said before, so no text makes that page slow."""

import random

import pytest

from blueprints.circles.differences import difference
from tests.effort import effort

DICE = random.Random(7)
SLOWEST = 100  # counts to a million


def lines(signs, length, count):
    """Lines that stay, and between them such as differ in every sign."""
    return "\n".join(f"== {row}\n{''.join(DICE.choice(signs) for _ in range(length))}" for row in range(count))


SLOW = [("..!", 590, 34), ("人口", 180, 34), ("a ", 590, 34), (".!", 40, 400), ("a b", 18, 499)]


@pytest.mark.parametrize(("signs", "length", "count"), SLOW)
def test_a_text_made_to_be_compared_slowly_is_shown_as_replaced(signs, length, count):
    before, after = (lines(signs, length, count)[:20_000] for _ in "12")
    parts = []
    assert effort(lambda: parts.extend(difference(before, after))) < SLOWEST
    assert "".join(part.text for part in parts if part.kind != "added") == before
    assert "".join(part.text for part in parts if part.kind != "removed") == after


def test_a_page_of_prose_is_still_compared_word_by_word():
    words = ["".join(DICE.choice("abcdefgh") for _ in range(5)) for _ in range(280)]
    parts = difference(" ".join(words), " ".join([*words[:100], "other", *words[101:]]))
    assert [part.text for part in parts if part.kind == "added"] == ["other"]
