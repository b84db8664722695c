"""Style sheets and scripts: one file each, an address that changes with the content, nothing outside of static/."""

import gzip
import re

import pytest

from core import assets


def address(client, name: str) -> str:
    found = re.search(rf'"(/assets/[0-9a-f]+/{re.escape(name)})[#"]', client.get("/no-such-page").text)
    assert found, name
    return found[1]


@pytest.mark.parametrize("name", ["app.css", "app.js", "icons.svg"])
def test_what_a_page_loads_may_be_kept_for_ever_and_comes_compressed(cast, client, name):
    answer = client.get(address(client, name), headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.headers["Content-Encoding"] == "gzip" and len(gzip.decompress(answer.data)) > len(answer.data)
    assert "immutable" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers


def test_the_joined_files_hold_every_part_in_the_order_of_their_names(cast, client):
    style = client.get(address(client, "app.css")).text
    script = client.get(address(client, "app.js")).text
    for name, text in (("css", style), ("js", script)):
        parts = [path.read_text() for path in sorted((assets.STATIC / name).glob(f"*.{name}"))]
        places = [text.find(part) for part in parts]
        assert parts and -1 not in places and places == sorted(places)
    assert "htmx" in script[:2000]


def test_an_address_of_yesterday_gets_todays_content_and_is_not_kept(cast, client):
    answer = client.get("/assets/0000000000000000/app.css")
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/assets/x/nothing.css",
        "/assets/x/../app.py",
        "/assets/x/..%2fapp.py",
        "/assets/x/%2e%2e/%2e%2e/app.py",
        "/assets/x//etc/passwd",
        "/assets/x/css",
        "/assets/x/css/%00",
        "/assets/x/" + "a" * 3000,
    ],
)
def test_nothing_outside_of_static_is_served(cast, client, path):
    assert client.get(path).status_code in (404, 400, 308)


def test_the_first_page_loads_little(cast, client):
    """Style sheets and scripts are most of a first visit; the whole of it may be 60 kB."""
    packed = {"Accept-Encoding": "gzip"}
    sizes = {name: len(client.get(address(client, name), headers=packed).data) for name in ("app.css", "app.js")}
    assert sum(sizes.values()) < 50 * 1024, sizes
