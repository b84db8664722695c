"""Thanks in money: for what one sees, not for oneself, under a ceiling, and taken back if it was a slip."""

import itertools
from collections import Counter

import pytest

from blueprints.circles import commenting, posting
from blueprints.wallet import own_limits, tipping, tips
from core import clock, ledger, money, site
from core.db import atomic
from core.errors import Conflict, Denied, Gone, Invalid, MoneyStopped, Overdrawn, Refusal, TooMany
from models import (
    Block,
    Friendship,
    LedgerPosting,
    Member,
    Suspension,
    Tip,
    WalletFreeze,
    WalletSetting,
)
from tests.blueprints.live_stories import an_event, say
from tests.blueprints.tip_stories import fill, has, moment_of, remark_of, tip, wrong_totals
from tests.cast import walkers


@pytest.fixture(autouse=True)
def books_hold(cast):
    fill(cast.ning.id, 10_000)
    yield
    assert ledger.prove() == []
    assert wrong_totals() == []


@pytest.fixture
def post(cast) -> int:
    """By lin, in a circle that everybody reads."""
    return cast.post_in(cast.running).id


def settle() -> None:
    """So much time passes that a tip cannot be taken back any more."""
    clock.shift(tipping.UNDO_MS)


# ---- giving -------------------------------------------------------------------------------------------------


def test_a_tap_moves_less_than_one_unit_to_the_author(cast, post):
    given = tip(cast.ning.actor, "post", post)
    assert 1 <= given.amount <= 99 and given.tips == 1 and given.is_new
    assert has(cast.ning.id).whole == 10_000 - given.amount
    assert has(cast.lin.id).whole == given.amount
    row = Tip.get_by_id(given.id)
    assert (row.giver_id, row.receiver_id) == (cast.ning.id, cast.lin.id)
    assert (row.subject_kind, row.subject_id) == ("post", post)
    assert LedgerPosting.get_by_id(row.posting_id).kind == "tip"


def test_whatever_somebody_made_can_be_tipped_and_goes_to_who_made_it(cast, post):
    moment = moment_of(cast.che.id)
    beneath = remark_of(moment, cast.may.id)
    things = {
        ("post", post): cast.lin.id, ("comment", cast.comment_in(cast.running).id): cast.may.id,
        ("moment", moment): cast.che.id, ("moment_comment", beneath): cast.may.id, ("member", cast.che.id): cast.che.id,
        ("live_comment", say(cast.lin.actor, an_event(cast.che.actor, cast.running.id))): cast.lin.id,
    }  # fmt: skip
    assert {kind for kind, _ in things} == tipping.KINDS.keys()
    for (kind, number), author in things.items():
        given = tip(cast.ning.actor, kind, number)
        assert Tip.get_by_id(given.id).receiver_id == author, kind


def test_a_giver_may_choose_the_amount_of_one_tip_or_of_each_tap(cast, post):
    assert tip(cast.ning.actor, "post", post, amount=250).amount == 250
    tipping.choose(cast.ning.actor, takes=True, amount=66)
    assert {tip(cast.ning.actor, "post", post).amount for _ in range(5)} == {66}
    assert tip(cast.ning.actor, "post", post, amount=12).amount == 12
    for wrong in (0, -5, 10**9):
        with pytest.raises(Invalid):
            tipping.choose(cast.ning.actor, takes=True, amount=wrong)
        with pytest.raises(Invalid):
            tip(cast.ning.actor, "post", post, amount=wrong)
    assert tips.choice(cast.ning.actor) == (True, 66)


def test_a_note_is_one_short_line(cast, post):
    given = tip(cast.ning.actor, "post", post, note="  写得\n真好 ")
    assert Tip.get_by_id(given.id).note == "写得 真好"
    with pytest.raises(Invalid):
        tip(cast.ning.actor, "post", post, note="长" * 31)


def test_the_password_free_ceiling_holds_for_whole_units_and_not_for_a_tap(cast, post):
    WalletSetting.create(member=cast.ning.id, free_ceiling=0)
    assert tip(cast.ning.actor, "post", post).is_new
    assert code_of(lambda: tip(cast.ning.actor, "post", post, amount=100)) == "pin_needed"


# ---- who, and what --------------------------------------------------------------------------------------------


def code_of(act) -> str:
    try:
        act()
    except Refusal as refusal:
        return refusal.code
    return ""


def test_what_one_does_not_see_cannot_be_tipped_and_is_not_there(cast):
    hidden = cast.post_in(cast.darkroom).id
    for kind, number in (("post", hidden), ("comment", cast.comment_in(cast.darkroom).id), ("post", 10**9),
                         ("moment", moment_of(cast.lin.id, audience="friends")), ("moment", 10**9),
                         ("member", 10**9), ("circle", cast.running.id), ("", 1)):
        with pytest.raises(Gone):
            tip(cast.ning.actor, kind, number)
    assert not Tip.select().exists()


