"""Scenes under the open sky: hills, water, cities, mountains."""

from core.drawing import Canvas, Colour, mix, oklch

WHITE: Colour = (255, 255, 255)


def hills(c: Canvas) -> None:
    """Soft hills beneath a pale sun, each time in another light."""
    hue = c.dice.choice([195, 232, 150, 55, 85, 20, 285])
    near = hue + c.dice.choice([-35, 25, 40])
    c.gradient(oklch(0.88, 0.055, hue), oklch(0.95, 0.035, hue - 20))
    x = c.w * c.dice.uniform(0.3, 0.75)
    c.glow(x, 30, 42, WHITE, 0.7)
    c.circle(x, 30, 11, oklch(0.975, 0.03, 95))
    for step in range(4):
        share = step / 3
        colour = mix(oklch(0.8, 0.07, hue), oklch(0.4, 0.08, near), share)
        c.ridge(52 + 15 * step, 9 - step, colour, waves=1.6 + 0.5 * step)


def sea(c: Canvas) -> None:
    """A low sun over water, and a small sail."""
    hue = c.dice.choice([48, 62, 22])
    c.gradient(oklch(0.72, 0.09, 250), oklch(0.9, 0.09, hue), 0, 58)
    x = c.w * c.dice.uniform(0.35, 0.65)
    c.glow(x, 50, 60, oklch(0.96, 0.1, 80), 0.9)
    c.circle(x, 50, 8, oklch(0.97, 0.08, 88))
    c.gradient(oklch(0.66, 0.09, 235), oklch(0.34, 0.08, 252), 58, 100)
    for _ in range(70):
        y = 59 + 40 * c.dice.random() ** 1.4
        spread = 3 + (y - 58) * 0.5
        at = x + c.dice.gauss(0, spread)
        width = c.dice.uniform(1.5, 5) * (0.5 + (y - 58) / 30)
        c.oval(at, y, width, 0.28 + (y - 58) / 130, oklch(0.95, 0.08, 82), 0.75)
    boat = x + c.dice.choice([-1, 1]) * c.w * 0.22
    c.shape([(boat, 44), (boat, 59), (boat + 8, 59)], oklch(0.97, 0.02, 80))
    c.shape([(boat - 1, 47), (boat - 1, 59), (boat - 5, 59)], oklch(0.9, 0.03, 70))
    c.shape([(boat - 7, 60), (boat + 10, 60), (boat + 6, 63.5), (boat - 4, 63.5)], oklch(0.36, 0.06, 40))


def river_night(c: Canvas) -> None:
    """The far bank with its windows, the lamps of the path, and both in the water."""
    c.gradient(oklch(0.24, 0.06, 275), oklch(0.46, 0.1, 305), 0, 56)
    c.circle(c.w * c.dice.uniform(0.7, 0.85), 17, 5, oklch(0.95, 0.04, 95))
    for _ in range(40):
        c.circle(c.w * c.dice.random(), 40 * c.dice.random(), c.dice.uniform(0.12, 0.3), WHITE, 0.6)
    c.gradient(oklch(0.38, 0.08, 290), oklch(0.17, 0.05, 272), 56, 100)
    _far_bank(c)
    for _ in range(46):
        y = 60 + 22 * c.dice.random()
        x = c.w * c.dice.random()
        c.oval(x, y, c.dice.uniform(2, 7), 0.25, oklch(0.72, 0.09, 300), 0.22)
    path = oklch(0.2, 0.035, 275)
    c.shape([(0, 90), (c.w, 82), (c.w, 100), (0, 100)], path)
    c.line([(0, 89), (c.w, 81)], 0.7, oklch(0.42, 0.04, 275))
    _lamps(c)


