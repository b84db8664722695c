"""The templates, parsed: what each takes, uses, includes and calls."""

import ast
import re
from dataclasses import dataclass
from functools import cached_property

from flask import Flask
from jinja2 import meta, nodes

from tests.source_tree import sources

TAKES = re.compile(r"\A\{# takes: (?P<names>[^;#]+?)(?:; macros (?P<macros>[^#]+?))? #\}")
RENDERERS = {"page": 0, "render_template": 0, "region": 0, "kept": 0, "still": 0}
"""Functions that render, and where their template stands among the arguments."""

OWN_KEYWORDS = {"status", "key"}


def names_in(listed: str | None) -> set[str]:
    names = {name.strip() for name in (listed or "").split(",")}
    return set() if names <= {"", "nothing"} else names


@dataclass(frozen=True)
class Page:
    name: str
    source: str
    tree: nodes.Template

    @property
    def head(self) -> re.Match[str] | None:
        return TAKES.match(self.source)

    @cached_property
    def takes(self) -> set[str]:
        assert self.head, f"{self.name}: the first line says {{# takes: … #}}"
        return names_in(self.head["names"])

    @cached_property
    def says_macros(self) -> set[str]:
        assert self.head
        return names_in(self.head["macros"])

    @cached_property
    def macros(self) -> dict[str, nodes.Macro]:
        return {macro.name: macro for macro in self.tree.find_all(nodes.Macro)}

    @cached_property
    def undeclared(self) -> set[str]:
        """Names that come from outside. What is imported or set here is not, even if only on some ways through, unless
        the first line says that it is taken."""
        own = self.assigned | set(self.macros)
        for node in self.tree.find_all(nodes.FromImport):
            own |= {name[1] if isinstance(name, tuple) else name for name in node.names}
        return meta.find_undeclared_variables(self.tree) - own | own & self.takes

    @cached_property
    def assigned(self) -> set[str]:
        return {name.name for name in self.tree.find_all(nodes.Name) if name.ctx in ("store", "param")}

    @cached_property
    def included(self) -> set[str]:
        """Templates that are put in here with all that is known here."""
        return {node.template.value for node in self.tree.find_all(nodes.Include)
                if isinstance(node.template, nodes.Const)}  # fmt: skip

    @cached_property
    def parents(self) -> list[str]:
        return [node.template.value for node in self.tree.find_all(nodes.Extends)]

    @property
    def is_page(self) -> bool:
        return bool(self.parents)

    @property
    def folder(self) -> str:
        return self.name.partition("/")[0]


def read_templates(app: Flask) -> dict[str, Page]:
    env = app.jinja_env
    found = {}
    for name in env.list_templates(filter_func=lambda name: name.endswith(".html")):
        source = env.loader.get_source(env, name)[0]
        found[name] = Page(name, source, env.parse(source, name))
    return found


def context_names(app: Flask) -> set[str]:
    """What every page has without asking: globals, and what the context processors add."""
    names = set(app.jinja_env.globals)
    with app.test_request_context("/"):
        for processor in app.template_context_processors[None]:
            names |= set(processor())
    return names


@dataclass(frozen=True)
class Call:
    """A macro called in a template."""

    page: str
    line: int
    macro: nodes.Macro
    node: nodes.Call

    def arguments(self) -> dict[str, nodes.Expr]:
        """Parameter -> expression; raises AssertionError for what the macro does not take."""
        names = [argument.name for argument in self.macro.args]
        assert len(self.node.args) <= len(names), f"{self.page}:{self.line} {self.macro.name}: too many arguments"
        bound = dict(zip(names, self.node.args, strict=False))
        for keyword in self.node.kwargs:
            assert keyword.key in names or takes_more(self.macro), (
                f"{self.page}:{self.line} {self.macro.name} takes no {keyword.key}"
            )
            bound[keyword.key] = keyword.value
        return bound


def takes_more(macro: nodes.Macro) -> bool:
    return any(name.name in ("kwargs", "varargs") for name in macro.find_all(nodes.Name))


def macro_calls(pages: dict[str, Page]) -> list[Call]:
    """Every call of a macro, with the macro that it means."""
    calls = []
    for page in pages.values():
        known = dict(page.macros)
        for node in page.tree.find_all(nodes.FromImport):
            for name in node.names:
                theirs, ours = name if isinstance(name, tuple) else (name, name)
                known[ours] = pages[node.template.value].macros[theirs]
        for call in page.tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in known:
                calls.append(Call(page.name, call.lineno, known[call.node.name], call))
    return calls


@dataclass(frozen=True)
class Render:
    """A template rendered from Python with these keywords; `more` says that further ones come in a dictionary."""

    where: str
    template: str
    regions: tuple[str, ...]
    keywords: frozenset[str]
    more: bool


def renders() -> list[Render]:
    found = []
    for source in sources():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                template = node.args[0].value
                if called in RENDERERS and isinstance(template, str) and template.endswith(".html"):
                    found.append(_render(f"{source.name}:{node.lineno}", node))
    return found


def _render(where: str, node: ast.Call) -> Render:
    regions: tuple[str, ...] = ()
    if len(node.args) > 1 and isinstance(node.args[1], ast.Dict):
        regions = tuple(value.value for value in node.args[1].values if isinstance(value, ast.Constant))
    keywords = frozenset(keyword.arg for keyword in node.keywords if keyword.arg) - OWN_KEYWORDS
    more = any(keyword.arg is None for keyword in node.keywords)
    return Render(where, str(node.args[0].value), regions, keywords, more)  # type: ignore[attr-defined]
