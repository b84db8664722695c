from flask_babel import lazy_gettext as _l

from core import audit
from core.hx import words

words({
    "invitation_uses": _l("An invitation can be used between 1 and %(most)s times."),
    "invitation_days": _l("An invitation can be valid for up to %(most)s days; 0 means no end."),
    "suspension_days": _l("A suspension can last up to %(most)s days; 0 means no end."),
})

audit.words({
    "site.configure": _l("Settings of the site changed"),
    "site.invite": _l("Invitation to the site made"),
    "site.revoke_invitation": _l("Invitation to the site taken back"),
    "member.suspend": _l("Account suspended"),
    "member.lift": _l("Suspension lifted"),
    "staff.appoint": _l("Made staff"),
    "staff.dismiss": _l("No longer staff"),
    "job.retry": _l("Job tried again"),
})
