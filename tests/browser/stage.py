"""Where the stories of the browser play: a circle of their own on the shared server, and words for what people do."""

import itertools
import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from PIL import Image

from launcher.serve import HUB_SOCKET
from tests.cast import NAMES, PASSWORD
from tests.live import EVENTUALLY_MS, ROOT, cookies_of

_names = itertools.count(1)


@dataclass
class Stage:
    """`url` is the circle, `owner` who founded it; lin and may are in it."""

    browser: Any
    open_page: Any
    server: Any
    owner: str
    url: str = ""

    def page(self, who: str | None, path: str = "", **options: Any) -> Any:
        return self.open_page(f"{self.url}{path}", as_=who, **options)

    def post_by(self, who: str, body: str, title: str = "") -> str:
        """Address of a new post, written while nobody looks."""
        return self.send(who, f"{self.url}/posts/", title=title, body=body)

    def send(self, who: str, url: str, **form: str | list[str]) -> str:
        """A plain form from a browser of that member; returns where it leads."""
        cookies = cookies_of(self.browser, self.server, who)
        cookie = "; ".join(f"{each['name']}={each['value']}" for each in cookies)
        sent = HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        sent.request("GET", "/no-such-page", headers={"Cookie": cookie})
        page = sent.getresponse().read().decode()
        token = re.search(r'<meta name="csrf-token" content="([^"]+)"', page)[1]
        kind = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        sent.request("POST", url, urlencode({"csrf_token": token, **form}, doseq=True), kind)
        answer = sent.getresponse()
        answer.read()
        sent.close()
        assert answer.status == 303, answer.status
        return answer.headers["Location"]


@contextmanager
def working(server: Any) -> Iterator[None]:
    """The job worker, which the shared server does without."""
    command = [sys.executable, "-m", "flask", "--app", "app", "work"]
    environ = {
        **os.environ, **server.environ, "QUANZI_DATA": str(server.data), "QUANZI_HUB": str(server.data / HUB_SOCKET),
    }  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _until_it_beats(server)
        yield
    finally:
        process.terminate()
        process.wait(60)


def _until_it_beats(server: Any) -> None:
    for _ in range(1200):
        with closing(sqlite3.connect(server.data / "quanzi.sqlite3", timeout=10)) as database:
            if database.execute("SELECT COUNT(*) FROM worker_beat").fetchone()[0]:
                return
        time.sleep(0.1)
    raise AssertionError("the worker does not begin")


def build(browser: Any, open_page: Any, server: Any, owner: str = "che") -> Stage:
    """Nobody founds more than twenty circles, so those of the stories before have no founder any more."""
    _forget_rates(server)
    with closing(sqlite3.connect(server.data / "quanzi.sqlite3", timeout=10)) as database, database:
        database.execute("UPDATE circle SET founder_id = NULL")
    stage = Stage(browser, open_page, server, owner)
    stage.url = stage.send(
        owner, "/circles/", name=f"故事圈 {next(_names)}", slug="", purpose="x", category="other", visibility="public",
        join_policy="open",
    )  # fmt: skip
    for who in ("lin", "may"):
        stage.send(who, f"{stage.url}/join")
    return stage


def _forget_rates(server: Any) -> None:
    """A few people act in all stories, and do in ten minutes what others do in a month."""
    database = sqlite3.connect(server.data / "quanzi.sqlite3", timeout=10)
    with database:
        database.execute("DELETE FROM rate_count")
    database.close()


def sign_in(page: Any, name: str, *, leads_on: bool = True) -> None:
    page.fill("main [name=username]", NAMES[name][0])
    page.fill("main [name=password]", PASSWORD)
    page.click("main form [type=submit]")
    if leads_on:
        page.wait_for_url(lambda url: "/login" not in url)


CAME = """selector => {
  const look = () => { if (!window.cameAt && document.querySelector(selector)) window.cameAt = Date.now(); };
  window.cameAt = 0;
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
}"""
IN_SIGHT = """row => new Promise(seen => {
  new IntersectionObserver(entries => { if (entries.some(each => each.isIntersecting)) seen(); }).observe(row);
})"""


@contextmanager
def within(page: Any, ms: int, selector: str) -> Iterator[None]:
    """What happens inside shows on that page so soon, by the page's own clock: who looks on may be slow."""
    page.evaluate(CAME, selector)
    yield
    happened = time.time() * 1000
    page.locator(selector).first.wait_for(state="attached")
    assert page.evaluate("cameAt") - happened < ms


def until(page: Any, holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + EVENTUALLY_MS / 1000
    while not holds():
        assert time.monotonic() < deadline
        page.wait_for_timeout(40)


def until_it_says(page: Any, function: str, given: Any = None) -> None:
    """Playwright's own `wait_for_function` makes code of a string from its second look on, which our pages forbid."""
    until(page, lambda: page.evaluate(function, given))


def reload_with_stream(page: Any) -> None:
    """Load the page anew, until its stream is open."""
    with page.expect_response(lambda answer: "/stream?" in answer.url and answer.status == 200):
        page.reload()


def stop_time(page: Any) -> None:
    """From here on, and on the pages it goes to, its clock goes only as far as the story lets it."""
    page.clock.install()
    page.clock.pause_at(time.time() + 3600)


def look_at(page: Any, row: Any) -> None:
    """For as long as makes it read, on a page whose time stands still."""
    row.scroll_into_view_if_needed()
    row.evaluate(IN_SIGHT)
    page.clock.run_for(800)


def end_last_session(server: Any, name: str) -> None:
    """As if the time of the session that began last were up."""
    with sqlite3.connect(server.data / "quanzi.sqlite3", timeout=10) as database:
        database.execute(
            "DELETE FROM session WHERE id = (SELECT MAX(s.id) FROM session s JOIN member m ON m.id = s.member_id "
            "WHERE m.username = ?)",
            (NAMES[name][0],),
        )
    database.close()


def picture(name: str = "river.png", size: tuple[int, int] = (320, 210)) -> dict[str, Any]:
    """Noise, so that it is as large as a picture."""
    out = BytesIO()
    Image.frombytes("RGB", size, os.urandom(3 * size[0] * size[1])).save(out, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": out.getvalue()}


def write(page: Any, text: str) -> None:
    page.click("#composer textarea")
    page.fill("#composer textarea", text)


def publish(page: Any, text: str) -> Any:
    """Write and send; returns the row that appears."""
    write(page, text)
    page.click("#composer button.primary")
    row = page.locator("#post-list .post", has_text=text)
    row.wait_for()
    return row


def comment(page: Any, text: str) -> Any:
    page.fill("#answer-form textarea", text)
    page.click("#answer-form button.primary")
    row = page.locator("#comment-list .comment", has_text=text)
    row.wait_for()
    return row
