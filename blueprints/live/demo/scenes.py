"""Covers of the demo events."""

from pathlib import Path

from core.drawing import Canvas, Colour, mix, oklch
from core.media import Picture, store_picture

WHITE: Colour = (255, 255, 255)
SIZE = (1280, 720)


def finish(c: Canvas) -> None:
    """An arch over the last metres by the river, its lamps lit, and small lights that come closer."""
    c.gradient(oklch(0.3, 0.08, 275), oklch(0.62, 0.13, 35), 0, 62)
    c.glow(c.w * 0.5, 62, 70, oklch(0.85, 0.14, 60), 0.7)
    x = -3.0
    while x < c.w:
        wide, tall = c.dice.uniform(6, 13), c.dice.uniform(8, 26)
        c.box(x, 62 - tall, x + wide, 62, mix(oklch(0.25, 0.05, 280), oklch(0.4, 0.08, 320), c.dice.random()))
        for _ in range(int(tall)):
            at, up = x + c.dice.uniform(0.5, wide - 1), 62 - c.dice.uniform(1.5, tall)
            c.box(at, up, at + 0.7, up + 1.1, oklch(0.88, 0.11, 80), alpha=0.8)
        x += wide
    c.gradient(oklch(0.42, 0.06, 300), oklch(0.2, 0.04, 275), 62, 100)
    middle = c.w / 2
    c.shape([(middle - 9, 62), (middle + 9, 62), (middle + 62, 100), (middle - 62, 100)], oklch(0.28, 0.03, 280))
    for step in range(9):
        y = 63 + step**1.75
        c.oval(middle, y, 0.5 + step * 0.22, 0.3 + step * 0.16, WHITE, 0.5)
    _arch(c, middle)
    for step in range(26):
        y = 60.5 + 0.12 * step
        c.circle(middle + c.dice.gauss(0, 4 + 0.2 * step), y, 0.35 + 0.03 * step, oklch(0.95, 0.1, 90), 0.95)


def _arch(c: Canvas, middle: float) -> None:
    red, dark = oklch(0.6, 0.2, 28), oklch(0.42, 0.16, 25)
    for side in (-1, 1):
        c.box(middle + side * 39 - 4, 26, middle + side * 39 + 4, 88, dark, round_=2)
        c.box(middle + side * 39 - 2.6, 26, middle + side * 39 + 2.6, 88, red, round_=2)
    c.box(middle - 45, 18, middle + 45, 34, dark, round_=4)
    c.box(middle - 45, 18, middle + 45, 32, red, round_=4)
    for step in range(15):
        at = middle - 40 + step * 80 / 14
        c.glow(at, 35, 5, oklch(0.95, 0.13, 85), 0.7)
        c.circle(at, 34.6, 0.9, oklch(0.98, 0.06, 95))
    for row in range(2):
        for column in range(8):
            if (row + column) % 2:
                c.box(middle - 16 + column * 4, 21 + row * 4, middle - 12 + column * 4, 25 + row * 4, WHITE)


def lamp(c: Canvas) -> None:
    """A reading lamp, an open book, and the window behind it."""
    c.fill(oklch(0.27, 0.045, 265))
    c.box(c.w * 0.08, 8, c.w * 0.4, 66, oklch(0.2, 0.05, 272), round_=1)
    for _ in range(60):
        c.circle(c.w * c.dice.uniform(0.09, 0.39), c.dice.uniform(9, 64), c.dice.uniform(0.1, 0.3), WHITE, 0.7)
    c.circle(c.w * 0.31, 22, 5, oklch(0.95, 0.04, 95))
    for at in (0.08, 0.24, 0.4):
        c.line([(c.w * at, 8), (c.w * at, 66)], 1.1, oklch(0.36, 0.05, 60))
    c.line([(c.w * 0.08, 36), (c.w * 0.4, 36)], 1.1, oklch(0.36, 0.05, 60))
    c.glow(c.w * 0.66, 46, 85, oklch(0.82, 0.13, 72), 0.8)
    c.box(0, 80, c.w, 100, oklch(0.42, 0.07, 55))
    c.box(0, 80, c.w, 81, oklch(0.55, 0.09, 62))
    x = c.w * 0.66
    c.line([(x + 34, 80), (x + 34, 30), (x + 12, 20)], 1.2, oklch(0.24, 0.03, 60))
    c.oval(x + 34, 80, 9, 1.6, oklch(0.24, 0.03, 60))
    c.shape([(x - 2, 22), (x + 16, 16), (x + 24, 33), (x - 10, 34)], oklch(0.55, 0.14, 40))
    c.oval(x + 7, 33.6, 17, 1.8, oklch(0.96, 0.09, 90))
    for side in (-1, 1):
        c.shape([(x, 79), (x, 74), (x + side * 30, 71), (x + side * 32, 77)], oklch(0.95, 0.03, 85))
        for line in range(4):
            c.line([(x + side * 4, 75.4 + line * 0.9), (x + side * 26, 73 + line * 0.9)], 0.25, oklch(0.7, 0.03, 80))
    for step, hue in enumerate((25, 150, 250, 75)):
        c.box(c.w * 0.1, 76 - step * 4, c.w * 0.1 + 30 - step * 2, 80 - step * 4, oklch(0.52, 0.1, hue), round_=0.6)


