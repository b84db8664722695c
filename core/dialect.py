"""The Markdown that people write here: CommonMark with tables, strike-through and spoilers; Chinese needs no spaces.

What is parsed here is only a proposal: core/markup.py says what of it may stand in a page.
"""

import re
import unicodedata
from collections.abc import Iterator
from threading import Lock
from typing import Any

from linkify_it import LinkifyIt
from linkify_it.main import Match
from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.parser_inline import ParserInline
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter, Scanned
from markdown_it.token import Token

from core.highlight import coloured

DEEPEST_NESTING = 20

ADDRESS = re.compile(r"(?:https?://[^/\\]|mailto:[^/\\]|/(?![/\\]))[^\s\x00-\x20\x7f\\]*\Z", re.IGNORECASE)
_SHIFTED = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h6", "h5": "h6", "h6": "h6"}

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
    "“”‘’…—·]|\\|\\||(?<=[A-Za-z0-9])[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]"
)


class _ChineseLinks(LinkifyIt):
    """Bare http and https addresses, ending where a Chinese sentence goes on: at a full-width mark, or at a
    Chinese character right after a Latin one (.../wiki/圈子 stays whole)."""

    def __init__(self) -> None:
        super().__init__(
            {"ftp:": None, "//": None, "mailto:": None}, {"fuzzy_link": False, "fuzzy_email": False}
        )
        self._alone = Lock()  # it keeps the text and the place it has come to on itself

    def match(self, text: str) -> list[Match] | None:
        with self._alone:
            found = [match for match in map(_cut, super().match(text) or ()) if match]
        return found or None

    def match_at_start(self, text: str) -> Match | None:
        with self._alone:
            match = super().match_at_start(text)
        return _cut(match) if match else None


def _cut(match: Match) -> Match | None:
    wide = _WIDE_END.search(match.raw)
    if wide:
        match.last_index -= len(match.raw) - wide.start()
        match.raw = match.text = match.url = match.raw[: wide.start()]
    return match if re.match(r"https?://[^/?#]", match.raw, re.IGNORECASE) else None


_BARE = _ChineseLinks()


def addresses(text: str) -> list[Match]:
    """Bare web addresses in a line of text, in their order."""
    return _BARE.match(text) or []


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


# ---- spoilers --------------------------------------------------------------------------------------------

_BAR = ord("|")


def _spoiler_marks(state: StateInline, silent: bool) -> bool:
    """`||` on either side of what only those see who want to. Like strike-through: whether a mark opens or closes is
    known by its neighbours, so that `a || b` in a sentence stays what it is."""
    if silent or state.src[state.pos] != "|":
        return False
    scanned = state.scanDelims(state.pos, True)
    if scanned.length != 2:
        state.append_pending("|" * scanned.length)
    else:
        state.push("text", "", 0).content = "||"
        state.delimiters.append(
            Delimiter(_BAR, 0, len(state.tokens) - 1, -1, scanned.can_open, scanned.can_close)
        )
    state.pos += scanned.length
    return True


def _spoiler_tags(state: StateInline) -> None:
    _pair(state, state.delimiters)
    for meta in state.tokens_meta:
        if meta and "delimiters" in meta:
            _pair(state, meta["delimiters"])


def _pair(state: StateInline, delimiters: list[Delimiter]) -> None:
    closed_at = -1
    for place, opening in enumerate(delimiters):
        if opening.marker != _BAR or opening.end == -1 or place < closed_at:
            continue  # one inside another hides nothing more
        closed_at = opening.end
        first, last = state.tokens[opening.token], state.tokens[delimiters[opening.end].token]
        first.type, first.tag, first.nesting, first.content = "spoiler_open", "span", 1, ""
        first.attrs = {"class": "spoiler", "tabindex": "0"}
        last.type, last.tag, last.nesting, last.content = "spoiler_close", "span", -1, ""


def _spoiler_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Lines after `>!`, folded up. Not inside lists, quotes or another of these: that bounds how deep things go."""
    if state.level or state.env.get("folded") or not _folds(state, start_line):
        return False
    if silent:
        return True
    end = start_line
    while end < end_line and _folds(state, end):
        end += 1
    lines = [(state.bMarks[line] + state.tShift[line], state.eMarks[line]) for line in range(start_line, end)]
    inner = "\n".join(state.src[start + 2 : stop].removeprefix(" ") for start, stop in lines)
    state.push("fold_open", "details", 1).attrs = {"class": "spoiler"}
    state.push("fold_head", "summary", 0)
    state.env["folded"] = True
    state.md.block.parse(inner, state.md, state.env, state.tokens)
    state.env["folded"] = False
    state.push("fold_close", "details", -1)
    state.line = end
    return True


def _folds(state: StateBlock, line: int) -> bool:
    start = state.bMarks[line] + state.tShift[line]
    return state.src[start : min(start + 2, state.eMarks[line])] == ">!" and not state.is_code_block(line)


def parser() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 2 * DEEPEST_NESTING})
    markdown.inline = _CjkInline()
    markdown.inline.add_terminator_char("|")
    markdown.linkify = _ChineseLinks()
    markdown.options["linkify"] = True
    markdown.options["highlight"] = coloured
    markdown.validateLink = lambda url: bool(ADDRESS.match(url))  # type: ignore[method-assign]
    markdown.enable(["table", "strikethrough", "linkify"])
    markdown.block.ruler.before("table", "flatten", _flatten)
    may_end: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    markdown.block.ruler.before("blockquote", "spoiler", _spoiler_block, may_end)
    markdown.inline.ruler.before("emphasis", "spoiler", _spoiler_marks)
    markdown.inline.ruler2.before("emphasis", "spoiler", _spoiler_tags)
    markdown.core.ruler.push("reshape", _reshape)
    markdown.add_render_rule("fold_open", lambda *_: '<details class="spoiler">')
    markdown.add_render_rule("fold_head", lambda *_: "<summary>…</summary>\n")
    markdown.parse("a https://a.example")  # fills the caches before threads share it
    return markdown