def _far_bank(c: Canvas) -> None:
    x = -2.0
    while x < c.w:
        wide, tall = c.dice.uniform(5, 11), c.dice.uniform(6, 30)
        wall = mix(oklch(0.22, 0.05, 278), oklch(0.33, 0.07, 295), c.dice.random())
        c.box(x, 56 - tall, x + wide, 56, wall)
        for row in range(int(tall / 2.4)):
            for column in range(int(wide / 1.8)):
                if c.dice.random() < 0.36:
                    at, up = x + 0.8 + column * 1.8, 56 - tall + 1 + row * 2.4
                    light = oklch(0.86, 0.11, c.dice.choice([70, 80, 90]))
                    c.box(at, up, at + 0.8, up + 1.2, light)
                    if c.dice.random() < 0.5:
                        c.box(at, 58, at + 0.8, 58 + (56 - up) * 0.5, light, alpha=0.13)
        x += wide + c.dice.uniform(0, 1.2)


def _lamps(c: Canvas) -> None:
    count = 5
    for step in range(count):
        x = c.w * (0.08 + 0.21 * step)
        foot = 90 - 8 * x / c.w
        tall = 22
        c.glow(x + 2.6, foot - tall, 17, oklch(0.9, 0.13, 78), 0.75)
        c.line([(x, foot + 1), (x, foot - tall)], 0.7, oklch(0.13, 0.02, 275))
        c.line([(x, foot - tall), (x + 2.6, foot - tall)], 0.6, oklch(0.13, 0.02, 275))
        c.circle(x + 2.6, foot - tall + 0.4, 1.1, oklch(0.97, 0.08, 90))
        c.oval(x + 2.5, foot + 3, 8, 1.4, oklch(0.8, 0.12, 75), 0.28)


def bridge_dawn(c: Canvas) -> None:
    """A cable bridge at first light."""
    c.gradient(oklch(0.78, 0.07, 258), oklch(0.92, 0.09, 55), 0, 64)
    c.glow(c.w * 0.5, 62, 52, oklch(0.97, 0.1, 75), 0.9)
    c.circle(c.w * 0.5, 57, 7, oklch(0.98, 0.07, 85))
    c.ridge(60, 3, oklch(0.68, 0.05, 285), waves=3)
    c.gradient(oklch(0.82, 0.07, 45), oklch(0.48, 0.07, 262), 64, 100)
    steel, deck = oklch(0.34, 0.05, 275), 62.0
    for tower in (0.27 * c.w, 0.73 * c.w):
        c.shape([(tower - 2.6, 66), (tower - 0.7, 14), (tower + 0.7, 14), (tower + 2.6, 66)], steel)
        for step in range(1, 10):
            for side in (-1, 1):
                c.line([(tower, 15 + step * 1.8), (tower + side * step * 3.2, deck)], 0.28, steel)
        c.box(tower - 1.6, 66, tower + 1.6, 84, steel, alpha=0.25)
    c.box(0, deck, c.w, deck + 2.2, steel)
    for _ in range(50):
        y = 67 + 32 * c.dice.random()
        c.oval(c.w * 0.5 + c.dice.gauss(0, 20), y, c.dice.uniform(2, 8), 0.35, oklch(0.94, 0.08, 70), 0.5)


def peaks(c: Canvas) -> None:
    """Ranges in the mist, one paler than the other."""
    hue = c.dice.choice([240, 215, 265, 190])
    c.gradient(oklch(0.83, 0.06, hue + 25), oklch(0.965, 0.03, 70))
    c.circle(c.w * c.dice.uniform(0.25, 0.8), 24, 7, oklch(0.98, 0.045, 80))
    for step in range(6):
        share = step / 5
        base = 40 + 11.5 * step
        c.ridge(
            base,
            8,
            mix(oklch(0.85, 0.035, hue), oklch(0.3, 0.06, hue - 40), share),
            waves=3 + step,
            rough=5 - step * 0.5,
        )
        if step < 5:
            c.mist(base + 6, base + 14)


