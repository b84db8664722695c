"""Freezing: at once by whoever owns the wallet, with a reason by staff, and opened again only by whoever may."""

import re

import pytest

from blueprints.wallet import freezing, sending, tipping
from core import clock
from core.errors import Denied, Gone, Invalid
from models import Notice, Transfer, WalletFreeze
from tests.blueprints.wallet_stories import PASSWORD, befriend, give, has


@pytest.fixture
def two(cast):
    befriend(cast.lin, cast.che)
    give(cast.lin, 5000, cast)
    return cast


def test_one_tap_freezes_and_the_password_opens(two, as_, post):
    lin = as_("lin")
    assert post(lin, "/wallet/freeze").status_code == 303
    assert post(lin, "/wallet/freeze").status_code == 303
    assert WalletFreeze.select().count() == 1
    wallet, form = lin.get("/wallet").text, lin.get("/wallet/send/che").text
    assert "/wallet/thaw" in wallet and 'href="/wallet/send"' not in wallet and "notice is-danger" in form
    with pytest.raises(Denied, match="frozen"):
        tipping.give_tip(two.lin.actor, "member", two.che.id, key="t")
    answer = post(lin, "/wallet/thaw", {"password": "not it"})
    assert answer.status_code == 422 and 'id="password-error"' in answer.text
    assert post(lin, "/wallet/thaw", {"password": PASSWORD}).status_code == 303
    assert tipping.give_tip(two.lin.actor, "member", two.che.id, key="t").amount
    assert not Notice.select().where(Notice.kind.startswith("wallet_fr")).exists()


def test_what_staff_froze_only_staff_opens(two, as_, post):
    staff = as_("staff")
    assert post(staff, "/wallet/of/lin/freeze", {"reason": ""}).status_code == 422
    assert post(staff, "/wallet/of/lin/freeze", {"reason": "有人说账号被盗"}).status_code == 303
    lin = as_("lin")
    assert "有人说账号被盗" in lin.get("/wallet").text and "有人说账号被盗" in lin.get("/notices/").text
    assert post(lin, "/wallet/thaw", {"password": PASSWORD}).status_code == 422
    assert freezing.frost(two.lin.id).by_staff
    assert post(staff, "/wallet/of/lin/thaw").status_code == 303
    assert freezing.frost(two.lin.id) is None


def test_a_way_out_that_is_sent_again_opens_no_later_freeze(two, as_, post):
    staff = as_("staff")
    freezing.freeze(two.staff.actor, two.lin.id, "x")
    since = re.search(r'name="since" value="(\d+)"', staff.get("/wallet/of/lin").text)[1]
    assert post(staff, "/wallet/of/lin/thaw", {"since": since}).status_code == 303
    clock.shift(clock.DAY)
    freezing.freeze(two.owner.actor, two.lin.id, "y")
    assert post(staff, "/wallet/of/lin/thaw", {"since": since}).status_code == 409
    assert freezing.frost(two.lin.id).reason == "y"


def test_each_lifts_their_own_and_the_other_one_still_holds(two):
    freezing.freeze_own(two.lin.actor)
    freezing.freeze(two.staff.actor, two.lin.id, "x")
    freezing.thaw_own(two.lin.actor, PASSWORD)
    assert freezing.frost(two.lin.id).by_staff
    freezing.freeze_own(two.lin.actor)
    freezing.thaw(two.staff.actor, two.lin.id)
    assert not freezing.frost(two.lin.id).by_staff
    with pytest.raises(Denied, match="frozen"):
        sending.send(two.lin.actor, two.che.id, 1, "", "a")


def test_nobody_has_power_over_the_owner_or_over_themselves_and_only_the_owner_over_staff(two):
    for who, whom in ((two.staff, two.owner), (two.staff, two.staff), (two.owner, two.owner), (two.lin, two.che)):
        with pytest.raises(Denied):
            freezing.freeze(who.actor, whom.id, "x")
    freezing.freeze(two.owner.actor, two.staff.id, "x")
    with pytest.raises(Denied):
        freezing.thaw(two.staff.actor, two.staff.id)
    with pytest.raises(Gone):
        freezing.freeze(two.owner.actor, 10**9, "x")
    with pytest.raises(Invalid, match="setting_long"):
        freezing.freeze(two.owner.actor, two.lin.id, "x" * 201)


def test_a_suspended_member_still_freezes_and_sees_what_they_have(two, as_, post):
    browser = as_("suspended")
    assert post(browser, "/wallet/freeze").status_code == 303
    assert freezing.frost(two.suspended.id)
    assert browser.get("/wallet").status_code == 200
    assert browser.get("/wallet/send").status_code == 403


def test_what_arrives_after_the_freeze_is_not_sent_however_many_try(two, in_threads):
    """Between the check and the act nobody freezes: whoever is first holds their place until the end."""
    ends = []

    def each(number: int) -> None:
        if number == 3:
            freezing.freeze_own(two.lin.actor)
            ends.append(("frozen", has(two.lin)))
            return
        try:
            sending.send(two.lin.actor, two.che.id, 10, "", f"k{number}", proven=True)
            ends.append(("sent", 0))
        except Exception as refusal:
            assert getattr(refusal, "code", "") in ("frozen", "money_pause")

    in_threads(8, each)
    left = next(balance for what, balance in ends if what == "frozen")
    assert has(two.lin) == left == 5000 - 10 * Transfer.select().count()
