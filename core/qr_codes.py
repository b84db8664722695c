"""An address as a picture that a telephone reads."""

import segno

QUIET_ZONE = 4
"""Modules of white around it, without which readers find nothing."""


def qr_svg(address: str, label: str) -> str:
    """The code as SVG for a page, black on white in every theme: many readers see nothing in an inverted one."""
    code = segno.make(address, error="m", micro=False)
    return str(
        code.svg_inline(
            border=QUIET_ZONE, dark="#000", light="#fff", svgclass="qr", lineclass=None, omitsize=True, title=label
        )
    )
