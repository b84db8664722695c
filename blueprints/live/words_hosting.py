from flask_babel import lazy_gettext as _l

from core import audit
from core.hx import words

words({
    "live_no_circle": _l("This event belongs to no circle, so everybody who watches may comment."),
    "live_not_above": _l("Moderators do not act against each other, nor against hosts; that is for those above them."),
    "live_words_full": _l("An event can keep out %(most)s words. Remove some first."),
    "live_minutes": _l("Choose a time of up to %(most)s minutes."),
})

audit.words({
    "live.mute": _l("Viewer of an event muted"),
    "live.remove": _l("Viewer removed from an event"),
    "live.pardon": _l("Viewer of an event pardoned"),
    "live.delete_comment": _l("Someone else’s comment on an event deleted"),
    "live.delete_all": _l("All comments of someone on an event deleted"),
})
