"""People's text to safe HTML, once, when it is written: Markdown with raw HTML off, then bleach, then nh3.

Each of the three would do alone; they are written by different people, and a hole in one is closed by the
next. Stored HTML goes into pages through `trusted`, the only place that tells Jinja not to escape.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import bleach  # type: ignore[import-untyped]
import nh3
from linkify_it import LinkifyIt
from linkify_it.main import Match
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml, isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token
from markupsafe import Markup

from core.plain import clean_body, clean_line

POLICY_VERSION = 1
"""Raised when the same source would give other HTML; stored texts with a lower one are rendered again by a
job."""

MAX_BYTES = 20_480
EXCERPT_CHARS = 200
DEEPEST_NESTING = 20
MOST_HTML = 150_000

_INLINE = ("a", "br", "code", "em", "s", "strong")
_BLOCK = ("blockquote", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "ul")
_TABLE = ("table", "tbody", "td", "th", "thead", "tr")
TAGS = frozenset((*_INLINE, *_BLOCK, *_TABLE))
REL = "nofollow ugc noopener"

_ADDRESS = re.compile(r"(?:https?://[^/\\]|mailto:[^/\\]|/(?![/\\]))[^\s\x00-\x20\x7f\\]*\Z", re.IGNORECASE)
_LANGUAGE = re.compile(r"language-[A-Za-z0-9+#._-]{1,30}\Z")
_START = re.compile(r"[0-9]{1,9}\Z")
_SHIFTED = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h6", "h5": "h6", "h6": "h6"}

# Two readings of "@anna你好": the whole, and the part before the change of script, since Chinese leaves no
# space.
_MENTION = re.compile(
    r"(?<![A-Za-z0-9_.@/-])@([A-Za-z0-9_\u3005\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af-]{3,60})"
)
_LATIN_START = re.compile(r"[a-z0-9_-]+")
MOST_MENTIONS = 50


@dataclass(frozen=True)
class Rendered:
    """`excerpt` is one line of at most 200 characters, `text` everything that can be read, a line a block.
    `mentions` are names that may or may not exist, lower case, each once."""

    html: str
    excerpt: str
    text: str
    mentions: tuple[str, ...]


def render(source: str) -> Rendered:
    """Markdown to what is stored. Raises ValueError above 20,480 bytes of UTF-8: parsing is only quick
    below."""
    if len(source) > MAX_BYTES or len(source.encode(errors="replace")) > MAX_BYTES:
        raise ValueError("source is longer than 20,480 bytes")
    source = clean_body(source)
    tokens = _MARKDOWN.parse(source)
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    text = "\n".join(line for line in map(clean_line, _lines(tokens)) if line)
    return Rendered(
        html=_clean(html if len(html) <= MOST_HTML else _as_typed(source)),
        excerpt=_excerpt(text),
        text=text,
        mentions=_mentions(tokens),
    )


def trusted(html: str) -> Markup:
    """Mark HTML as safe for templates: what `render` made or a template escaped already, nothing else."""
    return Markup(html)  # noqa: S704 - the one place


# ---- cleaning --------------------------------------------------------------------------------------------


def _allow(tag: str, name: str, value: str) -> bool:
    if tag == "a" and name == "href":
        return bool(_ADDRESS.match(value))
    if tag == "a" and name == "title":
        return True
    if tag == "code" and name == "class":
        return bool(_LANGUAGE.match(value))
    return tag == "ol" and name == "start" and bool(_START.match(value))


def _gate(tag: str, name: str, value: str) -> str | None:
    own_rel = tag == "a" and name == "rel" and value == REL
    return value if own_rel or _allow(tag, name, value) else None


_GATE = nh3.Cleaner(
    tags=set(TAGS),
    attributes={"a": {"href", "title"}, "code": {"class"}, "ol": {"start"}},
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


def _lines(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            breaks = ("softbreak", "hardbreak")
            parts = ("\n" if child.type in breaks else child.content for child in token.children or ())
            yield from "".join(parts).split("\n")
        elif token.type in ("fence", "code_block"):
            yield from token.content.split("\n")


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


def _readings(name: str) -> list[str]:
    latin = _LATIN_START.match(name)
    both = [name, latin[0]] if latin else [name]
    return [reading for reading in (part.strip("_-") for part in both) if 3 <= len(reading) <= 30]


# ---- Markdown --------------------------------------------------------------------------------------------


def _is_cjk(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF" or char in "“”‘’…—·"


class _CjkState(StateInline):
    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:
        """CommonMark asks for a space or punctuation around **粗。**后, which Chinese does not write: here a
        neighbour from a script without spaces counts as one. The rest is the rule of the specification."""
        end = start
        while end < self.posMax and self.src[end] == self.src[start]:
            end += 1
        before = self.src[start - 1] if start > 0 else " "
        after = self.src[end] if end < self.posMax else " "
        space_before, space_after = isWhiteSpace(ord(before)), isWhiteSpace(ord(after))
        mark_before, mark_after = _is_mark(before), _is_mark(after)
        cjk = _is_cjk(before) or _is_cjk(after)
        left = not space_after and (not mark_after or space_before or mark_before or cjk)
        right = not space_before and (not mark_before or space_after or mark_after or cjk)
        return Scanned(
            left and (canSplitWord or not right or mark_before),
            right and (canSplitWord or not left or mark_after),
            end - start,
        )


def _is_mark(char: str) -> bool:
    return isMdAsciiPunct(ord(char)) or isPunctChar(char)


class _CjkInline(ParserInline):
    def parse(self, src: str, md: MarkdownIt, env: Any, tokens: list[Token]) -> list[Token]:
        state = _CjkState(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


_WIDE_END = re.compile(
    "[\u3000-\u3004\u3008-\u3020\u30fb\ufe10-\ufe6f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
    "“”‘’…—·]|(?<=[A-Za-z0-9])[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]"
)


class _ChineseLinks(LinkifyIt):
    """Bare http and https addresses, ending where a Chinese sentence goes on: at a full-width mark, or at a
    Chinese character right after a Latin one (.../wiki/圈子 stays whole)."""

    def __init__(self) -> None:
        super().__init__(
            {"ftp:": None, "//": None, "mailto:": None}, {"fuzzy_link": False, "fuzzy_email": False}
        )

    def match(self, text: str) -> list[Match] | None:
        found = [match for match in map(_cut, super().match(text) or ()) if match]
        return found or None

    def match_at_start(self, text: str) -> Match | None:
        match = super().match_at_start(text)
        return _cut(match) if match else None


def _cut(match: Match) -> Match | None:
    wide = _WIDE_END.search(match.raw)
    if wide:
        match.last_index -= len(match.raw) - wide.start()
        match.raw = match.text = match.url = match.raw[: wide.start()]
    return match if re.match(r"https?://[^/?#]", match.raw, re.IGNORECASE) else None


def _flatten(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Quotes and lists in one another beyond the limit go on as plain text. The library's own limit drops
    the words."""
    if state.level < DEEPEST_NESTING:
        return False
    end = start_line + 1
    while end < end_line and not state.isEmpty(end) and state.sCount[end] >= state.blkIndent:
        end += 1
    state.push("paragraph_open", "p", 1)
    words = state.push("inline", "", 0)
    words.content = state.getLines(start_line, end, state.blkIndent, False).strip()
    words.children = []
    state.push("paragraph_close", "p", -1)
    state.line = end
    return True