def trail(c: Canvas) -> None:
    """A path over a grassy ridge, with two walkers and the sea behind."""
    c.gradient(oklch(0.75, 0.09, 240), oklch(0.93, 0.04, 215), 0, 46)
    for _ in range(3):
        _cloud(c, c.w * c.dice.random(), c.dice.uniform(8, 26), c.dice.uniform(5, 9))
    c.gradient(oklch(0.68, 0.08, 225), oklch(0.78, 0.07, 205), 46, 60)
    for x in (0.15, 0.62, 0.86):
        c.oval(c.w * x, 48.5, c.dice.uniform(5, 12), 2.6, oklch(0.6, 0.06, 190))
    c.gradient(oklch(0.71, 0.08, 222), oklch(0.6, 0.09, 215), 49, 100)
    c.ridge(60, 8, oklch(0.62, 0.1, 150), waves=1.4, rough=0.6)
    top = c.ridge(72, 12, oklch(0.53, 0.11, 140), waves=1.2)
    xs = [c.w * (0.1 + 0.0095 * step) for step in range(100)]
    path = [(x, top(x) + 2.5 + 7 * (step / 99) ** 2) for step, x in enumerate(xs)]
    for step, (x, y) in enumerate(path):
        c.circle(x, y, 0.4 + 1.6 * (step / 99), oklch(0.86, 0.06, 85))
    for at, jacket in ((46, c.dice.choice([30, 60, 350])), (54, c.dice.choice([255, 300, 160]))):
        _walker(c, *path[at], oklch(0.62, 0.17, jacket))
    c.ridge(97, 5, oklch(0.41, 0.09, 145), waves=1.5)


def _walker(c: Canvas, x: float, y: float, jacket: Colour) -> None:
    dark = oklch(0.28, 0.03, 260)
    c.line([(x - 0.2, y - 4.6), (x - 1.1, y)], 0.9, dark)
    c.line([(x + 0.2, y - 4.6), (x + 1.2, y)], 0.9, dark)
    c.box(x - 1.3, y - 9.4, x + 1.3, y - 4, jacket, round_=1)
    c.box(x - 2.5, y - 9, x - 1, y - 5.2, mix(jacket, dark, 0.5), round_=0.7)
    c.circle(x, y - 11, 1.25, oklch(0.78, 0.06, 60))


def _cloud(c: Canvas, x: float, y: float, size: float) -> None:
    for across, up, share in ((-1.0, 0.1, 0.5), (-0.3, -0.25, 0.72), (0.5, -0.08, 0.58), (1.1, 0.16, 0.4)):
        c.oval(x + across * size, y + up * size, size * share, size * share * 0.55, WHITE, 0.8)


def pond(c: Canvas) -> None:
    """A cabin among firs, mirrored in a still pond."""
    c.gradient(oklch(0.84, 0.06, 70), oklch(0.93, 0.05, 90), 0, 56)
    c.ridge(46, 5, oklch(0.74, 0.05, 200), waves=2)
    for row, base in ((0, 52), (1, 57)):
        for _ in range(26):
            colour = mix(oklch(0.5, 0.07, 165), oklch(0.36, 0.07, 160), row)
            _fir(c, c.w * c.dice.random(), base, c.dice.uniform(10, 20) + row * 4, colour)
    x = c.w * c.dice.uniform(0.38, 0.62)
    _cabin(c, x, 58)
    c.mirror(58)
    c.box(0, 58, c.w, 100, oklch(0.5, 0.06, 215), alpha=0.4)
    for _ in range(34):
        c.oval(c.w * c.dice.random(), 60 + 38 * c.dice.random(), c.dice.uniform(3, 11), 0.22, WHITE, 0.3)
    for step in range(7):
        c.leaf(
            c.w * 0.04 + step * 2.2,
            101,
            16 + 6 * c.dice.random(),
            -100 + step * 7,
            oklch(0.42, 0.08, 140),
            fat=0.06,
        )


def _fir(c: Canvas, x: float, base: float, tall: float, colour: Colour) -> None:
    for layer in range(3):
        low, half = base - tall * 0.26 * layer, tall * (0.26 - 0.06 * layer)
        c.shape([(x - half, low), (x + half, low), (x, low - tall * 0.5)], colour)


