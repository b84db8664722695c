"""Moments as somebody sees them: all that a page shows of one, taken through the gate."""

from dataclasses import dataclass
from typing import Any, NamedTuple

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


class Powers(NamedTuple):
    """What the reader may do with a moment; part of the key under which it is kept."""

    changes: bool
    reacts: bool
    comments: bool


@dataclass(frozen=True)
class Seen:
    """A moment as this reader sees it. Times in ms since 1970. `name` is what the reader calls the author: their own
    name for a friend, or the display name. `lists` are names, and there for the author alone. `mine` is the reader's
    reaction, None without one. What is Markup or words is filled in by rows.py."""

    id: int
    author: int
    name: str
    username: str
    hue: int
    avatar_key: str | None
    html: str
    audience: str
    created_at: int
    edited_at: int | None
    expires_at: int | None
    comments_by: str
    takes_tips: bool
    hidden_at: int | None
    like_count: int
    reactions: str
    comment_count: int
    seq: int
    powers: Powers
    circle: tuple[str, str] | None = None
    lists: tuple[str, ...] = ()
    people: int | None = None
    shared: tuple[str, int] | None = None
    pictures: tuple[PictureRow, ...] = ()
    video: FilmRow | None = None
    mine: int | None = None
    comments: tuple[Any, ...] = ()
    audience_words: str = ""
    card: Markup = NOTHING
    menu: Markup = NOTHING
    talk: Markup = NOTHING
