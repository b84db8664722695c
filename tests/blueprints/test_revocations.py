"""Every way in which somebody loses a right ends what they watch: a revocation with the right tags is written in the
same transaction. What takes no right away writes none."""

import ast

import pytest

from blueprints.accounts import actions as accounts
from blueprints.accounts import devices, leaving
from blueprints.admin import actions as admin
from blueprints.circles import actions as circles
from blueprints.circles import joining, sanctions
from blueprints.circles.actions import CircleDraft, Door
from blueprints.live import entering, guests, moderating, scheduling
from blueprints.live.halls import hall
from blueprints.live.scheduling import EventDraft
from core import clock, jobs, personal, site, stream_log
from core.errors import Gone
from core.policy import CONSOLE
from models import Circle, Session, StreamRevocation
from tests.blueprints.live_stories import an_event, row_of
from tests.cast import PASSWORD
from tests.source_tree import sources


@pytest.fixture(autouse=True)
def nothing_yet(cast):
    StreamRevocation.delete().execute()


def revoked() -> set[str]:
    return {row.tags for row in StreamRevocation.select()}


def a_session(member: int) -> int:
    now = clock.now()
    return Session.create(
        token_hash=f"{member}-{now}-{Session.select().count()}", member=member, created_at=now, seen_at=now,
        expires_at=now + clock.DAY,
    ).id  # fmt: skip


# ---- sessions ----------------------------------------------------------------------------------------------------


def test_sessions_end_in_one_place_only():
    """So that none can be forgotten."""
    for source in sources():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Attribute) and node.attr == "delete" and isinstance(node.value, ast.Name):
                assert node.value.id != "Session" or source.name == "core/sessions.py", source.name
            if isinstance(node, ast.For) and isinstance(node.iter, ast.Tuple) and "delete" in ast.dump(node):
                named = {each.id for each in node.iter.elts if isinstance(each, ast.Name)}
                assert "Session" not in named, source.name


def test_signing_out(cast, as_, post):
    lin = as_("lin")
    here = Session.select(Session.id).order_by(Session.id.desc()).scalar()
    other = a_session(cast.lin.id)
    post(lin, "/logout")
    assert revoked() == {f"s{here}"} and Session.select().where(Session.id == other).exists()


def test_one_device_and_all_others(cast):
    here, phone, tablet = (a_session(cast.lin.id) for _ in range(3))
    strange = a_session(cast.may.id)
    devices.sign_out_device(cast.lin.actor, phone)
    assert revoked() == {f"s{phone}"}
    devices.sign_out_elsewhere(cast.lin.actor, here)
    assert revoked() == {f"s{phone}", f"s{tablet}"}
    assert {row.id for row in Session.select()} == {here, strange}


def test_a_new_password_ends_all_sessions_but_this_one(cast):
    here, phone = a_session(cast.lin.id), a_session(cast.lin.id)
    accounts.change_password(cast.lin.actor, PASSWORD, "battery staple 9", session_id=here)
    assert revoked() == {f"s{phone}"}


def test_a_password_that_was_reset_ends_them_all(cast):
    mine = {f"s{a_session(cast.lin.id)}" for _ in range(2)}
    token = accounts.make_reset_link(cast.owner.actor, cast.lin.id)
    accounts.reset_password(cast.lin.actor, token, "battery staple 9")
    assert revoked() == mine


def test_staff_sign_somebody_out(cast):
    mine = a_session(cast.lin.id)
    assert accounts.sign_out_everywhere(cast.staff.actor, cast.lin.id) == 1
    assert revoked() == {f"s{mine}"}


def test_sessions_whose_time_is_over(cast):
    old = a_session(cast.lin.id)
    clock.shift(2 * clock.DAY)
    fresh = a_session(cast.may.id)
    jobs.later("accounts.sweep")
    jobs.run_due()
    assert revoked() == {f"s{old}"} and Session.get().id == fresh


def test_many_sessions_at_once(cast):
    for _ in range(600):
        a_session(cast.lin.id)
    assert accounts.sign_out_everywhere(cast.staff.actor, cast.lin.id) == 600
    assert len(revoked()) == 600 and not Session.select().exists()


# ---- accounts ----------------------------------------------------------------------------------------------------


def test_suspended(cast):
    admin.suspend(cast.staff.actor, cast.lin.id, "广告", 7)
    assert revoked() == {f"m{cast.lin.id}", f"w{cast.lin.id}"}, "and whoever reads what lin shows of her life"
    admin.lift(cast.staff.actor, cast.lin.id)
    assert len(revoked()) == 2


def test_dismissed_from_the_staff(cast):
    admin.appoint(cast.owner.actor, cast.staff.id, False)
    assert revoked() == {f"m{cast.staff.id}"}


def test_leaving_and_erased(cast):
    session = a_session(cast.lin.id)
    leaving.ask_to_leave(cast.lin.actor, PASSWORD, keeps_words=True)
    assert revoked() == {f"m{cast.lin.id}"}
    leaving.erase_member(CONSOLE, cast.lin.id, keeps_words=True)
    assert {f"m{cast.lin.id}", f"s{session}"} <= revoked()


