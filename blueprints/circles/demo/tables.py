"""Scenes on a table or a shelf: coffee, bread, books, a late bowl of noodles."""

import math

from core.drawing import Canvas, Colour, mix, oklch

WHITE: Colour = (255, 255, 255)
SHADOW: Colour = (40, 28, 20)


def _wood(c: Canvas, hue: float = 62, lightness: float = 0.72) -> None:
    """A table from above, boards running across."""
    boards = 6
    for row in range(boards):
        tone = lightness + c.dice.uniform(-0.02, 0.02)
        y0, y1 = 100 / boards * row, 100 / boards * (row + 1)
        c.box(0, y0, c.w, y1, oklch(tone, 0.055, hue))
        for _ in range(5):
            y = c.dice.uniform(y0 + 1, y1 - 1)
            x = c.dice.uniform(-20, c.w * 0.7)
            c.line(
                [(x, y), (x + c.dice.uniform(20, 70), y + c.dice.uniform(-0.4, 0.4))],
                0.25,
                oklch(tone - 0.06, 0.05, hue),
                0.6,
            )
        c.line([(0, y1), (c.w, y1)], 0.3, oklch(lightness - 0.14, 0.05, hue))


def _plate(c: Canvas, x: float, y: float, radius: float, colour: Colour) -> None:
    c.circle(x + 1.4, y + 1.8, radius, SHADOW, 0.22)
    c.circle(x, y, radius, colour)
    c.ring(x, y, radius * 0.74, 0.35, mix(colour, SHADOW, 0.14))


def coffee(c: Canvas) -> None:
    """A cup from above, a spoon, the light of a window across the table."""
    _wood(c, c.dice.choice([62, 55, 75]), c.dice.choice([0.74, 0.66, 0.8]))
    x, y = c.w * c.dice.uniform(0.42, 0.58), 52
    china = oklch(0.95, 0.02, c.dice.choice([85, 200, 240, 30]))
    _plate(c, x, y, 33, china)
    c.box(x + 16, y - 4.5, x + 32, y + 4.5, china, round_=4)
    c.box(x + 18, y - 2, x + 29, y + 2, mix(china, SHADOW, 0.2), round_=2)
    c.circle(x + 1, y + 1.2, 22.5, SHADOW, 0.18)
    c.circle(x, y, 22, china)
    c.circle(x, y, 19.4, oklch(0.36, 0.06, 50))
    c.circle(x, y, 18, oklch(0.44, 0.075, 55))
    if c.dice.random() < 0.5:
        _rosetta(c, x, y)
    else:
        c.ring(x, y, 17.2, 0.8, oklch(0.62, 0.09, 62))
        c.arc(x, y, 13, 200, 260, 0.7, oklch(0.7, 0.07, 65))
        c.arc(x, y, 10.5, 205, 240, 0.5, oklch(0.7, 0.07, 65))
    spoon = oklch(0.86, 0.01, 240)
    c.line([(x - 36, y + 30), (x - 21, y + 14)], 1.3, spoon)
    c.oval(x - 19, y + 12, 3.6, 3, spoon)
    c.shape([(0, 0), (c.w * 0.34, 0), (c.w * 0.06, 100), (0, 100)], WHITE, 0.13)


def _rosetta(c: Canvas, x: float, y: float) -> None:
    foam = oklch(0.9, 0.045, 78)
    for step in range(5):
        low = y - 10 + step * 4.6
        wide = 4 + 8 * math.sin((step + 1) / 6 * math.pi)
        for side in (-1, 1):
            c.leaf(x, low + 3, wide, 90 - side * 128, foam, fat=0.3)
    c.line([(x, y - 13), (x, y + 13)], 0.7, oklch(0.44, 0.075, 55))
    c.leaf(x, y - 7, 9, -90, foam, fat=0.4)


