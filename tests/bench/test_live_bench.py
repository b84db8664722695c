"""What measures live updates sees what is missing, what came twice and what is late: both programs, against a stream
that is wrong on purpose."""

import shutil
import socket
import threading
import time

import pytest

from bench.live_drills import judged
from bench.live_tools import Posted, Poster, Tools, Viewers, bare_writer, tools

PATIENCE_S = 60
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"


@pytest.fixture(params=["C", "Python"], scope="module")
def made(request, tmp_path_factory):
    if request.param == "Python":
        return Tools(None)
    if not shutil.which("cc"):
        pytest.skip("no C compiler here")
    compiled = tools(tmp_path_factory.mktemp("compiled"))
    assert compiled.folder is not None
    return compiled


@pytest.fixture
def people(tmp_path):
    path = tmp_path / "people"
    path.write_text("a=1\tone\nb=2\ttwo\n")
    return path


class Sender:
    """Answers one request after the other with what it is given, and hangs up when told."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.asked: list[str] = []
        self.open = [self.listener]

    def answer(self, *parts: bytes, hang_up: bool = False) -> None:
        sock, _ = self.listener.accept()
        self.asked.append(sock.recv(4096).decode().splitlines()[0])
        for part in parts:
            sock.sendall(part)
            time.sleep(0.05)
        self.open.append(sock)
        if hang_up:
            sock.close()


@pytest.fixture
def sender():
    made = Sender()
    yield made
    for sock in made.open:
        sock.close()


def frame(seq: int, number: int, late_ms: int = 0) -> bytes:
    stamp = time.monotonic_ns() // 1000 - 1000 * late_ms
    return f"data: live-7 {seq} put m5\ndata: <li>qz{stamp}x{number}z</li>\n\n".encode()


def watch(made, people, sender, *, opens=1, comes_back=False):
    viewers = Viewers(made, sender.port, "live-7", people, exact=True, comes_back=comes_back)
    asking = threading.Thread(target=viewers.open, args=(opens, 40))
    asking.start()
    return viewers, asking


def test_what_is_missing_or_comes_twice_is_counted(made, people, sender, tmp_path):
    viewers, asking = watch(made, people, sender)
    with viewers:
        sender.answer(HEAD, frame(41, 1), frame(42, 2), frame(42, 2), frame(45, 3), b"data: live-8 99 put m1\n\n")
        asking.join()
        assert viewers.wait(45, PATIENCE_S) == 1
        told = viewers.report()
        assert (told["frames"], told["gaps"], told["doubles"], told["position"]) == (3, 2, 1, 45)
        assert viewers.seen(tmp_path) == {1: (1, 1), 2: (2, 2), 3: (1, 1)}
        assert sender.asked == ["GET /stream?since=live-7:40 HTTP/1.1"]


def test_a_frame_counts_when_it_is_whole_and_is_as_late_as_it_is(made, people, sender):
    viewers, asking = watch(made, people, sender)
    with viewers:
        late = frame(41, 1, late_ms=700)
        sender.answer(HEAD, late[:30], late[30:-1])
        asking.join()
        assert viewers.wait(41, 0.2) == 0
        sender.open[-1].sendall(late[-1:])
        assert viewers.wait(41, PATIENCE_S) == 1
        assert 700_000 <= viewers.report()["p50_us"] < 60_000_000


def test_who_comes_back_names_the_last_whole_frame(made, people, sender):
    viewers, asking = watch(made, people, sender, comes_back=True)
    with viewers:
        sender.answer(HEAD, frame(41, 1), frame(42, 2)[:-1], hang_up=True)
        sender.answer(HEAD, frame(42, 2))
        asking.join()
        assert viewers.wait(42, PATIENCE_S) == 1
        told = viewers.report()
        assert (told["lost"], told["returned"], told["gaps"], told["doubles"]) == (1, 1, 0, 0)
        assert [line.split()[1] for line in sender.asked] == ["/stream?since=live-7:40", "/stream?since=live-7:41"]


def test_the_yardstick_tells_everybody_what_is_posted(made, people, tmp_path):
    with bare_writer(made, 300) as port, Viewers(made, port, "live-1", people, exact=True) as viewers:
        viewers.visit(5)
        assert viewers.open(20)["opened"] == 20
        posted = Poster(made, tmp_path, port, "/", people, a_second=50, seconds=0.5, first=7).finish()
        assert len(posted.acknowledged) == posted.told["accepted"] >= 1
        assert viewers.wait(posted.told["accepted"], PATIENCE_S) == 20
        assert viewers.seen(tmp_path) == dict.fromkeys(posted.acknowledged, (1, 1))
        assert viewers.report()["bytes"] == 20 * 300 * posted.told["accepted"] + 25 * (len(HEAD))


def test_a_drill_is_lost_by_one_comment_that_is_missing_double_or_not_everybodys():
    posted = Posted({}, {1: (200, 9), 2: (200, 9), 3: (0, 9)})
    once = {1: (1, 1), 2: (1, 1)}
    assert judged("kill", posted, once, all_there=True).reached
    assert judged("kill", posted, {**once, 3: (1, 1)}, all_there=True).reached  # stored, and then its worker died
    for seen in ({1: (1, 1)}, {**once, 2: (0, 1)}, {**once, 2: (1, 2)}, {**once, 3: (0, 1)}):
        assert not judged("kill", posted, seen, all_there=True).reached
    assert not judged("kill", posted, once, all_there=False).reached
    assert not judged("kill", Posted({}, {}), {}, all_there=True).reached
