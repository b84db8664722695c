"""What is filled in when a poll is put into a post."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from blueprints.circles.polls import RESULTS, PollDraft
from core.errors import Invalid
from core.i18n import time_zone
from core.limits import LIMITS


def blank() -> dict[str, Any]:
    """What `_poll_fields.html` shows before anything was typed."""
    return {"options": [], "multiple": False, "anonymous": False, "results": RESULTS[0], "ends": ""}


def typed(form: MultiDict[str, str]) -> dict[str, Any]:
    """What was typed, to be shown once more."""
    options = form.getlist("poll_option")[: LIMITS["poll_options"]]
    while options and not options[-1].strip():
        options.pop()
    results = form.get("poll_results", RESULTS[0])
    return {
        "options": options, "multiple": bool(form.get("poll_multiple")), "anonymous": bool(form.get("poll_anonymous")),
        "results": results if results in RESULTS else RESULTS[0], "ends": form.get("poll_ends", ""),
    }  # fmt: skip


def read(form: MultiDict[str, str]) -> PollDraft | None:
    """The poll that was typed; None where no option was. What it says is looked at by `polls.check`.

    Raises Invalid (field `poll`) for an end that is no moment."""
    options = tuple(text for text in form.getlist("poll_option") if text.strip())
    if not options:
        return None
    return PollDraft(
        options, bool(form.get("poll_multiple")), bool(form.get("poll_anonymous")),
        form.get("poll_results", RESULTS[0]), moment(form.get("poll_ends", "")),
    )  # fmt: skip


def moment(text: str) -> int | None:
    """ms since 1970 of a `datetime-local` in the member's time zone; None for an empty field."""
    if not text.strip():
        return None
    try:
        local = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Invalid("poll_ends_shape", field="poll") from None
    if local.tzinfo is not None or not 1970 < local.year < 9000:
        raise Invalid("poll_ends_shape", field="poll")
    return int(local.replace(tzinfo=ZoneInfo(time_zone())).timestamp() * 1000)


def chosen(form: Mapping[str, Any]) -> list[int]:
    """The options that were ticked. Raises Invalid for what is no option's number."""
    values = form.getlist("option")  # type: ignore[attr-defined]
    if not all(value.isdecimal() and len(value) < 18 for value in values):
        raise Invalid("choice", field="option")
    return [int(value) for value in values]
