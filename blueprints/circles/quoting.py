"""What somebody said, as the beginning of an answer to it: a quote, and who is meant."""

from blueprints.circles import reading
from blueprints.circles.rooms import Room
from core.errors import Gone
from core.policy import Actor
from models import Comment, Post

MOST_CHARS = 500


def quoted(actor: Actor, here: Room, number: int, comment: int | None) -> str:
    """Markdown to begin an answer with: of a comment, or of the post itself when None. Empty for what has no
    words of its own. Raises Gone."""
    if comment is None:
        name = reading.post(actor, here, number).username
        source = Post.select(Post.source).where(Post.id == number).scalar()
    else:
        row = reading.comment(actor, here, number, comment)
        if row.deleted_at is not None or not row.html:
            raise Gone
        name = row.username
        source = Comment.select(Comment.source).where(Comment.id == comment).scalar()
    return as_quote(str(source or ""), name)


def as_quote(source: str, name: str | None) -> str:
    """Without what it quotes itself, nor what it folds away: both begin with the mark of a quote."""
    lines = [line.rstrip() for line in source.split("\n") if not line.lstrip().startswith(">")]
    text = "\n".join(lines).strip()
    if len(text) > MOST_CHARS:
        text = text[: MOST_CHARS - 1].rstrip() + "…"
    if not text:
        return f"@{name} " if name else ""
    quote = "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
    return f"{quote}\n\n@{name} " if name else f"{quote}\n\n"
