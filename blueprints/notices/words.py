"""What this blueprint refuses, in words."""

from flask_babel import lazy_gettext as _l

from core.hx import words

words({"summary_needs_address": _l("There is no confirmed address it could go to. Add one first.")})
