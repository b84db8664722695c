"""Who gets where: a row a route, a column a role.

`+` let in · `S` asked to sign in · `3` told that it is not open to them · `4` not there · `C` a conflict, told so
"""

from tests.access_feed import FEED
from tests.access_friends import FRIENDS
from tests.access_live import LIVE
from tests.access_payments import PAYMENTS
from tests.access_row import Row
from tests.access_tips import TIPS
from tests.access_wallet import WALLET
from tests.cast import PASSWORD

ROLES = {
    "guest": "", "suspended": "suspended", "leaving": "leaving", "stranger": "ning", "member": "lin",
    "moderator": "may", "founder": "che", "staff": "staff", "site owner": "owner",
}  # fmt: skip
"""Role -> who of the cast plays it. Member, moderator and founder are so in 夜跑 (tests/cast.py)."""

CIRCLES = ("running", "desk", "darkroom")


CIRCLE = {"name": "新名", "purpose": "一起", "category": "sport", "visibility": "public", "join_policy": "open"}
SETTINGS = {
    "name": "夜谈", "tagline": "", "locale": "zh-Hans", "time_zone": "Asia/Shanghai", "registration": "open",
    "founding": "members", "reading": "everyone", "link_cards": "on", "contact": "",
    "unit": "", "public_moments": "on",
}  # fmt: skip

SCREEN = {"approval": "none", "newcomer_days": "0", "newcomer_posts": "0"}

