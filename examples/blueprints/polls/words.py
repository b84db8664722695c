from flask_babel import lazy_gettext as _l

from core.hx import words

words({
    "poll_question": _l("Ask something in up to %(most)s characters."),
    "poll_options": _l("Write %(fewest)s to %(most)s different answers, one a line."),
    "poll_option": _l("An answer has up to %(most)s characters."),
})
