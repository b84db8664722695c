"""Demo friends: who knows whom, by what names, and who would like to."""

import tomllib
from itertools import combinations
from pathlib import Path

from blueprints.people import aliasing, friending, lists
from core import clock, seeding
from core.policy import Actor, Standing
from models import FriendList, FriendRequest, Friendship, Member

FRIENDS = Path(__file__).parent / "demo" / "friends.toml"


def is_missing() -> bool:
    """Nobody of the demo has friends, asks for any or has a list; and everybody is still there."""
    demo = Member.select(Member.id).where(Member.is_demo == True, Member.erased_at.is_null())  # noqa: E712 - SQL
    named = {name for group in tomllib.loads(FRIENDS.read_text())["groups"] for name in group["people"]}
    begun = (
        Friendship.select().where(Friendship.member.in_(demo) | Friendship.friend.in_(demo)),
        FriendRequest.select().where(FriendRequest.asker.in_(demo) | FriendRequest.asked.in_(demo)),
        FriendList.select().where(FriendList.member.in_(demo)),
    )
    there = demo.where(Member.username.in_(named)).count()
    return there == len(named) and not any(query.exists() for query in begun)


def plant() -> None:
    told = tomllib.loads(FRIENDS.read_text())
    ids = dict(Member.select(Member.username, Member.id).where(Member.is_demo == True).tuples())  # noqa: E712 - SQL
    actors = {name: Actor(id_, Standing.MEMBER, name) for name, id_ in ids.items()}
    for group in told["groups"]:
        for place, (asker, asked) in enumerate(combinations(group["people"], 2)):
            with seeding.at(clock.now() - group["days"] * clock.DAY + place * clock.HOUR):
                friending.ask(actors[asker], ids[asked])
                if not friending.are_friends(ids[asker], ids[asked]):
                    friending.accept(actors[asked], ids[asker])
    for named in told["aliases"]:
        for friend, alias in named["names"].items():
            aliasing.note(actors[named["by"]], ids[friend], alias, set())
    for listed in told["lists"]:
        number = lists.make_list(actors[listed["by"]], listed["name"])
        lists.put_on(actors[listed["by"]], number, [ids[name] for name in listed["people"]])
    for request in told["requests"]:
        with seeding.at(seeding.moment(request["ago"], clock.now())):
            friending.ask(actors[request["by"]], ids[request["to"]], request["words"])


def uproot() -> None:
    """Friendships go with the rows of the demo members."""
    demo = Member.select(Member.id).where(Member.is_demo == True)  # noqa: E712 - SQL
    Friendship.delete().where(Friendship.member.in_(demo) | Friendship.friend.in_(demo)).execute()


seeding.register(seeding.Demo("people", order=15, plant=plant, uproot=uproot, is_missing=is_missing))
