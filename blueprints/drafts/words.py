from flask_babel import lazy_gettext as _l

from core.hx import words

words(
    {
        "draft_name": _l("This draft has no place it belongs to."),
        "draft_too_long": _l("A draft may have up to %(most)s kB."),
        "drafts_full": _l("You have %(most)s drafts, which is as many as fit. Send or discard one of them first."),
        "draft_changed": _l("There is a newer draft from another device."),
    }
)
