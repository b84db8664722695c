"""Scenes of things made and mended: tools, a radio, a chair, film, a child's drawing."""

import math
from collections.abc import Callable

from blueprints.circles.demo import outdoors, tables
from core.drawing import Canvas, Colour, mix, oklch

WHITE: Colour = (255, 255, 255)
SHADOW: Colour = (35, 28, 22)
STEEL = oklch(0.74, 0.01, 240)


def tools(c: Canvas) -> None:
    """A pegboard with everything in its place."""
    board = oklch(0.84, 0.05, c.dice.choice([70, 85, 150]))
    c.fill(board)
    for row in range(13):
        for column in range(int(c.w / 8) + 1):
            c.circle(column * 8 + 3, row * 8 + 3, 0.55, mix(board, SHADOW, 0.3))
    handles = [oklch(0.62, 0.19, 28), oklch(0.74, 0.15, 75), oklch(0.52, 0.12, 250), oklch(0.58, 0.11, 150)]
    for step in range(4):
        x, long = c.w * (0.1 + 0.085 * step), 24 + 6 * step
        c.box(x - 1.3, 14, x - 1.3 + 5.6, 36, SHADOW, round_=2, alpha=0.2)
        c.box(x - 2.6, 12, x + 2.6, 34, handles[step], round_=2.2)
        for groove in (-1, 1):
            c.line([(x + groove, 15), (x + groove, 30)], 0.4, mix(handles[step], SHADOW, 0.3))
        c.line([(x, 34), (x, 34 + long)], 1.1, STEEL)
    _wrench(c, c.w * 0.5, 18)
    _saw(c, c.w * 0.58, 20)
    c.box(0, 86, c.w, 100, oklch(0.55, 0.07, 55))
    c.box(0, 86, c.w, 87.4, oklch(0.64, 0.07, 58))
    for step in range(4):
        x = c.w * (0.12 + 0.2 * step)
        c.box(x, 74, x + 13, 86, oklch(0.86, 0.03, 220), round_=1, alpha=0.85)
        c.box(x - 0.5, 72, x + 13.5, 75, handles[(step + 1) % 4], round_=1)
        for _ in range(12):
            c.circle(
                x + c.dice.uniform(1.5, 11.5),
                c.dice.uniform(79, 85),
                0.7,
                mix(STEEL, SHADOW, c.dice.random() * 0.5),
            )


def _wrench(c: Canvas, x: float, y: float) -> None:
    steel = mix(STEEL, SHADOW, 0.18)
    c.line([(x, y + 4), (x, y + 44)], 3.2, steel)
    for end in (y, y + 48):
        c.circle(x, end, 5, steel)
    c.shape([(x - 2, y - 6), (x + 2, y - 6), (x + 2, y + 0.5), (x - 2, y + 0.5)], oklch(0.84, 0.05, 70))
    c.circle(x, y + 48, 2.3, oklch(0.84, 0.05, 70))


def _saw(c: Canvas, x: float, y: float) -> None:
    teeth = [(x + 12 + step * 1.1, y + 13 + (1.4 if step % 2 else 0) + step * 0.08) for step in range(36)]
    c.shape([(x + 12, y - 2), (x + 51, y + 6), (x + 51, y + 15), *reversed(teeth)], STEEL)
    c.shape([(x, y - 4), (x + 14, y - 4), (x + 13, y + 16), (x - 1, y + 16)], oklch(0.52, 0.09, 45))
    c.oval(x + 6, y + 6, 3, 5, oklch(0.84, 0.05, 70))


