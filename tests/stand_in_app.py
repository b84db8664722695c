"""The smallest site that run.py can start: the same commands and /up, and every way to go wrong on request.

Copied as app.py into a tree of its own by tests/launched.py; STAND_IN_* variables ask for trouble.
"""

import json
import os
import signal
import sqlite3
import sys
import time
from pathlib import Path

import click
from flask import Flask

HOURS_S = 3 * 3600
TROUBLE = {name.removeprefix("STAND_IN_").lower() for name in os.environ if name.startswith("STAND_IN_")}


def database() -> sqlite3.Connection:
    connection = sqlite3.connect(Path(os.environ["QUANZI_DATA"]) / "quanzi.sqlite3")
    connection.execute("PRAGMA journal_mode=wal")
    connection.execute("CREATE TABLE IF NOT EXISTS migration (version INTEGER)")
    return connection


def version() -> int:
    found: int = database().execute("SELECT coalesce(max(version), 0) FROM migration").fetchone()[0]
    return found


def wanted() -> int:
    return int(os.environ.get("STAND_IN_VERSION", "1"))


def create_app() -> Flask:
    app = Flask(__name__)
    app.add_url_rule("/up", "up", lambda: ({"status": "ok"}, 503 if "unwell" in TROUBLE else 200))
    app.add_url_rule("/process", "process", lambda: str(os.getpid()))
    app.add_url_rule("/slow", "slow", lambda: time.sleep(HOURS_S) or "slept")
    for command in (look, migrate, seed_demo, work):
        app.cli.add_command(command)
    return app


@click.command("look")
def look() -> None:
    if version() > wanted():
        click.echo("The database is newer than this code. Install the newer version.", err=True)
        sys.exit(3)
    waiting = wanted() - version()
    known = {"untouched": "used" not in TROUBLE, "way_in": "/setup/once"}
    click.echo(json.dumps({"pending": waiting} if waiting else {"pending": 0, **known}))


@click.command("migrate")
def migrate() -> None:
    connection = database()
    connection.execute("CREATE TABLE IF NOT EXISTS half_done (name TEXT)")
    connection.commit()
    if "slow_migration" in TROUBLE:
        time.sleep(HOURS_S)
    if "broken_migration" in TROUBLE:
        raise RuntimeError("no such column: colour")
    connection.execute("DROP TABLE half_done")
    connection.execute("INSERT INTO migration VALUES (?)", (wanted(),))
    connection.commit()


@click.command("seed-demo")
def seed_demo() -> None:
    click.echo("demo-admin, password quanzi-demo")


@click.command("work")
def work() -> None:
    if "broken_worker" in TROUBLE:
        sys.exit(7)
    signal.signal(signal.SIGTERM, signal.SIG_IGN if "deaf_worker" in TROUBLE else lambda *_: sys.exit(0))
    while True:
        time.sleep(HOURS_S)
