from flask_babel import lazy_gettext as _l

from core.hx import words

words({
    "live_poll_open": _l("Another poll is open. Close it first."),
    "title_live_poll_voted": _l("You have voted"),
    "live_poll_voted": _l("Your vote stands. Each member has one."),
    "live_question_own": _l("This is your own question. It needs no vote of yours."),
    "live_question_answered": _l("This question has been answered."),
})  # fmt: skip
