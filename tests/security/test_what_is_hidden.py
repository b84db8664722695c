"""What somebody may not see shows in nothing: no button, no status, no number."""

import pytest

from blueprints.circles import rooms
from blueprints.circles.actions import CircleDraft, found_circle
from blueprints.circles.posting import PostDraft, write_post
from blueprints.circles.rooms import Eyes, room
from core import search, site
from core.db import Prepared
from core.errors import Conflict, Gone
from core.limits import LIMITS
from core.policy import GUEST

# ---- search -------------------------------------------------------------------------------------------------


def ids_and_older(actor, kind, word, **more):
    found = search.find(actor, kind, word, **more)
    return len(found.ids), found.older


@pytest.fixture
def a_full_page(cast):
    """Exactly one page of visible posts with a word; in the dark room stands an older post with it."""
    for number in range(LIMITS["page_search"]):
        write_post(cast.lin.actor, cast.running.id, PostDraft(f"胶卷 {number}", "x"))


def test_no_next_page_tells_that_a_word_stands_in_a_hidden_post(cast, a_full_page, as_):
    assert ids_and_older(cast.ning.actor, "post", "胶卷") == (20, None)
    assert "before=" not in as_("ning").get("/search?q=胶卷&kind=post").text
    assert ids_and_older(cast.lin.actor, "post", "胶卷")[1] is not None, "who may see it gets there"


def test_nor_of_a_hidden_circle_by_its_name(cast):
    for number in range(3):
        found_circle(
            cast.ning.actor, CircleDraft(f"暗房 {number}", f"room-{number}", "x", "photo", "public", "open")
        )
    assert ids_and_older(cast.ning.actor, "circle", "暗房", limit=3) == (3, None)
    assert ids_and_older(cast.lin.actor, "circle", "暗房", limit=3)[1] is not None


def test_what_is_hidden_between_pages_costs_no_find(cast, monkeypatch):
    monkeypatch.setattr(search, "BATCH", 4)
    for number in range(12):
        where = cast.darkroom if number % 3 else cast.running
        write_post(cast.lin.actor, where.id, PostDraft(f"晨雾 {number}", "x"))
    seen, before = [], None
    for _ in range(9):
        page = search.find(cast.ning.actor, "post", "晨雾", before=before, limit=2)
        seen += page.ids
        before = page.older
        if before is None:
            break
    assert len(seen) == len(set(seen)) == 4 and before is None


# ---- how much is going on -----------------------------------------------------------------------------------


def test_a_listed_circle_tells_strangers_nothing_of_how_much_happens_in_it(cast, as_):
    stranger = as_("ning")
    answers = {stranger.get(f"/circles/desk/changes?since={since}").status_code for since in (0, 1, 10**9)}
    assert answers == {403}
    assert as_("che").get("/circles/desk/changes?since=1000000").status_code == 204


# ---- a site that closes to visitors -------------------------------------------------------------------------


def test_a_query_built_while_the_site_closes_is_not_kept(app, cast, monkeypatch):
    """Whoever asked looked at the setting just before it was switched, the gate just after."""
    with app.app_context():
        slug = cast.running.slug
        monkeypatch.setattr(rooms, "_rooms", Prepared(rooms._build))
        with monkeypatch.context() as moment:
            moment.setattr(rooms, "eyes", lambda actor: Eyes(signed_in=False, reading="members"))
            with pytest.raises(Conflict):
                room(GUEST, slug)
        assert room(GUEST, slug).name, "the site is open"
        site.change({"reading": "members"})
        with pytest.raises(Gone):
            room(GUEST, slug)
