"""Pictures of the demo moments: what one sees on an ordinary day."""

from itertools import pairwise
from math import cos, pi, sin
from pathlib import Path

from core.drawing import Canvas, Colour, mix, oklch
from core.media import Picture, store_picture

WHITE: Colour = (255, 255, 255)
SIZE = (960, 720)


def window(c: Canvas) -> None:
    """Small pots on a sill, morning light from the left."""
    c.gradient(oklch(0.94, 0.04, 90), oklch(0.86, 0.06, 75), 0, 100)
    c.glow(0, 20, 90, oklch(0.98, 0.09, 90), 0.8)
    for at in (0.02, 0.5, 0.98):
        c.box(c.w * at - 1.6, 0, c.w * at + 1.6, 74, oklch(0.97, 0.01, 90))
    c.box(0, 36, c.w, 38.5, oklch(0.97, 0.01, 90))
    c.box(0, 74, c.w, 80, oklch(0.93, 0.02, 80))
    c.box(0, 80, c.w, 100, oklch(0.78, 0.05, 70))
    for step in range(6):
        x, size = c.w * (0.11 + 0.155 * step), c.dice.uniform(5.5, 8)
        clay = oklch(0.62, 0.12, 40 + 8 * step)
        top, foot = 74 - size * 1.5, size * 0.7
        c.shape([(x - size, top), (x + size, top), (x + foot, 75), (x - foot, 75)], clay)
        c.box(x - size - 0.8, 74 - size * 1.7, x + size + 0.8, 74 - size * 1.4, mix(clay, WHITE, 0.2), round_=0.5)
        for stem in range(c.dice.randint(3, 6)):
            c.leaf(x + c.dice.uniform(-2, 2), 74 - size * 1.6, c.dice.uniform(9, 19), c.dice.uniform(-40, 40) + stem,
                   oklch(c.dice.uniform(0.5, 0.68), 0.14, c.dice.uniform(125, 150)))  # fmt: skip


def dumplings(c: Canvas) -> None:
    """Rows of dumplings on a bamboo tray; one of them leans."""
    c.fill(oklch(0.46, 0.07, 50))
    middle = c.w / 2
    c.oval(middle, 52, 58, 44, oklch(0.62, 0.09, 75))
    c.oval(middle, 51, 54, 41, oklch(0.84, 0.07, 88))
    for step in range(-9, 10):
        half = 39 * max(0.0, 1 - (step / 10.5) ** 2) ** 0.5
        c.line([(middle + step * 5.4, 51 - half), (middle + step * 5.4, 51 + half)], 0.25, oklch(0.72, 0.08, 80))
    for row in range(4):
        for column in range(5 if row % 2 else 6):
            x, y = middle - 38 + column * 15 + (7.5 if row % 2 else 0), 24 + row * 17.0
            _dumpling(c, x, y, leaning=(row, column) == (2, 4))


def _dumpling(c: Canvas, x: float, y: float, *, leaning: bool) -> None:
    turn = -0.9 if leaning else c.dice.uniform(-0.08, 0.08)
    points = []
    for step in range(21):
        angle = pi * step / 20
        px, py = 6.8 * cos(angle), -5.2 * sin(angle) * (1 if step % 2 else 0.93)
        points.append((x + px * cos(turn) - py * sin(turn), y + px * sin(turn) + py * cos(turn)))
    c.oval(x + 0.6, y + 1.4, 7.2, 2.2, oklch(0.6, 0.07, 75), 0.7)
    c.shape([*points, (x - 6 * cos(turn), y + 1.6 - 6 * sin(turn)), (x + 6 * cos(turn), y + 1.6 + 6 * sin(turn))],
            oklch(0.95, 0.025, 90))  # fmt: skip
    c.line(points[2:-2], 0.5, oklch(0.82, 0.04, 85))
    c.oval(x, y - 1, 3, 0.9, WHITE, 0.7)


