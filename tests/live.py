"""A real server and a real browser, for what only they can show."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from launcher.serve import HUB_SOCKET, hub_socket
from tests.quick import quick_folder

ROOT = Path(__file__).parent.parent
PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1280, "height": 800}
START_SECONDS = 120
STOP_SECONDS = 10
EVENTUALLY_MS = 20_000
"""How long a story waits for what a page will show: that it comes, not how fast."""


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@dataclass
class Server:
    """gunicorn as run.py starts it, on a data folder of its own that holds the cast."""

    data: Path
    port: int
    environ: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    hub: subprocess.Popen[bytes] | None = None
    signed_in: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        environ = {
            **os.environ, "QUANZI_DATA": str(self.data), "QUANZI_PORT": str(self.port), "QUANZI_DEMO": "0",
            "QUANZI_WORKERS": "1", "QUANZI_THREADS": "4", **self.environ,
        }  # fmt: skip
        environ["QUANZI_HUB"] = str(self.data / HUB_SOCKET)
        self.start_hub()
        command = [sys.executable, "-m", "gunicorn", "app:create_app()", "--graceful-timeout", "1"]
        log = (self.data / "server.log").open("ab")
        self.process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)
        log.close()
        self._wait()

    def start_hub(self) -> None:
        listener = hub_socket(self.data)
        number = listener.fileno()
        self.hub = subprocess.Popen([sys.executable, "-m", "core.hub", str(number)], cwd=ROOT, pass_fds=(number,))
        listener.close()

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self.process is not None and self.process.poll() is None, self.log()
            try:
                urllib.request.urlopen(f"{self.url}/up", timeout=10).close()
                return
            except urllib.error.HTTPError:
                return  # it answers; that no job worker runs is known
            except OSError:
                time.sleep(0.05)
        raise AssertionError(f"no answer within {START_SECONDS} s\n{self.log()}")

    def stop(self) -> None:
        if self.process is None:
            return
        if self.hub is not None:
            self.hub.kill()
            self.hub.wait()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def log(self) -> str:
        return (self.data / "server.log").read_text(errors="replace")[-4000:]

    def flask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the site on this server's data."""
        command = [sys.executable, "-m", "flask", "--app", "app", *arguments]
        environ = {**os.environ, "QUANZI_DATA": str(self.data), **self.environ}
        return subprocess.run(command, cwd=ROOT, env=environ, check=True, capture_output=True, text=True)


@pytest.fixture(scope="session")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A site with the cast of tests/cast.py, shared by the whole run: leave it as you found it."""
    with quick_folder(tmp_path_factory.mktemp("live")) as data:
        yield from served(data)


def served(data: Path) -> Iterator[Server]:
    extra = {"QUANZI_BLUEPRINTS": str(ROOT / "examples" / "blueprints")}
    environ = {**os.environ, "QUANZI_DATA": str(data), **extra}
    assembling = "from app import create_app; from tests.cast import assemble; assemble(create_app())"
    subprocess.run([sys.executable, "-c", assembling], cwd=ROOT, env=environ, check=True, capture_output=True)
    server = Server(data, free_port(), extra)
    server.start()
    try:
        yield server
    finally:
        server.stop()


# ---- the browser ------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of Debian's Chromium. Skips without one, but fails where CI is set."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found:
        return found
    if os.environ.get("CI"):
        pytest.fail("CI is set and there is no Chromium: apt-get install chromium")
    pytest.skip("no Chromium here (apt-get install chromium)")


@pytest.fixture(scope="session")
def browser_type_launch_args(chromium: str) -> dict[str, Any]:
    """What pytest-playwright starts: the system's browser, which asks nobody for anything."""
    from playwright.sync_api import expect

    expect.set_options(timeout=EVENTUALLY_MS)
    arguments = ["--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")
    return {"executable_path": chromium, "args": arguments}


@pytest.fixture
def open_page(browser: Any, live_server: Server) -> Iterator[Callable[..., Any]]:
    """`open_page("/circles/", as_="lin", size=PHONE, scheme="dark", locale="zh-CN", javascript=True)`: a page
    in a browser of its own. Addresses are relative to the live server. What the browser complains about is in
    `page.complaints` and fails the test at its end, unless the test empties it."""
    contexts = []
    pages = []

    def open_(
        path: str = "/", *, as_: str | None = None, size: dict[str, int] = LAPTOP, scheme: str = "light",
        locale: str = "en-GB", javascript: bool = True, **options: Any,
    ) -> Any:  # fmt: skip
        context = browser.new_context(
            base_url=live_server.url, viewport=size, color_scheme=scheme, locale=locale,
            java_script_enabled=javascript, reduced_motion="reduce", **options,
        )  # fmt: skip
        contexts.append(context)
        if as_:
            context.add_cookies(cookies_of(browser, live_server, as_))
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda message: _complain(page, message))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        pages.append(page)
        page.goto(path)
        return page

    yield open_
    complaints = [text for page in pages for text in page.complaints]
    for context in contexts:
        context.close()
    assert not complaints, complaints


def _complain(page: Any, message: Any) -> None:
    if message.type == "error" and "Failed to load resource" not in message.text:
        page.complaints.append(message.text)


def cookies_of(browser: Any, server: Server, name: str) -> list[Any]:
    """Sign in by the page, once a person and run: a password takes its time, and tries are counted."""
    if name not in server.signed_in:
        from tests.cast import NAMES, PASSWORD

        context = browser.new_context(base_url=server.url)
        page = context.new_page()
        page.goto("/login")
        page.fill("main [name=username]", NAMES[name][0])
        page.fill("main [name=password]", PASSWORD)
        page.click("main form [type=submit]")
        page.wait_for_url(lambda url: "/login" not in url)
        server.signed_in[name] = context.cookies()
        context.close()
    return list(server.signed_in[name])


@pytest.fixture
def browser_page(open_page: Callable[..., Any]) -> Any:
    """A visitor's page on a laptop, at the front page."""
    return open_page("/")
