from flask_babel import lazy_gettext as _l

from core.blueprint import Blueprint, Place, declare_slot

bp = Blueprint(
    "live",
    title="Live: events watched together, with comments that fly",
    needs=("accounts", "people", "circles", "wallet"),
    cli_group=None,
    place=Place("live.index", _l("Live"), "radio", 20, "live:list"),
)

declare_slot(
    "live.menu",
    "Items of an event's menu, for those who are signed in. Things: [Hall]; answer with `menu-item`s by its id.",
)
declare_slot(
    "live.comment_menu",
    "Items of the menu of a comment on an event. Things: (comment, author, Hall), two ids first; answer with "
    "`menu-item`s by comment.",
)
