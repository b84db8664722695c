"""Films of an event: who sends them, in pieces or as a whole, where they are shown, and who gets to see them."""

from io import BytesIO

import pytest

from blueprints.live import moderating, recording, running
from blueprints.live.halls import hall
from blueprints.live.showing import stage_of
from core import clock, config, jobs, limits, video
from core.errors import Conflict, Denied
from models import LiveEvent, Membership, Picture, Video
from tests import films
from tests.blueprints.live_stories import an_event, row_of, told

PIECE = video.PIECE_BYTES
STREAM = "https://stream.example/live/index.m3u8"


@pytest.fixture
def event(cast):
    """`event(stage="hls", source=…)`: of 夜跑, hosted by Che; it runs."""

    def make(*, begins=True, **draft):
        number = an_event(cast.che.actor, cast.running.id, **draft)
        if begins:
            running.begin(cast.che.actor, number)
        return number

    return make


# ---- films of an event --------------------------------------------------------------------------------------


@pytest.fixture
def without_ffmpeg(monkeypatch):
    from core import film

    monkeypatch.setattr(film, "has_ffmpeg", lambda: False)


def upload(actor, event, content=None, name="film.mp4"):
    """A film that is ready; its row."""
    content = content or films.bare_mp4()
    row = video.begin(actor, "live", event, name, len(content))
    for offset in range(0, len(content), PIECE):
        video.put(actor, row.key, offset, content[offset : offset + PIECE])
    jobs.run_due()
    return Video.get_by_id(row.id)


def kept_films():
    return sorted(path.name for path in (config.current().data / "videos").glob("??/*"))


def test_a_film_takes_the_stage_once_it_is_ready(cast, event, without_ffmpeg):
    number = event(begins=False, stage="video")
    row = upload(cast.che.actor, number)
    assert (row_of(number).video_id, row_of(number).stage) == (row.id, "video")
    assert ("state", running.STAGE_TOO) in told(f"live-{number}")
    assert stage_of(hall(cast.lin.actor, number)).film.key == row.key


def test_another_film_takes_its_place_and_the_first_one_goes(cast, event, without_ffmpeg):
    number = event(stage="video")
    first, second = upload(cast.che.actor, number), upload(cast.che.actor, number)
    assert row_of(number).video_id == second.id and kept_films() == [second.key]
    assert not Video.select().where(Video.id == first.id).exists()


def test_a_film_sent_while_a_stream_runs_waits_for_the_replay(cast, event, without_ffmpeg):
    number = event(stage="hls", source=STREAM)
    row = upload(cast.che.actor, number)
    assert stage_of(hall(cast.lin.actor, number)).shows == "hls"
    running.end(cast.che.actor, number)
    shown = stage_of(hall(cast.lin.actor, number))
    assert (shown.shows, shown.film.key) == ("video", row.key)


def test_a_recording_can_be_added_to_what_is_over(cast, event, without_ffmpeg):
    number = event(stage="hls", source=STREAM)
    running.end(cast.che.actor, number)
    assert stage_of(hall(cast.lin.actor, number)).shows == "hls"
    row = upload(cast.che.actor, number)
    assert stage_of(hall(cast.lin.actor, number)).film.key == row.key


def test_only_hosts_choose_the_film(cast, event, without_ffmpeg):
    number = event(stage="video")
    for name in ("lin", "may"):
        with pytest.raises(Denied):
            upload(cast[name].actor, number)
    from blueprints.live import scheduling

    later = event(begins=False, stage="video")
    scheduling.cancel(cast.che.actor, later)
    with pytest.raises(Conflict):
        upload(cast.che.actor, later)


def test_a_film_taken_away_is_gone_with_its_files(cast, as_, post, event, without_ffmpeg):
    number = event(stage="video")
    upload(cast.che.actor, number)
    assert post(as_("may"), f"/live/{number}/stage/remove").status_code == 403
    assert post(as_("che"), f"/live/{number}/stage/remove").status_code == 303
    assert row_of(number).video_id is None and kept_films() == [] and not Video.select().exists()
    recording.take_away(cast.che.actor, number)


