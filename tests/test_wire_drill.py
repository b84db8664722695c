"""Viewers of a running site, with everything killed that can be killed in the middle of comments: afterwards each of
them has every acknowledged comment exactly once. `bench/live.py` does the same with a thousand."""

import os
import pickle
import subprocess
import sys
from dataclasses import replace

import pytest

from bench.live_doors import strangers
from bench.live_drills import drill_figures
from bench.live_site import site_on
from bench.live_sizes import QUICK
from bench.live_tools import Tools
from tests.launched import ROOT

SETTING_UP = """
import pickle, sys
from pathlib import Path
from app import create_app
from bench.live_site import set_up
from tests.cast import NAMES, assemble
site, data = create_app(), Path(sys.argv[1])
assemble(site)
with site.app_context():
    scene = set_up(site, data, 120, NAMES["che"][0], "/circles/")
(data / "scene").write_bytes(pickle.dumps(scene))
"""


@pytest.mark.slow
def test_each_acknowledged_comment_comes_once_to_everybody_whatever_is_killed(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    environ = {**os.environ, "QUANZI_DATA": str(data), "QUANZI_DEMO": "0"}
    subprocess.run([sys.executable, "-c", SETTING_UP, str(data)], cwd=ROOT, env=environ, check=True)
    scene = pickle.loads((data / "scene").read_bytes())
    size = replace(QUICK, drill_viewers=8, drill_seconds=1.5)
    with site_on(data) as site:
        figures = strangers(site, scene) + drill_figures(Tools(None), tmp_path, site, scene, size)
    assert len(figures) == 8
    assert [figure for figure in figures if not figure.reached] == []
