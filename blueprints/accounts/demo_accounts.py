"""Demo accounts have a password that everybody knows, so they open only on the machine itself."""

import hmac
from dataclasses import dataclass
from functools import lru_cache

from blueprints.accounts import passwords
from models import Member

DEMO_PASSWORD = "quanzi-demo"  # noqa: S105 - printed in the README
DEMO_ACCOUNTS = ("demo-admin", "demo-operator", "demo-member", "demo-newcomer")


@dataclass(frozen=True)
class DemoAccount:
    id: int
    username: str
    display_name: str
    avatar_key: str | None

    @property
    def hue(self) -> int:
        return self.id % 12


def is_demo_password(password: str) -> bool:
    return hmac.compare_digest(password.encode(), DEMO_PASSWORD.encode())


@lru_cache(maxsize=64)
def _still_has_it(password_hash: str) -> bool:
    return passwords.matches(password_hash, DEMO_PASSWORD)


def demo_accounts() -> list[DemoAccount]:
    """Those that can be signed in to with the demo password, in the order of their names above."""
    rows = Member.select(
        Member.id, Member.username, Member.display_name, Member.avatar_key, Member.password_hash
    ).where(Member.username.in_(DEMO_ACCOUNTS), Member.is_demo == True, Member.erased_at.is_null())  # noqa: E712 - SQL
    found = {
        row.username: DemoAccount(row.id, row.username, row.display_name, row.avatar_key)
        for row in rows
        if _still_has_it(row.password_hash)
    }
    return [found[name] for name in DEMO_ACCOUNTS if name in found]
