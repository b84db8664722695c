"""Films come in pieces, whatever happens on the way, and nothing but a film comes out."""

import os
import shutil
from collections import Counter

import pytest

from core import clock, jobs, limits, video
from core.errors import BadVideo, Conflict, Denied, Gone
from core.policy import GUEST
from models import Job, Video
from tests import films
from tests.films import kept_files as files
from tests.films import large, part_of, send

PIECE = video.PIECE_BYTES


def again(row):
    return Video.get_by_id(row.id)


# ---- pieces -------------------------------------------------------------------------------------------------


def test_a_film_arrives_piece_by_piece(che, begun):
    content = large()
    row = begun(content)
    assert (row.state, row.received) == ("sending", 0)
    row = send(che, row, content)
    assert (row.state, row.received) == ("waiting", len(content))
    assert part_of(row).read_bytes() == content
    assert Job.select().where(Job.name == "video.finish").count() == 1


def test_a_piece_that_came_twice_is_taken_once(che, begun):
    content = large()
    row = begun(content)
    for _ in range(3):
        assert video.put(che, row.key, 0, content[:PIECE]).received == PIECE
    assert video.put(che, row.key, PIECE, content[PIECE : 2 * PIECE]).received == 2 * PIECE
    assert video.put(che, row.key, 0, content[:PIECE]).received == 2 * PIECE


