"""The hub by itself: who is sent what, in which order, and who is let go of."""

import re
import socket
import time

import pytest

from core.hub_messages import Inbox, pack
from tests.core.hub_stage import PATIENCE_S, Stage


@pytest.fixture
def hub(tmp_path):
    stage = Stage(tmp_path)
    yield stage
    stage.close()


def test_a_viewer_gets_what_the_page_missed_and_every_later_row(hub: Stage):
    viewer = hub.viewer({"live-1": 3}, first=b"three\n")
    hub.row("live-1", 4, "four")
    hub.row("live-1", 5, "five")
    assert viewer.lines(3) == ["three", "four", "five"]


def test_rows_that_come_in_the_wrong_order_are_sent_in_the_right_one(hub: Stage):
    viewer = hub.viewer({"live-1": 0})
    for seq in (3, 2, 5, 1, 4):
        hub.row("live-1", seq, str(seq))
    assert viewer.lines(5) == ["1", "2", "3", "4", "5"]


def test_a_row_that_comes_twice_is_sent_once(hub: Stage):
    viewer = hub.viewer({"live-1": 0})
    for seq in (1, 1, 2, 1, 2):
        hub.row("live-1", seq, str(seq))
    assert viewer.lines(2) == ["1", "2"]
    assert viewer.all_lines() == ["1", "2"]


def test_a_row_that_shows_nothing_leaves_no_gap(hub: Stage):
    viewer = hub.viewer({"live-1": 0})
    hub.row("live-1", 1)
    hub.row("live-1", 2, "two")
    assert viewer.lines(1) == ["two"]


def test_a_row_whose_writer_died_is_asked_for(hub: Stage):
    viewer = hub.viewer({"live-1": 7})
    hub.row("live-1", 9, "nine")
    assert hub.wait_asked("fill", c="live-1")["after"] == 7
    assert viewer.all_lines() == []
    hub.row("live-1", 8, "eight")
    assert viewer.lines(2) == ["eight", "nine"]


def test_who_comes_late_is_sent_what_happened_while_the_socket_was_on_its_way(hub: Stage):
    first = hub.viewer({"live-1": 0})
    for seq in (1, 2, 3):
        hub.row("live-1", seq, str(seq))
    first.lines(3)
    late = hub.viewer({"live-1": 1}, first=b"1\n")
    hub.row("live-1", 4, "4")
    assert late.lines(4) == ["1", "2", "3", "4"]


def test_who_is_further_than_the_hub_gets_nothing_twice(hub: Stage):
    first = hub.viewer({"live-1": 0})
    ahead = hub.viewer({"live-1": 2}, first=b"1\n2\n")
    for seq in (1, 2, 3):
        hub.row("live-1", seq, str(seq))
    assert ahead.lines(3) == ["1", "2", "3"]
    assert ahead.all_lines() == ["1", "2", "3"]
    assert first.lines(3) == ["1", "2", "3"]


def test_who_has_missed_more_than_is_kept_must_come_again(hub: Stage):
    first = hub.viewer({"live-1": 0})
    for seq in range(1, 301):
        hub.row("live-1", seq, str(seq))
    assert len(first.lines(300)) == 300
    assert hub.viewer({"live-1": 5}).is_over()


def test_everybody_reads_their_own_language(hub: Stage):
    english = hub.viewer({"live-1": 0})
    chinese = hub.viewer({"live-1": 0}, language="zh-Hans")
    hub.row("live-1", 1, en="hello", **{"zh-Hans": "你好"})
    hub.row("live-1", 2, "42")
    assert english.lines(2) == ["hello", "42"]
    assert chinese.lines(2) == ["你好", "42"]


def test_frames_of_whom_a_viewer_avoids_are_left_out(hub: Stage):
    all_of_it = hub.viewer({"live-1": 0})
    some = hub.viewer({"live-1": 0}, skips=["m9"])
    hub.row("live-1", 1, "from nine", by="m9")
    hub.row("live-1", 2, "from eight", by="m8")
    assert all_of_it.lines(2) == ["from nine", "from eight"]
    assert some.lines(1) == ["from eight"]


def test_one_stream_carries_all_channels_of_a_page(hub: Stage):
    viewer = hub.viewer({"live-1": 0, "circle-2": 0}, logs=["live-1"])
    hub.row("live-1", 1, "one")
    hub.say("touch", c="circle-2")
    hub.row("live-3", 1, "not here")
    assert sorted(viewer.lines(2)) == ["data: circle-2 0 touch 1", "one"]


def sum_of(kind: str, lines: list[str]) -> int:
    return sum(map(int, re.findall(rf"\b{kind}=(\d+)", "\n".join(lines))))


def test_pulses_are_added_up_over_a_moment(hub: Stage):
    viewer = hub.viewer({"live-1": 0}, first=b"here\n")
    viewer.lines(1)
    for _ in range(20):
        hub.say("pulse", c="live-1", n={"heart": 2})
    hub.say("pulse", c="live-1", n={"clap": 1})
    deadline = time.monotonic() + PATIENCE_S
    while sum_of("clap", viewer.all_lines()) < 1 and time.monotonic() < deadline:
        pass
    lines = viewer.all_lines()
    assert (sum_of("heart", lines), sum_of("clap", lines)) == (40, 1)
    assert sum("heart" in line for line in lines) < 10, "one, unless the machine was busy meanwhile"