def dripper(c: Canvas) -> None:
    """Water running into a paper filter, coffee into the glass."""
    hue = c.dice.choice([200, 95, 35, 150])
    c.gradient(oklch(0.93, 0.025, hue), oklch(0.86, 0.04, hue))
    c.glow(c.w * 0.3, 30, 55, WHITE, 0.6)
    c.box(0, 84, c.w, 100, oklch(0.56, 0.06, 55))
    c.box(0, 84, c.w, 85.4, oklch(0.64, 0.06, 58))
    x = c.w * 0.5
    glass, brew = oklch(0.97, 0.012, 220), oklch(0.38, 0.08, 48)
    c.oval(x, 86, 26, 2.6, SHADOW, 0.22)
    c.shape([(x - 12, 52), (x + 12, 52), (x + 21, 80), (x + 18, 86), (x - 18, 86), (x - 21, 80)], glass, 0.85)
    c.shape([(x - 18.2, 72), (x + 18.2, 72), (x + 20.4, 80), (x + 17.4, 85), (x - 17.4, 85), (x - 20.4, 80)], brew)
    c.oval(x, 72, 18.2, 1.5, oklch(0.48, 0.09, 52))
    c.line([(x, 54), (x, 72)], 0.6, brew)
    c.box(x - 16, 49, x + 16, 53, oklch(0.93, 0.015, 80), round_=1.5)
    cone = oklch(0.97, 0.01, 85)
    c.shape([(x - 21, 24), (x + 21, 24), (x + 6.5, 50), (x - 6.5, 50)], cone)
    for step in range(-3, 4):
        c.line([(x + step * 5.6, 26), (x + step * 1.7, 49)], 0.3, mix(cone, SHADOW, 0.16))
    c.oval(x, 24, 21, 4.4, oklch(0.9, 0.02, 80))
    c.oval(x, 24.4, 18.5, 3.4, oklch(0.4, 0.06, 50))
    c.oval(x, 24.2, 9, 1.5, oklch(0.56, 0.08, 58))
    c.arc(x + 25, 35, 8, -80, 80, 2.4, cone)
    kettle = oklch(0.34, 0.02, 250)
    c.line([(x - 50, 24), (x - 34, 8), (x - 18, 5), (x - 5, 10)], 2.6, kettle)
    c.line([(x - 4.4, 11), (x - 1, 16), (x, 24)], 0.7, oklch(0.9, 0.03, 225))
    c.oval(x - 58, 30, 22, 17, kettle)
    for step in range(3):
        _steam(c, x - 6 + 7 * step, 20)


def _steam(c: Canvas, x: float, y: float, strength: float = 0.45) -> None:
    points = [(x + 1.6 * math.sin(step / 3.2), y - step * 0.8) for step in range(20)]
    c.line(points, 0.9, WHITE, strength)


def bread(c: Canvas) -> None:
    """A loaf on a board, scored by hand, with flour and a few ears of wheat."""
    c.fill(oklch(0.9, 0.02, c.dice.choice([85, 230, 160])))
    c.box(c.w * 0.12 + 1.5, 24, c.w * 0.88 + 1.5, 93, SHADOW, round_=6, alpha=0.2)
    c.box(c.w * 0.12, 22, c.w * 0.88, 91, oklch(0.74, 0.065, 66), round_=6)
    for row in range(7):
        c.line([(c.w * 0.15, 30 + row * 9), (c.w * 0.85, 30.6 + row * 9)], 0.25, oklch(0.66, 0.065, 62), 0.7)
    x, y = c.w * 0.5, 55
    c.oval(x + 1.5, y + 2.5, 36, 23, SHADOW, 0.28)
    for step in range(8):
        share = step / 7
        c.oval(
            x,
            y - share,
            35 - 9 * share,
            22 - 7 * share,
            mix(oklch(0.48, 0.1, 50), oklch(0.7, 0.115, 66), share),
        )
    for step in range(-2, 3):
        at = x + step * 11
        c.leaf(at - 5, y + 11, 25, -66, oklch(0.9, 0.055, 82), fat=0.15)
        c.leaf(at - 4.2, y + 10, 22, -66, oklch(0.96, 0.03, 88), fat=0.08)
    for _ in range(240):
        c.circle(c.dice.gauss(x, c.w * 0.24), c.dice.gauss(y, 17), c.dice.uniform(0.1, 0.32), WHITE, 0.75)
    for step in range(3):
        _wheat(c, c.w * 0.8 + step * 3, 97, -104 + step * 11)


