"""Which names people may have, and which are taken for one another."""


import pytest

from core.names import display_name_problem, name_problem, name_skeleton
from tests.effort import effort


@pytest.mark.parametrize("name", ["anna", "demo-member", "li_wei", "小明明", "wang小二", "a" * 30, "2024"])
def test_usernames_that_may_be_had(name):
    assert name_problem(name) is None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("ab", "shape"),
        ("a" * 31, "shape"),
        ("a" * 1_000_000, "shape"),
        ("", "shape"),
        ("two words", "shape"),
        ("Anna", "shape"),
        ("-anna", "shape"),
        ("anna_", "shape"),
        ("anna/../", "shape"),
        ("anna@home", "shape"),
        ("иван", "shape"),
        ("аdmin", "script"),
        ("αlice", "script"),
        ("ｂｏｂｂｙ", "compat"),
        ("𝒶𝓃𝓃𝒶", "compat"),
        ("ﬁona", "compat"),
        ("re\u0301my", "compat"),
        ("ann\u200ba", "control"),
        ("ann\u202ea", "control"),
        ("ann\x00a", "control"),
        ("anna\n", "control"),
        ("ann\ue000a", "control"),
    ],
)
def test_usernames_that_may_not_and_why(name, code):
    assert name_problem(name) == code


@pytest.mark.parametrize(
    "names",
    [
        ("admin", "admln", "adm1n", "ad_min", "a-d-m-i-n"),
        ("modern", "rnodern", "m0dem"),
        ("vvendy", "wendy"),
        ("小曰", "小日"),
        ("ivan", "Іvan", "1van"),
        ("anna", "ANNA", "аnnа", "ánna", "a nna", "ａｎｎａ"),
    ],
)
def test_names_that_look_alike_share_a_skeleton(names):
    assert len({name_skeleton(name) for name in names}) == 1


def test_different_names_have_different_skeletons():
    names = ["anna", "anne", "hanna", "小明", "小红", "bob", "bob2", "demo-admin", "demo-operator"]
    assert len({name_skeleton(name) for name in names}) == len(names)


def test_a_skeleton_of_a_skeleton_is_the_same():
    for name in ("modern_vvay", "Иванов", "1lI|i", "rrnn", "vvv"):
        assert name_skeleton(name_skeleton(name)) == name_skeleton(name)


@pytest.mark.parametrize(
    "name",
    ["王小明", "小明（北京）", "Anna O'Neil", "Иван", "Ελένη", "👩🏽\u200d🚀 小红", "José 🇪🇸", "ไทย"],
)
def test_display_names_in_any_script_with_emoji(name):
    assert display_name_problem(name) is None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "shape"),
        (" \u3000 ", "shape"),
        ("名" * 41, "shape"),
        ("Adm\u0456n", "script"),
        ("Ρaul", "script"),
        ("Ꭺdmin", "script"),
        ("ad\u200bmin", "control"),
        ("\u202enimda", "control"),
        ("a\u200db", "control"),
        ("\u3164\u3164", "control"),
        ("line\nbreak", "control"),
        ("Z\u0316\u0301\u0316\u0301", "combining"),
        ("\u0301abc", "combining"),
        ("Ａｄｍｉｎ", "compat"),
        ("𝓐𝓭𝓶𝓲𝓷", "compat"),
    ],
)
def test_display_names_that_hide_or_pretend(name, code):
    assert display_name_problem(name) == code


def test_long_nonsense_is_answered_quickly():
    long = "a" + "\u0316\u0301" * 200_000
    assert effort(lambda: [check(long) for check in (name_problem, display_name_problem, name_skeleton)]) < 50
