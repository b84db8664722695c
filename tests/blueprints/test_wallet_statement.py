"""The statement: every movement with its cause, a balance that always agrees, months, search, a file, receipts."""

import csv
import io
import re
from datetime import UTC, datetime

import pytest

from blueprints.people import blocking
from blueprints.wallet import desk, sending, statement, tipping
from blueprints.wallet.statement import Asked
from core import clock, ledger, limits, personal
from core.db import atomic
from core.errors import Gone
from models import AuditEntry, Friendship, Member, Transfer
from tests.blueprints.circle_stories import counted
from tests.blueprints.wallet_stories import befriend, give, has, name

ROW = re.compile(r'id="movement-(\d+)"')


@pytest.fixture
def lived(cast):
    """Lin got 50.00, sent che 12.50 for supper, got 3.00 back, and gave 5.00 to the site."""
    befriend(cast.lin, cast.che)
    give(cast.lin, 5000, cast)
    sending.send(cast.lin.actor, cast.che.id, 1250, "夜宵 100%", "a")
    sending.send(cast.che.actor, cast.lin.id, 300, "找零", "b")
    return cast


def table(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))


def shown(page: str) -> int:
    return len(ROW.findall(page))


def test_every_movement_is_there_newest_first_and_the_balance_agrees(lived, as_):
    lines = statement.page(lived.lin.actor, Asked("credit")).rows
    assert [(line.kind, line.amount, line.balance) for line in lines] == [
        ("send", 300, 4050), ("send", -1250, 3750), ("issue", 5000, 5000)
    ]  # fmt: skip
    assert lines[0].balance == has(lived.lin)
    page = as_("lin").get("/wallet").text
    assert shown(page) == 3 and "夜宵 100%" in page and "阿澈" in page and "开张" in page and "40.50" in page


def test_the_file_holds_all_of_it_and_adds_up(lived, as_):
    answer = as_("lin").get("/wallet/statement.csv")
    assert "no-store" in answer.headers["Cache-Control"] and "attachment" in answer.headers["Content-Disposition"]
    rows = table(answer)[1:]
    assert [(row[4], row[5]) for row in rows] == [("3.00", "40.50"), ("-12.50", "37.50"), ("50.00", "50.00")]
    assert sum(round(float(row[4]) * 100) for row in rows) == has(lived.lin)


def test_no_cell_of_the_file_is_a_formula(lived, as_):
    Transfer.update(words="=HYPERLINK(1)").execute()
    name(lived.che, "+阿澈")
    rows = table(as_("lin").get("/wallet/statement.csv"))
    assert "'=HYPERLINK(1)" in rows[1]
    assert all(cell[:1] not in ("=", "+", "@") for row in rows for cell in row)


@pytest.mark.parametrize("words, count", [
    ("夜宵", 1), ("阿澈", 2), ("che", 2), ("12.5", 1), ("-12.50", 1), ("−12.50", 1), ("3", 1), ("100%", 1), ("%", 1),
    ("_", 0), ("开张", 1), ("nobody", 0), ("老澈", 2),
])  # fmt: skip
def test_it_is_searched_by_words_names_and_amounts(lived, as_, words, count):
    Friendship.update(alias="老澈").where(Friendship.member == lived.lin.id).execute()
    assert shown(as_("lin").get("/wallet", query_string={"q": words}).text) == count
    rows = table(as_("lin").get("/wallet/statement.csv", query_string={"q": words}))
    assert len(rows) == count + 1


def test_tips_are_found_by_their_note_and_read_as_tips(lived, as_):
    tipping.give_tip(lived.che.actor, "member", lived.lin.id, key="t", amount=50, note="写得好")
    page = as_("lin").get("/wallet?q=写得好").text
    assert shown(page) == 1 and "+0.50" in page
    assert "#hand-helping" in page and "#hand-heart" not in page


def test_a_month_is_the_reader_s_own(lived, as_):
    """In Shanghai a new month begins eight hours before it does in UTC."""
    here = datetime.fromtimestamp(clock.now() / 1000, UTC)
    year, month = (here.year + 1, 1) if here.month == 12 else (here.year, here.month + 1)
    midnight = int(datetime(year, month, 1, tzinfo=UTC).timestamp() * 1000)
    clock.shift(midnight - clock.HOUR - clock.now())
    sending.send(lived.lin.actor, lived.che.id, 100, "", "c")
    browser, address = as_("lin"), f"/wallet?month={year}-{month:02}"
    page = browser.get(address).text
    assert shown(page) == 1 and "1.00" in page
    assert len(table(browser.get(f"/wallet/statement.csv?month={year}-{month:02}"))) == 2
    Member.update(time_zone="UTC").where(Member.id == lived.lin.id).execute()
    assert shown(browser.get(address).text) == 0


