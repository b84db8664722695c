"""The stage as a region, and what its page is opened to for it."""

from markupsafe import Markup

from blueprints.live.halls import Hall
from blueprints.live.showing import Stage, stage_of
from core import guard
from core.fragments import region


def stage_region(here: Hall, *, playing: bool = False) -> Markup:
    """Opens the page that shows it to the origins that its stage needs. `playing`: a player of another site is loaded
    at once, since the reader has asked for it."""
    shown = stage_of(here)
    open_for(shown)
    return region("live/_stage.html", stage=shown, playing=playing)


def open_for(stage: Stage) -> None:
    if stage.frame:
        guard.allow(frame_src=stage.opens)
    elif stage.shows == "hls":
        guard.allow(media_src=stage.opens, connect_src=stage.opens)
        guard.allow(media_src="blob:")
