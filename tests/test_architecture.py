"""Who may import whom, what lives where, and how long it may be. STYLE.md says the same in prose."""

import ast
import re
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.source_tree import (
    LAYERS,
    OPEN_PARTS,
    ROOT,
    Source,
    every_python_file,
    imported,
    is_page_part,
    layer_of,
    modules,
    neighbours,
    ours,
    sources,
    strangers,
)

WEB = {"flask", "flask_babel", "flask_login", "htmx_flask", "jinja2", "werkzeug", "wtforms"}

HOMES = {
    "htmx_flask": {"core/hx.py"},
    "PIL": {"core/media.py", "core/drawing.py"},
    "pillow_heif": {"core/media.py"},
    "bleach": {"core/markup.py"},
    "nh3": {"core/markup.py"},
    "markdown_it": {"core/markup.py", "core/dialect.py"},
    "pygments": {"core/highlight.py"},
    "argon2": {"blueprints/accounts/passwords.py"},
    "cryptography": {"blueprints/wallet/providers/signing.py"},
    "huey": {"core/jobs.py"},
    "flask_login": {"core/viewer.py", "core/i18n.py"},
    "smtplib": {"core/mail.py"},
    "urllib.request": set(),
    "http.client": {"core/outbound.py"},
    "ssl": {"core/outbound.py", "core/mail.py"},
    "socket": {
        "core/outbound.py", "core/jobs.py", "core/slow_body.py", "core/slow_reader.py", "core/hub.py", "core/wire.py",
    },
    "requests": set(),
    "urllib3": set(),
    "httpx": set(),
    "time": {"core/clock.py"},
}
"""Packages that have one home; asked for elsewhere, they go round what the home is there for."""

CLOCK_READERS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns",
    "time.monotonic", "time.perf_counter",
}  # fmt: skip

ATTICS = ("utils", "util", "helpers", "helper", "services", "service", "common", "manager", "misc")
MOST_LINES = 450
MOST_LINES_OF_A_FUNCTION = 60


def each(kept=lambda source: True):
    found = [source for source in sources() if kept(source)]
    return pytest.mark.parametrize("source", found, ids=lambda source: source.name)


@each()
def test_every_file_stands_in_a_layer(source: Source):
    assert source.layer is not None, f"{source.name}: give it a place in tests/source_tree.py"


@each()
def test_nobody_imports_what_stands_above(source: Source):
    """Layer 5 is imported by its own blueprint's layer 5 only; blueprints are discovered, never named."""
    if source.layer == 6:
        return
    for module in neighbours(source):
        above = layer_of(module)
        assert above is not None and above <= source.layer, f"{source.name} imports {module}"
        if above == 5 and source.layer == 5:
            assert module.split(".")[:2] == source.module.split(".")[:2], f"{source.name} imports {module}"


@each(lambda source: source.module.partition(".")[0] == "core")
def test_the_core_knows_no_feature(source: Source):
    assert not [module for module in neighbours(source) if module.startswith(("blueprints", "app"))]


@each(lambda source: source.layer in (0, 1, 2, 4) and source.part)
def test_what_is_below_the_pages_never_speaks_http(source: Source):
    assert not strangers(source.tree) & WEB


@each(lambda source: source.layer == 4 and bool(source.part))
def test_actions_and_queries_stand_on_the_lower_core_only(source: Source):
    too_high = [module for module in neighbours(source) if layer_of(module) == 3]
    assert not too_high, f"{source.name} imports {too_high}"


@each(lambda source: source.blueprint and not source.part)
def test_the_init_of_a_blueprint_only_declares(source: Source):
    assert neighbours(source) <= {"core.blueprint"}
    assert strangers(source.tree) <= {"flask_babel"}


