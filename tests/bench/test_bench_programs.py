"""The programs in bench/ can be asked what they do, and judge figures as they say. Measuring is not for the tests."""

import json
import subprocess
import sys

import pytest

from bench import growth, harness, load, pages
from bench.harness import ROOT, Figure


@pytest.mark.parametrize("program", ["pages", "growth", "circles", "feed", "live"])
def test_a_program_explains_its_options(program):
    told = subprocess.run(
        [sys.executable, str(ROOT / "bench" / f"{program}.py"), "--help"], capture_output=True, text=True, check=False
    )
    assert told.returncode == 0
    assert all(flag in told.stdout for flag in ("--quick", "--full", "--json", "--keep"))


def test_only_ratios_decide(capsys):
    slow = Figure("pages", "1/20", "1/12", 20 / 12, decides=True)
    heavy = Figure("memory", "300 MB", "under 200 MB", 1.5, decides=False)
    fine = Figure("growth", "1.0", "at most 1.2", 0.83, decides=True)
    assert harness.report([heavy, fine], ["somehow"], as_json=False) == 0
    assert harness.report([slow, fine], ["somehow"], as_json=False) == 1
    assert "SHORT pages" in capsys.readouterr().out
    assert harness.report([slow, heavy], ["somehow"], as_json=True) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["reached"] is False and [figure["name"] for figure in told["figures"]] == ["pages", "memory"]


def test_what_a_browser_fetches_with_a_page():
    html = """
    <link rel="stylesheet" href="/assets/1/app.css"><link href="/assets/2/favicon.svg" rel="icon">
    <link rel="apple-touch-icon" href="/assets/3/icon-192.png"><link rel="canonical" href="/elsewhere">
    <script src="/assets/4/app.js" defer></script><img src="/media/5/m.webp">
    <svg><use href="/assets/6/icons.svg#heart"/></svg><svg><use href="/assets/6/icons.svg#pin"/></svg>
    """
    wanted = {"/assets/1/app.css", "/assets/2/favicon.svg", "/assets/4/app.js", "/assets/6/icons.svg"}
    assert pages.loaded(html) == wanted


def test_growth_is_judged_by_the_median_of_parts():
    """One bad stretch of the machine on one side does not decide."""
    calm = [10.0] * 100
    disturbed = [10.0] * 80 + [90.0] * 20
    name = growth.ASKED[0]
    small, large = (growth.Side(None, None, {name: values}) for values in (calm, disturbed))
    assert growth.figure_of(name, small, large).reached
    large.took[name] = [13.0] * 100
    assert not growth.figure_of(name, small, large).reached


def test_our_own_client_knows_a_whole_answer():
    answer = bytearray(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")
    assert not load._is_whole(answer, "/")
    answer += b"lo"
    assert load._is_whole(answer, "/")
    with pytest.raises(RuntimeError):
        load._is_whole(bytearray(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"), "/")
