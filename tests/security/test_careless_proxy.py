"""A proxy on the same machine that hands requests on without a word of where they come from."""

import pytest

from core import guard


def is_here(site, **environ):
    overrides = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1:8000", **environ}
    with site.test_request_context("/login", environ_overrides=overrides):
        return guard.is_on_this_machine()


@pytest.mark.parametrize(
    ("public", "here"),
    [("", True), ("http://127.0.0.1:8000", True), ("http://localhost:9", True), ("https://club.example", False)],
)
def test_a_site_with_a_public_address_has_a_proxy_even_if_it_says_nothing(make_app, public, here):
    assert is_here(make_app(QUANZI_BASE_URL=public)) is here


def test_what_speaks_as_no_browser_does_is_no_browser(app):
    assert is_here(app, SERVER_PROTOCOL="HTTP/1.1")
    assert not is_here(app, SERVER_PROTOCOL="HTTP/1.0")
