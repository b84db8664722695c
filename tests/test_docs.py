"""What the docs promise: settings, permissions, signals, slots, commands, files and links are those of the code."""

import ast
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from core import limits
from core.config import SETTINGS
from core.limits import LIMITS
from dev import docs
from tests.source_tree import ROOT, every_python_file

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FOR_TESTS = {"QUANZI_VNU_JAR", "QUANZI_TEST_POSTGRES_URL"}
HEADINGS_OF_A_DECISION = re.compile(r"^# (?:\d+)?", re.MULTILINE)


each_page = pytest.mark.parametrize("doc", PAGES, ids=lambda doc: str(doc.relative_to(ROOT)))


def test_what_is_made_from_the_code_is_what_the_code_says(app):
    assert docs.outdated(app) == [], "run .venv/bin/python dev/docs.py"


def test_every_setting_and_limit_is_written_down():
    text = (ROOT / "docs" / "settings.md").read_text()
    missing = [setting.variable for setting in SETTINGS if f"`{setting.variable}`" not in text]
    own = [name for name in LIMITS if not name.startswith("polls_")]
    missing += [name for name in [*own, *docs._own_rates()] if f"| `{name}` |" not in text]
    assert not missing
    assert all(setting.meaning.endswith(".") for setting in SETTINGS)


def test_every_permission_has_a_sentence_that_says_what_it_lets_one_do(app):
    from core.policy import catalogue

    for permission in catalogue().values():
        assert re.fullmatch(r"[a-z_]+:[a-z_]+", permission.name)
        assert permission.sentence[0].isupper() and permission.sentence[-1] not in ".!", permission.name


def test_every_signal_is_announced_and_every_slot_asked_for(app):
    """A door that nobody uses is not one."""
    source = "".join(path.read_text() for path in every_python_file() if "tests" not in path.parts)
    for event in docs.events():
        assert len(re.findall(rf"\b{event.__name__}\(", source)) >= 2, f"{event.__name__} is never announced"
        past = (
            "ed", "en", "ft", "ys", "ve", "Withdrawn", "Began", "TurnedAway", "Held", "Hid", "Made", "Lost", "Sent",
            "Set", "Undone",
        )  # fmt: skip
        assert event.__name__.endswith(past), f"{event.__name__} says what has happened"
    templates = "".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    for name in docs.SLOTS:
        assert f'"{name}"' in source and re.search(rf"[\"']{re.escape(name)}[\"']", source + templates), name
        assert len(re.findall(rf"[\"']{re.escape(name)}[\"']", source + templates)) >= 3, f"nobody fills or asks {name}"


@each_page
def test_every_link_leads_somewhere(doc):
    for target in re.findall(r"\]\(([^)\s]+)\)", doc.read_text()):
        if "://" not in target and not target.startswith(("#", "mailto:")):
            path = doc.parent / unquote(target.partition("#")[0])
            assert path.exists(), f"{doc.name} links to {target}"


@each_page
def test_every_file_that_is_named_is_there(doc):
    folders = "core|blueprints|templates|static|tests|dev|docs|bench|launcher"
    for name in re.findall(rf"`((?:{folders})/[\w./-]+)`", doc.read_text()):
        path = ROOT / name
        assert path.exists() or list(ROOT.glob(name)), f"{doc.name} names {name}"


@each_page
def test_every_command_that_is_named_is_there(doc, app):
    names = set(app.cli.commands)
    text = doc.read_text()
    for command in re.findall(r"`flask ([a-z][a-z-]+)", text) + re.findall(r"--app app ([a-z][a-z-]+)", text):
        assert command in names, f"{doc.name}: flask {command}"


@each_page
def test_every_variable_that_is_named_is_read(doc):
    known = {setting.variable for setting in SETTINGS} | FOR_TESTS
    assert set(re.findall(r"\bQUANZI_[A-Z_]+\b", doc.read_text())) <= known


def test_every_variable_that_the_code_reads_is_a_setting():
    known = {setting.variable for setting in SETTINGS} | FOR_TESTS
    for path in every_python_file():
        used = set(re.findall(r"\bQUANZI_[A-Z_]+[A-Z]\b", path.read_text()))
        assert used <= known, f"{path.relative_to(ROOT)}: {used - known}"


