"""Pins in their order, folded by each for themselves; the digest; topics."""

import re

import pytest

from blueprints.circles import arranged, arranging, erasing, posting, topics
from blueprints.circles.rooms import room
from core import personal
from core.errors import Conflict, Denied, Gone, Invalid, Refusal
from core.limits import LIMITS
from core.signals import announce
from models import Circle, DigestPost, Pin, PinFold, Post
from tests.blueprints.circle_stories import counted, write

CIRCLE = "/circles/night-run"


@pytest.fixture
def some(cast) -> list[Post]:
    """Eight posts in 夜跑."""
    return [write(cast.lin.actor, cast.running.id, f"第{number}篇") for number in range(8)]


def order(cast, who="lin") -> list[int]:
    actor = cast[who].actor
    return [row.id for row in arranged.pins(actor, room(actor, cast.running.id)) if row.folded_at is None]


def strip_of(page: str) -> str:
    found = re.search(r'<section class="pins" id="pins".*?</section>', page, re.DOTALL)
    return found[0] if found else ""


# ---- pins ---------------------------------------------------------------------------------------------------


def test_the_latest_pin_stands_first_and_can_be_moved(as_, post, cast, some):
    may = as_("may")
    for each in some[:3]:
        assert post(may, f"{CIRCLE}/posts/{each.id}/pin", {"on": "1"}).status_code == 303
    one, two, three = (each.id for each in some[:3])
    assert order(cast) == [three, two, one]
    answer = post(may, f"{CIRCLE}/posts/{one}/pin/move", {"way": "up"}, htmx="pins")
    assert answer.status_code == 200 and 'id="pins"' in answer.text
    assert order(cast) == [three, one, two]
    post(may, f"{CIRCLE}/posts/{three}/pin/move", {"way": "up"})
    post(may, f"{CIRCLE}/posts/{two}/pin/move", {"way": "down"})
    assert order(cast) == [three, one, two], "at the ends nothing changes"
    assert post(may, f"{CIRCLE}/posts/{two}/pin/move", {"way": "sideways"}).status_code == 422
    post(may, f"{CIRCLE}/posts/{three}/pin", {"on": "0"})
    assert order(cast) == [one, two]


def test_pins_are_on_top_of_the_first_page_only(as_, client, cast, some, monkeypatch):
    monkeypatch.setitem(LIMITS, "page_posts", 3)
    arranging.pin_post(cast.may.actor, cast.running.id, some[0].id)
    assert f'id="pin-{some[0].id}"' in strip_of(client.get(CIRCLE).text)
    assert f'id="pin-{some[0].id}"' not in client.get(f"{CIRCLE}?before={some[5].id}").text


def test_as_many_as_fit_and_the_form_comes_back_with_why(as_, post, cast, some):
    for each in some[: LIMITS["pins"]]:
        arranging.pin_post(cast.may.actor, cast.running.id, each.id)
    answer = post(as_("may"), f"{CIRCLE}/posts/{some[6].id}/pin", {"on": "1", "tells": "1"})
    assert answer.status_code == 409 and 'id="pin-form"' in answer.text and "checked" in answer.text
    assert len(order(cast)) == LIMITS["pins"]


def test_moderators_who_pin_at_once_never_pin_too_many(cast, in_threads):
    some = [write(cast.lin.actor, cast.running.id, f"篇{number}") for number in range(20)]
    said = []

    def pin(number: int) -> None:
        actor = (cast.may if number % 2 else cast.che).actor
        try:
            arranging.pin_post(actor, cast.running.id, some[number % 20].id)
            said.append("pinned")
        except Conflict as refusal:
            said.append(refusal.code)

    in_threads(40, pin)
    assert Pin.select().count() == LIMITS["pins"] and len(said) == 40
    positions = [row.position for row in Pin.select()]
    assert len(positions) == len(set(positions))


def test_only_moderators_pin(as_, post, cast, some):
    assert post(as_("lin"), f"{CIRCLE}/posts/{some[0].id}/pin", {"on": "1"}).status_code == 403
    assert as_("lin").get(f"{CIRCLE}/posts/{some[0].id}/pin").status_code == 403
    assert f"/posts/{some[0].id}/pin" not in as_("lin").get(CIRCLE).text
    assert f'href="{CIRCLE}/posts/{some[0].id}/pin"' in as_("may").get(CIRCLE).text


def test_telling_everyone_is_said_once_and_only_where_it_was_ticked(as_, post, cast, some, monkeypatch):
    told = []
    monkeypatch.setattr(arranging, "announce", lambda event: (told.append(event), announce(event)))
    may = as_("may")
    post(may, f"{CIRCLE}/posts/{some[0].id}/pin", {"on": "1"})
    post(may, f"{CIRCLE}/posts/{some[1].id}/pin", {"on": "1", "tells": "1"})
    post(may, f"{CIRCLE}/posts/{some[1].id}/pin", {"on": "1", "tells": "1"})
    assert [(event.post, event.tells) for event in told] == [(some[0].id, False), (some[1].id, True)]


