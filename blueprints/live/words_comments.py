from flask_babel import lazy_gettext as _l

from core.hx import words

words({
    "live_comment_empty": _l("Write something first."),
    "live_comment_long": _l("At most %(most)s characters fit."),
    "title_live_over": _l("This event is over"),
    "live_over": _l("This event is over. What was said stays in its replay."),
    "live_removed": _l("You cannot watch this event any more."),
    "live_muted": _l("You cannot write here at the moment."),
    "live_closed": _l("Bullet comments are closed at the moment."),
    "live_members_only": _l("Only members of “%(circle)s” can comment at the moment."),
    "live_members_comment": _l("Members of the circle comment"),
    "live_slow": _l("Slow mode is on. You can write again in %(retry_after)s s."),
    "live_often": _l("That was a lot at once. You can write again in %(retry_after)s s."),
    "live_still_often": _l("At the top and at the bottom there is room again in %(retry_after)s s. Scrolling comments "
                           "can be sent at once."),
    "live_emoji_only": _l("Only emoji can be sent at the moment."),
    "live_word": _l("“%(word)s” is not wanted in this event."),
    "live_repeated": _l("You have just said this."),
    "live_repeated_by_many": _l("Several people have just said this. Say it in your own words."),
    "live_avoid_self": _l("You cannot avoid yourself."),
    "live_avoided_many": _l("You avoid %(most)s people, which is as many as can be kept."),
    "live_avoided_word": _l("“%(word)s” has no letters to look for."),
    "title_live_not_over": _l("This event is not over"),
    "live_not_over": _l("Comments can be taken in from a file once the event is over."),
    "live_file_large": _l("This file is too large. At most %(most)s MB fit."),
    "live_file_kind": _l("This is no file of bullet comments. Choose an XML file as bilibili’s tools write it."),
    "live_file_entities": _l("This file contains declarations (DOCTYPE or ENTITY) that are not read. Export it again "
                             "without them."),
    "live_file_many": _l("This file holds more than %(most)s comments."),
    "live_file_empty": _l("There are no comments in this file."),
})  # fmt: skip
