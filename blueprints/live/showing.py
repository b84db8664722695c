"""What the stage of an event shows just now; the same for everybody who may watch."""

from typing import NamedTuple

from blueprints.live.halls import Hall
from blueprints.live.stages import Frame, frame_of, origin_of
from core.errors import Invalid
from models import Video


class Film(NamedTuple):
    """An uploaded film that can be shown; its length in ms, sizes in pixels, None where nobody could tell."""

    key: str
    kind: str
    width: int | None
    height: int | None
    duration_ms: int | None
    poster_key: str | None


class Stage(NamedTuple):
    """`shows` is hls, video, embed or none; `state` that of the event. `awaits` a film that has not been uploaded."""

    id: int
    title: str
    about_html: str
    state: str
    shows: str
    source: str
    frame: Frame | None
    film: Film | None
    awaits: bool
    cover_key: str | None
    hue: int
    starts_at: int
    started_at: int | None

    @property
    def plays(self) -> bool:
        """Whether there is a picture now, not only a cover."""
        return self.shows != "none" and self.state in ("live", "over")

    @property
    def playing_source(self) -> str:
        """What tells this picture from another one; nobody finds the stream of an event before it begins."""
        if not self.plays:
            return ""
        return self.frame.address if self.frame else self.film.key if self.film else self.source

    @property
    def opens(self) -> str:
        """The origin that its page has to be opened to, also before the event begins: a page that is open then is not
        loaded anew. Empty for this site."""
        return self.frame.origin if self.frame else origin_of(self.source)


def stage_of(here: Hall) -> Stage:
    film = _film(here.video)
    shows = here.stage
    if here.state == "over" and film:
        shows = "video"
    frame = _frame(here.source) if shows == "embed" else None
    if here.state == "cancelled" or (shows == "embed" and frame is None) or (shows == "video" and film is None):
        shows = "none"
    return Stage(
        here.id, here.title, here.about_html, here.state, shows, here.source if shows == "hls" else "",
        frame if shows == "embed" else None, film if shows == "video" else None,
        here.stage == "video" and film is None, here.cover_key, here.hue, here.starts_at, here.started_at,
    )  # fmt: skip


def _film(video: int | None) -> Film | None:
    if video is None:
        return None
    row = Video.get_or_none(Video.id == video, Video.state == "ready")
    if row is None:
        return None
    return Film(row.key, row.kind, row.width, row.height, row.duration_ms, row.poster_key)


def _frame(source: str) -> Frame | None:
    """None for a player that is on the list no more."""
    try:
        return frame_of(source)
    except Invalid:
        return None
