"""Settings are read once from the environment, and what cannot be read says so with its cure."""

import json
import os
import stat
import threading

import pytest

from core import config
from core.config import BadSetting, ensure_data_folder, load


def test_without_anything_the_defaults_hold():
    settings = load({})
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8000, 2)
    assert settings.demo and not settings.dev
    assert settings.data.is_absolute() and settings.blueprints == () and not settings.secure


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("QUANZI_PORT", "eighty"), ("QUANZI_PORT", "-1"), ("QUANZI_PORT", "8000.5"), ("QUANZI_WORKERS", "two"),
        ("QUANZI_DEMO", "perhaps"), ("QUANZI_BASE_URL", "club.example"), ("QUANZI_BASE_URL", "ftp://club.example"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_names_its_variable(variable, text):
    with pytest.raises(BadSetting, match=variable):
        load({variable: text})


@pytest.mark.parametrize(("text", "meant"), [("1", True), ("0", False), ("yes", True), ("OFF", False), (" on ", True)])
def test_a_switch_has_several_names(text, meant):
    assert load({"QUANZI_DEMO": text}).demo is meant


def test_an_empty_variable_is_as_good_as_none():
    assert load({"QUANZI_PORT": " ", "QUANZI_BASE_URL": ""}).port == 8000


def test_a_public_address_keeps_no_slash_and_says_whether_it_is_secure():
    settings = load({"QUANZI_BASE_URL": "https://club.example/"})
    assert settings.base_url == "https://club.example" and settings.secure
    assert not load({"QUANZI_BASE_URL": "http://club.example"}).secure


def test_folders_of_blueprints_are_separated_by_a_colon(tmp_path):
    wanted = f"{tmp_path}/a::{tmp_path}/b"
    assert load({"QUANZI_BLUEPRINTS": wanted}).blueprints == (f"{tmp_path}/a", f"{tmp_path}/b")


def test_the_data_folder_is_made_for_its_user_alone(tmp_path):
    data = tmp_path / "deep" / "data"
    secrets = ensure_data_folder(data)
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert stat.S_IMODE((data / "secrets.json").stat().st_mode) == 0o600
    assert len(secrets["secret_key"]) == 64
    assert {name for name in config.FOLDERS if (data / name).is_dir()} == set(config.FOLDERS)
    assert ensure_data_folder(data) == secrets, "the second time finds the first one's secrets"


def test_of_many_that_start_at_once_all_read_the_same_secrets(tmp_path):
    found, together = [], threading.Barrier(16)

    def start() -> None:
        together.wait(10)
        found.append(ensure_data_folder(tmp_path / "data")["secret_key"])

    threads = [threading.Thread(target=start) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 16 and len(set(found)) == 1
    assert json.loads((tmp_path / "data" / "secrets.json").read_text())["secret_key"] == found[0]
    assert [name for name in os.listdir(tmp_path / "data") if name.startswith(".secrets")] == []


def test_every_purpose_has_a_key_of_its_own(app):
    keys = {config.secret(purpose) for purpose in ("cookies", "links", "anything")}
    assert len(keys) == 3 and all(len(key) == 32 for key in keys)


def test_what_staff_are_called_is_refused_to_others():
    assert set(config.STAFF_NAMES) <= set(config.RESERVED_NAMES)
    assert all(name == name.lower() for name in config.RESERVED_NAMES)
