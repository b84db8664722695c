"""What others wrote is exactly what was fetched, with its licence, and nobody edited it since."""

import base64
import hashlib
import json
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
VENDOR = ROOT / "static" / "vendor"
MANIFEST = json.loads((VENDOR / "VENDOR.json").read_text())


@pytest.mark.parametrize("entry", MANIFEST, ids=lambda entry: entry["package"])
def test_every_file_has_the_hash_in_the_manifest(entry):
    for name, wanted in entry["files"].items():
        digest = hashlib.sha384((VENDOR / name).read_bytes()).digest()
        assert wanted == "sha384-" + base64.b64encode(digest).decode()


def test_nothing_lies_there_that_the_manifest_does_not_name():
    named = {name for entry in MANIFEST for name in entry["files"]} | {"VENDOR.json"}
    assert {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()} == named


def test_the_manifest_is_what_vendor_toml_asks_for():
    wanted = tomllib.loads((ROOT / "vendor.toml").read_text())["package"]
    asked = {(each["name"], each["version"], each["licence"]) for each in wanted}
    assert {(each["package"], each["version"], each["licence"]) for each in MANIFEST} == asked


def test_every_package_brings_its_licence_and_no_address():
    for entry in MANIFEST:
        assert any(name.endswith("/LICENSE") for name in entry["files"]), entry["package"]
    assert "://" not in (VENDOR / "VENDOR.json").read_text()
