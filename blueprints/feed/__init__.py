from flask_babel import lazy_gettext as _l

from core.blueprint import Blueprint, Place, declare_slot

bp = Blueprint(
    "feed",
    title="Feed: what friends do, in the order of time, for exactly whom they chose",
    needs=("accounts", "admin", "people", "circles", "drafts", "live"),
    cli_group=None,
    place=Place("feed.index", _l("Feed"), "newspaper", 30, "feed:read"),
)

declare_slot(
    "feed.moment_menu",
    "Items of a moment's menu. Things: (moment, author), two ids first; answer with `menu-item`s by moment.",
)
declare_slot(
    "feed.moment_tools",
    "What stands beside liking and commenting beneath a moment. Things: moments with `id`, `author` and "
    "`takes_tips`; answer with one small element by moment.",
)
declare_slot(
    "feed.comment_menu",
    "Items of the menu of a comment on a moment. Things: (comment, author), two ids first; answer with `menu-item`s by "
    "comment.",
)
declare_slot(
    "feed.top",
    "What stands above the moments of a feed, such as events that run. Things: ['feed']; answer with a section for it.",
)
declare_slot(
    "feed.beside",
    "Sheets beside a feed, on wide screens alone: what they show has to stand elsewhere too. Things: ['feed']; answer "
    "with a section for it.",
)
declare_slot(
    "feed.card",
    "What a moment shows of something else. Things: (kind, id), the kind as at the read gate; answer with what stands "
    "inside the card for each of your kind that the actor may see.",
)
