"""Accounts from the console."""

import sys

import click

from blueprints.accounts import actions, bp
from blueprints.accounts.signing_in import find
from core import hx
from core.config import current
from core.errors import Refusal
from core.policy import CONSOLE
from models import Member


def _member(name: str) -> Member:
    found = find(name)
    if found is None:
        click.echo(f"There is no member called {name}.", err=True)
        sys.exit(1)
    return found


@bp.cli.command("create-member")
@click.argument("name")
@click.option("--display-name", default="", help="Name that others see; the username when left out.")
@click.option("--email", default="", help="Address; a letter with a link goes there to confirm it.")
@click.password_option(help="Asked for when left out.")
def create_member(name: str, display_name: str, email: str, password: str) -> None:
    """Make a member, whoever may register otherwise."""
    wanted = actions.Registration(username=name, password=password, display_name=display_name, email=email)
    try:
        member_id = actions.register(CONSOLE, wanted)
    except Refusal as refusal:
        click.echo(hx.say(refusal), err=True)
        sys.exit(1)
    click.echo(f"{Member.get_by_id(member_id).username} is a member now.")


@bp.cli.command("reset-link")
@click.argument("name")
def reset_link(name: str) -> None:
    """Print a link with which a member can set a new password. It works once, for an hour."""
    token = actions.make_reset_link(CONSOLE, _member(name).id)
    click.echo(f"{current().base_url}/reset/{token}")


@bp.cli.command("make-owner")
@click.argument("name")
def make_owner(name: str) -> None:
    """Make a member an owner of the site."""
    member = _member(name)
    actions.make_owner(member.id)
    click.echo(f"{member.username} owns the site now.")


@bp.cli.command("sign-out-everywhere")
@click.argument("name")
def sign_out(name: str) -> None:
    """End every session of a member."""
    ended = actions.sign_out_everywhere(CONSOLE, _member(name).id)
    click.echo(f"{ended} sessions ended.")
