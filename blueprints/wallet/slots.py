"""Ways to the wallet: on one's own page, when leaving, on a friend's profile; and to the desk for those who serve."""

from typing import Any

from flask import url_for

from blueprints.wallet import (
    desk_book,
    paying,
    slots_notices,  # noqa: F401 - fills
    slots_payments,  # noqa: F401 - fills
    slots_tips,  # noqa: F401 - fills
    statement,
)
from core import ledger
from core.blueprint import fills
from core.fragments import region, still
from core.money import currency
from core.policy import Actor, can
from models import Friendship


@fills("people.me")
def way_in(actor: Actor, people: list[Any]) -> dict[int, str]:
    if not can(actor, "wallet:own"):
        return {}
    return {
        person.id: region(
            "wallet/_way_in.html", balance=ledger.balance(paying.wallet_of(person.id)).whole,
            serves=can(actor, "wallet:desk"),
        )
        for person in people
        if person.id == actor.member_id
    }  # fmt: skip


@fills("accounts.leaving")
def what_is_left(actor: Actor, things: list[Any]) -> dict[Any, str]:
    """Nobody should find out afterwards that their money went to the chest."""
    code, me = currency().code, actor.member_id or 0
    purses = [statement.Purse(currency(), ledger.balance(paying.wallet_of(me)).whole), *statement.others(actor, code)]
    left = [(purse.balance, purse.currency.code) for purse in purses if purse.balance]
    return {thing: region("wallet/_leaving.html", purses=left) for thing in things} if left else {}


@fills("people.profile_ways")
def way_to_send(actor: Actor, people: list[Any]) -> dict[int, str]:
    if not actor.signed_in or not can(actor, "wallet:pay"):
        return {}
    friends = _friends(actor, [person.id for person in people])
    return {
        person.id: still("wallet/_send_way.html", username=person.username)
        for person in people
        if person.id in friends
    }


@fills("people.profile_menu")
def way_to_look(actor: Actor, people: list[Any]) -> dict[int, str]:
    if not can(actor, "wallet:look"):
        return {}
    return {
        person.id: still("wallet/_look_way.html", username=person.username)
        for person in people
        if person.id != actor.member_id
    }


def _friends(actor: Actor, ids: list[int]) -> set[int]:
    mine = Friendship.select(Friendship.friend).where(Friendship.member == actor.member_id)
    return {id_ for (id_,) in mine.where(Friendship.friend.in_(ids)).tuples()}


@fills("admin.index")
def waits_at_the_desk(actor: Actor, things: list[Any]) -> dict[Any, str]:
    if not can(actor, "wallet:desk"):
        return {}
    count, stopped = desk_book.count_waiting(), ledger.is_stopped()
    if not count and not stopped:
        return {}
    urls = {"desk_url": url_for("wallet.cash_desk"), "books_url": url_for("wallet.show_books")}
    return {thing: region("wallet/_waits.html", count=count, stopped=stopped, **urls) for thing in things}
