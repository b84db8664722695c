from flask_babel import lazy_gettext as _l

from core.hx import words
from core.limits import LIMITS, MB

words({
    "too_large": _l("A picture may have up to %(most)s MB.", most=LIMITS["picture_bytes"] // MB),
    "too_many_pixels": _l("A picture may have up to %(most)s million pixels. Make it smaller and try again.",
                          most=LIMITS["picture_pixels"] // 1_000_000),
    "not_a_picture": _l("Pictures can be JPEG, PNG, WebP, GIF or HEIC. This is something else, whatever it is called."),
    "truncated": _l("This picture is damaged. Perhaps it did not arrive as a whole; choose it again."),
    "file_large": _l("A file may have up to %(most)s MB.", most=LIMITS["file_bytes"] // MB),
    "file_empty": _l("This file is empty."),
    "file_kind": _l("Files can be PDF, Word, Excel, PowerPoint, OpenDocument or plain text. This is something else, "
                    "whatever it is called."),
    "file_damaged": _l("This file is damaged, or locked with a password. Save it again, then choose it."),
    "file_macros": _l("This file holds macros, which nobody can check. Save it without them, or as PDF."),
    "too_many_files": _l("At most %(most)s files fit in one post."),
    "video_empty": _l("This file is empty."),
    "video_large": _l("A video may have up to %(most)s GB.", most=LIMITS["video_bytes"] // MB // 1024),
    "video_large_mb": _l("A video here may have up to %(most)s MB."),
    "video_many": _l("You are sending %(most)s videos already. Wait until one of them is finished, or give one up.",
                     most=LIMITS["videos_unfinished"]),
    "video_no_room": _l("There is no room for this video on the server. Whoever runs the site can make some."),
    "video_piece": _l("This part of the video could not be taken. Choose the file again."),
    "video_offset": _l("Another part of the video comes next."),
    "video_kind": _l("Videos can be MP4 or WebM. This is something else, whatever it is called."),
    "video_damaged": _l("This video is damaged, or has no picture. Save it again, then choose it."),
    "video_codec": _l("Browsers cannot play this kind of video. Save it as MP4 with H.264 and AAC, then choose it."),
    "video_slow": _l("This video took too long to prepare. Save it again, perhaps in a smaller size, then choose it."),
    "no_file": _l("Choose a picture first."),
})  # fmt: skip
