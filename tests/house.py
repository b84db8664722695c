"""The site that tests play in: one app for the whole run, put back into a known state for each of them."""

import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from argon2 import PasswordHasher
from flask import Flask
from flask import session as flask_session
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

import app as site_app
import blueprints
from blueprints.accounts import passwords
from blueprints.circles import presence
from blueprints.live import bullets
from core import clock, config, fragments, guard, site
from models import database

SAMPLES = Path(__file__).parent.parent / "examples" / "blueprints"
if str(SAMPLES) not in blueprints.__path__:
    blueprints.__path__.append(str(SAMPLES))  # so that their tests can import them before a site is opened

DATABASE = "quanzi.sqlite3"

REAL_HASHER = passwords._hasher
passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Of what a password costs there is a story of its own; in all others it would be a third of a second for nothing."""


class CompiledTemplates(BytecodeCache):
    """What templates were compiled to, for all sites of this run."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if found := self.known.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.known[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


class House:
    """One app for the whole run, and data folders that it starts from, each made once and copied per test."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.kept = folder / "kept"
        self.environ = {"QUANZI_DATA": str(self.data), "QUANZI_DEMO": "0", "QUANZI_BLUEPRINTS": str(SAMPLES)}
        self.compiled = CompiledTemplates()
        self.app = self.open(self.environ)

    def open(self, environ: dict[str, str]) -> Flask:
        opened = site_app.create_app(environ)
        opened.testing = True
        opened.jinja_env.bytecode_cache = self.compiled
        return opened

    def start_from(self, name: str, make: Callable[[], object]) -> None:
        """Put the data folder into the state that `make` brings about."""
        kept = self.kept / name
        if not kept.exists():
            clock.shift(-clock.MINUTE)  # what is there already was there before the story begins
            make()
            database.close()
            shutil.copytree(self.data, kept, ignore=shutil.ignore_patterns("jobs.sqlite3*", "secrets.json"))
        self._put_back(kept)
        self.app.extensions.pop("set_up", None)
        forget_everything()

    def _put_back(self, kept: Path) -> None:
        """Only what differs is copied: most tests leave the files of the test before where they were."""
        database.close()
        for path in self.data.glob(f"{DATABASE}*"):
            path.unlink()
        for path in self.data.iterdir():
            if path.is_dir() and not (kept / path.name).is_dir():
                shutil.rmtree(path)
        for path in kept.iterdir():
            if path.is_dir():
                make_alike(path, self.data / path.name)
            else:
                shutil.copy2(path, self.data)
        config.ensure_data_folder(self.data)


def make_alike(kept: Path, used: Path) -> None:
    """A file is the one that was kept as long as its size is, and the moment at which it was written last."""
    if not used.is_dir():
        shutil.copytree(kept, used)
        return
    shutil.copymode(kept, used)
    wanted = {entry.name: entry for entry in os.scandir(kept)}
    for entry in list(os.scandir(used)):
        like = wanted.get(entry.name)
        if entry.is_dir(follow_symlinks=False):
            if like is None or not like.is_dir():
                shutil.rmtree(entry.path)
        elif like is None or not like.is_file() or written(entry) != written(like):
            os.unlink(entry.path)
    for name, like in wanted.items():
        if like.is_dir():
            make_alike(Path(like.path), used / name)
        elif not (used / name).exists():
            shutil.copy2(like.path, used / name)


def written(entry: os.DirEntry[str]) -> tuple[int, int, int]:
    found = entry.stat(follow_symlinks=False)
    return found.st_mode, found.st_size, found.st_mtime_ns


def forget_everything() -> None:
    clock.reset()
    site.forget()
    fragments.forget()
    bullets._fresh.clear()
    presence._written.clear()


def token_of(browser: FlaskClient) -> str:
    """A token as a page would give it to this browser, without the work of showing one."""
    with browser.session_transaction() as kept, browser.application.test_request_context():
        flask_session["csrf"] = kept.setdefault("csrf", secrets.token_urlsafe(guard.CSRF_BYTES))
        return guard.csrf_token()
