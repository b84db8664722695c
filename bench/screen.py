"""How a screen full of flying comments runs on a slow phone: frames a second and layouts a second at a quarter of the
processor's speed, beside the same page without comments.

    .venv/bin/python bench/screen.py --quick

Needs Chromium and the development requirements. The page is made here from the site's own scripts and styles, and fed
the events that the wire would send.
"""

import http.server
import json
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.harness import ROOT, Figure, median, options, report, tell
from core.assets import JOINED

PHONE = {"width": 390, "height": 844}
SLOW_DOWN = 4
ON_SCREEN = 50
CROSSING_SECONDS = 8
SETTLE_SECONDS = 10
"""Until as many come as leave."""

TICK_MS = 100
"""What the wire gathers into one write when much is said."""

LOOK = {"on": True, "density": 80, "area": 1, "size": 0.8, "speed": 1, "opacity": 100}
STREAM = f"""
window.feed = function (aSecond) {{
  const began = performance.now();
  let number = 0;
  if (aSecond) setInterval(function () {{
    for (const due = (performance.now() - began) * aSecond / 1000; number < due; number += 1) one(number);
  }}, {TICK_MS});
}};
function one(number) {{
  const row = document.createElement('li');
  row.id = 'lc-' + number;
  row.className = 'bullet';
  Object.assign(row.dataset, {{ by: '9', mode: '0', role: String(number % 29 ? 0 : 2), offset: String(number) }});
  row.innerHTML = '<i class="hue-3">林</i><b>林间</b> <span class="bullet-body"></span>';
  row.querySelector('span').textContent = ['加油', '冲啊', '最后两公里', '泪目', '配速好稳', 'go go'][number % 6];
  const detail = {{ channel: 'live-1', kind: 'put', element: row }};
  document.dispatchEvent(new CustomEvent('wire:row', {{ detail: detail, cancelable: true }}));
}}
try {{ localStorage.setItem('live:sky', '{json.dumps(LOOK)}'); }} catch (error) {{ /* not yet a page */ }}
"""


@dataclass(frozen=True)
class Run:
    """What one page did, each a second: frames that its scripts had, frames that reached the screen, layouts; `held` is
    the share of time in which the main thread worked."""

    frames: float
    shown: float
    layouts: float
    held: float
    on_screen: float


def page() -> str:
    tall = '<section id="live" data-me="" data-rank="0" data-started="0">'
    stage = '<div class="stage"><div class="sky" id="sky"></div></div>'
    rows = '<div class="live-list" id="live-list" tabindex="0"><ol id="live-comments"></ol></div>'
    tools = (
        '<div id="list-tools" data-one="{n}" data-other="{n}" data-said-more="{n}" hidden><p id="list-said"></p>'
        '<button id="list-pause"></button><button id="list-news" hidden><span></span></button>'
        '<button id="list-back" hidden></button></div>'
    )
    head = "".join(f'<link rel="stylesheet" href="/{name}">' for name in ("app.css", "live.css"))
    scripts = "".join(f'<script src="/{name}" defer></script>' for name in ("app.js", "live.js"))
    body = f'{tall}{stage}<div class="live-side">{rows}{tools}</div></section>'
    rest = '<main id="main"></main><div id="toasts"></div><div id="loading" hidden></div><p id="offline" hidden></p>'
    start = '<!doctype html><html lang="zh"><meta name="viewport" content="width=device-width">'
    return start + head + scripts + body + rest


class _Files(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        name = self.path.strip("/")
        found = JOINED.get(name)
        files = [file for pattern in found or () for file in sorted((ROOT / "static").glob(pattern))]
        body = b"\n".join(file.read_bytes() for file in files) if found else page().encode()
        kind = {"css": "text/css", "js": "text/javascript"}.get(name.rpartition(".")[2], "text/html; charset=utf-8")
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *told: Any) -> None:
        """Nothing beside the figures."""


@contextmanager
def served() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Files)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()


