"""Who gets where with payments: the part of tests/access_table.py about them, with its signs. This site has no
provider, so there is nothing to top up; what came in while it had one can still be looked at."""

from core import clock
from models import Payment
from tests.access_row import Row
from tests.cast import Cast

NOWHERE = "S 3 3 4 4 4 4 4 4"
DESK = "S 3 3 4 4 4 4 + +"
NUMBER = "QZ20261122fedcba9876543210"

PAYMENTS: dict[str, Row] = {
    "POST /wallet/callback/<name>": Row(("4 4 4 4 4 4 4 4 4",)),
    "GET /wallet/desk/payments": Row((DESK,)),
    "GET /wallet/desk/payments/<order>": Row((DESK,)),
    "POST /wallet/desk/payments/<order>/credit": Row((DESK,)),
    "POST /wallet/desk/payments/<order>/refund": Row((DESK,), {"amount": "0.5", "reason": "x", "key": "k-back"}),
    "POST /wallet/desk/payments/<order>/seen": Row(("S 3 3 4 4 4 4 C C",)),
    "GET /wallet/top-up": Row((NOWHERE,)),
    "POST /wallet/top-up": Row((NOWHERE,), {"amount": "1", "key": "k-top"}),
    "GET /wallet/top-up/<order>": Row(("S 4 4 4 + 4 4 4 4",)),
    "GET /wallet/top-up/<order>/sandbox": Row((NOWHERE,)),
    "POST /wallet/top-up/<order>/sandbox": Row((NOWHERE,), {"play": "paid"}),
}


def furnish_payments(cast: Cast) -> None:
    """Lin paid another amount than they had ordered."""
    now = clock.now()
    Payment.create(
        number=NUMBER, provider="sandbox", member=cast.lin.id, amount=100, currency="XTS", state="odd",
        problem="amount", paid_amount=90, reference="S-1", made_at=now, paid_at=now,
    )  # fmt: skip