def test_a_folded_pin_is_away_for_one_member_only(as_, post, cast, some):
    for each in some[:2]:
        arranging.pin_post(cast.may.actor, cast.running.id, each.id)
    lin, url = as_("lin"), f"{CIRCLE}/posts/{some[0].id}/fold"
    answer = post(lin, url, {"on": "1"}, htmx="pins")
    assert f'id="pin-{some[0].id}-unfold"' in answer.text and f'id="pin-{some[0].id}-fold"' not in answer.text
    assert post(lin, url, {"on": "1"}).status_code == 303, "without a script, and twice"
    assert order(cast, "lin") == [some[1].id] and order(cast, "may") == [some[1].id, some[0].id]
    assert post(as_("ning"), url, {"on": "1"}).status_code == 403
    post(lin, url, {"on": "0"})
    assert order(cast, "lin") == [some[1].id, some[0].id]


def test_guests_see_pins_and_no_way_to_act(client, cast, some):
    arranging.pin_post(cast.may.actor, cast.running.id, some[0].id)
    strip = strip_of(client.get(CIRCLE).text)
    assert f"/posts/{some[0].id}" in strip and "formaction" not in strip


def test_what_is_deleted_or_hidden_leaves_the_top(cast, some):
    from blueprints.circles.events import PostHidden
    from core.db import atomic

    for each in some[:2]:
        arranging.pin_post(cast.may.actor, cast.running.id, each.id)
    arranging.fold_pin(cast.lin.actor, cast.running.id, some[0].id, True)
    posting.delete_post(cast.may.actor, cast.running.id, some[0].id)
    with atomic():
        Post.update(hidden_at=1).where(Post.id == some[1].id).execute()
        announce(PostHidden(some[1].id, cast.running.id, True))
    assert not Pin.select().count() and not PinFold.select().count()
    with pytest.raises(Conflict, match="pin_hidden"):
        arranging.pin_post(cast.may.actor, cast.running.id, some[1].id)
    posting.undo_delete_post(cast.may.actor, cast.running.id, some[0].id)
    assert order(cast) == [], "a moderator pins it anew"


def test_a_post_of_another_circle_is_not_pinned_here(cast):
    with pytest.raises(Gone):
        arranging.pin_post(cast.che.actor, cast.running.id, cast.post_in(cast.desk).id)


def test_pins_cost_the_same_however_many_there_are(cast, some, as_):
    lin = as_("lin")
    arranging.pin_post(cast.may.actor, cast.running.id, some[0].id)
    lin.get(CIRCLE)
    with counted() as one:
        lin.get(CIRCLE)
    for each in some[1:5]:
        arranging.pin_post(cast.may.actor, cast.running.id, each.id)
    lin.get(CIRCLE)
    with counted() as many:
        lin.get(CIRCLE)
    assert len(one) == len(many)


# ---- the digest and its page --------------------------------------------------------------------------------


def test_the_digest_is_a_page_with_pins_first_and_marks_its_posts(as_, post, client, cast, some):
    may = as_("may")
    for each in (some[2], some[5]):
        assert post(may, f"{CIRCLE}/posts/{each.id}/choose", {"on": "1"}).status_code == 303
    post(may, f"{CIRCLE}/posts/{some[5].id}/choose", {"on": "1"})
    arranging.pin_post(cast.may.actor, cast.running.id, some[0].id)
    page = client.get(f"{CIRCLE}/pinned").text
    found = [int(number) for number in re.findall(r'<article class="post" id="post-(\d+)"', page)]
    assert found == [some[0].id, some[5].id, some[2].id]
    assert f"{CIRCLE}/pinned" in client.get(CIRCLE).text
    post(may, f"{CIRCLE}/posts/{some[5].id}/choose", {"on": "0"})
    assert f'id="post-{some[5].id}"' not in client.get(f"{CIRCLE}/pinned").text
    assert post(as_("lin"), f"{CIRCLE}/posts/{some[1].id}/choose", {"on": "1"}).status_code == 403
    assert post(may, f"{CIRCLE}/posts/{some[1].id}/choose", {"on": "2"}).status_code == 422


def test_the_digest_comes_in_pages(as_, cast, some, monkeypatch):
    monkeypatch.setitem(LIMITS, "page_posts", 3)
    for each in some:
        arranging.choose_post(cast.may.actor, cast.running.id, each.id, True)
    here, seen, before = room(cast.lin.actor, cast.running.id), [], None
    while True:
        page = arranged.digest(cast.lin.actor, here, before=before)
        seen += [row.id for row in page.rows]
        before = page.older
        if before is None:
            break
    assert seen == sorted((each.id for each in some), reverse=True)
    with pytest.raises(Refusal):
        arranged.digest(cast.ning.actor, room(cast.ning.actor, cast.desk.id))


