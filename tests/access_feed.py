"""Who gets where in the feed: the part of tests/access_table.py about it, with its signs. The moment is lin's, for all
friends, of whom che is one."""

from tests.access_row import Row

OWN = ("S 3 3 + + + + + +",)
AUTHOR = ("S 3 3 4 + 4 4 4 4",)
FRIENDS = ("S 3 3 4 + 4 + 4 4",)
READERS = ("4 3 4 4 + 4 + 4 4",)
TALK: dict[str, Row] = {
    "GET /feed/comments": Row(OWN),
    "GET /feed/posts/<int:number>/comments": Row(READERS),
    "POST /feed/posts/<int:number>/comments": Row(FRIENDS, {"body": "x"}),
    "GET /feed/posts/<int:number>/comments/<int:comment>": Row(READERS),
    "POST /feed/posts/<int:number>/comments/<int:comment>/delete": Row(FRIENDS),
    "GET /feed/posts/<int:number>/comments/<int:comment>/reply": Row(FRIENDS),
    "GET /feed/posts/<int:number>/comments/new": Row(FRIENDS),
    "POST /feed/posts/<int:number>/comments-by": Row(AUTHOR, {"how": "mutual"}),
    "POST /feed/posts/<int:number>/react": Row(FRIENDS, {"on": "1"}),
    "GET /feed/posts/<int:number>/reactions": Row(FRIENDS),
    "GET /feed/posts/<int:number>/talk": Row(READERS),
}
WRITING: dict[str, Row] = {
    "GET /feed/write": Row(OWN),
    "POST /feed/posts": Row(OWN, {"body": "x", "audience": "me"}),
    "POST /feed/films": Row(("S 3 3 422 422 422 422 422 422",)),
    "POST /feed/films/<key>/remove": Row(("S 3 3 4 4 4 4 4 4",)),
    "GET /feed/old": Row(OWN),
    "POST /feed/old": Row(OWN, {"retire_days": "0"}),
    "GET /feed/posts/<int:number>": Row(("4 3 4 4 + 4 + 4 4",)),
    "GET /feed/posts/<int:number>/film": Row(("4 3 4 4 + 4 + 4 4",)),
    "GET /feed/posts/<int:number>/audience": Row(AUTHOR),
    "POST /feed/posts/<int:number>/audience": Row(AUTHOR, {"audience": "me"}),
    "POST /feed/posts/<int:number>/delete": Row(AUTHOR),
    "GET /feed/posts/<int:number>/edit": Row(AUTHOR),
    "POST /feed/posts/<int:number>/edit": Row(AUTHOR, {"body": "x"}),
    "POST /feed/posts/<int:number>/end": Row(AUTHOR, {"lasts": "day"}),
    "POST /feed/posts/<int:number>/retire": Row(AUTHOR),
    "POST /feed/posts/<int:number>/undo": Row(AUTHOR),
}
READING: dict[str, Row] = {
    "GET /feed": Row(OWN),
    "GET /feed/again": Row(("+ 3 + + + + + + +",)),
    "GET /feed/catch-up": Row(OWN),
    "GET /feed/changes": Row(OWN),
    "POST /feed/mutes": Row(OWN, {"word": "x", "days": "7"}),
    "POST /feed/mutes/<int:number>/remove": Row(OWN),
    "POST /feed/people/<int:member>": Row(("S 3 3 4 4 4 + 4 4",), {"kind": "hide"}),
    "GET /feed/sellers": Row(OWN),
    "GET /feed/settings": Row(OWN),
    "POST /feed/settings": Row(OWN),
    "GET /people/<username>/posts": Row(("+ 3 + + + + + + +",)),
}

FEED: dict[str, Row] = {**READING, **TALK, **WRITING}
