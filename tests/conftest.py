"""What every test may ask for.

`app` is the whole site on a database of its own, empty but migrated; `cast` fills it with a few people and
circles (tests/cast.py). `client` is a visitor, `as_("lin")` a signed-in one, `post(client, url, data)` a form
sent the way a page sends it. `live_server` and `browser_page` are a real server and browser (tests/live.py).
"""

import itertools
import re
import secrets
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import app as site_app
import blueprints
from core import clock, config, db, fragments, jobs, limits, site, viewer
from models import Session, database
from tests.cast import Cast, Person, assemble, read_cast
from tests.live import (  # noqa: F401 - fixtures
    browser_page,
    browser_type_launch_args,
    chromium,
    live_server,
    open_page,
)

SAMPLES = Path(__file__).parent.parent / "examples" / "blueprints"
if str(SAMPLES) not in blueprints.__path__:
    blueprints.__path__.append(str(SAMPLES))  # so that their tests can import them before a site is opened

TOKEN_PAGE = "/no-such-page"
TOKEN_IN_PAGE = re.compile(r'<meta name="csrf-token" content="([^"]+)"')


class House:
    """One app for the whole run, and data folders that it starts from, each made once and copied per test."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.kept = folder / "kept"
        self.environ = {"QUANZI_DATA": str(self.data), "QUANZI_DEMO": "0", "QUANZI_BLUEPRINTS": str(SAMPLES)}
        self.app = self.open(self.environ)

    def open(self, environ: dict[str, str]) -> Flask:
        opened = site_app.create_app(environ)
        opened.testing = True
        return opened

    def start_from(self, name: str, make: Callable[[], object]) -> None:
        """Put the data folder into the state that `make` brings about."""
        kept = self.kept / name
        if not kept.exists():
            make()
            database.close()
            shutil.copytree(self.data, kept, ignore=shutil.ignore_patterns("jobs.sqlite3*", "secrets.json"))
        self._empty()
        shutil.copytree(kept, self.data, dirs_exist_ok=True)
        self.app.extensions.pop("set_up", None)
        forget_everything()

    def _empty(self) -> None:
        database.close()
        for path in self.data.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name.startswith("quanzi.sqlite3"):
                path.unlink()
        config.ensure_data_folder(self.data)


def forget_everything() -> None:
    clock.reset()
    site.forget()
    fragments.forget()


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("house"))


@pytest.fixture
def app(house: House) -> Iterator[Flask]:
    """The site, migrated and without anybody in it: it waits for its owner. Ask for `cast` to see its pages."""
    house.start_from("blank", db.migrate)
    yield house.app
    database.close()
    forget_everything()


@pytest.fixture
def cast(app: Flask, house: House) -> Cast:
    """The people and circles of tests/cast.py. Ask for it before you write anything."""
    house.start_from("cast", lambda: assemble(app))
    return read_cast()


@pytest.fixture
def make_app(app: Flask, house: House, tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """Another site with other settings on the same data: `make_app(QUANZI_BASE_URL="https://club.example")`."""
    before = config.current(), config._secret_key
    opened = database.obj

    def make(**environ: str) -> Flask:
        return house.open({**house.environ, **environ})

    yield make
    database.close()
    config.use(*before)
    database.initialize(opened)
    jobs.open_queue(before[0], around=site_app._in_context(house.app))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor's browser."""
    return app.test_client()


@pytest.fixture
def as_(cast: Cast, app: Flask) -> Callable[..., FlaskClient]:
    """`as_("lin")`, or `as_(member_id)`: a browser in which that member is signed in."""

    def sign_in(who: str | int | Person) -> FlaskClient:
        member_id = who if isinstance(who, int) else (cast[who] if isinstance(who, str) else who).id
        return signed_in(app, member_id)

    return sign_in


def signed_in(app: Flask, member_id: int) -> FlaskClient:
    """A session as sign-in makes it, without the work of checking a password."""
    token, now = secrets.token_urlsafe(32), clock.now()
    Session.create(
        token_hash=viewer._hash(token), member=member_id, created_at=now, seen_at=now,
        expires_at=now + limits.LIMITS["session_seconds"] * 1000, address="127.0.0.1", agent="tests",
    )  # fmt: skip
    browser = app.test_client()
    with browser.session_transaction() as session:
        session.update(_user_id=token, _fresh=True, _permanent=True)
    return browser


_keys = itertools.count(1)


@pytest.fixture
def csrf() -> Callable[..., str]:
    """`csrf(client, page=…)`: the token that a page of this browser carries."""
    return csrf_of


def csrf_of(browser: FlaskClient, page: str = TOKEN_PAGE) -> str:
    """Any page carries it; the designed page of an error is the cheapest."""
    found = TOKEN_IN_PAGE.search(browser.get(page).text)
    assert found, f"{page} carries no token"
    return found[1]


@pytest.fixture
def post() -> Callable[..., TestResponse]:
    """`post(client, url, data, htmx=False)`: a form as a page sends it, with its token.

    `htmx=True` or `htmx="id-of-target"` sends what htmx sends; `page` is where the token is taken from. Further
    keywords go to the test client."""

    def send(
        browser: FlaskClient,
        url: str,
        data: dict[str, Any] | None = None,
        htmx: bool | str = False,
        headers: dict[str, str] | None = None,
        page: str = TOKEN_PAGE,
        **options: Any,
    ) -> TestResponse:
        sent = {"Origin": "http://localhost", **(headers or {})}
        fields = dict(data or {})
        if htmx:
            sent |= {"HX-Request": "true", "X-CSRFToken": csrf_of(browser, page)}
            sent |= {"HX-Target": htmx} if isinstance(htmx, str) else {}
        else:
            fields.setdefault("csrf_token", csrf_of(browser, page))
        return browser.post(url, data=fields, headers=sent, **options)

    return send


@pytest.fixture
def fresh_key() -> Callable[[], str]:
    """A new idempotency key each time."""
    return lambda: f"key-{next(_keys)}"


@pytest.fixture
def in_threads() -> Callable[[int, Callable[[int], None]], None]:
    """`in_threads(50, work)`: call `work(0)` … `work(49)` at once; the first error of any is raised here."""

    def run(count: int, work: Callable[[int], None]) -> None:
        errors: list[BaseException] = []
        together = threading.Barrier(count)

        def one(number: int) -> None:
            try:
                together.wait(30)
                work(number)
            except BaseException as error:
                errors.append(error)
            finally:
                database.close()

        threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        if errors:
            raise errors[0]

    return run
