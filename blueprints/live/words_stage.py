from flask_babel import lazy_gettext as _l

from blueprints.live.stages import PROVIDER_NAMES
from core.hx import words

words({
    "no_film": _l("Choose a video first."),
    "stage_kind": _l("Choose what is shown on the stage."),
    "stage_missing": _l("Paste the address of what is shown."),
    "stage_long": _l("This address is too long. At most %(most)s characters fit."),
    "stage_address": _l("This is no address that a browser could open."),
    "stage_playlist": _l("The address of a stream ends in .m3u8, such as https://stream.example/live/index.m3u8."),
    "stage_not_https": _l("The address of a stream has to begin with https://, or with a slash when it lies on this "
                          "site."),
    "stage_provider": _l("Videos of %(names)s can be shown here. Paste the address of one of their pages, or upload "
                         "the video.", names=", ".join(PROVIDER_NAMES)),
    "stage_short": _l("This is a short address. Open it, then copy the long one from the browser’s address bar."),
    "stage_no_video": _l("This page of %(provider)s is not the page of one video. Open the video, then copy its "
                         "address."),
})  # fmt: skip
