"""What goes over a stream, as server-sent events. The first line of each names channel, number and kind; HTML follows.

`put`: elements for the page; one whose id is there takes its place, another one goes to the end of what its attribute
`data-into` names. `gone`: ids to take away, with blanks. `touch`: something changed here, ask; with the number of
viewers, so that they do not all ask at once. `stale`: too much was missed, read the page anew. `pulse`: numbers that
are not kept. `parked`: this stream rests until somebody looks again.
"""

from dataclasses import dataclass

EVERYBODY = ""
"""Stands for all languages."""


@dataclass(frozen=True)
class Frame:
    """What a row of a log shows: `put` with HTML, or `gone` with ids. `author` is the member who made it."""

    html: str
    kind: str = "put"
    author: int | None = None

    @property
    def by(self) -> str:
        return f"m{self.author}" if self.author is not None else ""


def ready(channel: str, seq: int, frame: Frame) -> bytes:
    body = "\ndata: ".join(line for line in map(str.strip, frame.html.splitlines()) if line)
    return f"data: {channel} {seq} {frame.kind} {frame.by}\ndata: {body}\n\n".encode()


def touched(channel: str, viewers: int = 0) -> bytes:
    return f"data: {channel} 0 touch {viewers}\n\n".encode()


def stale(channel: str, seq: int) -> bytes:
    return f"data: {channel} {seq} stale\n\n".encode()
