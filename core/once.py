"""Creating requests that come twice: the same key finds the first one's answer and makes nothing again."""

import hashlib
import json
from collections.abc import Callable

from peewee import IntegrityError

from core import clock
from core.db import atomic
from core.errors import Conflict, Invalid
from core.limits import LIMITS
from models import Once

KEPT_MS = 7 * clock.DAY
FOR_EVER = 2**62
"""Stands for the moment at which a key was used that is never forgotten."""


def once(
    scope: str, key: str, action: str, content: object, make: Callable[[], int], *, for_ever: bool = False
) -> tuple[int, bool]:
    """Run `make` in one transaction unless `key` was used before in this scope (`member:5`, `guest`).

    Returns the id that was made and whether it was made now. An empty key makes without a memory; one is forgotten
    after a week unless `for_ever`. Raises Conflict when the key was used for other content, Invalid when it is longer
    than the limit, or nothing that PostgreSQL could keep."""
    if len(key) > LIMITS["key"] or "\0" in key:
        raise Invalid("key", field="key")
    if not key:
        with atomic():
            return make(), True
    digest = hashlib.sha256(json.dumps([action, content], sort_keys=True, default=str).encode()).hexdigest()
    try:
        return _make_or_find(scope, key, action, digest, make, FOR_EVER if for_ever else clock.now())
    except IntegrityError:  # where writers do not queue, the same key can get this far twice: the first one counts
        known = _find(scope, key, digest)
        if known is None:
            raise
        return known, False


def was_used(scope: str, key: str) -> bool:
    """Whether something was made with this key in this scope; never for an empty one."""
    return bool(key) and Once.select().where(Once.scope == scope, Once.key == key).exists()


def _find(scope: str, key: str, digest: str) -> int | None:
    known = Once.get_or_none(Once.scope == scope, Once.key == key)
    if known is None:
        return None
    if known.request_hash != digest:
        raise Conflict("key_reused", result=known.result)
    result: int = known.result
    return result


def _make_or_find(
    scope: str, key: str, action: str, digest: str, make: Callable[[], int], used_at: int
) -> tuple[int, bool]:
    with atomic():
        known = _find(scope, key, digest)
        if known is not None:
            return known, False
        result = make()
        Once.insert(
            scope=scope, key=key, action=action, request_hash=digest, result=result, created_at=used_at
        ).execute()
        return result, True


def sweep() -> int:
    return int(Once.delete().where(Once.created_at < clock.now() - KEPT_MS).execute())
