"""All scenes by name, drawn at the size and shape that a post, a cover or a circle's picture needs."""

from pathlib import Path

from blueprints.circles.demo import gardens, outdoors, tables, workbench
from core.drawing import Canvas
from core.media import Picture, store_picture

SCENES = outdoors.SCENES | tables.SCENES | gardens.SCENES | workbench.SCENES

SIZES = {
    "wide": (1080, 810),
    "tall": (810, 1080),
    "square": (900, 900),
    "film": (1080, 720),
    "cover": (1080, 270),
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
