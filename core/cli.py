"""`flask` commands of the whole site. Small bodies: they call what pages and jobs call."""

import sys

import click
from flask import Flask, current_app

from core import db, jobs, seeding, streams
from core.blueprint import filled_slots
from core.errors import DatabaseTooNew
from core.policy import catalogue
from core.signals import heard


def init_app(app: Flask) -> None:
    for command in (migrate, work, run_jobs, seed_demo, remove_demo, list_blueprints):
        app.cli.add_command(command)


@click.command("migrate")
def migrate() -> None:
    """Bring the database up to the code. Exits with 3 when it is newer than the code."""
    try:
        for name in db.migrate():
            click.echo(name)
    except DatabaseTooNew as error:
        click.echo(error, err=True)
        sys.exit(3)


@click.command("work")
def work() -> None:
    """Carry out jobs until told to stop."""
    streams.open_wire()
    jobs.work()


@click.command("run-jobs")
def run_jobs() -> None:
    """Carry out the jobs that are due, then end."""
    click.echo(jobs.run_due())


@click.command("seed-demo")
def seed_demo() -> None:
    """Make demo data if nobody has used the site yet, or what has come since an older version made it, and print how to
    sign in to it."""
    seeding.plant()
    if told := seeding.told():
        click.echo(told)


@click.command("remove-demo")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove_demo(yes: bool) -> None:
    """Remove demo members and what they made; what others made stays."""
    if not yes:
        click.confirm("Remove the demo members, their circles, posts, comments and pictures?", abort=True)
    click.echo(f"{seeding.uproot()} demo members are gone. Without an owner, `flask setup-link` prints the way in.")


@click.command("blueprints")
def list_blueprints() -> None:
    """Show what is installed: blueprints, permissions, signals, slots, jobs."""
    for blueprint in current_app.extensions["blueprints"]:
        click.echo(f"{blueprint.name:14} {blueprint.title}  needs: {', '.join(blueprint.needs) or '-'}")
    for permission in catalogue().values():
        click.echo(f"permission  {permission.name:22} {permission.standing.name.lower():10} {permission.sentence}")
    for kind, names in (("signal", heard()), ("slot", filled_slots())):
        for name, count in names.items():
            click.echo(f"{kind:11} {name:22} {count} listening")
    for name in jobs.names():
        click.echo(f"job         {name}")
