"""What speaks against a moment."""

from flask_babel import lazy_gettext as _l

from core.hx import words
from core.limits import LIMITS

words({
    "moment_empty": _l("Write something, or add a picture or a video."),
    "moment_either": _l("A post shows either pictures or a video. Take one of them away."),
    "moment_longer": _l("It ends earlier than that already. A post can only be shown for a shorter time."),
    "audience_public": _l("This site does not show posts to everybody. Choose other people to see it."),
    "audience_lists": _l("Choose at least one list of friends."),
    "audience_list_gone": _l("One of these lists is not there any more. Choose again."),
    "audience_circle": _l("Choose a circle first."),
    "audience_circle_shut": _l("You cannot write in this circle now. Choose other people to see it."),
    "audience_wider": _l("A post can be shown to fewer people than before, but not to more. Write a new one "
                        "for those."),
    "moment_waits": _l("This circle looks at posts before they come out. Post it in the circle itself, or choose other "
                      "people to see it."),
    "shared_gone": _l("What you wanted to share is not there any more."),
    "moment_film_gone": _l("This video is not there any more. Send it again."),
    "moment_film_sending": _l("This video has not arrived as a whole yet."),
    "moment_film_long": _l("A video here may last up to %(most)s seconds. Cut it, then send it again.",
                           most=LIMITS["moment_film_seconds"]),
})  # fmt: skip
