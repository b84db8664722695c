from flask_babel import lazy_gettext as _l

from core.blueprint import Blueprint, Place, declare_slot

bp = Blueprint(
    "people",
    title="People: profiles, and one's own page",
    needs=("accounts",),
    place=Place(
        "people.me", _l("Me"), "user", 50, "people:me", covers=("accounts", "drafts", "notices", "wallet"),
        about=("people.profile", "people.friends_of", "people.by_code"),
    ),
)

declare_slot(
    "people.profile",
    "Sections under the head of a profile. Things: [person], with `id`; answer with whole sections by id.",
)
declare_slot(
    "people.profile_ways",
    "What one can do about somebody, in a row in the head of their profile. Things: [person], with `id` and "
    "`username`; answer with a button or two by id.",
)
declare_slot(
    "people.profile_menu",
    "Items of the menu on a profile. Things: [person], with `id` and `username`; answer with `menu-item`s by id.",
)
declare_slot(
    "people.seen_as",
    "What somebody sees on a profile, to be looked at by whose profile it is. Things: [person], with `id`; the actor "
    "is who sees it, but not who looks. Show nothing of the actor's own, and nothing that can be done. Answer with "
    "whole sections by id.",
)
declare_slot(
    "people.seen_by_list",
    "What everybody on a list of friends sees on a profile, to be looked at by whose profile it is. Things: "
    "[(person, number of the list)], the person with `id`; the actor is whose profile and list it is. As for "
    "`people.seen_as`, by the id of the person.",
)
declare_slot(
    "people.card",
    "Lines of the small card about somebody. Things: [(person, slug of the circle they are met in, or empty)], the "
    "person with `id`; answer with lines by id.",
)
declare_slot(
    "people.me",
    "Rows of one's own page, above signing out. Things: [person], with `id`; answer with `row`s by id.",
)
