"""The look keeps its promises: text can be read in light and dark, every icon exists, and pages stay light."""

import gzip
import math
import re
from itertools import product
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

ROOT = Path(__file__).parent.parent
TOKENS = (ROOT / "static/css/20-tokens.css").read_text()
SPRITE = (ROOT / "static/icons.svg").read_text()
KB = 1024

ON_PAPER = ("ink", "soft", "accent", "live", "money", "good")
GROUNDS = ("paper", "surface")
WASHES = ("accent", "live", "money", "good")


def token(name: str, scheme: str) -> tuple[float, float, float]:
    """Lightness, chroma and hue of a colour token in the light or the dark scheme."""
    found = re.search(rf"--{name}: light-dark\(oklch\(([^)]+)\), oklch\(([^)]+)\)\)", TOKENS)
    assert found, name
    lightness, chroma, hue = found[1 if scheme == "light" else 2].split()[:3]
    return float(lightness), float(chroma), float(hue)


def luminance(colour: tuple[float, float, float]) -> float:
    """Relative luminance (WCAG 2) of an OKLCH colour, by Ottosson's matrices."""
    lightness, chroma, hue = colour
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    shown = (min(1, max(0, part)) for part in (red, green, blue))
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), shown, strict=True))


def contrast(first: tuple[float, float, float], second: tuple[float, float, float]) -> float:
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_on_every_ground(scheme):
    pairs = [*product(ON_PAPER, GROUNDS), *((name, f"{name}-wash") for name in WASHES)]
    pairs += [("ink", "raised"), ("soft", "raised"), ("ink", "mark"), ("on-accent", "accent")]
    pairs += [("ink", f"{name}-wash") for name in WASHES]
    faint = {pair: round(contrast(token(pair[0], scheme), token(pair[1], scheme)), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in faint.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_edge_of_a_field_can_be_seen(scheme):
    assert min(contrast(token("edge", scheme), token(ground, scheme)) for ground in GROUNDS) >= 3


def icons_named(call: nodes.Call, arguments: list[str]) -> set[str]:
    """The icons that stand as plain words in a call of a component."""
    given = dict(zip(arguments, call.args, strict=False)) | {each.key: each.value for each in call.kwargs}
    said = given.get("name" if call.node.name == "icon" else "icon_name")
    choices = [said.expr1, said.expr2] if isinstance(said, nodes.CondExpr) else [said]
    return {each.value for each in choices if isinstance(each, nodes.Const) and each.value}


def test_every_icon_that_a_page_names_is_in_the_sprite():
    known = set(re.findall(r'<symbol id="([^"]+)"', SPRITE))
    parsed = {path: Environment().parse(path.read_text()) for path in (ROOT / "templates").rglob("*.html")}
    components = {
        macro.name: [arg.name for arg in macro.args]
        for path, tree in parsed.items()
        if path.parent.name == "components"
        for macro in tree.find_all(nodes.Macro)
    }
    calls = [(path, call) for path, tree in parsed.items() for call in tree.find_all(nodes.Call)]
    named = {
        (path.name, icon)
        for path, call in calls
        if isinstance(call.node, nodes.Name) and call.node.name in components
        for icon in icons_named(call, components[call.node.name])
    }
    places = re.compile(r'Place\("[^"]+", _l\("[^"]+"\), "([^"]+)"')
    named |= {
        (str(path.parent.name), icon)
        for path in (ROOT / "blueprints").rglob("__init__.py")
        for icon in places.findall(path.read_text())
    }
    assert len(named) > 20
    assert {each for each in named if each[1] not in known} == set()


def test_no_style_and_no_script_stands_in_a_template():
    inline = re.compile(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|hx-on|javascript:")
    found = {path.name: inline.findall(path.read_text()) for path in (ROOT / "templates").rglob("*.html")}
    assert {name: what for name, what in found.items() if what} == {}


def test_styles_and_scripts_stay_light():
    def weight(pattern: str) -> int:
        return len(gzip.compress(b"\n".join(path.read_bytes() for path in sorted((ROOT / "static").glob(pattern))), 9))

    assert weight("css/*.css") <= 15 * KB and weight("css/member/*.css") <= 4 * KB
    assert weight("js/*.js") <= 11 * KB and weight("js/member/*.js") <= 14 * KB
    assert weight("css/live/*.css") <= 6 * KB and weight("js/live/*.js") <= 18 * KB
