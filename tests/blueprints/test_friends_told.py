"""Of friends somebody is told when they are asked, and when they get a yes; of nothing else. And what is kept of it."""

import json

import pytest

from blueprints.people import friending, lists
from core import notices, personal
from models import (
    Block,
    FriendList,
    FriendListEntry,
    FriendRequest,
    Friendship,
    Member,
    Notice,
    PersonSetting,
)
from tests.blueprints.notice_stories import kinds, nothing_told_yet, rings, words
from tests.blueprints.people_stories import befriend


@pytest.fixture(autouse=True)
def quiet(cast) -> None:
    nothing_told_yet()


def test_who_is_asked_hears_it_with_the_words(app, cast):
    friending.ask(cast.ning.actor, cast.lin.id, "夜跑认识的")
    assert kinds(cast.lin) == ["friend_asked"] and rings(cast.lin) == 1 and kinds(cast.ning) == []
    told = words(app, cast.lin)
    assert "宁" in told[0] and "夜跑认识的" in told[0] and "/friends/requests" in told[0]


def test_a_yes_is_told_by_the_name_one_has_for_them(app, cast):
    friending.ask(cast.ning.actor, cast.lin.id)
    friending.accept(cast.lin.actor, cast.ning.id)
    assert kinds(cast.lin) == [] and kinds(cast.ning) == ["friend_made"]
    Friendship.update(alias="林哥").where(Friendship.member == cast.ning.id).execute()
    assert "林哥" in words(app, cast.ning)[0]


def test_of_a_no_nobody_is_told_and_what_was_told_is_gone(app, cast):
    friending.ask(cast.ning.actor, cast.lin.id)
    friending.decline(cast.lin.actor, cast.ning.id)
    assert kinds(cast.ning) == [] and words(app, cast.lin) == [] and rings(cast.lin) == 0


def test_asking_over_and_over_rings_once(app, cast):
    friending.ask(cast.ning.actor, cast.lin.id, "1")
    notices.mark_seen(cast.lin.id)
    for number in range(3):
        friending.withdraw(cast.ning.actor, cast.lin.id)
        assert words(app, cast.lin) == []
        friending.ask(cast.ning.actor, cast.lin.id, f"again {number}")
    assert kinds(cast.lin) == ["friend_asked"] and rings(cast.lin) == 0 and "again 2" in words(app, cast.lin)[0]


def test_what_was_withdrawn_rings_no_more(cast):
    friending.ask(cast.ning.actor, cast.lin.id)
    friending.withdraw(cast.ning.actor, cast.lin.id)
    assert rings(cast.lin) == 0


def test_who_parts_and_asks_again_is_told_anew(app, cast):
    befriend(cast.ning, cast.lin)
    friending.end(cast.lin.actor, cast.ning.id)
    assert not Notice.select().exists()
    befriend(cast.ning, cast.lin)
    assert kinds(cast.ning) == ["friend_made"]


def test_who_left_the_site_is_told_of_no_more(app, cast):
    friending.ask(cast.ning.actor, cast.lin.id)
    Member.update(erased_at=1).where(Member.id == cast.ning.id).execute()
    assert words(app, cast.lin) == []


# ---- what is kept -------------------------------------------------------------------------------------------


def furnish(cast) -> None:
    befriend(cast.lin, cast.may)
    Friendship.update(alias="小May").where(Friendship.member == cast.lin.id).execute()
    lists.put_on(cast.lin.actor, lists.make_list(cast.lin.actor, "跑友"), [cast.may.id])
    lists.put_on(cast.may.actor, lists.make_list(cast.may.actor, "Runners"), [cast.lin.id])
    friending.ask(cast.lin.actor, cast.che.id, "周三见")
    friending.decline(cast.che.actor, cast.lin.id)
    friending.ask(cast.ning.actor, cast.lin.id, "宁的话")
    Block.create(member=cast.lin.id, blocked=cast.owner.id, at=1)
    Block.create(member=cast.staff.id, blocked=cast.lin.id, at=1)
    PersonSetting.create(member=cast.lin.id, asked_by="nobody")


def copy_of(member: int) -> str:
    holding = next(holding for holding in personal.holdings() if holding.name == "people")
    return json.dumps(holding.exports(member)[0], ensure_ascii=False)


def test_a_copy_holds_ones_own_and_nothing_that_others_keep_to_themselves(cast):
    furnish(cast)
    copy = copy_of(cast.lin.id)
    for own in ("小May", "跑友", "周三见", "ning", "zhou-lan", '"asked_by": "nobody"'):
        assert own in copy, own
    for others in ("宁的话", "Runners", "ada"):
        assert others not in copy, others
    assert "declined" not in copy.partition("friends_asked")[2].partition("asked_by")[0]


def test_erasing_leaves_nothing_of_whom_one_knew(cast):
    furnish(cast)
    personal.erase(cast.lin.id, keeps_words=True)
    for table in (Friendship, FriendRequest, FriendListEntry, Block, PersonSetting):
        assert not table.select().exists(), table
    assert [row.name for row in FriendList.select()] == ["Runners"]
