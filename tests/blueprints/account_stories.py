"""What the stories about accounts share: joining, reading letters, many hands at once."""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from blueprints.accounts.actions import Registration, register
from core import jobs
from core.policy import CONSOLE, Actor, Standing
from models import Member, database

PASSWORD = "ein langer satz 7"
LINK = re.compile(r"https?://[^/\s]+(/(?:reset|confirm)/\S+)")


@dataclass(frozen=True)
class Letter:
    to: str
    subject: str
    text: str

    @property
    def path(self) -> str:
        """Of the one link in it."""
        found = LINK.findall(self.text)
        assert len(found) == 1, self.text
        return found[0]


def member(name: str, password: str = PASSWORD, **more: Any) -> int:
    """Somebody who registered before the story begins, and reads English."""
    return register(CONSOLE, Registration(name, password, locale="en", **more))


def actor(member_id: int, standing: Standing = Standing.MEMBER) -> Actor:
    return Actor(member_id, standing, "tester")


def with_address(name: str, address: str, password: str = PASSWORD) -> int:
    """Somebody who has confirmed their address before the story begins."""
    member_id = member(name, password)
    Member.update(email=address, email_confirmed_at=1).where(Member.id == member_id).execute()
    return member_id


def letters(caplog: pytest.LogCaptureFixture) -> list[Letter]:
    """Those that the jobs which are due now send: without a mail server they stand in the log."""
    caplog.clear()
    jobs.run_due()
    found = [record.args for record in caplog.records if record.name == "quanzi.mail"]
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
    return [Letter(*args) for args in found]


def at_once(times: int, act: Callable[[int], Any]) -> list[Any]:
    """Let so many threads do this at the same moment; what each of them got."""
    start = threading.Barrier(times)
    results: list[Any] = [None] * times

    def run(place: int) -> None:
        start.wait()
        try:
            results[place] = act(place)
        except Exception as error:
            results[place] = error
        finally:
            database.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
