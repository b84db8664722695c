"""The yardstick and who posts; bench/wire/writer.c and bench/wire/poster.c in Python."""

import contextlib
import json
import select
import signal
import socket
import time
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Lock, Thread

from bench.live_python_viewers import HEAD_END, STAMP, now_us, people_of, share_of

TEXT = "+%E4%BB%8A%E6%99%9A%E6%9C%88%E8%89%B2%E7%9C%9F%E7%BE%8E"
PATIENCE_SECONDS = 15
PAUSE_SECONDS = 0.05
ARREARS_US = 1_000_000
APART_SECONDS = 0.02


# ---- the yardstick ------------------------------------------------------------------------------------------


@dataclass(eq=False)
class End:
    sock: socket.socket
    asked: bytearray = field(default_factory=bytearray)
    rest: bytearray = field(default_factory=bytearray)
    streams: bool = False


class BareWriter:
    def __init__(self, frame_bytes: str) -> None:
        self.frame_bytes, self.seq = int(frame_bytes), 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.poll, self.ends = select.epoll(), dict[int, End]()
        self.poll.register(self.listener, select.EPOLLIN)
        print(self.listener.getsockname()[1], flush=True)

    def run(self) -> None:
        while True:
            for descriptor, event in self.poll.poll():
                if descriptor == self.listener.fileno():
                    self.let_in()
                elif event & select.EPOLLOUT:
                    self.write(self.ends[descriptor], b"")
                else:
                    self.hear(self.ends[descriptor])

    def let_in(self) -> None:
        sock, _ = self.listener.accept()
        self.ends[sock.fileno()] = End(sock)
        self.poll.register(sock, select.EPOLLIN)

    def hear(self, end: End) -> None:
        got = b""
        with contextlib.suppress(OSError):
            got = end.sock.recv(4096)
        end.asked += got
        if not got:
            del self.ends[end.sock.fileno()]
            end.sock.close()
        elif end.asked.startswith(b"GET /stream") and end.asked.endswith(HEAD_END):
            end.sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
            end.streams = True
            end.asked.clear()
        elif stamp := STAMP.search(end.asked):
            self.tell_all(stamp[0])
            end.sock.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
            end.asked.clear()

    def tell_all(self, stamp: bytes) -> None:
        self.seq += 1
        frame = b"data: live-1 %d put %s " % (self.seq, stamp)
        frame = frame.ljust(self.frame_bytes - 2, b"-") + b"\n\n"
        for end in self.ends.values():
            if end.streams:
                self.write(end, frame)

    def write(self, end: End, frame: bytes) -> None:
        waited = bool(end.rest)
        end.rest += frame
        if frame and waited:
            return
        with contextlib.suppress(OSError):
            del end.rest[: end.sock.send(end.rest, socket.MSG_DONTWAIT)]
        if waited != bool(end.rest):
            self.poll.modify(end.sock, select.EPOLLIN | (select.EPOLLOUT if end.rest else 0))


# ---- who posts ----------------------------------------------------------------------------------------------


class Posting:
    def __init__(self, port: str, path: str, people: str, connections: str, rate: str, seconds: str, first: str,
                 file: str, body: str = "") -> None:  # fmt: skip
        self.port, self.path, self.people, self.body = int(port), path, people_of(people), body
        self.rate, self.first, self.next, self.file = float(rate), int(first), int(first), Path(file)
        self.lock = Lock()
        self.answers: list[tuple[int, int, int]] = []
        self.started = self.scheduled = self.last = now_us()
        self.until = self.started + int(float(seconds) * 1e6)
        signal.signal(signal.SIGTERM, self.end_early)
        threads = [Thread(target=self.post) for _ in range(int(connections))]
        for thread in threads:
            thread.start()
            time.sleep(APART_SECONDS)
        for thread in threads:
            thread.join()
        self.report()

    def end_early(self, *_: object) -> None:
        self.until = 0

    def post(self) -> None:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        while (turn := self.turn()) is not None:
            number, due = turn
            if due > now_us():
                time.sleep((due - now_us()) / 1e6)
            status = self.send(connection, number)
            now = now_us()
            with self.lock:
                self.answers.append((number, status, now - due))
                if 0 < status < 400:
                    self.last = now
        connection.close()

    def turn(self) -> tuple[int, int] | None:
        with self.lock:
            due = self.scheduled + int((self.next - self.first) * 1e6 / self.rate) if self.rate else now_us()
            if due < now_us() - ARREARS_US:  # nobody took connections
                self.scheduled += now_us() - due
            if due >= self.until:
                return None
            self.next += 1
            return self.next - 1, due

    def send(self, connection: HTTPConnection, number: int) -> int:
        cookie, token = self.people[number % len(self.people)]
        headers = {"Cookie": cookie, "X-CSRFToken": token, "HX-Request": "true", "Accept-Language": "zh-CN",
                   "Content-Type": "application/x-www-form-urlencoded"}  # fmt: skip
        try:
            said = self.body.replace("@", str(number)) or f"mode=scroll&body=qz{now_us()}x{number}z{TEXT}"
            connection.request("POST", self.path, said, headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        except (OSError, HTTPException):
            connection.close()
            time.sleep(PAUSE_SECONDS)
            return 0

    def report(self) -> None:
        statuses = Counter(status for _, status, _ in self.answers)
        took = sorted(us for _, status, us in self.answers if status) or [0]
        accepted = sum(times for status, times in statuses.items() if 0 < status < 400)
        seconds = (self.last - self.started) / 1e6
        self.file.write_text("".join(f"{number} {status} {us}\n" for number, status, us in self.answers))
        print(json.dumps({
            "sent": len(self.answers), "accepted": accepted, "failed": statuses[0],
            "refused": len(self.answers) - accepted - statuses[0], "seconds": seconds,
            "per_second": accepted / seconds if seconds else 0, "p50_us": share_of(took, 0.5),
            "p99_us": share_of(took, 0.99), "longest_us": took[-1],
            "statuses": {str(status): times for status, times in statuses.items()},
        }))  # fmt: skip