@each_page
def test_the_docs_are_calm(doc):
    prose = re.sub(r"```.*?```|`[^`]*`|!\[|<!--", "", doc.read_text(), flags=re.DOTALL)
    assert not re.search(r"!(?!\w)|！", prose), doc.name


# ---- page by page -------------------------------------------------------------------------------------------


def test_the_readme_has_its_two_commands_and_every_folder():
    text = (ROOT / "README.md").read_text()
    assert "python3 run.py\n" in text and "python3 run.py test\n" in text
    for folder in folders_of_ours():
        assert f"`{folder}/" in text, folder
    accounts = (ROOT / "blueprints" / "accounts" / "demo_accounts.py").read_text()
    for name in re.findall(r"`(demo-[a-z]+)`", text):
        assert f'"{name}"' in accounts
    assert "quanzi-demo" in text and '"quanzi-demo"' in accounts


def folders_of_ours() -> list[str]:
    """Those with something that people write; data folders and caches have none of it."""
    kinds = (".py", ".md", ".html", ".css", ".po")
    folders = [path for path in ROOT.iterdir() if path.is_dir() and path.name[0] not in "._"]
    return [folder.name for folder in folders if any(path.suffix in kinds for path in folder.rglob("*"))]


def test_self_hosting_names_the_limits_and_headers_as_they_are():
    text = (ROOT / "docs" / "self-hosting.md").read_text()
    assert f"client_max_body_size {LIMITS['body_bytes'] // limits.MB}m" in text
    for header in ("Host", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host"):
        assert re.search(rf"proxy_set_header {header} ", text)
    assert "x_for=count, x_proto=count, x_host=count" in (ROOT / "core" / "guard.py").read_text()


def test_the_table_of_files_is_that_of_the_sample():
    sample = ROOT / "examples" / "blueprints" / "polls"
    text = (ROOT / "docs" / "extending.md").read_text()
    rows = re.findall(r"^\| (`[^|]+) \|[^|]*\| (yes)? ?\|$", text, re.MULTILINE)
    assert len(rows) >= 15
    for names, there in rows:
        for name in re.findall(r"`([^`]+)`", names):
            path = sample / name.replace("<name>", "polls")
            assert path.exists() is bool(there), f"{name} in examples/blueprints/polls"
    written = {path.name for path in sample.glob("*.py")}
    assert written <= {name for names, _ in rows for name in re.findall(r"`([^`]+)`", names)}


def test_the_layers_in_the_style_guide_are_those_of_the_tests():
    from tests.source_tree import LAYERS

    text = (ROOT / "STYLE.md").read_text()
    for layer in (0, 2, 3):
        row = re.search(rf"^\| {layer} \| ([^|]+) \|", text, re.MULTILINE)
        assert row
        for name in re.findall(r"\b[a-z0-9]+\b", row[1].replace("i18n", "i18n")):
            assert name in LAYERS[layer], f"{name} is not in layer {layer}"


def test_decisions_are_numbered_one_after_the_other():
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))
    for path in (ROOT / "docs" / "decisions").glob("*.md"):
        assert HEADINGS_OF_A_DECISION.match(path.read_text()), path.name


def test_the_changelog_begins_with_what_is_not_released():
    assert re.match(r"# Changes\n\n## Unreleased\n\n### ", (ROOT / "CHANGELOG.md").read_text())


# ---- the code speaks too ------------------------------------------------------------------------------------


def test_every_module_of_the_core_says_what_it_is_home_to():
    for path in (ROOT / "core").glob("*.py"):
        if path.name != "__init__.py":
            assert ast.get_docstring(ast.parse(path.read_text())), path.name


def test_nothing_names_the_place_where_it_was_written():
    """Paths and hosts of one machine have no business in a tree that others clone."""
    for path in [*every_python_file(), *PAGES]:
        text = path.read_text()
        if Path(path).name != Path(__file__).name:
            assert not re.search(r"(?<![\w.])/(?:work|root|home/\w+)/", text), path
