"""Faces of the demo members: nobody's photograph, small pictures such as people choose for themselves."""

import math

from core.drawing import Canvas, Colour, mix, oklch

WHITE: Colour = (255, 255, 255)
DARK = oklch(0.27, 0.03, 265)


def woods(c: Canvas) -> None:
    c.gradient(oklch(0.8, 0.07, 165), oklch(0.93, 0.05, 110))
    c.circle(64, 34, 12, oklch(0.97, 0.06, 95))
    for step in range(7):
        x, tall = 4 + 15.5 * step, c.dice.uniform(46, 72)
        colour = mix(oklch(0.46, 0.09, 160), oklch(0.34, 0.07, 165), step % 2)
        for layer in range(3):
            low, half = 100 - tall * 0.2 * layer, tall * (0.24 - 0.05 * layer)
            c.shape([(x - half, low), (x + half, low), (x, low - tall * 0.5)], colour)


def stream(c: Canvas) -> None:
    c.gradient(oklch(0.86, 0.06, 60), oklch(0.74, 0.09, 40))
    for step in range(5):
        points = [(x, 34 + step * 13 + 5 * math.sin(x / 15 + step * 1.3)) for x in range(-4, 105, 2)]
        c.shape([(0, 100), *points, (104, 100)], mix(oklch(0.7, 0.1, 35), oklch(0.4, 0.1, 25), step / 4))
    c.circle(34, 22, 9, oklch(0.97, 0.05, 80))


def sprout(c: Canvas) -> None:
    c.fill(oklch(0.9, 0.07, 95))
    c.oval(50, 96, 46, 22, oklch(0.45, 0.06, 55))
    c.line([(50, 80), (49, 60), (51, 42)], 3.4, oklch(0.55, 0.13, 140))
    c.leaf(50, 54, 34, -148, oklch(0.6, 0.14, 140), vein=oklch(0.8, 0.1, 130))
    c.leaf(51, 44, 36, -34, oklch(0.68, 0.15, 132), vein=oklch(0.86, 0.09, 125))


def boat(c: Canvas) -> None:
    c.gradient(oklch(0.86, 0.06, 225), oklch(0.94, 0.03, 215), 0, 66)
    c.gradient(oklch(0.6, 0.1, 238), oklch(0.42, 0.1, 250), 66, 100)
    c.shape([(50, 14), (50, 62), (80, 62)], WHITE)
    c.shape([(46, 22), (46, 62), (24, 62)], oklch(0.72, 0.14, 40))
    c.shape([(16, 66), (86, 66), (74, 80), (28, 80)], oklch(0.4, 0.07, 40))
    c.line([(0, 84), (30, 82), (60, 86), (100, 83)], 1.6, WHITE, 0.4)


def summit(c: Canvas) -> None:
    c.gradient(oklch(0.75, 0.08, 250), oklch(0.92, 0.05, 70))
    c.shape([(-10, 100), (46, 24), (104, 100)], oklch(0.45, 0.05, 262))
    c.shape([(46, 24), (104, 100), (56, 100), (52, 60)], oklch(0.37, 0.05, 265))
    c.shape([(46, 24), (34, 40), (42, 44), (47, 39), (54, 47), (60, 42)], WHITE)
    c.shape([(30, 100), (84, 56), (130, 100)], oklch(0.53, 0.06, 240))


def cat(c: Canvas) -> None:
    c.fill(oklch(0.84, 0.07, c.dice.choice([20, 250, 310])))
    fur = c.dice.choice([oklch(0.32, 0.02, 270), oklch(0.7, 0.12, 60)])
    c.oval(50, 104, 34, 34, fur)
    c.circle(50, 54, 27, fur)
    for side in (-1, 1):
        c.shape([(50 + side * 25, 52), (50 + side * 25, 18), (50 + side * 5, 32)], fur)
        c.shape([(50 + side * 21, 42), (50 + side * 22, 26), (50 + side * 12, 33)], oklch(0.78, 0.09, 20))
        c.oval(50 + side * 11, 52, 5.2, 6, oklch(0.86, 0.14, 105))
        c.oval(50 + side * 11, 52, 1.8, 5.4, DARK)
        for lift in (-2, 3):
            c.line([(50 + side * 12, 64 + lift / 2), (50 + side * 34, 62 + lift * 2)], 0.8, WHITE, 0.75)
    c.shape([(46.5, 61), (53.5, 61), (50, 65)], oklch(0.74, 0.1, 20))


def moon(c: Canvas) -> None:
    c.gradient(oklch(0.28, 0.07, 280), oklch(0.42, 0.1, 300))
    for _ in range(34):
        c.circle(c.dice.uniform(0, 100), c.dice.uniform(0, 100), c.dice.uniform(0.4, 1.1), WHITE, 0.8)
    c.glow(50, 48, 52, oklch(0.9, 0.08, 95), 0.6)
    c.circle(50, 48, 26, oklch(0.95, 0.06, 95))
    c.circle(61, 41, 23, oklch(0.36, 0.09, 290))


def wheel(c: Canvas) -> None:
    c.fill(oklch(0.87, 0.08, 75))
    c.ring(50, 50, 38, 5, DARK)
    c.ring(50, 50, 33, 1.6, WHITE)
    for step in range(18):
        along = math.radians(step * 20)
        c.line([(50, 50), (50 + 33 * math.cos(along), 50 + 33 * math.sin(along))], 0.7, oklch(0.55, 0.02, 250))
    c.circle(50, 50, 5, oklch(0.6, 0.19, 28))


