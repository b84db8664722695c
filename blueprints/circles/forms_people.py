"""What members set for themselves in a circle, and what owners put on its lists of topics and flairs."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField

from blueprints.circles.flairs import FlairRow
from core.forms import Base, Line, options

NOTIFY_NAMES = {
    "all": _l("Everything"), "mentions": _l("What concerns me"), "digest": _l("A summary"), "none": _l("Nothing"),
}  # fmt: skip
NOTIFY_HINTS = {
    "all": _l("Each new post, and whatever concerns you."),
    "mentions": _l("Answers to you, your name, reactions, announcements, and what is decided about you."),
    "digest": _l("What concerns you waits among your notices and for the summary by e-mail, and nothing rings."),
    "none": _l("Only what is decided about you."),
}
GIVER_NAMES = {"circle": _l("Moderators give them"), "members": _l("Members choose their own")}


class MineForm(Base):
    notify = RadioField(_l("What do you want to be told of"), choices=options(NOTIFY_NAMES.items()))
    flair = SelectField(_l("Flair behind your name"), default="0")

    def offer(self, flairs: tuple[FlairRow, ...]) -> None:
        self.flair.choices = options([("0", _l("None")), *((str(flair.id), flair.name) for flair in flairs)])


class TopicForm(Base):
    name = Line(_l("Name"), limit="topic_name")


class FlairForm(Base):
    name = Line(_l("Name"), limit="flair_name")
    hue = IntegerField(_l("Colour"), default=0)


class GiverForm(Base):
    flair_by = RadioField(_l("Who chooses"), choices=options(GIVER_NAMES.items()))