def _reshape(state: StateCore) -> None:
    """Headings below those of the page; pictures from elsewhere as links, since showing them would tell
    their server who reads what and when; no style on table cells."""
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = _SHIFTED[token.tag]
        elif token.type in ("td_open", "th_open"):
            token.attrs = {}
        elif token.children and any(child.type == "image" for child in token.children):
            token.children = list(_without_images(token.children))


def _without_images(children: list[Token]) -> Iterator[Token]:
    inside_link = 0
    for child in children:
        inside_link += child.nesting if child.type in ("link_open", "link_close") else 0
        if child.type != "image":
            yield child
            continue
        address = str(child.attrs["src"])
        words = Token("text", "", 0, content=_alt(child).strip() or address)
        if inside_link:
            yield words
        else:
            yield Token("link_open", "a", 1, attrs={"href": address})
            yield words
            yield Token("link_close", "a", -1)


def _alt(token: Token) -> str:
    if token.type == "image" and token.children:
        return "".join(map(_alt, token.children))
    return " " if token.type in ("softbreak", "hardbreak") else token.content


def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 2 * DEEPEST_NESTING})
    markdown.inline = _CjkInline()
    markdown.linkify = _ChineseLinks()
    markdown.options["linkify"] = True
    markdown.validateLink = lambda url: bool(_ADDRESS.match(url))  # type: ignore[method-assign]
    markdown.enable(["table", "strikethrough", "linkify"])
    markdown.block.ruler.before("table", "flatten", _flatten)
    markdown.core.ruler.push("reshape", _reshape)
    markdown.parse("a https://a.example")  # fills the caches before threads share it
    return markdown


_MARKDOWN = _markdown()
