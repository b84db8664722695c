"""The parts of docs/ that are made from the code, so that they cannot say anything else.

    .venv/bin/python dev/docs.py          write them anew
    .venv/bin/python dev/docs.py check    say which are out of date; exit 1 when one is
"""

import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from flask import Flask  # noqa: E402

from core import config, limits, policy, site  # noqa: E402
from core.blueprint import SLOTS  # noqa: E402
from core.signals import Event  # noqa: E402

DOCS = ROOT / "docs"
OURS = {path.parent.name for path in (ROOT / "blueprints").glob("*/__init__.py")}
FLASKS_OWN = {"run", "shell", "routes"}


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(head)]
    lines.append(["---"] * len(lines[0]))
    lines += [[cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def code(text: str) -> str:
    return f"`{text}`" if text else ""


# ---- settings -----------------------------------------------------------------------------------------------


def settings() -> str:
    variables = [
        [code(each.variable), _type(each.type), code(_plain(each.default)), each.meaning] for each in config.SETTINGS
    ]
    kinds = [
        [code(kind.name), ", ".join(map(code, kind.choices)), code(kind.default), kind.meaning] for kind in site.KINDS
    ]
    rates = [[code(name), str(rate.hits), _duration(rate.seconds)] for name, rate in _own_rates().items()]
    return "\n\n".join([
        "# Settings",
        "Made from `core/config.py`, `core/limits.py` and `core/site.py` by `dev/docs.py`; a test compares.",
        "## Environment",
        "Read when the site starts. `python3 run.py --help` lists those that are options as well.",
        table(("variable", "type", "default", "meaning"), variables),
        "## Settings of the site",
        "Kept in the database, changed at `/admin/settings` or with `flask set`, and in force within two seconds.",
        table(("name", "choices", "default", "meaning"), kinds),
        "## Limits",
        "One table, applied by the forms, actions and pages alike.",
        *[f"### {group}\n\n{table(('name', 'limit'), rows)}" for group, rows in _limits()],
        "## Rates",
        "How often something may happen. Counts are rows, so they hold over restarts and over all processes.",
        table(("name", "times", "within"), rates),
    ]) + "\n"  # fmt: skip


def _type(kind: type) -> str:
    return {str: "text", int: "number", bool: "1 or 0"}[kind]


def _plain(value: Any) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def _limits() -> Iterator[tuple[str, list[list[str]]]]:
    """The groups of the table, called by the comments that stand between them in core/limits.py."""
    source = (ROOT / "core" / "limits.py").read_text()
    body = source[source.index("LIMITS: ") : source.index("\n}\n", source.index("LIMITS: "))]
    parts = re.split(r"^    # (.+)$", body, flags=re.MULTILINE)
    for group, text in zip(parts[1::2], parts[2::2], strict=True):
        names = re.findall(r'^    "(\w+)":', text, flags=re.MULTILINE)
        yield group, [[code(name), _amount(group, name, limits.LIMITS[name])] for name in names]


def _amount(group: str, name: str, value: int) -> str:
    if group == "bytes":
        return f"{value // limits.MB} MB" if value % limits.MB == 0 else f"{value // 1024} kB"
    if name.endswith("_ms"):
        return f"{value:,} ms"
    return _duration(value) if group == "seconds" else f"{value:,}"


def _duration(seconds: int) -> str:
    for unit, name in ((24 * 3600, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        if seconds % unit == 0:
            count = seconds // unit
            return f"{count} {name}{'' if count == 1 else 's'}"
    raise AssertionError(seconds)


def _own_rates() -> dict[str, limits.Rate]:
    """Without those that a blueprint from outside added."""
    source = (ROOT / "core" / "limits.py").read_text()
    return {name: rate for name, rate in limits.RATES.items() if f'"{name}"' in source}


# ---- permissions --------------------------------------------------------------------------------------------


def permissions() -> str:
    by_blueprint: dict[str, list[list[str]]] = {}
    for each in policy.catalogue().values():
        name = blueprint_of(each.rule)
        if name in OURS:
            by_blueprint.setdefault(name, []).append([code(each.name), each.sentence, each.standing.name.lower()])
    return "\n\n".join([
        "# Permissions",
        "Made from the `rules.py` of each blueprint by `dev/docs.py`; a test compares.",
        "A permission is asked in two steps. First the standing of who asks: guest, suspended, leaving, member, staff. "
        "Who stands lower than the table says is refused before anything is looked up; what is open from guest on is "
        "still closed to the suspended, and anyone means that nobody asks who it is. Then its rule, with the thing at "
        "hand, in the transaction of the act. What nobody declared nobody may. `flask why` explains an answer.",
        *[f"## {name}\n\n{table(('permission', 'what it lets one do', 'from'), rows)}"
          for name, rows in sorted(by_blueprint.items())],
    ]) + "\n"  # fmt: skip


def blueprint_of(thing: Any) -> str:
    parts = thing.__module__.split(".")
    return parts[1] if parts[0] == "blueprints" and len(parts) > 1 else ""


# ---- parts of other pages -----------------------------------------------------------------------------------


def events() -> list[type[Event]]:
    found = [event for event in Event.__subclasses__() if blueprint_of(event) in OURS]
    return sorted(found, key=lambda event: (blueprint_of(event), event.__name__))


def signals() -> str:
    rows = [
        [code(event.__name__), code(f"blueprints.{blueprint_of(event)}.events"),
         ", ".join(map(code, event.__dataclass_fields__)), _first_line(event)]
        for event in events()
    ]  # fmt: skip
    return table(("signal", "from", "holds", ""), rows)


def _first_line(event: type[Event]) -> str:
    text = (event.__doc__ or "").strip()
    return "" if text.startswith(f"{event.__name__}(") else text.partition("\n\n")[0]


def slots() -> str:
    rows = [[code(name), sentence] for name, sentence in sorted(SLOTS.items())]
    return table(("slot", "what it shows, what it hands over"), rows)


def commands(app: Flask) -> str:
    return table(("command", ""), [[code(f"flask {name}"), text] for name, text in command_lines(app)])


def command_lines(app: Flask) -> Iterator[tuple[str, str]]:
    """Each command with its arguments, and its first sentence; without Flask's own and those from outside."""
    for name, command in sorted(app.cli.commands.items()):
        callback = command.callback
        if name not in FLASKS_OWN and (callback is None or blueprint_of(callback) in {"", *OURS}):
            arguments = [str(each.name).upper() for each in command.params if each.param_type_name == "argument"]
            yield " ".join([name, *arguments]), command.get_short_help_str(limit=200)


def filled(text: str, parts: dict[str, str]) -> str:
    """The page with what stands between `<!-- name -->` and `<!-- /name -->` made anew."""
    for name, content in parts.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        if not pattern.search(text):
            raise LookupError(f"there is no place for {name}")
        text = pattern.sub(lambda match, content=content: f"{match[1]}{content}\n{match[2]}", text)
    return text


def pages(app: Flask) -> dict[Path, Callable[[], str]]:
    """What each page should say."""
    extending, hosting = DOCS / "extending.md", DOCS / "self-hosting.md"
    return {
        DOCS / "settings.md": settings,
        DOCS / "permissions.md": permissions,
        extending: lambda: filled(extending.read_text(), {"signals": signals(), "slots": slots()}),
        hosting: lambda: filled(hosting.read_text(), {"commands": commands(app)}),
    }


def outdated(app: Flask) -> list[Path]:
    return [path for path, make in pages(app).items() if not path.exists() or path.read_text() != make()]


def main(arguments: list[str]) -> int:
    from app import create_app

    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"QUANZI_DATA": folder})
        stale = outdated(app)
        for path in stale:
            print(path.relative_to(ROOT))
            if arguments != ["check"]:
                path.write_text(pages(app)[path]())
    return 1 if stale and arguments == ["check"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
