"""The HTML of every page and region, held against the standard: one run of the Nu validator for all of them.

htmx attributes are what it does not know; everything else that it says is a fault.
"""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from core.policy import CONSOLE
from tests.access_table import ROLES, TABLE
from tests.conftest import signed_in
from tests.house import token_of
from tests.test_access import address, fresh, token

JAR = Path(os.environ.get("QUANZI_VNU_JAR") or Path.home() / ".cache" / "quanzi" / "vnu.jar")
QUICK_START = ("-Xss4m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""It runs for seconds: compiling its code a second time, and better, takes as long as all the rest."""
OF_THIS_ANSWER = re.compile(r'[A-Za-z0-9_-]{86}==|nonce="[^"]+"')
HTMX = re.compile(r"Attribute “hx-[a-z:-]+” not allowed")
READERS = {"guest": "en", "stranger": "zh-TW", "member": "zh-CN", "founder": "zh-CN", "site owner": "en"}
QUEUE = "/circles/night-run/moderation/?what="
SECTIONS = [*(QUEUE + what for what in ("waiting", "appeals", "decided")), "/circles/night-run/members?q=l",
            "/circles/night-run/catch-up?period=month"]  # fmt: skip
HEAD = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Region</title></head>'
AROUND = HEAD + "<body><form id='act'></form><ul>{}</ul></body></html>"


@pytest.fixture(scope="module")
def validator() -> list[str]:
    """Skips without Java or the validator, but fails where CI is set."""
    if shutil.which("java") and JAR.is_file():
        return ["java", *QUICK_START, "-jar", str(JAR), "--format", "json", "--exit-zero-always", "--stdout"]
    if os.environ.get("CI"):
        pytest.fail("CI is set and there is no HTML validator: Java, and vnu.jar named by QUANZI_VNU_JAR")
    pytest.skip("no HTML validator here (Java, and vnu.jar named by QUANZI_VNU_JAR; .ci/run fetches it)")


def written(app, house) -> dict[str, str]:
    """Every page as several people read it, by a name that says which: all are read before anything is sent."""
    found = {}
    for role, language in READERS.items():
        cast = fresh(house)
        browser = signed_in(app, cast[ROLES[role]].id) if ROLES[role] else app.test_client()
        urls = {route: address(route, cast, "running" if "/circles/<" in route else "") for route in TABLE}
        urls |= {f"GET {path}": path for path in SECTIONS}
        for route, url in sorted(urls.items()):
            answer = ask(browser, route, url, language)
            if answer is not None:
                found[f"{role} {route}"] = answer
    found["nowhere"] = app.test_client().get("/no-such-page").text
    return found


def ask(browser, route: str, url: str, language: str) -> str | None:
    headers = {"Accept-Language": language}
    if route.startswith("GET"):
        answer = browser.get(url, headers=headers)
    elif route in ("POST /logout", "POST /settings/leave"):
        return None  # the next pages would be those of somebody else
    else:
        wrong = {"csrf_token": token_of(browser), "question": "x" * 300, "email": "x", "password": "x"}
        answer = browser.post(url, data=wrong, headers=headers)
    answer.close()
    return answer.text if answer.mimetype == "text/html" and answer.text.startswith("<!doctype") else None


def regions(app, cast) -> dict[str, str]:
    """What htmx gets, put where a page would put it."""
    browser = signed_in(app, cast.lin.id)
    found = {}
    for route in TABLE:
        if route.startswith("GET"):
            url = address(route, cast, "running" if "/circles/<" in route else "")
            answer = browser.get(url, query_string={"since": "0"}, headers={"HX-Request": "true", "HX-Target": "older"})
            answer.close()
            if answer.mimetype == "text/html" and answer.text.strip() and not answer.text.startswith("<!doctype"):
                within = answer.text if answer.text.lstrip().startswith("<li") else f"<li>{answer.text}</li>"
                found[f"region {route}"] = AROUND.format(within)
    return found


def first_visit(app) -> str:
    from blueprints.site.actions import setup_link

    return app.test_client().get(f"/setup/{setup_link(CONSOLE)}").text


def test_every_page_is_valid(validator, app, house, tmp_path):
    pages = {"first visit": first_visit(app)}
    pages |= written(app, house)
    cast = fresh(house)
    pages |= regions(app, cast)
    pages["reset"] = app.test_client().get(f"/reset/{token('GET /reset', cast)}").text
    assert len(pages) > 150
    files = {}
    different = {OF_THIS_ANSWER.sub("", text): (name, text) for name, text in pages.items()}
    for number, (name, text) in enumerate(different.values()):
        path = tmp_path / f"{number}.html"
        path.write_text(text)
        files[f"file:{path}"] = name
    said = subprocess.run([*validator, *(url[5:] for url in files)], capture_output=True, text=True, check=True).stdout
    faults = {}
    for message in json.loads(said)["messages"]:
        if message["type"] != "info" and not HTMX.search(message["message"]):
            faults.setdefault(message["message"], f"{files[message['url']]}: {message.get('extract', '')}")
    assert not faults
