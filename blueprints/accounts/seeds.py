"""Demo members. Four of them can be signed in to by everybody, the others by nobody."""

import secrets
import tomllib
from pathlib import Path
from typing import Any

from blueprints.accounts import actions
from blueprints.accounts.demo_accounts import DEMO_ACCOUNTS, DEMO_PASSWORD, demo_accounts
from blueprints.accounts.leaving import erase_member
from core import clock, search, seeding
from core.policy import CONSOLE, Actor, Standing
from models import AuditEntry, Member, StaffRole

PEOPLE = Path(__file__).parent / "demo" / "people.toml"
OWNER = "demo-admin"
STAFF = "demo-operator"
"""Beside the owner, so that whoever looks around can see what takes two, at the cash desk for one."""


def plant() -> None:
    for index, person in enumerate(tomllib.loads(PEOPLE.read_text())["people"]):
        with seeding.at(_arrival(person["days"], index)):
            member_id = _register(person)
            _furnish(Actor(member_id, Standing.MEMBER, person["username"]), person)
    owner, staff = (Member.get(Member.username == name).id for name in (OWNER, STAFF))
    actions.make_owner(owner)
    StaffRole.create(member=staff, role="staff", granted_by=owner, granted_at=clock.now())


def _arrival(days: int, index: int) -> int:
    """Some day so long ago, at an hour at which people are awake (UTC+8)."""
    midnight = clock.now() - clock.now() % clock.DAY
    return min(midnight - days * clock.DAY + (index * 37 % 780) * clock.MINUTE, clock.now() - clock.MINUTE)


def _register(person: dict[str, Any]) -> int:
    shared = person["username"] in DEMO_ACCOUNTS
    wanted = actions.Registration(
        username=person["username"],
        password=DEMO_PASSWORD if shared else secrets.token_urlsafe(24),
        display_name=person["name"],
        is_demo=True,
    )
    return actions.register(CONSOLE, wanted)


def _furnish(actor: Actor, person: dict[str, Any]) -> None:
    from blueprints.accounts.demo.portraits import draw  # with it comes Pillow

    if person["username"] not in DEMO_ACCOUNTS:  # whoever looks around with one of those keeps their own language
        wanted = actions.Preferences(person.get("locale", "zh-Hans"), person.get("time_zone", ""))
        actions.set_preferences(actor, wanted)
    if person["bio"]:
        actions.edit_profile(actor, actions.Profile(person["name"], person["bio"]))
    if "portrait" in person:
        actions.set_avatar(actor, draw(person["portrait"], seed=actor.member_id or 0))


def uproot() -> None:
    """Their rows too: unlike somebody who left, a demo member gives the name back."""
    ids = [id_ for (id_,) in Member.select(Member.id).where(Member.is_demo == True).tuples()]  # noqa: E712 - SQL
    StaffRole.delete().where(StaffRole.member.in_(ids)).execute()
    for member_id in ids:
        erase_member(CONSOLE, member_id, keeps_words=False)
    concerns_them = (AuditEntry.subject_kind == "member") & AuditEntry.subject_id.in_(ids)
    AuditEntry.delete().where(AuditEntry.actor.in_(ids) | concerns_them).execute()
    Member.delete().where(Member.id.in_(ids)).execute()
    search.remove("member", ids)


def tell() -> str:
    """What the console says about signing in."""
    accounts = demo_accounts()
    if not accounts:
        return ""
    names = ", ".join(account.username for account in accounts)
    return (
        f"Demo accounts: {names}\n"
        f"Password: {DEMO_PASSWORD} (on this machine only)\n"
        "Remove the demo data: .venv/bin/python -m flask --app app remove-demo"
    )


seeding.register(seeding.Demo("accounts", order=10, plant=plant, uproot=uproot, tell=tell))
