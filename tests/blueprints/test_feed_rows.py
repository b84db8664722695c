"""The rows of a page: what is alike in all of them is rendered once, and still is each row's own."""

import re

import pytest

from blueprints.feed import commenting, reacting
from core import fragments, jobs
from tests.blueprints.moment_stories import befriend, show


@pytest.fixture
def page(cast, as_):
    """Two posts of two friends, one of which the reader likes."""
    befriend(cast.may, cast.lin, cast.che)
    moments = {name: show(getattr(cast, name).actor) for name in ("lin", "che")}
    jobs.run_due()
    reacting.react(cast.may.actor, moments["lin"], True, 0)
    commenting.write_comment(cast.may.actor, moments["che"], "好看")
    return moments, as_("may").get("/feed").text


def row(page, moment):
    return re.search(rf'<article class="post moment" id="moment-{moment}".*?(?=<article class="post moment"|</main>)',
                     page, re.DOTALL)[0]  # fmt: skip


def test_each_row_has_ways_of_its_own(page, cast):
    moments, text = page
    assert str(fragments.ANY_NUMBER) not in text
    for name, moment in moments.items():
        shown = row(text, moment)
        author = getattr(cast, name).id
        assert set(re.findall(r"/feed/posts/(\d+)/react\b", shown)) == {str(moment)}
        assert set(re.findall(r'id="moment-(\d+)-like"', shown)) == {str(moment)}
        assert set(re.findall(r"/feed/people/(\d+)", shown)) == {str(author)}
        assert set(re.findall(r"/report/moment/(\d+)", shown)) == {str(moment)}
        assert set(re.findall(r"/tips/moment/(\d+)", shown)) == {str(moment)}
        assert set(re.findall(r'value="moment:(\d+)"', shown)) == {str(moment)}


def test_the_heart_is_pressed_where_the_reader_liked_and_nowhere_else(page):
    moments, text = page
    pressed = {
        moment: re.search(rf'id="moment-{moment}-like" aria-pressed="(\w+)"', text)[1] for moment in moments.values()
    }
    assert pressed == {moments["lin"]: "true", moments["che"]: "false"}
