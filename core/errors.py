"""Refusals as codes. Raised anywhere, worded and turned into HTTP in one place (core/hx.py and blueprints/site)."""


class Refusal(Exception):
    """Something that was asked for and is not done. `code` names the reason, `facts` fill its sentence."""

    status = 400
    code = "bad_request"

    def __init__(self, code: str = "", /, **facts: object) -> None:
        super().__init__(code or self.code)
        self.code = code or self.code
        self.facts = facts


class Denied(Refusal):
    """This actor may not do that, and knows that the thing exists."""

    status = 403
    code = "denied"


class SignInNeeded(Refusal):
    status = 401
    code = "sign_in"


class Gone(Refusal):
    """Not there, or not for these eyes: the same answer for both."""

    status = 404
    code = "gone"


class Conflict(Refusal):
    """The same key was used for something else, or the state changed in between."""

    status = 409
    code = "conflict"


class TooMany(Refusal):
    """A rate was exceeded; `retry_after` is in seconds."""

    status = 429
    code = "too_many"

    def __init__(self, code: str = "", /, *, retry_after: int = 60, **facts: object) -> None:
        super().__init__(code, retry_after=retry_after, **facts)
        self.retry_after = retry_after


class Invalid(Refusal):
    """Input that cannot be taken; `field` is where the message belongs."""

    status = 422
    code = "invalid"

    def __init__(self, code: str = "", /, *, field: str = "", **facts: object) -> None:
        super().__init__(code, **facts)
        self.field = field


class BadPicture(Invalid):
    """`code` is one of too_large, too_many_pixels, not_a_picture, truncated."""

    code = "not_a_picture"

    def __init__(self, code: str = "", /, *, field: str = "media", **facts: object) -> None:
        super().__init__(code, field=field, **facts)


class BadFile(Invalid):
    """`code` is one of file_large, file_empty, file_kind, file_damaged, file_macros."""

    code = "file_kind"

    def __init__(self, code: str = "", /, *, field: str = "files", **facts: object) -> None:
        super().__init__(code, field=field, **facts)


class BadVideo(Invalid):
    """`code` is one of video_empty, video_large, video_many, video_no_room, video_piece, video_kind, video_damaged,
    video_codec, video_slow."""

    code = "video_kind"

    def __init__(self, code: str = "", /, *, field: str = "video", **facts: object) -> None:
        super().__init__(code, field=field, **facts)


class Overdrawn(Refusal):
    """An account cannot pay that much. `account` is its name in the books, not for pages."""

    status = 409
    code = "overdrawn"


class MoneyStopped(Refusal):
    """The books are halted until somebody has looked at them."""

    status = 503
    code = "money_stopped"


class DatabaseTooNew(Exception):
    """The database was made by a newer version of the code."""

    def __str__(self) -> str:
        return f"The database is newer than this code (it knows {self.args[0]}). Install the newer version."
