"""The stage in a real browser: a stream made by ffmpeg plays under our policy, a film goes up in pieces and is seen by
all at the same moment, and nothing is asked of another site before somebody wants it."""

import functools
import http.server
import subprocess
import threading
import time

import pytest

from tests import films
from tests.browser import stage as on
from tests.browser.screen import insert
from tests.browser.test_removed import rows_of

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api").expect

HLS = ("-f", "hls", "-hls_time", "1", "-hls_list_size")
NO_PLAYER_OF_ITS_OWN = "HTMLMediaElement.prototype.canPlayType = () => ''"
PLAYS = """
async ({ from, to }) => {
  const video = document.getElementById('screen');
  video.muted = true;
  if (from) video.currentTime = from;
  await video.play();
  const until = performance.now() + 60000;
  while (video.currentTime < to && performance.now() < until) await new Promise(go => setTimeout(go, 50));
  return { at: video.currentTime, width: video.videoWidth, painted: video.getVideoPlaybackQuality().totalVideoFrames };
}
"""


class Handler(http.server.SimpleHTTPRequestHandler):
    """Another origin, which lets our page read its pieces."""

    def end_headers(self):
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *arguments):
        pass


@pytest.fixture
def elsewhere(tmp_path):
    """A folder, and the address under which another server hands it out."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield tmp_path, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def stage(browser, open_page, live_server):
    on._forget_rates(live_server)
    return on.Stage(browser, open_page, live_server, owner="owner")


def an_event(stage, kind, source="", *, began_ms=5000, ended_ms=None):
    """Number of an event that has run for so long; perhaps it is over."""
    now = int(time.time() * 1000)
    facts = {
        "title": "终点直播", "visibility": "public", "stage": kind, "source": source, "starts_at": now - began_ms,
        "started_at": now - began_ms, "created_at": now - began_ms,
    }  # fmt: skip
    if ended_ms is not None:
        facts["ended_at"] = now - ended_ms
    with rows_of(stage) as database:
        return insert(database, "live_event", facts)


def recorded(folder, seconds=6):
    """A stream that has ended: a playlist with all of its pieces."""
    films.ffmpeg(*films.PICTURE, *films.SOUND, "-t", str(seconds), *films.H264, *HLS, "0", str(folder / "index.m3u8"))


@pytest.fixture
def on_air(elsewhere):
    """`on_air()` begins to send a stream that goes on and on."""
    folder, _ = elsewhere
    running = []

    def begin():
        films.needs_ffmpeg()
        command = ["ffmpeg", "-nostdin", "-v", "error", "-re", *films.PICTURE, "-re", *films.SOUND, *films.H264, *HLS,
                   "4", "-hls_flags", "delete_segments", str(folder / "index.m3u8")]  # fmt: skip
        running.append(subprocess.Popen(command))

    yield begin
    for process in running:
        process.kill()
        process.wait()


def has_picture(page, state=2, seconds=90):
    """Waits until the video knows so much of its film; evaluated as a function, since the page allows no eval."""
    asked = "state => document.getElementById('screen').readyState >= state"
    until = time.monotonic() + seconds
    while not page.evaluate(asked, state):
        assert time.monotonic() < until, page.locator(".stage-said").inner_text()
        page.wait_for_timeout(50)


# ---- streams ------------------------------------------------------------------------------------------------


def open_stream(open_page, number, *, native):
    page = open_page("/about")
    if not native:
        page.context.add_init_script(NO_PLAYER_OF_ITS_OWN)
    page.goto(f"/live/{number}")
    return page


def test_a_stream_plays_in_a_browser_without_a_player_of_its_own(open_page, stage, elsewhere, on_air):
    folder, address = elsewhere
    on_air()
    wait_for(folder / "index.m3u8")
    number = an_event(stage, "hls", f"{address}/index.m3u8")
    page = open_stream(open_page, number, native=False)
    has_picture(page)
    assert page.evaluate("Boolean(window.Hls)")
    first = page.evaluate(PLAYS, {"from": 0, "to": 0})
    seen = page.evaluate(PLAYS, {"from": 0, "to": first["at"] + 1.5})
    assert seen["at"] >= first["at"] + 1.5 and seen["width"] == 320 and seen["painted"] > 5
    expect(page.locator(".stage-said")).to_be_hidden()


def wait_for(path, seconds=90):
    until = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < until, f"no {path.name}"
        time.sleep(0.05)


def test_a_stream_that_is_not_there_yet_is_waited_for_in_words(open_page, stage, elsewhere, on_air):
    _, address = elsewhere
    number = an_event(stage, "hls", f"{address}/index.m3u8")
    page = open_stream(open_page, number, native=False)
    said = page.locator(".stage-said p")
    expect(said).not_to_be_empty()
    words = said.inner_text()
    assert words == page.locator(".stage-said").get_attribute("data-waits")
    on_air()
    has_picture(page)
    assert page.evaluate(PLAYS, {"from": 0, "to": 0.5})["painted"] > 0
    expect(page.locator(".stage-said")).to_be_hidden()


def test_after_the_event_a_stream_that_was_kept_is_its_recording(open_page, stage, elsewhere):
    folder, address = elsewhere
    recorded(folder)
    number = an_event(stage, "hls", f"{address}/index.m3u8", began_ms=60_000, ended_ms=1000)
    page = open_stream(open_page, number, native=False)
    has_picture(page, 1)
    seen = page.evaluate(PLAYS, {"from": 3, "to": 4})
    assert seen["at"] >= 4 and 5 < page.evaluate("document.getElementById('screen').duration") < 7


def test_after_the_event_a_stream_that_is_gone_leaves_the_comments(open_page, stage, elsewhere):
    _, address = elsewhere
    number = an_event(stage, "hls", f"{address}/index.m3u8", began_ms=60_000, ended_ms=1000)
    page = open_stream(open_page, number, native=False)
    box = page.locator(".stage-said")
    expect(box).to_contain_text(box.get_attribute("data-none"), timeout=60_000)


def test_a_browser_with_a_player_of_its_own_loads_none(open_page, stage, elsewhere):
    folder, address = elsewhere
    recorded(folder)
    number = an_event(stage, "hls", f"{address}/index.m3u8", began_ms=60_000, ended_ms=1000)
    page = open_page("/about")
    if not page.evaluate("document.createElement('video').canPlayType('application/vnd.apple.mpegurl')"):
        pytest.skip("this browser plays no HLS itself")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/live/{number}")
    assert page.evaluate(PLAYS, {"from": 0, "to": 1})["at"] >= 1
    assert not [url for url in asked if "hls.light" in url]


# ---- players of other sites ---------------------------------------------------------------------------------


def test_another_site_is_asked_for_nothing_before_a_click(open_page, stage):
    number = an_event(stage, "embed", "https://player.bilibili.com/player.html?bvid=BV1GJ411x7h7&p=1&autoplay=1")
    page, asked = open_page("/about", as_="lin"), []
    page.context.on("request", lambda request: asked.append(request) if "bilibili" in request.url else None)
    page.context.route("https://player.bilibili.com/**", lambda route: route.fulfill(body="<p>player</p>"))
    page.goto(f"/live/{number}")
    assert asked == []
    page.click("#play-frame")
    page.locator("iframe#frame").wait_for()
    expect(page.frame_locator("#frame").locator("p")).to_have_text("player")
    assert "referer" not in asked[0].headers and len(asked) == 1
    box = page.locator("#stage").bounding_box()
    assert page.locator("#frame").bounding_box() == box and abs(box["width"] / box["height"] - 16 / 9) < 0.01


def test_without_scripts_the_player_is_a_page_away(open_page, stage):
    number = an_event(stage, "embed", "https://vimeo.com/76979871")
    page = open_page(f"/live/{number}", javascript=False)
    page.context.route("https://player.vimeo.com/**", lambda route: route.fulfill(body="<p>player</p>"))
    page.click("#play-frame")
    page.locator("iframe#frame").wait_for()
    expect(page.frame_locator("#frame").locator("p")).to_have_text("player")


# ---- films --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Four megabytes and twenty seconds of film."""
    target = tmp_path_factory.mktemp("film") / "run.mp4"
    films.ffmpeg("-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25", "-t", "20", *films.H264, "-b:v", "1700k",
                 "-minrate", "1700k", "-x264-params", "nal-hrd=cbr", "-bufsize", "1700k", str(target))  # fmt: skip
    assert target.stat().st_size > 3 * 1024**2
    return target


