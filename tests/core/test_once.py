"""The same key again: the first one's answer, and nothing is made twice."""

import pytest

from core import clock, once
from core.errors import Conflict, Invalid
from models import Once, RateCount

pytestmark = pytest.mark.usefixtures("app")


class Maker:
    def __init__(self) -> None:
        self.made = 0

    def __call__(self) -> int:
        self.made += 1
        RateCount.create(key=f"thing {self.made}", window_at=self.made)
        return self.made


def test_the_second_time_finds_the_first_ones_answer():
    make = Maker()
    assert once.once("member:1", "k", "post", ["hello"], make) == (1, True)
    assert once.once("member:1", "k", "post", ["hello"], make) == (1, False)
    assert make.made == 1


def test_the_same_key_is_another_one_for_another_person():
    make = Maker()
    once.once("member:1", "k", "post", ["hello"], make)
    assert once.once("member:2", "k", "post", ["hello"], make) == (2, True)


def test_the_same_key_for_other_content_is_a_conflict_that_names_what_was_made():
    make = Maker()
    once.once("member:1", "k", "post", ["hello"], make)
    with pytest.raises(Conflict) as refusal:
        once.once("member:1", "k", "post", ["hello again"], make)
    assert refusal.value.code == "key_reused" and refusal.value.facts["result"] == 1
    with pytest.raises(Conflict):
        once.once("member:1", "k", "comment", ["hello"], make)
    assert make.made == 1


def test_without_a_key_there_is_no_memory():
    make = Maker()
    assert once.once("member:1", "", "post", ["hello"], make) == (1, True)
    assert once.once("member:1", "", "post", ["hello"], make) == (2, True)


def test_a_key_that_is_too_long_is_refused():
    with pytest.raises(Invalid) as refusal:
        once.once("member:1", "k" * 65, "post", [], Maker())
    assert refusal.value.field == "key"


def test_what_failed_may_be_tried_again_with_the_same_key():
    def breaks() -> int:
        RateCount.create(key="half", window_at=0)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        once.once("member:1", "k", "post", ["hello"], breaks)
    assert RateCount.select().count() == 0
    assert once.once("member:1", "k", "post", ["hello"], Maker()) == (1, True)


def test_fifty_at_once_make_one(in_threads):
    make, answers = Maker(), []
    in_threads(50, lambda _number: answers.append(once.once("member:1", "k", "post", ["hello"], make)))
    assert len(answers) == 50
    assert {id_ for id_, _ in answers} == {1}
    assert [now for _, now in answers].count(True) == 1
    assert make.made == 1 and RateCount.select().count() == 1


def test_a_key_of_what_must_never_happen_again_is_kept():
    make = Maker()
    once.once("member:1", "k", "pay", [], make, for_ever=True)
    clock.shift(100 * once.KEPT_MS)
    assert once.sweep() == 0
    assert once.once("member:1", "k", "pay", [], make, for_ever=True) == (1, False)


def test_old_keys_are_swept():
    once.once("member:1", "old", "post", [], Maker())
    clock.shift(once.KEPT_MS + clock.MINUTE)
    once.once("member:1", "new", "post", [], lambda: 7)
    assert once.sweep() == 1
    assert [row.key for row in Once.select()] == ["new"]
