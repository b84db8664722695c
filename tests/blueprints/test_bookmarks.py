"""Bookmarks: for oneself, with a note; what is not there any more says nothing of itself."""

import re

import pytest

from blueprints.circles import bookmarks, joining, posting, sanctions
from core import personal
from core.errors import Denied, Gone
from core.limits import LIMITS
from models import Bookmark
from tests.blueprints.circle_stories import counted, write

CIRCLE = "/circles/night-run"


def numbers(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'id="kept-(\d+)"', page)]


def test_a_post_is_kept_and_let_go_from_beneath_it(as_, post, cast):
    mine = cast.post_in(cast.running)
    may, url = as_("may"), f"{CIRCLE}/posts/{mine.id}/keep"
    for on, pressed in (("1", "true"), ("1", "true"), ("0", "false"), ("0", "false")):
        answer = post(may, url, {"on": on}, htmx=f"post-{mine.id}-tools")
        button = re.search(rf'<button[^>]*id="post-{mine.id}-keep"[^>]*>', answer.text)[0]
        assert f'aria-pressed="{pressed}"' in button
        assert Bookmark.select().count() == (pressed == "true")
    assert post(may, url, {"on": "1"}).status_code == 303
    assert post(may, url, {}).status_code == 422
    assert numbers(may.get("/me/bookmarks").text) == [mine.id]
    assert 'href="/me/bookmarks"' in may.get("/me").text


def test_fifty_times_at_once_is_one_bookmark(cast, in_threads):
    mine = cast.post_in(cast.running)
    in_threads(50, lambda number: bookmarks.keep(cast.may.actor, cast.running.id, mine.id, f"第{number}次"))
    assert Bookmark.select().count() == 1


def test_a_note_is_written_changed_and_limited(as_, post, cast):
    mine, may = cast.post_in(cast.running), as_("may")
    form = may.get(f"{CIRCLE}/posts/{mine.id}/keep")
    assert form.status_code == 200 and 'name="note"' in form.text
    post(may, f"{CIRCLE}/posts/{mine.id}/keep", {"on": "1", "note": "周末看"})
    assert "周末看" in may.get("/me/bookmarks").text
    post(may, f"{CIRCLE}/posts/{mine.id}/keep", {"on": "1"})
    assert Bookmark.get().note == "周末看", "keeping it again does not lose the note"
    assert post(may, f"/me/bookmarks/{mine.id}/note", {"note": "下周看"}).status_code == 303
    assert Bookmark.get().note == "下周看"
    long = "长" * (LIMITS["bookmark_note"] + 1)
    for url, data in ((f"/me/bookmarks/{mine.id}/note", {}), (f"{CIRCLE}/posts/{mine.id}/keep", {"on": "1"})):
        answer = post(may, url, data | {"note": long})
        assert answer.status_code == 422 and long in answer.text and "field-error" in answer.text
    assert Bookmark.get().note == "下周看"
    assert post(as_("lin"), f"/me/bookmarks/{mine.id}/note", {"note": "x"}).status_code == 404


def test_a_note_is_text(as_, cast):
    bookmarks.keep(cast.may.actor, cast.running.id, cast.post_in(cast.running).id, "<script>alert(1)</script>")
    assert "<script>alert" not in as_("may").get("/me/bookmarks").text


def test_everybody_sees_their_own_only(as_, cast):
    bookmarks.keep(cast.may.actor, cast.running.id, cast.post_in(cast.running).id, "我的")
    assert numbers(as_("lin").get("/me/bookmarks").text) == [] and "我的" not in as_("lin").get("/me/bookmarks").text


def test_latest_first_in_pages(as_, cast, monkeypatch):
    monkeypatch.setitem(LIMITS, "page_posts", 3)
    some = [write(cast.lin.actor, cast.running.id, f"第{number}篇") for number in range(8)]
    for place, each in enumerate(some):
        bookmarks.keep(cast.may.actor, cast.running.id, each.id)
        Bookmark.update(kept_at=5 + place // 2).where(Bookmark.post == each.id).execute()
    may, seen, at = as_("may"), [], "/me/bookmarks"
    while at:
        page = may.get(at).text
        seen += numbers(page)
        older = re.search(r'<a class="btn quiet" href="([^"]+)" rel="next"', page)
        at = older[1].replace("&amp;", "&") if older else ""
    assert seen == sorted((each.id for each in some), reverse=True)


@pytest.mark.parametrize("way", ["deleted", "removed", "left"])
def test_what_is_no_longer_there_says_nothing_of_itself_and_can_be_removed(as_, post, cast, way):
    """Neither words nor author, circle or address."""
    if way == "deleted":
        circle, mine = cast.running, write(cast.lin.actor, cast.running.id, "秘密的话", "秘密的题")
    else:
        circle, mine = cast.darkroom, write(cast.che.actor, cast.darkroom.id, "秘密的话", "秘密的题")
    bookmarks.keep(cast.lin.actor, circle.id, mine.id, "我的笔记")
    if way == "deleted":
        posting.delete_post(cast.may.actor, circle.id, mine.id)
    elif way == "removed":
        sanctions.remove(cast.che.actor, circle.id, cast.lin.id)
    else:
        joining.leave(cast.lin.actor, circle.id)
    lin = as_("lin")
    page = lin.get("/me/bookmarks").text
    row = page[page.index(f'id="kept-{mine.id}"') :].partition("</li>")[0]
    assert "我的笔记" in row
    assert not re.search(f"秘密|{circle.name}|/circles/|阿澈|林间", row)
    assert post(lin, f"/me/bookmarks/{mine.id}/remove", {}, htmx=f"kept-{mine.id}").status_code == 200
    assert numbers(lin.get("/me/bookmarks").text) == []


def test_what_one_may_not_read_one_does_not_keep(cast):
    with pytest.raises(Gone):
        bookmarks.keep(cast.ning.actor, cast.darkroom.id, cast.post_in(cast.darkroom).id)
    with pytest.raises(Gone):
        bookmarks.keep(cast.ning.actor, cast.desk.id, cast.post_in(cast.desk).id)
    bookmarks.keep(cast.ning.actor, cast.running.id, cast.post_in(cast.running).id)
    with pytest.raises(Denied):
        bookmarks.keep(cast.leaving.actor, cast.running.id, cast.post_in(cast.running).id)


def test_the_page_costs_the_same_for_five_and_for_twenty(as_, cast):
    some, may, costs = [write(cast.lin.actor, cast.running.id, f"第{n}篇") for n in range(20)], as_("may"), []
    for upto in (5, 20):
        for each in some[:upto]:
            bookmarks.keep(cast.may.actor, cast.running.id, each.id)
        may.get("/me/bookmarks")
        with counted() as seen:
            may.get("/me/bookmarks")
        costs.append(len(seen))
    assert costs[0] == costs[1]


def test_they_are_in_ones_copy_and_go_with_the_member(cast):
    mine = cast.post_in(cast.running)
    bookmarks.keep(cast.may.actor, cast.running.id, mine.id, "周末看")
    held = next(content for name, content, _ in personal.copies(cast.may.id) if name == "circles")
    assert [(row["post"], row["note"]) for row in held["bookmarks"]] == [(mine.id, "周末看")]
    personal.erase(cast.may.id, keeps_words=False)
    assert not Bookmark.select().count()
