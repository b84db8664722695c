from flask_babel import lazy_gettext as _l

from core.blueprint import Blueprint, Place

bp = Blueprint(
    "circles",
    title="Circles: rooms, their members, posts and comments",
    needs=("people",),
    cli_group=None,
    place=Place("circles.index", _l("Circles"), "circles", 10, "circle:list"),
)
