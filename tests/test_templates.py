"""Templates: what they take, what they call, and what never stands in them."""

import ast
import re
import xml.etree.ElementTree as ET

import pytest
from jinja2 import nodes

from tests.source_tree import ROOT, sources
from tests.template_tree import Page, context_names, macro_calls, read_templates, renders

HX_OUTSIDE_OF_COMPONENTS = {
    "hx-disable",  # people's text, in which no attribute may come alive
    "hx-swap-oob",  # a region that is sent along with another
}
HX_ALLOWED: dict[str, set[str]] = {}
"""Template -> attributes, where no macro says it: each with its reason."""

WITHOUT_TITLE = {"base.html", "site/front.html"}
"""The front page is called by the name of the site, as base.html does."""

CJK = re.compile(r"[\u3400-\u9fff\uff00-\uffef]")
TEXT_FUNCTIONS = {"_", "_l", "gettext", "lazy_gettext", "ngettext", "lazy_ngettext", "pgettext"}


@pytest.fixture(scope="module")
def pages(house) -> dict[str, Page]:
    return read_templates(house.app)


@pytest.fixture
def everywhere(app) -> set[str]:
    return context_names(app)


def test_every_template_compiles(house, pages):
    assert len(pages) > 20
    for name in pages:
        house.app.jinja_env.get_template(name)


# ---- what they take -----------------------------------------------------------------------------------------


def test_the_first_line_says_what_the_template_uses(pages, everywhere):
    wrong = {}
    for page in pages.values():
        used = page.undeclared | included_names(page, pages)
        missing = used - page.takes - everywhere
        passed_on = {name for parent in page.parents for name in pages[parent].takes}
        idle = page.takes - used - passed_on - everywhere
        if missing or idle:
            wrong[page.name] = {"uses without saying": missing, "says without using": idle}
    assert not wrong


def included_names(page: Page, pages: dict[str, Page]) -> set[str]:
    """What the templates need that are put in here with all that is known here."""
    needed = {name for other in page.included for name in pages[other].takes - optional(pages[other])}
    return needed - page.assigned


def test_the_first_line_of_a_component_names_its_macros(pages):
    for page in pages.values():
        if page.macros and not page.is_page:
            public = {name for name in page.macros if not name.startswith("_")}
            said = page.says_macros or (public if page.folder != "components" else set())
            assert said == public, page.name


def test_components_know_nothing_but_what_they_are_given(pages, everywhere):
    for page in pages.values():
        if page.folder == "components":
            assert page.takes == set(), page.name


def test_whoever_renders_a_template_hands_over_what_it_takes(pages, everywhere):
    wrong = []
    for render in renders():
        assert render.template in pages, render.where
        for name in (render.template, *render.regions):
            needed = pages[name].takes - everywhere - optional(pages[name])
            if not render.more and needed - render.keywords:
                wrong.append(f"{render.where}: {name} takes {sorted(needed - render.keywords)}")
        shown = [render.template, *render.regions]
        taken = {name for template in [*shown, *pages[render.template].parents] for name in pages[template].takes}
        if render.keywords - taken:
            wrong.append(f"{render.where}: {render.template} does not take {sorted(render.keywords - taken)}")
    assert not wrong


def optional(page: Page) -> set[str]:
    """Names that the template has an own value for: `name|default(…)`, or that it asks `is defined`."""
    found = set()
    for node in page.tree.find_all((nodes.Filter, nodes.Test)):
        if node.name in ("default", "d", "defined") and isinstance(node.node, nodes.Name):
            found.add(node.node.name)
    return found


def test_every_template_is_used(pages):
    used = {name for render in renders() for name in (render.template, *render.regions)}
    for page in pages.values():
        used |= page.included
        for node in page.tree.find_all((nodes.Extends, nodes.FromImport, nodes.Import)):
            used.add(node.template.value)
        used |= {const.value for const in page.tree.find_all(nodes.Const) if isinstance(const.value, str)}
    literals = {
        node.value for source in sources() for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith(".html")
    }  # fmt: skip
    assert set(pages) - used - literals == set()
    assert {name for name in literals if "/" in name} - set(pages) == set()


# ---- what they call -----------------------------------------------------------------------------------------


def test_what_is_imported_is_there(pages):
    for page in pages.values():
        for node in page.tree.find_all(nodes.FromImport):
            there = pages[node.template.value].macros
            wanted = {name[0] if isinstance(name, tuple) else name for name in node.names}
            assert wanted <= set(there), f"{page.name}: {wanted - set(there)}"


def test_macros_are_called_as_they_are_written(pages):
    calls = macro_calls(pages)
    assert len(calls) > 100
    for call in calls:
        call.arguments()


def test_every_icon_is_in_the_sprite(pages):
    sprite = ET.parse(ROOT / "static" / "icons.svg").getroot()
    there = {symbol.get("id") for symbol in sprite.iter("{http://www.w3.org/2000/svg}symbol")}
    for call in macro_calls(pages):
        bound = call.arguments()
        icon = bound.get("name") if call.macro.name == "icon" else bound.get("icon_name")
        for const in consts(icon):
            assert const in there, f"{call.page}:{call.line}: no icon {const}"
    for place in re.finditer(r'Place\([^)]*?_l\("[^"]*"\), "([a-z-]+)"', "".join(s.text for s in sources())):
        assert place[1] in there


def consts(node: nodes.Expr | None) -> list[str]:
    """The plain strings that an expression can come to."""
    if isinstance(node, nodes.Const):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, nodes.CondExpr):
        return consts(node.expr1) + consts(node.expr2)
    return []


