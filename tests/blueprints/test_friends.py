"""Becoming friends, and not: who asks, who answers, and what each of them sees."""

import pytest

from blueprints.people import friending
from blueprints.people.friends import are_friends
from core.errors import Conflict, Denied, Gone, Invalid
from models import Block, FriendListEntry, FriendRequest, Friendship, Member, PersonSetting
from tests.blueprints.people_stories import befriend


def sides(one, other) -> int:
    pair = [one.id, other.id]
    return Friendship.select().where(Friendship.member.in_(pair), Friendship.friend.in_(pair)).count()


def test_who_is_asked_and_says_yes_is_a_friend_of_both(cast):
    assert friending.ask(cast.lin.actor, cast.ning.id, "夜跑见过", "search") is False
    assert not are_friends(cast.lin.id, cast.ning.id)
    friending.accept(cast.ning.actor, cast.lin.id)
    assert sides(cast.lin, cast.ning) == 2 and not FriendRequest.select().exists()
    assert {row.met for row in Friendship.select()} == {"search"}
    friending.accept(cast.ning.actor, cast.lin.id)
    assert sides(cast.lin, cast.ning) == 2


def test_who_both_ask_are_friends_without_an_answer(cast):
    friending.ask(cast.lin.actor, cast.ning.id)
    assert friending.ask(cast.ning.actor, cast.lin.id) is True
    assert sides(cast.lin, cast.ning) == 2 and not FriendRequest.select().exists()


def test_a_request_that_was_withdrawn_cannot_be_accepted(cast):
    friending.ask(cast.lin.actor, cast.ning.id)
    friending.withdraw(cast.lin.actor, cast.ning.id)
    with pytest.raises(Gone):
        friending.accept(cast.ning.actor, cast.lin.id)
    assert sides(cast.lin, cast.ning) == 0


def test_nobody_accepts_for_somebody_else(cast):
    friending.ask(cast.lin.actor, cast.ning.id)
    for who in (cast.lin, cast.may):
        with pytest.raises(Gone):
            friending.accept(who.actor, cast.lin.id if who is cast.may else cast.ning.id)
    assert not Friendship.select().exists()


def test_who_was_declined_may_ask_withdraw_and_ask_and_is_never_seen_again(cast):
    friending.ask(cast.lin.actor, cast.ning.id, "你好")
    friending.decline(cast.ning.actor, cast.lin.id)
    for _ in range(2):
        friending.withdraw(cast.lin.actor, cast.ning.id)
        assert friending.ask(cast.lin.actor, cast.ning.id, "还是我") is False
        with pytest.raises(Gone):
            friending.accept(cast.ning.actor, cast.lin.id)
    assert FriendRequest.get().declined_at is not None


def test_who_declined_may_think_better_of_it_and_ask(cast):
    friending.ask(cast.lin.actor, cast.ning.id)
    friending.decline(cast.ning.actor, cast.lin.id)
    assert friending.ask(cast.ning.actor, cast.lin.id) is True


def test_who_withdrew_does_not_become_a_friend_by_being_asked(cast):
    friending.ask(cast.lin.actor, cast.ning.id)
    friending.decline(cast.ning.actor, cast.lin.id)
    friending.withdraw(cast.lin.actor, cast.ning.id)
    assert friending.ask(cast.ning.actor, cast.lin.id) is False


@pytest.mark.parametrize("asked_by", ["nobody", "acquaintances"])
def test_who_may_not_ask_is_told_so_before_anything_is_kept(cast, asked_by):
    PersonSetting.create(member=cast.ning.id, asked_by=asked_by)
    with pytest.raises(Denied):
        friending.ask(cast.lin.actor, cast.ning.id)
    assert not FriendRequest.select().exists()
    assert friending.ask(cast.lin.actor, cast.ning.id, by_code=True) is False
    assert FriendRequest.get().met == "code"


def test_who_may_not_be_asked_may_ask_and_take_a_yes(cast):
    PersonSetting.create(member=cast.ning.id, asked_by="nobody")
    friending.ask(cast.ning.actor, cast.lin.id)
    assert friending.ask(cast.lin.actor, cast.ning.id) is True


