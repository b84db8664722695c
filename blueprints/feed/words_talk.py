"""What is said when a comment beneath a moment could not be taken."""

from flask_babel import lazy_gettext as _l

from core.hx import words

words({"moment_closed": _l("Comments on this feed post are closed.")})
