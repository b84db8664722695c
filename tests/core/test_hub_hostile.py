"""The hub when things go wrong around it: no descriptors left, sockets that take nothing, processes that read nothing,
revocations that got lost, names without end."""

import os
import resource
import socket
import threading
import time
from collections import deque
from contextlib import contextmanager
from itertools import permutations
from types import SimpleNamespace

import pytest

from core import hub as hub_module
from core.hub import Hub, Peer
from core.hub_messages import Inbox, pack
from tests.core.hub_stage import PATIENCE_S, Stage


@pytest.fixture
def hub(tmp_path):
    stage = Stage(tmp_path)
    yield stage
    stage.close()


@pytest.fixture
def here(tmp_path):
    """A hub in this process, to be called by hand."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "hub"))
        listener.listen()
        yield Hub(listener)


@pytest.fixture
def pair():
    ends = socket.socketpair()
    yield ends
    for end in ends:
        end.close()


@contextmanager
def no_descriptor_left():
    free = os.dup(0)
    os.close(free)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def at_once(act) -> None:
    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    thread.join(PATIENCE_S)
    assert not thread.is_alive(), "the hub would stand still"


def take(hub: Hub, sock: socket.socket, places: dict[str, int], **more) -> None:
    header = {
        "t": "take", "places": places, "logs": [], "language": "en", "tags": "a::1 guest", "skips": [], "as_of": 0,
        "most": 100, **more,
    }  # fmt: skip
    hub.take(SimpleNamespace(handed=deque([sock.detach()])), header, b"")


# ---- descriptors --------------------------------------------------------------------------------------------


def test_a_socket_that_did_not_fit_is_never_taken_for_the_next_one(pair):
    """Its process is let go of: what it said would be written to somebody else."""
    near, far = pair
    socket.send_fds(near, [pack({"t": "take"})], [0])
    peer = Peer(far)
    with no_descriptor_left(), pytest.raises(ConnectionError):
        peer.receive()


def test_a_late_event_for_a_number_that_another_process_has_now_blocks_nobody(pair):
    peer = Peer(pair[1])
    at_once(lambda: list(peer.receive()))


def test_who_is_refused_and_reads_nothing_blocks_nobody(here, pair):
    near, _far = pair
    near.setblocking(False)
    with pytest.raises(BlockingIOError):
        while True:
            near.send(b"x" * 4096)
    near.setblocking(True)
    here.most = 0
    at_once(lambda: take(here, near, {"live-1": 0}))


def test_sockets_are_closed_whatever_way_somebody_goes(hub: Stage):
    def files() -> int:
        return len(os.listdir(f"/proc/{hub.process.pid}/fd"))

    assert hub.viewer({"live-1": 0}, tags="m0", first=b"here\n").lines(1) == ["here"]
    before = files()
    for number in range(1, 121):
        viewer = hub.viewer({"live-1": 0}, tags=f"m{number % 7} e{number}", most=2, as_of=0 if number % 5 else -1)
        if number % 3 == 0:
            viewer.socket.close()
        if number % 4 == 0:
            hub.say("cut", s=number, tags=f"e{number}")
    hub.say("cut", s=1000, tags="")
    for viewer in hub.viewers:
        if viewer.socket.fileno() >= 0:
            viewer.socket.close()
    deadline = time.monotonic() + PATIENCE_S
    while files() > before - 1 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert files() == before - 1


# ---- memory -------------------------------------------------------------------------------------------------


def test_channels_in_ever_new_orders_are_not_kept_for_ever(here, monkeypatch):
    monkeypatch.setattr(hub_module, "MOST_PLACES", 50)
    for order in permutations([f"live-{number}" for number in range(6)]):
        near, far = socket.socketpair()
        take(here, near, dict.fromkeys(order, 0))
        far.close()
        here.drop(next(iter(here.viewers)))
    assert len(here.places) <= 50


def test_a_process_that_reads_nothing_for_long_gets_whole_messages_afterwards(pair):
    near, far = pair
    peer = Peer(near)
    for number in range(400):
        peer.send(pack({"t": "tick", "number": number, "at": "x" * 10_000}))
    inbox, got = Inbox(), []
    far.setblocking(False)
    for _ in range(2000):
        try:
            got += [header["number"] for header, _ in inbox.feed(far.recv(1 << 16))]
        except BlockingIOError:
            peer.send(pack({"t": "tick", "number": 1000}))
    assert got[:50] == list(range(50)) and got[-1] == 1000


# ---- revocations --------------------------------------------------------------------------------------------


def test_a_revocation_that_got_lost_is_asked_for_although_a_later_one_arrived(hub: Stage):
    removed = hub.viewer({"live-1": 0}, tags="m5 e1")
    hub.say("cut", s=6, tags="m9 e1")
    time.sleep(0.1)
    hub.asked.clear()
    assert hub.wait_asked("tick")["cuts"] < 5
    hub.say("cuts", upto=6, cuts=[[5, "m5 e1"], [6, "m9 e1"]])
    assert removed.is_over()
    hub.asked.clear()
    assert hub.wait_asked("tick", cuts=6)


# ---- nonsense -----------------------------------------------------------------------------------------------


def test_what_is_no_message_ends_the_process_that_said_it_and_not_the_hub(hub: Stage):
    viewer = hub.viewer({"live-1": 0})
    for nonsense in (
        pack({"t": "cut", "s": 1, "tags": None}), pack({"t": "row", "c": "live-1", "s": "x", "sizes": [], "by": ""}),
        pack([]), pack({"t": ["cut"]}), pack({"t": "pulse", "c": "live-1", "n": 3}),  # type: ignore[arg-type]
    ):  # fmt: skip
        with socket.socket(socket.AF_UNIX) as stranger:
            stranger.connect(str(hub.wire.path))
            stranger.sendall(nonsense)
            stranger.settimeout(PATIENCE_S)
            assert stranger.recv(1) == b""
    hub.row("live-1", 1, "one")
    assert viewer.lines(1) == ["one"]