def station(c: Canvas) -> None:
    """An empty platform at night, one lamp, one person."""
    c.gradient(oklch(0.2, 0.03, 260), oklch(0.3, 0.02, 250), 0, 70)
    c.shape([(0, 70), (c.w, 62), (c.w, 100), (0, 100)], oklch(0.38, 0.015, 250))
    c.shape([(0, 88), (c.w, 70), (c.w, 72), (0, 92)], oklch(0.82, 0.03, 95))
    c.box(c.w * 0.08, 14, c.w, 19, oklch(0.26, 0.02, 255))
    for at in (0.3, 0.62, 0.9):
        c.box(c.w * at, 19, c.w * at + 1.6, 72 - at * 8, oklch(0.24, 0.02, 255))
    c.glow(c.w * 0.46, 24, 46, oklch(0.94, 0.07, 90), 0.75)
    c.circle(c.w * 0.46, 23, 2.2, oklch(0.98, 0.05, 95))
    x = c.w * 0.5
    c.circle(x, 47, 2.6, oklch(0.15, 0.01, 250))
    c.box(x - 3, 50, x + 3, 67, oklch(0.15, 0.01, 250), round_=2.4)
    c.shape([(x - 2.4, 66), (x + 2.4, 66), (x + 22, 76), (x + 15, 77)], oklch(0.14, 0.01, 250), 0.45)
    c.silver(1.15)


def night_window(c: Canvas) -> None:
    """The one window that is still lit."""
    c.fill(oklch(0.2, 0.02, 260))
    for row in range(5):
        for column in range(5):
            x, y = 10 + column * (c.w - 20) / 4.4, 6 + row * 19
            lit = (row, column) == (2, 3)
            if lit:
                c.glow(x + 6, y + 7, 30, oklch(0.9, 0.1, 80), 0.7)
            c.box(x, y, x + 13, y + 14, oklch(0.93, 0.08, 85) if lit else oklch(0.26, 0.02, 255), round_=0.4)
            c.line([(x + 6.5, y), (x + 6.5, y + 14)], 0.6, oklch(0.17, 0.02, 260))
            if lit:
                c.circle(x + 9.6, y + 7.4, 1.7, oklch(0.25, 0.03, 60))
                c.box(x + 7.9, y + 9, x + 11.4, y + 14, oklch(0.25, 0.03, 60), round_=1.2)
    c.silver(1.1)


def ridge_path(c: Canvas) -> None:
    """A path along the ridge, the sea behind it, mist on its way out."""
    c.gradient(oklch(0.84, 0.06, 235), oklch(0.95, 0.03, 90), 0, 46)
    c.gradient(oklch(0.68, 0.09, 235), oklch(0.8, 0.06, 220), 46, 100)
    for _ in range(40):
        x, y = c.dice.uniform(0, c.w), c.dice.uniform(47, 64)
        c.line([(x, y), (x + c.dice.uniform(2, 7), y)], 0.25, WHITE, 0.6)
    for step, hue in enumerate((170, 150, 140)):
        c.ridge(58 + 11 * step, 8, oklch(0.6 - 0.09 * step, 0.09, hue), waves=2 + step, rough=1.2)
    path = [(c.w * (0.5 + 0.13 * sin(step * 0.62)), 66 + step * 2.3) for step in range(16)]
    for (x0, y0), (x1, y1) in pairwise(path):
        c.line([(x0, y0), (x1, y1)], 0.6 + (y1 - 66) * 0.13, oklch(0.88, 0.05, 85))
    c.mist(40, 62, strength=0.5)
    for at, coat in ((0, oklch(0.6, 0.19, 30)), (2, oklch(0.6, 0.13, 250))):
        x, y = path[3 + at]
        c.circle(x, y - 5.4, 0.9, oklch(0.3, 0.04, 60))
        c.box(x - 1.1, y - 4.5, x + 1.1, y - 0.4, coat, round_=0.8)


def loaves(c: Canvas) -> None:
    """Three scored loaves; the last one has burst."""
    c.gradient(oklch(0.93, 0.03, 85), oklch(0.85, 0.05, 75), 0, 62)
    c.box(0, 62, c.w, 100, oklch(0.58, 0.08, 55))
    for line in range(5):
        c.line([(0, 66 + line * 7), (c.w, 65 + line * 7.4)], 0.3, oklch(0.5, 0.08, 52))
    for step in range(3):
        x, y = c.w * (0.2 + 0.3 * step), 63 + 3 * (step % 2)
        crust = oklch(0.52 - 0.03 * step, 0.11, 55)
        c.oval(x + 1, y + 12, 19, 3.4, oklch(0.4, 0.07, 50), 0.7)
        c.oval(x, y, 18, 13.5, crust)
        c.oval(x - 3, y - 4.5, 12, 6.5, mix(crust, oklch(0.8, 0.1, 75), 0.45), 0.6)
        for cut in range(3):
            at = x - 8 + cut * 8
            c.line([(at - 3, y + 4), (at + 3, y - 7)], 1.5, oklch(0.88, 0.06, 85))
        for _ in range(60):
            c.circle(x + c.dice.gauss(0, 8), y - 4 + c.dice.gauss(0, 4), 0.3, WHITE, 0.7)
    x = c.w * 0.8
    c.shape([(x + 3, 52), (x + 9, 60), (x + 5, 74), (x + 1, 66), (x + 4, 60)], oklch(0.93, 0.05, 88))


