"""Who gets where with tips: the part of tests/access_table.py about them, with its signs."""

from tests.access_row import Row

TIPS: dict[str, Row] = {
    "POST /tips": Row(("S 3 3 4 4 4 4 4 4",), {"tap": "member:999999"}),
    "GET /tips/<kind>/<int:number>": Row(("S 3 3 + 3 + + + +",)),
    "POST /tips/<kind>/<int:number>": Row(("S 3 3 C 3 C + C C",), {"key": "k", "back": "/"}),
    "POST /tips/<int:tip>/thank": Row(("S 3 3 4 4 4 4 4 4",)),
    "POST /tips/<int:tip>/undo": Row(("S 3 3 4 4 4 4 4 4",)),
    "GET /wallet/tips": Row(("S 3 3 + + + + + +",)),
    "POST /wallet/tips": Row(("S 3 3 + + + + + +",), {"takes": "y", "amount": ""}),
}
