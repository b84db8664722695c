"""The hub: one small process that holds every open stream and writes ready-made bytes to it. It knows no rule, no
language and no database; what it is told it holds until it dies, and whoever was connected comes back with a position.

Standard library only (`python -m core.hub <descriptor of a listening Unix socket>`), Linux (epoll). The web workers
hand over sockets and publish frames; core/wire.py is their side and says how messages are packed.
"""

import array
import os
import resource
import secrets
import select
import signal
import socket
import sys
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from core import clock
from core.hub_channel import Channel, Frame
from core.hub_messages import Inbox, pack

TICK_S = 1.0
COUNT_EVERY_TICKS = 5
PING_OVER_TICKS = 20
PING = b":\n\n"
ASK_AGAIN_S = 0.25
GAP_S = 0.03
HOPELESS_S = 10.0
REVOKED_KEPT_S = 120.0
IDLE_CHANNEL_S = 120.0
SEND_BUFFER = 128 * 1024
UNREAD_MS = 30_000
SPARE_DESCRIPTORS = 64
FULL = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 15\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
PARKED = b"data: - 0 parked\n\n"
MOST_PLACES = 10_000
_HEARING = socket.MSG_CMSG_CLOEXEC | socket.MSG_DONTWAIT
LEFT = select.EPOLLRDHUP if hasattr(select, "EPOLLRDHUP") else 0


class Viewer:
    """An open stream. `tags` say on whose behalf (`m5 s9 e7`), the first of them counts towards its limit; `skips` are
    tags of authors whose frames it does not get."""

    __slots__ = ("channels", "language", "skips", "tags")

    def __init__(self, channels: tuple[str, ...], language: str, tags: str, skips: frozenset[str]) -> None:
        self.channels = channels
        self.language = language
        self.tags = tags
        self.skips = skips

    @property
    def owner(self) -> str:
        return self.tags.partition(" ")[0]

    def carries(self, tags: frozenset[str]) -> bool:
        return tags.issubset(self.tags.split(" "))


class Peer:
    """A process of the site at the other end of a Unix socket."""

    def __init__(self, sock: socket.socket) -> None:
        self.socket = sock
        self.inbox = Inbox()
        self.handed: deque[int] = deque()
        self.unsent = b""

    def receive(self) -> Iterator[tuple[dict[str, Any], bytes]]:
        """Messages that have arrived. Raises ConnectionError when the process is gone."""
        try:
            data, extra, flags, _ = self.socket.recvmsg(1 << 18, socket.CMSG_SPACE(4 * 64), _HEARING)
        except BlockingIOError:  # the event was about somebody who had this number before
            return iter(())
        for level, kind, content in extra:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                descriptors = array.array("i")
                descriptors.frombytes(content[: len(content) - len(content) % descriptors.itemsize])
                self.handed.extend(descriptors)
        if not data or flags & socket.MSG_CTRUNC:  # a socket that is missing would be taken for the next one
            raise ConnectionError
        return self.inbox.feed(data)

    def send(self, message: bytes) -> None:
        """What does not fit waits for the next time; a process that reads nothing at all is not worth a megabyte."""
        if len(self.unsent) < 1 << 20:
            self.unsent += message
        try:
            sent = self.socket.send(self.unsent, socket.MSG_DONTWAIT)
        except OSError:
            return
        self.unsent = self.unsent[sent:]

    def close(self) -> None:
        self.socket.close()
        for descriptor in self.handed:
            os.close(descriptor)


