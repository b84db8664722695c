"""All scenes by name, drawn at the size and shape that a post, a cover or a circle's picture needs."""

from blueprints.circles.demo import gardens, outdoors, tables, workbench
from core.drawing import Canvas

SCENES = outdoors.SCENES | tables.SCENES | gardens.SCENES | workbench.SCENES

SIZES = {
    "wide": (1280, 960),
    "tall": (960, 1280),
    "square": (1080, 1080),
    "film": (1260, 840),
    "cover": (1280, 320),
    "face": (384, 384),
}
"""Pixels. No larger than pages show them: encoding is the slowest part of making demo data."""


def draw(scene: str, seed: int = 0, shape: str = "wide") -> bytes:
    """One picture as JPEG. Raises KeyError for a scene or shape that does not exist."""
    canvas = Canvas(*SIZES[shape], seed)
    SCENES[scene](canvas)
    return canvas.jpeg()
