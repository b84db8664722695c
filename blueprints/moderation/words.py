from flask_babel import lazy_gettext as _l

from core import audit
from core.hx import words

words({
    "report_self": _l("You cannot report yourself. Edit it, or delete it."),
    "case_closed": _l("Somebody has decided about this meanwhile."),
    "already_so": _l("Nothing was left to do: it is like that already."),
    "ruling_empty": _l("Choose what to do."),
    "reason_needed": _l("Choose a reason. Whom it concerns can read it."),
    "posts_only": _l("Only posts can be locked and moved."),
    "things_only": _l("A person cannot be hidden. Choose what to do with the person."),
    "no_such_circle": _l("Choose a circle that you look after."),
    "move_wider": _l("A post cannot move to where more people can read it than before."),
    "nobody_there": _l("Whoever wrote this has left the site."),
    "no_longer_member": _l("This person is no longer in the circle."),
    "appeal_moot": _l("There is nothing left to look at again."),
    "appeal_late": _l("This can be asked for up to %(most)s days after the decision."),
    "appeal_made": _l("You have asked for this once. The answer appears here."),
    "appeal_decided": _l("Somebody has answered this meanwhile."),
    "between": _l("Choose a number from 0 to %(most)s."),
    "words_full": _l("A circle can watch for %(most)s words. Remove some first."),
    "word_without_letters": _l("“%(word)s” has neither letters nor digits, so it cannot be found."),
    "reasons_full": _l("At most %(most)s reasons fit."),
    "reason_colon": _l("A reason cannot begin with a colon."),
})

audit.words({
    "circle.screen": _l("What a circle looks at before publishing changed"),
    "circle.watch": _l("Words added that a circle watches for"),
    "circle.unwatch": _l("A word removed that a circle watched for"),
    "circle.reasons": _l("Reasons of a circle changed"),
})