def test_friends_tip_what_is_for_friends(cast):
    for one, other in ((cast.ning.id, cast.lin.id), (cast.lin.id, cast.ning.id)):
        Friendship.create(member=one, friend=other, since_at=clock.now())
    assert tip(cast.ning.actor, "moment", moment_of(cast.lin.id, audience="friends")).is_new


def test_deleted_and_hidden_things_are_not_tipped(cast, post):
    comment = cast.comment_in(cast.running).id
    commenting.delete_comment(cast.may.actor, cast.running.id, post, comment)
    with pytest.raises(Gone):
        tip(cast.ning.actor, "comment", comment)
    posting.delete_post(cast.lin.actor, cast.running.id, post)
    with pytest.raises(Gone):
        tip(cast.ning.actor, "post", post)


def test_nobody_tips_themselves(cast, post):
    fill(cast.lin.id, 100)
    for kind, number in (("post", post), ("member", cast.lin.id)):
        assert code_of(lambda kind=kind, number=number: tip(cast.lin.actor, kind, number)) == "tip_self"


@pytest.mark.parametrize("blocker", ["ning", "lin"])
def test_who_has_nothing_to_do_with_the_author_finds_nothing_to_tip(cast, post, blocker):
    other = "lin" if blocker == "ning" else "ning"
    Block.create(member=cast[blocker].id, blocked=cast[other].id, at=clock.now())
    for kind, number in (("post", post), ("member", cast.lin.id)):
        with pytest.raises(Gone):
            tip(cast.ning.actor, kind, number)


def test_an_author_who_takes_no_tips_gets_none(cast, post):
    tipping.choose(cast.lin.actor, takes=False, amount=None)
    assert code_of(lambda: tip(cast.ning.actor, "post", post)) == "tip_off"
    tipping.choose(cast.lin.actor, takes=True, amount=None)
    assert tip(cast.ning.actor, "post", post).is_new


def test_an_author_can_take_none_for_one_moment_only(cast):
    quiet, other = moment_of(cast.lin.id, takes_tips=False), moment_of(cast.lin.id)
    assert code_of(lambda: tip(cast.ning.actor, "moment", quiet)) == "tip_off"
    assert tip(cast.ning.actor, "moment", other).is_new


def test_who_was_suspended_or_is_here_no_more_gets_nothing(cast, post):
    Suspension.create(member=cast.lin.id, suspended_by=cast.owner.id, suspended_at=clock.now())
    assert code_of(lambda: tip(cast.ning.actor, "post", post)) == "tip_off"
    Suspension.update(lifted_at=clock.now()).execute()
    assert tip(cast.ning.actor, "post", post).is_new
    settle()
    Member.update(erased_at=clock.now()).where(Member.id == cast.lin.id).execute()
    assert code_of(lambda: tip(cast.ning.actor, "post", post)) in ("tip_off", "gone")


def test_who_is_suspended_themselves_or_has_frozen_their_wallet_gives_nothing(cast, post):
    fill(cast.suspended.id, 500)
    with pytest.raises(Denied):
        tip(cast.suspended.actor, "post", post)
    WalletFreeze.create(member=cast.ning.id, by=cast.ning.id, at=clock.now())
    assert code_of(lambda: tip(cast.ning.actor, "post", post)) == "frozen"
    with atomic(durable=True):
        ledger.stop("trial")
    WalletFreeze.delete().execute()
    with pytest.raises(MoneyStopped):
        tip(cast.ning.actor, "post", post)
    with atomic(durable=True):
        ledger.resume(None)
    assert not Tip.select().exists()


# ---- ceilings -------------------------------------------------------------------------------------------------


def test_a_day_has_a_ceiling_and_a_number_of_taps_and_tomorrow_has_them_again(cast, post):
    site.change({"tips_day": "300", "tips_count": "4"})
    tip(cast.ning.actor, "post", post, amount=200)
    assert code_of(lambda: tip(cast.ning.actor, "post", post, amount=101)) == "tips_day"
    for _ in range(3):
        tip(cast.ning.actor, "post", post, amount=1)
    with pytest.raises(TooMany) as refused:
        tip(cast.ning.actor, "post", post, amount=1)
    assert refused.value.code == "tips_count"
    clock.shift(refused.value.retry_after * 1000 + clock.SECOND)
    assert tip(cast.ning.actor, "post", post, amount=300).is_new