def river_morning(c: Canvas) -> None:
    """The river before anybody is up: a bridge, the sun just there."""
    c.gradient(oklch(0.78, 0.08, 280), oklch(0.93, 0.09, 65), 0, 54)
    c.glow(c.w * 0.34, 52, 60, oklch(0.96, 0.13, 75), 0.9)
    c.circle(c.w * 0.34, 52, 5, oklch(0.98, 0.1, 85))
    c.ridge(53, 3, oklch(0.6, 0.06, 300), waves=3, rough=0.8)
    dark = oklch(0.34, 0.05, 290)
    c.box(0, 47, c.w, 49.5, dark)
    for step in range(6):
        x = c.w * step / 5
        c.box(x - 1.2, 49, x + 1.2, 58, dark)
        c.arc(x + c.w / 10, 60, c.w / 10 - 2, 180, 360, 1.2, dark)
    c.mirror(58)
    for _ in range(70):
        x, y = c.dice.uniform(0, c.w), c.dice.uniform(60, 99)
        c.line([(x, y), (x + c.dice.uniform(2, 9), y)], 0.3, oklch(0.97, 0.06, 80), 0.5)


def bicycle(c: Canvas) -> None:
    """A bicycle against a railing, running shoes in its basket."""
    c.gradient(oklch(0.86, 0.05, 220), oklch(0.93, 0.03, 200), 0, 60)
    c.box(0, 60, c.w, 78, oklch(0.72, 0.06, 225))
    c.box(0, 78, c.w, 100, oklch(0.8, 0.015, 80))
    for y in (50, 62):
        c.line([(0, y), (c.w, y)], 1.2, oklch(0.5, 0.02, 240))
    for step in range(9):
        c.line([(c.w * step / 8, 48), (c.w * step / 8, 80)], 1.4, oklch(0.5, 0.02, 240))
    x, frame, dark = c.w / 2, oklch(0.55, 0.17, 28), oklch(0.22, 0.01, 260)
    for side in (-1, 1):
        c.ring(x + side * 25, 77, 14, 1.5, dark)
        for spoke in range(8):
            angle = pi * spoke / 8
            c.line([(x + side * 25 - 13 * cos(angle), 77 - 13 * sin(angle)),
                    (x + side * 25 + 13 * cos(angle), 77 + 13 * sin(angle))], 0.2, oklch(0.6, 0.01, 250))  # fmt: skip
    for ends in (((-25, 77), (-10, 56)), ((-10, 56), (16, 56)), ((-4, 77), (16, 56)), ((-4, 77), (-12, 51)),
                 ((-25, 77), (-4, 77)), ((25, 77), (14, 47))):  # fmt: skip
        c.line([(x + ends[0][0], ends[0][1]), (x + ends[1][0], ends[1][1])], 1.6, frame)
    c.box(x - 18, 49, x - 7, 51.4, dark, round_=1)
    c.line([(x + 8, 46), (x + 17, 46)], 1.4, dark)
    c.shape([(x + 16, 50), (x + 34, 50), (x + 31, 62), (x + 19, 62)], oklch(0.75, 0.08, 75))
    for step in range(4):
        c.line([(x + 17, 52.5 + step * 2.6), (x + 33, 52.5 + step * 2.6)], 0.35, oklch(0.55, 0.08, 65))
    for at, shoe in ((19, oklch(0.68, 0.17, 150)), (26, oklch(0.64, 0.16, 150))):
        c.shape([(x + at, 50), (x + at, 45), (x + at + 3, 45), (x + at + 7, 48.4), (x + at + 7, 50)], shoe)
        c.box(x + at - 0.3, 49.4, x + at + 7.3, 50.6, WHITE, round_=0.5)


