"""The demo circles as they are written down in the .toml files of this folder, read into what happens and when.

A moment is `44d 20:12` (so many days ago at that hour, UTC+8) or `5h` (so long ago). A line of `comments` is

    name delay likes | text        a comment so long after the post, with so many likes (may be left out)
    > name delay likes | text      a reply to the comment above
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import clock

FOLDER = Path(__file__).parent
ZONE_MS = 8 * clock.HOUR
_UNITS = {"m": clock.MINUTE, "h": clock.HOUR, "d": clock.DAY}
_LINE = re.compile(r"(?P<reply>> )?(?P<by>\S+) (?P<delay>\d+[mhd])(?: (?P<likes>\d+))? \| (?P<text>.+)")


@dataclass(frozen=True)
class Shot:
    """A picture to draw: scene, seed and shape as in scenes.py."""

    scene: str
    seed: int
    shape: str
    alt: str = ""


@dataclass(frozen=True)
class Line:
    by: str
    at: int
    text: str
    likes: int
    is_reply: bool


@dataclass(frozen=True)
class Entry:
    """A post. When it was edited, `first` is what it said before, until `edited_at`. `told` is its moment as it is
    written down, by which the rest of the file speaks of it; `facts` are its plain values."""

    by: str
    at: int
    told: str
    facts: dict[str, Any]
    title: str
    body: str
    first: str
    edited_at: int | None
    likes: int
    shots: tuple[Shot, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Story:
    """One circle. `facts` are its plain values as the file has them."""

    facts: dict[str, Any]
    founded_at: int
    cover: Shot
    face: Shot
    entries: tuple[Entry, ...]

    @property
    def everyone(self) -> list[str]:
        """Who joins after the owner, moderators first."""
        return [*self.facts.get("moderators", []), *self.facts["members"]]


def stories(now: int) -> list[Story]:
    """All circles, told so that the last thing in them has just happened at `now`."""
    return [_story(tomllib.loads(path.read_text()), now) for path in sorted(FOLDER.glob("*.toml"))]


def moment(text: str, now: int) -> int:
    """Milliseconds since 1970. Raises ValueError for what is no moment."""
    length, _, hour = text.partition(" ")
    ago = int(length[:-1]) * _UNITS[length[-1]]
    if not hour:
        return now - ago
    hours, minutes = hour.split(":")
    today = (now + ZONE_MS) // clock.DAY * clock.DAY - ZONE_MS
    return min(today - ago + int(hours) * clock.HOUR + int(minutes) * clock.MINUTE, now - clock.MINUTE)


def _story(facts: dict[str, Any], now: int) -> Story:
    return Story(
        facts=facts,
        founded_at=moment(f"{facts['founded']}d 10:00", now),
        cover=_shot(f"{facts['cover']} cover"),
        face=_shot(f"{facts['picture']} face"),
        entries=tuple(_entry(post, now) for post in facts["posts"]),
    )


def _shot(text: str) -> Shot:
    recipe, _, alt = text.partition(" | ")
    scene, seed, shape = recipe.split()
    return Shot(scene, int(seed), shape, alt)


def _entry(post: dict[str, Any], now: int) -> Entry:
    at, body, edited = moment(post["at"], now), post["body"].strip(), post.get("edited")
    lines = [_LINE.fullmatch(line) for line in post["comments"].strip().splitlines()]
    if None in lines or (edited and edited["now"] not in body):
        raise ValueError(f"cannot be read: {post['body'][:40]}")
    return Entry(
        by=post["by"],
        at=at,
        told=post["at"],
        facts=post,
        title=post.get("title", ""),
        body=body,
        first=body.replace(edited["now"], edited["was"]) if edited else body,
        edited_at=_later(at, edited["after"], now) if edited else None,
        likes=post["likes"],
        shots=tuple(map(_shot, post.get("pictures", ()))),
        lines=tuple(_line(match, at, now) for match in lines if match),
    )


def _line(match: re.Match[str], posted: int, now: int) -> Line:
    at = _later(posted, match["delay"], now)
    return Line(match["by"], at, match["text"], int(match["likes"] or 0), bool(match["reply"]))


def _later(at: int, delay: str, now: int) -> int:
    """So long after, but never in the future: a late answer to something new comes early instead."""
    then = at + int(delay[:-1]) * _UNITS[delay[-1]]
    return then if then < now else now - (now - at) // (then - at + 1) - 1
