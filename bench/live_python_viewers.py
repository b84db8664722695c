"""Many viewers in one process; bench/wire/viewers.c in Python."""

import contextlib
import json
import os
import random
import re
import select
import socket
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

STAMP = re.compile(rb"qz(\d+)x(\d+)z")
HEAD_END = b"\r\n\r\n"
CONNECTING, HEAD, OPEN, WAITING, ENDED = range(5)


def now_us() -> int:
    return time.monotonic_ns() // 1000


def people_of(path: str) -> list[tuple[str, str]]:
    rows = [line.partition("\t") for line in Path(path).read_text().splitlines()]
    return [(cookie, token) for cookie, _, token in rows] or [("", "")]


@dataclass(eq=False)
class Viewer:
    number: int
    position: int
    sock: socket.socket | None = None
    state: int = ENDED
    status: int = 0
    was_open: bool = False
    count: int = 0
    ended: int = 0
    latest: int = 0
    due: int = 0
    retry_ms: int = 0
    rest: bytearray = field(default_factory=bytearray)
    seen: Counter[int] = field(default_factory=Counter)


class Crowd:
    """Told on standard input, answers on standard output; see bench/wire/viewers.c."""

    def __init__(self, port: str, channel: str, people: str, exact: str, comes_back: str) -> None:
        self.port, self.channel, self.people = int(port), channel, people_of(people)
        self.exact, self.comes_back = exact == "1", comes_back == "1"
        self.line = re.compile(rb"data: %s (\d+) " % re.escape(channel.encode()))
        self.poll = select.epoll()
        self.poll.register(0, select.EPOLLIN)
        self.viewers: list[Viewer] = []
        self.by_descriptor: dict[int, Viewer] = {}
        self.stamps: dict[int, int] = {}
        self.slowest: dict[int, int] = {}
        self.late: list[int] = []
        self.tally: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.opening: tuple[int, int, int] | None = None
        self.waiting: tuple[int, int] | None = None
        self.begun = self.done = self.failed = self.since = 0
        self.visiting = False
        self.heard = b""

    def run(self) -> None:
        while True:
            for descriptor, _ in self.poll.poll(0.005 if self.opening or self.waiting or self.comes_back else 1.0):
                viewer = self.by_descriptor.get(descriptor)
                if descriptor == 0:
                    self.hear()
                elif viewer is not None and viewer.state == CONNECTING:
                    self.ask(viewer)
                elif viewer is not None:
                    self.read(viewer)
            self.go_on(now_us())

    def hear(self) -> None:
        got = os.read(0, 4096)
        if not got:
            raise SystemExit
        *lines, self.heard = (self.heard + got).split(b"\n")
        for line in lines:
            name, *words = line.decode().split()
            getattr(self, f"do_{name}")(*words)

    def say(self, told: dict[str, Any]) -> None:
        print(json.dumps(told), flush=True)

    def go_on(self, now: int) -> None:
        if self.opening:
            self.go_on_opening(now)
        if self.waiting:
            there = sum(viewer.position >= self.waiting[0] for viewer in self.viewers)
            if there == len(self.viewers) or now >= self.waiting[1]:
                self.waiting = None
                self.say({"there": there, "at_us": now})
        if self.comes_back:
            for viewer in self.viewers:
                if viewer.state == WAITING and viewer.due <= now:
                    self.begin(viewer)

    def go_on_opening(self, now: int) -> None:
        assert self.opening is not None
        first, at_a_time, began = self.opening
        while self.begun < len(self.viewers) and self.begun - first - self.done - self.failed < at_a_time:
            self.begun += 1
            self.begin(self.viewers[self.begun - 1])
        if self.done + self.failed == len(self.viewers) - first:
            self.opening = None
            if self.visiting:
                self.visiting = False
                del self.viewers[first:]
            self.say({"opened": self.done, "failed": self.failed, "seconds": (now - began) / 1e6, **self.told()})

    def told(self) -> dict[str, Any]:
        return {"statuses": {str(status): times for status, times in self.statuses.items()}}

    # ---- connections ------------------------------------------------------------------------------------------

    def begin(self, viewer: Viewer) -> None:
        viewer.sock = socket.socket()
        viewer.sock.setblocking(False)
        viewer.state = CONNECTING
        with contextlib.suppress(BlockingIOError):
            viewer.sock.connect(("127.0.0.1", self.port))
        self.by_descriptor[viewer.sock.fileno()] = viewer
        self.poll.register(viewer.sock, select.EPOLLOUT)

    def ask(self, viewer: Viewer) -> None:
        assert viewer.sock is not None
        cookie = self.people[viewer.number % len(self.people)][0]
        request = (
            f"GET /stream?since={self.channel}:{viewer.position} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            f"Accept: text/event-stream\r\nAccept-Language: zh-CN\r\nCookie: {cookie}\r\n\r\n"
        )
        try:
            viewer.sock.sendall(request.encode())
        except OSError:
            self.hang_up(viewer)
            return
        self.poll.modify(viewer.sock, select.EPOLLIN)
        viewer.state = HEAD

    def hang_up(self, viewer: Viewer) -> None:
        assert viewer.sock is not None
        del self.by_descriptor[viewer.sock.fileno()]
        viewer.sock.close()
        viewer.sock = None
        viewer.rest.clear()
        viewer.ended = now_us()
        if viewer.state == OPEN:
            self.tally["lost"] += 1
        elif not self.comes_back:
            self.failed += 1
        viewer.state = WAITING if self.comes_back else ENDED
        viewer.due = viewer.ended + 1000 * (viewer.retry_ms or random.randint(100, 500))

    # ---- what comes -------------------------------------------------------------------------------------------

    def read(self, viewer: Viewer) -> None:
        assert viewer.sock is not None
        try:
            got = viewer.sock.recv(1 << 18)
        except BlockingIOError:
            return
        except OSError:
            got = b""
        if not got:
            self.hang_up(viewer)
            return
        self.tally["bytes"] += len(got)
        viewer.rest += got
        if viewer.state == HEAD and not self.read_head(viewer):
            return
        *events, rest = bytes(viewer.rest).replace(b"\r\n", b"\n").split(b"\n\n")
        viewer.rest = bytearray(rest)
        now = now_us()
        for event in events:
            self.take(viewer, event, now)

    def read_head(self, viewer: Viewer) -> bool:
        head, end, rest = bytes(viewer.rest).partition(HEAD_END)
        if not end:
            return False
        viewer.rest = bytearray(rest)
        viewer.status = int(head[9:12])
        self.statuses[viewer.status] += 1
        if viewer.status != 200:
            self.hang_up(viewer)
            return False
        if viewer.was_open:
            self.tally["returned"] += 1
        else:
            self.done += 1
        viewer.state, viewer.was_open, viewer.ended = OPEN, True, 0
        if self.visiting:
            self.hang_up(viewer)
        return not self.visiting

    def take(self, viewer: Viewer, event: bytes, now: int) -> None:
        if event.startswith(b"retry: "):
            viewer.retry_ms = int(event[7:].split()[0])
        row, stamp = self.line.search(event), STAMP.search(event)
        if row is None or row[1] == b"0":
            return
        seq = int(row[1])
        if stamp and self.exact:
            viewer.seen[int(stamp[2])] += 1
        if seq <= viewer.position:
            self.tally["doubles"] += 1
            return
        self.tally["gaps"] += seq - viewer.position - 1
        self.tally["frames"] += 1
        viewer.position, viewer.count, viewer.latest = seq, viewer.count + 1, now
        if stamp:
            self.stamps.setdefault(seq, int(stamp[1]))
        if seq not in self.stamps:
            self.tally["untimed"] += 1
            return
        late = max(0, now - self.stamps[seq])
        self.late.append(late)
        self.slowest[seq] = max(self.slowest.get(seq, 0), late)

    # ---- commands ---------------------------------------------------------------------------------------------

    def do_open(self, many: str, at_a_time: str, position: str) -> None:
        first = len(self.viewers)
        self.viewers += [Viewer(first + number, int(position)) for number in range(int(many))]
        self.opening = first, int(at_a_time), now_us()
        self.begun, self.done, self.failed = first, 0, 0

    def do_visit(self, many: str, at_a_time: str, position: str) -> None:
        self.visiting = True
        self.do_open(many, at_a_time, position)

    def do_wait(self, position: str, ms: str) -> None:
        self.waiting = int(position), now_us() + int(ms) * 1000

    def do_reset(self) -> None:
        self.since = max((viewer.position for viewer in self.viewers), default=0)
        for viewer in self.viewers:
            viewer.count = 0
        self.tally.clear()
        self.statuses.clear()
        self.late.clear()
        self.say({})

    def do_report(self) -> None:
        counts = [viewer.count for viewer in self.viewers] or [0]
        positions = [viewer.position for viewer in self.viewers] or [0]
        last = sorted(late for seq, late in self.slowest.items() if seq > self.since) or [0]
        late = sorted(self.late) or [0]
        names = ("lost", "returned", "frames", "bytes", "gaps", "doubles", "untimed")
        self.say({
            "viewers": len(self.viewers), "open": sum(viewer.state == OPEN for viewer in self.viewers),
            **{name: self.tally[name] for name in names}, "fewest": min(counts), "most": max(counts),
            "behind": min(positions), "position": max(positions), "timed": len(self.late),
            "p50_us": share_of(late, 0.5), "p90_us": share_of(late, 0.9), "p99_us": share_of(late, 0.99),
            "last_p50_us": share_of(last, 0.5), "last_p99_us": share_of(last, 0.99), "last_max_us": last[-1],
            **self.told(),
        })  # fmt: skip

    def do_seen(self, path: str) -> None:
        numbers = sorted(set().union(*(viewer.seen for viewer in self.viewers)))
        times = ((number, [viewer.seen[number] for viewer in self.viewers]) for number in numbers)
        Path(path).write_text("".join(f"{number} {min(each)} {max(each)}\n" for number, each in times))
        self.say({})

    def do_each(self, path: str) -> None:
        rows = (
            (int(each.state == OPEN), each.status, each.position, each.count, each.ended, each.latest)
            for each in self.viewers
        )
        Path(path).write_text("".join(" ".join(map(str, row)) + "\n" for row in rows))
        self.say({})


def share_of(ordered: list[int], share: float) -> int:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
