"""Nothing but a film comes out of what people send, and nothing of what its camera noted."""

import itertools
import subprocess
import sys
import tracemalloc

import pytest

from core import film, film_boxes, jobs, video
from core.errors import BadVideo
from models import Picture, Video
from tests import films
from tests.films import kept_files, send


def finished(actor, row, content):
    """Its row and its bytes, once the job has run."""
    send(actor, row, content)
    jobs.run_due()
    row = Video.get_by_id(row.id)
    return row, (video.path_of(row.key).read_bytes() if row.state == "ready" else b"")


# ---- with ffmpeg --------------------------------------------------------------------------------------------


def test_a_film_is_packed_anew_without_what_its_camera_noted(che, begun):
    given = films.mp4()
    row, kept = finished(che, begun(given), given)
    for note in (b"loci", b"Lin's phone", b"at home"):
        assert note in given and note not in kept
    assert kept.index(b"moov") < kept.index(b"mdat"), "it plays before it is there as a whole"
    assert (row.kind, row.width, row.height, row.size) == ("mp4", 320, 180, len(kept))
    assert 1900 < row.duration_ms < 2200
    poster = Picture.get(Picture.key == row.poster_key)
    assert (poster.subject_kind, poster.subject_id, poster.width) == ("video", row.id, 320)
    assert kept_files() == [row.key]


def test_webm_is_taken_too_whatever_it_is_called(che, begun):
    row, kept = finished(che, begun(films.webm(), "film.mp4"), films.webm())
    assert (row.state, row.kind, row.width) == ("ready", "webm", 320)
    assert b"at home" not in kept and kept.startswith(b"\x1a\x45\xdf\xa3")


def test_what_hangs_on_at_the_end_of_a_film_stays_behind(che, begun):
    given = films.mp4() + b"PK\x03\x04<script>alert(1)</script>" * 50
    row, kept = finished(che, begun(given), given)
    assert row.state == "ready" and b"<script>" not in kept


@pytest.mark.parametrize("cut", [0.3, 0.9])
def test_a_film_that_was_cut_off_is_refused(che, begun, cut):
    content = films.mp4()[: int(len(films.mp4()) * cut)]
    row, _ = finished(che, begun(content), content)
    assert (row.state, row.error) == ("failed", "video_damaged") and kept_files() == []


def test_a_sound_alone_is_no_film(che, begun, tmp_path):
    target = tmp_path / "sound.mp4"
    films.ffmpeg(*films.SOUND, "-t", "1", "-c:a", "aac", str(target))
    row, _ = finished(che, begun(target.read_bytes()), target.read_bytes())
    assert (row.state, row.error) == ("failed", "video_damaged")


def test_what_browsers_cannot_play_is_told_so(che, begun, tmp_path):
    target = tmp_path / "old.mp4"
    films.ffmpeg(*films.PICTURE, "-t", "1", "-c:v", "mpeg4", str(target))
    row, _ = finished(che, begun(target.read_bytes()), target.read_bytes())
    assert (row.state, row.error) == ("failed", "video_codec")


def test_a_film_that_names_other_files_gets_none_of_them(che, begun, tmp_path):
    """Lists of other files in the clothes of a film: ffmpeg would follow them if it chose how to read it."""
    films.needs_ffmpeg()
    hidden = tmp_path / "hidden.mp4"
    hidden.write_bytes(films.mp4())
    front = films.box(b"ftyp", b"isom", bytes(8))
    for content in (
        front + f"\n#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:1,\nfile://{hidden}\n#EXT-X-ENDLIST\n".encode() * 20,
        front + f"\nffconcat version 1.0\nfile {hidden}\n".encode() * 20,
    ):
        row, _ = finished(che, begun(content), content)
        assert row.state == "failed" and kept_files() == []


def test_ffmpeg_gets_no_environment_and_no_shell(monkeypatch, tmp_path):
    films.needs_ffmpeg()
    asked = []

    class Popen(subprocess.Popen):
        def __init__(self, command, **options):
            asked.append((command, options))
            super().__init__(command, **options)

    source = tmp_path / "a; touch evil $(touch evil).mp4"
    source.write_bytes(films.mp4())
    monkeypatch.setattr(film.subprocess, "Popen", Popen)
    film.make(source, tmp_path / "out")
    assert len(asked) == 3, "a look at it, the packing, the poster"
    for command, options in asked:
        assert isinstance(command, list) and not options.get("shell") and options["env"] == {}
        assert "-protocol_whitelist" in command and command[command.index("-f") + 1] == "mov"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([source.name, "out"])


