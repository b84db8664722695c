from flask_babel import lazy_gettext as _l

from blueprints.live import (
    words_comments,  # noqa: F401 - its sentences
    words_hosting,  # noqa: F401 - its sentences
    words_stage,  # noqa: F401 - its sentences
    words_taking_part,  # noqa: F401 - its sentences
)
from core import audit
from core.hx import words

words({
    "event_in_past": _l("This time is over. Choose one that is still to come."),
    "event_far": _l("An event can be announced up to %(most)s days ahead."),
    "event_ends_first": _l("The end has to come after the beginning."),
    "event_end_now": _l("To end the event now, use the button on its page."),
    "event_long": _l("An event lasts up to %(most)s days."),
    "event_moment": _l("Choose date and time."),
    "event_shows_circle": _l("Its circle is invisible, so the event cannot be for everybody. Choose members."),
    "event_needs_password": _l("Choose a password that you tell your guests."),
    "title_event_cancelled": _l("This event was cancelled"),
    "event_cancelled": _l("It can no longer be changed. Announce it anew when it takes place after all."),
    "title_event_running": _l("It has begun"),
    "event_running": _l("An event that runs is not moved or cancelled any more. It can be ended."),
    "title_event_over": _l("This event is over"),
    "event_over": _l("An event begins once. Announce another one."),
    "title_event_not_live": _l("It has not begun"),
    "event_not_live": _l("An event that has not begun cannot be ended. It can be cancelled."),
})  # fmt: skip

words({
    "live_password": _l("This is not the password of this event."),
    "live_invited_already": _l("This person is let in already."),
    "live_hosts": _l("An event is run by up to %(most)s people."),
    "title_live_last_host": _l("One thing first"),
    "live_last_host": _l("An event needs a host. Make someone else one first."),
    "live_needs_address": _l("To be reminded by e-mail, confirm an address in your settings first."),
})

audit.words({
    "live.announce": _l("Event announced"),
    "live.change": _l("Event changed"),
    "live.postpone": _l("Event moved to another time"),
    "live.cancel": _l("Event cancelled"),
    "live.begin": _l("Event begun"),
    "live.end": _l("Event ended"),
})
