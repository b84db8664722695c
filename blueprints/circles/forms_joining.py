"""What people fill in at a circle's door: settings, asking to come in, inviting, sanctions."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField

from blueprints.circles.actions import Basics, Door
from blueprints.circles.forms import CATEGORY_NAMES, JOIN_POLICY_NAMES, ROLE_NAMES, VISIBILITY_NAMES
from blueprints.circles.invite_links import LINK_ROLES, LinkDraft
from core import clock
from core.errors import Invalid
from core.forms import Base, Key, Line, Text, options

KIND_NAMES = {"mute": _l("Mute"), "remove": _l("Remove"), "ban": _l("Ban")}
KIND_HINTS = {
    "mute": _l("They read on and write nothing."),
    "remove": _l("They can come back by the ways that are open to all."),
    "ban": _l("Out, and not in again until then."),
}
SANCTION_DAYS = {
    1: _l("A day"), 3: _l("Three days"), 7: _l("A week"), 30: _l("Thirty days"), 365: _l("A year"), 0: _l("No end"),
}  # fmt: skip
LINK_DAYS_NAMES = {1: _l("A day"), 7: _l("A week"), 30: _l("Thirty days"), 0: _l("No end")}
LINK_USES_NAMES = {1: _l("One person"), 10: _l("10 people"), 50: _l("50 people"), 0: _l("Any number")}
LINK_ROLE_NAMES = {role: ROLE_NAMES[role] for role in LINK_ROLES}


class BasicsForm(Base):
    name = Line(_l("Name"), limit="circle_name")
    purpose = Line(_l("What it is for"), limit="circle_purpose")
    category = SelectField(_l("Category"), choices=options(CATEGORY_NAMES.items()))
    about = Text(_l("About this circle"), limit="circle_about", required=False)

    def draft(self) -> Basics:
        return Basics(self.name.data or "", self.purpose.data or "", self.category.data, self.about.data or "")


class DoorForm(Base):
    visibility = RadioField(_l("Who can see it"), choices=options(VISIBILITY_NAMES.items()))
    join_policy = RadioField(_l("How people join"), choices=options(JOIN_POLICY_NAMES.items()))
    question = Line(_l("Question for those who apply"), limit="circle_question", required=False)
    rules = Text(_l("Rules of the circle"), limit="circle_rules", required=False)
    welcome = Text(_l("Welcome message"), limit="circle_welcome", required=False)

    def draft(self) -> Door:
        return Door(
            self.visibility.data, self.join_policy.data, self.question.data or "", self.rules.data or "",
            self.welcome.data or "",
        )  # fmt: skip


class JoinForm(Base):
    """`shown` says that the rules were on the page from which this was sent."""

    answer = Text(_l("Your answer"), limit="join_answer", required=False)
    accept = BooleanField(_l("I have read the rules and will keep to them"))
    shown = HiddenField()


class LinkForm(Base):
    days = SelectField(_l("Good for"), coerce=int, choices=options(LINK_DAYS_NAMES.items()), default=7)
    uses = SelectField(_l("Lets in"), coerce=int, choices=options(LINK_USES_NAMES.items()), default=10)
    role = SelectField(_l("As"), choices=options(LINK_ROLE_NAMES.items()), default="member")
    why = Line(_l("Why they are invited"), limit="invite_reason", required=False)
    key = Key()

    def draft(self) -> LinkDraft:
        return LinkDraft(self.days.data, self.uses.data, self.role.data or "member", self.why.data or "")


class ReplyForm(Base):
    reply = Line(_l("A word to them"), limit="join_reply", required=False)


class SanctionForm(Base):
    kind = RadioField(_l("What happens to the person?"), choices=options(KIND_NAMES.items()), default="mute")
    days = SelectField(_l("How long it lasts"), coerce=int, choices=options(SANCTION_DAYS.items()), default=7)
    reason = Line(_l("Reason"), limit="sanction_reason")
    note = Text(_l("In your own words"), limit="sanction_note", required=False)

    def until_at(self) -> int | None:
        """In ms; None for good."""
        return clock.now() + self.days.data * clock.DAY if self.days.data else None


def kind_of(value: Any) -> str:
    """Which sanction is to be lifted. Raises Invalid."""
    if value not in ("mute", "ban"):
        raise Invalid("choice", field="kind")
    return str(value)
