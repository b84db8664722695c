"""What people fill in about circles and posts."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField

from blueprints.circles import forms_polls
from blueprints.circles.actions import CircleDraft
from blueprints.circles.posting import PostDraft
from core.errors import Invalid
from core.forms import Base, Key, Line, Text, options
from core.i18n import time_zone

CATEGORY_NAMES = {
    "sport": _l("Sport"), "reading": _l("Reading"), "food": _l("Food and drink"), "garden": _l("Gardening"),
    "photo": _l("Photography"), "craft": _l("Making and mending"), "travel": _l("Out and about"),
    "music": _l("Music and film"), "tech": _l("Technology"), "family": _l("Family and school"),
    "local": _l("Neighbourhood"), "brand": _l("Shops and brands"), "other": _l("Everything else"),
}  # fmt: skip
VISIBILITY_NAMES = {"public": _l("Public"), "listed": _l("Listed"), "invisible": _l("Invisible")}
VISIBILITY_HINTS = {
    "public": _l("Anyone can read it. Only members write."),
    "listed": _l("Anyone sees name and purpose. Only members read."),
    "invisible": _l("Only members and those who are invited know that it exists."),
}
JOIN_POLICY_NAMES = {"open": _l("Open"), "apply": _l("By application"), "invitation": _l("By invitation")}
JOIN_POLICY_HINTS = {
    "open": _l("Whoever likes it joins."),
    "apply": _l("People ask, and you decide."),
    "invitation": _l("You choose whom to ask."),
}
ROLE_NAMES = {"owner": _l("Owner"), "moderator": _l("Moderator"), "member": _l("Member")}


class CircleForm(Base):
    name = Line(_l("Name"), limit="circle_name")
    slug = StringField(_l("Address"), filters=[lambda text: (text or "").strip().lower()])
    purpose = Line(_l("What it is for"), limit="circle_purpose")
    category = SelectField(_l("Category"), choices=options(CATEGORY_NAMES.items()), default="other")
    visibility = RadioField(_l("Who can see it"), choices=options(VISIBILITY_NAMES.items()), default="public")
    join_policy = RadioField(_l("How people join"), choices=options(JOIN_POLICY_NAMES.items()), default="open")
    question = Line(_l("Question for those who apply"), limit="circle_question", required=False)
    about = Text(_l("About this circle"), limit="circle_about", required=False)
    key = Key()

    def draft(self) -> CircleDraft:
        return CircleDraft(
            self.name.data or "", self.slug.data or "", self.purpose.data or "", self.category.data,
            self.visibility.data, self.join_policy.data, self.question.data or "", self.about.data or "",
        )  # fmt: skip


class InviteForm(Base):
    username = Line(_l("Username"), limit="username")
    reason = Line(_l("Why you think they fit"), limit="invite_reason", required=False)


class PostForm(Base):
    """Read without a message of its own: the action says what is wrong, whoever calls it."""

    title = StringField()
    body = StringField()
    topic = StringField()
    due = StringField()
    insists = StringField()
    seen_at = StringField()
    key = Key()

    def draft(self) -> PostDraft:
        """Raises Invalid for a moment that is none."""
        return PostDraft(
            self.title.data or "", self.body.data or "", topic=_topic(self.topic.data),
            poll=forms_polls.read(request.form), due_at=_due(self.due.data), insists=bool(self.insists.data),
        )  # fmt: skip

    def typed(self) -> dict[str, Any]:
        """All that was typed, for the composer that comes back with it."""
        return {
            "title": self.title.data or "", "body": self.body.data or "", "topic": number(self.topic.data),
            "due": self.due.data or "", "poll": forms_polls.typed(request.form),
            "seen_at": self.draft_seen or "",
        }  # fmt: skip

    @property
    def draft_seen(self) -> int:
        """When the draft that was sent had been changed (ms since 1970); 0 when it was none."""
        return number(self.seen_at.data) or 0


def _topic(text: str | None) -> int | None:
    """Raises Invalid for what cannot be the number of a topic."""
    value = number(text)
    if text and value is None:
        raise Invalid("topic_gone", field="topic")
    return value


def _due(text: str | None) -> int | None:
    """The moment that was chosen (ms since 1970). Raises Invalid."""
    try:
        return forms_polls.moment(text or "")
    except Invalid:
        raise Invalid("due_shape", field="due") from None


def local_moment(due_at: int | None) -> str:
    """The same moment as a field of a form shows it, in the member's time zone."""
    if not due_at:
        return ""
    return datetime.fromtimestamp(due_at / 1000, ZoneInfo(time_zone())).strftime("%Y-%m-%dT%H:%M")


def number(text: Any) -> int | None:
    """A whole number of the address or form, None when it is something else."""
    return int(text) if text and str(text).isdecimal() and len(str(text)) < 18 else None


