"""Removed, muted, banned: who can do it to whom, what the person reads, what ends with it, and how it is lifted."""

import re

import pytest

from blueprints.circles import actions, commenting, events, posting, sanctions
from blueprints.circles.rooms import room
from core import clock, signals
from core.errors import Conflict, Denied, Gone, Invalid, Refusal
from core.limits import LIMITS
from models import AuditEntry, CircleInvitation, Comment, JoinRequest, Membership, ModerationReason, Post, Sanction
from tests.blueprints.circle_stories import typed, write, wrong_counters

WEEK = 7 * clock.DAY


def form(kind: str = "mute", **changes: str) -> dict[str, str]:
    return {"kind": kind, "days": "7", "reason": "卖课", "note": "第三次了", **changes}


def page_of(person, kind: str = "sanction") -> str:
    return f"/circles/night-run/members/{person.id}/{kind}"


def role(cast, person) -> str | None:
    return actions.role_of(cast.running.id, person.id)


@pytest.fixture
def heard(monkeypatch) -> list[signals.Event]:
    """What was announced about sanctions."""
    said: list[signals.Event] = []
    for event in (events.MemberSanctioned, events.SanctionLifted):
        monkeypatch.setitem(signals._inside, event, [*signals._inside[event], said.append])
    return said


# ---- who to whom --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["mute", "remove", "ban"])
def test_nobody_is_sanctioned_by_who_does_not_stand_above_them(as_, post, cast, kind):
    for by, whom, status in (("lin", "may", 403), ("ning", "lin", 403), ("may", "che", 409), ("may", "may", 409),
                             ("che", "che", 409)):  # fmt: skip
        answer = post(as_(by), page_of(cast[whom]), form(kind, note="Words of a moderator"))
        assert answer.status_code == status, (by, whom)
        assert "Words of a moderator" in typed(answer.text)
    assert Sanction.select().count() == 0 and role(cast, cast.may) == "moderator"
    assert post(as_("che"), page_of(cast.may), form(kind)).status_code == 303, "an owner stands above a moderator"


def test_the_actions_look_themselves(cast):
    for act in (actions.mute, actions.ban, actions.remove):
        with pytest.raises(Denied):
            act(cast.lin.actor, cast.running.id, cast.leaving.id, "x")
        with pytest.raises(Gone):
            act(cast.ning.actor, cast.darkroom.id, cast.lin.id, "x")
        with pytest.raises(Conflict, match="not_above"):
            act(cast.may.actor, cast.running.id, cast.che.id, "x")
        with pytest.raises(Invalid):
            act(cast.may.actor, cast.running.id, cast.lin.id, "x" * (LIMITS["sanction_reason"] + 1))
        with pytest.raises(Invalid):
            act(cast.may.actor, cast.running.id, cast.lin.id, "x", "x" * (LIMITS["sanction_note"] + 1))
    for until_at in (clock.now() - 1, clock.now() + (LIMITS["sanction_days"] + 1) * clock.DAY):
        with pytest.raises(Invalid):
            actions.ban(cast.may.actor, cast.running.id, cast.lin.id, "x", until_at=until_at)
    with pytest.raises(Gone):
        actions.mute(cast.may.actor, cast.running.id, cast.ning.id, "x")
    with pytest.raises(Gone):
        actions.ban(cast.may.actor, cast.running.id, 987654, "x")
    with pytest.raises(Invalid):
        actions.lift(cast.may.actor, cast.running.id, cast.lin.id, "remove")
    with pytest.raises(Denied):
        actions.lift(cast.lin.actor, cast.running.id, cast.lin.id, "mute")