def _wheat(c: Canvas, x: float, y: float, angle: float) -> None:
    along = math.radians(angle)
    tip = (x + 36 * math.cos(along), y + 36 * math.sin(along))
    colour = oklch(0.72, 0.12, 85)
    c.line([(x, y), tip], 0.5, colour)
    for step in range(7):
        share = 0.5 + 0.075 * step
        at = (x + (tip[0] - x) * share, y + (tip[1] - y) * share)
        for side in (-32, 32):
            c.leaf(*at, 4.6, angle + side, colour, fat=0.24)


def buns(c: Canvas) -> None:
    """A tray from the oven, seen from above."""
    c.fill(oklch(0.36, 0.02, 250))
    c.box(c.w * 0.06, 7, c.w * 0.94, 93, oklch(0.5, 0.015, 250), round_=5)
    c.box(c.w * 0.085, 10, c.w * 0.915, 90, oklch(0.9, 0.03, 82), round_=2)
    for row in range(3):
        for column in range(4):
            x = c.w * (0.2 + 0.2 * column) + c.dice.uniform(-1, 1)
            y = 24 + 26 * row + c.dice.uniform(-1, 1)
            tone = c.dice.uniform(-0.03, 0.03)
            c.circle(x + 1, y + 1.4, 11, SHADOW, 0.25)
            for step in range(6):
                share = step / 5
                c.circle(
                    x - share,
                    y - share * 1.4,
                    11 - 5.5 * share,
                    mix(oklch(0.56 + tone, 0.12, 54), oklch(0.78 + tone, 0.11, 72), share),
                )
            turn = c.dice.uniform(0, 90)
            for arm in range(2):
                c.leaf(
                    x - 7 * math.cos(math.radians(turn + 90 * arm)),
                    y - 7 * math.sin(math.radians(turn + 90 * arm)),
                    14,
                    turn + 90 * arm,
                    oklch(0.93, 0.04, 85),
                    fat=0.1,
                )
            for _ in range(9):
                c.oval(x + c.dice.gauss(0, 3.6), y + c.dice.gauss(0, 3.6), 0.5, 0.32, oklch(0.95, 0.03, 90))


def noodles(c: Canvas) -> None:
    """A bowl after the run: noodles, half an egg, greens, a pair of chopsticks."""
    _wood(c, 45, 0.5)
    x, y = c.w * 0.47, 52
    c.circle(x + 1.5, y + 2.5, 41, SHADOW, 0.35)
    c.circle(x, y, 40, oklch(0.93, 0.02, 230))
    c.ring(x, y, 38.5, 1.1, oklch(0.5, 0.12, 255))
    c.circle(x, y, 35, oklch(0.62, 0.12, 60))
    c.circle(x, y, 33, oklch(0.68, 0.125, 66))
    for _ in range(34):
        turn, reach = c.dice.uniform(0, 360), c.dice.uniform(6, 26)
        c.arc(
            x + c.dice.uniform(-6, 6),
            y + c.dice.uniform(-6, 6),
            reach,
            turn,
            turn + c.dice.uniform(70, 150),
            1.1,
            mix(oklch(0.9, 0.08, 88), oklch(0.82, 0.1, 80), c.dice.random()),
        )
    c.oval(x - 13, y - 9, 9.5, 8, WHITE)
    c.circle(x - 13, y - 9, 5, oklch(0.78, 0.16, 70))
    c.circle(x - 14, y - 10, 2, oklch(0.88, 0.12, 80))
    for step in range(4):
        c.leaf(
            x + 6 + step * 2,
            y - 6 - step * 3,
            20,
            -42 + step * 17,
            mix(oklch(0.52, 0.13, 145), oklch(0.66, 0.15, 135), step / 3),
            vein=oklch(0.8, 0.09, 130),
        )
    for _ in range(26):
        c.ring(x + c.dice.gauss(0, 12), y + 9 + c.dice.gauss(0, 6), 1, 0.45, oklch(0.62, 0.16, 140))
    for apart in (0.0, 3.4):
        c.line([(x + 29 + apart, 6), (x + 52 + apart, 96)], 1.5, oklch(0.38, 0.09, 28))


