"""Finds the blueprints by folder and their parts by file name; names no feature."""

import importlib
import pkgutil
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from flask import Flask

from core import db, i18n
from core.blueprint import Blueprint
from models import Table

PARTS = (
    "models", "rules", "words", "listeners", "jobs", "slots", "streams", "routes", "api", "checks", "cli",
    "seeds", "personal",
)  # fmt: skip
"""Imported in this order where they exist; `routes` stands for every module whose name begins with it."""


def discover(folders: tuple[str, ...] = ()) -> list[Blueprint]:
    """All blueprints, each after those it needs. `folders` hold further ones, dropped in by the site's owner.

    Raises LookupError when a needed blueprint is missing, ValueError when needs form a circle."""
    for folder in folders:
        if folder not in __path__:
            __path__.append(folder)
    found = {}
    for info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{info.name}")
        found[info.name] = module.bp
    for bp in found.values():
        missing = [need for need in bp.needs if need not in found]
        if missing:
            raise LookupError(f"blueprint {bp.name} needs {', '.join(missing)}, which is not there")
    try:
        order = list(TopologicalSorter({name: sorted(bp.needs) for name, bp in sorted(found.items())}).static_order())
    except CycleError as error:
        raise ValueError(f"the needs of blueprints form a circle: {' -> '.join(error.args[1])}") from error
    return [found[name] for name in order]


def load(app: Flask, folders: tuple[str, ...] = ()) -> list[Blueprint]:
    """Import every part that exists, then register the blueprints with the app."""
    ordered = discover(folders)
    for bp in ordered:
        for part in _parts(bp):
            importlib.import_module(f"{__name__}.{bp.name}.{part}")
        _own_rooms(app, bp)
        if bp.name not in app.blueprints:
            app.register_blueprint(bp)
    return ordered


def _own_rooms(app: Flask, bp: Blueprint) -> None:
    """What a blueprint from outside brings along: its tables with their migrations, its languages.

    Raises ValueError for a table that does not carry the blueprint's name in front: it could be somebody else's."""
    folder = Path(bp.root_path)
    if (folder / "migrations").is_dir():
        db.add_chain(bp.name, folder / "migrations")
    if (folder / "translations").is_dir():
        i18n.add_translations(app, folder / "translations")
    for table in Table.__subclasses__():
        name = table._meta.table_name
        if table.__module__ == f"{__name__}.{bp.name}.models" and not name.startswith(f"{bp.name}_"):
            raise ValueError(f"table {name} must be named {bp.name}_{name}, since blueprint {bp.name} brings it")


def _parts(bp: Blueprint) -> list[str]:
    package = importlib.import_module(f"{__name__}.{bp.name}")
    files = sorted(info.name for info in pkgutil.iter_modules(package.__path__))
    of_part = {part: [name for name in files if name == part] for part in PARTS}
    of_part["routes"] += [name for name in files if name.startswith("routes_")]
    return [name for names in of_part.values() for name in names]