@pytest.mark.parametrize("offset", [PIECE, 1, 2 * PIECE])
def test_another_place_than_the_next_is_told_which_one_is(che, begun, offset):
    content = large()
    row = begun(content)
    with pytest.raises(Conflict) as refusal:
        video.put(che, row.key, offset, content[offset : offset + PIECE])
    assert refusal.value.facts["received"] == 0
    video.put(che, row.key, 0, content[:PIECE])
    with pytest.raises(Conflict) as refusal:  # half of it is there already
        video.put(che, row.key, PIECE // 2, content[PIECE // 2 : PIECE // 2 + PIECE])
    assert refusal.value.facts["received"] == PIECE


@pytest.mark.parametrize(("offset", "size"), [(0, 0), (0, PIECE + 1), (-1, 10), (0, -1), (2**63, 10)])
def test_pieces_of_strange_sizes_are_refused(che, begun, offset, size):
    content = large()
    row = begun(content)
    piece = content[:size] if size >= 0 else content
    with pytest.raises(BadVideo):
        video.put(che, row.key, offset, piece)
    assert again(row).received == 0 and files() == []


def test_nobody_sends_more_than_was_announced(che, begun):
    content = films.bare_mp4()
    row = begun(content)
    with pytest.raises(BadVideo):
        video.put(che, row.key, 0, content + b"x")
    with pytest.raises(BadVideo):
        video.put(che, row.key, len(content), b"x")
    assert again(row).received == 0


def test_nobody_has_to_do_with_the_pieces_of_others(cast, che, begun):
    content = large()
    row = begun(content)
    for other in (cast.lin.actor, cast.owner.actor, GUEST):
        with pytest.raises(Gone):
            video.put(other, row.key, 0, content[:PIECE])
        with pytest.raises(Gone):
            video.sent(other, row.key)
    for key in ("../secrets.json", "", "0" * 32, f"{row.key}-part", row.key.upper() + "/"):
        with pytest.raises(Gone):
            video.put(che, key, 0, content[:PIECE])
    assert files() == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\films\\a.mp4", "a/b\0c.mp4", "夜跑.mp4", "", "x" * 500])
def test_the_name_of_a_file_is_words_and_no_path(che, begun, name):
    row = begun(films.bare_mp4(), name)
    assert "/" not in row.name and "\\" not in row.name and "\0" not in row.name
    assert 0 < len(row.name) <= limits.LIMITS["file_name"]
    assert send(che, row, films.bare_mp4()).state == "waiting"
    assert files() == [f"{row.key}-part"]


def test_who_may_not_have_a_film_there_sends_none(cast, che):
    with pytest.raises(Denied):
        video.begin(cast.lin.actor, "circle", cast.running.id, "a.mp4", 100)
    for kind, number in (("nothing", 1), ("", 0)):
        with pytest.raises(Gone):
            video.begin(che, kind, number, "a.mp4", 100)
    assert Video.select().count() == 0


@pytest.mark.parametrize(("size", "code"), [(0, "video_empty"), (-5, "video_empty"), (2**40, "video_large")])
def test_sizes_have_limits(cast, che, size, code):
    with pytest.raises(BadVideo) as refusal:
        video.begin(che, "circle", cast.running.id, "a.mp4", size)
    assert refusal.value.code == code


def test_a_full_disk_takes_no_film(cast, che, begun, monkeypatch):
    row = begun(large())
    free = shutil.disk_usage("/")._replace(free=limits.LIMITS["video_spared_bytes"])
    monkeypatch.setattr(shutil, "disk_usage", lambda path: free)
    with pytest.raises(BadVideo) as refusal:
        begun(large())
    assert refusal.value.code == "video_no_room"
    with pytest.raises(BadVideo):
        video.put(che, row.key, 0, large()[:PIECE])


def test_what_is_promised_to_others_counts_as_full(begun, monkeypatch):
    content = large(4)
    begun(content)
    room = limits.LIMITS["video_spared_bytes"] + 2 * len(content) + 10
    monkeypatch.setattr(shutil, "disk_usage", lambda path: os_usage(room))
    with pytest.raises(BadVideo):
        begun(content)


def os_usage(free):
    return shutil._ntuple_diskusage(10**12, 10**12 - free, free)


def test_few_films_at_a_time(che, begun):
    content = films.bare_mp4()
    rows = [begun(content) for _ in range(limits.LIMITS["videos_unfinished"])]
    with pytest.raises(BadVideo) as refusal:
        begun(content)
    assert refusal.value.code == "video_many"
    video.remove(rows[0].id)
    begun(content)


def test_something_else_is_refused_at_its_first_piece(begun, che):
    for content in (b"<!doctype html><script>1</script>" * 9, b"PK\x03\x04" + bytes(400), b"#EXTM3U\n" * 90,
                    b"GIF89a" + bytes(300), bytes(500), b"\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska" + bytes(300),
                    films.box(b"ftyp", b"avif", bytes(8)) + bytes(300)):  # fmt: skip
        row = begun(content)
        with pytest.raises(BadVideo) as refusal:
            send(che, row, content)
        assert refusal.value.code == "video_kind"
        assert not Video.select().where(Video.id == row.id).exists(), "and gives its place free"
    assert files() == []


# ---- many at once -------------------------------------------------------------------------------------------


def test_pieces_that_come_at_once_make_one_film(che, begun, in_threads):
    content = films.bare_mp4(padding=10) + films.box(b"free", os.urandom(8 * PIECE))
    row = begun(content)

    def push(number):
        """As a page does: where it is told that the next piece begins, it goes on."""
        at = 0
        while at < len(content):
            try:
                at = video.put(che, row.key, at, content[at : at + PIECE]).received
            except Conflict as refusal:
                at = refusal.facts["received"]

    in_threads(6, push)
    assert again(row).state == "waiting" and part_of(row).read_bytes() == content
    assert Job.select().where(Job.name == "video.finish").count() == 1


def test_the_last_piece_from_many_sides_leaves_one_job(che, begun, in_threads):
    content = films.bare_mp4()
    row = begun(content)
    ends = Counter()

    def push(number):
        try:
            ends[video.put(che, row.key, 0, content).state] += 1
        except Conflict:
            ends["told to look again"] += 1

    in_threads(12, push)
    assert ends["waiting"] >= 1 and sum(ends.values()) == 12
    assert again(row).received == len(content)
    assert Job.select().where(Job.name == "video.finish").count() == 1


def test_two_workers_that_finish_one_film_make_one(che, begun, in_threads, without_ffmpeg):
    row = send(che, begun(films.bare_mp4()), films.bare_mp4())
    job = Job.get(Job.name == "video.finish")
    in_threads(4, lambda number: video.finish(jobs.Running(job.id), row.id))
    assert again(row).state == "ready" and files() == [row.key]


def test_more_than_one_may_have_is_not_begun_at_once(che, begun, in_threads):
    def begin(number):
        try:
            begun(films.bare_mp4())
        except BadVideo:
            pass

    in_threads(12, begin)
    assert Video.select().count() == limits.LIMITS["videos_unfinished"]


# ---- crashes ------------------------------------------------------------------------------------------------


def test_bytes_that_no_row_counted_are_written_again(che, begun):
    """As when the process was killed between the two."""
    content = large()
    row = begun(content)
    video.put(che, row.key, 0, content[:PIECE])
    with open(part_of(row), "ab") as file:
        file.write(os.urandom(PIECE // 2))
    row = again(row)
    for offset in range(PIECE, len(content), PIECE):
        row = video.put(che, row.key, offset, content[offset : offset + PIECE])
    assert part_of(row).read_bytes() == content


def test_pieces_that_are_gone_are_asked_for_again(che, begun):
    content = large()
    row = begun(content)
    video.put(che, row.key, 0, content[:PIECE])
    part_of(row).unlink()
    with pytest.raises(Conflict) as refusal:
        video.put(che, row.key, PIECE, content[PIECE : 2 * PIECE])
    assert refusal.value.facts["received"] == 0
    assert send(che, row, content).state == "waiting"


@pytest.mark.parametrize("moment", ["_keep_poster", "_put_in_place", "_poster"])
def test_a_worker_killed_in_the_middle_begins_anew(che, begun, monkeypatch, without_ffmpeg, moment):
    row = send(che, begun(films.bare_mp4()), films.bare_mp4())
    job = jobs.Running(Job.get(Job.name == "video.finish").id)

    def killed(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(video, moment, killed)
        video.finish(job, row.id)
    assert again(row).state == "waiting"
    video.finish(job, row.id)
    assert again(row).state == "ready" and files() == [row.key]


def test_a_lost_job_is_written_anew(che, begun, without_ffmpeg):
    row = send(che, begun(films.bare_mp4()), films.bare_mp4())
    Job.delete().execute()
    video.sweep(jobs.Running(0))
    jobs.run_due()
    assert again(row).state == "ready"


def test_what_nobody_goes_on_sending_is_swept(che, begun):
    content = large()
    stale, fresh = begun(content), begun(content)
    for row in (stale, fresh):
        video.put(che, row.key, 0, content[:PIECE])
    clock.shift(30 * clock.HOUR)
    long_ago = clock.now() / 1000 - 30 * 3600
    os.utime(part_of(stale), (long_ago, long_ago))
    os.utime(part_of(fresh), (clock.now() / 1000, clock.now() / 1000))
    video.sweep(jobs.Running(0))
    assert [row.id for row in Video.select()] == [fresh.id] and files() == [f"{fresh.key}-part"]


def test_a_film_given_up_leaves_nothing(che, begun, without_ffmpeg):
    for finish in (False, True):
        row = send(che, begun(films.bare_mp4()), films.bare_mp4())
        if finish:
            jobs.run_due()
        video.remove(row.id)
        assert files() == [] and not Video.select().exists()
    jobs.run_due()
    assert not Video.select().exists()