def test_films_of_an_event_that_is_no_more_are_swept(cast, event, without_ffmpeg):
    from blueprints.media.jobs import sweep

    number = event(stage="video")
    upload(cast.che.actor, number)
    LiveEvent.delete().where(LiveEvent.id == number).execute()
    clock.shift(2 * clock.DAY)
    sweep(jobs.Running(0))
    assert not Video.select().exists() and kept_films() == []


# ---- over HTTP ----------------------------------------------------------------------------------------------


def begin(post, browser, number, size, name="run.mp4", **options):
    return post(browser, "/videos/", {"for": f"live:{number}", "name": name, "size": str(size)}, **options)


def piece(browser, csrf, key, offset, content, token=None):
    headers = {"X-CSRFToken": csrf(browser) if token is None else token}
    return browser.post(
        f"/videos/{key}/pieces?offset={offset}", data=content, content_type="application/octet-stream", headers=headers
    )


def test_a_page_sends_a_film_in_pieces(cast, as_, post, csrf, event, without_ffmpeg):
    number, che = event(stage="video"), as_("che")
    content = films.bare_mp4(padding=2 * PIECE)
    begun = begin(post, che, number, len(content))
    key = begun.json["key"]
    assert begun.status_code == 201 and begun.json["piece"] == PIECE
    for offset in range(0, len(content), PIECE):
        assert che.get(f"/videos/{key}").json["received"] == offset
        sent = piece(che, csrf, key, offset, content[offset : offset + PIECE])
        assert sent.status_code == 200 and sent.json["received"] == min(len(content), offset + PIECE)
    assert sent.json["state"] == "waiting"
    jobs.run_due()
    assert che.get(f"/videos/{key}").json["state"] == "ready"


def test_a_wrong_place_is_answered_with_the_right_one(cast, as_, post, csrf, event):
    number, che = event(stage="video"), as_("che")
    content = films.bare_mp4(padding=2 * PIECE)
    key = begin(post, che, number, len(content)).json["key"]
    piece(che, csrf, key, 0, content[:PIECE])
    wrong = piece(che, csrf, key, 2 * PIECE, content[2 * PIECE :])
    assert wrong.status_code == 409 and wrong.json["received"] == PIECE


def test_hostile_pieces(cast, as_, post, csrf, client, event):
    number, che = event(stage="video"), as_("che")
    content = films.bare_mp4(padding=2 * PIECE)
    key = begin(post, che, number, len(content)).json["key"]
    assert piece(che, csrf, key, 0, content[:PIECE], token="").status_code == 400
    assert piece(che, csrf, key, 0, bytes(PIECE + 1)).status_code == 413
    for offset in ("", "x", "-1", "1e3", "٣", "9" * 40, "0&offset=5"):
        assert piece(che, csrf, key, offset, content[:PIECE]).status_code in (409, 422) or offset.startswith("0&")
    for other in ("lin", "may", "owner"):
        assert piece(as_(other), csrf, key, 0, content[:PIECE]).status_code == 404
        assert as_(other).get(f"/videos/{key}").status_code == 404
        assert post(as_(other), f"/videos/{key}/give-up").status_code == 404
    assert piece(client, csrf, key, 0, content[:PIECE]).status_code == 401
    assert begin(post, che, 9999, 100).status_code == 404
    assert begin(post, as_("lin"), number, 100).status_code == 403
    for size in ("", "0", "-4", "9" * 30):
        assert begin(post, che, number, size).status_code == 422


def test_a_film_given_up_makes_room(cast, as_, post, event):
    number, che = event(stage="video"), as_("che")
    keys = [begin(post, che, number, 1000).json["key"] for _ in range(limits.LIMITS["videos_unfinished"])]
    full = begin(post, che, number, 1000)
    assert full.status_code == 422 and full.json["error"]
    assert post(che, f"/videos/{keys[0]}/give-up").status_code == 303
    assert begin(post, che, number, 1000).status_code == 201