def radio(c: Canvas) -> None:
    """An old valve radio, its dial lit for the first time in years."""
    hue = c.dice.choice([200, 60, 150])
    c.gradient(oklch(0.5, 0.05, hue), oklch(0.38, 0.05, hue))
    c.box(0, 82, c.w, 100, oklch(0.45, 0.06, 50))
    x, y = c.w / 2, 49
    c.oval(x, 85, 56, 4, SHADOW, 0.4)
    c.box(x - 54, y - 33, x + 54, y + 34, oklch(0.4, 0.075, 45), round_=9)
    c.box(x - 51, y - 30, x + 51, y + 31, oklch(0.5, 0.085, 50), round_=7)
    c.box(x - 46, y - 25, x + 10, y + 12, oklch(0.8, 0.05, 78), round_=2)
    for row in range(18):
        for column in range(28):
            c.circle(x - 44.5 + column * 2, y - 23.5 + row * 2, 0.5, oklch(0.6, 0.05, 70), 0.8)
    c.glow(x + 30, y - 10, 30, oklch(0.9, 0.13, 80), 0.8)
    c.box(x + 15, y - 25, x + 46, y + 12, oklch(0.93, 0.1, 86), round_=2)
    for step in range(12):
        at = x + 18 + step * 2.3
        c.line([(at, y - 19), (at, y - (14 if step % 3 else 11))], 0.35, SHADOW)
        c.line([(at, y - 2), (at, y + (2 if step % 4 else 5))], 0.35, SHADOW)
    c.line([(x + 33, y - 23), (x + 33, y + 10)], 0.7, oklch(0.58, 0.2, 28))
    for at in (-36, -12, 12, 36):
        c.circle(x + at + 0.7, y + 22.8, 5.4, SHADOW, 0.4)
        c.circle(x + at, y + 22, 5.2, oklch(0.87, 0.05, 80))
        c.circle(x + at, y + 22, 3.6, oklch(0.76, 0.06, 75))
        c.line([(x + at, y + 22), (x + at + 2.2, y + 19.6)], 0.6, SHADOW)


def chair(c: Canvas) -> None:
    """A stool with three new rungs, in the light of the workshop window."""
    wall = oklch(0.88, 0.025, c.dice.choice([85, 200, 120]))
    c.fill(wall)
    c.box(0, 78, c.w, 100, oklch(0.68, 0.05, 60))
    c.shape([(c.w * 0.1, 0), (c.w * 0.5, 0), (c.w * 0.75, 100), (c.w * 0.35, 100)], WHITE, 0.22)
    x = c.w / 2
    c.oval(x + 6, 92, 34, 4, SHADOW, 0.22)
    old, new = oklch(0.5, 0.085, 48), oklch(0.8, 0.08, 78)
    for side in (-1, 1):
        c.shape([(x + side * 20, 44), (x + side * 24, 44), (x + side * 30, 93), (x + side * 26.4, 93)], old)
        c.shape(
            [(x + side * 11, 44), (x + side * 14, 44), (x + side * 17, 87), (x + side * 14.4, 87)],
            mix(old, SHADOW, 0.25),
        )
    for y, half in ((58, 23), (74, 26)):
        c.box(x - half, y, x + half, y + 2.6, new, round_=1)
    c.box(x - 15, 66, x + 15, 68, mix(new, SHADOW, 0.15), round_=1)
    c.box(x - 30, 37, x + 30, 45, old, round_=3)
    c.box(x - 30, 37, x + 30, 40, mix(old, WHITE, 0.16), round_=3)
    for _ in range(46):
        at, low = x + c.dice.gauss(0, 30), c.dice.uniform(88, 97)
        c.arc(at, low, c.dice.uniform(0.8, 2), c.dice.uniform(0, 200), c.dice.uniform(210, 350), 0.4, new)


FILMED: tuple[Callable[[Canvas], None], ...] = (
    outdoors.sea,
    outdoors.rain_street,
    outdoors.peaks,
    outdoors.bridge_dawn,
    tables.coffee,
    outdoors.hills,
    outdoors.pond,
)


def black_and_white(c: Canvas) -> None:
    """One frame, printed."""
    c.dice.choice(FILMED)(c)
    c.silver(1.15)
    c.mist(60, 100, (0, 0, 0), 0.25)


def film_strip(c: Canvas) -> None:
    """Three frames of a negative strip on the light table."""
    c.fill(oklch(0.97, 0.008, 95))
    c.glow(c.w / 2, 50, 70, WHITE, 0.9)
    for lane in (6, 54):
        c.box(-2, lane, c.w + 2, lane + 40, oklch(0.23, 0.02, 50))
        for step in range(int(c.w / 5) + 1):
            for y in (lane + 1.6, lane + 35.4):
                c.box(step * 5 + 1, y, step * 5 + 3.6, y + 3, oklch(0.97, 0.01, 95), round_=0.7)
        x = -c.dice.uniform(4, 20)
        while x < c.w:
            frame = Canvas(480, 320, c.dice.randrange(1000))
            c.dice.choice(FILMED)(frame)
            c.paste(frame, x, lane + 6.4, 27.2)
            x += 27.2 * 1.5 + 1.6


