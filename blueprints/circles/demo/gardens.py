"""Scenes from a balcony: tomatoes, pots, seedlings, what was picked this morning."""

import math

from core.drawing import Canvas, Colour, mix, oklch

WHITE: Colour = (255, 255, 255)
SHADOW: Colour = (40, 30, 20)
LEAF = oklch(0.55, 0.13, 142)
PALE_LEAF = oklch(0.7, 0.14, 132)
CLAY = oklch(0.66, 0.1, 42)


def _balcony(c: Canvas) -> None:
    """Sky, roofs across the street, the rail."""
    hue = c.dice.choice([225, 215, 60, 240])
    c.gradient(oklch(0.86, 0.06, hue), oklch(0.95, 0.03, hue - 30), 0, 74)
    c.box(0, 74, c.w, 84, oklch(0.9, 0.03, hue - 30))
    x = -3.0
    while x < c.w:
        wide, tall = c.dice.uniform(12, 24), c.dice.uniform(16, 46)
        wall = oklch(c.dice.uniform(0.8, 0.88), 0.03, c.dice.choice([50, 80, 250]))
        c.box(x, 74 - tall, x + wide, 74, wall)
        for row in range(int(tall / 8)):
            for column in range(int(wide / 5)):
                c.box(
                    x + 1.6 + column * 5,
                    76 - tall + row * 8,
                    x + 4.2 + column * 5,
                    80.4 - tall + row * 8,
                    mix(wall, oklch(0.55, 0.05, 250), 0.42),
                )
        x += wide
    rail = oklch(0.42, 0.02, 250)
    for step in range(int(c.w / 7) + 1):
        c.line([(step * 7 + 2, 48), (step * 7 + 2, 84)], 0.7, rail)
    c.box(0, 46, c.w, 48.4, rail)
    c.box(0, 84, c.w, 100, oklch(0.83, 0.03, 70))
    c.box(0, 84, c.w, 85, oklch(0.73, 0.03, 70))


def _pot(c: Canvas, x: float, base: float, wide: float, tall: float, colour: Colour = CLAY) -> None:
    c.oval(x + 1, base, wide * 0.46, 1.6, SHADOW, 0.25)
    c.shape(
        [
            (x - wide / 2, base - tall),
            (x + wide / 2, base - tall),
            (x + wide * 0.37, base),
            (x - wide * 0.37, base),
        ],
        colour,
    )
    c.shape(
        [
            (x + wide * 0.18, base - tall),
            (x + wide / 2, base - tall),
            (x + wide * 0.37, base),
            (x + wide * 0.16, base),
        ],
        SHADOW,
        0.12,
    )
    c.box(
        x - wide * 0.55,
        base - tall - 2.4,
        x + wide * 0.55,
        base - tall + 1.8,
        mix(colour, WHITE, 0.1),
        round_=0.8,
    )


def _compound_leaf(c: Canvas, x: float, y: float, length: float, angle: float) -> None:
    colour = mix(LEAF, PALE_LEAF, c.dice.random())
    along = math.radians(angle)
    for share, size in ((0.35, 0.42), (0.62, 0.45)):
        at = (x + length * share * math.cos(along), y + length * share * math.sin(along))
        for side in (-58, 58):
            c.leaf(*at, length * size, angle + side, colour, fat=0.34)
    c.leaf(
        x + length * 0.55 * math.cos(along),
        y + length * 0.55 * math.sin(along),
        length * 0.55,
        angle,
        colour,
        fat=0.36,
    )
    c.line(
        [(x, y), (x + length * math.cos(along), y + length * math.sin(along))],
        length * 0.035,
        mix(LEAF, SHADOW, 0.2),
    )