def test_a_site_that_visitors_may_not_read_any_more(cast):
    values = site.settings()
    admin.change_settings(cast.owner.actor, {**values, "tagline": "一起"})
    assert revoked() == set()
    admin.change_settings(cast.owner.actor, {**values, "tagline": "一起", "reading": "members"})
    assert revoked() == {"guest"}


# ---- circles -----------------------------------------------------------------------------------------------------


def test_left_removed_and_banned(cast):
    circle = cast.running.id
    joining.leave(cast.lin.actor, circle)
    assert revoked() == {f"m{cast.lin.id} c{circle}"}
    joining.join(cast.lin.actor, circle)
    StreamRevocation.delete().execute()
    sanctions.remove(cast.may.actor, circle, cast.lin.id, "广告")
    assert revoked() == {f"m{cast.lin.id} c{circle}"}
    StreamRevocation.delete().execute()
    sanctions.ban(cast.may.actor, circle, cast.ning.id, "广告")
    assert revoked() == {f"m{cast.ning.id} c{circle}"}


def test_joining_and_a_mute_take_no_right_to_watch(cast):
    joining.join(cast.ning.actor, cast.running.id)
    sanctions.mute(cast.may.actor, cast.running.id, cast.lin.id, "歇一歇")
    assert revoked() == set()


def test_another_role(cast):
    joining.set_role(cast.che.actor, cast.running.id, cast.may.id, "member")
    assert revoked() == {f"m{cast.may.id} c{cast.running.id}"}


@pytest.mark.parametrize(("before", "after", "ends"), [
    ("public", "listed", True), ("public", "invisible", True), ("listed", "invisible", True),
    ("public", "public", False), ("listed", "public", False), ("invisible", "listed", False),
])  # fmt: skip
def test_a_circle_that_fewer_may_read(cast, before, after, ends):
    circle = circles.found_circle(
        cast.che.actor, CircleDraft("新圈子", "fresh", "一起", "sport", before, "invitation")
    ).id  # fmt: skip
    circles.edit_circle(cast.che.actor, circle, Door(after, "invitation", "", "", ""))
    assert revoked() == ({f"c{circle}"} if ends else set())


def test_a_circle_that_is_closed_since_nobody_is_left(cast):
    circle = circles.found_circle(cast.ning.actor, CircleDraft("独行", "alone", "一个人", "sport", "public", "open")).id
    event = an_event(cast.ning.actor, circle)
    leaving.erase_member(CONSOLE, cast.ning.id, keeps_words=True)
    assert Circle.get_by_id(circle).closed_at is not None
    assert f"c{circle}" in revoked()
    with pytest.raises(Gone):
        hall(cast.che.actor, event)


# ---- events ------------------------------------------------------------------------------------------------------


def test_guests_hosts_and_viewers(cast):
    event = an_event(cast.che.actor, cast.running.id, visibility="invited")
    guests.invite(cast.che.actor, event, cast.ning.id)
    guests.appoint(cast.che.actor, event, cast.lin.id, "moderator")
    assert revoked() == set()
    guests.turn_away(cast.che.actor, event, cast.ning.id)
    assert revoked() == {f"m{cast.ning.id} e{event}"}
    guests.dismiss(cast.che.actor, event, cast.lin.id)
    assert revoked() == {f"m{cast.ning.id} e{event}", f"m{cast.lin.id} e{event}"}


def test_removed_from_an_event(cast):
    event = an_event(cast.che.actor, cast.running.id)
    moderating.remove(cast.che.actor, event, cast.lin.id)
    assert revoked() == {f"m{cast.lin.id} e{event}"}


@pytest.mark.parametrize(("visibility", "password"), [("members", ""), ("invited", ""), ("password", "0000 zero")])
def test_an_event_that_fewer_may_watch(cast, visibility, password):
    event = an_event(cast.che.actor, cast.running.id)
    starts_at = row_of(event).starts_at
    scheduling.change(cast.che.actor, event, EventDraft("新的名字", starts_at))
    assert revoked() == set()
    scheduling.change(
        cast.che.actor, event, EventDraft("新的名字", starts_at, visibility=visibility, password=password)
    )  # fmt: skip
    assert revoked() == {f"e{event}"}


def test_another_password_of_an_event(cast):
    event = an_event(cast.che.actor, cast.running.id, visibility="password", password="0000 zero")
    entering.enter(cast.lin.actor, event, "0000 zero")
    draft = EventDraft("终点直播", row_of(event).starts_at, visibility="password", password="1111 one")
    scheduling.change(cast.che.actor, event, draft)
    assert revoked() == {f"e{event}"}


# ---- with the act or not at all ----------------------------------------------------------------------------------


def test_what_is_undone_revokes_nothing(cast, monkeypatch):
    """In the transaction of the act: when it fails at last, nobody is sent away."""
    rung = []
    monkeypatch.setattr(stream_log, "_cuts", [lambda seq, tags: rung.append(tags)])
    monkeypatch.setattr(personal, "erase", lambda *args, **more: (_ for _ in ()).throw(RuntimeError("in the middle")))
    session = a_session(cast.lin.id)
    with pytest.raises(RuntimeError):
        leaving.erase_member(CONSOLE, cast.lin.id, keeps_words=True)
    assert (revoked(), rung) == (set(), [])
    devices.sign_out_device(cast.lin.actor, session)
    assert rung == [f"s{session}"]
