"""The Python files of the tree, parsed: who imports what, and which layer each of them stands in."""

import ast
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent

LAYERS: dict[int, tuple[str, ...]] = {
    0: (
        "clock", "config", "dialect", "drawing", "errors", "film_boxes", "highlight", "likeness", "limits", "markup",
        "names", "plain", "hub", "hub_channel", "hub_messages", "tokens", "qr_codes",
    ),
    2: (
        "audit", "backup", "checks", "db", "files", "jobs", "ledger", "links", "mail", "money", "media", "notices",
        "once", "outbound", "personal", "policy", "rates", "reacting", "search", "seeding", "sessions", "signals",
        "site", "stream_log", "wire", "film", "video",
    ),
    3: (
        "assets", "blueprint", "compress", "forms", "fragments", "guard", "hx", "i18n", "slow_body", "slow_reader",
        "uploads", "web_worker", "stream_answer", "stream_frames", "streams", "viewer", "open_web", "periods",
    ),
    5: ("cli",),
}  # fmt: skip
"""Files of core/ by layer. Layer 1 is models.py, layer 4 and 5 are in the blueprints, 6 is app.py."""

PAGE_PARTS = (
    "api", "checks", "cli", "forms", "jobs", "listeners", "personal", "routes", "rows", "seeds", "slots",
    "streams", "words",
)  # fmt: skip
"""Files of a blueprint in layer 5, and those whose name begins with one of them and an underscore."""

OPEN_PARTS = (
    "actions", "apart", "commenting", "events", "friends", "joining", "moderating", "passwords", "paying", "pending",
    "picturing", "posting", "privacy", "publishing", "queries", "reading", "rooms", "rules", "sanctions", "screening",
    "wording",
)
"""Files of layer 4 that a blueprint which needs this one may import. `passwords` of accounts is among them so that
whatever else is opened by a secret (the door of an event) is hashed in the same way, at the same cost, and waits for
the same two places; it is no part of the core, since nothing but accounts decides what a good password is."""


@dataclass(frozen=True)
class Source:
    path: Path
    module: str
    text: str = field(repr=False)
    tree: ast.Module = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))

    @property
    def blueprint(self) -> str:
        parts = self.module.split(".")
        return parts[1] if parts[0] == "blueprints" and len(parts) > 1 else ""

    @property
    def part(self) -> str:
        """`routes` of blueprints/circles/routes.py; empty for the folder's own `__init__`."""
        return ".".join(self.module.split(".")[2:]) if self.blueprint else self.module.rpartition(".")[2]

    @property
    def layer(self) -> int | None:
        return layer_of(self.module)


def layer_of(module: str) -> int | None:
    """The layer of one of our modules; None for a file that nobody has given a place."""
    parts = module.split(".")
    if parts[0] == "core" and len(parts) > 1:
        return next((layer for layer, names in LAYERS.items() if parts[1] in names), None)
    if parts[0] == "blueprints" and len(parts) > 2:
        if parts[2] == "models":
            return 1
        return 5 if is_page_part(parts[2]) else 4
    return {"core": 0, "models": 1, "app": 6, "blueprints": 4 if len(parts) == 2 else 6}.get(parts[0])


def is_page_part(part: str) -> bool:
    return any(part == name or part.startswith(f"{name}_") for name in PAGE_PARTS)


@cache
def sources() -> tuple[Source, ...]:
    """Everything that runs in the site: core, blueprints (the sample among them), models and app."""
    files = [ROOT / "app.py", ROOT / "models.py"]
    files += sorted((ROOT / "core").rglob("*.py")) + sorted((ROOT / "blueprints").rglob("*.py"))
    files += sorted((ROOT / "examples" / "blueprints").rglob("*.py"))
    found = []
    for path in files:
        parts = path.relative_to(ROOT).with_suffix("").parts
        parts = parts[1:] if parts[0] == "examples" else parts
        if {"migrations", "tests"} & set(parts):
            continue
        module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        text = path.read_text()
        found.append(Source(path, module, text, ast.parse(text)))
    return tuple(found)


@cache
def modules() -> dict[str, Source]:
    return {source.module: source for source in sources()}


def every_python_file() -> list[Path]:
    """What people of this project wrote in Python."""
    found = sorted(ROOT.glob("*.py"))
    for name in ("core", "blueprints", "launcher", "examples", "dev", "bench", "tests", "migrations"):
        found += sorted((ROOT / name).rglob("*.py"))
    return found


def imported(tree: ast.AST) -> set[str]:
    """Full names of what is imported anywhere in this tree: modules, and names out of modules."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written from the root"
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def ours(name: str) -> str | None:
    """The module of ours that an imported name lies in; None for other people's."""
    if name.partition(".")[0] not in ("app", "blueprints", "core", "models"):
        return None
    return name if name in modules() or name.rpartition(".")[0] not in modules() else name.rpartition(".")[0]


def neighbours(source: Source) -> set[str]:
    """Modules of ours that this one imports."""
    return {module for module in map(ours, imported(source.tree)) if module is not None}


def strangers(tree: ast.AST) -> set[str]:
    """Packages that are neither ours nor the standard library's."""
    tops = {name.partition(".")[0] for name in imported(tree)}
    return tops - {"app", "blueprints", "core", "models", "launcher", "tests"} - sys.stdlib_module_names
