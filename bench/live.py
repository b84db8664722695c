"""Ten thousand who watch one event: whether each of them gets every comment, how late, and what others feel of it.

    .venv/bin/python bench/live.py --quick

The site is run.py with its default settings. Beside it stands, in the same run and in turn, the least that could do the
work: a process that writes each comment to each viewer and does nothing else (bench/wire/writer.c), and the least that
Flask can answer (bench/hello.py) on the same server. Viewers and whoever posts share the machine with both.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.harness import folder, gunicorn, options, report, seeded, tell
from bench.live_crowd import crowd_figures
from bench.live_doors import door_figures
from bench.live_drills import drill_figures
from bench.live_site import scene, site_on
from bench.live_sizes import FULL, QUICK
from bench.live_tools import tools
from bench.live_writing import writing_figures


def main() -> int:
    parts = {"no-crowd": "skip the figures of many viewers", "no-writing": "skip those of many who write",
             "no-drills": "skip the kills and the doors"}  # fmt: skip
    asked = options(__doc__ or "", **parts)
    size = FULL if asked.full else QUICK
    figures = []
    with folder(asked.keep) as where:
        made = tools(where)
        if made.folder is None:
            size = size.in_python()
        data = seeded(where, size.posts, size.members)
        scene_ = scene(data, size.viewers)
        tell(f"the scene is set: {size.viewers} viewers, clients {made.name}")
        with site_on(data) as site, gunicorn("bench.hello:app", data) as hello:
            if not asked.no_crowd:
                figures += crowd_figures(made, where, site, hello, scene_, size)
            if not asked.no_writing:
                figures += writing_figures(made, where, site, hello, scene_, size)
            if not asked.no_drills:
                figures += door_figures(made, where, site, scene_)
                figures += drill_figures(made, where, site, scene_, size)
    return report(figures, size.how(made.name), as_json=asked.json)


if __name__ == "__main__":
    sys.exit(main())
