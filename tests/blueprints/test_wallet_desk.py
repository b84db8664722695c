"""The cash desk: money comes and goes with a reason, from an amount on by two people, and never twice."""

import re
from urllib.parse import unquote

import pytest

from blueprints.accounts.leaving import erase_member
from blueprints.admin.actions import change_settings
from blueprints.wallet import closing, desk, freezing, pins
from blueprints.wallet.desk import OrderDraft
from core import clock, jobs, ledger, once, site
from core.db import atomic
from core.errors import Conflict, Denied, Gone, Invalid, Overdrawn
from core.policy import CONSOLE
from models import AuditEntry, CashOrder, LedgerPosting, Notice, Once, StaffRole
from tests.blueprints.wallet_stories import PIN, give, has, hire, set_pin

MUCH = 100_000
DECIDES = re.compile(r'name="done" value="(\d)"')


def issue(who, amount, key, by) -> CashOrder:
    return desk.order(by.actor, OrderDraft("issue", who.id, amount, "开张"), key)


def test_a_small_amount_is_issued_at_once_written_down_and_told(cast, as_):
    made = issue(cast.lin, 500, "a", cast.staff)
    assert (made.state, has(cast.lin)) == ("done", 500)
    assert ledger.balance("issuance:credit").whole == -500
    entry = AuditEntry.get(AuditEntry.action == "wallet.issue")
    assert (entry.actor_id, entry.subject_id) == (cast.staff.id, made.id) and "开张" not in entry.detail
    assert Notice.get(Notice.kind == "wallet_decided").member_id == cast.lin.id
    assert "开张" in as_("lin").get("/notices/").text
    assert ledger.prove() == []


def test_the_same_form_twice_issues_once(cast, as_, post):
    form = {"kind": "issue", "member": "@Lin", "amount": "5", "reason": "开张", "key": "k"}
    for _ in range(2):
        assert post(as_("staff"), "/wallet/desk", form).status_code == 303
    assert has(cast.lin) == 500
    assert post(as_("staff"), "/wallet/desk", form | {"amount": "6"}).status_code == 409


@pytest.mark.parametrize("amount", ["5", "1000"])
def test_a_form_that_is_sent_again_a_month_later_does_nothing_again(cast, as_, post, amount):
    """A browser that opens its tabs again sends what it sent last."""
    form = {"kind": "issue", "member": "lin", "amount": amount, "reason": "开张", "key": "k"}
    assert post(as_("staff"), "/wallet/desk", form).status_code == 303
    clock.shift(30 * clock.DAY)
    once.sweep()
    assert post(as_("staff"), "/wallet/desk", form).status_code == 303
    assert CashOrder.select().count() == 1


def test_the_books_themselves_refuse_a_form_that_they_know(cast):
    issue(cast.lin, 500, "a", cast.staff)
    Once.delete().execute()
    with pytest.raises(Conflict, match="key_reused"):
        issue(cast.lin, 500, "a", cast.staff)
    assert (has(cast.lin), CashOrder.select().count()) == (500, 1)


def test_from_an_amount_on_it_takes_a_second_person(cast):
    made = issue(cast.lin, MUCH, "a", cast.staff)
    assert (made.state, has(cast.lin)) == ("waiting", 0)
    assert {row.member_id for row in Notice.select().where(Notice.kind == "wallet_asked")} == {cast.owner.id}
    with pytest.raises(Denied, match="desk_takes_two"):
        desk.decide(cast.staff.actor, made.id, done=True)
    desk.decide(cast.owner.actor, made.id, done=True)
    assert has(cast.lin) == MUCH
    assert not Notice.select().where(Notice.kind == "wallet_asked").exists()
    with pytest.raises(Conflict, match="order_decided"):
        desk.decide(cast.owner.actor, made.id, done=True)


def test_a_large_amount_in_many_small_ones_takes_two_as_well(cast):
    for number in range(3):
        assert issue(cast.lin, 30_000, f"a{number}", cast.staff).state == "done"
    assert issue(cast.lin, 10_000, "b", cast.staff).state == "waiting"
    assert issue(cast.lin, 10_000, "b", cast.owner).state == "done"
    clock.shift(clock.DAY + 1)
    assert issue(cast.lin, 10_000, "c", cast.staff).state == "done"


