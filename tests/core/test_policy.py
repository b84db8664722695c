"""Permissions by name, half-states refused first, and one gate for reading."""

from types import SimpleNamespace

import pytest

from core import policy
from core.errors import Denied, Gone, SignInNeeded
from core.policy import GUEST, Actor, Standing
from models import Circle, SiteSetting

MEMBER = Actor(1, Standing.MEMBER)
OTHER = Actor(2, Standing.MEMBER)
SUSPENDED = Actor(1, Standing.SUSPENDED)
LEAVING = Actor(1, Standing.LEAVING)
STAFF = Actor(3, Standing.STAFF)


@pytest.fixture(autouse=True)
def own_catalogue(cast, monkeypatch):
    """After the cast was made: those who made it needed the permissions of the site."""
    monkeypatch.setattr(policy, "_permissions", {})

    @policy.permission("diary:write", "Write into one's own diary")
    def mine(actor, diary):
        return diary is not None and diary.of == actor.member_id

    policy.declare("diary:read", "Look at the cover", Standing.GUEST)
    policy.declare("diary:burn", "Burn any diary", Standing.STAFF)


def test_what_nobody_declared_nobody_may():
    assert not policy.can(STAFF, "diary:steal")
    assert not policy.admits(STAFF, "diary:steal")
    with pytest.raises(Denied):
        policy.require(STAFF, "diary:steal")
    assert "not a known permission" in policy.explain(STAFF, "diary:steal")


@pytest.mark.parametrize(
    ("actor", "admitted"), [(GUEST, False), (SUSPENDED, False), (LEAVING, False), (MEMBER, True), (STAFF, True)]
)
def test_standing_is_asked_before_the_rule(actor, admitted):
    assert policy.admits(actor, "diary:write") is admitted
    own = SimpleNamespace(of=actor.member_id)
    assert policy.can(actor, "diary:write", own) is admitted


def test_the_rule_decides_about_the_thing():
    own, foreign = SimpleNamespace(of=1), SimpleNamespace(of=2)
    assert policy.can(MEMBER, "diary:write", own)
    assert not policy.can(MEMBER, "diary:write", foreign)
    assert policy.explain(MEMBER, "diary:write", own).startswith("yes")
    assert policy.explain(OTHER, "diary:write", own).startswith("no: the rule")
    assert policy.explain(GUEST, "diary:write", own) == "no: diary:write needs member, this is a guest"


def test_a_guest_is_asked_to_sign_in_and_everybody_else_is_told():
    with pytest.raises(SignInNeeded):
        policy.require(GUEST, "diary:write")
    with pytest.raises(Denied) as refusal:
        policy.require(SUSPENDED, "diary:write")
    assert refusal.value.code == "suspended"
    with pytest.raises(Denied) as refusal:
        policy.require(MEMBER, "diary:burn")
    assert refusal.value.code == "denied"


def test_a_name_has_one_rule():
    with pytest.raises(ValueError, match="declared twice"):

        @policy.permission("diary:write", "Something else")
        def other(actor, diary):
            return True


def test_a_table_without_a_filter_shows_nothing():
    with pytest.raises(LookupError, match="SiteSetting has no visibility"):
        policy.visible(SiteSetting.select(), STAFF)
    assert policy.visible_ids("no such kind", [1, 2], STAFF) == set()


def test_what_the_filter_takes_away_does_not_exist(cast, monkeypatch):
    monkeypatch.setitem(policy._kinds, "probe", Circle)

    def first_one(query, actor):
        return query if actor.is_staff else query.where(Circle.id < 2)

    monkeypatch.setitem(policy._filters, Circle, policy.Gate(first_one, prepared=True, timed=False))
    ids = [circle.id for circle in Circle.select()]
    assert policy.visible_ids("probe", ids, MEMBER) == {1}
    assert policy.visible_ids("probe", ids, STAFF) == set(ids)
    assert policy.visible_ids("probe", [], STAFF) == set()
    policy.require_visible("probe", 1, MEMBER)
    with pytest.raises(Gone):
        policy.require_visible("probe", max(ids), MEMBER)
    with pytest.raises(Gone):
        policy.require_visible("probe", 10**9, STAFF)
