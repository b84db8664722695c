"""What whoever blocks is refused with."""

from flask_babel import lazy_gettext as _l

from core.hx import words

words({
    "block_self": _l("You cannot block yourself."),
    "title_blocked_many": _l("There is no room on the list of blocked people"),
    "blocked_many": _l("You can block %(most)s people. End a block first."),
})  # fmt: skip
