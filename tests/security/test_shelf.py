"""Rendered regions that are kept (core/fragments.py) take a bounded part of the memory, whatever people write."""

import pytest

from core import fragments
from tests.blueprints.circle_stories import write


def on_the_shelf():
    return sum(len(html) for html, _ in fragments._kept.values())


@pytest.fixture
def small_shelf(monkeypatch):
    monkeypatch.setattr(fragments, "MOST_CHARS", 60_000)


def test_long_posts_push_each_other_out(as_, cast, small_shelf):
    for number in range(12):
        write(cast.lin.actor, cast.running.id, f"{number} " + "很长的一段话。" * 900)
    browser = as_("ning")
    for _ in range(2):
        page = browser.get("/circles/night-run").text
        assert page.count("很长的一段话") > 10_000, "every post is shown, kept or not"
        assert on_the_shelf() == fragments._chars <= 60_000


def test_a_region_larger_than_the_shelf_is_shown_and_not_kept(as_, cast, monkeypatch):
    monkeypatch.setattr(fragments, "MOST_CHARS", 10)
    assert "周三夜跑" in as_("ning").get("/circles/night-run").text
    assert on_the_shelf() == fragments._chars == 0


def test_many_hands_count_right(app, cast, in_threads):
    def read(place):
        browser = app.test_client()
        for _ in range(3):
            assert browser.get("/circles/night-run", headers={"Accept-Language": "en"}).status_code == 200

    fragments.forget()
    in_threads(8, read)
    assert on_the_shelf() == fragments._chars > 0
