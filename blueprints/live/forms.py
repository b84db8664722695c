"""What people fill in about events."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms import PasswordField, RadioField, SelectField, StringField

from blueprints.live.halls import Hall
from blueprints.live.scheduling import EventDraft
from core import media
from core.config import current
from core.errors import Invalid
from core.forms import Base, Key, Line, Text, options
from core.i18n import time_zone
from core.limits import LIMITS
from core.media import Picture

VISIBILITY_NAMES = {
    "public": _l("Everybody"), "members": _l("Members"), "invited": _l("Invited guests"),
    "password": _l("Whoever has the password"),
}  # fmt: skip
VISIBILITY_HINTS = {
    "public": _l("Also visitors who have not signed in, where the site is open to them."),
    "members": _l("Members of the circle, or of the site where it belongs to no circle."),
    "invited": _l("Only those whom you ask, and those who run it, know of it."),
    "password": _l("Its title and time can be seen; what happens in it is for those who know the password."),
}
STAGE_NAMES = {
    "none": _l("No video"), "hls": _l("Live stream"), "video": _l("Uploaded video"),
    "embed": _l("Video of another site"),
}  # fmt: skip
STAGE_HINTS = {
    "none": _l("The cover, what you write about it, and everybody’s comments."),
    "hls": _l("The address of an HLS playlist, which ends in .m3u8."),
    "video": _l("You upload it on the next page. It plays for everybody from the beginning of the event."),
    "embed": _l("The address of a page of bilibili, YouTube or Vimeo."),
}


class TimesForm(Base):
    """Beginning and end, in the reader's time zone."""

    starts_at = StringField(_l("Begins at"))
    ends_at = StringField(_l("Ends at"))

    def times(self, here: Hall | None = None) -> tuple[int, int | None]:
        """ms since 1970. A field shows no seconds: what stands there as it was shown is what it was in `here`. Raises
        Invalid."""
        starts_at = _moment(self.starts_at, here.starts_at if here else None)
        if starts_at is None:
            raise Invalid("needed", field="starts_at")
        return starts_at, _moment(self.ends_at, here.ends_at if here else None)


class EventForm(TimesForm):
    title = Line(_l("Title"), limit="live_title")
    about = Text(_l("About this event"), limit="live_about", required=False)
    circle = SelectField(_l("Who announces it"), validate_choice=False, default="")
    visibility = RadioField(_l("Who can watch"), choices=options(VISIBILITY_NAMES.items()), default="public")
    password = PasswordField(_l("Password"), filters=[lambda text: (text or "").strip()])
    stage = RadioField(_l("What is on the stage"), choices=options(STAGE_NAMES.items()), default="none")
    source = StringField(_l("Address"), filters=[lambda text: (text or "").strip()])
    key = Key()

    def offer(self, homes: list[tuple[str, str]]) -> "EventForm":
        """The circles to choose from, as slug and name; an empty slug stands for the site."""
        self.circle.choices = options(homes)
        return self

    def draft(self, here: Hall | None = None) -> EventDraft:
        """What was typed; of an event that has begun the beginning as it is. Raises Invalid for a moment that is
        none."""
        if here and here.state != "upcoming":
            self.starts_at.data = local_moment(here.starts_at)
        starts_at, ends_at = self.times(here)
        return EventDraft(
            self.title.data or "", starts_at, ends_at, self.about.data or "", self.visibility.data,
            self.password.data or "", self.stage.data, self.source.data or "",
        )  # fmt: skip


def shown(here: Hall) -> dict[str, Any]:
    """What the fields of a form show of an event that is there."""
    return {
        "title": here.title, "about": here.about, "visibility": here.visibility, "stage": here.stage,
        "source": here.source, "starts_at": local_moment(here.starts_at), "ends_at": local_moment(here.ends_at),
    }  # fmt: skip


def _moment(field: StringField, known: int | None) -> int | None:
    """ms since 1970 of a `datetime-local` in the reader's time zone; None for an empty field. Raises Invalid."""
    text = (field.data or "").strip()
    if not text:
        return None
    if text == local_moment(known):
        return known
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid("event_moment", field=field.name) from None
    if local.tzinfo is not None or not 1970 < local.year < 9000:
        raise Invalid("event_moment", field=field.name)
    return int(local.replace(tzinfo=ZoneInfo(time_zone())).timestamp() * 1000)


def local_moment(ms: int | None) -> str:
    """The same moment as a field of a form shows it."""
    if ms is None:
        return ""
    return datetime.fromtimestamp(ms / 1000, ZoneInfo(time_zone())).strftime("%Y-%m-%dT%H:%M")


def uploaded_cover() -> Picture:
    """Decode and store the picture that was chosen. Raises Invalid."""
    files: list[FileStorage] = [file for file in request.files.getlist("media") if file and file.filename]
    if not files:
        raise Invalid("no_file")
    return media.store_picture(files[0].stream.read(LIMITS["picture_bytes"] + 1), current().data / "media")