def test_each_month_is_offered_once(lived, as_):
    clock.shift(70 * clock.DAY)
    offered = re.findall(r"[?&]month=(\d{4}-\d\d)", as_("lin").get("/wallet").text)
    assert len(offered) >= 3
    for month in offered[:2]:
        page = as_("lin").get(f"/wallet?month={month}").text
        assert re.findall(r'class="chip" href="[^"]*month=(\d{4}-\d\d)', page) == offered


@pytest.mark.parametrize("odd", ["2026-13", "2026-1", "0000-00", "９９９９-01", "x" * 500, "2026-11'", "９999-9²"])
def test_what_is_no_month_shows_all(lived, as_, odd):
    assert shown(as_("lin").get("/wallet", query_string={"month": odd}).text) == 3


def test_older_rows_follow_in_pages_without_a_gap(cast, as_, monkeypatch):
    monkeypatch.setitem(limits.LIMITS, "page_statement", 4)
    for number in range(10):
        desk.order(cast.staff.actor, desk.OrderDraft("issue", cast.lin.id, number + 1, "x"), f"k{number}")
    browser, seen, address = as_("lin"), [], "/wallet"
    while address:
        page = browser.get(address).text
        seen += ROW.findall(page)
        older = re.search(r'href="(/wallet\?before=\d+[^"]*)"', page)
        address = older[1].replace("&amp;", "&") if older else None
    assert len(seen) == len(set(seen)) == 10
    asked = {"HX-Request": "true", "HX-Target": "older"}
    rows = browser.get(f"/wallet?before={seen[3]}", headers=asked)
    assert shown(rows.text) == 4 and "<html" not in rows.text


def test_a_receipt_is_for_both_sides_and_for_nobody_else(lived, as_):
    sent = Transfer.select().order_by(Transfer.id).first().posting_id
    for who, amount in (("lin", "−12.50"), ("che", "+12.50")):
        page = as_(who).get(f"/wallet/receipts/{sent}").text
        assert amount in page and "夜宵" in page
    for who in ("ning", "staff", "owner"):
        assert as_(who).get(f"/wallet/receipts/{sent}").status_code == 404
    with pytest.raises(Gone):
        statement.receipt(lived.ning.actor, sent)


def test_nobody_reads_another_s_statement(lived, as_):
    page = as_("che").get("/wallet").text
    assert "开张" not in page and shown(page) == 2
    assert shown(as_("ning").get(f"/wallet?before=999999&member={lived.lin.id}").text) == 0


def test_after_a_block_the_books_still_say_who_it_was_and_lead_nowhere(lived, as_):
    blocking.block(lived.che.actor, lived.lin.id)
    sent = Transfer.select().order_by(Transfer.id).first().posting_id
    page = as_("lin").get(f"/wallet/receipts/{sent}").text
    assert "阿澈" in page and "/people/che" not in page


def test_words_of_people_are_text(lived, as_):
    name(lived.che, "<b>澈</b>")
    Transfer.update(words="<script>alert(1)</script>").execute()
    page = as_("lin").get("/wallet").text
    assert "<script>alert" not in page and "<b>澈" not in page and "&lt;script&gt;" in page


def test_staff_see_amounts_without_words_and_that_they_looked_is_written_down(lived, as_):
    page = as_("staff").get("/wallet/of/lin").text
    assert "12.50" in page and "夜宵" not in page and "阿澈" not in page
    entry = AuditEntry.get(AuditEntry.action == "wallet.look")
    assert (entry.actor_id, entry.subject_id) == (lived.staff.id, lived.lin.id)
    assert as_("che").get("/wallet/of/lin").status_code == 404


def test_a_page_asks_as_much_for_twenty_rows_as_for_one(cast, as_):
    befriend(cast.lin, cast.che)
    give(cast.lin, 5000, cast)
    browser = as_("lin")
    browser.get("/wallet")
    with counted() as few:
        browser.get("/wallet")
    for number in range(20):
        clock.shift(2000)
        sending.send(cast.lin.actor, cast.che.id, 1 + number, "x", f"k{number}")
    with counted() as many:
        assert shown(browser.get("/wallet").text) == 21
    assert len(few) + 4 >= len(many)
    assert len(many) < 40


def test_the_copy_of_one_s_data_holds_movements_and_no_words_of_others(lived):
    content = next(each for each in personal.holdings() if each.name == "wallet").exports(lived.lin.id)[0]
    assert [row["amount"] for row in content["movements"]] == [5000, -1250, 300]
    assert content["sent"][0]["words"] == "夜宵 100%"
    assert "找零" not in str(content) and content["pin_set_at"] is None


def test_erasing_takes_pin_limits_and_words_and_leaves_the_books(lived):
    with atomic():
        personal.erase(lived.lin.id, keeps_words=False)
    assert Transfer.get(Transfer.giver == lived.lin.id).words == ""
    assert Transfer.get(Transfer.giver == lived.che.id).words == "找零"
    assert ledger.prove() == []
