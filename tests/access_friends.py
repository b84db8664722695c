"""Who gets where among friends: the part of tests/access_table.py about them, with its signs. Lin is a friend of che,
has asked may, and owns no list; the list is che's."""

from tests.access_row import Row

OWN = ("S 3 3 + + + + + +",)
PRIVACY = {
    "found_by": "nobody", "asked_by": "everyone", "friends_seen_by": "friends", "circles_seen_by": "everyone",
    "strangers_see": "0", "friends_see_days": "3",
}  # fmt: skip

FRIENDS: dict[str, Row] = {
    "GET /friends": Row(OWN),
    "GET /friends/requests": Row(OWN),
    "GET /friends/lists": Row(OWN),
    "POST /friends/lists": Row(OWN, {"name": "跑友"}),
    "GET /friends/lists/<int:number>": Row(("S 3 3 4 4 4 + 4 4",)),
    "POST /friends/lists/<int:number>": Row(("S 3 3 4 4 4 + 4 4",), {"name": "跑友"}),
    "POST /friends/lists/<int:number>/delete": Row(("S 3 3 4 4 4 + 4 4",)),
    "POST /friends/lists/<int:number>/friends/<int:member>": Row(("S 3 3 4 4 4 + 4 4",), {"on": "0"}),
    "GET /me/code": Row(OWN),
    "POST /me/code/renew": Row(OWN),
    "GET /people/code/<code>": Row(("+ 3 + + + + + + +",)),
    "POST /people/code/<code>": Row(("S 3 3 + 4 + + + +",), {"words": "你好"}),
    "GET /people/<username>/friend": Row(OWN),
    "POST /people/<username>/friend": Row(("S 3 3 + 4 + + + +",), {"words": "你好"}),
    "POST /people/<username>/friend/withdraw": Row(OWN),
    "POST /people/<username>/friend/accept": Row(("S 3 3 + 4 + + + +",)),
    "POST /people/<username>/friend/decline": Row(OWN),
    "POST /people/<username>/friend/notes": Row(("S 3 3 4 4 4 + 4 4",), {"alias": "小林"}),
    "POST /people/<username>/friend/end": Row(OWN),
    "GET /people/<username>/friends": Row(("4 3 4 4 + 4 + 4 4",)),
    "POST /people/<username>/block": Row(("S 3 3 + C + + + +",)),
    "POST /people/<username>/unblock": Row(("S 3 3 4 4 4 4 4 4",)),
    "GET /me/seen-as": Row(OWN),
    "GET /settings/blocked": Row(OWN),
    "GET /settings/cover": Row(OWN),
    "POST /settings/cover": Row(OWN, {"remove": "1"}),
    "GET /settings/privacy": Row(("S + + + + + + + +",)),
    "POST /settings/privacy": Row(("S + + + + + + + +",), PRIVACY),
}