def tomatoes(c: Canvas) -> None:
    """A tomato plant tied to its sticks, some fruit red, some still green."""
    _balcony(c)
    ripe = c.dice.choice([0.75, 0.5, 0.9])
    for x in (c.w * 0.3, c.w * 0.7):
        _pot(c, x, 96, 26, 18, c.dice.choice([CLAY, oklch(0.9, 0.02, 85), oklch(0.5, 0.05, 250)]))
        for side in (-5, 5):
            c.line([(x + side, 78), (x + side * 0.4, 8)], 0.9, oklch(0.7, 0.09, 75))
        stem = [(x + 2 * math.sin(step / 2), 78 - step * 5.4) for step in range(13)]
        c.line(stem, 1.3, mix(LEAF, SHADOW, 0.15))
        for step, (at, up) in enumerate(stem[1:]):
            side = 1 if step % 2 else -1
            _compound_leaf(c, at, up, c.dice.uniform(13, 18) * (1 - step * 0.03), -90 + side * c.dice.uniform(48, 88))
            if step % 2:
                _truss(c, at - side * 3, up + 2, ripe)
        _compound_leaf(c, *stem[-1], 12, -90)


def _truss(c: Canvas, x: float, y: float, ripe: float) -> None:
    for step in range(c.dice.choice([2, 3, 3, 4])):
        at, low = x + (step % 2) * 4.6 - 2.2, y + step * 3.9
        c.line([(x, y - 2), (at, low)], 0.5, LEAF)
        red = c.dice.random() < ripe
        skin = oklch(0.6, 0.21, 29) if red else mix(oklch(0.72, 0.14, 128), oklch(0.74, 0.16, 65), c.dice.random())
        c.circle(at, low, 3, mix(skin, SHADOW, 0.18))
        c.circle(at - 0.25, low - 0.3, 2.65, skin)
        c.oval(at - 1, low - 1.2, 0.8, 0.5, WHITE, 0.7)
        for turn in (200, 250, 290, 340):
            c.leaf(at, low - 2.3, 1.9, turn, mix(LEAF, SHADOW, 0.15), fat=0.25)


def herbs(c: Canvas) -> None:
    """Three pots on the sill: mint, scallions, a pepper."""
    hue = c.dice.choice([90, 200, 30])
    c.gradient(oklch(0.95, 0.025, hue), oklch(0.89, 0.035, hue))
    c.box(c.w * 0.1, 6, c.w * 0.9, 80, oklch(0.9, 0.05, 225))
    c.glow(c.w * 0.3, 22, 45, WHITE, 0.8)
    for x in (0.1, 0.5, 0.9):
        c.box(c.w * x - 1.2, 6, c.w * x + 1.2, 80, WHITE)
    c.box(c.w * 0.1, 5, c.w * 0.9, 8, WHITE)
    c.box(0, 82, c.w, 88, oklch(0.97, 0.012, 85))
    c.box(0, 88, c.w, 90, SHADOW, alpha=0.14)
    order = [_mint, _scallions, _pepper]
    c.dice.shuffle(order)
    for plant, share, colour in zip(
        order, (0.24, 0.5, 0.76), (CLAY, oklch(0.72, 0.06, 225), oklch(0.86, 0.05, 88)), strict=True
    ):
        x = c.w * share
        plant(c, x, 64)
        _pot(c, x, 83, 19, 17, colour)


def _mint(c: Canvas, x: float, y: float) -> None:
    for _ in range(46):
        turn = c.dice.uniform(-165, -15)
        reach = c.dice.uniform(2, 17)
        at = (x + reach * math.cos(math.radians(turn)), y + reach * math.sin(math.radians(turn)) * 1.15)
        c.leaf(
            *at,
            c.dice.uniform(5, 8),
            turn + c.dice.uniform(-40, 40),
            mix(LEAF, PALE_LEAF, c.dice.random()),
            fat=0.4,
            vein=mix(PALE_LEAF, WHITE, 0.25),
        )


def _scallions(c: Canvas, x: float, y: float) -> None:
    for step in range(15):
        lean, tall = c.dice.uniform(-9, 9), c.dice.uniform(22, 40)
        at = x + (step - 7) * 0.8
        c.line(
            [(at, y + 2), (at + lean * 0.3, y - tall * 0.5), (at + lean, y - tall)],
            1.1,
            mix(oklch(0.5, 0.11, 150), oklch(0.68, 0.13, 138), c.dice.random()),
        )


def _pepper(c: Canvas, x: float, y: float) -> None:
    c.line([(x, y + 2), (x, y - 24)], 1.2, LEAF)
    for step in range(11):
        c.leaf(
            x,
            y - 4 - step * 2,
            c.dice.uniform(10, 14),
            -170 + (step * 67) % 160,
            mix(LEAF, PALE_LEAF, c.dice.random()),
            fat=0.3,
        )
    for at in (-7, -2, 4, 9):
        c.leaf(x + at, y - 13 + abs(at) * 0.8, 9, 82 - at, oklch(0.6, 0.21, 28), fat=0.16)


