"""The demo circles as they are written down in the .toml files of this folder, read into what happens and when.

Moments are written as core/seeding.py reads them. A line of `comments` is

    name delay likes | text        a comment so long after the post, with so many likes (may be left out)
    > name delay likes | text      a reply to the comment above
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.seeding import later, moment

FOLDER = Path(__file__).parent
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
        edited_at=later(at, edited["after"], now) if edited else None,
        likes=post["likes"],
        shots=tuple(map(_shot, post.get("pictures", ()))),
        lines=tuple(_line(match, at, now) for match in lines if match),
    )


def _line(match: re.Match[str], posted: int, now: int) -> Line:
    at = later(posted, match["delay"], now)
    return Line(match["by"], at, match["text"], int(match["likes"] or 0), bool(match["reply"]))
