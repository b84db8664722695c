"""For which reasons something is reported and decided, where a circle has no list of its own. What is kept is the code,
so that everybody reads it in their language; what a circle has written itself is kept as it is."""

from flask_babel import lazy_gettext as _l

REASON_NAMES = {
    ":spam": _l("Spam or advertising"),
    ":insult": _l("Insults or harassment"),
    ":topic": _l("Does not belong here"),
    ":danger": _l("Dangerous or against the law"),
    ":private": _l("Gives away what is private to somebody"),
    ":other": _l("Something else"),
}
