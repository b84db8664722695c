"""The demo events as they are written down in the .toml files of this folder, read into what happens and when.

An event begins at `-47m` (so long ago) or `+1d 20:30`, `-12d 20:00` (so many days from now, at that hour, UTC+8).
Moments inside are counted from its beginning, or from now when that is still to come: `12m`, `12m30s`, `-3m`. A scene
spreads its lines over its time:

    text                      said by one of the voices
    @name text                said by this one
    ^ text   or   _ text      at the top, at the bottom of the picture
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

from core import clock

FOLDER = Path(__file__).parent
ZONE_MS = 8 * clock.HOUR
ENGLISH = frozenset(("may", "jonas", "tom", "elena", "priya"))
_UNITS = {"s": clock.SECOND, "m": clock.MINUTE, "h": clock.HOUR, "d": clock.DAY}
_LINE = re.compile(r"(?P<mark>[\^_] )?(?:@(?P<by>[a-z-]+) )?(?P<text>.+)")
_MODES = {"^ ": "top", "_ ": "bottom", None: "scroll"}
GOES_ON = "live.demo_goes_on"
"""The job that tells what comes after the demo was planted."""

_SILENT_FOR = 4
"""Whoever has just spoken lets so many others speak."""


@dataclass(frozen=True)
class Line:
    at: int
    by: str
    text: str
    mode: str


@dataclass(frozen=True)
class Cheer:
    at: int
    by: str
    kind: str
    hits: int


@dataclass(frozen=True)
class Story:
    """One event. Times in ms since 1970; `over_at` None for one that runs or comes. `facts` as the file has them."""

    name: str
    facts: dict[str, Any]
    counts_from: int
    begins_at: int
    ends_at: int | None
    over_at: int | None
    announced_at: int
    lines: tuple[Line, ...]
    cheers: tuple[Cheer, ...]

    @cached_property
    def told(self) -> list[Line | Cheer]:
        """All that is said and cheered, in the order of time."""
        return sorted([*self.lines, *self.cheers], key=lambda each: each.at)

    def moment(self, told: str) -> int:
        return self.counts_from + length(told)


def stories(now: int) -> list[Story]:
    """All events, the earliest first. What goes on after `now` is told too."""
    told = [story_named(path.stem, now) for path in sorted(FOLDER.glob("*.toml"))]
    return sorted(told, key=lambda story: story.begins_at)


def story_named(name: str, now: int) -> Story:
    """The same each time for the same `now`."""
    return _story(name, tomllib.loads((FOLDER / f"{name}.toml").read_text()), now)


def length(told: str) -> int:
    """`1m30s` in ms. Raises ValueError for what is none."""
    if not re.fullmatch(r"-?(\d+[smhd])+", told):
        raise ValueError(f"no length of time: {told}")
    total = sum(int(number) * _UNITS[unit] for number, unit in re.findall(r"(\d+)([smhd])", told))
    return -total if told.startswith("-") else total


def beginning(told: str, now: int) -> int:
    """Milliseconds since 1970. Raises ValueError."""
    days, _, hour = told.partition(" ")
    if not hour:
        return now + length(days.removeprefix("+"))
    hours, minutes = hour.split(":")
    today = (now + ZONE_MS) // clock.DAY * clock.DAY - ZONE_MS
    return today + length(days.removeprefix("+")) + int(hours) * clock.HOUR + int(minutes) * clock.MINUTE


def _story(name: str, facts: dict[str, Any], now: int) -> Story:
    begins_at = beginning(facts["begins"], now)
    zero = min(begins_at, now)
    dice = Random(facts["title"])  # noqa: S311 - it chooses who says what
    lines: list[Line] = []
    cheers: list[Cheer] = []
    for scene in facts["scenes"]:
        lines += _said(scene, facts, zero, dice, [line.by for line in lines[-_SILENT_FOR:]])
        cheers += _cheered(scene, facts, zero, dice)
    return Story(
        name=name,
        facts=facts,
        counts_from=zero,
        begins_at=begins_at,
        ends_at=begins_at + length(facts["ends"]) if "ends" in facts else None,
        over_at=begins_at + length(facts["over"]) if "over" in facts else None,
        announced_at=zero - length(facts["announced"]),
        lines=tuple(lines),
        cheers=tuple(cheers),
    )


def _said(
    scene: dict[str, Any], facts: dict[str, Any], zero: int, dice: Random, before: list[str]
) -> list[Line]:
    texts = scene["lines"].strip().splitlines()
    first, last = length(scene["from"]), length(scene["to"])
    spoke, found = list(before), []
    for place, told in enumerate(texts):
        match = _LINE.fullmatch(told)
        if match is None:
            raise ValueError(f"cannot be read: {told}")
        by = match["by"] or _voice(match["text"], scene.get("voices", facts["voices"]), spoke, dice)
        spoke = [*spoke, by][-_SILENT_FOR:]
        at = zero + first + int((place + dice.random() * 0.8) * (last - first) / len(texts))
        found.append(Line(at, by, match["text"], _MODES[match["mark"]]))
    return found


def _voice(text: str, voices: list[str], spoke: list[str], dice: Random) -> str:
    """Whoever reads English writes it; the others write Chinese; numbers and faces are anybody's."""
    is_english, is_chinese = bool(re.search(r"[A-Za-z]{3}", text)), bool(re.search(r"[\u4e00-\u9fff]", text))
    able = [name for name in voices if is_english == is_chinese or (name in ENGLISH) == is_english]
    rested = [name for name in able if name not in spoke]
    return dice.choice(rested or able or voices)


def _cheered(scene: dict[str, Any], facts: dict[str, Any], zero: int, dice: Random) -> list[Cheer]:
    """A few taps at a time, most of them towards the end of the scene."""
    first, last = length(scene["from"]), length(scene["to"])
    found = []
    for kind, count in scene.get("cheers", {}).items():
        left = count
        while left:
            hits = min(left, dice.randint(1, 6))
            at = zero + first + int((last - first) * dice.random() ** 0.5)
            found.append(Cheer(at, dice.choice(scene.get("voices", facts["voices"])), kind, hits))
            left -= hits
    return found
