"""How an event's comments are run, as open pages get it: what holds for everybody who watches, and what those who run
it see of it; the same for all who read a language. And what goes into one moderator's menu and forms."""

from typing import Any, NamedTuple

from markupsafe import Markup

from blueprints.live import held, hosting, logbook, moderating
from blueprints.live.bullets import Bullet
from blueprints.live.halls import Hall, hall
from core import stream_log
from core.blueprint import slot
from core.fragments import region
from core.limits import LIMITS
from core.markup import linked, trusted
from core.policy import Actor
from models import LiveEvent


class Rules(NamedTuple):
    """What holds in an event now. `slow` and `hold` are seconds; `repeats` when the same may be said twice."""

    id: int
    circle: int | None
    slow: int
    hold: int
    members: bool
    emoji: bool
    repeats: bool
    closed: bool
    announcement: str
    over: bool


_COLUMNS = (
    LiveEvent.id, LiveEvent.circle, LiveEvent.slow_seconds, LiveEvent.hold_seconds, LiveEvent.members_only,
    LiveEvent.emoji_only, LiveEvent.repeats, LiveEvent.closed_at.is_null(False), LiveEvent.announcement,
    LiveEvent.ended_at.is_null(False) | LiveEvent.cancelled_at.is_null(False),
)  # fmt: skip


def rules_of(here: Hall) -> Rules:
    return Rules(
        here.id, here.circle, here.slow_seconds, here.hold_seconds, here.members_only, here.emoji_only, here.repeats,
        here.closed_at is not None, here.announcement, here.state in ("over", "cancelled"),
    )  # fmt: skip


def _rules(event: int) -> Rules | None:
    row = LiveEvent.select(*_COLUMNS).where(LiveEvent.id == event).tuples().first()
    if row is None:
        return None
    number, circle, slow, hold, members, emoji, repeats, closed, announcement, over = row
    return Rules(
        number, circle, slow, hold, bool(members), bool(emoji), bool(repeats), bool(closed), announcement, bool(over)
    )  # fmt: skip


# ---- regions of a page --------------------------------------------------------------------------------------


def room(rules: Rules) -> Markup:
    """What holds now, for everybody who watches."""
    said = trusted(linked(rules.announcement)) if rules.announcement else ""
    return region("live/_room.html", rules=rules, announcement=said)


def switches(rules: Rules) -> Markup:
    return region(
        "live/_switches.html", rules=rules, slow=_offered(hosting.SLOW_SECONDS, rules.slow),
        hold=_offered(hosting.HOLD_SECONDS, rules.hold),
    )  # fmt: skip


def _offered(seconds: tuple[int, ...], now: int) -> list[int]:
    return sorted({*seconds, now})


def held_list(actor: Actor, here: Hall) -> Markup:
    """Raises Denied."""
    rows = [region("live/_held.html", row=row, event=here.id) for row in held.held(actor, here)]
    return region("live/_backstage.html", rows=rows)


def tools(actor: Actor, here: Hall, **forms: Any) -> dict[str, Any]:
    """What the tools of those who run the event take; `forms` are what was typed and why it was not taken. Raises
    Denied."""
    rules = rules_of(here)
    return {
        "here": here,
        "switches": switches(rules),
        "held": held_list(actor, here),
        "words": hosting.words_of(actor, here),
        "pinned": forms.get("pinned", here.announcement),
        "typed": forms.get("typed", ""),
        "seconds": forms.get("seconds", {}),
        "errors": forms.get("errors", {}),
    }


def around_tools(actor: Actor, here: Hall) -> dict[str, Any]:
    """For the page of the event: what holds, and its tools for those who have them, with the position that these
    show."""
    at, shown = stream_log.position(here.moderators_channel) if here.is_moderator else 0, None
    if here.is_moderator and here.state in ("upcoming", "live"):
        shown = region("live/_tools.html", **tools(actor, hall(actor, here.id)))
    return {"room": room(rules_of(here)), "tools": shown, "tools_at": at}


def menu(actor: Actor, here: Hall, row: Bullet) -> dict[str, Any]:
    """What others and those who run the event can do with a comment: items of other features, and what
    `_menu_moderator.html` takes."""
    ways = slot("live.comment_menu", actor, [(row.id, row.author, here)])[row.id]
    if not here.is_moderator:
        return {"ways": ways, "may_act": False, "may_delete": False, "against": set(), "minutes": MUTES}
    above = moderating.may_act_against(actor, here, row.author)
    return {
        "ways": ways,
        "may_act": above and row.author is not None,
        "may_delete": above or row.author == actor.member_id,
        "against": logbook.standing_against(here, row.author) if row.author else set(),
        "minutes": MUTES,
    }


MUTES = tuple(minutes for minutes in (5, 30) if minutes <= LIMITS["live_mute_minutes"])
"""Minutes that a menu offers, beside the event's end."""


# ---- rows of the wire ---------------------------------------------------------------------------------------


def rooms(event: int, refs: list[int]) -> dict[int, str]:
    rules = _rules(event)
    return dict.fromkeys(refs, room(rules)) if rules else {}


def backstage_switches(event: int, refs: list[int]) -> dict[int, str]:
    rules = _rules(event)
    return dict.fromkeys(refs, switches(rules)) if rules else {}


def backstage_held(event: int, refs: list[int]) -> dict[int, str]:
    return {row.id: region("live/_held.html", row=row, event=event) for row in held.rows(event, refs)}


def backstage_gone(refs: list[int]) -> dict[int, str]:
    """Ids of what leaves the list."""
    return {ref: f"held-{ref}" for ref in refs}