@contextmanager
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        sys.exit("Chromium is needed: apt-get install chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield running
        running.close()


# ---- one run ------------------------------------------------------------------------------------------------

COUNT_FRAMES = """
ms => new Promise(done => {
  const began = performance.now();
  let frames = 0;
  const one = now => {
    frames += 1;
    if (now - began < ms) requestAnimationFrame(one);
    else done(frames * 1000 / (now - began));
  };
  requestAnimationFrame(one);
})
"""
FLYING = "() => document.getElementById('sky').getAnimations({ subtree: true }).length"


def run(running: Any, address: str, a_second: float, seconds: int) -> Run:
    context = running.new_context(viewport=PHONE, reduced_motion="no-preference")
    opened = context.new_page()
    try:
        opened.add_init_script(STREAM)
        opened.goto(address)
        wire = context.new_cdp_session(opened)
        wire.send("Performance.enable")
        wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_DOWN})
        opened.evaluate("rate => feed(rate)", a_second)
        opened.wait_for_timeout(SETTLE_SECONDS * 1000 if a_second else 1000)
        frames, before = Frames(wire), metrics(wire)
        opened.wait_for_timeout(seconds * 1000)
        after = metrics(wire)
        shown, flying = frames.stop(), opened.evaluate(FLYING)
        took = after["Timestamp"] - before["Timestamp"]
        layouts, held = ((after[name] - before[name]) / took for name in ("LayoutCount", "TaskDuration"))
        own = opened.evaluate(COUNT_FRAMES, seconds * 1000)
        return Run(own, shown / took, layouts, held, flying)
    finally:
        context.close()


DISPLAYED = "disabled-by-default-display.framedisplayed"


def metrics(wire: Any) -> dict[str, float]:
    return {each["name"]: each["value"] for each in wire.send("Performance.getMetrics")["metrics"]}


class Frames:
    """Frames that reached the screen, as the compositor tells: what it moves by itself never shows in a script."""

    def __init__(self, wire: Any) -> None:
        self.wire, self.shown, self.ended = wire, 0, threading.Event()
        wire.on("Tracing.dataCollected", self._collect)
        wire.on("Tracing.tracingComplete", lambda _: self.ended.set())
        wire.send("Tracing.start", {"traceConfig": {"includedCategories": [DISPLAYED]}})

    def _collect(self, told: dict[str, Any]) -> None:
        self.shown += sum(1 for each in told["value"] if each["name"] == "Display::FrameDisplayed")

    def stop(self) -> int:
        self.wire.send("Tracing.end")
        for _ in range(100):
            if self.ended.is_set():
                break
            self.wire.send("Performance.getMetrics")
            self.ended.wait(0.05)
        return self.shown


# ---- figures ------------------------------------------------------------------------------------------------


def main() -> int:
    asked = options(__doc__.splitlines()[0])
    seconds, times = (20, 5) if asked.full else (6, 1)
    empty, full, storm = [], [], []
    with served() as address, browser() as running:
        for turn in range(times):
            empty.append(run(running, address, 0, seconds))
            full.append(run(running, address, ON_SCREEN / CROSSING_SECONDS, seconds))
            storm.append(run(running, address, 200, seconds))
            tell(f"turn {turn + 1} of {times}: {empty[-1]} {full[-1]} {storm[-1]}")
    return report(figures(empty, full, storm), how(seconds, times), as_json=asked.json)


def figures(empty: list[Run], full: list[Run], storm: list[Run]) -> list[Figure]:
    def of(runs: list[Run], name: str) -> float:
        return median([getattr(each, name) for each in runs])

    bare, own, shown = of(empty, "frames"), of(full, "frames"), of(full, "shown")
    stormy, layouts, flying = of(storm, "shown"), of(full, "layouts"), of(full, "on_screen")
    at_work, idle = of(full, "held"), of(empty, "held")

    def rate(of_these: float) -> str:
        return f"{of_these / bare:.2f} ({of_these:.0f}/s)"

    enough = ON_SCREEN * 0.8
    return [
        Figure("comments on the screen", f"{flying:.0f}", f">= {enough:.0f}", enough / max(1, flying), True),
        Figure(
            "frames on the screen, against an empty page's", rate(shown), ">= 0.9", 0.9 * bare / max(1, shown), True
        ),
        Figure("frames of the scripts, against an empty page's", rate(own), ">= 0.7", 0.7 * bare / own, True),
        Figure("layouts a frame on the screen", f"{layouts / shown:.2f}", "<= 0.25", layouts / shown / 0.25, True),
        Figure("main thread at work", f"{at_work:.0%} (empty {idle:.0%})", "<= 50%", at_work / 0.5, False),
        Figure("frames on the screen at 200 a second", rate(stormy), ">= 0.5", 0.5 * bare / max(1, stormy), True),
    ]


def how(seconds: int, times: int) -> list[str]:
    return [
        f"Chromium, a page of {PHONE['width']} × {PHONE['height']}, main thread slowed down {SLOW_DOWN} times.",
        f"{seconds} s each after {SETTLE_SECONDS} s of settling; median of {times}, in turn with the empty page.",
        "Frames on the screen from the browser's trace (FrameDisplayed), those of scripts by requestAnimationFrame,",
        "layouts from its counters. A comment is a row of the list and, while there is room, one that flies.",
        "On a machine that is busy with other things frames are lost for that reason alone: run it on a quiet one.",
    ]


if __name__ == "__main__":
    sys.exit(main())
