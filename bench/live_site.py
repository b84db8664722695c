"""The site that live updates are measured on: a circle whose members all watch one event, and the processes of run.py.
Opens the app in this process; one site at a time."""

import base64
import hashlib
import hmac
import os
import secrets
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.crowd import Visitor
from bench.harness import Server, environ, family, free_port, running
from bench.inside import opened

BATCH = 500
CIRCLE = "bench-hall"
SPARE = 10


@dataclass(frozen=True)
class Scene:
    """`people` is a file with cookie and token of each viewer. `spare` are members of the circle who are not among
    them, by their ids. `bench` owns the circle, the stranger is not in it."""

    data: Path
    event: int
    slug: str
    people: Path
    spare: dict[int, Visitor]
    bench: Visitor
    stranger: Visitor
    page: str
    """A circle's ordinary page."""

    @property
    def channel(self) -> str:
        return f"live-{self.event}"

    @property
    def comments(self) -> str:
        return f"/live/{self.event}/comments"

    def only(self, member: int) -> Path:
        """A file of people with only one of the spare ones."""
        path = self.people.with_name(f"person-{member}")
        _write(path, [self.spare[member]])
        return path

    def position(self) -> int:
        """The number of the channel's last row."""
        return self.number("SELECT COALESCE(MAX(seq), 0) FROM stream_position WHERE channel = ?", self.channel)

    def comment_count(self) -> int:
        return self.number("SELECT COUNT(*) FROM live_comment WHERE event_id = ?", self.event)

    def number(self, sql: str, *values: int | str) -> int:
        """Read beside the server."""
        database = sqlite3.connect(f"file:{self.data / 'quanzi.sqlite3'}?mode=ro", uri=True, timeout=30)
        try:
            return int(database.execute(sql, values).fetchone()[0])
        finally:
            database.close()


def scene(data: Path, viewers: int) -> Scene:
    """On a site that bench/harness.py has made, or kept."""
    with opened(data) as (site, pages), site.app_context():
        return set_up(site, data, viewers, "bench", pages.circle)


def set_up(site: Any, data: Path, viewers: int, owner: str, page: str) -> Scene:
    """People are made once, their sessions, their circle and its event anew each time."""
    from core.db import atomic
    from models import Member

    me = Member.get(Member.username == owner).id
    with atomic():
        ids = _members(viewers + SPARE + 1)
        event, slug = _event(me, ids[:-1])
        *visitors, stranger, bench = _visitors(site, [*ids, me])
    file = data / "people"
    _write(file, visitors[:viewers])
    spare = dict(zip(ids[viewers:], visitors[viewers:], strict=False))
    return Scene(data, event, slug, file, spare, bench, stranger, page)


def _write(path: Path, visitors: list[Visitor]) -> None:
    path.touch(mode=0o600)
    path.write_text("".join(f"{each.cookie}\t{each.token}\n" for each in visitors))


def _name(number: int) -> str:
    return f"viewer{number:05}"


def _members(many: int) -> list[int]:
    from core import clock
    from models import Member

    now = clock.now()
    known = dict(Member.select(Member.username, Member.id).where(Member.username.startswith("viewer")).tuples())
    new = [name for name in map(_name, range(many)) if name not in known]
    columns = ("username", "username_key", "display_name", "password_hash", "password_changed_at", "created_at")
    for start in range(0, len(new), BATCH):
        rows = [(name, name, f"观众{name[-5:]}", "!", now, now) for name in new[start : start + BATCH]]
        Member.insert_many(rows, columns).execute()
    known = dict(Member.select(Member.username, Member.id).where(Member.username.startswith("viewer")).tuples())
    return [known[_name(number)] for number in range(many)]


