from flask_babel import lazy_gettext as _l

from core.hx import words

words({
    "invitation_uses": _l("An invitation can be used between 1 and %(most)s times."),
    "invitation_days": _l("An invitation can hold for up to %(most)s days; 0 is no end."),
    "suspension_days": _l("A suspension can last up to %(most)s days; 0 is no end."),
})