WRONG = [
    ("kind", "exile"), ("kind", ""), ("days", "2"), ("days", "x"), ("reason", "  "), ("reason", "x" * 121),
    ("note", "x" * 501),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_what_cannot_be_decided_is_named_and_the_rest_is_kept(as_, post, cast, field, value):
    sent = form(**{"reason": "Kept as typed", field: value})
    answer = post(as_("may"), page_of(cast.lin), sent)
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text
    assert "Kept as typed" in answer.text or field == "reason"
    assert post(as_("may"), page_of(cast.lin), sent, htmx="sanction-form").text.lstrip().startswith("<form")
    assert Sanction.select().count() == 0 and role(cast, cast.lin) == "member"


def test_the_reasons_of_the_circle_are_at_hand(as_, cast):
    ModerationReason.create(circle=cast.running, text="卖课", position=1)
    ModerationReason.create(circle=cast.desk, text="剧透", position=1)
    page = as_("may").get(page_of(cast.lin) + "?kind=ban").text
    assert '<option value="卖课">' in page and "剧透" not in page
    assert re.search(r'<input[^>]*checked[^>]*value="ban"', page)
    assert as_("may").get(page_of(cast.lin) + "?kind=exile").status_code == 200
    assert as_("may").get("/circles/night-run/members/987654/sanction").status_code == 404


# ---- removed ------------------------------------------------------------------------------------------------


def test_who_is_removed_is_out_and_may_come_back(as_, post, cast, heard):
    assert post(as_("may"), page_of(cast.lin), form("remove")).status_code == 303
    assert role(cast, cast.lin) is None and Sanction.select().count() == 0
    assert heard == [events.MemberSanctioned(cast.running.id, cast.lin.id, cast.may.id, "remove", "卖课", "第三次了")]
    actions.join(cast.lin.actor, cast.running.id)
    assert role(cast, cast.lin) == "member" and wrong_counters() == []


# ---- muted --------------------------------------------------------------------------------------------------


def test_who_is_muted_reads_why_and_until_when_and_writes_nothing(as_, post, cast, heard):
    assert post(as_("may"), page_of(cast.lin), form("mute")).status_code == 303
    lin, mine = as_("lin"), cast.post_in(cast.running)
    until = Sanction.get().until_at
    assert abs(until - clock.now() - WEEK) < clock.MINUTE
    assert heard == [
        events.MemberSanctioned(cast.running.id, cast.lin.id, cast.may.id, "mute", "卖课", "第三次了", until)
    ]
    for url in ("/circles/night-run", f"/circles/night-run/posts/{mine.id}"):
        page = lin.get(url).text
        assert 'id="muted"' in page and "卖课" in page, url
        assert 'name="body"' not in page, url
    assert 'id="muted"' not in as_("may").get("/circles/night-run").text
    posts, comments = Post.select().count(), Comment.select().count()
    for url in ("posts/", f"posts/{mine.id}/comments/", f"posts/{mine.id}/edit", f"posts/{mine.id}/like"):
        answer = post(lin, f"/circles/night-run/{url}", {"body": "让我说", "on": "1"})
        assert answer.status_code == 403 and "让我说" in typed(answer.text), url
    assert (Post.select().count(), Comment.select().count()) == (posts, comments)
    with pytest.raises(Denied):
        posting.write_post(cast.lin.actor, cast.running.id, posting.PostDraft("", "x"))
    with pytest.raises(Denied):
        commenting.write_comment(cast.lin.actor, cast.running.id, mine.id, "x")


def test_a_mute_is_over_when_its_time_is(as_, cast):
    actions.mute(cast.may.actor, cast.running.id, cast.lin.id, "吵", until_at=clock.now() + WEEK)
    clock.shift(WEEK + 1)
    write(cast.lin.actor, cast.running.id)
    page = as_("lin").get("/circles/night-run").text
    assert 'id="muted"' not in page and 'name="body"' in page
    assert "吵" not in as_("may").get("/circles/night-run/banned").text


def test_a_mute_elsewhere_is_a_mute_elsewhere(cast):
    actions.mute(cast.che.actor, cast.darkroom.id, cast.lin.id, "吵")
    write(cast.lin.actor, cast.running.id)
    with pytest.raises(Denied):
        write(cast.lin.actor, cast.darkroom.id)


def test_leaving_and_coming_back_does_not_end_a_mute(cast):
    actions.mute(cast.may.actor, cast.running.id, cast.lin.id, "吵")
    actions.leave(cast.lin.actor, cast.running.id)
    actions.join(cast.lin.actor, cast.running.id)
    with pytest.raises(Denied):
        write(cast.lin.actor, cast.running.id)


# ---- banned -------------------------------------------------------------------------------------------------


def test_who_is_banned_reads_why_and_until_when_in_place_of_the_button(as_, post, cast, heard):
    assert post(as_("may"), page_of(cast.lin), form("ban")).status_code == 303
    lin = as_("lin")
    page = lin.get("/circles/night-run").text
    assert 'id="banned"' in page and "卖课" in page
    assert 'formaction="/circles/night-run/join"' not in page and 'href="/circles/night-run/join"' not in page
    assert "第三次了" not in page, "the note is for the decision that they are told"
    assert 'id="banned"' not in as_("ning").get("/circles/night-run").text
    for url in ("/circles/night-run/join", "/circles/night-run/withdraw", "/circles/night-run/decline"):
        assert post(lin, url).status_code == 403, url
    assert role(cast, cast.lin) is None and wrong_counters() == []
    assert [event.kind for event in heard] == ["ban"]
    clock.shift(WEEK + 1)
    assert 'id="banned"' not in lin.get("/circles/night-run").text
    assert post(lin, "/circles/night-run/join").status_code == 303


def test_a_ban_ends_request_and_invitation_and_neither_can_be_made_anew(as_, post, cast):
    actions.join(cast.ning.actor, cast.desk.id, "《活着》")
    actions.invite(cast.che.actor, cast.desk.id, cast.ning.id, "来")
    actions.ban(cast.che.actor, cast.desk.id, cast.ning.id, "剧透")
    assert JoinRequest.select().count() == 0
    assert CircleInvitation.get(CircleInvitation.member == cast.ning.id).answered_at
    with pytest.raises(Denied, match="banned"):
        actions.join(cast.ning.actor, cast.desk.id, "再来")
    answer = post(as_("che"), "/circles/desk/invitations/", {"username": "ning", "reason": "kept as typed"})
    assert answer.status_code == 422 and "username-error" in answer.text and "kept as typed" in answer.text
    assert not room(cast.ning.actor, cast.desk.id).is_invited


def test_a_ban_from_an_invisible_circle_leaves_no_sign_of_it(as_, cast):
    actions.ban(cast.che.actor, cast.darkroom.id, cast.lin.id, "卖相机")
    answer = as_("lin").get(f"/circles/{cast.darkroom.slug}")
    assert answer.status_code == 404 and "卖相机" not in answer.text


def test_a_later_ban_takes_the_place_of_an_earlier_one(cast):
    for days in (3, 30):
        actions.ban(cast.che.actor, cast.running.id, cast.lin.id, f"{days}", until_at=clock.now() + days * clock.DAY)
    row = Sanction.get()
    assert row.reason == "30" and row.until_at > clock.now() + 29 * clock.DAY and Sanction.select().count() == 1
    actions.ban(cast.che.actor, cast.running.id, cast.lin.id, "für immer")
    assert Sanction.get().until_at is None


# ---- what is in force ---------------------------------------------------------------------------------------


def test_moderators_see_what_is_in_force_and_lift_it(as_, post, cast, heard):
    actions.mute(cast.may.actor, cast.running.id, cast.lin.id, "吵得很", until_at=clock.now() + WEEK)
    actions.ban(cast.che.actor, cast.running.id, cast.ning.id, "卖课的")
    may = as_("may")
    page = may.get("/circles/night-run/banned").text
    assert all(words in page for words in ("吵得很", "卖课的", cast.lin.display_name, cast.ning.display_name,
                                           cast.che.display_name))  # fmt: skip
    heard.clear()
    row = Sanction.get(Sanction.kind == "ban")
    assert post(may, page_of(cast.ning, "lift"), {"kind": "ban"}, htmx=f"sanction-{row.id}").text == ""
    assert post(may, page_of(cast.lin, "lift"), {"kind": "mute"}).location == "/circles/night-run/banned"
    assert post(may, page_of(cast.lin, "lift"), {"kind": "mute"}).status_code == 303, "twice changes nothing"
    assert [(event.member, event.kind) for event in heard] == [(cast.ning.id, "ban"), (cast.lin.id, "mute")]
    assert Sanction.select().count() == 0
    assert 'class="empty"' in may.get("/circles/night-run/banned").text
    actions.join(cast.ning.actor, cast.running.id)
    write(cast.lin.actor, cast.running.id)
    done = {row.action for row in AuditEntry.select().where(AuditEntry.circle == cast.running.id)}
    assert {"circle.mute", "circle.ban", "circle.lift_mute", "circle.lift_ban"} <= done


@pytest.mark.parametrize("kind", ["", "remove", "exile"])
def test_only_what_lasts_is_lifted(as_, post, cast, kind):
    assert post(as_("may"), page_of(cast.lin, "lift"), {"kind": kind}).status_code == 422


def test_the_list_asks_as_often_for_many_as_for_few_and_pages(as_, cast, monkeypatch):
    from tests.blueprints.account_stories import actor, member
    from tests.blueprints.circle_stories import counted

    may = as_("may")
    names = ("aba", "bcb", "cdc", "ded", "efe", "fgf")
    people = [actor(member(name)) for name in names]
    seen = []
    for some in (people[:2], people[2:]):
        for one in some:
            actions.ban(cast.may.actor, cast.running.id, one.member_id, "x")
        may.get("/circles/night-run/banned")
        with counted() as asked:
            may.get("/circles/night-run/banned")
        seen.append(len(asked))
    assert seen[0] == seen[1]
    monkeypatch.setitem(LIMITS, "page_members", 4)
    first = may.get("/circles/night-run/banned").text
    rest = may.get(re.search(r'href="([^"]*before=\d+)"', first)[1]).text
    ids = re.findall(r'id="sanction-(\d+)"', first) + re.findall(r'id="sanction-(\d+)"', rest)
    assert len(ids) == len(set(ids)) == 6


# ---- at once ------------------------------------------------------------------------------------------------


def test_banning_and_joining_at_once_leaves_nobody_in_who_is_banned(cast, in_threads):
    def act(number: int) -> None:
        try:
            if number == 7:
                actions.ban(cast.may.actor, cast.running.id, cast.ning.id, "x")
            else:
                actions.join(cast.ning.actor, cast.running.id)
        except Refusal:
            pass

    in_threads(30, act)
    assert role(cast, cast.ning) is None and sanctions.is_banned(cast.running.id, cast.ning.id)
    assert wrong_counters() == []


def test_two_who_ban_at_once_ban_once(cast, in_threads):
    in_threads(20, lambda n: actions.ban(cast[("may", "che")[n % 2]].actor, cast.running.id, cast.lin.id, f"第{n}次"))
    assert Sanction.select().count() == 1 and wrong_counters() == []
    assert Membership.select().where(Membership.member == cast.lin.id, Membership.circle == cast.running).count() == 0
