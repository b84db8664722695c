"""The site from the console: the first visit, its health, backup and restore."""

import json
import sys
from pathlib import Path

import click

from blueprints.site import bp
from blueprints.site.actions import setup_link as make_setup_link
from blueprints.site.rules import has_owner
from core import audit, backup, checks, db, search, seeding
from core.config import current
from core.errors import DatabaseTooNew
from core.policy import CONSOLE


@bp.cli.command("look")
def look() -> None:
    """Tell run.py as JSON how many migrations wait, and when none does, whether the site is untouched and how to get
    in. Exits with 3 when the database is newer than the code."""
    found: dict[str, object] = {}
    try:
        found["pending"] = len(db.pending())
    except DatabaseTooNew as error:
        click.echo(error, err=True)
        sys.exit(3)
    if not found["pending"]:
        found["untouched"] = seeding.is_untouched()
        found["way_in"] = (seeding.told() if current().demo else "") or _setup_path()
    click.echo(json.dumps(found))


@bp.cli.command("setup-link")
def setup_link() -> None:
    """Print the path of the first visit, which works once; nothing when the site has an owner."""
    if path := _setup_path():
        click.echo(path)


def _setup_path() -> str:
    return "" if has_owner() else f"/setup/{make_setup_link(CONSOLE)}"


@bp.cli.command("doctor")
@click.argument("part", required=False, default="")
def doctor(part: str) -> None:
    """Look at the data folder, the database, counters, search, jobs, the books. Exits with 1 when something is wrong.

    PART is the name of a check or the beginning of several, such as `ledger`; without one all are made."""
    names = checks.names(part)
    if not names:
        click.echo(f"There is no check {part}. These are: {', '.join(checks.names())}", err=True)
        sys.exit(2)
    found = 0
    for name, line in checks.problems(part):
        found += 1
        click.echo(f"{name}: {line}")
    if found:
        sys.exit(1)
    click.echo(f"{len(names)} checks, nothing wrong." if len(names) > 1 else "1 check, nothing wrong.")


@bp.cli.command("reindex")
def reindex() -> None:
    """Build the search index anew from its documents."""
    click.echo(f"{search.rebuild()} documents.")


@bp.cli.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
def make_backup(file: Path) -> None:
    """Copy database, pictures and files into FILE (.tar or .tar.gz) while the site runs."""
    try:
        made = backup.make(file, current())
    except (backup.BackupProblem, OSError) as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    audit.record(CONSOLE, "site.backup", pictures=made.pictures, files=made.files, videos=made.videos)
    size = file.stat().st_size / 1_000_000
    click.echo(f"{file}: {size:.1f} MB, {made.pictures} picture files, {made.files} documents.")
    click.echo(f"Without secrets: keep a copy of {current().data / 'secrets.json'} somewhere else.")


@bp.cli.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(file: Path) -> None:
    """Unpack a backup into an empty data folder."""
    try:
        backup.restore(file, current())
    except (backup.BackupProblem, OSError) as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    click.echo(f"Restored into {current().data}. Start the site with run.py; everyone signs in anew.")