def test_a_form_without_scripts_sends_it_as_a_whole(cast, as_, post, event, without_ffmpeg, monkeypatch):
    number, che = event(stage="video"), as_("che")
    content = films.bare_mp4(padding=50_000)
    monkeypatch.setitem(limits.LIMITS, "video_piece_bytes", 20_000)
    address = f"/live/{number}/stage"
    sent = post(che, address, {"video": (BytesIO(content), "run.mp4")})
    assert sent.status_code == 303
    jobs.run_due()
    assert row_of(number).video.state == "ready"
    assert "run.mp4" in che.get(address).text
    for wrong in ({"video": (BytesIO(b"<html>" * 99), "a.mp4")}, {"video": (BytesIO(b""), "a.mp4")}, {}):
        refused = post(che, address, wrong)
        assert refused.status_code == 422 and "aria-invalid" in refused.text
    assert post(as_("lin"), address, {"video": (BytesIO(b"x"), "run.mp4")}).status_code == 403


def test_the_page_of_the_film_says_what_became_of_it(cast, as_, post, csrf, event, without_ffmpeg):
    number, che = event(stage="video"), as_("che")
    content = films.bare_mp4()[:-20]
    key = begin(post, che, number, len(content)).json["key"]
    assert 'id="film-waiting"' in che.get(f"/live/{number}/stage").text
    piece(che, csrf, key, 0, content)
    jobs.run_due()
    assert che.get(f"/videos/{key}").json["error"]
    assert che.get(f"/videos/{key}").json["error"] in che.get(f"/live/{number}/stage").text.replace("&#39;", "'")


# ---- watching -----------------------------------------------------------------------------------------------


