"""Bullet comments as ASS subtitles, which every player can lay over a film: each in a lane where it meets no other."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from blueprints.live.bullets import Bullet

WIDTH, HEIGHT = 1920, 1080
SIZE, LANE = 50, 60
LANES = HEIGHT * 3 // 4 // LANE
CROSSING_MS, STANDING_MS = 10_000, 4500
GAP = SIZE // 2
TOP, BOTTOM = 1, 2
ROLE_COLOURS = (0xFFFFFF, 0x9AD7FF, 0xFFD36B)

HEAD = f"""[Script Info]
ScriptType: v4.00+
PlayResX: {WIDTH}
PlayResY: {HEIGHT}
WrapStyle: 2
ScaledBorderAndShadow: yes

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Bullet,sans-serif,{SIZE},&H20FFFFFF,&H20FFFFFF,&H40000000,&H40000000,0,0,0,0,100,100,0,0,1,2,0,7,0,0,0,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""

_ESCAPED = str.maketrans({"{": "\uff5b", "}": "\uff5d", "\\": "\uff3c"})
"""Braces hold commands and a backslash begins one; players differ in how to take that away, so they get others that
look the same."""


@dataclass
class _Lanes:
    """What each lane is taken by: the last that scrolls there (when it came, how wide it is), and until when something
    stands there at the top or at the bottom."""

    moving: list[tuple[int, int] | None] = field(default_factory=lambda: [None] * LANES)
    standing: dict[int, list[int]] = field(default_factory=lambda: {TOP: [0] * LANES, BOTTOM: [0] * LANES})

    def scroll(self, at: int, width: int) -> int | None:
        for lane, before in enumerate(self.moving):
            if before is None or _meets_nobody(before, at, width):
                self.moving[lane] = (at, width)
                return lane
        return None

    def stand(self, mode: int, at: int) -> int | None:
        for lane, until in enumerate(self.standing[mode]):
            if until <= at:
                self.standing[mode][lane] = at + STANDING_MS
                return lane
        return None


def _meets_nobody(before: tuple[int, int], at: int, width: int) -> bool:
    """Neither on entering, while the other's end is not there yet, nor by catching up before the other has left."""
    came, other = before
    if (at - came) * (WIDTH + other) < (other + GAP) * CROSSING_MS:
        return False
    return (came + CROSSING_MS - at) * (WIDTH + width) <= (WIDTH - GAP) * CROSSING_MS


def width_of(text: str) -> int:
    """About so many pixels wide, rather more than less."""
    wide = sum(unicodedata.east_asian_width(char) in "WFA" for char in text)
    return SIZE * wide + (len(text) - wide) * SIZE * 3 // 5


def as_ass(title: str, rows: Iterator[Bullet]) -> Iterator[str]:
    """In the order of time; what was said before the beginning, and what finds no lane, is left out."""
    lanes = _Lanes()
    yield HEAD.replace("[Script Info]\n", f"[Script Info]\nTitle: {_plain(title)}\n", 1)
    for row in rows:
        line = _line(lanes, row) if row.offset_ms >= 0 else None
        if line:
            yield line


def _line(lanes: _Lanes, row: Bullet) -> str | None:
    text, at, width = _plain(row.body), row.offset_ms, width_of(row.body)
    lane = lanes.stand(row.mode, at) if row.mode else lanes.scroll(at, width)
    if lane is None:
        return None
    until = at + (STANDING_MS if row.mode else CROSSING_MS)
    colour = _colour(ROLE_COLOURS[row.role] if row.colour is None else row.colour)
    how = _place(row.mode, lane, width) + colour
    return f"Dialogue: {row.mode},{_time(at)},{_time(until)},Bullet,,0,0,0,,{{{how}}}{text}\n"


def _place(mode: int, lane: int, width: int) -> str:
    if mode == TOP:
        return rf"\an8\pos({WIDTH // 2},{lane * LANE})"
    if mode == BOTTOM:
        return rf"\an2\pos({WIDTH // 2},{HEIGHT - lane * LANE})"
    return rf"\move({WIDTH},{lane * LANE},{-width},{lane * LANE})"


def _plain(text: str) -> str:
    return " ".join(text.translate(_ESCAPED).split())


def _colour(rgb: int) -> str:
    if rgb == 0xFFFFFF:
        return ""
    return rf"\c&H{rgb & 255:02X}{rgb >> 8 & 255:02X}{rgb >> 16:02X}&"


def _time(ms: int) -> str:
    hundredths = ms // 10
    return f"{hundredths // 360_000}:{hundredths // 6000 % 60:02}:{hundredths // 100 % 60:02}.{hundredths % 100:02}"
