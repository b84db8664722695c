"""What friends are refused with."""

from flask_babel import lazy_gettext as _l

from core.hx import words

words({
    "title_friend_closed": _l("Not open to requests"),
    "friend_closed": _l("This person takes no requests at the moment. If you know each other, ask for their code."),
    "title_friend_request_gone": _l("This request is no longer there"),
    "friend_request_gone": _l("It was withdrawn, or answered already."),
    "title_friends_full": _l("There is no room for another friend"),
    "friends_full": _l("You can have %(most)s friends. End one friendship first."),
    "title_friends_full_theirs": _l("There is no room for another friend"),
    "friends_full_theirs": _l("This person has as many friends as fit."),
    "title_friend_lists_full": _l("There is no room for another list"),
    "friend_lists_full": _l("You can have %(most)s lists. Delete one first."),
    "friend_list_taken": _l("You have a list of this name. Choose another one."),
})  # fmt: skip
