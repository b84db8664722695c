from flask_babel import lazy_gettext as _l

from core.config import LIMITS, MB
from core.hx import words

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
    "no_file": _l("Choose a picture first."),
})  # fmt: skip
