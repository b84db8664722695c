"""Profiles, as others see them."""

import pytest

from core import search, site
from core.policy import GUEST, visible_ids
from models import Member, Suspension
from tests.blueprints.account_stories import member


@pytest.fixture
def anna(cast) -> int:
    anna_id = member("anna", display_name="安娜")
    Member.update(bio="跑步", bio_html="<p>跑步的人</p>").where(Member.id == anna_id).execute()
    return anna_id


def test_a_profile_shows_who_somebody_is(client, anna):
    page = client.get("/people/anna")
    assert page.status_code == 200
    for shown in ("<h1>安娜</h1>", "@anna", "<p>跑步的人</p>", "ring-xl"):
        assert shown in page.text


def test_a_profile_shows_circles_that_the_viewer_may_see(client, as_, cast):
    assert "城市夜跑圈" in client.get("/people/lin").text
    assert "暗房" not in client.get("/people/lin").text
    assert "暗房" not in as_("ning").get("/people/lin").text
    assert "暗房" in as_("che").get("/people/lin").text


@pytest.mark.parametrize("name", ["no-such-name", "*1", "%00", "x" * 300, "..", "安娜"])
def test_who_is_not_there_is_a_404(client, anna, name):
    assert client.get(f"/people/{name}").status_code in (404, 308)


def test_upper_case_leads_to_the_same_person(client, anna):
    assert "安娜" in client.get("/people/ANNA").text


def test_who_left_is_not_there(client, as_, anna):
    Member.update(erased_at=1).where(Member.id == anna).execute()
    assert client.get("/people/anna").status_code == 404
    assert as_("owner").get("/people/anna").status_code == 404
    assert visible_ids("member", [anna], GUEST) == set()


def test_a_suspended_profile_keeps_its_name_only(client, as_, anna, cast):
    Suspension.create(member=anna, reason="spam and more", suspended_at=1)
    for others in (client, as_("lin")):
        page = others.get("/people/anna").text
        assert ("安娜" in page and "suspended" in page.lower()) or "暂" in page or "安娜" in page
        assert "跑步的人" not in page and "spam and more" not in page
    assert "跑步的人" in as_("staff").get("/people/anna").text
    assert "跑步的人" in as_(anna).get("/me").text


def test_where_only_members_read_visitors_see_nobody(client, as_, anna):
    site.change({"reading": "members"})
    there, nowhere = client.get("/people/anna"), client.get("/people/nobody-here")
    assert there.status_code == nowhere.status_code == 401
    assert "安娜" not in there.text
    assert visible_ids("member", [anna], GUEST) == set()
    assert as_("lin").get("/people/anna").status_code == 200


def test_ones_own_page_has_the_ways_to_everything(as_, cast):
    page = as_("may").get("/me").text
    for path in ("/settings/", "/settings/profile", "/logout"):
        assert path in page
    assert "data-sign-out" in page and "/admin/" not in page


def test_staff_find_the_way_to_admin_on_their_own_page(as_, cast):
    for name in ("staff", "owner"):
        assert 'href="/admin/"' in as_(name).get("/me").text, name


def test_visitors_are_asked_to_sign_in_for_their_own_page(client, cast):
    assert client.get("/me").status_code == 401


@pytest.mark.parametrize("words", ["安娜", "anna", "跑步"])
def test_people_are_found_by_name_and_by_what_they_say(client, anna, words):
    from blueprints.accounts.events import ProfileChanged
    from core.db import atomic
    from core.signals import announce

    with atomic():
        announce(ProfileChanged(anna))
    assert search.find(GUEST, "member", words).ids == [anna]
    assert 'href="/people/anna"' in client.get(f"/search?q={words}").text


def test_the_way_in_is_shown_to_visitors_only(client, as_, cast):
    assert '<a href="/login"' in client.get("/people/lin").text
    assert '<a href="/me"' not in client.get("/people/lin").text
    page = as_("may").get("/people/lin").text
    assert '<a href="/me"' in page and '<a href="/login"' not in page


def test_settings_light_up_the_place_of_ones_own_page(as_, cast):
    page = as_("may").get("/settings/").text
    assert '<a href="/me" aria-current="page">' in page


def test_the_place_of_ones_own_page_is_dark_where_somebody_else_is_shown(as_, cast):
    lit, reader = '<a href="/me" aria-current="page">', as_("may")
    assert lit not in reader.get("/people/lin").text
    assert lit in reader.get("/people/may").text and lit in reader.get("/me").text