def _cabin(c: Canvas, x: float, base: float) -> None:
    c.box(x - 8, base - 9, x + 8, base, oklch(0.52, 0.07, 50))
    for row in range(1, 5):
        c.line([(x - 8, base - 9 + row * 1.8), (x + 8, base - 9 + row * 1.8)], 0.18, oklch(0.42, 0.06, 48))
    c.shape([(x - 10, base - 8.4), (x, base - 17), (x + 10, base - 8.4)], oklch(0.36, 0.06, 35))
    c.box(x + 4, base - 18, x + 6, base - 12, oklch(0.45, 0.05, 35))
    c.glow(x - 3.6, base - 5.4, 7, oklch(0.92, 0.13, 85), 0.6)
    c.box(x - 5.4, base - 7, x - 1.8, base - 3.6, oklch(0.92, 0.12, 88))
    c.box(x + 2, base - 6.6, x + 5, base, oklch(0.36, 0.06, 40))


def rain_street(c: Canvas) -> None:
    """A lit shop front in the rain, its light lying on the street."""
    c.fill(oklch(0.27, 0.035, 262))
    hue = c.dice.choice([60, 75, 35])
    light = oklch(0.9, 0.1, hue)
    c.box(c.w * 0.18, 14, c.w * 0.82, 70, oklch(0.36, 0.05, hue - 20))
    c.glow(c.w / 2, 48, 62, light, 0.55)
    for x0, x1 in ((0.23, 0.47), (0.62, 0.77)):
        c.box(c.w * x0, 34, c.w * x1, 62, light)
        c.line([(c.w * (x0 + x1) / 2, 34), (c.w * (x0 + x1) / 2, 62)], 0.8, oklch(0.36, 0.05, hue - 20))
    c.box(c.w * 0.5, 34, c.w * 0.59, 70, mix(light, WHITE, 0.3))
    stripes = 12
    for step in range(stripes):
        x0 = c.w * (0.2 + 0.6 * step / stripes)
        colour = oklch(0.94, 0.02, 80) if step % 2 else oklch(0.6, 0.13, 28)
        c.shape([(x0, 24), (x0 + c.w * 0.05, 24), (x0 + c.w * 0.05, 31), (x0 + c.w * 0.025, 33), (x0, 31)], colour)
    c.gradient(oklch(0.33, 0.04, 262), oklch(0.2, 0.03, 262), 70, 100)
    for _ in range(80):
        x = c.w * c.dice.uniform(0.2, 0.8)
        c.oval(x, 71 + 29 * c.dice.random(), c.dice.uniform(1, 5), 0.4, light, 0.22)
    for _ in range(170):
        x, y = c.w * c.dice.random(), 100 * c.dice.random()
        c.line([(x, y), (x - 0.8, y + c.dice.uniform(3, 6))], 0.16, (220, 230, 255), 0.35)


def route(c: Canvas) -> None:
    """A running route on a quiet map: river, blocks, a line with its kilometres."""
    c.fill(oklch(0.955, 0.012, 95))
    for _ in range(42):
        x, y = c.w * c.dice.random(), 100 * c.dice.random()
        green = c.dice.random() < 0.22
        c.box(
            x,
            y,
            x + c.dice.uniform(6, 16),
            y + c.dice.uniform(5, 12),
            oklch(0.9, 0.06, 145) if green else oklch(0.92, 0.012, 80),
            round_=1,
        )
    for step in range(9):
        c.line([(c.w * step / 8 - 4, 0), (c.w * step / 8 + 5, 100)], 1.1, WHITE)
        c.line([(0, 12 * step), (c.w, 12 * step - 6)], 1.1, WHITE)
    bank = c.skyline(50, 13, waves=1.5)
    river = [(c.w * step / 80, bank(c.w * step / 80)) for step in range(81)]
    c.line(river, 15, oklch(0.84, 0.06, 230))
    way = [(x, y - 10.5) for x, y in river[12:66]] + [(x, y + 10.5) for x, y in reversed(river[12:66])]
    way.append(way[0])
    c.line(way, 2.4, WHITE)
    c.line(way, 1.5, oklch(0.55, 0.17, 258))
    for step in range(7):
        x, y = way[step * 15 + 3]
        c.circle(x, y, 2.1, WHITE)
        c.circle(x, y, 1.5, oklch(0.62, 0.19, 25) if step == 0 else oklch(0.55, 0.17, 258))


SCENES = {
    scene.__name__: scene for scene in (hills, sea, river_night, bridge_dawn, peaks, trail, pond, rain_street, route)
}