def test_nobody_is_alone_with_their_own_wallet_above_it(cast):
    with pytest.raises(Denied, match="desk_own"):
        issue(cast.staff, MUCH, "a", cast.staff)
    made = issue(cast.owner, MUCH, "b", cast.staff)
    with pytest.raises(Denied, match="desk_own"):
        desk.decide(cast.owner.actor, made.id, done=True)
    desk.decide(hire(cast.may), made.id, done=True)
    assert has(cast.owner) == MUCH


def test_whoever_asked_may_take_it_back(cast, as_):
    made = issue(cast.lin, MUCH, "a", cast.staff)
    ways = {who: DECIDES.findall(as_(who).get("/wallet/desk").text) for who in ("staff", "owner")}
    assert ways == {"staff": ["0"], "owner": ["1", "0"]}
    desk.decide(cast.staff.actor, made.id, done=False)
    assert (CashOrder.get_by_id(made.id).state, has(cast.lin)) == ("refused", 0)
    assert not Notice.select().where(Notice.kind == "wallet_decided", Notice.member == cast.lin.id).exists()


def test_of_two_who_decide_at_the_same_time_one_is_the_first(cast, in_threads):
    made = issue(cast.lin, MUCH, "a", cast.staff)
    judges = [cast.owner.actor, hire(cast.may)]
    ends = []

    def decide(number: int) -> None:
        try:
            desk.decide(judges[number % 2], made.id, done=number < 5)
            ends.append(number)
        except Conflict as refusal:
            assert refusal.code == "order_decided"

    in_threads(10, decide)
    assert len(ends) == 1
    assert has(cast.lin) == (MUCH if ends[0] < 5 else 0)
    assert LedgerPosting.select().count() == (1 if ends[0] < 5 else 0)


def test_two_small_ones_at_once_do_not_slip_under_the_limit_together(cast, in_threads):
    in_threads(8, lambda number: issue(cast.lin, 60_000, f"k{number}", cast.staff))
    assert CashOrder.select().where(CashOrder.state == "done").count() == 1
    assert has(cast.lin) == 60_000


def test_more_than_there_is_cannot_be_withdrawn(cast):
    give(cast.lin, 500, cast)
    with pytest.raises(Overdrawn):
        desk.order(cast.staff.actor, OrderDraft("withdraw", cast.lin.id, 501, "算错了"), "a")
    assert CashOrder.select().count() == 1
    desk.order(cast.staff.actor, OrderDraft("withdraw", cast.lin.id, 500, "算错了"), "a")
    assert has(cast.lin) == 0


def test_what_can_only_fail_waits_for_nobody(cast, as_, post):
    give(cast.lin, 500, cast)
    form = {"kind": "withdraw", "member": "lin", "amount": "1000", "reason": "算错了", "key": "k"}
    answer = post(as_("staff"), "/wallet/desk", form)
    assert answer.status_code == 422 and "There is not enough in the wallet" in answer.text and "算错了" in answer.text
    site.change({"money_most": "100000"})
    with pytest.raises(Conflict, match="balance_full"):
        issue(cast.lin, MUCH, "b", cast.staff)
    assert not CashOrder.select().where(CashOrder.state == "waiting").exists()


def test_what_was_spent_while_it_waited_is_looked_at_again(cast):
    give(cast.lin, MUCH, cast)
    made = desk.order(cast.staff.actor, OrderDraft("withdraw", cast.lin.id, MUCH, "算错了"), "a")
    assert made.state == "waiting"
    ask(cast.lin, 1)
    with pytest.raises(Overdrawn):
        desk.decide(cast.owner.actor, made.id, done=True)
    assert CashOrder.get_by_id(made.id).state == "waiting"


@pytest.mark.parametrize("draft, code", [
    (("issue", 1, 5, " "), "setting_empty"), (("issue", 1, 5, "x" * 201), "setting_long"),
    (("steal", 1, 5, "x"), "choice"), (("issue", 1, 0, "x"), "amount_zero"), (("issue", 1, -5, "x"), "amount_zero"),
])  # fmt: skip
def test_what_cannot_be_an_order(cast, draft, code):
    with pytest.raises(Invalid, match=code):
        desk.order(cast.staff.actor, OrderDraft(*draft), "a")


def test_a_wallet_of_nobody_is_answered_beside_the_field(cast, as_, post):
    form = {"kind": "issue", "member": "nobody-here", "amount": "5", "reason": "x", "key": "k"}
    answer = post(as_("staff"), "/wallet/desk", form)
    assert answer.status_code == 422 and 'id="member-error"' in answer.text


