"""Pictures drawn by our own code, for demo data: flat shapes in OKLCH colours, smooth at the edges.

A canvas is 100 units high and as many wide as its shape asks for, so a scene is written once for every size.
Pillow is imported on first use: a process that draws nothing does not pay for it.
"""

import math
import random
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

Point = tuple[float, float]
Colour = tuple[int, int, int]

SUPERSAMPLING = 2
QUALITY = 93


def oklch(lightness: float, chroma: float, hue: float) -> Colour:
    """sRGB of a colour in OKLCH: lightness 0-1, chroma 0-0.4, hue in degrees; what lies outside is clipped."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    red, green, blue = (_encoded(value) for value in linear)
    return red, green, blue


def _encoded(value: float) -> int:
    value = max(0.0, min(1.0, value))
    curved = 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
    return round(curved * 255)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """`share` 0 is the first colour, 1 the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


class Canvas:
    """`h` is 100 and `w` follows from the shape; y grows downward."""

    def __init__(self, width: int, height: int, seed: int = 0) -> None:
        from PIL import Image, ImageDraw

        self.size = (width, height)
        self.h = 100.0
        self.w = 100.0 * width / height
        self.dice = random.Random(seed)  # noqa: S311 - it draws hills
        self._unit = height * SUPERSAMPLING / 100.0
        self.image: Picture = Image.new("RGB", (width * SUPERSAMPLING, height * SUPERSAMPLING))
        self._pen = ImageDraw.Draw(self.image, "RGBA")

    # -- shapes ---------------------------------------------------------------------------------------------

    def fill(self, colour: Colour) -> None:
        self.image.paste(colour, (0, 0, *self.image.size))

    def gradient(self, top: Colour, bottom: Colour, y0: float = 0, y1: float = 100) -> None:
        """From one colour down to another between two heights."""
        from PIL import Image

        box = (0, self._px(y0), self.image.width, self._px(y1))
        ramp = Image.linear_gradient("L").resize((1, box[3] - box[1])).resize((box[2], box[3] - box[1]))
        self.image.paste(Image.composite(_plain(bottom, ramp.size), _plain(top, ramp.size), ramp), box)

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float = 0.6) -> None:
        """Light that fades with the distance."""
        from PIL import Image

        reach = self._px(radius)
        ring = Image.radial_gradient("L").resize((2 * reach, 2 * reach))
        mask = ring.point(
            [max(0, round(255 * strength * (1 - level / 180) ** 2)) if level < 180 else 0 for level in range(256)]
        )
        self.image.paste(colour, (self._px(x) - reach, self._px(y) - reach), mask)

    def circle(self, x: float, y: float, radius: float, colour: Colour, alpha: float = 1) -> None:
        self.oval(x, y, radius, radius, colour, alpha)

    def oval(self, x: float, y: float, rx: float, ry: float, colour: Colour, alpha: float = 1) -> None:
        box = (self._at(x - rx), self._at(y - ry), self._at(x + rx), self._at(y + ry))
        self._pen.ellipse(box, fill=_with(colour, alpha))

    def ring(self, x: float, y: float, radius: float, width: float, colour: Colour, alpha: float = 1) -> None:
        box = (self._at(x - radius), self._at(y - radius), self._at(x + radius), self._at(y + radius))
        self._pen.ellipse(box, outline=_with(colour, alpha), width=max(1, self._px(width)))

    def arc(self, x: float, y: float, radius: float, start: float, end: float, width: float, colour: Colour) -> None:
        """Part of a ring, in degrees clockwise from three o'clock."""
        box = (self._at(x - radius), self._at(y - radius), self._at(x + radius), self._at(y + radius))
        self._pen.arc(box, start, end, fill=colour, width=max(1, self._px(width)))

    def box(
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        colour: Colour,
        *,
        round_: float = 0,
        alpha: float = 1,
    ) -> None:
        corners = (self._at(x0), self._at(y0), self._at(x1), self._at(y1))
        self._pen.rounded_rectangle(corners, self._at(round_), fill=_with(colour, alpha))

    def shape(self, points: Iterable[Point], colour: Colour, alpha: float = 1) -> None:
        self._pen.polygon([(self._at(x), self._at(y)) for x, y in points], fill=_with(colour, alpha))

    def line(self, points: Sequence[Point], width: float, colour: Colour, alpha: float = 1) -> None:
        """A line with round joints and ends."""
        pixels = [(self._at(x), self._at(y)) for x, y in points]
        stroke = max(1, self._px(width))
        self._pen.line(pixels, fill=_with(colour, alpha), width=stroke, joint="curve")
        if alpha == 1 and stroke > 2:
            for x, y in (points[0], points[-1]):
                self.circle(x, y, width / 2, colour)

    # -- landscapes -----------------------------------------------------------------------------------------

    def ridge(
        self, base: float, height: float, colour: Colour, *, waves: float = 2, rough: float = 0.0
    ) -> Callable[[float], float]:
        """Hills to the lower edge; returns the height of the line at x. `rough` makes mountains of them."""
        line = self.skyline(base, height, waves=waves, rough=rough)
        steps = 160
        xs = [self.w * step / steps for step in range(steps + 1)]
        self.shape([(0, 100), *((x, line(x)) for x in xs), (self.w, 100)], colour)
        return line

    def mist(self, y0: float, y1: float, colour: Colour = (255, 255, 255), strength: float = 0.28) -> None:
        """A veil over what was drawn, thickest at its lower edge."""
        from PIL import Image

        box = (0, self._px(y0), self.image.width, self._px(y1))
        ramp = Image.linear_gradient("L").point([round(level * strength) for level in range(256)])
        self.image.paste(colour, box, ramp.resize((1, box[3] - box[1])).resize((box[2], box[3] - box[1])))

    def skyline(self, base: float, height: float, *, waves: float = 2, rough: float = 0.0) -> Callable[[float], float]:
        parts = [
            (
                height / (1 + 1.4 * order),
                waves * (1 + order) * self.dice.uniform(0.8, 1.2),
                self.dice.uniform(0, 6.28),
            )
            for order in range(3)
        ]
        jags = [self.dice.uniform(-1, 1) for _ in range(48)]

        def line(x: float) -> float:
            t = x / self.w
            smooth = sum(size * math.sin(turns * 3.14 * t + phase) for size, turns, phase in parts)
            spot = t * (len(jags) - 2)
            low = max(0, min(len(jags) - 2, int(spot)))
            jag = jags[low] + (jags[low + 1] - jags[low]) * (spot - low)
            return base - smooth - rough * jag

        return line

    def leaf(
        self,
        x: float,
        y: float,
        length: float,
        angle: float,
        colour: Colour,
        *,
        fat: float = 0.32,
        vein: Colour | None = None,
    ) -> None:
        """A pointed leaf from its stem at (x, y), turned clockwise from the right in degrees."""
        along, across = math.radians(angle), math.radians(angle + 90)

        def spot(t: float, side: float) -> Point:
            wide = fat * length * math.sin(math.pi * t**0.8) * side
            return (
                x + length * t * math.cos(along) + wide * math.cos(across),
                y + length * t * math.sin(along) + wide * math.sin(across),
            )

        edge = [step / 14 for step in range(15)]
        self.shape([*(spot(t, 1) for t in edge), *(spot(t, -1) for t in reversed(edge))], colour)
        if vein:
            self.line([spot(0, 0), spot(0.85, 0)], length * 0.03, vein)

    # -- what was drawn, changed ----------------------------------------------------------------------------

    def mirror(self, y: float) -> None:
        """Everything above this height once more below it, upside down: still water."""
        from PIL import Image

        upper = self.image.crop((0, 0, self.image.width, self._px(y)))
        lower = upper.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        room = (self.image.width, self.image.height - upper.height)
        self.image.paste(lower.resize(room), (0, upper.height))

    def silver(self, contrast: float) -> None:
        """Black and white, as film would keep it."""
        from PIL import ImageOps

        grey = ImageOps.autocontrast(self.image.convert("L"), cutoff=1)
        toned = grey.point([min(255, max(0, round(128 + (level - 128) * contrast))) for level in range(256)])
        self.image.paste(ImageOps.colorize(toned, (22, 20, 19), (246, 242, 234)))

    # -- as a file ------------------------------------------------------------------------------------------

    def shrunk(self) -> "Picture":
        return self.image.reduce(SUPERSAMPLING)

    def paste(self, other: "Canvas", x: float, y: float, height: float) -> None:
        """Another canvas as a picture in this one, its upper left corner at (x, y)."""
        pixels = (self._px(height * other.w / 100), self._px(height))
        self.image.paste(other.image.resize(pixels, 1), (self._px(x), self._px(y)))

    def jpeg(self) -> bytes:
        """The finished picture, as a camera would hand it in."""
        file = BytesIO()
        self.shrunk().save(file, "JPEG", quality=QUALITY, subsampling=0)
        return file.getvalue()

    def _at(self, units: float) -> float:
        return units * self._unit

    def _px(self, units: float) -> int:
        return round(units * self._unit)


def _plain(colour: Colour, size: tuple[int, int]) -> "Picture":
    from PIL import Image

    return Image.new("RGB", size, colour)


def _with(colour: Colour, alpha: float) -> tuple[int, int, int, int]:
    return (*colour, round(255 * alpha))
