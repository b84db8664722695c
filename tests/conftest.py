"""What every test may ask for.

`app` is the whole site on a database of its own, empty but migrated; `cast` fills it with a few people and
circles (tests/cast.py). `client` is a visitor, `as_("lin")` a signed-in one, `post(client, url, data)` a form
sent the way a page sends it. `live_server` and `browser_page` are a real server and browser (tests/live.py).
"""

import itertools
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import app as site_app
from core import clock, config, db, jobs, limits, viewer
from models import Session, database
from tests.cast import Cast, Person, assemble, read_cast
from tests.house import House, forget_everything, token_of
from tests.live import (  # noqa: F401 - fixtures
    browser_page,
    browser_type_launch_args,
    chromium,
    live_server,
    open_page,
)
from tests.quick import quick_folder
from tests.slow_time import SlowTime

TOKEN_PAGE = "/no-such-page"
TOKEN_IN_PAGE = re.compile(r'<meta name="csrf-token" content="([^"]+)"')


_slow_time = SlowTime()


@pytest.fixture(autouse=True)
def slow_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """No minute, day or year turns in the middle of a test that does not move the clock itself."""
    _slow_time.begin()
    monkeypatch.setattr(clock, "time", _slow_time)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with quick_folder(tmp_path_factory.mktemp("house")) as folder:
        yield House(folder)
        database.close()


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

    `htmx=True` or `htmx="id-of-target"` sends what htmx sends; `page` is where the token is taken from, when it is to
    be that of a certain one. Further keywords go to the test client."""

    def send(
        browser: FlaskClient,
        url: str,
        data: dict[str, Any] | None = None,
        htmx: bool | str = False,
        headers: dict[str, str] | None = None,
        page: str = "",
        **options: Any,
    ) -> TestResponse:
        sent = {"Origin": "http://localhost", **(headers or {})}
        fields = dict(data or {})
        token = csrf_of(browser, page) if page else token_of(browser)
        if htmx:
            sent |= {"HX-Request": "true", "X-CSRFToken": token}
            sent |= {"HX-Target": htmx} if isinstance(htmx, str) else {}
        else:
            fields.setdefault("csrf_token", token)
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
                together.wait(300)
                work(number)
            except BaseException as error:
                errors.append(error)
            finally:
                database.close()

        threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(300)
        if errors:
            raise errors[0]

    return run