def bench(c: Canvas) -> None:
    """An old radio with its back open, tools beside it."""
    c.gradient(oklch(0.9, 0.04, 85), oklch(0.82, 0.06, 75), 0, 70)
    for column in range(7):
        c.circle(c.w * (0.1 + 0.13 * column), 16, 0.8, oklch(0.6, 0.05, 70))
        c.line([(c.w * (0.1 + 0.13 * column), 16), (c.w * (0.1 + 0.13 * column), 24 + column % 3 * 4)], 1.3,
               oklch(0.48, 0.09, 30 + 45 * column))  # fmt: skip
    c.box(0, 70, c.w, 100, oklch(0.58, 0.09, 58))
    c.box(0, 70, c.w, 71.5, oklch(0.68, 0.1, 66))
    x = c.w / 2
    c.box(x - 38, 34, x + 38, 78, oklch(0.38, 0.08, 45), round_=5)
    c.box(x - 34, 38, x + 4, 74, oklch(0.8, 0.06, 85), round_=3)
    for row in range(9):
        c.line([(x - 31, 42 + row * 3.6), (x + 1, 42 + row * 3.6)], 0.7, oklch(0.62, 0.06, 75))
    c.box(x + 9, 40, x + 33, 52, oklch(0.93, 0.08, 95), round_=1.5)
    for step in range(11):
        c.line([(x + 11 + step * 2, 43), (x + 11 + step * 2, 46 + step % 2 * 2)], 0.3, oklch(0.35, 0.03, 60))
    c.line([(x + 24, 41), (x + 24, 51)], 0.6, oklch(0.58, 0.2, 28))
    c.glow(x + 21, 46, 20, oklch(0.95, 0.1, 90), 0.5)
    for at in (x + 14, x + 28):
        c.circle(at, 63, 5.5, oklch(0.28, 0.05, 45))
        c.circle(at, 63, 3.8, oklch(0.72, 0.07, 80))
        c.line([(at, 63), (at + 2, 60)], 0.6, oklch(0.3, 0.04, 50))
    c.line([(x - 70, 88), (x - 48, 84)], 2.2, oklch(0.55, 0.17, 28))
    c.line([(x - 48, 84), (x - 34, 81.6)], 0.9, oklch(0.7, 0.01, 250))
    c.circle(x + 56, 86, 6, oklch(0.93, 0.02, 90))
    c.circle(x + 56, 86, 4.6, oklch(0.36, 0.06, 45))


def contact(c: Canvas) -> None:
    """A contact sheet in red light: twelve frames, one of them ringed."""
    c.fill(oklch(0.2, 0.07, 22))
    c.glow(c.w * 0.8, 6, 90, oklch(0.6, 0.22, 27), 0.75)
    c.box(c.w * 0.14, 10, c.w * 0.86, 92, oklch(0.88, 0.03, 30), round_=0.8)
    wide, tall = c.w * 0.16, 20.0
    for row in range(3):
        top = 14 + row * 26
        c.box(c.w * 0.155, top, c.w * 0.845, top + 23.5, oklch(0.16, 0.03, 25))
        for hole in range(34):
            at = c.w * 0.16 + hole * c.w * 0.0202
            for y in (top + 0.5, top + 21.7):
                c.box(at, y, at + 1.4, y + 1.3, oklch(0.8, 0.04, 30), round_=0.3)
        for column in range(4):
            _frame(c, c.w * 0.163 + column * (wide + 1), top + 2.6, wide, tall - 1.8)
    c.ring(c.w * 0.163 + 2 * (wide + 1) + wide / 2, 14 + 26 + 11.5, 14, 1.1, oklch(0.62, 0.22, 28))


def _frame(c: Canvas, x: float, y: float, wide: float, tall: float) -> None:
    light = c.dice.uniform(0.6, 0.85)
    c.box(x, y, x + wide, y + tall, oklch(light, 0.05, 30))
    base = y + tall * c.dice.uniform(0.45, 0.7)
    c.circle(x + wide * c.dice.uniform(0.2, 0.8), y + tall * 0.3, tall * 0.12, oklch(0.95, 0.03, 50))
    c.shape(
        [(x, y + tall), (x, base), (x + wide * 0.3, base - tall * c.dice.uniform(0.05, 0.25)),
         (x + wide * 0.6, base + 1), (x + wide, base - tall * c.dice.uniform(0, 0.2)), (x + wide, y + tall)],
        oklch(light - 0.35, 0.05, 25),
    )  # fmt: skip