def test_every_address_leads_to_a_route(house, pages):
    endpoints = set(house.app.view_functions)
    for page in pages.values():
        for call in page.tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "url_for":
                for endpoint in consts(call.args[0]):
                    full = f"{page.folder}{endpoint}" if endpoint.startswith(".") else endpoint
                    assert full in endpoints, f"{page.name}:{call.lineno}: {endpoint}"
    for source in sources():
        for node in ast.walk(source.tree):
            if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "url_for" and node.args):
                continue
            if isinstance(node.args[0], ast.Constant):
                endpoint = str(node.args[0].value)
                full = f"{source.blueprint}{endpoint}" if endpoint.startswith(".") else endpoint
                assert full in endpoints, f"{source.name}:{node.lineno}: {endpoint}"


# ---- what never stands in them ------------------------------------------------------------------------------

FORBIDDEN = {
    r"\sstyle\s*=": "style attributes are refused by the content security policy",
    r"<style\b": "inline style sheets are refused by the content security policy",
    r"\son[a-z]+\s*=\s*[\"']": "inline handlers are refused by the content security policy",
    r"<script(?![^>]*\ssrc=)": "inline scripts are refused by the content security policy",
    r"javascript:": "addresses lead somewhere",
    r"\bhx-on\b|\bhx-on:|\bhx-vals=[\"']?js:|\bhx-headers=[\"']?js:": "needs eval, which is forbidden",
    r"\|\s*safe\b": "only core/markup.py says what is safe",
    r"autoescape\s+false": "only core/markup.py says what is safe",
    r"\bTO" r"DO\b": "nothing is left for later",
    r"https?://(?!www\.w3\.org/)": "nothing is loaded from elsewhere",
}


@pytest.mark.parametrize("pattern", FORBIDDEN)
def test_what_never_stands_in_a_template(pages, pattern):
    for page in pages.values():
        found = re.search(pattern, without_comments(page.source))
        assert not found, f"{page.name}: {found and found[0]!r}: {FORBIDDEN[pattern]}"


def without_comments(source: str) -> str:
    return re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL)


def test_only_the_html_that_markup_made_is_trusted(pages):
    for page in pages.values():
        for node in page.tree.find_all(nodes.Filter):
            if node.name == "trusted":
                name = node.node.attr if isinstance(node.node, nodes.Getattr) else getattr(node.node, "name", "")
                assert name.endswith("html"), f"{page.name}:{node.lineno}: {name}|trusted"


def test_htmx_is_spoken_in_components(pages):
    for page in pages.values():
        if page.folder == "components":
            continue
        found = set(re.findall(r"\bhx-[a-z-]+(?==|\b)", without_comments(page.source)))
        allowed = HX_OUTSIDE_OF_COMPONENTS | HX_ALLOWED.get(page.name, set())
        assert found <= allowed, f"{page.name}: {found - allowed}"


def test_every_page_has_a_title_of_its_own(pages):
    for page in pages.values():
        if page.is_page and page.name not in WITHOUT_TITLE:
            blocks = {block.name for block in page.tree.find_all(nodes.Block)}
            inherited = {block.name for name in page.parents if name != "base.html"
                         for block in pages[name].tree.find_all(nodes.Block)}  # fmt: skip
            assert "title" in blocks | inherited, page.name


def test_the_head_of_a_page_is_the_place_of_no_content(pages):
    for page in pages.values():
        if page.is_page:
            assert not [node for node in page.tree.body if isinstance(node, nodes.Output) and "<" in text_of(node)]


def text_of(node: nodes.Output) -> str:
    return "".join(part.data for part in node.nodes if isinstance(part, nodes.TemplateData))


# ---- words --------------------------------------------------------------------------------------------------


def words_of_templates(house, pages) -> list[tuple[str, str]]:
    found = []
    for page in pages.values():
        for _line, _function, message in house.app.jinja_env.extract_translations(page.source):
            parts = message if isinstance(message, tuple) else (message,)
            found += [(page.name, part) for part in parts if part]
    return found


def words_of_code() -> list[tuple[str, str]]:
    found = []
    for source in sources():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in TEXT_FUNCTIONS:
                found += [(f"{source.name}:{node.lineno}", part.value) for part in node.args[:2]
                          if isinstance(part, ast.Constant) and isinstance(part.value, str)]  # fmt: skip
    return found


def test_words_are_calm_english_with_named_placeholders(house, pages):
    words = words_of_templates(house, pages) + words_of_code()
    assert len(words) > 300
    for where, text in words:
        assert "!" not in text, f"{where}: {text}"
        assert not CJK.search(text), f"{where}: the source is English, the catalogues are Chinese: {text}"
        assert not re.search(r"%[sd]|\{\}|%\((?!\w+\)[sd])", text), f"{where}: {text}"
        assert text == text.strip() and "  " not in text, f"{where}: {text!r}"


def test_no_sentence_stands_in_a_template_untranslated(pages):
    """Words between tags are in `_()`; what is left is marks, numbers and names of nothing."""
    for page in pages.values():
        if page.name == "site/design.html":
            continue
        bare = re.sub(r"<!--.*?-->|<(svg|code|pre|kbd).*?</\1>|<[^>]*>", " ", template_text(page), flags=re.DOTALL)
        bare = re.sub(r"&[a-z]+;|&#\d+;|<[^>]*\Z|\A[^<]*>", " ", bare)
        assert not re.search(r"[A-Za-z]{3,}(?:\s+[A-Za-z]{2,})+", bare), f"{page.name}: {bare.strip()[:200]}"


def template_text(page: Page) -> str:
    """The source without anything of Jinja; what stands between is replaced by nothing."""
    text = without_comments(page.source)
    return re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.DOTALL)


def test_templates_lie_where_their_blueprint_is(pages):
    folders = {source.blueprint for source in sources()}
    shared = {"components", "errors", "still", "base.html"}
    assert {page.folder for page in pages.values()} <= folders | shared