def contact_sheet(c: Canvas) -> None:
    """Twelve small prints, one of them ringed in red."""
    c.fill(oklch(0.17, 0.01, 60))
    columns, rows = 4, 3
    tall = min(25.0, c.w / (columns * 1.5 + 0.6))
    wide = tall * 1.5
    left, gap = (c.w - columns * wide) / (columns + 1), (100 - rows * tall) / (rows + 1)
    chosen = c.dice.randrange(columns * rows)
    for spot in range(columns * rows):
        frame = Canvas(300, 200, c.dice.randrange(1000))
        FILMED[c.dice.randrange(len(FILMED))](frame)
        frame.silver(1.2)
        x, y = left + (spot % columns) * (wide + left), gap + (spot // columns) * (tall + gap)
        c.paste(frame, x, y, tall)
        if spot == chosen:
            points = [
                (
                    x + wide / 2 + wide * 0.56 * math.cos(turn / 9),
                    y + tall / 2 + tall * 0.6 * math.sin(turn / 9 + 0.12),
                )
                for turn in range(62)
            ]
            c.line(points, 0.9, oklch(0.62, 0.22, 28))


def crayon(c: Canvas) -> None:
    """A child's drawing: a house, the family, a very large sun."""
    c.fill(oklch(0.97, 0.012, 90))
    ink = [
        oklch(0.64, 0.2, 28),
        oklch(0.55, 0.17, 258),
        oklch(0.62, 0.15, 145),
        oklch(0.78, 0.16, 78),
        oklch(0.55, 0.15, 320),
    ]
    c.dice.shuffle(ink)
    sun = oklch(0.84, 0.16, 90)
    _scribble(
        c,
        [(c.w * 0.86 + 9 * math.cos(t / 3), 18 + 9 * math.sin(t / 3) * (1 - t / 160)) for t in range(80)],
        sun,
    )
    for turn in range(0, 360, 32):
        along = math.radians(turn)
        _scribble(
            c,
            [(c.w * 0.86 + reach * math.cos(along), 18 + reach * math.sin(along)) for reach in (12, 15, 18)],
            sun,
        )
    for lane in range(5):
        _scribble(
            c,
            [(x, 86 + lane * 2.6 + math.sin(x / 3) * 0.8) for x in range(0, int(c.w) + 4, 2)],
            oklch(0.66, 0.15, 140),
        )
    x, y = c.w * 0.12, 46
    _scribble(c, [(x, 84), (x, y), (x + 30, y), (x + 30, 84), (x, 84)], ink[0])
    _scribble(c, [(x - 3, y), (x + 15, 26), (x + 33, y)], ink[1])
    _scribble(c, [(x + 12, 84), (x + 12, 66), (x + 20, 66), (x + 20, 84)], ink[4])
    _scribble(c, [(x + 4, 52), (x + 11, 52), (x + 11, 60), (x + 4, 60), (x + 4, 52), (x + 11, 60)], ink[3])
    for step, tall in enumerate((26, 23, 15, 8)):
        _figure(c, c.w * (0.46 + 0.12 * step), 86, tall, ink[step])


def _figure(c: Canvas, x: float, base: float, tall: float, colour: Colour) -> None:
    head = tall * 0.2
    top = base - tall
    _scribble(c, [(x + head * math.cos(t / 2), top + head * math.sin(t / 2)) for t in range(14)], colour)
    _scribble(c, [(x, top + head), (x, base - tall * 0.3)], colour)
    _scribble(
        c,
        [(x - tall * 0.26, top + tall * 0.34), (x, top + tall * 0.42), (x + tall * 0.26, top + tall * 0.3)],
        colour,
    )
    _scribble(c, [(x - tall * 0.16, base), (x, base - tall * 0.3), (x + tall * 0.16, base)], colour)
    for side in (-0.35, 0.35):
        c.circle(x + side * head, top - head * 0.15, 0.5, SHADOW)
    c.arc(x, top, head * 0.5, 25, 155, 0.5, oklch(0.6, 0.2, 25))


def _scribble(c: Canvas, points: list[tuple[float, float]], colour: Colour) -> None:
    for _ in range(2):
        c.line([(x + c.dice.gauss(0, 0.22), y + c.dice.gauss(0, 0.22)) for x, y in points], 1.0, colour, 0.72)


SCENES = {scene.__name__: scene for scene in (tools, radio, chair, black_and_white, film_strip, contact_sheet, crayon)}
