"""The pictures in the README: the demo's feed as it looks on a phone, and a circle on a laptop.

    .venv/bin/python dev/pictures.py

Starts a site with demo data in a temporary folder, looks at it with the system's Chromium, and writes docs/pictures/.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "pictures"
READER = ("demo-member", "quanzi-demo")
WITHIN_SECONDS = 120

SHOTS = {
    "phone.png": (
        "/feed",
        {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "device_scale_factor": 2},
    ),
    "laptop.png": (
        "/circles/night-run",
        {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light", "device_scale_factor": 1.5},
    ),
}


@contextmanager
def demo_site(data: Path) -> Iterator[str]:
    """The address of a site with demo data."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {**os.environ, "QUANZI_DATA": str(data), "QUANZI_PORT": str(port)}
    for command in ("migrate", "seed-demo"):
        subprocess.run([sys.executable, "-m", "flask", "--app", "app", command], cwd=ROOT, env=environ, check=True)
    server = subprocess.Popen([sys.executable, "-m", "gunicorn", "app:create_app()"], cwd=ROOT, env=environ)
    try:
        wait_for(f"http://127.0.0.1:{port}/up")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(10)


def wait_for(url: str) -> None:
    deadline = time.monotonic() + WITHIN_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except urllib.error.HTTPError:
            return  # it answers; there is no job worker, and it says so
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{url} did not answer within {WITHIN_SECONDS} s")


def take(browser: Any, address: str, name: str, path: str, options: dict[str, Any]) -> None:
    context = browser.new_context(
        base_url=address, locale="zh-CN", reduced_motion="reduce", bypass_csp=True, **options
    )  # fmt: skip
    page = context.new_page()
    page.goto(f"/login?next={path}")
    page.fill("main [name=username]", READER[0])
    page.fill("main [name=password]", READER[1])
    page.click("main form [type=submit]")
    page.wait_for_url(f"**{path}")
    page.wait_for_load_state("load")  # the network is never idle: a page keeps its stream
    page.evaluate("document.querySelectorAll('img').forEach(image => image.loading = 'eager')")
    page.wait_for_function("[...document.images].every(image => image.complete)")
    save(page.screenshot(), OUT / name)
    context.close()


def save(shot: bytes, path: Path) -> None:
    Image.open(BytesIO(shot)).convert("RGB").save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} kB")


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("There is no Chromium here: apt-get install chromium fonts-noto-cjk")
    OUT.mkdir(exist_ok=True)
    arguments = ["--disable-background-networking"] + (["--no-sandbox"] if os.geteuid() == 0 else [])
    with tempfile.TemporaryDirectory() as folder, demo_site(Path(folder, "data")) as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=arguments)
        for name, (path, options) in SHOTS.items():
            take(browser, address, name, path, options)
        browser.close()


if __name__ == "__main__":
    main()
