"""Addresses that nobody gets from a page: they lead nowhere, break nothing and leave nothing behind."""

import pytest

from core import assets


@pytest.mark.parametrize(
    "before", ["9" * 25 + ".1", "1." + "9" * 25, "9" * 19 + ".1", "1." + "9" * 5000, "-1.1", "1", "1.", ".", "٣.٣"]
)
def test_a_place_in_the_directory_that_cannot_be(as_, cast, before):
    assert as_("lin").get("/circles/", query_string={"before": before}).status_code == 200


@pytest.mark.parametrize("way", ["css/../", "./", "css/./../", "js/../css/../"])
def test_a_file_has_one_name_so_memory_cannot_be_filled_with_others(cast, client, app, way):
    known: dict[str, assets.Asset] = app.view_functions["assets"].__self__._found
    assert client.get("/assets/x/favicon.svg").status_code == 200
    before = set(known)
    for times in range(1, 5):
        assert client.get(f"/assets/x/{way * times}favicon.svg").status_code in (404, 308)
    assert set(known) == before
