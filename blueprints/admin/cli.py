"""Admin from the console. Whoever can run commands here stands above all: each calls what its page calls."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from flask_babel import force_locale

from blueprints.admin import actions, bp, queries
from core import hx, i18n, policy, site
from core.config import current
from core.errors import Gone, Refusal
from core.policy import CONSOLE


def refusals_in_words(command: Callable[..., None]) -> Callable[..., None]:
    """What is refused is said in one line, and the command ends with 1."""

    @wraps(command)
    def run(**arguments: Any) -> None:
        with force_locale("en"):
            try:
                command(**arguments)
            except Refusal as refusal:
                text = "Nobody by that name is here." if isinstance(refusal, Gone) else hx.say(refusal)
                click.echo(f"{text} ({getattr(refusal, 'field', '') or refusal.code})", err=True)
                sys.exit(1)

    return run


def member(name: str) -> int:
    return queries.member_id(CONSOLE, name.lstrip("@").lower())


@bp.cli.command("settings")
def settings() -> None:
    """Show the settings that the site's owner edits, with what they may be."""
    values = site.settings()
    for kind in site.KINDS:
        choices = f"  [{' | '.join(kind.choices)}]" if kind.choices else ""
        click.echo(f"{kind.name:14} {values[kind.name] or '-':24} {kind.meaning}{choices}")


@bp.cli.command("set")
@click.argument("name")
@click.argument("value")
@refusals_in_words
def change(name: str, value: str) -> None:
    """Change a setting of the site."""
    changed = actions.change_settings(CONSOLE, {name: value})
    for before, after in changed.values():
        click.echo(f"{name}: {before or '-'} -> {after or '-'}")
    if not changed:
        click.echo(f"{name} is that already.")


@bp.cli.command("invite")
@click.option("--note", default="", help="For whom it is; only staff see it.")
@click.option("--uses", default=1, help="How often it can be used.")
@click.option("--days", default=14, help="How long it holds; 0 for no end.")
@refusals_in_words
def invite(note: str, uses: int, days: int) -> None:
    """Make an invitation and print its link."""
    made = actions.invite(CONSOLE, actions.InvitationDraft(note, uses, days))
    click.echo(f"{current().base_url}/register?code={made.code}")


@bp.cli.command("suspend")
@click.argument("name")
@click.option("--reason", required=True, help="The member can read it.")
@click.option("--days", default=0, help="For how long; 0 for no end.")
@refusals_in_words
def suspend(name: str, reason: str, days: int) -> None:
    """Suspend a member."""
    actions.suspend(CONSOLE, member(name), reason, days)
    click.echo(f"{name} is suspended.")


@bp.cli.command("lift")
@click.argument("name")
@refusals_in_words
def lift(name: str) -> None:
    """Lift a suspension."""
    actions.lift(CONSOLE, member(name))
    click.echo(f"{name} is not suspended.")


@bp.cli.command("grant-staff")
@click.argument("name")
@refusals_in_words
def grant_staff(name: str) -> None:
    """Let a member help to run the site."""
    actions.appoint(CONSOLE, member(name), True)
    click.echo(f"{name} is staff.")


@bp.cli.command("take-staff")
@click.argument("name")
@refusals_in_words
def take_staff(name: str) -> None:
    """Take a member's staff role back."""
    actions.appoint(CONSOLE, member(name), False)
    click.echo(f"{name} is not staff.")


@bp.cli.command("audit")
@click.option("--who", default="", help="Username of whoever did it.")
@click.option("--action", default="", help="Such as member.suspend, or just member.")
@refusals_in_words
def audit(who: str, action: str) -> None:
    """Print the newest entries of the audit log."""
    for row in reversed(queries.audit_log(CONSOLE, who, action).rows):
        subject = f"{row.subject_kind} {row.subject_name or row.subject_id or ''}".strip()
        click.echo(f"{i18n.iso(row.at)}  {row.username or '-':20} {row.action:28} {subject}  {row.detail}")


@bp.cli.command("why")
@click.argument("name")
@click.argument("permission")
@click.argument("thing", required=False, default="")
@refusals_in_words
def why(name: str, permission: str, thing: str) -> None:
    """Explain whether someone may do something: why staff member:suspend @che

    NAME is a username, guest or console. THING is @username, or a kind and a number such as post:12."""
    actor = actor_named(name)
    kind, _, number = thing.partition(":")
    if number.isdecimal():
        there = int(number) in policy.visible_ids(kind, [int(number)], actor)
        click.echo(f"{thing} is {'there' if there else 'not there'} for {name}")
    try:
        click.echo(policy.explain(actor, permission, member(thing) if thing.startswith("@") else None))
    except (AttributeError, TypeError):
        click.echo(f"depends: {permission} is about one particular thing ({policy.catalogue()[permission].sentence})")


def actor_named(name: str) -> policy.Actor:
    """The actor that this member would be now. Raises Gone."""
    known = {"guest": policy.GUEST, "console": CONSOLE}
    return known.get(name) or queries.actor_of(CONSOLE, name.lstrip("@").lower())