def drippers(c: Canvas) -> None:
    """Three cones over three glasses, steam above them."""
    c.gradient(oklch(0.93, 0.03, 75), oklch(0.84, 0.05, 65), 0, 78)
    c.box(0, 78, c.w, 100, oklch(0.5, 0.07, 55))
    c.box(0, 78, c.w, 79.3, oklch(0.62, 0.08, 62))
    for step, hue in enumerate((28, 235, 160)):
        x = c.w * (0.24 + 0.26 * step)
        for puff in range(5):
            c.circle(x + c.dice.gauss(0, 3), 26 - puff * 4, 2.5 + puff * 0.9, WHITE, 0.22)
        c.shape([(x - 17, 34), (x + 17, 34), (x + 4, 54), (x - 4, 54)], oklch(0.66, 0.13, hue))
        c.oval(x, 34, 17, 3.4, oklch(0.78, 0.1, hue))
        c.oval(x, 34, 14.6, 2.6, oklch(0.33, 0.06, 45))
        c.box(x - 9, 54, x + 9, 56, oklch(0.55, 0.12, hue), round_=1)
        c.line([(x, 56), (x, 66)], 0.5, oklch(0.36, 0.08, 45))
        c.shape([(x - 12, 57), (x + 12, 57), (x + 14, 82), (x - 14, 82)], WHITE, 0.45)
        level = 66 + step * 3
        c.shape([(x - 12.8, level), (x + 12.8, level), (x + 14, 82), (x - 14, 82)], oklch(0.36, 0.09, 45), 0.92)
        c.oval(x, level, 12.8, 1.5, oklch(0.46, 0.1, 50))


def dusk(c: Canvas) -> None:
    """The sun behind the last ridge, three people on the rock in front."""
    c.gradient(oklch(0.5, 0.11, 285), oklch(0.86, 0.14, 62), 0, 70)
    x = c.w * 0.63
    c.glow(x, 56, 74, oklch(0.95, 0.14, 75), 0.9)
    c.circle(x, 56, 9, oklch(0.98, 0.09, 88))
    for step in range(4):
        share = step / 3
        c.ridge(62 + 7 * step, 6, mix(oklch(0.66, 0.1, 25), oklch(0.3, 0.07, 290), share), waves=2 + step, rough=1.4)
    rock = oklch(0.17, 0.03, 285)
    c.shape([(0, 100), (0, 80), (c.w * 0.2, 77), (c.w * 0.36, 82), (c.w * 0.42, 100)], rock)
    for at, tall in ((0.12, 13), (0.18, 15), (0.25, 12)):
        base = 79.0
        c.circle(c.w * at, base - tall, 2.3, rock)
        c.box(c.w * at - 2.3, base - tall + 2.4, c.w * at + 2.3, base + 2, rock, round_=2)


def lanterns(c: Canvas) -> None:
    """Many lamps over a long table."""
    c.gradient(oklch(0.22, 0.06, 262), oklch(0.36, 0.09, 300), 0, 100)
    for line in range(4):
        y, sag = 10 + line * 11, 7 + line * 2
        points = [(c.w * step / 30, y + sag * (1 - (2 * step / 30 - 1) ** 2)) for step in range(31)]
        c.line(points, 0.3, oklch(0.5, 0.05, 280))
        for x, at in points[1 + line % 2 : -1 : 3]:
            hue = c.dice.choice((30, 75, 95, 15, 150, 240))
            c.glow(x, at + 2.5, 9, oklch(0.85, 0.15, hue), 0.6)
            c.oval(x, at + 2.5, 1.8, 2.3, oklch(0.84, 0.15, hue))
    c.shape([(c.w * 0.16, 76), (c.w * 0.84, 76), (c.w * 0.98, 96), (c.w * 0.02, 96)], oklch(0.46, 0.08, 50))
    for step in range(9):
        x = c.w * (0.2 + 0.075 * step)
        c.circle(x, 68, 3, oklch(0.24, 0.04, 280))
        c.box(x - 3.6, 70.5, x + 3.6, 80, oklch(0.24, 0.04, 280), round_=3)
        c.oval(x, 84, 3, 1, oklch(0.93, 0.03, 90))


SCENES = {
    "finish": finish, "lamp": lamp, "bench": bench, "contact": contact, "drippers": drippers, "dusk": dusk,
    "lanterns": lanterns,
}  # fmt: skip


def stored(scene: str, folder: str) -> Picture:
    """Drawn and stored, in a process of its own. Raises KeyError for a scene that does not exist."""
    canvas = Canvas(*SIZE, seed=len(scene))
    SCENES[scene](canvas)
    return store_picture(canvas.jpeg(), Path(folder))