def _event(owner: int, viewers: list[int]) -> tuple[int, str]:
    """An event that is on now, for the members of a circle, and that circle's address."""
    from core import clock
    from models import Circle, LiveEvent, Membership

    now = clock.now()
    circle = Circle.create(
        slug=f"{CIRCLE}-{secrets.token_hex(3)}", name="测量", purpose="测量", category="other", visibility="public",
        join_policy="open", founder=owner, founded_at=now, active_at=now, member_count=len(viewers) + 1,
    )  # fmt: skip
    rows = [(circle.id, member, "member", now) for member in viewers] + [(circle.id, owner, "owner", now)]
    for start in range(0, len(rows), BATCH):
        Membership.insert_many(rows[start : start + BATCH], ("circle", "member", "role", "joined_at")).execute()
    event = LiveEvent.create(
        circle=circle, title="测量", visibility="members", starts_at=now, started_at=now, created_by=owner,
        created_at=now,
    )  # fmt: skip
    return int(event.id), str(circle.slug)


def _visitors(site: Any, members: list[int]) -> list[Visitor]:
    """Sessions as sign-in makes them, with the cookie and the token that the first page would have set."""
    from core import clock, limits
    from models import Session

    now, tokens = clock.now(), [secrets.token_urlsafe(32) for _ in members]
    expires = now + limits.LIMITS["session_seconds"] * 1000
    rows = [
        (hashlib.sha256(token.encode()).hexdigest(), member, now, now, expires, "127.0.0.1", "bench")
        for token, member in zip(tokens, members, strict=True)
    ]
    columns = ("token_hash", "member", "created_at", "seen_at", "expires_at", "address", "agent")
    for start in range(0, len(rows), BATCH):
        Session.insert_many(rows[start : start + BATCH], columns).execute()
    return [_visitor(site, token) for token in tokens]


def _visitor(site: Any, token: str) -> Visitor:
    secret, mask = secrets.token_urlsafe(32), os.urandom(32)
    signer = site.session_interface.get_signing_serializer(site)
    value = signer.dumps({"_user_id": token, "_fresh": True, "_permanent": True, "csrf": secret})
    key = hmac.digest(secret.encode(), b"csrf", "sha256")
    masked = mask + bytes(a ^ b for a, b in zip(mask, key, strict=True))
    return Visitor(f"{site.config['SESSION_COOKIE_NAME']}={value}", base64.urlsafe_b64encode(masked).decode())


# ---- its processes ------------------------------------------------------------------------------------------


class Site:
    """run.py with everything that it starts; can be killed and started again on the same port."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.server: Server | None = None
        self.starts = ExitStack()

    def start(self) -> None:
        command = [sys.executable, "run.py", "--port", str(self.port), "--data", str(self.data), "--no-demo"]
        self.server = self.starts.enter_context(running(command, environ(self.data), self.port, "/circles/"))

    @property
    def pid(self) -> int:
        assert self.server is not None
        return self.server.process.pid

    def processes(self) -> list[int]:
        return family(self.pid)

    def hub(self) -> int:
        """Raises LookupError while there is none."""
        return self._named("core.hub")[0]

    def workers(self) -> list[int]:
        """The web workers, without the process that watches over them."""
        webs = self._named("gunicorn")
        return [process for process in webs if _parent(process) in webs]

    def _named(self, word: str) -> list[int]:
        found = [process for process in self.processes() if word in _command(process)]
        if not found:
            raise LookupError(f"no process is named {word}")
        return found

    def kill_all(self) -> None:
        """Everything at once, as when the power goes."""
        assert self.server is not None
        for process in self.processes():
            kill(process)
        self.server.process.wait()


@contextmanager
def site_on(data: Path) -> Iterator[Site]:
    site = Site(data)
    with site.starts:
        site.start()
        yield site


def kill(process: int) -> None:
    """Without a chance to say goodbye; one that is gone already is fine."""
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return


def private_kb(process: int) -> int:
    """Memory that is this process's own and written to."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty:"))


def settled_private_kb(processes: list[int]) -> int:
    time.sleep(1)
    return sum(private_kb(process) for process in processes)


def _command(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def _parent(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
