"""Moments as somebody sees them: all that a page shows of one, taken through the gate."""

from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from blueprints.circles.reading import PictureRow
from core.markup import trusted

NOTHING = trusted("")


class FilmRow(NamedTuple):
    """The film of a moment. `state`: sending, waiting, ready, failed (core/video.py); `error` says why it failed."""

    key: str
    state: str
    error: str
    kind: str
    width: int | None
    height: int | None
    duration_ms: int | None
    poster_key: str | None


@dataclass(frozen=True)
class Seen:
    """A moment as this reader sees it. Times in ms since 1970. `name` is what the reader calls the author: their own
    name for a friend, or the display name. `changes`: the reader wrote it and may change it. What is Markup or words is
    filled in by rows.py, what is said and felt beneath it is a Talk (talking.py)."""

    id: int
    author: int
    name: str
    username: str
    avatar_key: str | None
    html: str
    created_at: int
    edited_at: int | None
    expires_at: int | None
    hidden_at: int | None
    picture_count: int
    audience: str
    changes: bool
    circle: tuple[str, str] | None = None
    shared: tuple[str, int] | None = None
    video: FilmRow | None = None
    pictures: tuple[PictureRow, ...] = ()
    audience_words: str = ""
    card: Markup = NOTHING
    menu: Markup = NOTHING
    talk: Markup = NOTHING

    @property
    def hue(self) -> int:
        return self.author % 12