def test_what_was_chosen_in_credit_does_not_hold_for_money(cast, post, monkeypatch):
    tipping.choose(cast.ning.actor, takes=False, amount=70)
    own_limits.change(cast.ning.actor, own_limits.OwnLimits(tips_day=80))
    monkeypatch.setitem(money.PROVIDERS, "", "CNY")
    fill(cast.ning.id, 1000)
    assert tips.choice(cast.ning.actor) == (False, None) and own_limits.own(cast.ning.id) == own_limits.OwnLimits()
    assert tip(cast.ning.actor, "post", post).amount <= tipping.MOST_DRAWN
    assert code_of(lambda: tip(cast.ning.actor, "post", post, amount=90)) == ""
    own_limits.change(cast.ning.actor, own_limits.OwnLimits(tips_day=200))
    assert tips.choice(cast.ning.actor) == (False, None), "nor does it come back with another choice"
    monkeypatch.undo()
    assert own_limits.own(cast.ning.id) == own_limits.OwnLimits()


def test_a_member_can_set_the_ceiling_lower_for_themselves_and_not_higher(cast, post):
    WalletSetting.create(member=cast.ning.id, tips_day=50)
    assert code_of(lambda: tip(cast.ning.actor, "post", post, amount=51)) == "tips_day"
    WalletSetting.update(tips_day=10**9).execute()
    site.change({"tips_day": "50"})
    assert code_of(lambda: tip(cast.ning.actor, "post", post, amount=50)) == ""
    assert code_of(lambda: tip(cast.ning.actor, "post", post, amount=1)) == "tips_day"


def test_what_was_taken_back_can_be_given_again_but_was_a_tap(cast, post):
    site.change({"tips_day": "100", "tips_count": "2"})
    tipping.undo_tip(cast.ning.actor, tip(cast.ning.actor, "post", post, amount=100).id)
    tip(cast.ning.actor, "post", post, amount=100)
    assert code_of(lambda: tip(cast.ning.actor, "post", post, amount=1)) == "tips_count"


def test_an_empty_wallet_gives_nothing_and_nothing_is_left_behind(cast, post):
    with pytest.raises(Overdrawn):
        tip(cast.may.actor, "post", post)
    assert not Tip.select().exists() and not wrong_totals()


# ---- undo -----------------------------------------------------------------------------------------------------


