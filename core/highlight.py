"""Colours of code, as classes: pygments reads, and what it makes of the text is one of a dozen kinds, `hl-k` or none.

Imported on first use: most texts hold no code. The languages are a list, so that no lexer runs that nobody has looked
at, and a text beyond the limits stays as it is, without colours.
"""

import re
from collections.abc import Iterator
from html import escape

MOST_BYTES = 8 * 1024
"""Of one block of code; lexers and the cleaning of what they make take time."""

_STRANGE = re.compile(r"[^\n]{400}|\s{120}|(?:[\w$]+\s+){60}")
"""A line, a gap or a row of bare words as nobody writes them: some lexers take the square of their length."""

MOST_SPANS = 1500
"""Of one block of code. A program writes more on one line; a person does not."""

LANGUAGES = frozenset((
    "bash", "c", "c++", "console", "cpp", "cs", "csharp", "css", "dart", "diff", "dockerfile", "go", "golang",
    "haskell", "hs", "html", "ini", "java", "javascript", "js", "json", "kotlin", "lua", "make",
    "makefile", "nginx", "objc", "perl", "php", "powershell", "py", "python", "r", "rb", "rs", "ruby", "rust", "scala",
    "sh", "shell", "sql", "swift", "toml", "ts", "typescript", "xml", "yaml", "yml", "zig",
))  # fmt: skip

_KINDS = (
    ("Comment", "c"), ("Keyword.Constant", "m"), ("Keyword", "k"), ("Operator.Word", "k"), ("Literal.String", "s"),
    ("Literal.Number", "m"), ("Name.Function", "f"), ("Name.Class", "f"), ("Name.Tag", "k"), ("Name.Attribute", "a"),
    ("Name.Decorator", "a"), ("Name.Builtin", "b"), ("Name.Variable", "b"), ("Generic.Inserted", "i"),
    ("Generic.Deleted", "d"), ("Generic.Heading", "h"), ("Generic.Subheading", "h"), ("Generic.Prompt", "c"),
)  # fmt: skip
"""The first that a token belongs to. Of pygments' own classes, some are ours already (`sr`, `s`)."""


def coloured(code: str, language: str, _attributes: str = "") -> str:
    """The code as HTML with spans, or an empty string for what stays plain."""
    name = language.lower()
    if name not in LANGUAGES or len(code.encode()) > MOST_BYTES or _STRANGE.search(code):
        return ""
    pieces, spans = [], 0
    for kind, text in _merged(code, name):
        spans += bool(kind)
        words = text.rstrip()
        pieces.append(f'<span class="hl-{kind}">{escape(words)}</span>' if kind else escape(words))
        pieces.append(text[len(words) :])
        if spans > MOST_SPANS:
            return ""
    return "".join(pieces)


def _merged(code: str, language: str) -> Iterator[tuple[str, str]]:
    """Neighbours of one kind as one, with the space between them."""
    kind, text = "", ""
    for next_kind, next_text in _lexed(code, language):
        if next_kind == kind or next_text.isspace():
            text += next_text
        else:
            if text:
                yield kind, text
            kind, text = next_kind, next_text
    if text:
        yield kind, text


def _lexed(code: str, language: str) -> list[tuple[str, str]]:
    """Some lexers tidy up on the way; what somebody typed stays as it is."""
    from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]

    lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    found = [(_kind_of(str(token)), text) for token, text in lexer.get_tokens(code) if text]
    return found if "".join(text for _, text in found) == code else [("", code)]


def _kind_of(token: str) -> str:
    name = token.removeprefix("Token.")
    return next((kind for start, kind in _KINDS if name == start or name.startswith(f"{start}.")), "")
