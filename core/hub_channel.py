"""One channel as the hub holds it: who reads it in which language, what is to be sent next, and the last frames."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

MEMORY = 128
MOST_WAITING = 5000
LONGEST_TICK_S = 0.1
REST = 1.2
"""A round that took so long is followed by the next one no sooner than this many times as long after it began: under
load more is gathered into each, and something is left of the processor for others. With a longer rest, what comes ten
times a second to ten thousand never catches up with a round that went out late."""
GATHER_S = 0.25
TELL_VIEWERS_S = 2.0


@dataclass(frozen=True, slots=True)
class Frame:
    """Ready bytes by language; under the empty one what is for all. `by` is the tag of its author."""

    by: str
    texts: dict[str, bytes]

    def text(self, language: str) -> bytes:
        found = self.texts.get(language)
        return self.texts.get("", b"") if found is None else found


class Channel:
    """`seq` is the last row that arrived without a gap, `sent` the last one that was sent to the groups."""

    NOBODY: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, name: str, now: float) -> None:
        self.name = name
        self.is_log = False
        self.seq: int | None = None
        self.sent = 0
        self.memory: deque[tuple[int, Frame]] = deque(maxlen=MEMORY)
        self.fresh: list[tuple[int, Frame]] = []
        self.waiting: dict[int, Frame] = {}
        self.gap_since: float | None = None
        self.asks_at = now
        self.groups: dict[tuple[str, frozenset[str]], set[int]] = {}
        self.ahead: dict[int, int] = {}
        self.touched = False
        self.sums: dict[str, int] = {}
        self.due = 0.0
        self.began = 0.0
        self.cost = 0.0
        self.viewers = 0
        self.told = 0
        self.told_at = 0.0
        self.peak = 0
        self.seconds = 0.0
        self.used_at = now

    # ---- who reads --------------------------------------------------------------------------------------------

    def add(self, descriptor: int, language: str, skips: frozenset[str], position: int) -> None:
        self.groups.setdefault((language, skips), set()).add(descriptor)
        if self.is_log and position > self.sent:
            self.ahead[descriptor] = position
        self.viewers += 1
        self.peak = max(self.peak, self.viewers)

    def remove(self, descriptor: int, language: str, skips: frozenset[str]) -> None:
        group = self.groups[(language, skips)]
        group.discard(descriptor)
        if not group:
            del self.groups[(language, skips)]
        self.ahead.pop(descriptor, None)
        self.viewers -= 1

    def missed(self, position: int, language: str, skips: frozenset[str]) -> bytes | None:
        """What a viewer at `position` has missed of what was sent; None when that is not kept any more."""
        if self.seq is None:
            self.seq = self.sent = position
        if position >= self.sent:
            return b""
        kept = [(seq, frame) for seq, frame in self.memory if position < seq <= self.sent]
        if not kept or kept[0][0] != position + 1:
            return None
        return b"".join(frame.text(language) for _, frame in kept if frame.by not in skips)

    # ---- what is sent -----------------------------------------------------------------------------------------

    def append(self, seq: int, frame: Frame) -> bool:
        """Whether there is something new to send. A row that comes before its predecessors waits for them."""
        self.is_log = True
        if self.seq is None:
            self.seq, self.sent = seq - 1, seq - 1
        if seq <= self.seq:
            return False
        if seq != self.seq + 1:
            if len(self.waiting) < MOST_WAITING:
                self.waiting[seq] = frame
            return False
        while True:
            self.memory.append((seq, frame))
            self.fresh.append((seq, frame))
            self.seq = seq
            seq += 1
            if seq not in self.waiting:
                break
            frame = self.waiting.pop(seq)
        if not self.waiting:
            self.gap_since = None
        return True

    def sum_up(self, numbers: dict[str, int]) -> None:
        for name, number in numbers.items():
            self.sums[name] = self.sums.get(name, 0) + number

    def schedule(self, now: float, *, gathering: bool = False) -> None:
        """At once after quiet; under load when the last round has had its rest."""
        due = max(now, self.began + min(LONGEST_TICK_S, self.cost * REST))
        if gathering:
            due = max(due, now + GATHER_S) if not self.due else min(self.due, now + GATHER_S)
        self.due = min(self.due, due) if self.due else due

    def take_round(self, now: float) -> Iterator[tuple[set[int] | list[int], bytes]]:
        """Who is written what. Those who came with a later position than the groups' get only what is new to them."""
        self.due, self.began, self.used_at = 0.0, now, now
        fresh, self.fresh = self.fresh, []
        ahead, self.ahead = self.ahead, {}
        self.sent = fresh[-1][0] if fresh else self.sent
        common = self._common(now)
        for (language, skips), descriptors in self.groups.items():
            data = b"".join(frame.text(language) for _, frame in fresh if frame.by not in skips) + common
            here = ahead.keys() & descriptors if ahead else ()
            if data:
                yield (descriptors.difference(here) if here else descriptors), data
            for descriptor in here:
                own = b"".join(
                    frame.text(language) for seq, frame in fresh if seq > ahead[descriptor] and frame.by not in skips
                )
                if ahead[descriptor] > self.sent:
                    self.ahead[descriptor] = ahead[descriptor]
                if own + common:
                    yield [descriptor], own + common

    def _common(self, now: float) -> bytes:
        parts = []
        if self.touched:
            self.touched = False
            parts.append(f"data: {self.name} 0 touch {self.viewers}\n\n")
        if self.is_log and self.told != self.viewers and now - self.told_at >= TELL_VIEWERS_S:
            self.told, self.told_at = self.viewers, now
            self.sums["viewers"] = self.viewers
        if self.sums:
            numbers = " ".join(f"{name}={number}" for name, number in self.sums.items())
            self.sums = {}
            parts.append(f"data: {self.name} 0 pulse {numbers}\n\n")
        return "".join(parts).encode()

    # ---- every second -----------------------------------------------------------------------------------------

    def count(self, passed_s: float, now: float) -> bool:
        """Add up what is watched; whether the number of viewers is to be told."""
        self.seconds += self.viewers * passed_s
        if self.viewers:
            self.used_at = now
        return self.is_log and bool(self.viewers) and self.told != self.viewers and now - self.told_at > TELL_VIEWERS_S

    def is_idle(self, now: float, after_s: float) -> bool:
        return not self.viewers and now - self.used_at > after_s
