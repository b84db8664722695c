"""Sessions are rows: they end, they can be ended elsewhere, and the cookie alone opens nothing."""

import pytest

from core import clock, viewer
from core.limits import LIMITS
from models import Departure, Member, Session, StaffRole, Suspension
from tests.conftest import signed_in

LATER = LIMITS["session_seconds"] * 1000


@pytest.fixture
def site(probe):
    return probe()


@pytest.fixture
def lin(site, cast):
    return signed_in(site, cast.lin.id)


def test_a_session_opens_what_is_for_members(lin):
    assert lin.get("/probe/members").text == "in"


def test_a_visitor_leaves_no_row_behind(site, cast):
    browser = site.test_client()
    browser.get("/probe/open")
    browser.get("/probe/members")
    assert Session.select().count() == 0


def test_the_row_holds_no_token(lin):
    with lin.session_transaction() as session:
        token = session["_user_id"]
    row = Session.select().dicts().get()
    assert token not in map(str, row.values()) and len(row["token_hash"]) == 64


def test_a_session_that_was_ended_elsewhere_opens_nothing_from_then_on(lin):
    assert lin.get("/probe/members").status_code == 200
    Session.delete().execute()
    assert lin.get("/probe/members").status_code == 401


def test_a_session_ends_when_nobody_came_for_long(lin):
    clock.shift(LATER + 1)
    assert lin.get("/probe/members").status_code == 401


def test_a_session_lasts_as_long_as_somebody_comes(lin):
    for _ in range(4):
        clock.shift(LATER // 2)
        assert lin.get("/probe/members").status_code == 200
    row = Session.get()
    assert row.seen_at == row.expires_at - LATER and row.seen_at > row.created_at


def test_coming_often_writes_seldom(lin):
    lin.get("/probe/members")
    before = Session.get().seen_at
    clock.shift(viewer.SEEN_EVERY_MS // 2)
    lin.get("/probe/members")
    assert Session.get().seen_at == before
    clock.shift(viewer.SEEN_EVERY_MS)
    lin.get("/probe/members")
    assert Session.get().seen_at > before


def test_an_invented_cookie_opens_nothing(site, cast):
    browser = site.test_client()
    with browser.session_transaction() as session:
        session["_user_id"] = str(cast.lin.id)
    assert browser.get("/probe/members").status_code == 401
    browser.set_cookie("quanzi", "eyJfdXNlcl9pZCI6IjEifQ.aaaaaa.bbbbbbbbbbb")
    assert browser.get("/probe/members").status_code == 401


def test_who_was_erased_is_nobody(lin, cast):
    Member.update(erased_at=clock.now()).where(Member.id == cast.lin.id).execute()
    assert lin.get("/probe/members").status_code == 401


def test_a_suspension_holds_at_once_until_it_is_lifted_or_ends(lin, cast):
    now = clock.now()
    row = Suspension.create(member=cast.lin.id, suspended_at=now, until_at=now + clock.HOUR)
    assert lin.get("/probe/members").status_code == 403
    assert lin.get("/probe/half").status_code == 200
    clock.shift(clock.HOUR + 1)
    assert lin.get("/probe/members").status_code == 200
    Suspension.update(until_at=None).where(Suspension.id == row.id).execute()
    assert lin.get("/probe/members").status_code == 403
    Suspension.update(lifted_at=clock.now()).where(Suspension.id == row.id).execute()
    assert lin.get("/probe/members").status_code == 200


def test_a_suspended_helper_of_the_site_has_no_more_rights_than_others(site, cast):
    browser = signed_in(site, cast.staff.id)
    assert browser.get("/probe/staff").status_code == 200
    Suspension.create(member=cast.staff.id, suspended_at=clock.now())
    assert browser.get("/probe/staff").status_code == 403
    Suspension.delete().where(Suspension.member == cast.staff.id).execute()
    Departure.create(member=cast.staff.id, keeps_words=True, asked_at=0, due_at=clock.now() + clock.DAY)
    assert browser.get("/probe/staff").status_code == 403


def test_a_role_that_was_taken_away_is_gone_with_the_next_request(site, cast):
    browser = signed_in(site, cast.staff.id)
    StaffRole.delete().where(StaffRole.member == cast.staff.id).execute()
    assert browser.get("/probe/staff").status_code == 404
    assert browser.get("/probe/members").status_code == 200


def test_signing_in_drops_what_the_browser_held_and_the_old_row_with_sign_out(site, cast):
    browser = site.test_client()
    token = browser.get("/probe/open").text[3:-4]
    with browser.session_transaction() as session:
        session["planted"] = "by somebody else"
    browser.post(f"/probe/sign-in/{cast.lin.id}", data={"csrf_token": token})
    with browser.session_transaction() as session:
        assert "planted" not in session
    row = Session.get()
    assert row.member_id == cast.lin.id and row.expires_at - row.created_at == LATER
    browser.post("/probe/sign-out", data={"csrf_token": browser.get("/probe/open").text[3:-4]})
    assert Session.select().count() == 0
    assert browser.get("/probe/members").status_code == 401


def test_what_a_browser_says_of_itself_is_kept_within_limits(site, cast):
    browser = site.test_client()
    token = browser.get("/probe/open").text[3:-4]
    agent = {"User-Agent": "x" * 5000}
    browser.post(f"/probe/sign-in/{cast.lin.id}", data={"csrf_token": token}, headers=agent)
    assert len(Session.get().agent) == 200
