"""The pages of one-time links, in a real browser: what it says of itself depends on the page's own headers."""

import pytest

from tests.cast import NAMES, PASSWORD

NEW = "ein anderer satz 8"


@pytest.fixture
def link(live_server):
    """The path of a link to a new password for ning, whose password is the old one again afterwards."""
    yield live_server.flask("reset-link", NAMES["ning"][0]).stdout.strip()
    live_server.signed_in.pop("ning", None)


def set_password(page, password):
    page.fill("main [name=password]", password)
    with page.expect_navigation():
        page.click("main form [type=submit]")


def test_a_link_to_a_new_password_can_be_used(open_page, live_server, link):
    page = open_page(link)
    set_password(page, NEW)
    assert f"/reset/{link.rpartition('/')[2]}" not in page.url, page.inner_text("main")
    assert page.goto("/me").status == 200

    again = open_page(live_server.flask("reset-link", NAMES["ning"][0]).stdout.strip())
    set_password(again, PASSWORD)
    assert again.goto("/me").status == 200


def test_its_address_is_told_to_nobody(open_page, link):
    page = open_page(link)
    told = []
    page.on("request", lambda request: told.append(request.headers.get("referer", "")))
    page.click("a[href='/login'] >> nth=0")
    page.wait_for_url("**/login*")
    assert told and not [address for address in told if "/reset/" in address]