def camera(c: Canvas) -> None:
    c.fill(oklch(0.8, 0.05, 190))
    c.box(34, 22, 66, 40, oklch(0.82, 0.01, 250), round_=3)
    c.box(12, 32, 88, 80, oklch(0.82, 0.01, 250), round_=6)
    c.box(12, 42, 88, 72, DARK)
    for radius, colour in (
        (20, oklch(0.72, 0.01, 250)),
        (17, DARK),
        (12, oklch(0.35, 0.07, 260)),
        (6, oklch(0.22, 0.05, 270)),
    ):
        c.circle(50, 56, radius, colour)
    c.circle(45, 51, 2.6, WHITE, 0.85)
    c.circle(76, 37, 2, oklch(0.6, 0.2, 28))


def orange(c: Canvas) -> None:
    c.fill(oklch(0.92, 0.05, 95))
    c.circle(51, 58, 31, oklch(0.66, 0.17, 50))
    c.circle(49, 56, 29, oklch(0.76, 0.16, 62))
    c.oval(38, 46, 7, 4.6, WHITE, 0.4)
    c.line([(50, 29), (51, 22)], 2.4, oklch(0.42, 0.06, 60))
    c.leaf(51, 25, 26, -22, oklch(0.58, 0.13, 142), vein=oklch(0.78, 0.1, 135))


def fish(c: Canvas) -> None:
    c.gradient(oklch(0.8, 0.07, 200), oklch(0.55, 0.1, 222))
    body = oklch(0.7, 0.17, 42)
    c.shape([(62, 50), (90, 30), (84, 50), (90, 70)], oklch(0.64, 0.18, 36))
    c.oval(44, 50, 28, 18, body)
    c.oval(40, 46, 18, 9, mix(body, WHITE, 0.2))
    c.box(44, 33.4, 50, 66.6, WHITE, alpha=0.85)
    c.circle(28, 46, 4.4, WHITE)
    c.circle(27, 46, 2.2, DARK)
    for x, y, size in ((14, 30, 3), (20, 18, 2), (10, 12, 1.4)):
        c.ring(x, y, size, 0.8, WHITE, 0.8)


def sunflower(c: Canvas) -> None:
    c.fill(oklch(0.82, 0.07, 235))
    for ring, colour in ((0, oklch(0.76, 0.16, 78)), (12, oklch(0.85, 0.16, 90))):
        for step in range(15):
            turn = step * 24 + ring
            at = (50 + 14 * math.cos(math.radians(turn)), 50 + 14 * math.sin(math.radians(turn)))
            c.leaf(*at, 28 - ring / 4, turn, colour, fat=0.24)
    c.circle(50, 50, 17, oklch(0.34, 0.06, 50))
    for step in range(80):
        angle, reach = step * 137.5, 1.75 * math.sqrt(step)
        c.circle(
            50 + reach * math.cos(math.radians(angle)),
            50 + reach * math.sin(math.radians(angle)),
            0.75,
            oklch(0.55, 0.08, 60),
        )


def tea(c: Canvas) -> None:
    c.gradient(oklch(0.9, 0.04, 130), oklch(0.8, 0.06, 140))
    c.oval(50, 84, 34, 5, DARK, 0.18)
    c.shape([(22, 46), (78, 46), (68, 80), (60, 84), (40, 84), (32, 80)], oklch(0.95, 0.02, 200))
    c.oval(50, 46, 28, 7.5, oklch(0.88, 0.03, 200))
    c.oval(50, 46.6, 24.5, 5.8, oklch(0.68, 0.12, 95))
    for x in (40, 50, 60):
        c.line([(x + 2.4 * math.sin(step / 3), 37 - step * 1.3) for step in range(18)], 1.6, WHITE, 0.55)


def lantern(c: Canvas) -> None:
    c.gradient(oklch(0.26, 0.05, 265), oklch(0.36, 0.08, 300))
    c.glow(50, 52, 58, oklch(0.75, 0.17, 45), 0.75)
    c.line([(50, 0), (50, 26)], 1.4, oklch(0.7, 0.1, 75))
    for step in range(5):
        share = step / 4
        c.oval(50, 52, 33 - 7.5 * step, 26, mix(oklch(0.52, 0.19, 27), oklch(0.72, 0.18, 42), share))
    for y in (25, 75):
        c.box(38, y, 62, y + 4.5, oklch(0.78, 0.12, 80), round_=1)
    for x in (45, 50, 55):
        c.line([(x, 79), (x, 93)], 1.1, oklch(0.66, 0.18, 35))


PORTRAITS = {
    portrait.__name__: portrait
    for portrait in (
        woods,
        stream,
        sprout,
        boat,
        summit,
        cat,
        moon,
        wheel,
        camera,
        orange,
        fish,
        sunflower,
        tea,
        lantern,
    )
}


def draw(name: str, seed: int = 0, size: int = 384) -> bytes:
    """A square picture as JPEG. Raises KeyError for a name that nobody drew."""
    canvas = Canvas(size, size, seed)
    PORTRAITS[name](canvas)
    return canvas.jpeg()