TABLE: dict[str, Row] = {
    "GET /": Row(("+ 3 + + + + + + +",)),
    "GET /about": Row(("+ + + + + + + + +",)),
    "GET /admin/": Row(("S 3 3 4 4 4 4 + +",)),
    "GET /admin/audit": Row(("S 3 3 4 4 4 4 + +",)),
    "GET /admin/invitations/": Row(("S 3 3 4 4 4 4 + +",)),
    "POST /admin/invitations/": Row(("S 3 3 4 4 4 4 + +",), {"note": "x", "uses": "1", "days": "14"}),
    "POST /admin/invitations/<int:number>/revoke": Row(("S 3 3 4 4 4 4 + +",)),
    "GET /admin/jobs": Row(("S 3 3 4 4 4 4 + +",)),
    "POST /admin/jobs/<int:number>/retry": Row(("S 3 3 4 4 4 4 + +",)),
    "GET /admin/looks": Row(("S 3 3 4 4 4 4 4 +",)),
    "GET /admin/people/": Row(("S 3 3 4 4 4 4 + +",)),
    "GET /admin/people/<username>": Row(("S 3 3 4 4 4 4 + +",)),
    "POST /admin/people/<username>/lift": Row(("S 3 3 4 4 4 4 + +",)),
    "POST /admin/people/<username>/reset-link": Row(("S 3 3 4 4 4 4 + +",)),
    "POST /admin/people/<username>/sign-out": Row(("S 3 3 4 4 4 4 + +",)),
    "POST /admin/people/<username>/staff": Row(("S 3 3 4 4 4 4 3 +",), {"on": "1"}),
    "POST /admin/people/<username>/suspend": Row(("S 3 3 4 4 4 4 + +",), {"reason": "x", "days": "7"}),
    "GET /admin/reports": Row(("S 3 3 4 4 4 4 + +",)),
    "GET /admin/settings": Row(("S 3 3 4 4 4 4 + +",)),
    "POST /admin/settings": Row(("S 3 3 4 4 4 4 + +",), SETTINGS),
    "GET /assets/<digest>/<path:name>": Row(("+ + + + + + + + +",)),
    "GET /circles/": Row(("+ 3 + + + + + + +",)),
    "POST /circles/": Row(
        ("S 3 3 + + + + + +",), CIRCLE | {"slug": "new-one"}
    ),
    "GET /circles/<slug>/log": Row(("+ 3 + + + + + + +", "S 3 3 3 3 3 + 3 3", "4 3 4 4 + 4 + 4 4")),
    "GET /circles/<slug>/moderation/": Row(("S 3 3 3 3 + + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 3 4 + 4 4")),
    "GET /circles/<slug>/moderation/act/<kind>/<int:number>": Row(
        ("S 3 3 3 3 + + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 3 4 + 4 4")
    ),
    "POST /circles/<slug>/moderation/act/<kind>/<int:number>": Row(
        ("S 3 3 3 3 + + 3 3", "S 3 3 3 3 3 3 3 3", "S 3 3 4 3 4 + 4 4"), {"thing": "hide", "reason": ":spam"}
    ),
    "GET /circles/<slug>/moderation/looks": Row(("S 3 3 4 4 4 + 4 4", "S 3 3 4 4 4 + 4 4", "S 3 3 4 4 4 + 4 4")),
    "POST /circles/<slug>/moderation/waiting/<int:number>": Row(
        ("S 3 3 3 3 C C 3 3", "S 3 3 3 3 3 C 3 3", "S 3 3 4 3 4 C 4 4"), {"accept": "1"}
    ),
    "GET /circles/<slug>/settings/moderation": Row(("S 3 3 3 3 3 + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 3 4 + 4 4")),
    "POST /circles/<slug>/settings/moderation": Row(
        ("S 3 3 3 3 3 + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 3 4 + 4 4"), SCREEN
    ),
    "POST /circles/<slug>/settings/moderation/reasons": Row(
        ("S 3 3 3 3 3 + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 3 4 + 4 4"), {"reasons": "x"}
    ),
    "POST /circles/<slug>/settings/moderation/words": Row(
        ("S 3 3 3 3 3 + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 3 4 + 4 4"), {"words": "y", "action": "hold"}
    ),
    "POST /circles/<slug>/settings/moderation/words/<int:number>/remove": Row(
        ("S 3 3 3 3 3 + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 3 4 + 4 4")
    ),
    "GET /circles/catch-up": Row(("S 3 3 + + + + + +",)),
    "GET /circles/<slug>": Row(("+ 3 + + + + + + +", "+ 3 + + + + + + +", "4 3 4 4 + 4 + 4 4")),
    "GET /circles/<slug>/about": Row(("+ 3 + + + + + + +", "+ 3 + + + + + + +", "4 3 4 4 + 4 + 4 4")),
    "GET /circles/<slug>/catch-up": Row(("S 3 3 3 + + + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 + 4 + 4 4")),
    "GET /circles/<slug>/feed.atom": Row(("+ 3 + + + + + + +", "4 3 4 4 4 4 4 4 4", "4 3 4 4 4 4 4 4 4")),
    "POST /circles/<slug>/read": Row(("S 3 3 3 + + + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 + 4 + 4 4"), {"up_to": "1"}),
    "GET /circles/<slug>/changes": Row(("+ 3 + + + + + + +", "S 3 3 3 3 3 + 3 3", "4 3 4 4 + 4 + 4 4")),
    "POST /circles/<slug>/decline": Row(("S 3 3 + 3 3 3 + +", "S 3 3 + + + 3 + +", "S 3 3 4 3 4 3 4 4")),
    "GET /circles/<slug>/banned": Row(("S 3 3 3 3 + + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 3 4 + 4 4")),
    "GET /circles/<slug>/door": Row(("S 3 3 3 3 3 + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 3 4 + 4 4")),
    "POST /circles/<slug>/door": Row(
        ("S 3 3 3 3 3 + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 3 4 + 4 4"), CIRCLE | {"rules": "", "welcome": ""}
    ),
    "GET /circles/<slug>/edit": Row(("S 3 3 3 3 3 + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 3 4 + 4 4")),
    "POST /circles/<slug>/edit": Row(
        ("S 3 3 3 3 3 + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 3 4 + 4 4"), CIRCLE
    ),
    "GET /circles/<slug>/invitations/": Row(("S 3 3 3 3 + + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 3 4 + 4 4")),
    "POST /circles/<slug>/invitations/": Row(
        ("S 3 3 3 3 + + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 3 4 + 4 4"), {"username": "ada", "reason": ""}
    ),
    "GET /circles/<slug>/invitations/<int:number>/print": Row(
        ("S 3 3 3 3 + + 3 3", "S 3 3 3 3 3 4 3 3", "S 3 3 4 3 4 4 4 4")
    ),
    "POST /circles/<slug>/invitations/<int:number>/revoke": Row(
        ("S 3 3 3 3 + + 3 3", "S 3 3 3 3 3 4 3 3", "S 3 3 4 3 4 4 4 4")
    ),
    "POST /circles/<slug>/invitations/links/": Row(
        ("S 3 3 3 3 + + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 3 4 + 4 4"),
        {"days": "7", "uses": "10", "role": "member", "why": ""},
    ),
    "POST /circles/<slug>/invitations/members/<int:number>/withdraw": Row(
        ("S 3 3 3 3 + + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 3 4 + 4 4")
    ),
    "GET /circles/<slug>/join": Row(("S 3 3 + + + + + +", "S 3 3 + + + + + +", "S 3 3 4 + 4 + 4 4")),
    "POST /circles/<slug>/join": Row(
        ("S 3 3 + + + + + +", "S 3 3 + + + + + +", "S 3 3 4 + 4 + 4 4"), {"answer": "x"}
    ),
    "POST /circles/<slug>/leave": Row(("S 3 3 + + + C + +", "S 3 3 + + + C + +", "S 3 3 4 + 4 C 4 4")),
    "GET /circles/<slug>/here": Row(("+ 3 + + + + + + +", "S 3 3 3 3 3 + 3 3", "4 3 4 4 + 4 + 4 4")),
    "GET /circles/<slug>/members": Row(("+ 3 + + + + + + +", "S 3 3 3 3 3 + 3 3", "4 3 4 4 + 4 + 4 4")),
    "POST /circles/<slug>/members/<int:number>/lift": Row(
        ("S 3 3 3 3 + + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 3 4 + 4 4"), {"kind": "mute"}
    ),
    "GET /circles/<slug>/members/<int:number>/sanction": Row(
        ("S 3 3 3 3 + + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 3 4 + 4 4")
    ),
    "POST /circles/<slug>/members/<int:number>/sanction": Row(
        ("S 3 3 3 3 + + 3 3", "S 3 3 3 3 3 C 3 3", "S 3 3 4 3 4 + 4 4"),
        {"kind": "mute", "days": "3", "reason": "x", "note": ""},
    ),
    "POST /circles/<slug>/members/<int:number>/flair": Row(
        ("S 3 3 3 3 + + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 3 4 + 4 4"), {"flair": "0"}
    ),
    "GET /circles/<slug>/mine": Row(("S 3 3 3 + + + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 + 4 + 4 4")),
    "POST /circles/<slug>/mine": Row(
        ("S 3 3 3 + + + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 + 4 + 4 4"), {"notify": "all"}
    ),
    "POST /circles/<slug>/members/<int:number>/role": Row(
        ("S 3 3 3 3 3 + 3 3", "S 3 3 3 3 3 C 3 3", "S 3 3 4 3 4 + 4 4"), {"role": "moderator"}
    ),
    "POST /circles/<slug>/pictures": Row(
        ("S 3 3 3 3 3 + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 3 4 + 4 4"), {"which": "picture", "media": "picture"}
    ),
    "GET /circles/<slug>/posts/": Row(("+ 3 + + + + + + +", "+ 3 + + + + + + +", "4 3 4 4 + 4 + 4 4")),
    "POST /circles/<slug>/posts/": Row(
        ("S 3 3 3 + + + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 + 4 + 4 4"), {"title": "", "body": "hello"}
    ),
    "GET /circles/<slug>/posts/<int:number>": Row(("+ 3 + + + + + + +", "4 3 4 4 4 4 + 4 4", "4 3 4 4 + 4 + 4 4")),
    "GET /circles/<slug>/posts/<int:number>/changes": Row(
        ("+ 3 + + + + + + +", "4 3 4 4 4 4 + 4 4", "4 3 4 4 + 4 + 4 4")
    ),
    "GET /circles/<slug>/posts/<int:number>/comments/": Row(
        ("+ 3 + + + + + + +", "4 3 4 4 4 4 + 4 4", "4 3 4 4 + 4 + 4 4")
    ),
    "POST /circles/<slug>/posts/<int:number>/comments/": Row(
        ("S 3 3 3 + + + 3 3", "S 3 3 4 4 4 + 4 4", "S 3 3 4 + 4 + 4 4"), {"body": "hello"}
    ),
    "GET /circles/<slug>/posts/<int:number>/comments/<int:comment>": Row(
        ("+ 3 + + + + + + +", "4 3 4 4 4 4 + 4 4", "4 3 4 4 + 4 + 4 4")
    ),
    "POST /circles/<slug>/posts/<int:number>/comments/<int:comment>/pin": Row(
        ("S 3 3 3 + + + 3 3", "S 3 3 4 4 4 + 4 4", "S 3 3 4 + 4 + 4 4"), {"on": "1"}
    ),
    "POST /circles/<slug>/posts/<int:number>/comments/<int:comment>/delete": Row(
        ("S 3 3 3 3 + + 3 3", "S 3 3 4 4 4 + 4 4", "S 3 3 4 3 4 + 4 4")
    ),
    "GET /circles/<slug>/posts/<int:number>/comments/<int:comment>/edit": Row(
        ("S 3 3 3 3 + 3 3 3", "S 3 3 4 4 4 + 4 4", "S 3 3 4 3 4 + 4 4")
    ),
    "POST /circles/<slug>/posts/<int:number>/comments/<int:comment>/edit": Row(
        ("S 3 3 3 3 + 3 3 3", "S 3 3 4 4 4 + 4 4", "S 3 3 4 3 4 + 4 4"), {"body": "hello"}
    ),
    "POST /circles/<slug>/posts/<int:number>/comments/<int:comment>/like": Row(
        ("S 3 3 3 + + + 3 3", "S 3 3 4 4 4 + 4 4", "S 3 3 4 + 4 + 4 4"), {"on": "1"}
    ),
    "GET /circles/<slug>/posts/<int:number>/comments/<int:comment>/replies": Row(
        ("+ 3 + + + + + + +", "4 3 4 4 4 4 + 4 4", "4 3 4 4 + 4 + 4 4")
    ),
    "GET /circles/<slug>/posts/<int:number>/comments/<int:comment>/reply": Row(
        ("S 3 3 3 + + + 3 3", "S 3 3 4 4 4 + 4 4", "S 3 3 4 + 4 + 4 4")
    ),
    "POST /circles/<slug>/posts/<int:number>/comments/<int:comment>/undo": Row(
        ("S 3 3 3 3 + + 3 3", "S 3 3 4 4 4 + 4 4", "S 3 3 4 3 4 + 4 4")
    ),
    "POST /circles/<slug>/posts/<int:number>/delete": Row(
        ("S 3 3 3 + + + 3 3", "S 3 3 4 4 4 + 4 4", "S 3 3 4 + 4 + 4 4")
    ),
    "GET /circles/<slug>/posts/<int:number>/edit": Row(
        ("S 3 3 3 + 3 3 3 3", "S 3 3 4 4 4 + 4 4", "S 3 3 4 + 4 3 4 4")
    ),
    "POST /circles/<slug>/posts/<int:number>/edit": Row(
        ("S 3 3 3 + 3 3 3 3", "S 3 3 4 4 4 + 4 4", "S 3 3 4 + 4 3 4 4"), {"title": "", "body": "hello"}
    ),
    "POST /circles/<slug>/posts/<int:number>/card/remove": Row(
        ("S 3 3 3 + 3 3 3 3", "S 3 3 4 4 4 + 4 4", "S 3 3 4 + 4 3 4 4")
    ),
    "GET /circles/<slug>/posts/<int:number>/history": Row(
        ("+ 3 + + + + + + +", "4 3 4 4 4 4 + 4 4", "4 3 4 4 + 4 + 4 4")
    ),
    "POST /circles/<slug>/posts/<int:number>/read": Row(
        ("S 3 3 3 + + + 3 3", "S 3 3 4 4 4 + 4 4", "S 3 3 4 + 4 + 4 4"), {"up_to": "1"}
    ),
    "POST /circles/<slug>/posts/<int:number>/like": Row(
        ("S 3 3 3 + + + 3 3", "S 3 3 4 4 4 + 4 4", "S 3 3 4 + 4 + 4 4"), {"on": "1"}
    ),
    "GET /circles/<slug>/pinned": Row(("+ 3 + + + + + + +", "S 3 3 3 3 3 + 3 3", "4 3 4 4 + 4 + 4 4")),
    "POST /circles/<slug>/posts/<int:number>/choose": Row(
        ("S 3 3 3 3 + + 3 3", "S 3 3 4 4 4 + 4 4", "S 3 3 4 3 4 + 4 4"), {"on": "1"}
    ),
    "GET /circles/<slug>/posts/<int:number>/comments/<int:comment>/reactions": Row(
        ("S 3 3 + + + + + +", "S 3 3 4 4 4 + 4 4", "S 3 3 4 + 4 + 4 4")
    ),
    "POST /circles/<slug>/posts/<int:number>/fold": Row(
        ("S 3 3 3 + + + 3 3", "S 3 3 4 4 4 + 4 4", "S 3 3 4 + 4 + 4 4"), {"on": "1"}
    ),
    "GET /circles/<slug>/posts/<int:number>/keep": Row(
        ("S 3 3 + + + + + +", "S 3 3 4 4 4 + 4 4", "S 3 3 4 + 4 + 4 4")
    ),
    "POST /circles/<slug>/posts/<int:number>/keep": Row(
        ("S 3 3 + + + + + +", "S 3 3 4 4 4 + 4 4", "S 3 3 4 + 4 + 4 4"), {"on": "1"}
    ),
    "GET /circles/<slug>/posts/<int:number>/pin": Row(("S 3 3 3 3 + + 3 3", "S 3 3 4 4 4 + 4 4", "S 3 3 4 3 4 + 4 4")),
    "POST /circles/<slug>/posts/<int:number>/pin": Row(
        ("S 3 3 3 3 + + 3 3", "S 3 3 4 4 4 + 4 4", "S 3 3 4 3 4 + 4 4"), {"on": "0"}
    ),
    "POST /circles/<slug>/posts/<int:number>/pin/move": Row(
        ("S 3 3 3 3 + + 3 3", "S 3 3 4 4 4 + 4 4", "S 3 3 4 3 4 + 4 4"), {"way": "up"}
    ),
    "GET /circles/<slug>/posts/<int:number>/reactions": Row(
        ("S 3 3 + + + + + +", "S 3 3 4 4 4 + 4 4", "S 3 3 4 + 4 + 4 4")
    ),
    "GET /circles/<slug>/posts/<int:number>/share": Row(
        ("S 3 3 + + + + + +", "S 3 3 4 4 4 + 4 4", "S 3 3 4 + 4 + 4 4")
    ),
    "POST /circles/<slug>/posts/<int:number>/share": Row(
        ("S 3 3 3 + + + 3 3", "S 3 3 4 4 4 + 4 4", "S 3 3 4 3 4 3 4 4"), {"target": "1", "body": "x"}
    ),
    "GET /circles/<slug>/posts/<int:number>/topic": Row(
        ("S 3 3 3 + + + 3 3", "S 3 3 4 4 4 + 4 4", "S 3 3 4 + 4 + 4 4")
    ),
    "POST /circles/<slug>/posts/<int:number>/topic": Row(
        ("S 3 3 3 + + + 3 3", "S 3 3 4 4 4 + 4 4", "S 3 3 4 + 4 + 4 4"), {"topic": ""}
    ),
    "POST /circles/<slug>/posts/<int:number>/vote": Row(
        ("S 3 3 3 + + + 3 3", "S 3 3 4 4 4 + 4 4", "S 3 3 4 + 4 + 4 4"), {"none": "1"}
    ),
    "GET /circles/<slug>/posts/<int:number>/votes": Row(
        ("S 3 3 3 + + + 3 3", "S 3 3 4 4 4 + 4 4", "S 3 3 4 + 4 + 4 4")
    ),
    "GET /me/bookmarks": Row(("S 3 3 + + + + + +",)),
    "POST /me/bookmarks/<int:number>/note": Row(("S 3 3 4 + 4 4 4 4",), {"note": "x"}),
    "POST /me/bookmarks/<int:number>/remove": Row(("S 3 3 + + + + + +",)),
    "POST /circles/<slug>/posts/<int:number>/undo": Row(
        ("S 3 3 3 + + + 3 3", "S 3 3 4 4 4 + 4 4", "S 3 3 4 + 4 + 4 4")
    ),
    "GET /circles/<slug>/mentions": Row(("S 3 3 3 + + + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 + 4 + 4 4")),
    "POST /circles/<slug>/preview": Row(
        ("S 3 3 3 + + + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 + 4 + 4 4"), {"body": "hello"}
    ),
    "GET /circles/<slug>/pending": Row(("S 3 3 + + + + + +", "S 3 3 + + + + + +", "S 3 3 4 + 4 + 4 4")),
    "GET /circles/<slug>/requests": Row(("S 3 3 3 3 + + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 3 4 + 4 4")),
    "POST /circles/<slug>/requests/<int:number>": Row(
        ("S 3 3 3 3 4 4 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 3 4 4 4 4"), {"accept": "1"}
    ),
    "POST /circles/<slug>/welcome": Row(("S 3 3 3 + + + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 + 4 + 4 4")),
    "GET /circles/<slug>/settings/flairs": Row(("S 3 3 3 3 3 + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 3 4 + 4 4")),
    "POST /circles/<slug>/settings/flairs": Row(
        ("S 3 3 3 3 3 + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 3 4 + 4 4"), {"name": "老友", "hue": "3"}
    ),
    "POST /circles/<slug>/settings/flairs/<int:number>": Row(
        ("S 3 3 3 3 3 4 3 3", "S 3 3 3 3 3 4 3 3", "S 3 3 4 3 4 4 4 4"), {"name": "老友", "hue": "3"}
    ),
    "POST /circles/<slug>/settings/flairs/by": Row(
        ("S 3 3 3 3 3 + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 3 4 + 4 4"), {"flair_by": "members"}
    ),
    "GET /circles/<slug>/settings/topics": Row(("S 3 3 3 3 3 + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 3 4 + 4 4")),
    "POST /circles/<slug>/settings/topics": Row(
        ("S 3 3 3 3 3 + 3 3", "S 3 3 3 3 3 + 3 3", "S 3 3 4 3 4 + 4 4"), {"name": "路线"}
    ),
    "POST /circles/<slug>/settings/topics/<int:number>": Row(
        ("S 3 3 3 3 3 4 3 3", "S 3 3 3 3 3 4 3 3", "S 3 3 4 3 4 4 4 4"), {"name": "路线"}
    ),
    "POST /circles/<slug>/withdraw": Row(("S 3 3 + 3 3 3 + +", "S 3 3 + + + 3 + +", "S 3 3 4 3 4 3 4 4")),
    "GET /circles/new": Row(("S 3 3 + + + + + +",)),
    "GET /confirm/<token>": Row(("+ + + + + + + + +",)),
    "POST /confirm/<token>": Row(("+ + + + + + + + +",)),
    "GET /design": Row(("4 4 4 4 4 4 4 4 4",)),
    "GET /drafts/<names>": Row(("S 3 3 + + + + + +",)),
    "POST /drafts/<name>": Row(("S 3 3 + + + + + +",), {"body": "x"}),
    "GET /favicon.ico": Row(("+ + + + + + + + +",)),
    "GET /i/<code>": Row(("+ 3 + + + + + + +",)),
    "POST /i/<code>": Row(("S 3 3 + + + + + +",)),
    "GET /login": Row(("+ 3 + + + + + + +",)),
    "POST /login": Row(("+ 3 + + + + + + +",), {"username": "lin", "password": PASSWORD}),
    "POST /logout": Row(("+ + + + + + + + +",)),
    "GET /me": Row(("S + + + + + + + +",)),
    "GET /me/drafts": Row(("S 3 3 + + + + + +",)),
    "GET /me/pending": Row(("S 3 3 + + + + + +",)),
    "GET /me/pending/<int:number>": Row(("S 3 3 4 + 4 4 4 4",)),
    "POST /me/pending/<int:number>": Row(("S 3 3 4 + 4 4 4 4",), {"title": "", "body": "hello"}),
    "POST /me/pending/<int:number>/discard": Row(("S 3 3 4 + 4 4 4 4",)),
    "POST /me/pending/<int:number>/send": Row(("S 3 3 4 + 4 4 4 4",)),
    "GET /files/<key>/<name>": Row(("+ 4 + + + + + + +", "4 4 4 4 4 4 + 4 4", "4 4 4 4 + 4 + 4 4")),
    "POST /videos/": Row(("S 3 3 4 4 4 4 4 4",), {"for": "nothing:1", "name": "x.mp4", "size": "9"}),
    "GET /videos/<key>": Row(("S 3 3 4 4 4 4 4 4",)),
    "GET /videos/<key>/film": Row(("4 4 4 4 4 4 4 4 4",)),
    "POST /videos/<key>/give-up": Row(("S 3 3 4 4 4 4 4 4",)),
    "POST /videos/<key>/pieces": Row(("S 3 3 4 4 4 4 4 4",)),
    "GET /media/<key>/<size>.webp": Row(("+ 4 + + + + + + +", "4 4 4 4 4 4 + 4 4", "4 4 4 4 + 4 + 4 4")),
    "GET /moderation/cases/<int:number>": Row(("S 3 3 4 4 + + 4 4",)),
    "POST /moderation/cases/<int:number>": Row(("S 3 3 4 4 + + 4 4",), {"thing": "", "person": ""}),
    "GET /moderation/cases/<int:number>/pictures/<key>": Row(("S 3 3 4 4 + + 4 4",)),
    "GET /moderation/decisions/<int:number>": Row(("S 3 3 4 + + + 4 4",)),
    "POST /moderation/decisions/<int:number>/answer": Row(("S 3 3 4 4 4 4 4 4",), {"upheld": "1"}),
    "POST /moderation/decisions/<int:number>/appeal": Row(("S 3 3 4 + 4 4 4 4",), {"words": "x"}),
    "POST /moderation/decisions/<int:number>/reverse": Row(("S 3 3 4 4 + + 4 4",)),
    "GET /notices/": Row(("S 3 3 + + + + + +",)),
    "GET /notices/<int:number>": Row(("S 3 3 + + + + + +",)),
    "POST /notices/<int:number>/read": Row(("S 3 3 + + + + + +",)),
    "GET /notices/bell": Row(("S 3 3 + + + + + +",)),
    "POST /notices/read": Row(("S 3 3 + + + + + +",)),
    "GET /offline": Row(("+ + + + + + + + +",)),
    "GET /people/<username>": Row(("+ 3 + + + + + + +",)),
    "GET /people/<username>/card": Row(("+ 3 + + + + + + +",)),
    "GET /polls/": Row(("S 3 3 + + + + + +",)),
    "POST /polls/": Row(("S 3 3 + + + + + +",), {"question": "吃什么？", "answers": "面\n饭"}),
    "GET /polls/<int:number>": Row(("S 3 3 + + + + + +",)),
    "POST /polls/<int:number>/close": Row(("S 3 3 3 + 3 3 + +",)),
    "POST /polls/<int:number>/vote": Row(("S 3 3 + + + + + +",), {"option": "1"}),
    "GET /polls/new": Row(("S 3 3 + + + + + +",)),
    "POST /preferences": Row(("+ + + + + + + + +",), {"theme": "dark"}),
    "GET /register": Row(("+ 3 + + + + + + +",)),
    "POST /register": Row(("+ 3 + + + + + + +",), {"username": "newcomer", "password": "battery staple 9"}),
    "GET /report/<kind>/<key>": Row(("S 3 3 + C + + + +",)),
    "POST /report/<kind>/<key>": Row(("S 3 3 + C + + + +",), {"reason": ":spam"}),
    "GET /reset": Row(("+ 3 + + + + + + +",)),
    "POST /reset": Row(("+ 3 + + + + + + +",), {"username": "lin"}),
    "GET /reset/<token>": Row(("+ 3 + + + + + + +",)),
    "POST /reset/<token>": Row(("+ 3 + + + + + + +",), {"password": "battery staple 9"}),
    "GET /reset/sent": Row(("+ 3 + + + + + + +",)),
    "GET /robots.txt": Row(("+ + + + + + + + +",)),
    "GET /sitemap-<name>-<int:number>.xml": Row(("4 4 4 4 4 4 4 4 4",)),
    "GET /sitemap.xml": Row(("+ + + + + + + + +",)),
    "GET /search": Row(("+ 3 + + + + + + +",)),
    "GET /settings/": Row(("S + + + + + + + +",)),
    "GET /settings/devices": Row(("S + + + + + + + +",)),
    "POST /settings/devices/<int:session_id>/sign-out": Row(("S + + + + + + + +",)),
    "POST /settings/devices/sign-out-elsewhere": Row(("S + + + + + + + +",)),
    "GET /settings/email": Row(("S 3 3 + + + + + +",)),
    "POST /settings/email": Row(("S 3 3 + + + + + +",), {"email": "a@example.org", "password": PASSWORD}),
    "POST /settings/email/remove": Row(("S 3 3 + + + + + +",), {"password": PASSWORD}),
    "GET /settings/export": Row(("S + + + + + + + +",)),
    "POST /settings/export": Row(("S + + + + + + + +",)),
    "GET /settings/export/<int:export_id>.zip": Row(("S 4 4 4 + 4 4 4 4",)),
    "GET /settings/export/progress": Row(("S + + + + + + + +",)),
    "GET /settings/leave": Row(("S + + + + + + + +",)),
    "POST /settings/leave": Row(("S + + + + + + + C",), {"words": "keep", "password": PASSWORD}),
    "POST /settings/leave/cancel": Row(("S + + + + + + + +",)),
    "GET /settings/notices": Row(("S 3 3 + + + + + +",)),
    "POST /settings/notices": Row(("S 3 3 + + + + + +",), {"every": ""}),
    "GET /settings/notices/preview": Row(("S 3 3 + + + + + +",)),
    "GET /settings/password": Row(("S 3 3 + + + + + +",)),
    "POST /settings/password": Row(
        ("S 3 3 + + + + + +",), {"password": PASSWORD, "new_password": "battery staple 9"}
    ),
    "GET /settings/preferences": Row(("S 3 3 + + + + + +",)),
    "POST /settings/preferences": Row(("S 3 3 + + + + + +",), {"locale": "en", "time_zone": "", "theme": "dark"}),
    "GET /settings/profile": Row(("S 3 3 + + + + + +",)),
    "POST /settings/profile": Row(("S 3 3 + + + + + +",), {"display_name": "新名", "bio": ""}),
    "GET /setup/<token>": Row(("4 4 4 4 4 4 4 4 4",)),
    "POST /setup/<token>": Row(("4 4 4 4 4 4 4 4 4",)),
    "GET /unsubscribe/<token>": Row(("+ + + + + + + + +",)),
    "POST /unsubscribe/<token>": Row(("+ + + + + + + + +",)),
    "GET /stream": Row(("4 3 4 4 4 4 4 4 4",)),
    "GET /up": Row(("+ + + + + + + + +",)),
    **FEED,
    **LIVE,
    **FRIENDS,
    **PAYMENTS,
    **TIPS,
    **WALLET,
}
"""Rows of circle and picture routes have an answer a circle; the other routes have one."""
