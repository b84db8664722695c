"""Blueprints are found by folder and their parts by file name; what does not fit stops the start."""

import sys

import pytest

import blueprints
from core import blueprint
from core.blueprint import SLOTS, declare_slot, fills, slot
from core.policy import GUEST

ROUTES = """
from blueprints.tea import bp

@bp.get("/tea/", permission="tea:drink")
def index():
    return "tea"
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """`folder("tea", "bp = …", routes="…")`: a blueprint in a folder of its own, gone after the test."""
    monkeypatch.setattr(blueprints, "__path__", list(blueprints.__path__))
    before = set(sys.modules)

    def write(name: str, init: str, **parts: str) -> str:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(f"from core.blueprint import Blueprint\n{init}\n")
        for part, text in parts.items():
            (tmp_path / name / f"{part}.py").write_text(text)
        return str(tmp_path)

    yield write
    for module in set(sys.modules) - before:
        if module.startswith("blueprints."):
            del sys.modules[module]
            vars(blueprints).pop(module.split(".")[1], None)


def test_those_that_are_needed_come_first(app):
    names = [found.name for found in app.extensions["blueprints"]]
    for found in app.extensions["blueprints"]:
        assert all(names.index(need) < names.index(found.name) for need in found.needs)
    assert {"site", "accounts", "people", "circles", "search", "media", "admin", "polls"} <= set(names)


def test_a_need_that_is_not_there_stops_the_start(folder):
    path = folder("tea", 'bp = Blueprint("tea", title="Tea", needs=("kettle",))')
    with pytest.raises(LookupError, match="blueprint tea needs kettle"):
        blueprints.discover((path,))


def test_needs_in_a_circle_stop_the_start(folder):
    folder("tea", 'bp = Blueprint("tea", title="Tea", needs=("kettle",))')
    path = folder("kettle", 'bp = Blueprint("kettle", title="Kettle", needs=("tea",))')
    with pytest.raises(ValueError, match="form a circle"):
        blueprints.discover((path,))


def test_every_part_is_loaded_by_its_name(make_app, folder):
    path = folder(
        "tea", 'bp = Blueprint("tea", title="Tea")',
        routes_pots=ROUTES.replace("tea:drink", "site:read"),
        notes='raise AssertionError("nobody asked for this file")',
    )  # fmt: skip
    site = make_app(QUANZI_BLUEPRINTS=path)
    assert site.url_map.bind("localhost").match("/tea/") == ("tea.index", {})


def test_a_route_of_a_dropped_in_blueprint_needs_a_permission_too(make_app, folder):
    path = folder(
        "tea", 'bp = Blueprint("tea", title="Tea")',
        routes=ROUTES,
    )  # fmt: skip
    with pytest.raises(LookupError, match="tea:drink"):
        make_app(QUANZI_BLUEPRINTS=path)


# ---- slots --------------------------------------------------------------------------------------------------


@pytest.fixture
def shelf(monkeypatch):
    monkeypatch.setitem(SLOTS, "probe.shelf", "")
    monkeypatch.delitem(blueprint._slots, "probe.shelf", raising=False)
    declare_slot("probe.shelf", "Things on a shelf")
    yield
    blueprint._slots.pop("probe.shelf", None)


def test_a_slot_is_asked_once_for_the_whole_list(shelf):
    asked = []

    @fills("probe.shelf")
    def labels(actor, things):
        asked.append(things)
        return {thing: f"<b>{thing}</b>" for thing in things if thing != "cup"}

    @fills("probe.shelf")
    def prices(actor, things):
        return {"pot": "<i>7</i>"}

    assert slot("probe.shelf", GUEST, ["pot", "cup"]) == {"pot": ["<b>pot</b>", "<i>7</i>"]}
    assert asked == [["pot", "cup"]]
    assert blueprint.filled_slots()["probe.shelf"] == 2


def test_a_slot_that_nobody_offers_is_a_mistake(app):
    with pytest.raises(LookupError, match="unknown slot"):
        slot("probe.nowhere", GUEST, [])


def test_every_slot_that_is_filled_is_offered(app):
    assert set(blueprint.filled_slots()) <= set(SLOTS)
