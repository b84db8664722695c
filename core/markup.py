"""People's text to safe HTML, once, when it is written: Markdown with raw HTML off, then bleach, then nh3.

Each of the three would do alone; they are written by different people, and a hole in one is closed by the
next. Stored HTML goes into pages through `trusted`, the only place that tells Jinja not to escape.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import bleach  # type: ignore[import-untyped]
import nh3
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup

from core import dialect, highlight
from core.plain import clean_body, clean_line

POLICY_VERSION = 2
"""Raised when the same source would give other HTML; stored texts with a lower one are rendered again by a
job."""

MAX_BYTES = 20_480
EXCERPT_CHARS = 200
MOST_HTML = 150_000

_INLINE = ("a", "br", "code", "em", "s", "span", "strong")
_BLOCK = ("blockquote", "details", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "summary", "ul")
_TABLE = ("table", "tbody", "td", "th", "thead", "tr")
TAGS = frozenset((*_INLINE, *_BLOCK, *_TABLE))
REL = "nofollow ugc noopener"

_LANGUAGE = re.compile(r"language-[A-Za-z0-9+#._-]{1,30}\Z")
_COLOUR = re.compile(r"hl-[a-z]\Z")
_START = re.compile(r"[0-9]{1,9}\Z")

# Two readings of "@anna你好": the whole, and the part before the change of script, since Chinese leaves no
# space.
_MENTION = re.compile(
    r"(?<![A-Za-z0-9_.@/-])@([A-Za-z0-9_\u3005\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af-]{3,60})"
)
_LATIN_START = re.compile(r"[a-z0-9_-]+")
MOST_MENTIONS = 50

HIDDEN = "▒▒▒"
"""Stands in excerpts for what a spoiler hides."""

_APART = frozenset(
    f"{name}_{side}" for name in ("blockquote", "fold", "heading", "table") for side in ("open", "close")
)



Names = Callable[[tuple[str, ...]], Mapping[str, str]]
"""Asked once for all names after an @ (lower case); answers with those that exist, each with where it leads."""


@dataclass(frozen=True)
class Rendered:
    """`excerpt` is one line of at most 200 characters, `text` everything that can be read, a line a block.
    `mentions` are names that may or may not exist, lower case, each once. `link` is the first bare web address of the
    running text: not in a quote, a spoiler, a table or code, nor behind words."""

    html: str
    excerpt: str
    text: str
    mentions: tuple[str, ...]
    link: str | None = None


def render(source: str, names: Names | None = None) -> Rendered:
    """Markdown to what is stored; with `names`, mentions of those who exist become links. Raises ValueError above
    20,480 bytes of UTF-8: parsing is only quick below."""
    if len(source) > MAX_BYTES or len(source.encode(errors="replace")) > MAX_BYTES:
        raise ValueError("source is longer than 20,480 bytes")
    source = clean_body(source)
    tokens = _MARKDOWN.parse(source, {})
    text = _joined(tokens, hides=False)
    mentions = _mentions(tokens)
    known = names(mentions) if names and mentions else {}
    if known:
        _link_mentions(tokens, known)
    html = _MARKDOWN.renderer.render(tokens, _options(tokens), {})
    return Rendered(
        html=_clean(html if len(html) <= MOST_HTML else _as_typed(source)),
        excerpt=_excerpt(_joined(tokens, hides=True)),
        text=text,
        mentions=mentions,
        link=_link(tokens),
    )


def linked(source: str) -> str:
    """One line as it was typed, its web addresses as links: for what is too short to be Markdown. Raises ValueError
    above 20,480 bytes."""
    if len(source.encode(errors="replace")) > MAX_BYTES:
        raise ValueError("source is longer than 20,480 bytes")
    text, parts, start = clean_line(source), [], 0
    for match in dialect.addresses(text):
        address = escapeHtml(match.url)
        parts += [escapeHtml(text[start : match.index]), f'<a href="{address}">{escapeHtml(match.raw)}</a>']
        start = match.last_index
    return _clean("".join([*parts, escapeHtml(text[start:])]))


def _options(tokens: list[Token]) -> OptionsDict:
    """Without colours where there is too much code: each word of it would be an element."""
    code = sum(len(token.content) for token in tokens if token.type == "fence")
    return _MARKDOWN.options if code <= highlight.MOST_BYTES else _PLAIN


def trusted(html: str) -> Markup:
    """Mark HTML as safe for templates: what `render` made or a template escaped already, nothing else."""
    return Markup(html)  # noqa: S704 - the one place


# ---- cleaning --------------------------------------------------------------------------------------------


def _allow(tag: str, name: str, value: str) -> bool:
    if tag == "a":
        return (
            (name == "href" and bool(dialect.ADDRESS.match(value)))
            or name == "title"
            or (name == "class" and value == "mention")
        )
    if tag == "span":
        is_class = name == "class" and (value == "spoiler" or bool(_COLOUR.match(value)))
        return is_class or (name == "tabindex" and value == "0")
    if tag == "code" and name == "class":
        return bool(_LANGUAGE.match(value))
    if tag == "details":
        return name == "class" and value == "spoiler"
    return tag == "ol" and name == "start" and bool(_START.match(value))


def _gate(tag: str, name: str, value: str) -> str | None:
    own_rel = tag == "a" and name == "rel" and value == REL
    return value if own_rel or _allow(tag, name, value) else None


_GATE = nh3.Cleaner(
    tags=set(TAGS),
    attributes={
        "a": {"href", "title", "class"}, "code": {"class"}, "ol": {"start"}, "span": {"class", "tabindex"},
        "details": {"class"},
    },
    attribute_filter=_gate,
    url_schemes={"http", "https", "mailto"},
    url_relative="pass_through",
    link_rel=REL,
)


def _clean(html: str) -> str:
    """A bleach cleaner has state, and one shared by threads mixed up texts: so one for each call. Entities
    such as &#x202e; became characters only in the parser, hence the second `clean_body`."""
    cleaner = bleach.Cleaner(tags=TAGS, attributes=_allow, protocols={"http", "https", "mailto"}, strip=True)
    return _GATE.clean(cleaner.clean(clean_body(html))).strip()