def test_nobody_is_a_friend_of_themselves_or_of_who_is_not_there(cast):
    Member.update(erased_at=1).where(Member.id == cast.may.id).execute()
    for other in (cast.lin.id, cast.may.id, 10**9, -1):
        with pytest.raises(Gone):
            friending.ask(cast.lin.actor, other)


def test_a_block_works_as_if_the_other_were_not_there(cast):
    Block.create(member=cast.ning.id, blocked=cast.lin.id, at=1)
    for one, other in ((cast.lin, cast.ning), (cast.ning, cast.lin)):
        with pytest.raises(Gone):
            friending.ask(one.actor, other.id)


def test_where_they_met_has_to_be_true(cast):
    friending.ask(cast.lin.actor, cast.ning.id, met="circle")
    friending.ask(cast.lin.actor, cast.may.id, met="circle")
    friending.ask(cast.lin.actor, cast.che.id, met="code")
    met = {row.asked_id: row.met for row in FriendRequest.select()}
    assert met == {cast.ning.id: "profile", cast.may.id: "circle", cast.che.id: "profile"}


def test_long_words_are_refused(cast):
    with pytest.raises(Invalid):
        friending.ask(cast.lin.actor, cast.ning.id, "长" * 101)


def test_there_is_an_end_to_the_number_of_friends(cast, monkeypatch):
    from core.limits import LIMITS

    befriend(cast.lin, cast.may)
    monkeypatch.setitem(LIMITS, "friends", 1)
    with pytest.raises(Conflict, match="friends_full"):
        friending.ask(cast.lin.actor, cast.ning.id)
    friending.ask(cast.ning.actor, cast.lin.id)
    with pytest.raises(Conflict, match="friends_full"):
        friending.accept(cast.lin.actor, cast.ning.id)
    friending.ask(cast.ning.actor, cast.che.id)
    friending.end(cast.lin.actor, cast.may.id)
    friending.accept(cast.lin.actor, cast.ning.id)
    with pytest.raises(Conflict, match="friends_full_theirs"):
        friending.accept(cast.che.actor, cast.ning.id)


def test_the_end_is_for_both_and_takes_them_off_lists(cast):
    from blueprints.people import lists

    befriend(cast.lin, cast.ning)
    for one, other in ((cast.lin, cast.ning), (cast.ning, cast.lin)):
        lists.put_on(one.actor, lists.make_list(one.actor, "跑友"), [other.id])
    friending.end(cast.ning.actor, cast.lin.id)
    assert sides(cast.lin, cast.ning) == 0 and not FriendListEntry.select().exists()
    friending.end(cast.ning.actor, cast.lin.id)
    befriend(cast.lin, cast.ning)


# ---- many at once -------------------------------------------------------------------------------------------


def test_two_who_ask_each_other_at_once_are_friends_once(cast, in_threads):
    pair = (cast.lin, cast.ning)
    in_threads(20, lambda number: friending.ask(pair[number % 2].actor, pair[1 - number % 2].id))
    assert sides(*pair) == 2 and not FriendRequest.select().exists()


def test_many_yeses_at_once_are_one(cast, in_threads):
    friending.ask(cast.lin.actor, cast.ning.id)
    in_threads(20, lambda _number: friending.accept(cast.ning.actor, cast.lin.id))
    assert sides(cast.lin, cast.ning) == 2


def test_a_yes_and_a_withdrawal_at_once_end_in_one_or_the_other(cast, in_threads):
    friending.ask(cast.lin.actor, cast.ning.id)

    def act(number: int) -> None:
        try:
            if number % 2:
                friending.accept(cast.ning.actor, cast.lin.id)
            else:
                friending.withdraw(cast.lin.actor, cast.ning.id)
        except Gone:
            pass

    in_threads(10, act)
    assert sides(cast.lin, cast.ning) in (0, 2) and not FriendRequest.select().exists()


def test_the_last_place_is_given_once(cast, in_threads, monkeypatch):
    from core.limits import LIMITS

    monkeypatch.setitem(LIMITS, "friends", 1)
    others = (cast.ning, cast.may, cast.che)
    for other in others:
        friending.ask(other.actor, cast.lin.id)

    def accept(number: int) -> None:
        try:
            friending.accept(cast.lin.actor, others[number % 3].id)
        except Conflict:
            pass

    in_threads(12, accept)
    assert Friendship.select().where(Friendship.member == cast.lin.id).count() == 1
    assert Friendship.select().count() == 2
