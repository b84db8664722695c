"""What is announced is heard: inside the transaction, or after it."""

import logging
from collections import defaultdict
from dataclasses import FrozenInstanceError, dataclass

import pytest

from core import signals
from core.db import atomic
from core.signals import Event, announce, listen


@dataclass(frozen=True)
class LampLit(Event):
    room: str


@dataclass(frozen=True)
class LampBroken(LampLit):
    pass


class Mishap(Exception):
    pass


@pytest.fixture(autouse=True)
def own_listeners(app, monkeypatch):
    monkeypatch.setattr(signals, "_inside", defaultdict(list))
    monkeypatch.setattr(signals, "_after", defaultdict(list))


def test_a_listener_hears_what_it_asked_for_and_nothing_else():
    heard = []
    listen(LampLit)(heard.append)
    announce(LampLit("hall"))
    announce(LampBroken("hall"))
    assert heard == [LampLit("hall")]


def test_inside_listeners_run_at_once_and_those_after_wait_for_the_commit():
    heard = []
    listen(LampLit)(lambda event: heard.append("inside"))
    listen(LampLit, after=True)(lambda event: heard.append("after"))
    with atomic():
        announce(LampLit("hall"))
        heard.append("acting")
    assert heard == ["inside", "acting", "after"]


def test_a_listener_inside_that_raises_undoes_the_act():
    def breaks(event):
        raise Mishap

    listen(LampLit)(breaks)
    with pytest.raises(Mishap), atomic():
        announce(LampLit("hall"))


def test_what_was_undone_is_not_heard_of():
    heard = []
    listen(LampLit, after=True)(heard.append)
    with pytest.raises(Mishap), atomic():
        announce(LampLit("hall"))
        raise Mishap
    assert heard == []


def test_a_listener_after_that_raises_is_logged_and_the_next_still_hears(caplog):
    heard = []

    def breaks(event):
        raise Mishap

    listen(LampLit, after=True)(breaks)
    listen(LampLit, after=True)(heard.append)
    with caplog.at_level(logging.ERROR), atomic():
        announce(LampLit("hall"))
    assert heard == [LampLit("hall")] and "Mishap" in caplog.text


def test_each_of_two_announcements_is_heard_with_its_own_event():
    heard = []
    listen(LampLit, after=True)(heard.append)
    with atomic():
        announce(LampLit("hall"))
        announce(LampLit("attic"))
    assert heard == [LampLit("hall"), LampLit("attic")]


def test_listening_twice_is_hearing_once():
    heard = []
    hear = heard.append
    listen(LampLit)(hear)
    listen(LampLit)(hear)
    announce(LampLit("hall"))
    assert len(heard) == 1
    assert signals.heard() == {"LampLit": 1}


def test_an_event_cannot_be_changed_on_its_way():
    with pytest.raises(FrozenInstanceError):
        LampLit("hall").room = "attic"