def bowl(c: Canvas) -> None:
    """Tomato and egg noodles, a little spring onion."""
    _table(c, oklch(0.7, 0.06, 65))
    _soup(c, c.w / 2, 52, 40, ink=False)


def sketch(c: Canvas) -> None:
    """The same bowl, drawn quickly, a pencil beside it."""
    c.fill(oklch(0.96, 0.015, 88))
    for _ in range(500):
        c.circle(c.dice.uniform(0, c.w), c.dice.uniform(0, 100), 0.18, oklch(0.86, 0.02, 85), 0.6)
    _soup(c, c.w * 0.46, 50, 36, ink=True)
    c.shape([(c.w - 28, 92), (c.w - 8, 24), (c.w - 4, 25.4), (c.w - 24, 93.4)], oklch(0.8, 0.14, 85))
    c.shape([(c.w - 28, 92), (c.w - 24, 93.4), (c.w - 28.4, 98)], oklch(0.85, 0.05, 70))


def _table(c: Canvas, wood: Colour) -> None:
    c.fill(wood)
    for _ in range(26):
        y = c.dice.uniform(0, 100)
        c.line([(0, y), (c.w, y + c.dice.uniform(-3, 3))], 0.3, mix(wood, oklch(0.3, 0.05, 50), 0.25), 0.7)


def _soup(c: Canvas, x: float, y: float, radius: float, *, ink: bool) -> None:
    line = oklch(0.3, 0.02, 260)
    if not ink:
        c.circle(x + 2, y + 3, radius + 2, oklch(0.4, 0.06, 50), 0.5)
        c.circle(x, y, radius + 1, oklch(0.97, 0.01, 240))
        c.ring(x, y, radius - 2, 0.9, oklch(0.55, 0.13, 255))
        c.circle(x, y, radius - 5, oklch(0.68, 0.17, 45))
    else:
        for wobble in range(3):
            c.ring(x + wobble * 0.5, y - wobble * 0.4, radius - wobble * 0.3, 0.35, line, 0.7)
        c.ring(x, y, radius - 5, 0.35, line, 0.8)
    for _ in range(15):
        start, bend = c.dice.uniform(0, 2 * pi), c.dice.uniform(0.5, 1.6)
        far = c.dice.uniform(0.25, 0.8) * (radius - 6)
        strand = [(x + far * cos(start + bend * t / 8), y + far * sin(start + bend * t / 8)) for t in range(9)]
        c.line(strand, 0.35 if ink else 1.5, line if ink else oklch(0.92, 0.07, 90))
    for _ in range(6):
        angle, far = c.dice.uniform(0, 2 * pi), c.dice.uniform(0, 0.6) * (radius - 8)
        at = (x + far * cos(angle), y + far * sin(angle))
        if ink:
            c.ring(*at, 4, 0.35, line, 0.8)
        else:
            c.oval(*at, 6, 4.4, oklch(0.86, 0.14, 90))
            c.oval(at[0] + 3, at[1] + 2, 4.4, 3, oklch(0.57, 0.2, 30))
    for _ in range(26):
        angle, far = c.dice.uniform(0, 2 * pi), abs(c.dice.gauss(0, 0.28)) * radius
        c.circle(x + far * cos(angle), y + far * sin(angle), 0.8, line if ink else oklch(0.66, 0.17, 140))


