"""Limits that members set for themselves: always lower than the site's, and raised again only with the password."""

from dataclasses import asdict, dataclass

from blueprints.wallet.paying import hold, holds, limits
from blueprints.wallet.pins import require_password
from core import site
from core.db import atomic
from core.errors import Invalid
from core.money import currency
from core.policy import Actor, require
from models import WalletSetting

SITES = {"free_ceiling": "money_free", "day_out": "money_day_out", "tips_day": "tips_day"}
"""A member's limit, and the site's setting that it may not exceed."""


@dataclass(frozen=True)
class OwnLimits:
    """Minor units; None: the site's."""

    free_ceiling: int | None = None
    day_out: int | None = None
    tips_day: int | None = None


def own(member_id: int) -> OwnLimits:
    row = WalletSetting.get_or_none(holds(WalletSetting, member_id, currency().code))
    return OwnLimits(row.free_ceiling, row.day_out, row.tips_day) if row else OwnLimits()


def change(actor: Actor, wanted: OwnLimits, password: str = "") -> None:
    """Raises Invalid("limit_higher"), or Invalid("limit_password") when something is raised without the password."""
    me = actor.member_id or 0
    for name, value in asdict(wanted).items():
        if value is not None and value > site.number(SITES[name]):
            raise Invalid("limit_higher", field=name)
    if password:
        require_password(actor, password)
    with atomic():
        require(actor, "wallet:own")
        hold(me)
        now = limits(me)
        before = {"free_ceiling": now.free, "day_out": now.day_out, "tips_day": now.tips_day}
        if not password and any(_effective(wanted, name) > before[name] for name in before):
            raise Invalid("limit_password", field="password")
        keep(me, **asdict(wanted))


def keep(member_id: int, **values: int | bool | None) -> None:
    """Amounts that were chosen while the site counted in something else are forgotten."""
    code = currency().code
    row = WalletSetting.get_or_none(WalletSetting.member == member_id)
    if row and row.currency not in ("", code):
        values = {**asdict(OwnLimits()), "tip_amount": None, **values}
    WalletSetting.insert(member=member_id, currency=code, **values).on_conflict(
        conflict_target=[WalletSetting.member], update={"currency": code, **values}
    ).execute()


def _effective(wanted: OwnLimits, name: str) -> int:
    value: int | None = getattr(wanted, name)
    return site.number(SITES[name]) if value is None else value


def sites() -> OwnLimits:
    """What holds where a member has set nothing."""
    return OwnLimits(**{name: site.number(setting) for name, setting in SITES.items()})