def declared_needs(name: str) -> set[str]:
    for node in ast.walk(modules()[f"blueprints.{name}"].tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Blueprint":
            for keyword in node.keywords:
                if keyword.arg == "needs":
                    return set(ast.literal_eval(keyword.value))
            return set()
    raise AssertionError(f"blueprint {name} declares no Blueprint")


@each(lambda source: bool(source.blueprint))
def test_a_blueprint_imports_from_those_it_needs_and_only_their_open_parts(source: Source):
    for module in neighbours(source):
        parts = module.split(".")
        if parts[0] != "blueprints" or parts[1] == source.blueprint:
            continue
        assert parts[1] in declared_needs(source.blueprint), f"{source.name} imports {module} without need"
        assert len(parts) == 3 and parts[2] in OPEN_PARTS, f"{source.name} imports {module}"


def test_the_needs_of_blueprints_form_no_circle():
    names = {source.blueprint for source in sources() if source.blueprint}
    graph = {name: declared_needs(name) for name in names}
    assert not {need for needs in graph.values() for need in needs} - names
    list(TopologicalSorter(graph).static_order())


def test_no_module_imports_itself_by_way_of_others():
    graph = {source.module: neighbours(source) - {source.module} for source in sources()}
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


# ---- one home each ----------------------------------------------------------------------------------------


@each()
def test_what_has_a_home_is_used_there_only(source: Source):
    names = imported(source.tree)
    for package, homes in HOMES.items():
        used = any(name == package or name.startswith(f"{package}.") for name in names)
        assert not used or source.name in homes, f"{source.name} imports {package}"


@each(lambda source: source.name != "core/clock.py")
def test_only_the_clock_knows_the_time(source: Source):
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            assert f"{owner}.{node.attr}" not in CLOCK_READERS, f"{source.name}:{node.lineno}"


@each(lambda source: source.name != "core/markup.py")
def test_only_markup_calls_anything_safe(source: Source):
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            assert called not in ("Markup", "do_mark_safe"), f"{source.name}:{node.lineno}"


@each(lambda source: source.layer is not None and source.layer < 5)
def test_the_reader_is_known_to_pages_only(source: Source):
    if source.name in ("core/viewer.py", "core/i18n.py", "core/guard.py", "core/hx.py"):
        return
    assert not imported(source.tree) & {
        "flask_login.current_user", "core.viewer.current_actor", "core.viewer.current_user",
    }  # fmt: skip


@each(lambda source: source.name not in ("core/db.py", "core/viewer.py"))
def test_transactions_are_begun_by_our_own_atomic(source: Source):
    """Peewee's is deferred: of two writers one would be turned away. Its after_commit cannot be trusted."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "database":
            assert node.attr not in ("atomic", "transaction", "savepoint", "after_commit"), source.name


def test_config_can_be_read_before_anything_is_installed():
    for name in ("core.config", "core.limits"):
        assert not strangers(modules()[name].tree)
        assert not neighbours(modules()[name])


def test_the_launcher_needs_nothing_installed():
    for path in [ROOT / "run.py", *sorted((ROOT / "launcher").glob("*.py"))]:
        tree = ast.parse(path.read_text())
        assert not strangers(tree), path.name
        assert {ours(name) for name in imported(tree)} <= {None, "core.config", "core.clock"}, path.name


# ---- shape ------------------------------------------------------------------------------------------------


def test_every_layer_is_spelled_once_and_names_files_that_exist():
    named = [name for names in LAYERS.values() for name in names]
    assert len(named) == len(set(named))
    missing = {name for name in named if f"core.{name}" not in modules()}
    assert not missing


def test_no_file_is_an_attic():
    for path in every_python_file():
        assert path.stem not in ATTICS and path.parent.name not in ATTICS, path


def test_files_stay_short():
    long = {}
    for path in every_python_file():
        lines = len(path.read_text().splitlines())
        if lines > MOST_LINES and path.name != "models.py" and path.parent.name != "migrations":
            long[str(path.relative_to(ROOT))] = lines
    assert not long


@each()
def test_functions_stay_short(source: Source):
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            assert lines <= MOST_LINES_OF_A_FUNCTION, f"{source.name}: {node.name} has {lines} lines"


@each(lambda source: source.layer in (2, 3, 4))
def test_public_functions_say_what_they_take(source: Source):
    for node in source.tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            bare = [argument.arg for argument in arguments if argument.annotation is None]
            assert not bare and node.returns is not None, f"{source.name}: {node.name}"


@each(lambda source: source.part in ("actions", "queries"))
def test_actions_and_queries_take_the_actor_first(source: Source):
    """What needs none (a count for a command, a job's own sweep) is private or lives in a domain file."""
    for node in source.tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and takes_an_actor(node):
            assert node.args.args[0].arg == "actor", f"{source.name}: {node.name}"


def takes_an_actor(node: ast.FunctionDef) -> bool:
    return any(argument.arg == "actor" for argument in node.args.args)


@each(lambda source: bool(source.blueprint) and bool(source.part))
def test_queries_never_write(source: Source):
    if source.part not in ("queries", "reading"):
        return
    writes = {"create", "insert", "insert_many", "bulk_create", "save", "delete_instance", "replace"}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            on_a_model = isinstance(node.func.value, ast.Name) and node.func.value.id[:1].isupper()
            assert not (on_a_model and node.func.attr in writes), f"{source.name}:{node.lineno}"


BOOKS = {"LedgerAccount", "LedgerPosting", "LedgerEntry", "LedgerStop"}
CHANGES = {
    "create", "insert", "insert_many", "insert_from", "bulk_create", "bulk_update", "update", "delete", "delete_by_id",
    "delete_instance", "get_or_create", "replace", "replace_many", "save", "set_by_id", "truncate_table",
}  # fmt: skip
SQL_CHANGES = re.compile(r"(insert|update|delete|replace|truncate|alter|drop)\b.*\bledger_", re.IGNORECASE | re.DOTALL)


def changes_of_the_books(tree: ast.AST) -> list[int]:
    """Lines that write the ledger's tables, by their models, by a row that was read, or by SQL."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGES:
            written = {part.id for part in ast.walk(node.func.value) if isinstance(part, ast.Name)}
            found += [node.lineno] if written & BOOKS else []
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL_CHANGES.search(node.value):
            found.append(node.lineno)
    return found


@each(lambda source: source.name not in ("core/ledger.py", "models.py") and not source.name.startswith("bench/"))
def test_only_the_ledger_writes_its_books(source: Source):
    assert changes_of_the_books(source.tree) == []


def test_whoever_writes_the_books_is_found():
    wrong = (
        "LedgerAccount.update(name='x').execute()", "LedgerEntry.insert_many(rows)",
        "LedgerPosting.get_by_id(1).save()", "LedgerAccount.select().first().delete_instance()",
        "run('UPDATE \"ledger_account\" SET balance = 1')",
    )  # fmt: skip
    assert all(changes_of_the_books(ast.parse(line)) for line in wrong)
    assert not changes_of_the_books(ast.parse("LedgerEntry.select().where(LedgerEntry.at > 1).count()"))


def test_nothing_is_left_for_later():
    marks = tuple(left + right for left, right in (("TO", "DO"), ("FIX", "ME"), ("XX", "X:")))
    kinds = (".py", ".html", ".css", ".js", ".toml", ".md")
    folders = ("core", "blueprints", "templates", "static/css", "static/js", "launcher", "examples", "docs")
    for path in (path for folder in folders for path in (ROOT / folder).rglob("*")):
        if path.suffix in kinds:
            text = path.read_text()
            assert not [mark for mark in marks if mark in text], path


def test_a_blueprint_names_its_page_parts_alike():
    """A file of routes is found by its name, so a page part in disguise would never be loaded."""
    for source in sources():
        if source.blueprint and source.part and not is_page_part(source.part):
            decorators = [
                decorator for node in source.tree.body if isinstance(node, ast.FunctionDef)
                for decorator in node.decorator_list
            ]  # fmt: skip
            names = {ast.unparse(decorator).partition("(")[0] for decorator in decorators}
            assert not {"bp.get", "bp.post", "bp.route", "fills", "listen", "job"} & names, source.name
