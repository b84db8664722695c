"""Links that work once."""

import pytest

from core import clock, links
from core.errors import Gone
from models import OneTimeLink


@pytest.fixture
def link(cast):
    return links.make("reset", 3600, member=cast.lin.id)


def test_a_link_is_found_by_its_token_and_works_once(link):
    token = links.token(link)
    found = links.find("reset", token)
    assert found.member_id == link.member_id
    links.use(found)
    with pytest.raises(Gone, match="link_used"):
        links.find("reset", token)


def test_two_who_use_it_at_once_are_one(link, in_threads):
    used, refused = [], []

    def use(number: int) -> None:
        try:
            links.use(link)
            used.append(number)
        except Gone:
            refused.append(number)

    in_threads(20, use)
    assert (len(used), len(refused)) == (1, 19)


def test_a_link_ends(link):
    clock.shift(3600 * 1000 + 1)
    with pytest.raises(Gone, match="link_used"):
        links.find("reset", links.token(link))


def test_a_link_is_for_one_purpose(link):
    with pytest.raises(Gone):
        links.find("confirm", links.token(link))


@pytest.mark.parametrize("text", ["", "-", "1", "1-", "x-y", "１-abc", "9" * 40 + "-a", "0-" + "0" * 40])
def test_what_is_no_token_is_gone(link, text):
    with pytest.raises(Gone):
        links.find("reset", text)


def test_every_changed_character_makes_it_another(link):
    token = links.token(link)
    for at in range(len(token)):
        other = "0" if token[at] != "0" else "1"
        with pytest.raises(Gone):
            links.find("reset", token[:at] + other + token[at + 1 :])


def test_the_database_alone_makes_no_token(link):
    """The token is a MAC under the site's secret: no column of the row holds it or a part of it."""
    secret_part = links.token(link).partition("-")[2]
    row = OneTimeLink.select().where(OneTimeLink.id == link.id).dicts().get()
    assert all(secret_part not in str(value) and str(value) not in secret_part for value in row.values()
               if len(str(value)) > 8)  # fmt: skip


def test_a_newer_letter_replaces_the_older_one(cast, link):
    links.cancel("reset", cast.lin.id)
    with pytest.raises(Gone):
        links.find("reset", links.token(link))
    newer = links.make("reset", 3600, member=cast.lin.id)
    assert links.find("reset", links.token(newer)).id == newer.id