TALKS = "import sys; [sys.{}.write('x' * 1_000_000) for _ in range(200)]"


def test_what_ffmpeg_complains_of_endlessly_is_not_kept():
    """A film of broken pieces makes it say a line for each."""
    tracemalloc.start()
    try:
        film._run([sys.executable, "-c", TALKS.format("stderr")], seconds=30, most_bytes=0)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
        with pytest.raises(BadVideo):
            film._run([sys.executable, "-c", TALKS.format("stdout")], seconds=30, most_bytes=0)
        assert tracemalloc.get_traced_memory()[1] < 3 * film.MOST_SAID
    finally:
        tracemalloc.stop()


def test_ffmpeg_has_an_end(tmp_path):
    films.needs_ffmpeg()
    with pytest.raises(BadVideo) as refusal:
        film._run(["ffmpeg", "-re", "-f", "lavfi", "-i", "testsrc2", "-f", "null", "-"], seconds=1, most_bytes=0)
    assert refusal.value.code == "video_slow"


def test_a_film_that_swells_is_stopped(tmp_path):
    films.needs_ffmpeg()
    with pytest.raises(BadVideo):
        film._run(
            ["ffmpeg", "-v", "error", *films.PICTURE, "-t", "60", "-c:v", "rawvideo", "-f", "avi", str(tmp_path / "x")],
            seconds=20, most_bytes=100_000,
        )  # fmt: skip
    assert (tmp_path / "x").stat().st_size <= 100_000


# ---- without it ---------------------------------------------------------------------------------------------


def test_without_ffmpeg_a_film_is_taken_as_it_is_less_its_notes(che, begun, without_ffmpeg):
    given = films.bare_mp4(640, 360, 5000)
    row, kept = finished(che, begun(given), given)
    assert (row.width, row.height, row.duration_ms, row.poster_key) == (640, 360, 5000, None)
    assert films.SECRET.encode() in given and films.SECRET.encode() not in kept and len(kept) == len(given)


def test_a_film_from_a_phone_held_upright_is_measured_upright(che, begun, without_ffmpeg):
    given = films.bare_mp4(640, 360, turned=True)
    row, _ = finished(che, begun(given), given)
    assert (row.width, row.height) == (360, 640)


def test_both_ways_measure_the_same(tmp_path):
    source = tmp_path / "a.mp4"
    source.write_bytes(films.mp4())
    measured = film_boxes.measure(source)
    made = film.make(source, tmp_path / "b.mp4")
    assert (made.width, made.height) == (measured.width, measured.height)
    assert abs(made.duration_ms - measured.duration_ms) < 120


FRONT = films.box(b"ftyp", b"isom", bytes(8))
WRONG = {
    "no index": FRONT + films.box(b"mdat", bytes(100)),
    "cut off": films.bare_mp4()[:-40],
    "a tail": films.bare_mp4() + b"PK\x03\x04",
    "two indexes": films.bare_mp4() + films.bare_mp4(),
    "a box longer than what is around it": films.bare_mp4().replace(b"\x00\x00\x00\x6cmvhd", b"\x00\xff\xff\xffmvhd"),
    "endless boxes": FRONT + films.box(b"free") * 9000,
    "no picture": films.bare_mp4(0, 0),
    "a size of 64 bits that wraps": FRONT + b"\0\0\0\1moov" + b"\xff" * 8 + bytes(90),
}


@pytest.mark.parametrize("name", WRONG)
def test_boxes_that_do_not_fit_make_a_damaged_film(che, begun, without_ffmpeg, name):
    assert WRONG[name] != films.bare_mp4()
    row, _ = finished(che, begun(WRONG[name]), WRONG[name])
    assert (row.state, row.error) == ("failed", "video_damaged") and kept_files() == []


def test_any_cut_and_any_wrong_byte_ends_in_a_film_or_a_refusal(tmp_path):
    whole, path, ends = films.bare_mp4(padding=8), tmp_path / "film", set()
    for at, byte in itertools.product(range(0, len(whole), 3), (0, 1, 0x7F, 0xFF)):
        for content in (whole[:at], whole[:at] + bytes([byte]) + whole[at + 1 :]):
            path.write_bytes(content)
            try:
                film_boxes.forget_notes(path)
                ends.add(type(film_boxes.measure(path)))
            except BadVideo as refusal:
                ends.add(refusal.code)
    assert ends == {film_boxes.Measure, "video_damaged"}
