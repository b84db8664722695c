"""What speaks against a reader's choice."""

from flask_babel import lazy_gettext as _l

from core.hx import words

words({
    "feed_mute_empty": _l("Write a word that consists of letters or digits."),
    "feed_mutes_many": _l("You keep out %(most)s words already. Take one back first."),
})  # fmt: skip
