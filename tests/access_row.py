"""One row of the table of who gets where (tests/access_table.py)."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    """`expected` has the answers of all roles, once for each circle where a route lies in one; `data` is sent."""

    expected: tuple[str, ...]
    data: dict[str, str] = field(default_factory=dict)
