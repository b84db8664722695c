"""Accounts are free, letters to others are not: nobody's letter box is filled from here."""

import pytest

from core.limits import RATES, Rate
from models import Member
from tests.blueprints.account_stories import PASSWORD, letters


@pytest.fixture(autouse=True)
def two_an_hour(monkeypatch):
    monkeypatch.setitem(RATES, "email.address", Rate(2, 10**8))


def join_with(app, post, place, address="victim@example.org"):
    form = {"username": f"mallory-{place}", "password": PASSWORD, "email": address, "key": f"k{place}"}
    return post(app.test_client(), "/register", form, headers={"Accept-Language": "en"})


def test_a_row_of_new_accounts_writes_to_an_address_a_few_times_only(app, cast, post, caplog):
    answers = [join_with(app, post, place) for place in range(4)]
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, "/")}, "all get the same answer"
    assert [letter.to for letter in letters(caplog)] == ["victim@example.org"] * 2
    join_with(app, post, 5, "somebody@example.org")
    assert [letter.to for letter in letters(caplog)] == ["somebody@example.org"]


def test_whether_the_address_is_known_makes_no_difference(app, cast, post, caplog):
    Member.update(email="victim@example.org", email_confirmed_at=1).where(Member.id == cast.lin.id).execute()
    for place in range(4):
        assert join_with(app, post, place).status_code == 303
    assert [letter.to for letter in letters(caplog)] == ["victim@example.org"] * 2