def test_an_amount_is_asked_for_in_what_the_site_counts_in(cast, as_):
    assert ">shells</span>" in as_("staff").get("/wallet/desk").text
    site.change({"unit": "杯"})
    rules = as_("owner").get("/wallet/desk/limits").text
    assert rules.count(">杯</span>") == 5, "numbers of tips and of seconds are none"


def test_members_have_no_desk(cast):
    with pytest.raises(Denied):
        issue(cast.lin, 5, "a", cast.lin)


def test_who_is_staff_no_more_decides_about_nothing(cast):
    made = issue(cast.lin, MUCH, "a", cast.owner)
    StaffRole.delete().where(StaffRole.member == cast.staff.id).execute()
    with pytest.raises(Denied):
        desk.decide(cast.staff.actor, made.id, done=True)


def test_only_the_owner_sets_the_limits_by_whatever_door(cast, as_, post):
    with pytest.raises(Denied):
        change_settings(cast.staff.actor, {"desk_second": "999999999"})
    assert "desk_second" not in as_("staff").get("/admin/settings").text
    form = {"money_most": "10000", "money_day_out": "2000", "money_free": "0", "money_pause": "1", "tips_day": "20",
            "tips_count": "50", "desk_second": "12.5"}  # fmt: skip
    assert post(as_("staff"), "/wallet/desk/limits", form).status_code == 403
    assert post(as_("owner"), "/wallet/desk/limits", form).status_code == 303
    assert (site.number("desk_second"), site.number("money_free"), site.number("money_pause")) == (1250, 0, 1)
    answer = post(as_("owner"), "/wallet/desk/limits", form | {"tips_count": "viele", "desk_second": ""})
    assert answer.status_code == 422 and site.number("desk_second") == 1250
    assert 'value="12.50"' in as_("owner").get("/wallet/desk/limits").text


# ---- payouts ------------------------------------------------------------------------------------------------


def ask(who, amount, key="out", **options) -> int:
    return closing.ask_payout(who.actor, amount, "银行卡 6222", key, **options)


def test_a_payout_leaves_the_wallet_at_once_and_the_site_when_it_is_done(cast, as_, post):
    give(cast.lin, 5000, cast)
    number = ask(cast.lin, 3000)
    assert (has(cast.lin), ledger.balance("escrow:payout:credit").whole) == (2000, 3000)
    assert "6222" in as_("staff").get("/wallet/desk").text
    assert post(as_("staff"), f"/wallet/desk/{number}", {"done": "1", "answer": "已汇"}).status_code == 303
    assert (has(cast.lin), ledger.balance("escrow:payout:credit").whole) == (2000, 0)
    assert ledger.balance("issuance:credit").whole == -2000
    assert "已汇" in as_("lin").get("/notices/").text
    assert ledger.prove() == []


def test_a_refused_payout_is_back_and_so_is_one_that_was_taken_back(cast):
    give(cast.lin, 5000, cast)
    desk.decide(cast.staff.actor, ask(cast.lin, 3000), done=False)
    assert has(cast.lin) == 5000
    closing.take_back(cast.lin.actor, ask(cast.lin, 4000, "again"))
    assert has(cast.lin) == 5000
    with pytest.raises(Gone):
        closing.take_back(cast.che.actor, ask(cast.lin, 4000, "third"))


def test_taking_back_and_paying_out_at_the_same_moment_is_one_of_them(cast, in_threads):
    give(cast.lin, 5000, cast)
    number = ask(cast.lin, 5000)
    ends = []

    def end(which: int) -> None:
        try:
            if which % 2:
                closing.take_back(cast.lin.actor, number)
            else:
                desk.decide(cast.staff.actor, number, done=True)
            ends.append(which)
        except Conflict:
            pass

    in_threads(8, end)
    assert len(ends) == 1
    assert has(cast.lin) == (5000 if ends[0] % 2 else 0)
    assert ledger.balance("escrow:payout:credit").whole == 0
    assert ledger.prove() == []


def test_two_payouts_at_once_are_one(cast, in_threads):
    give(cast.lin, 5000, cast)
    refused = []

    def each(number: int) -> None:
        try:
            ask(cast.lin, 3000, f"k{number}")
        except (Conflict, Overdrawn) as refusal:
            refused.append(refusal.code)

    in_threads(6, each)
    assert refused == ["payout_waits"] * 5 and has(cast.lin) == 2000


