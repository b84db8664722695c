"""Draw static/icons.svg (picked lucide icons and our own mark), the favicon and the app icons.

Needs npm for the icons; `python dev/icons.py --own` draws only what is ours.
"""

import math
import re
import sys
import tempfile
from pathlib import Path

import vendor
from PIL import Image, ImageDraw

STATIC = Path(__file__).parent.parent / "static"

LUCIDE = (Path(__file__).parent / "icons.txt").read_text().split()

INK, RING_LEFT, RING_RIGHT = "#2457b0", "#ffffff", "#a9c8ff"
RADIUS, LEFT, RIGHT, GAP = 6.25, 8.9, 15.1, 20.0


def ring(centre: float, gap_at: float) -> str:
    """An SVG path: a circle around (centre, 12), open where the other ring lies on top."""

    def point(degrees: float) -> str:
        angle = math.radians(degrees)
        return f"{centre + RADIUS * math.cos(angle):.2f} {12 + RADIUS * math.sin(angle):.2f}"

    return f"M{point(gap_at + GAP)}A{RADIUS} {RADIUS} 0 1 1 {point(gap_at - GAP)}"


CROSSING = math.degrees(math.acos((12 - LEFT) / RADIUS))
LEFT_RING, RIGHT_RING = ring(LEFT, CROSSING), ring(RIGHT, 180 + CROSSING)


def symbol(name: str, body: str) -> str:
    return f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>'


def own_symbol(name: str) -> str:
    return symbol(name, f'<g stroke-linecap="butt"><path d="{LEFT_RING}"/><path d="{RIGHT_RING}"/></g>')


def lucide_symbols(folder: Path) -> list[str]:
    found = []
    for name in LUCIDE:
        text = (folder / "icons" / f"{name}.svg").read_text()
        body = re.sub(r"\s*\n\s*", "", text[text.index(">", text.index("<svg")) + 1 : text.index("</svg>")])
        found.append(symbol(name, body.replace(" />", "/>")))
    return found


def write_sprite() -> None:
    package = next(each for each in vendor.packages() if each["name"] == "lucide-static")
    with tempfile.TemporaryDirectory() as folder:
        symbols = lucide_symbols(vendor.unpack(package, Path(folder)))
    head = f"<!-- Icons: lucide {package['version']}, ISC licence, see vendor/. The mark is our own. -->"
    own = [own_symbol(name) for name in ("mark", "circles")]
    lines = ['<svg xmlns="http://www.w3.org/2000/svg">', head, *own, *symbols, "</svg>"]
    (STATIC / "icons.svg").write_text("\n".join(lines) + "\n")


def write_favicon() -> None:
    (STATIC / "favicon.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">'
        f'<rect width="24" height="24" rx="6" fill="{INK}"/>'
        f'<g fill="none" stroke-width="2.2" transform="translate(1.2 1.2) scale(.9)">'
        f'<path stroke="{RING_LEFT}" d="{LEFT_RING}"/><path stroke="{RING_RIGHT}" d="{RIGHT_RING}"/>'
        "</g></svg>\n"
    )


def write_png(name: str, pixels: int, *, scale: float, corner: float) -> None:
    """An app icon. `scale`: share of the square that the mark's box fills; `corner`: radius, too."""
    fine = pixels * 8
    unit = fine * scale / 24
    middle = fine / 2
    image = Image.new("RGBA", (fine, fine), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, fine - 1, fine - 1), radius=fine * corner, fill=INK)
    for centre, gap_at, colour in ((LEFT, CROSSING, RING_LEFT), (RIGHT, 180 + CROSSING, RING_RIGHT)):
        x, reach = middle + (centre - 12) * unit, (RADIUS + 1.1) * unit
        box = (x - reach, middle - reach, x + reach, middle + reach)
        draw.arc(box, gap_at + GAP, gap_at - GAP + 360, fill=colour, width=round(2.2 * unit))
    image.resize((pixels, pixels), Image.Resampling.LANCZOS).quantize(64).save(STATIC / name, optimize=True)


def main() -> None:
    if "--own" not in sys.argv:
        write_sprite()
    write_favicon()
    write_png("icon-192.png", 192, scale=0.9, corner=0.22)
    write_png("icon-512.png", 512, scale=0.9, corner=0.22)
    write_png("icon-maskable-512.png", 512, scale=0.72, corner=0)


if __name__ == "__main__":
    main()
