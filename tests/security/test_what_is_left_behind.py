"""What goes, goes wholly, and takes along nothing of anybody else."""

import pytest

from blueprints.circles import actions
from core import clock, jobs, seeding
from models import Circle, Comment, Job, Member, Post
from tests.blueprints.circle_stories import say, write

# ---- demo data ----------------------------------------------------------------------------------------------


@pytest.fixture
def shown_around(cast):
    """che and his circles were demo data; ning looked around, wrote something, and left the circle again."""
    Member.update(is_demo=True).where(Member.id != cast.ning.id).execute()
    actions.join(cast.ning.actor, cast.running.id)
    return cast


def leave(cast):
    actions.leave(cast.ning.actor, cast.running.id)


def test_a_real_post_outlives_the_demo_circle_it_was_written_in(shown_around):
    mine = write(shown_around.ning.actor, shown_around.running.id, "我写的")
    leave(shown_around)
    seeding.uproot()
    assert Post.get_by_id(mine.id).source == "我写的"
    assert not Circle.select().where(Circle.visibility == "listed").exists(), "where nobody real was all goes"


def test_and_so_does_a_real_comment(shown_around):
    mine = say(shown_around.ning.actor, shown_around.post_in(shown_around.running), "我说的")
    leave(shown_around)
    seeding.uproot()
    assert Comment.get_by_id(mine.id).source == "我说的"


# ---- jobs ---------------------------------------------------------------------------------------------------


def test_what_failed_for_good_is_forgotten_after_a_month(app):
    """Its arguments may hold an address of somebody who has left since."""
    number = jobs.later("accounts.tell", {"member_id": 1, "what": "address_changed", "address": "old@example.org"})
    Job.update(failed_at=clock.now(), unique_key=None).where(Job.id == number).execute()
    for days, left in ((29, True), (2, False)):
        clock.shift(days * clock.DAY)
        jobs.later("jobs.sweep")
        jobs.run_due()
        assert Job.select().where(Job.id == number).exists() is left


# ---- links and ways back ------------------------------------------------------------------------------------


def test_no_browser_keeps_the_page_with_somebodys_link(as_, post, cast):
    page = post(as_("staff"), f"/admin/people/{cast.lin.username}/reset-link")
    assert "/reset/" in page.text and page.headers["Cache-Control"] == "no-store"


def test_the_way_on_fits_into_a_header(as_, cast):
    answer = as_("lin").get("/login", query_string={"next": "/people/小明\x0b"}, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/people/%E5%B0%8F%E6%98%8E%0B"


@pytest.mark.parametrize("back", ["javascript:alert(1)", "https://evil.example/", "//evil.example"])
def test_a_kept_form_leads_back_to_this_site_only(client, post, cast, back):
    sent = {
        "username": cast.lin.username, "password": cast.lin.password, "resume_path": "/circles/night-run/join",
        "resume_back": back, "kept.answer": "这句话是写给大家的",
    }  # fmt: skip
    answer = post(client, "/login", sent)
    assert back not in answer.text