class Hub:
    def __init__(self, listener: socket.socket) -> None:
        self.id = secrets.token_hex(6)
        self.listener = listener
        self.poll = select.epoll()
        self.poll.register(listener.fileno(), select.EPOLLIN)
        self.peers: dict[int, Peer] = {}
        self.viewers: dict[int, Viewer] = {}
        self.owned: dict[str, int] = {}
        self.channels: dict[str, Channel] = {}
        self.places: dict[tuple[str, ...], tuple[str, ...]] = {}
        self.due: set[Channel] = set()
        self.gaps: set[Channel] = set()
        self.revoked: dict[int, tuple[frozenset[str], float]] = {}
        self.cuts_told = 0
        self.ticks = 0
        self.next_tick = clock.monotonic() + TICK_S
        self.turn = 0
        self.most = resource.getrlimit(resource.RLIMIT_NOFILE)[0] - SPARE_DESCRIPTORS
        self.handlers: dict[str, Callable[[Peer, dict[str, Any], bytes], None]] = {
            "take": self.take, "row": self.row, "touch": self.touch, "pulse": self.pulse, "cut": self.cut,
            "cuts": self.cuts,
        }  # fmt: skip

    # ---- the loop ---------------------------------------------------------------------------------------------

    def run(self) -> None:
        while True:
            for descriptor, _event in self.poll.poll(self._patience(), 512):
                if descriptor in self.viewers:
                    self.drop(descriptor)
                elif descriptor in self.peers:
                    self._hear(self.peers[descriptor])
                elif descriptor == self.listener.fileno():
                    self._accept()
            now = clock.monotonic()
            for channel in [each for each in self.due if each.due <= now]:
                self.flush(channel)
            if self.gaps:
                self._mend_gaps(now)
            if clock.monotonic() >= self.next_tick:
                self.tick()

    def _patience(self) -> float:
        gaps = (channel.asks_at for channel in self.gaps)
        until = min([self.next_tick, *gaps, *(channel.due for channel in self.due)])
        return max(0.0, until - clock.monotonic())

    def _accept(self) -> None:
        try:
            sock, _ = self.listener.accept()
        except OSError:
            return
        self.peers[sock.fileno()] = Peer(sock)
        self.poll.register(sock.fileno(), select.EPOLLIN)

    def _hear(self, peer: Peer) -> None:
        try:
            for header, body in peer.receive():
                self.handlers[header["t"]](peer, header, body)
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            if not isinstance(error, ConnectionError):
                print(f"hub: a process spoke nonsense ({error!r})", file=sys.stderr, flush=True)
            self.poll.unregister(peer.socket.fileno())
            del self.peers[peer.socket.fileno()]
            peer.close()

    # ---- viewers ----------------------------------------------------------------------------------------------

    def take(self, peer: Peer, header: dict[str, Any], first: bytes) -> None:
        """A socket is handed over. `places` are its channels with the position that `first` brings them to; `as_of` the
        last revocation that was known when its rights were asked."""
        places: dict[str, int] = header["places"]
        tags, as_of, most, logs = header["tags"], header["as_of"], header["most"], header["logs"]
        names = self._names(places)
        viewer = Viewer(names, sys.intern(header["language"]), tags, frozenset(header["skips"]) or Channel.NOBODY)
        descriptor = peer.handed.popleft()
        os.set_blocking(descriptor, False)
        if len(self.viewers) >= self.most:
            self._refuse(descriptor)
            return
        if any(seq > as_of and viewer.carries(cut) for seq, (cut, _) in self.revoked.items()):
            os.close(descriptor)
            return
        missed = [self._missed(name, places[name], viewer, logs) for name in names]
        if None in missed:  # it fell behind what is kept here; it comes back and is told from the database
            os.close(descriptor)
            return
        self._make_room(viewer.owner, most)
        self._tune(descriptor)
        self.viewers[descriptor] = viewer
        self.owned[viewer.owner] = self.owned.get(viewer.owner, 0) + 1
        self.poll.register(descriptor, LEFT)
        for name in names:
            self.channels[name].add(descriptor, viewer.language, viewer.skips, places[name])
        self.write(descriptor, first + b"".join(part for part in missed if part))

    def _names(self, places: dict[str, int]) -> tuple[str, ...]:
        """One copy for all who watch the same; pages choose the order, so not all that ever came are kept."""
        if len(self.places) >= MOST_PLACES:
            self.places.clear()
        return self.places.setdefault(tuple(places), tuple(map(sys.intern, places)))

    def _missed(self, name: str, position: int, viewer: Viewer, logs: list[str]) -> bytes | None:
        channel = self._channel(name)
        if name not in logs:
            return b""
        channel.is_log = True
        return channel.missed(position, viewer.language, viewer.skips)

    def _channel(self, name: str) -> Channel:
        channel = self.channels.get(name)
        if channel is None:
            channel = self.channels[name] = Channel(name, clock.monotonic())
        return channel

    def _refuse(self, descriptor: int) -> None:
        try:
            os.write(descriptor, FULL)
        except OSError:
            pass
        os.close(descriptor)

    def _make_room(self, owner: str, most: int) -> None:
        if self.owned.get(owner, 0) < most:
            return
        oldest = next(each for each, viewer in self.viewers.items() if viewer.owner == owner)
        self.write(oldest, PARKED)
        if oldest in self.viewers:
            self.drop(oldest)

    def _tune(self, descriptor: int) -> None:
        """Small buffers: what does not fit makes a slow viewer, who comes back with a position."""
        sock = socket.socket(fileno=descriptor)
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
            if sock.family != socket.AF_UNIX:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MS)
        except OSError:
            pass  # it is gone already; the first write finds out
        finally:
            sock.detach()

    def write(self, descriptor: int, data: bytes) -> None:
        try:
            if os.write(descriptor, data) == len(data):
                return
        except OSError:
            pass
        self.drop(descriptor)

    def drop(self, descriptor: int) -> None:
        viewer = self.viewers.pop(descriptor, None)
        if viewer is None:
            return
        left = self.owned[viewer.owner] - 1
        if left:
            self.owned[viewer.owner] = left
        else:
            del self.owned[viewer.owner]
        for name in viewer.channels:
            self.channels[name].remove(descriptor, viewer.language, viewer.skips)
        os.close(descriptor)  # epoll forgets it by itself

    # ---- what is told -----------------------------------------------------------------------------------------

    def row(self, peer: Peer, header: dict[str, Any], body: bytes) -> None:
        """Frames of one row in some languages (`""` for all), or none when it shows nothing."""
        channel = self._channel(header["c"])
        texts, start = {}, 0
        for language, size in header["sizes"]:
            texts[sys.intern(language)] = body[start : start + size]
            start += size
        if channel.append(header["s"], Frame(header["by"], texts)):
            self._schedule(channel)
        if channel.waiting:
            self.gaps.add(channel)

    def touch(self, peer: Peer, header: dict[str, Any], body: bytes) -> None:
        channel = self.channels.get(header["c"])
        if channel is not None:
            channel.touched = True
            self._schedule(channel)

    def pulse(self, peer: Peer, header: dict[str, Any], body: bytes) -> None:
        channel = self.channels.get(header["c"])
        if channel is not None:
            channel.sum_up(header["n"])
            self._schedule(channel, gathering=True)

    def _schedule(self, channel: Channel, *, gathering: bool = False) -> None:
        channel.schedule(clock.monotonic(), gathering=gathering)
        self.due.add(channel)

    def flush(self, channel: Channel) -> None:
        self.due.discard(channel)
        started = clock.monotonic()
        slow: list[int] = []
        for descriptors, data in channel.take_round(started):
            write = os.write
            size = len(data)
            for descriptor in descriptors:
                try:
                    if write(descriptor, data) != size:
                        slow.append(descriptor)
                except OSError:
                    slow.append(descriptor)
        channel.cost = clock.monotonic() - started
        for descriptor in slow:
            self.drop(descriptor)

    def cut(self, peer: Peer | None, header: dict[str, Any], body: bytes) -> None:
        """A revocation: whoever carries all its tags is let go of, and may ask again."""
        if header["s"] in self.revoked:
            return
        tags = frozenset(header["tags"].split(" "))
        self.revoked[header["s"]] = tags, clock.monotonic()
        for descriptor in [each for each, viewer in self.viewers.items() if viewer.carries(tags)]:
            self.drop(descriptor)

    def cuts(self, peer: Peer, header: dict[str, Any], body: bytes) -> None:
        """All revocations up to `upto` that had not been told so far: none of them is missing from here on."""
        for seq, tags in header["cuts"]:
            self.cut(peer, {"s": seq, "tags": tags}, body)
        self.cuts_told = max(self.cuts_told, header["upto"])

    def _mend_gaps(self, now: float) -> None:
        """Rows whose predecessors have not arrived, because their writer was killed or is still busy, have them looked
        up; when that does not help, everybody comes back and is told from the database."""
        for channel in list(self.gaps):
            if not channel.waiting:
                self.gaps.discard(channel)
            elif channel.gap_since is None:
                channel.gap_since, channel.asks_at = now, now + GAP_S
            elif now > channel.gap_since + HOPELESS_S:
                self._start_over(channel)
            elif now >= channel.asks_at and self.peers:
                channel.asks_at = now + ASK_AGAIN_S
                self._next_peer().send(pack({"t": "fill", "c": channel.name, "after": channel.seq}))

    def _start_over(self, channel: Channel) -> None:
        for descriptor in [each for each, viewer in self.viewers.items() if channel.name in viewer.channels]:
            self.drop(descriptor)
        self.gaps.discard(channel)
        self.due.discard(channel)
        del self.channels[channel.name]

    # ---- every second -----------------------------------------------------------------------------------------

    def tick(self) -> None:
        now = clock.monotonic()
        self.ticks += 1
        self.next_tick = now + TICK_S
        for descriptor in [each for each in self.viewers if each % PING_OVER_TICKS == self.ticks % PING_OVER_TICKS]:
            self.write(descriptor, PING)
        for channel in list(self.channels.values()):
            if channel.count(TICK_S, now):
                self._schedule(channel)
            if channel.is_idle(now, IDLE_CHANNEL_S):
                self.due.discard(channel)
                self.gaps.discard(channel)
                del self.channels[channel.name]
        self.revoked = {seq: cut for seq, cut in self.revoked.items() if cut[1] > now - REVOKED_KEPT_S}
        self._ask()

    def _ask(self) -> None:
        """One of the site's processes, another one each time, looks up what got lost: rows that are written but did not
        arrive, revocations. It is told where the channels stand, and now and then how many watch."""
        if not self.peers:
            return
        logs = [channel for channel in self.channels.values() if channel.is_log]
        header: dict[str, Any] = {
            "t": "tick", "hub": self.id, "cuts": self.cuts_told,
            "at": {channel.name: channel.seq for channel in logs if channel.seq is not None},
        }  # fmt: skip
        if self.ticks % COUNT_EVERY_TICKS == 0:
            header["counts"] = {channel.name: [channel.viewers, channel.peak, int(channel.seconds)] for channel in logs}
        self._next_peer().send(pack(header))

    def _next_peer(self) -> Peer:
        self.turn += 1
        return list(self.peers.values())[self.turn % len(self.peers)]


def main(descriptor: int) -> None:
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))  # the sockets close with the process
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    listener = socket.socket(fileno=descriptor)
    listener.setblocking(False)
    Hub(listener).run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
