from flask_babel import lazy_gettext as _l

from core.blueprint import Blueprint, Place, declare_slot

bp = Blueprint(
    "circles",
    title="Circles: rooms, their members, posts and comments",
    needs=("accounts", "drafts", "people"),
    cli_group=None,
    place=Place("circles.index", _l("Circles"), "circles", 10, "circle:list", covers=("moderation",)),
)

declare_slot(
    "circles.post_menu",
    "Items of a post's menu. Things: (post, author, Room), two ids first; answer with `menu-item`s by post.",
)
declare_slot(
    "circles.comment_menu",
    "Items of a comment's menu. Things: (comment, author, Room), two ids first; answer with `menu-item`s by comment.",
)
declare_slot(
    "circles.post_tools",
    "What stands beside reacting and commenting beneath a post. Things: (post, author, Room), two ids first; answer "
    "with one small element by post, the same for the same reader for as long as nothing changes.",
)
declare_slot(
    "circles.comment_tools",
    "What stands beside reacting to a comment. Things: (comment, author, Room), two ids first; answer with one small "
    "element by comment, the same for the same reader for as long as nothing changes.",
)
declare_slot(
    "circles.tabs",
    "Further sections of a circle. Things: [room]; answer with links by room.",
)
declare_slot(
    "circles.about",
    "Rows beneath what a circle says about itself. Things: [room]; answer with `row`s (components/page.html) by room.",
)
declare_slot(
    "circles.settings",
    "Further pages of a circle's settings, for its moderators. Things: [room], a blueprints.circles.rooms.Room; answer "
    "with `chip`s (components/page.html) by room.",
)
