"""Accounts from the console."""

import pytest

from blueprints.accounts.signing_in import find
from core import site
from models import Member, Session, StaffRole
from tests.blueprints.account_stories import PASSWORD, letters, member


@pytest.fixture
def run(app):
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(args=list(words))


def test_a_member_is_made_even_where_the_door_is_closed(cast, run, caplog):
    site.change({"registration": "closed"})
    made = run("create-member", "Admin", "--password", PASSWORD, "--display-name", "周岚", "--email", "a@example.org")
    assert made.exit_code == 0 and "admin" in made.output
    assert find("admin").display_name == "周岚"
    assert letters(caplog)[0].to == "a@example.org"


@pytest.mark.parametrize(("name", "password"), [("x", PASSWORD), ("lin", PASSWORD), ("somebody", "short")])
def test_what_cannot_be_taken_ends_with_a_sentence(cast, run, name, password):
    refused = run("create-member", name, "--password", password)
    assert refused.exit_code == 1 and refused.output.strip() and "Traceback" not in refused.output


def test_the_first_owner_is_made_at_the_console(cast, run):
    bert = member("bert")
    assert run("make-owner", "Bert").exit_code == 0
    assert StaffRole.get(StaffRole.member == bert).role == "owner"
    assert run("make-owner", "bert").exit_code == 0


def test_a_link_to_a_new_password_is_printed_once(cast, run, client, post):
    member("bert")
    printed = run("reset-link", "bert").output.strip()
    path = "/reset/" + printed.partition("/reset/")[2]
    assert post(client, path, {"password": "another long line 8"}).status_code == 303


def test_somebody_is_signed_out_everywhere(cast, run, as_):
    hers = as_("lin")
    assert "1" in run("sign-out-everywhere", "lin").output
    assert hers.get("/me").status_code == 401 and not Session.select().where(Session.member == cast.lin.id).exists()


@pytest.mark.parametrize("command", ["make-owner", "reset-link", "sign-out-everywhere"])
def test_who_is_not_there_is_told(cast, run, command):
    answer = run(command, "nobody-here")
    assert answer.exit_code == 1 and "nobody-here" in answer.output
    assert not Member.select().where(Member.username == "nobody-here").exists()