def test_a_slip_is_taken_back_within_five_seconds_and_once(cast, post):
    given = tip(cast.ning.actor, "post", post)
    clock.shift(tipping.UNDO_MS // 2)
    for _ in range(3):
        assert tipping.undo_tip(cast.ning.actor, given.id).undone_at is not None
    assert has(cast.ning.id).whole == 10_000 and has(cast.lin.id).whole == 0
    assert LedgerPosting.select().where(LedgerPosting.reverses.is_null(False)).count() == 1


def test_after_five_seconds_it_is_the_others(cast, post):
    given = tip(cast.ning.actor, "post", post)
    settle()
    with pytest.raises(Conflict) as refused:
        tipping.undo_tip(cast.ning.actor, given.id)
    assert refused.value.code == "tip_settled" and has(cast.lin.id).free == given.amount


def test_until_then_it_cannot_be_spent_so_taking_back_always_works(cast, post):
    given = tip(cast.ning.actor, "post", post, amount=90)
    assert has(cast.lin.id) == (90, 0)
    with pytest.raises(Overdrawn):
        tip(cast.lin.actor, "member", cast.may.id, amount=1)
    tipping.undo_tip(cast.ning.actor, given.id)
    again = tip(cast.ning.actor, "post", post, amount=90)
    settle()
    assert tip(cast.lin.actor, "member", cast.may.id, amount=90).is_new and again.is_new


def test_only_the_giver_takes_it_back(cast, post):
    given = tip(cast.ning.actor, "post", post)
    for other in (cast.lin.actor, cast.may.actor, cast.owner.actor):
        with pytest.raises(Gone):
            tipping.undo_tip(other, given.id)


# ---- thanks ---------------------------------------------------------------------------------------------------


def test_who_got_a_tip_thanks_once(cast, post):
    given = tip(cast.ning.actor, "post", post)
    assert tipping.thank(cast.lin.actor, given.id) is True
    assert tipping.thank(cast.lin.actor, given.id) is False
    for other in (cast.ning.actor, cast.may.actor):
        with pytest.raises(Gone):
            tipping.thank(other, given.id)


def test_there_is_nothing_to_thank_for_when_it_was_taken_back_or_the_giver_is_out_of_reach(cast, post):
    back = tip(cast.ning.actor, "post", post)
    tipping.undo_tip(cast.ning.actor, back.id)
    with pytest.raises(Gone):
        tipping.thank(cast.lin.actor, back.id)
    given = tip(cast.ning.actor, "post", post)
    Block.create(member=cast.ning.id, blocked=cast.lin.id, at=clock.now())
    with pytest.raises(Gone):
        tipping.thank(cast.lin.actor, given.id)
    assert [row.name for row in tips.received(cast.lin.actor).rows] == [""], "the money came, its giver is nobody's"


# ---- the same request ------------------------------------------------------------------------------------------


def test_the_same_key_gives_once_and_answers_the_same(cast, post):
    first = tip(cast.ning.actor, "post", post, key="k")
    again = tip(cast.ning.actor, "post", post, key="k")
    assert again == first._replace(is_new=False)
    for other in ({"amount": 5}, {"note": "x"}):
        assert code_of(lambda other=other: tip(cast.ning.actor, "post", post, key="k", **other)) == "key_reused"
    assert code_of(lambda: tip(cast.ning.actor, "member", cast.che.id, key="k")) == "key_reused"
    fill(cast.may.id, 500)
    assert tip(cast.may.actor, "post", post, key="k").is_new, "the key is each giver's own"


def test_a_repetition_answers_even_when_the_thing_is_gone_meanwhile(cast, post):
    first = tip(cast.ning.actor, "post", post, key="k")
    posting.delete_post(cast.lin.actor, cast.running.id, post)
    assert tip(cast.ning.actor, "post", post, key="k").id == first.id


def test_a_key_that_is_too_long_moves_nothing(cast, post):
    with pytest.raises(Invalid):
        tip(cast.ning.actor, "post", post, key="k" * 65)


@pytest.mark.parametrize("with_keys", [False, True])
def test_a_tap_that_comes_twice_at_once_is_one_and_a_later_one_is_another(cast, post, with_keys):
    keys = (f"tap {number}" if with_keys else "" for number in itertools.count())

    def tap(number: int = post):
        return tipping.give_tip(cast.ning.actor, "post", number, key=next(keys), tapped=with_keys)

    first = tap()
    assert tap() == first._replace(is_new=False)
    tipping.undo_tip(cast.ning.actor, first.id)
    second = tap()
    clock.shift(tipping.SAME_TAP_MS)
    assert tap().is_new and second.is_new and Tip.select().count() == 3


# ---- many at once -----------------------------------------------------------------------------------------------


def test_two_hundred_at_once_from_a_wallet_that_can_pay_fifty(cast, post, in_threads):
    site.change({"tips_count": "1000", "tips_day": "100000"})
    fill(cast.may.id, 50 * 7)
    said: list[str] = []
    in_threads(200, lambda number: said.append(code_of(lambda: tip(cast.may.actor, "post", post, amount=7))))
    assert Counter(said) == {"": 50, "overdrawn": 150}
    assert has(cast.may.id).whole == 0 and has(cast.lin.id).whole == 350


def test_a_hundred_at_once_keep_the_ceiling(cast, post, in_threads):
    site.change({"tips_count": "1000", "tips_day": "500"})
    said: list[str] = []
    in_threads(100, lambda number: said.append(code_of(lambda: tip(cast.ning.actor, "post", post, amount=40))))
    assert Counter(said) == {"": 12, "tips_day": 88}
    assert has(cast.ning.id).whole == 10_000 - 480


def test_a_hundred_at_once_keep_the_number(cast, post, in_threads):
    said: list[str] = []
    in_threads(100, lambda number: said.append(code_of(lambda: tip(cast.ning.actor, "post", post, amount=1))))
    assert Counter(said) == {"": 50, "tips_count": 50}


def test_the_same_key_fifty_times_at_once_is_one_tip_and_fifty_equal_answers(cast, post, in_threads):
    said: list = []
    in_threads(50, lambda number: said.append(tip(cast.ning.actor, "post", post, key="k")))
    assert len({answer._replace(is_new=True) for answer in said}) == 1
    assert [answer.is_new for answer in said].count(True) == 1
    assert Tip.select().count() == 1


def test_taking_back_many_times_at_once_takes_back_once(cast, post, in_threads):
    given = tip(cast.ning.actor, "post", post)
    in_threads(20, lambda number: tipping.undo_tip(cast.ning.actor, given.id))
    assert has(cast.ning.id).whole == 10_000


def test_many_tip_the_same_thing_and_it_counts_them_all(cast, post, in_threads):
    crowd = walkers(40)
    for walker in crowd:
        fill(walker.member_id or 0, 100)
    in_threads(40, lambda number: tip(crowd[number], "post", post))
    assert tips.tipped(cast.ning.actor, "post", [(post, cast.lin.id)])[0].tips == 40


# ---- what a tap gives ---------------------------------------------------------------------------------------------


def test_each_amount_comes_as_often_as_any_other():
    """Chi-square over a million draws with 98 degrees of freedom: a fair draw comes above 175 three times in a million
    runs, and one that leaves an amount out, or takes the remainder of a byte, lies in the thousands."""
    draws, amounts = 1_000_000, range(1, tipping.MOST_DRAWN + 1)
    counts = Counter(tipping.drawn() for _ in range(draws))
    expected = draws / len(amounts)
    assert set(counts) == set(amounts)
    assert sum((counts[amount] - expected) ** 2 / expected for amount in amounts) < 175