@pytest.fixture
def shown(cast, event, without_ffmpeg):
    """A film of 2.5 MB on the stage of an event for members of 夜跑; its event, its address, its bytes."""
    number = event(stage="video", visibility="members")
    row = upload(cast.che.actor, number, films.bare_mp4(padding=PIECE * 5 // 2))
    return number, f"/videos/{row.key}/film", video.path_of(row.key).read_bytes()


def test_a_film_goes_out_a_megabyte_at_a_time(as_, shown):
    _, address, content = shown
    lin, got = as_("lin"), b""
    while len(got) < len(content):
        answer = lin.get(address, headers={"Range": f"bytes={len(got)}-"})
        assert answer.status_code == 206 and len(answer.data) <= PIECE
        last = len(got) + len(answer.data) - 1
        assert answer.headers["Content-Range"] == f"bytes {len(got)}-{last}/{len(content)}"
        assert int(answer.headers["Content-Length"]) == len(answer.data)
        got += answer.data
    assert got == content


def test_the_head_of_a_film(as_, shown):
    _, address, content = shown
    answer = as_("lin").head(address)
    headers = answer.headers
    assert answer.status_code == 200 and int(headers["Content-Length"]) == len(content) and answer.data == b""
    assert headers["Content-Type"] == "video/mp4" and headers["Accept-Ranges"] == "bytes" and headers["ETag"]
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Content-Disposition"] == "inline"
    assert headers["Cache-Control"] == "private, no-cache" and "Cookie" in headers["Vary"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ("bytes=0-99", 206, "bytes 0-99/{}"),
        ("bytes=-100", 206, "bytes {-100}-{-1}/{}"),
        ("bytes=5-5", 206, "bytes 5-5/{}"),
        ("bytes=0-99999999999", 206, "bytes 0-1048575/{}"),
        ("bytes={}-", 416, "bytes */{}"),
        ("bytes=99999999999-", 416, "bytes */{}"),
        ("bytes=0-1,5-6", 416, "bytes */{}"),
        ("bytes=x", 416, "bytes */{}"),
        ("bytes=9-2", 416, "bytes */{}"),
        ("rabbits=0-5", 416, "bytes */{}"),
        (None, 416, "bytes */{}"),
    ],
)
def test_ranges(as_, shown, asked, status, said):
    """What is too large for one answer is only handed out in ranges."""
    _, address, content = shown
    size = len(content)

    def fill(text):
        return text.replace("{}", str(size)).replace("{-100}", str(size - 100)).replace("{-1}", str(size - 1))

    answer = as_("lin").get(address, headers={"Range": fill(asked)} if asked else {})
    assert (answer.status_code, answer.headers["Content-Range"]) == (status, fill(said))


def test_a_small_film_goes_out_at_once(cast, as_, event, without_ffmpeg):
    row = upload(cast.che.actor, event(stage="video"))
    answer = as_("lin").get(f"/videos/{row.key}/film")
    assert answer.status_code == 200 and answer.data == video.path_of(row.key).read_bytes()


def test_what_a_browser_has_it_is_not_sent_again(as_, shown):
    _, address, _ = shown
    lin = as_("lin")
    tag = lin.head(address).headers["ETag"]
    again = lin.get(address, headers={"If-None-Match": tag, "Range": "bytes=0-"})
    assert again.status_code == 304 and again.data == b""
    ranged = {"Range": "bytes=0-9", "If-Range": tag}
    assert lin.get(address, headers=ranged).status_code == 206
    assert lin.get(address, headers={**ranged, "If-Range": '"another"'}).status_code == 416


def test_who_may_not_watch_finds_no_film(cast, as_, client, shown):
    number, address, _ = shown
    ranged = {"Range": "bytes=0-9"}
    for browser in (client, as_("ning"), as_("suspended")):
        assert browser.get(address, headers=ranged).status_code == 404
    lin = as_("lin")
    tag = lin.head(address).headers["ETag"]
    assert lin.get(address, headers=ranged).status_code == 206
    moderating.remove(cast.che.actor, number, cast.lin.id)
    assert lin.get(address, headers=ranged).status_code == 404
    assert lin.get(address, headers={"If-None-Match": tag}).status_code == 404
    assert as_("may").get(address, headers=ranged).status_code == 206


def test_who_sent_it_watches_as_long_as_they_belong(cast, as_, shown):
    number, address, _ = shown
    che = as_("che")
    assert che.get(address, headers={"Range": "bytes=0-9"}).status_code == 206
    LiveEvent.update(circle=cast.darkroom.id).where(LiveEvent.id == number).execute()
    Membership.delete().where(Membership.circle == cast.darkroom.id, Membership.member == cast.lin.id).execute()
    assert as_("lin").get(address, headers={"Range": "bytes=0-9"}).status_code == 404


def test_a_film_behind_a_password_is_for_whom_it_was_told(cast, as_, event, without_ffmpeg):
    number = event(stage="video", visibility="password", password="open sesame")
    row = upload(cast.che.actor, number)
    assert as_("ning").get(f"/live/{number}").status_code in (200, 403)
    assert as_("ning").head(f"/videos/{row.key}/film").status_code == 404
    assert as_("che").head(f"/videos/{row.key}/film").status_code == 200


def test_its_poster_is_seen_by_the_same(cast, as_, client, event):
    number = event(stage="video", visibility="members")
    row = upload(cast.che.actor, number, films.mp4())
    poster = Picture.get(Picture.key == row.poster_key)
    assert as_("lin").get(f"/media/{poster.key}/m.webp", buffered=True).status_code == 200
    assert client.get(f"/media/{poster.key}/m.webp").status_code == 404
    assert f"/media/{poster.key}/l.webp" in as_("lin").get(f"/live/{number}").text


def test_what_is_not_finished_is_not_shown(cast, as_, post, event):
    che = as_("che")
    key = begin(post, che, event(stage="video"), 1000).json["key"]
    assert che.get(f"/videos/{key}/film").status_code == 404


# ---- kept with the site -------------------------------------------------------------------------------------


def test_films_are_in_the_backup(cast, event, without_ffmpeg, tmp_path):
    from dataclasses import replace

    from core import backup

    row = upload(cast.che.actor, event(stage="video"))
    pending = video.begin(cast.che.actor, "live", row.subject_id, "b.mp4", 5000)
    video.put(cast.che.actor, pending.key, 0, films.bare_mp4()[:400])
    saved = tmp_path / "site.tar"
    assert backup.make(saved, config.current()).videos == 1
    elsewhere = replace(config.current(), data=tmp_path / "elsewhere")
    config.ensure_data_folder(elsewhere.data)
    backup.restore(saved, elsewhere)
    assert [path.name for path in (elsewhere.data / "videos").glob("??/*")] == [row.key]


def test_the_doctor_misses_a_film_that_is_gone(cast, event, without_ffmpeg):
    from blueprints.media.checks import missing_videos

    row = upload(cast.che.actor, event(stage="video"))
    assert list(missing_videos()) == []
    video.path_of(row.key).unlink()
    assert row.key in next(missing_videos())