def bookshelf(c: Canvas) -> None:
    """Two boards of books, a plant, and a place where one is missing."""
    c.fill(oklch(0.93, 0.02, c.dice.choice([85, 60, 200])))
    c.glow(c.w * 0.25, 10, 60, WHITE, 0.6)
    hue = c.dice.uniform(0, 360)
    for floor in (47, 93):
        c.box(0, floor, c.w, floor + 3.6, oklch(0.58, 0.07, 58))
        c.box(0, floor + 3.6, c.w, floor + 5, SHADOW, alpha=0.16)
        x = c.dice.uniform(3, 7)
        while x < c.w - 10:
            if c.dice.random() < 0.07:
                x += c.dice.uniform(6, 10)
                continue
            x += _book(c, x, floor, hue + c.dice.gauss(0, 55))
    _potted(c, c.w * 0.86, 47)


def _book(c: Canvas, x: float, floor: float, hue: float) -> float:
    wide, tall = c.dice.uniform(3.4, 7.2), c.dice.uniform(25, 37)
    cloth = oklch(c.dice.uniform(0.45, 0.82), c.dice.uniform(0.05, 0.11), hue)
    pale = mix(cloth, WHITE, 0.62)
    lean = c.dice.choice([0.0, 0.0, 0.0, 0.0, 0.0, 3.5])
    c.shape([(x, floor), (x + wide, floor), (x + wide + lean, floor - tall), (x + lean, floor - tall)], cloth)
    for band in (0.14, 0.2, 0.86):
        at = floor - tall * band
        c.shape(
            [
                (x + lean * band, at),
                (x + wide + lean * band, at),
                (x + wide + lean * band, at - 0.7),
                (x + lean * band, at - 0.7),
            ],
            pale,
            0.75,
        )
    if wide > 4.6 and not lean:
        c.box(
            x + wide * 0.28,
            floor - tall * 0.72,
            x + wide * 0.72,
            floor - tall * 0.44,
            pale,
            round_=0.5,
            alpha=0.8,
        )
    return wide + lean + 0.35


def _potted(c: Canvas, x: float, floor: float) -> None:
    for step in range(9):
        c.leaf(
            x,
            floor - 9,
            16 + 4 * c.dice.random(),
            -155 + step * 16,
            mix(oklch(0.5, 0.11, 150), oklch(0.68, 0.13, 140), c.dice.random()),
            fat=0.2,
        )
    c.shape([(x - 6, floor - 10), (x + 6, floor - 10), (x + 4.5, floor), (x - 4.5, floor)], oklch(0.68, 0.1, 42))


def open_book(c: Canvas) -> None:
    """A page by lamp light, a pencil line under one sentence, and tea."""
    _wood(c, 50, 0.5)
    c.glow(c.w * 0.72, 4, 95, oklch(0.9, 0.11, 75), 0.55)
    x, y = c.w * 0.46, 52
    c.box(x - 47, y - 30, x + 49, y + 35, SHADOW, round_=2, alpha=0.35)
    c.box(x - 48, y - 31, x + 48, y + 33, oklch(0.42, 0.08, c.dice.choice([150, 250, 25])), round_=2)
    page = oklch(0.955, 0.022, 88)
    for side in (-1, 1):
        c.shape([(x, y - 29), (x + side * 45, y - 28), (x + side * 45, y + 30), (x, y + 31)], page)
        for row in range(13):
            width = 36 if row % 5 != 4 else 22
            start = x + 5 if side > 0 else x - 41
            c.line(
                [(start, y - 22 + row * 3.7), (start + width, y - 22 + row * 3.7)],
                0.75,
                mix(page, SHADOW, 0.42),
            )
    for step in range(9):
        c.box(x - 0.7 * (9 - step), y - 29, x + 0.7 * (9 - step), y + 31, SHADOW, alpha=0.022)
    c.line([(x + 5, y - 2), (x + 39, y - 2)], 0.6, oklch(0.6, 0.17, 30))
    c.line([(x + 22, y + 44), (x + 66, y + 20)], 1.7, oklch(0.72, 0.14, 75))
    c.line([(x + 20, y + 45), (x + 22, y + 44)], 1, SHADOW)
    _plate(c, c.w * 0.9, 24, 12, oklch(0.88, 0.03, 200))
    c.circle(c.w * 0.9, 24, 8.4, oklch(0.62, 0.12, 55))


SCENES = {scene.__name__: scene for scene in (coffee, dripper, bread, buns, noodles, bookshelf, open_book)}