def test_the_same_form_many_times_at_once_is_one_payout_and_the_same_answer(cast, in_threads):
    give(cast.lin, 5000, cast)
    numbers = set()
    in_threads(6, lambda _: numbers.add(ask(cast.lin, 3000, "k")))
    assert len(numbers) == 1 and has(cast.lin) == 2000


def test_a_large_payout_needs_the_pin_and_no_second_day(cast, as_, post):
    give(cast.lin, 300_000, cast)
    lin, form = as_("lin"), {"amount": "3000", "words": "银行卡", "key": "k"}
    answer = post(lin, "/wallet/payouts", form)
    assert answer.status_code == 422 and 'name="set_pin"' in answer.text and "银行卡" in answer.text
    on = post(lin, "/wallet/payouts", form | {"set_pin": "1"})
    set_pin(cast.lin)
    assert "close?currency=credit" in unquote(on.location)
    page = lin.get("/wallet/close?currency=credit").text
    assert all(f'value="{typed}"' in page for typed in ("3000", "银行卡", "k")) and 'name="pin"' in page
    assert post(lin, "/wallet/payouts", form | {"pin": PIN}).status_code == 303
    assert has(cast.lin) == 0
    assert pins.has_pin(cast.lin.id)


def test_who_is_about_to_leave_takes_out_what_is_left_or_leaves_it_here(cast, as_, post):
    give(cast.leaving, 700, cast)
    browser = as_("leaving")
    assert "/wallet/close" in browser.get("/settings/leave").text
    ask(cast.leaving, 300)
    asks_first = re.search(
        r'id="gift-form".*?<details class="menu confirm.*?</form>', browser.get("/wallet/close").text, re.S
    )
    assert asks_first and asks_first[0].count('type="submit"') == 1
    assert closing.donate(cast.leaving.actor, "gift") == 400
    assert closing.donate(cast.leaving.actor, "gift") == 400
    assert (has(cast.leaving), ledger.balance("chest:credit").whole) == (0, 400)
    assert 'id="wallet-left"' not in browser.get("/settings/leave").text
    with pytest.raises(Conflict, match="nothing_left"):
        closing.donate(cast.leaving.actor, "another")


def test_a_frozen_wallet_pays_nothing_out(cast):
    give(cast.lin, 700, cast)
    freezing.freeze(cast.staff.actor, cast.lin.id, "查一查")
    for leave in (lambda: ask(cast.lin, 1), lambda: closing.donate(cast.lin.actor, "g")):
        with pytest.raises(Denied, match="frozen"):
            leave()
    assert has(cast.lin) == 700


def test_what_an_erased_account_leaves_goes_to_the_chest_and_its_payout_is_still_owed(cast):
    give(cast.lin, 700, cast)
    number = ask(cast.lin, 300)
    erase_member(CONSOLE, cast.lin.id, keeps_words=False)
    jobs.run_due()
    assert (has(cast.lin), ledger.balance("chest:credit").whole) == (0, 400)
    assert "6222" in CashOrder.get_by_id(number).reason
    desk.decide(cast.staff.actor, number, done=False)
    assert CashOrder.get_by_id(number).reason == ""
    assert closing.sweep() == 1 and closing.sweep() == 0
    assert (has(cast.lin), ledger.balance("chest:credit").whole) == (0, 700)
    assert ledger.prove() == []


def test_what_the_site_counted_in_before_is_kept_seen_and_paid_out(cast, as_, post):
    with atomic(durable=True):
        moves = [ledger.Move("provider:XTS", -900), ledger.Move(ledger.member(cast.lin.id, "XTS"), 900)]
        ledger.post("top_up", moves, key="x")
    lin = as_("lin")
    assert "currency=XTS" in lin.get("/wallet").text
    assert "9.00" in lin.get("/wallet?currency=XTS").text
    form = {"amount": "9", "words": "银行卡", "key": "k"}
    assert post(lin, "/wallet/payouts?currency=XTS", form).status_code == 303
    assert has(cast.lin, "XTS") == 0
    desk.decide(cast.staff.actor, CashOrder.get().id, done=True)
    assert ledger.balance("issuance:XTS").whole == 900
    assert lin.get("/wallet?currency=EURO").status_code == 404
    assert ledger.prove() == []