def oranges(c: Canvas) -> None:
    """A bag of oranges beside a thick book."""
    _table(c, oklch(0.86, 0.03, 80))
    c.box(c.w * 0.54, 30, c.w * 0.93, 84, oklch(0.45, 0.09, 250), round_=1.5)
    c.box(c.w * 0.56, 33, c.w * 0.91, 81, oklch(0.5, 0.1, 250), round_=1)
    x = c.w * 0.735
    c.box(x - 13, 40, x + 13, 45, oklch(0.93, 0.02, 90), round_=0.6)
    for step in range(7):
        c.line([(x - 8 + abs(step - 3), 52 + step * 3.2), (x + 8 - abs(step - 3), 52 + step * 3.2)], 0.9,
               oklch(0.9, 0.03, 90))  # fmt: skip
    c.line([(x, 49), (x, 75)], 1.2, oklch(0.9, 0.03, 90))
    for row, many in enumerate((3, 4, 3, 2)):
        for column in range(many):
            at = (c.w * 0.28 + (column - (many - 1) / 2) * 14.5, 84 - row * 12.5)
            c.circle(at[0] + 0.8, at[1] + 1, 8, oklch(0.55, 0.12, 50), 0.5)
            c.circle(*at, 7.8, oklch(0.76, 0.165, 62))
            c.circle(at[0] - 2.3, at[1] - 2.6, 2.2, oklch(0.87, 0.12, 75), 0.8)
            c.circle(at[0] + 1.4, at[1] - 0.4, 0.6, oklch(0.5, 0.12, 130))
    for step in range(12):
        aside = step * 6 - 32
        c.line([(c.w * 0.28 + aside, 92), (c.w * 0.28 + aside * 0.5, 30)], 0.2, oklch(0.55, 0.16, 28), 0.6)


def rain_road(c: Canvas) -> None:
    """The path by the river after rain, lamps in the puddles."""
    c.gradient(oklch(0.24, 0.05, 265), oklch(0.4, 0.06, 285), 0, 56)
    c.ridge(54, 5, oklch(0.2, 0.04, 270), waves=3, rough=2)
    middle = c.w * 0.52
    for step in range(5):
        far = 1 - step / 5.5
        for side in (-1, 1):
            x, top = middle + side * 62 * far**1.6, 52 - 34 * far
            c.line([(x, 56 + 6 * far), (x, top)], 0.4 + far, oklch(0.16, 0.03, 265))
            c.glow(x, top, 16 * far + 3, oklch(0.9, 0.13, 75), 0.8)
            c.circle(x, top, 0.6 + 1.2 * far, oklch(0.97, 0.08, 88))
    c.box(0, 56, c.w, 100, oklch(0.24, 0.04, 268))
    c.shape([(middle - 6, 56), (middle + 6, 56), (middle + 74, 100), (middle - 74, 100)], oklch(0.33, 0.03, 270))
    for _ in range(13):
        y = c.dice.uniform(64, 96)
        x, wide = middle + c.dice.uniform(-1, 1) * (y - 54) * 1.3, c.dice.uniform(4, 13) * (y - 48) / 46
        c.oval(x, y, wide, wide * 0.17, oklch(0.45, 0.06, 280))
        c.oval(x, y, wide * 0.34, wide * 0.11, oklch(0.88, 0.12, 78), 0.75)


def herbs_light(c: Canvas) -> None:
    """A pot of basil with the light coming through it."""
    c.gradient(oklch(0.93, 0.03, 200), oklch(0.96, 0.03, 110), 0, 80)
    c.glow(c.w * 0.72, 18, 70, oklch(0.99, 0.06, 105), 0.8)
    c.box(0, 80, c.w, 100, oklch(0.75, 0.03, 75))
    x = c.w / 2
    c.shape([(x - 19, 62), (x + 19, 62), (x + 14, 88), (x - 14, 88)], oklch(0.66, 0.1, 45))
    c.box(x - 21, 59, x + 21, 64, oklch(0.71, 0.1, 47), round_=1)
    for _ in range(34):
        at, up = x + c.dice.gauss(0, 12), c.dice.uniform(16, 58)
        c.line([(x + (at - x) * 0.3, 60), (at, up)], 0.5, oklch(0.6, 0.11, 135))
        for side in (-1, 1):
            c.leaf(at, up, c.dice.uniform(8, 13), side * c.dice.uniform(35, 85),
                   oklch(c.dice.uniform(0.56, 0.78), 0.15, c.dice.uniform(120, 140)))  # fmt: skip


SCENES = {
    scene.__name__: scene
    for scene in (
        window, dumplings, station, night_window, ridge_path, loaves, river_morning, bicycle, bowl, sketch, oranges,
        rain_road, herbs_light,
    )
}  # fmt: skip


def stored(scene: str, seed: int, folder: str) -> Picture:
    """Drawn and stored, in a process of its own. Raises KeyError for a scene that does not exist."""
    canvas = Canvas(*SIZE, seed)
    SCENES[scene](canvas)
    return store_picture(canvas.jpeg(), Path(folder))
