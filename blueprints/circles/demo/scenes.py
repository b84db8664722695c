"""All scenes by name, drawn at the size and shape that a post, a cover or a circle's picture needs."""

from pathlib import Path

from blueprints.circles.demo import gardens, outdoors, tables, workbench
from core.drawing import Canvas
from core.media import Picture, store_picture

SCENES = outdoors.SCENES | tables.SCENES | gardens.SCENES | workbench.SCENES

SIZES = {
    "wide": (960, 720),
    "tall": (720, 960),
    "square": (800, 800),
    "film": (960, 640),
    "cover": (960, 240),
    "face": (320, 320),
}
"""Pixels. No larger than pages show them: encoding is the slowest part of making demo data."""


def draw(scene: str, seed: int = 0, shape: str = "wide") -> bytes:
    """One picture as JPEG. Raises KeyError for a scene or shape that does not exist."""
    canvas = Canvas(*SIZES[shape], seed)
    SCENES[scene](canvas)
    return canvas.jpeg()


def stored(scene: str, seed: int, shape: str, folder: str) -> Picture:
    """Drawn and stored, in a process of its own."""
    return store_picture(draw(scene, seed, shape), Path(folder))