def test_viewers_are_told_how_many_they_are(hub: Stage):
    viewers = [hub.viewer({"live-1": 0}, tags=f"m{number}") for number in range(3)]
    deadline = time.monotonic() + PATIENCE_S
    while "pulse viewers=3" not in viewers[0].text and time.monotonic() < deadline:
        viewers[0].all_lines()
    assert "pulse viewers=3" in viewers[0].text


def test_a_revocation_ends_the_streams_that_carry_all_its_tags(hub: Stage):
    removed = hub.viewer({"live-1": 0}, tags="m5 s50 c3")
    elsewhere = hub.viewer({"live-2": 0}, tags="m5 s51 c4")
    another = hub.viewer({"live-1": 0}, tags="m6 s60 c3")
    hub.say("cut", s=1, tags="m5 c3")
    assert removed.is_over()
    hub.row("live-1", 1, "still here")
    hub.row("live-2", 1, "there too")
    assert another.lines(1) == ["still here"]
    assert elsewhere.lines(1) == ["there too"]


def test_a_right_that_was_revoked_while_the_socket_was_on_its_way_is_none(hub: Stage):
    hub.say("cut", s=8, tags="m5 c3")
    assert hub.viewer({"live-1": 0}, tags="m5 s50 c3", as_of=7).is_over()
    again = hub.viewer({"live-1": 0}, tags="m5 s50 c3", as_of=8)
    hub.row("live-1", 1, "let in again")
    assert again.lines(1) == ["let in again"]


def test_one_member_has_so_many_streams_and_the_oldest_rests(hub: Stage):
    tabs = [hub.viewer({"live-1": 0}, tags="m5", most=3) for _ in range(5)]
    assert tabs[0].lines(1) == ["data: - 0 parked"] and tabs[0].is_over()
    assert tabs[1].lines(1) == ["data: - 0 parked"] and tabs[1].is_over()
    hub.row("live-1", 1, "one")
    for tab in tabs[2:]:
        assert tab.lines(1) == ["one"]


def test_a_slow_reader_is_let_go_of_and_holds_up_nobody(hub: Stage):
    slow = hub.viewer({"live-1": 0}, tags="m1")
    quick = hub.viewer({"live-1": 0}, tags="m2")
    long = "x" * 60_000
    for seq in range(1, 41):
        hub.row("live-1", seq, long)
        assert len(quick.lines(seq)) == seq
    assert slow.is_over()
    assert len(slow.text) < 40 * 60_000


def test_viewers_who_leave_are_not_counted(hub: Stage):
    one, two = hub.viewer({"live-1": 0}, tags="m1"), hub.viewer({"live-1": 0}, tags="m2")
    two.socket.close()
    hub.row("live-1", 1, "x")
    one.lines(1)
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        counted = [each["counts"]["live-1"] for each in hub.asked if each.get("counts", {}).get("live-1")]
        if counted and counted[-1][0] == 1:
            assert counted[-1][1] == 2, "two at most"
            return
        time.sleep(0.1)
    raise AssertionError(hub.asked)


def test_the_hub_says_every_second_how_far_it_has_come(hub: Stage):
    hub.viewer({"live-1": 0})
    hub.row("live-1", 1, "one")
    assert hub.wait_asked("tick", at={"live-1": 1})["cuts"] == 0


def test_what_is_sent_while_the_hub_is_dead_waits_for_the_next_one(hub: Stage):
    before = hub.viewer({"live-1": 0})
    hub.row("live-1", 1, "one")
    assert before.lines(1) == ["one"]
    hub.kill()
    assert before.is_over()
    after = hub.viewer({"live-1": 1})
    hub.start()
    hub.row("live-1", 2, "two")
    assert after.lines(1) == ["two"]


def test_a_process_that_speaks_nonsense_is_not_listened_to(hub: Stage):
    viewer = hub.viewer({"live-1": 0})
    for nonsense in (b"\xff" * 64, pack({"t": "unknown"}), pack({"t": "take"}), b"\0\0\0\2\0\0\0\0{]"):
        with socket.socket(socket.AF_UNIX) as stranger:
            stranger.connect(str(hub.wire.path))
            stranger.sendall(nonsense)
            stranger.settimeout(PATIENCE_S)
            assert stranger.recv(1) == b""
    hub.row("live-1", 1, "one")
    assert viewer.lines(1) == ["one"]


def test_messages_are_whole_however_they_arrive():
    sent = [({"t": "a"}, b""), ({"t": "b", "text": "弹幕"}, b"\0\1\2" * 100), ({"t": "c"}, b"x")]
    stream = b"".join(pack(*message) for message in sent)
    for size in (1, 3, 7, 50, len(stream)):
        inbox = Inbox()
        got = [message for start in range(0, len(stream), size) for message in inbox.feed(stream[start : start + size])]
        assert got == sent
