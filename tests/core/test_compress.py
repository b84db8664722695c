"""Pages are compressed where the browser takes it, and only once."""

import gzip

import pytest
from flask import Response

PACKED = {"Accept-Encoding": "gzip, deflate, br"}


def test_a_page_is_compressed_for_who_takes_it(cast, client):
    plain, packed = client.get("/no-such-page"), client.get("/no-such-page", headers=PACKED)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) == int(packed.headers["Content-Length"]) < len(plain.data) // 2
    assert "<!doctype html>" in gzip.decompress(packed.data).decode()
    assert "Accept-Encoding" in plain.headers["Vary"] and "Accept-Encoding" in packed.headers["Vary"]


@pytest.mark.parametrize(
    ("body", "mimetype", "headers"),
    [
        ("short", "text/html", {}),
        ("x" * 5000, "image/webp", {}),
        ("x" * 5000, "text/html", {"Content-Encoding": "br"}),
    ],
)
def test_what_is_small_packed_already_or_a_picture_stays_as_it_is(probe, body, mimetype, headers):
    site = probe()
    site.view_functions["probe.open_"] = lambda: Response(body, mimetype=mimetype, headers=headers)
    answer = site.test_client().get("/probe/open", headers=PACKED)
    assert answer.headers.get("Content-Encoding") == headers.get("Content-Encoding")
    assert answer.data == body.encode()


def test_what_is_streamed_stays_a_stream(probe):
    site = probe()
    site.view_functions["probe.open_"] = lambda: Response(("x" * 2000 for _ in range(3)), mimetype="text/html")
    answer = site.test_client().get("/probe/open", headers=PACKED)
    assert "Content-Encoding" not in answer.headers and len(answer.data) == 6000
