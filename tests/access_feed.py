"""Who gets where in the feed: the part of tests/access_table.py about it, with its signs. The moment is lin's, for all
friends, of whom che is one."""

from tests.access_row import Row

OWN = ("S 3 3 + + + + + +",)
AUTHOR = ("S 3 3 4 + 4 4 4 4",)
WRITING: dict[str, Row] = {
    "GET /feed/write": Row(OWN),
    "POST /feed/posts": Row(OWN, {"body": "x", "audience": "me"}),
    "POST /feed/films": Row(("S 3 3 422 422 422 422 422 422",)),
    "POST /feed/films/<key>/remove": Row(("S 3 3 4 4 4 4 4 4",)),
    "GET /feed/old": Row(OWN),
    "POST /feed/old": Row(OWN, {"retire_days": "0"}),
    "GET /feed/posts/<int:number>": Row(("4 3 4 4 + 4 + 4 4",)),
    "GET /feed/posts/<int:number>/audience": Row(AUTHOR),
    "POST /feed/posts/<int:number>/audience": Row(AUTHOR, {"audience": "me"}),
    "POST /feed/posts/<int:number>/delete": Row(AUTHOR),
    "GET /feed/posts/<int:number>/edit": Row(AUTHOR),
    "POST /feed/posts/<int:number>/edit": Row(AUTHOR, {"body": "x"}),
    "POST /feed/posts/<int:number>/end": Row(AUTHOR, {"lasts": "day"}),
    "POST /feed/posts/<int:number>/retire": Row(AUTHOR),
    "POST /feed/posts/<int:number>/undo": Row(AUTHOR),
}

FEED: dict[str, Row] = {**WRITING}
