"""Settings that the site's owner edits in admin: rows over defaults, read through a short cache."""

import json
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import available_timezones

from core import clock
from core.db import after_commit, atomic
from core.errors import Invalid
from core.limits import LIMITS
from core.plain import clean_line
from models import SiteSetting

CACHE_SECONDS = 2.0


@dataclass(frozen=True)
class SiteSettingKind:
    """`limit` names its length in the limits table; one with choices, and the time zone, are checked against those. One
    with a `range` is a whole number."""

    name: str
    default: str
    meaning: str
    choices: tuple[str, ...] = field(default=())
    limit: str = "site_line"
    needed: bool = False
    range: tuple[int, int] | None = None

    @property
    def is_about_money(self) -> bool:
        """Only the owner sets these, in amounts instead of minor units (blueprints/wallet/books.py)."""
        return self.range is not None


KINDS = (
    SiteSettingKind("name", "圈子 Quanzi", "The site's name.", limit="site_name", needed=True),
    SiteSettingKind("tagline", "", "One line beneath the name on the front page."),
    SiteSettingKind("locale", "zh-Hans", "Language for visitors who have chosen none and whose browser asks for "
                    "none that we speak.", ("zh-Hans", "zh-Hant", "en")),
    SiteSettingKind("time_zone", "Asia/Shanghai", "Time zone for visitors and for members who have chosen none.",
                    needed=True),
    SiteSettingKind("registration", "open", "Who may register.", ("open", "invitation", "closed")),
    SiteSettingKind("founding", "members", "Who may found circles.", ("members", "staff")),
    SiteSettingKind("reading", "everyone", "Who may read public circles.", ("everyone", "members")),
    SiteSettingKind("link_cards", "on", "Whether pages that posts point to are asked, once, what they say of "
                    "themselves.", ("on", "off")),
    SiteSettingKind("unit", "", "What the site's own credit is called. Empty: shells, in the reader's language.",
                    limit="unit"),
    SiteSettingKind("public_moments", "on", "Whether members may show moments to everybody.", ("on", "off")),
    SiteSettingKind("money_most", "1000000", "The most that a wallet takes in, in minor units.", range=(0, 10**12)),
    SiteSettingKind("money_day_out", "200000", "The most that leaves a wallet in a day, in minor units.",
                    range=(0, 10**12)),
    SiteSettingKind("money_free", "20000", "Up to this amount, in minor units, nobody is asked for their payment PIN.",
                    range=(0, 10**12)),
    SiteSettingKind("money_pause", "1", "Seconds between two payments of one wallet; tips do not wait.",
                    range=(0, 3600)),
    SiteSettingKind("tips_day", "2000", "The most that a member gives in tips in a day, in minor units.",
                    range=(0, 10**9)),
    SiteSettingKind("tips_count", "50", "How many tips a member gives in a day.", range=(0, 1000)),
    SiteSettingKind("desk_second", "100000", "From this amount on, in minor units, the cash desk takes two people.",
                    range=(0, 10**12)),
    SiteSettingKind("contact", "", "Where people can write to the site's owner."),
)

_BY_NAME = {kind.name: kind for kind in KINDS}
_cache: dict[str, str] = {}
_cached_at = float("-inf")


def settings() -> dict[str, str]:
    """All settings by name; at most two seconds old in other processes."""
    global _cache, _cached_at
    if clock.monotonic() - _cached_at > CACHE_SECONDS:
        rows = {row.name: json.loads(row.value) for row in SiteSetting.select()}
        _cache = {kind.name: rows.get(kind.name, kind.default) for kind in KINDS}
        _cached_at = clock.monotonic()
    return _cache


def get(name: str) -> str:
    return settings()[name]


def is_about_money(name: str) -> bool:
    kind = _BY_NAME.get(name)
    return kind is not None and kind.is_about_money


def number(name: str) -> int:
    """A setting that is a whole number."""
    return int(get(name))


def change(values: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Write settings; returns what changed as name -> (before, after). Raises Invalid with the field's name."""
    clean = {name: _checked(name, value) for name, value in values.items()}
    with atomic():
        forget()
        before = dict(settings())
        changed = {name: (before[name], value) for name, value in clean.items() if before[name] != value}
        for name, (_, value) in changed.items():
            SiteSetting.insert(name=name, value=json.dumps(value), changed_at=clock.now()).on_conflict(
                conflict_target=[SiteSetting.name],
                update={SiteSetting.value: json.dumps(value), SiteSetting.changed_at: clock.now()},
            ).execute()
        after_commit(forget)
    return changed


def _checked(name: str, value: Any) -> str:
    kind = _BY_NAME.get(name)
    if kind is None or not isinstance(value, str) or (kind.choices and value not in kind.choices):
        raise Invalid("choice", field=name)
    if name == "time_zone" and value not in available_timezones():
        raise Invalid("choice", field=name)
    value = clean_line(value)
    if kind.needed and not value:
        raise Invalid("setting_empty", field=name)
    if kind.range and not (value.isdecimal() and len(value) < 16 and kind.range[0] <= int(value) <= kind.range[1]):
        raise Invalid("setting_number", field=name, least=kind.range[0], most=kind.range[1])
    if len(value) > LIMITS[kind.limit]:
        raise Invalid("setting_long", field=name, most=LIMITS[kind.limit])
    return value


def forget() -> None:
    """Drop the cache; the next read asks the database."""
    global _cached_at
    _cached_at = float("-inf")