def seedlings(c: Canvas) -> None:
    """A tray of seedlings with their labels, from above."""
    c.fill(oklch(0.88, 0.03, c.dice.choice([80, 220])))
    c.box(c.w * 0.06, 6, c.w * 0.94, 96, oklch(0.32, 0.015, 250), round_=3)
    columns, rows = max(3, round(c.w / 27)), 4
    cell_w, cell_h = c.w * 0.84 / columns, 84 / rows
    for row in range(rows):
        for column in range(columns):
            x0, y0 = c.w * 0.08 + column * cell_w, 9 + row * cell_h
            c.box(x0 + 1, y0 + 1, x0 + cell_w - 1, y0 + cell_h - 1, oklch(0.34, 0.04, 55), round_=1.6)
            x, y = x0 + cell_w / 2, y0 + cell_h / 2
            for _ in range(12):
                c.circle(
                    x + c.dice.gauss(0, cell_w / 5),
                    y + c.dice.gauss(0, cell_h / 5),
                    0.4,
                    oklch(0.5, 0.04, 60),
                    0.8,
                )
            if c.dice.random() < 0.9:
                turn, size = c.dice.uniform(0, 180), c.dice.uniform(3.5, 7) - row * 0.5
                for arm in range(2 if row > 1 else 4):
                    c.leaf(
                        x,
                        y,
                        size,
                        turn + arm * (180 if row > 1 else 90),
                        mix(LEAF, PALE_LEAF, 0.4 + 0.6 * c.dice.random()),
                        fat=0.32,
                    )
        c.shape(
            [
                (c.w * 0.03, 12 + row * cell_h),
                (c.w * 0.1, 11 + row * cell_h),
                (c.w * 0.12, 14 + row * cell_h),
                (c.w * 0.1, 17 + row * cell_h),
                (c.w * 0.03, 16 + row * cell_h),
            ],
            oklch(0.96, 0.02, 90),
        )


def harvest(c: Canvas) -> None:
    """A bowl of small tomatoes and a few peppers on a cloth."""
    cloth = oklch(0.93, 0.02, c.dice.choice([230, 90, 20]))
    c.fill(cloth)
    for step in range(int(c.w / 8) + 1):
        c.box(step * 8, 0, step * 8 + 3, 100, oklch(0.7, 0.07, 240), alpha=0.2)
    for step in range(13):
        c.box(0, step * 8, c.w, step * 8 + 3, oklch(0.7, 0.07, 240), alpha=0.2)
    x, y = c.w * 0.48, 50
    c.circle(x + 2, y + 3, 38, SHADOW, 0.25)
    c.circle(x, y, 37, oklch(0.95, 0.015, 80))
    c.circle(x, y, 32, oklch(0.87, 0.02, 75))
    for _ in range(33):
        turn, reach = c.dice.uniform(0, 360), 25 * c.dice.random() ** 0.6
        at, low = x + reach * math.cos(math.radians(turn)), y + reach * math.sin(math.radians(turn))
        size = c.dice.uniform(4, 5.6)
        skin = c.dice.choice([oklch(0.6, 0.21, 29), oklch(0.64, 0.2, 32), oklch(0.78, 0.16, 72)])
        c.circle(at + 0.6, low + 0.9, size, SHADOW, 0.3)
        c.circle(at, low, size, skin)
        c.oval(at - size * 0.35, low - size * 0.4, size * 0.22, size * 0.15, WHITE, 0.75)
        for arm in range(5):
            c.leaf(at, low, size * 0.62, arm * 72 + turn, LEAF, fat=0.2)
    for step in range(3):
        c.leaf(c.w * 0.82 + step * 5, 22 + step * 17, 21, 62 + step * 13, oklch(0.58, 0.19, 28), fat=0.15)
        c.line([(c.w * 0.82 + step * 5, 22 + step * 17), (c.w * 0.81 + step * 5, 18 + step * 17)], 1.1, LEAF)


SCENES = {scene.__name__: scene for scene in (tomatoes, herbs, seedlings, harvest)}
