"""The summary by e-mail, in the words and with the eyes of its reader: made when it is sent, through the gate."""

from html.parser import HTMLParser
from typing import NamedTuple

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from blueprints.accounts.queries import Reader
from blueprints.notices import digests, queries, rows
from core import i18n, site
from core.blueprint import slot
from core.config import current
from core.mail import Letter
from core.policy import Actor, Standing

MOST_NOTICES = 20
QUIET_TAGS = ("svg",)


class Asked(NamedTuple):
    """What the slot `notices.summary` is handed."""

    id: int
    since: int


def subject(every: str) -> str:
    return _("Your summary of the week") if every == "week" else _("Your summary of the day")


def greeting(name: str) -> str:
    return _("Hello %(name)s,", name=name)


def what_is_new(actor: Actor, since: int) -> list[str]:
    """Paragraphs, in the language of the context; none when there is nothing to say."""
    shown = rows.worded(actor, queries.unread_since(actor, since))
    paragraphs = []
    if shown:
        lines = [f"– {_as_text(row.words)}" for row in shown[:MOST_NOTICES]]
        more = len(shown) - MOST_NOTICES
        if more > 0:
            lines.append(ngettext("And %(num)s more.", "And %(num)s more.", more))
        paragraphs.append("\n".join([_("What concerns you:"), *lines]))
    member = actor.member_id or 0
    return paragraphs + [str(text) for text in slot("notices.summary", actor, [Asked(member, since)]).get(member, [])]


def letter(reader: Reader, every: str, since: int) -> Letter | None:
    """None when there is nothing to say. In an application context, outside of any request."""
    actor = Actor(reader.id, Standing.MEMBER, reader.username)
    with (
        current_app.test_request_context(base_url=current().address),
        i18n.as_read_by(reader.locale, reader.time_zone),
    ):
        paragraphs = what_is_new(actor, since)
        if not paragraphs:
            return None
        ends_at = url_for("notices.unsubscribe", token=digests.token(reader.id), _external=True)
        whole = [
            greeting(reader.display_name), *paragraphs,
            _("Read it all here:"), url_for("notices.index", _external=True),
            _("You get this because you asked for it. With this link you end it, without signing in:"), ends_at,
        ]  # fmt: skip
        headers = {"List-Unsubscribe": f"<{ends_at}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        return Letter(
            reader.email, f"{subject(every)} · {site.get('name')}", "\n\n".join(whole) + "\n", headers
        )


# ---- from the page to plain text ------------------------------------------------------------------------------


def _as_text(words: list[str]) -> str:
    """The words of a notice without what only the eye needs; what was said stands on a line of its own."""
    reader = _Words()
    reader.feed("".join(str(html) for html in words))
    reader.close()
    lines = [" ".join(line.split()) for line in "".join(reader.found).splitlines()]
    return "\n  ".join(line for line in lines if line)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("img", "br", "hr", "input", "path", "use", "circle"):
            return
        if self.hidden or tag in QUIET_TAGS or ("aria-hidden", "true") in attrs:
            self.hidden += 1
        elif tag == "p":
            self.found.append("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """What is closed at once holds no words."""

    def handle_endtag(self, tag: str) -> None:
        if self.hidden and tag not in ("path", "use", "circle"):
            self.hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.found.append(data)