def test_a_deleted_post_is_not_in_the_digest_and_is_back_when_that_is_undone(cast, some):
    arranging.choose_post(cast.may.actor, cast.running.id, some[0].id, True)
    posting.delete_post(cast.lin.actor, cast.running.id, some[0].id)
    here = room(cast.lin.actor, cast.running.id)
    assert arranged.digest(cast.lin.actor, here).rows == []
    posting.undo_delete_post(cast.lin.actor, cast.running.id, some[0].id)
    assert [row.id for row in arranged.digest(cast.lin.actor, here).rows] == [some[0].id]


# ---- topics -------------------------------------------------------------------------------------------------


@pytest.fixture
def topic(cast) -> int:
    return topics.add_topic(cast.che.actor, cast.running.id, "路线")


def test_author_and_moderators_file_a_post_under_a_topic(as_, post, client, cast, some, topic):
    url = f"{CIRCLE}/posts/{some[0].id}/topic"
    assert "路线" in as_("lin").get(url).text
    assert post(as_("lin"), url, {"topic": str(topic)}).status_code == 303
    page = client.get(f"{CIRCLE}?topic={topic}").text
    assert re.findall(r'<article class="post" id="post-(\d+)"', page) == [str(some[0].id)]
    assert f"topic={topic}" in client.get(CIRCLE).text
    assert post(as_("may"), url, {"topic": ""}).status_code == 303
    assert Post.get_by_id(some[0].id).topic_id is None
    mine = write(cast.may.actor, cast.running.id)
    assert post(as_("lin"), f"{CIRCLE}/posts/{mine.id}/topic", {"topic": str(topic)}).status_code == 403
    assert as_("lin").get(f"{CIRCLE}/posts/{mine.id}/topic").status_code == 403


def test_a_topic_of_another_circle_is_none_here(as_, post, client, cast, some, topic):
    other = topics.add_topic(cast.che.actor, cast.desk.id, "书目")
    with pytest.raises(Invalid):
        arranging.file_post(cast.lin.actor, cast.running.id, some[0].id, other)
    assert client.get(f"{CIRCLE}?topic={other}").status_code == 404
    assert client.get(f"{CIRCLE}?topic=x").status_code == 404
    assert client.get(f"{CIRCLE}/pinned?topic={other}").status_code == 404
    assert post(as_("lin"), f"{CIRCLE}/posts/{some[0].id}/topic", {"topic": "x"}).status_code == 422


def test_a_topic_comes_in_pages_and_narrows_the_digest(client, cast, some, topic, monkeypatch):
    monkeypatch.setitem(LIMITS, "page_posts", 2)
    for each in some[:5]:
        arranging.file_post(cast.lin.actor, cast.running.id, each.id, topic)
    arranging.choose_post(cast.may.actor, cast.running.id, some[1].id, True)
    arranging.choose_post(cast.may.actor, cast.running.id, some[7].id, True)
    page = client.get(f"{CIRCLE}?topic={topic}").text
    older = re.search(r'<a class="btn quiet" href="([^"]+)" rel="next"', page)[1].replace("&amp;", "&")
    assert f"topic={topic}" in older
    assert f'id="post-{some[2].id}"' in client.get(older).text
    narrowed = client.get(f"{CIRCLE}/pinned?topic={topic}").text
    assert f'id="post-{some[1].id}"' in narrowed and f'id="post-{some[7].id}"' not in narrowed


# ---- what goes ----------------------------------------------------------------------------------------------


def test_nothing_is_left_of_a_post_that_is_emptied_or_of_a_member_who_left(cast, some):
    arranging.pin_post(cast.may.actor, cast.running.id, some[0].id)
    arranging.choose_post(cast.may.actor, cast.running.id, some[0].id, True)
    arranging.choose_post(cast.may.actor, cast.running.id, some[1].id, True)
    arranging.fold_pin(cast.may.actor, cast.running.id, some[0].id, True)
    personal.erase(cast.may.id, keeps_words=True)
    assert Pin.get().pinned_by_id is None and DigestPost.get().chosen_by_id is None
    assert not PinFold.select().count()
    posting.delete_post(cast.lin.actor, cast.running.id, some[0].id)
    erasing.purge_deleted(kept_ms=-1)
    assert [row.post_id for row in DigestPost.select()] == [some[1].id]
    Circle.update(closed_at=1).where(Circle.id == cast.running.id).execute()
    with pytest.raises((Gone, Denied)):
        arranging.pin_post(cast.che.actor, cast.running.id, some[1].id)