def test_a_film_goes_up_in_pieces_survives_a_reload_and_is_seen_together(open_page, stage, film):
    number = an_event(stage, "video")
    page = open_page(f"/live/{number}/stage", as_="owner")
    sent = []
    page.context.route("**/pieces?*", lambda route: route.abort() if len(sent) == 2 else goes_on(route, sent))
    page.set_input_files("#film-file", str(film))
    page.click("#film-form [type=submit]")
    said = page.locator("[data-film-said]")
    expect(said).to_have_text(page.locator("#film-form").get_attribute("data-word-lost"))
    page.on("dialog", lambda dialog: dialog.accept())
    page.context.unroute("**/pieces?*")
    page.goto(f"/live/{number}/stage")
    expect(page.locator("#film-waiting")).to_be_visible()
    again = []
    page.context.route("**/pieces?*", lambda route: goes_on(route, again))
    page.set_input_files("#film-file", str(film))
    page.click("#film-form [type=submit]")
    expect(said).to_have_text(page.locator("#film-form").get_attribute("data-word-preparing"))
    assert again[0].endswith("offset=2097152"), "it goes on where it was"
    stage.server.flask("run-jobs")
    expect(page.locator("#film")).to_contain_text("640 × 360")

    with rows_of(stage) as database:
        database.execute("UPDATE live_event SET started_at = ? WHERE id = ?", (int(time.time() * 1000) - 6000, number))
    viewer = open_page(f"/live/{number}", as_="lin")
    has_picture(viewer)
    seen = viewer.evaluate(PLAYS, {"from": 0, "to": 6.5})
    event = viewer.evaluate("quanzi.live.offset() / 1000")
    assert seen["width"] == 640 and 6 < seen["at"] <= event + 1, "who comes late begins where the others are"
    page.complaints.clear()  # that a piece was lost on the way is said in its console


def goes_on(route, seen):
    seen.append(route.request.url)
    route.continue_()
