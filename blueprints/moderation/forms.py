"""What is filled in: reports, decisions, appeals, and what a circle watches for."""

from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, SelectField, TextAreaField

from blueprints.circles.screening import Screen
from blueprints.moderation.actions import Ruling
from blueprints.moderation.reporting import ReportDraft
from core.forms import Base, Key, Text, options

THING_NAMES = {
    "": _l("Leave it as it is"), "hide": _l("Hide it"), "restore": _l("Show it again"),
    "lock": _l("Close its comments"), "unlock": _l("Open its comments again"), "move": _l("Move it to another circle"),
}  # fmt: skip
THING_HINTS = {
    "hide": _l("Only its author and the moderators see it."),
    "lock": _l("What was said stays. Only moderators can add to it."),
    "move": _l("With its comments. Only to a circle that you look after as well."),
}
PERSON_NAMES = {
    "": _l("Nothing"), "warn": _l("Warn"), "mute": _l("Mute for a time"), "remove": _l("Remove from the circle"),
    "ban": _l("Ban"),
}  # fmt: skip
PERSON_HINTS = {
    "warn": _l("They are told, and it is remembered."),
    "mute": _l("They read on and write nothing."),
    "remove": _l("They can come back by the ways that are open to all."),
    "ban": _l("Out, and not in again until then."),
}
DAYS = ((1, _l("A day")), (3, _l("Three days")), (7, _l("A week")), (30, _l("Thirty days")), (0, _l("No end")))
ACTION_NAMES = {
    "hide": _l("Hidden"), "restore": _l("Shown again"), "lock": _l("Comments closed"),
    "unlock": _l("Comments opened again"), "move": _l("Moved to another circle"), "delete": _l("Deleted"),
    "undelete": _l("Deletion taken back"),
    "warn": _l("Warned"), "mute": _l("Muted"), "remove": _l("Removed from the circle"), "ban": _l("Banned"),
    "lift": _l("Mute or ban lifted"), "dismiss": _l("Looked at, and left as it is"),
}  # fmt: skip
KIND_NAMES = {
    "post": _l("A post"), "comment": _l("A comment"), "picture": _l("A picture"), "member": _l("A person"),
    "live_comment": _l("A comment on an event"), "moment": _l("A post in the feed"),
    "moment_comment": _l("A comment in the feed"),
}  # fmt: skip
APPROVAL_NAMES = {
    "none": _l("Posts come out at once"), "newcomers": _l("A moderator looks at posts of newcomers first"),
    "all": _l("A moderator looks at every post first"),
}  # fmt: skip
WORD_ACTION_NAMES = {
    "hold": _l("Keep it back until a moderator has looked"), "hide": _l("Publish it hidden, and open a case"),
    "warn": _l("Ask the writer to think twice"),
}  # fmt: skip
HELD_NAMES = {
    "approval": _l("Every post is looked at first"), "newcomer": _l("Posts of newcomers are looked at first"),
    "words": _l("A watched word"), "links": _l("A newcomer’s link"),
}  # fmt: skip


def reason_name(reason: str) -> str:
    """One of ours in the reader's language, a circle's own as it is."""
    words: Any = current_app.jinja_env.globals["circle_words"]
    return str(words["reasons"].get(reason, reason))


def _reasons(codes: tuple[str, ...], empty: bool = False) -> list[Any]:
    first = [("", _("Choose a reason"))] if empty else []
    return options([*first, *((code, reason_name(code)) for code in codes)])


class ReportForm(Base):
    reason = RadioField(_l("What is wrong with it?"))
    note = Text(_l("What else those who decide should know"), limit="report_note", required=False)
    to_site = BooleanField(_l("Send it to the people who run the site instead"))

    def offer(self, reasons: tuple[str, ...]) -> "ReportForm":
        self.reason.choices = _reasons(reasons)
        return self

    def draft(self) -> ReportDraft:
        return ReportDraft(self.reason.data or "", self.note.data or "", bool(self.to_site.data))


class RulingForm(Base):
    """Its choices depend on what is decided about; see `offer`."""

    thing = RadioField(_l("What happens to it?"), default="")
    to = SelectField(_l("Which circle"), default="")
    person = RadioField(_l("What happens to the person?"), default="")
    days = SelectField(_l("How long it lasts"), coerce=int, default=7, choices=options(DAYS))
    reason = SelectField(_l("Reason"), default="")
    note = Text(_l("In your own words"), limit="decision_note", required=False)
    key = Key()

    def offer(
        self, things: list[str], persons: list[str], reasons: tuple[str, ...], circles: list[tuple[str, str]]
    ) -> "RulingForm":
        self.thing.choices = options([(name, THING_NAMES[name]) for name in things])
        self.person.choices = options([(name, PERSON_NAMES[name]) for name in persons])
        self.reason.choices = _reasons(reasons, empty=True)
        self.to.choices = options([("", _("Choose a circle")), *circles])
        return self

    def ruling(self) -> Ruling:
        return Ruling(
            self.thing.data or "", self.person.data or "", self.reason.data or "", self.note.data or "",
            self.days.data or 0, self.to.data or "",
        )  # fmt: skip


class AppealForm(Base):
    words = Text(_l("Why should it be looked at again?"), limit="appeal")


class AnswerForm(Base):
    upheld = RadioField(
        _l("Your answer"),
        choices=options((("1", _l("Take the decision back")), ("0", _l("Let it stand")))),
    )
    answer = Text(_l("A word to go with it"), limit="appeal", required=False)


class ScreeningForm(Base):
    approval = RadioField(_l("Before a post comes out"), choices=options(APPROVAL_NAMES.items()), default="none")
    newcomer_days = IntegerField(_l("How many days somebody counts as a newcomer"), default=0)
    newcomer_posts = IntegerField(_l("How many posts a newcomer may write a day"), default=0)
    newcomer_links = BooleanField(_l("Newcomers may link to other sites"), default=True)
    repeats = BooleanField(_l("The same words may be sent again and again"))

    def screen(self) -> Screen:
        return Screen(
            self.approval.data, self.newcomer_days.data or 0, self.newcomer_posts.data or 0,
            bool(self.newcomer_links.data), bool(self.repeats.data),
        )  # fmt: skip


class WordsForm(Base):
    words = TextAreaField(_l("Words, one a line"))
    action = RadioField(_l("What happens"), choices=options(WORD_ACTION_NAMES.items()), default="hold")


class ReasonsForm(Base):
    reasons = TextAreaField(_l("Reasons, one a line"))
