"""A small cast, used by name in every test.

| name | who | in the circles |
| --- | --- | --- |
| lin | 林间, a member | member of 夜跑 (public) and 暗房 (invisible) |
| che | 阿澈, a member | founded 夜跑, 书桌 (listed, by application) and 暗房 |
| may | May Chen, a member who reads English | moderates 夜跑 |
| ning | 宁, a member | in no circle: the stranger |
| owner | owns the site | in no circle |
| staff | helps to run the site | in no circle |
| suspended | was suspended | was a member of 夜跑 |
| leaving | asked to leave | member of 夜跑 |
"""

from dataclasses import dataclass

from flask import Flask

from core import clock, db
from core.policy import Actor, Standing
from models import Circle, Departure, Member, Membership, StaffRole, Suspension

PASSWORD = "correct horse 7"

NAMES = {
    "lin": ("林间", "zh-Hans"),
    "che": ("阿澈", "zh-Hans"),
    "may": ("May Chen", "en"),
    "ning": ("宁", "zh-Hant"),
    "owner": ("周岚", "zh-Hans"),
    "staff": ("Ada", "en"),
    "suspended": ("顾言", "zh-Hans"),
    "leaving": ("Noor", "en"),
}


@dataclass(frozen=True)
class Person:
    id: int
    username: str
    display_name: str
    actor: Actor
    password: str = PASSWORD


@dataclass(frozen=True)
class Cast:
    """`cast.lin` or `cast["lin"]`; circles by their slugs: `cast.running`, `cast.desk`, `cast.darkroom`."""

    people: dict[str, Person]
    circles: dict[str, str]

    def __getitem__(self, name: str) -> Person:
        return self.people[name]

    def __getattr__(self, name: str) -> Person:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def running(self) -> Circle:
        """Public, open to all."""
        return Circle.get(Circle.slug == self.circles["running"])

    @property
    def desk(self) -> Circle:
        """Listed, by application: everybody knows of it, members read it."""
        return Circle.get(Circle.slug == self.circles["desk"])

    @property
    def darkroom(self) -> Circle:
        """Invisible, by invitation."""
        return Circle.get(Circle.slug == self.circles["darkroom"])


def assemble(app: Flask) -> None:
    """Make everybody and everything."""
    db.migrate()
    now = clock.now()
    ids = {}
    for username, (display_name, locale) in NAMES.items():
        ids[username] = Member.create(
            username=username, username_key=username, display_name=display_name, password_hash="!",
            password_changed_at=now, locale=locale, created_at=now,
        ).id  # fmt: skip
    StaffRole.create(member=ids["owner"], role="owner", granted_at=now)
    StaffRole.create(member=ids["staff"], role="staff", granted_by=ids["owner"], granted_at=now)
    Suspension.create(member=ids["suspended"], reason="", suspended_by=ids["owner"], suspended_at=now)
    Departure.create(member=ids["leaving"], keeps_words=True, asked_at=now, due_at=now + 30 * clock.DAY)
    _circles(ids, now)


def _circles(ids: dict[str, int], now: int) -> None:
    wanted = {
        "night-run": ("城市夜跑圈", "public", "open", {"che": "owner", "may": "moderator", "lin": "member",
                      "suspended": "member", "leaving": "member"}),
        "desk": ("书桌", "listed", "apply", {"che": "owner"}),
        "darkroom-x7k2": ("暗房", "invisible", "invitation", {"che": "owner", "lin": "member"}),
    }  # fmt: skip
    for slug, (name, visibility, join_policy, roles) in wanted.items():
        circle = Circle.create(
            slug=slug, name=name, purpose="一起", category="sport", visibility=visibility,
            join_policy=join_policy, founder=ids["che"], founded_at=now, active_at=now,
            member_count=len(roles),
        )  # fmt: skip
        for username, role in roles.items():
            Membership.create(circle=circle, member=ids[username], role=role, joined_at=now)


def read_cast() -> Cast:
    """The cast as the database has it."""
    rows = {row.username: row for row in Member.select()}
    standing = {"suspended": Standing.SUSPENDED, "leaving": Standing.LEAVING}
    standing |= {"owner": Standing.STAFF, "staff": Standing.STAFF}
    people = {}
    for name in NAMES:
        row = rows[name]
        actor = Actor(row.id, standing.get(name, Standing.MEMBER), name, owns_site=name == "owner")
        people[name] = Person(row.id, name, row.display_name, actor)
    slugs = {row.visibility: row.slug for row in Circle.select()}
    return Cast(people, {"running": slugs["public"], "desk": slugs["listed"], "darkroom": slugs["invisible"]})
