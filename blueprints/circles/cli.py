"""Circles from the console."""

import sys

import click

from blueprints.circles import bp


@bp.cli.command("seed")
@click.option("--posts", default=10_000, show_default=True, help="How many posts.")
@click.option("--members", default=1_000, show_default=True, help="How many members.")
@click.option("--seed", default=1, show_default=True, help="The same number makes the same site.")
@click.option("--shape", default="plain", show_default=True, help="plain, or big_and_small (docs/measuring.md).")
def seed(posts: int, members: int, seed: int, shape: str) -> None:
    """Fill a database with made-up members, circles and posts, fast, for measuring."""
    from blueprints.circles import seeds_bulk

    try:
        seeds_bulk.fill(seeds_bulk.Plan(posts, members, seed, shape), click.echo)
    except ValueError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
