"""Who gets where with money: the part of tests/access_table.py about the wallet and the cash desk, with its signs.

Who has nothing is let in all the same, and told so beside the form (422)."""

from blueprints.wallet import closing, desk
from core import ledger
from models import CashOrder, LedgerAccount, LedgerEntry
from tests.access_row import Row
from tests.cast import Cast

MINE = "S + + + + + + + +"
GOING = "S 3 + + + + + + +"
DESK = "S 3 3 4 4 4 4 + +"
OWNERS = "S 3 3 4 4 4 4 3 +"

WALLET: dict[str, Row] = {
    "GET /wallet": Row((MINE,)),
    "GET /wallet/close": Row((GOING,)),
    "GET /wallet/desk": Row((DESK,)),
    "POST /wallet/desk": Row(
        (DESK,), {"kind": "issue", "member": "ning", "amount": "1", "reason": "x", "key": "k-new"}
    ),
    "POST /wallet/desk/<int:number>": Row((DESK,), {"done": "1"}),
    "GET /wallet/desk/books": Row((DESK,)),
    "POST /wallet/desk/books/halt": Row((DESK,), {"why": "x"}),
    "POST /wallet/desk/books/prove": Row((DESK,)),
    "POST /wallet/desk/books/resume": Row((OWNERS,)),
    "GET /wallet/desk/limits": Row((OWNERS,)),
    "POST /wallet/desk/limits": Row(
        (OWNERS,),
        {"money_most": "1000", "money_day_out": "100", "money_free": "10", "money_pause": "1", "tips_day": "20",
         "tips_count": "50", "desk_second": "1000"},
    ),
    "POST /wallet/donate": Row(("S 3 422 422 + 422 + 422 422",), {"key": "k-gift"}),
    "POST /wallet/freeze": Row((MINE,)),
    "GET /wallet/limits": Row((MINE,)),
    "POST /wallet/limits": Row((MINE,), {"free_ceiling": "", "day_out": "10", "tips_day": ""}),
    "GET /wallet/of/<username>": Row((DESK,)),
    "POST /wallet/of/<username>/freeze": Row((DESK,), {"reason": "x"}),
    "POST /wallet/of/<username>/thaw": Row((DESK,)),
    "POST /wallet/payouts": Row(("S 3 422 422 422 422 + 422 422",), {"key": "k-out", "amount": "1", "words": "x"}),
    "POST /wallet/payouts/<int:number>/take-back": Row(("S 3 4 4 + 4 4 4 4",)),
    "GET /wallet/pin": Row((MINE,)),
    "POST /wallet/pin": Row((MINE,), {"pin": "271828", "pin_again": "271828", "password": "correct horse 7"}),
    "GET /wallet/receipts/<int:posting>": Row(("S 4 4 4 + 4 4 4 4",)),
    "GET /wallet/send": Row(("S 3 3 + + + + + +",)),
    "GET /wallet/send/<username>": Row(("S 3 3 3 3 3 + 3 3",)),
    "POST /wallet/send/<username>": Row(("S 3 3 3 3 3 + 3 3",), {"amount": "1", "words": "", "key": "k-send"}),
    "GET /wallet/statement.csv": Row((MINE,)),
    "GET /wallet/thaw": Row((MINE,)),
    "POST /wallet/thaw": Row((MINE,), {"password": "correct horse 7"}),
}  # fmt: skip


def furnish_wallets(cast: Cast) -> None:
    """Lin and che have something, and lin waits for a payout."""
    for number, who in enumerate((cast.lin, cast.che)):
        desk.order(cast.owner.actor, desk.OrderDraft("issue", who.id, 5000, "开张"), f"k-{number}")
    closing.ask_payout(cast.lin.actor, 1000, "银行卡", "k-payout")


def order_that_waits() -> str:
    return str(CashOrder.get(CashOrder.kind == "payout").id)


def posting_of(member: int) -> str:
    """Something that lin has a receipt for."""
    mine = LedgerAccount.get(LedgerAccount.name == ledger.member(member, "credit"))
    return str(LedgerEntry.get(LedgerEntry.account == mine).posting_id)
