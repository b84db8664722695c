"""For which reasons a circle reports and decides: its own list, or ours. Ours are codes, worded when they are shown."""

from models import ModerationReason

DEFAULTS = (":spam", ":insult", ":topic", ":danger", ":private", ":other")


def reasons_of(circle: int | None) -> tuple[str, ...]:
    """What is offered and kept: a circle's own words, or codes that begin with a colon."""
    if circle is None:
        return DEFAULTS
    rows = (
        ModerationReason.select(ModerationReason.text)
        .where(ModerationReason.circle == circle)
        .order_by(ModerationReason.position, ModerationReason.id)
    )
    return tuple(text for (text,) in rows.tuples()) or DEFAULTS
