from flask_babel import lazy_gettext as _l

from core import audit
from core.hx import words

words({
    "needed": _l("Please fill this in."),
    "too_long": _l("This is too long. At most %(most)s characters fit."),
    "too_long_bytes": _l("This is too long. At most %(most)s kB fit."),
    "open_but_invisible": _l("An invisible circle cannot be open to everyone. Choose applications or invitations."),
    "slug_shape": _l("Use small letters a to z, digits and single hyphens, at least two of them."),
    "slug_taken": _l("This address is taken. Please choose another one."),
    "circles_founded": _l("You have founded %(most)s circles, which is as many as one person can look after."),
    "invitation_only": _l("This circle takes members by invitation only."),
    "title_last_owner": _l("One thing first"),
    "last_owner": _l("A circle needs an owner. Make someone else an owner first."),
    "not_above": _l("Only an owner can do that to a moderator, and nobody to an owner."),
    "no_such_member": _l("There is no member of that name."),
    "already_member": _l("This person is in the circle already."),
    "post_empty": _l("Write something, or add a picture."),
    "comment_empty": _l("Write something first."),
    "too_many_pictures": _l("At most %(most)s pictures fit in one post."),
    "parent_gone": _l("The comment you are answering was deleted meanwhile."),
    "post_locked": _l("Comments on this post are closed."),
    "already_sent": _l("This was sent before, and has been decided about since."),
    "poll_too_few": _l("A poll needs at least %(fewest)s options."),
    "poll_too_many": _l("At most %(most)s options fit in one poll."),
    "poll_option_long": _l("An option is too long. At most %(most)s characters fit."),
    "poll_same": _l("Two options of the poll say the same."),
    "poll_end": _l("A poll ends in the future, at most %(most)s days from its beginning."),
    "poll_ends_shape": _l("Write the end of the poll as date and time."),
    "poll_needs_end": _l("Results that are shown at the end need an end. Choose date and time."),
    "poll_over": _l("This poll has ended."),
    "poll_choose": _l("Choose an option first."),
    "poll_choose_one": _l("Choose one option only."),
    "pins_full": _l("At most %(most)s posts can be pinned. Unpin another one first."),
    "share_stays_inside": _l("What was said in an invisible circle can only be shared inside it."),
    "undo_over": _l("This can no longer be undone."),
    "label_taken": _l("There is one named “%(name)s” already."),
    "topics_full": _l("A circle has up to %(most)s topics. Remove one first."),
    "flairs_full": _l("A circle has up to %(most)s flairs. Remove one first."),
})

audit.words({
    "circle.found": _l("Circle founded"),
    "circle.edit": _l("Circle changed"),
    "circle.admit": _l("Decided about joining a circle"),
    "circle.appoint": _l("Role in a circle changed"),
    "circle.remove": _l("Member removed from a circle"),
    "circle.label_add": _l("Topic or flair added to a circle"),
    "circle.label_remove": _l("Topic or flair removed from a circle"),
    "post.delete": _l("Someone else’s post deleted"),
    "comment.delete": _l("Someone else’s comment deleted"),
})