def _as_typed(source: str) -> str:
    """For texts that only a program writes, such as a table of ten thousand empty cells: cleaning those
    takes seconds."""
    return "<p>" + escapeHtml(source).replace("\n", "<br>") + "</p>"


# ---- reading ---------------------------------------------------------------------------------------------


def _joined(tokens: list[Token], *, hides: bool) -> str:
    return "\n".join(line for line in map(clean_line, _lines(tokens, hides)) if line)


def _lines(tokens: list[Token], hides: bool) -> Iterator[str]:
    """Everything that can be read; what is folded away is not, for those who did not ask to see it."""
    folded = False
    for token in tokens:
        if hides and token.type in ("fold_open", "fold_close"):
            folded = token.nesting > 0
            if folded:
                yield HIDDEN
        elif folded:
            continue
        elif token.type == "inline":
            yield from "".join(_words(token.children or [], hides)).split("\n")
        elif token.type in ("fence", "code_block"):
            yield from token.content.split("\n")


def _words(children: list[Token], hides: bool) -> Iterator[str]:
    hidden = False
    for child in children:
        if hides and child.type in ("spoiler_open", "spoiler_close"):
            hidden = child.nesting > 0
            if hidden:
                yield HIDDEN
        elif not hidden:
            yield "\n" if child.type in ("softbreak", "hardbreak") else child.content


def _link(tokens: list[Token]) -> str | None:
    inside = 0
    for token in tokens:
        if token.type in _APART:
            inside += token.nesting
        if token.type != "inline" or inside:
            continue
        hidden = 0
        for child in token.children or ():
            hidden += child.nesting if child.type in ("spoiler_open", "spoiler_close") else 0
            if child.type == "link_open" and child.info == "auto" and not hidden:
                address = str(child.attrs["href"])
                if address.lower().startswith(("http://", "https://")):
                    return address
    return None


def _excerpt(text: str) -> str:
    line = text.replace("\n", " ")
    if len(line) <= EXCERPT_CHARS:
        return line
    end = EXCERPT_CHARS - 1
    space = line.rfind(" ", end - 30, end + 1)
    if space > 0 and line[end - 1].isascii():
        end = space
    while end > 1 and _glued(line[end - 1], line[end]):
        end -= 1
    return line[:end].rstrip() + "…"


def _glued(before: str, after: str) -> bool:
    """Whether a cut between the two would break one visible character."""
    return (
        unicodedata.category(after)[0] == "M"
        or "\u200d" in (before, after)
        or "\U0001f3fb" <= after <= "\U0001f3ff"
        or "\U000e0020" <= after <= "\U000e007f"
        or ("\U0001f1e6" <= after <= "\U0001f1ff" and "\U0001f1e6" <= before <= "\U0001f1ff")
    )


def _mentions(tokens: list[Token]) -> tuple[str, ...]:
    """Names after @ in running text; not in code, not in links."""
    found: dict[str, None] = {}
    for token in tokens:
        inside_link = 0
        for child in token.children or ():
            inside_link += child.nesting if child.type in ("link_open", "link_close") else 0
            if child.type == "text" and not inside_link:
                for match in _MENTION.finditer(child.content):
                    found.update(dict.fromkeys(_readings(match[1].lower())))
    return tuple(found)[:MOST_MENTIONS]


def _link_mentions(tokens: list[Token], known: Mapping[str, str]) -> None:
    for token in tokens:
        if any(child.type == "text" and "@" in child.content for child in token.children or ()):
            token.children = list(_with_links(token.children or [], known))


def _with_links(children: list[Token], known: Mapping[str, str]) -> Iterator[Token]:
    inside_link = 0
    for child in children:
        inside_link += child.nesting if child.type in ("link_open", "link_close") else 0
        if child.type != "text" or inside_link or "@" not in child.content:
            yield child
            continue
        start = 0
        for match in _MENTION.finditer(child.content):
            name = next((reading for reading in _readings(match[1].lower()) if reading in known), None)
            end = match.start(1) + len(name) if name and match[1].lower().startswith(name) else 0
            if name is None or not end:
                continue
            yield Token("text", "", 0, content=child.content[start : match.start()])
            yield Token("link_open", "a", 1, attrs={"href": known[name], "class": "mention"})
            yield Token("text", "", 0, content=child.content[match.start() : end])
            yield Token("link_close", "a", -1)
            start = end
        yield Token("text", "", 0, content=child.content[start:])


def _readings(name: str) -> list[str]:
    latin = _LATIN_START.match(name)
    both = [name, latin[0]] if latin else [name]
    return [reading for reading in (part.strip("_-") for part in both) if 3 <= len(reading) <= 30]


_MARKDOWN = dialect.parser()
_PLAIN = OptionsDict({**_MARKDOWN.options, "highlight": None})  # type: ignore[typeddict-item]
