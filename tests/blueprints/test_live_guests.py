"""Who comes into an event: by the password, by invitation; who runs it, and that somebody always does."""

import pytest

from blueprints.circles import joining, sanctions
from blueprints.live import guests, scheduling
from blueprints.live.entering import enter
from blueprints.live.scheduling import EventDraft
from core import clock, stream_log
from core.errors import Conflict, Denied, Gone, Invalid, SignInNeeded
from core.limits import RATES
from core.policy import GUEST, can
from models import LiveAct, LiveEntry, LiveHost, LiveReminder, LiveSanction, StreamRevocation
from tests.blueprints.live_stories import an_event, row_of, seen_by
from tests.blueprints.notice_stories import kinds, nothing_told_yet, rings, words

WORD = "终点见2024"


@pytest.fixture(autouse=True)
def nothing_revoked_yet(cast):
    StreamRevocation.delete().execute()


@pytest.fixture
def locked(cast) -> int:
    return an_event(cast.che.actor, cast.running.id, visibility="password", password=WORD, about="带上水。")


@pytest.fixture
def private(cast) -> int:
    return an_event(cast.che.actor, cast.running.id, visibility="invited")


def address(event: int, more: str = "") -> str:
    return f"/live/{event}{more}"


def revoked() -> list[str]:
    return [tags for _, tags in stream_log.revocations()]


# ---- the password ------------------------------------------------------------------------------------------------


def test_who_knows_the_password_comes_in_once_and_for_all(cast, as_, post, locked):
    lin = as_("lin")
    closed = lin.get(address(locked))
    assert closed.status_code == 200 and 'id="live-door-form"' in closed.text and "带上水" not in closed.text
    wrong = post(lin, address(locked, "/enter"), {"password": "山脚那家"})
    assert wrong.status_code == 422 and 'id="live-door-form"' in wrong.text and "山脚那家" not in wrong.text
    assert not can(cast.lin.actor, "live:watch", seen_by(cast.lin.actor, locked))
    right = post(lin, address(locked, "/enter"), {"password": f" {WORD} "})
    assert (right.status_code, right.location) == (303, address(locked))
    assert can(cast.lin.actor, "live:watch", seen_by(cast.lin.actor, locked))
    assert LiveEntry.get(LiveEntry.member == cast.lin.id).how == "password"
    assert 'id="live-door"' not in lin.get(address(locked)).text
    assert lin.get(address(locked, "/enter")).location == address(locked)


def test_with_htmx_the_door_comes_back_as_one_region(as_, post, locked):
    answer = post(as_("lin"), address(locked, "/enter"), {"password": "x"}, htmx="live-door")
    assert answer.status_code == 422
    assert answer.text.strip().startswith("<section") and answer.text.count('id="live-door"') == 1
    right = post(as_("lin"), address(locked, "/enter"), {"password": WORD}, htmx="live-door")
    assert right.headers["HX-Redirect"].endswith(address(locked))


def test_a_visitor_is_sent_to_sign_in_and_back(client, cast, post, locked):
    page = client.get(address(locked))
    assert page.status_code == 200 and "live-door-form" not in page.text
    assert f"/login?next=/live/{locked}" in page.text.replace("%2F", "/")
    assert post(client, address(locked, "/enter"), {"password": WORD}).status_code == 401
    with pytest.raises(SignInNeeded):
        enter(GUEST, locked, WORD)


def test_a_password_is_needed_by_none_who_run_it(cast, locked):
    for name in ("che", "may"):
        assert can(cast[name].actor, "live:watch", seen_by(cast[name].actor, locked))
        enter(cast[name].actor, locked, "whatever")
    assert not LiveEntry.select().exists()


def test_it_is_kept_as_a_hash(locked):
    kept = row_of(locked).password_hash
    assert kept.startswith("$argon2id$") and WORD not in kept


def test_guessing_is_counted_by_member_and_event(cast, as_, post, locked):
    other = an_event(cast.che.actor, cast.running.id, visibility="password", password="anything")
    lin = as_("lin")
    for _ in range(RATES["live.door"].hits):
        assert post(lin, address(locked, "/enter"), {"password": "x"}).status_code == 422
    assert post(lin, address(locked, "/enter"), {"password": WORD}).status_code == 429
    assert post(lin, address(other, "/enter"), {"password": "anything"}).status_code == 303
    assert post(as_("ning"), address(locked, "/enter"), {"password": WORD}).status_code == 303
    clock.shift(2 * RATES["live.door"].seconds * 1000)
    assert post(lin, address(locked, "/enter"), {"password": WORD}).status_code == 303


def test_many_guesses_at_once_are_no_way_round(cast, app, as_, post, locked, in_threads):
    browsers, answers = [as_("lin") for _ in range(16)], []
    in_threads(16, lambda number: answers.append(
        post(browsers[number], address(locked, "/enter"), {"password": f"guess {number}"}).status_code
    ))  # fmt: skip
    assert answers.count(422) == RATES["live.door"].hits and answers.count(429) == 16 - RATES["live.door"].hits


def test_the_right_password_from_many_threads_makes_one_entry(cast, locked, in_threads):
    in_threads(8, lambda _: enter(cast.lin.actor, locked, WORD))
    assert LiveEntry.select().where(LiveEntry.event == locked).count() == 1


def test_a_new_password_shuts_out_who_came_by_the_old_one(cast, locked):
    enter(cast.lin.actor, locked, WORD)
    draft = EventDraft("终点直播", row_of(locked).starts_at, visibility="password", password="another one")
    scheduling.change(cast.che.actor, locked, draft)
    assert not can(cast.lin.actor, "live:watch", seen_by(cast.lin.actor, locked))
    with pytest.raises(Invalid):
        enter(cast.lin.actor, locked, WORD)
    enter(cast.lin.actor, locked, "another one")


def test_there_is_nothing_to_guess_where_no_password_is(cast, as_, post, private):
    public = an_event(cast.che.actor, cast.running.id)
    assert post(as_("lin"), address(public, "/enter"), {"password": ""}).status_code == 303
    assert post(as_("lin"), address(private, "/enter"), {"password": ""}).status_code == 404
    assert post(as_("lin"), address(999, "/enter"), {"password": ""}).status_code == 404


def test_who_was_removed_or_banned_does_not_come_back_by_the_password(cast, locked):
    LiveSanction.create(event=locked, member=cast.lin.id, kind="remove", decided_at=clock.now())
    with pytest.raises(Denied):
        enter(cast.lin.actor, locked, WORD)
    joining.join(cast.ning.actor, cast.running.id)
    sanctions.ban(cast.che.actor, cast.running.id, cast.ning.id, "广告")
    with pytest.raises((Denied, Gone)):
        enter(cast.ning.actor, locked, WORD)
    assert not LiveEntry.select().exists()


# ---- guests ------------------------------------------------------------------------------------------------------


def test_a_guest_is_told_comes_in_and_is_turned_away_again(cast, app, as_, post, private):
    nothing_told_yet()
    che, ning = as_("che"), as_("ning")
    assert ning.get(address(private)).status_code == 404
    assert post(che, address(private, "/guests"), {"username": "@Ning"}).status_code == 303
    assert kinds(cast.ning) == ["live_invited"]
    assert "阿澈" in words(app, cast.ning)[0] and "终点直播" in words(app, cast.ning)[0]
    assert ning.get(address(private)).status_code == 200
    assert f'id="guest-{cast.ning.id}"' in che.get(address(private, "/guests")).text
    assert post(che, address(private, f"/guests/{cast.ning.id}/remove")).status_code == 303
    assert ning.get(address(private)).status_code == 404
    assert (kinds(cast.ning), rings(cast.ning)) == ([], 0)
    assert revoked() == [f"m{cast.ning.id} e{private}"]
    assert [act.action for act in LiveAct.select().order_by(LiveAct.id)][-2:] == ["invite", "turn_away"]
    post(che, address(private, f"/guests/{cast.ning.id}/remove"))
    assert len(revoked()) == 1


def test_what_was_told_is_seen_by_guests_only_while_they_are_some(cast, app, private):
    guests.invite(cast.che.actor, private, cast.ning.id)
    LiveEntry.delete().execute()
    assert words(app, cast.ning) == []


@pytest.mark.parametrize("name", ["nobody-here", "", "x" * 300])
def test_a_name_that_nobody_has_comes_back_with_its_form(as_, post, private, name):
    answer = post(as_("che"), address(private, "/guests"), {"username": name})
    assert answer.status_code == 422 and 'id="guest-form"' in answer.text and 'aria-invalid="true"' in answer.text
    assert not LiveEntry.select().exists()


def test_nobody_is_invited_twice_or_in_spite_of_a_ban(cast, private):
    guests.invite(cast.che.actor, private, cast.ning.id)
    with pytest.raises(Invalid, match="live_invited_already"):
        guests.invite(cast.che.actor, private, cast.ning.id)
    sanctions.ban(cast.che.actor, cast.running.id, cast.lin.id, "广告")
    with pytest.raises(Invalid, match="invites_banned"):
        guests.invite(cast.che.actor, private, cast.lin.id)
    with pytest.raises(Invalid, match="invites_banned"):
        guests.appoint(cast.che.actor, private, cast.lin.id, "moderator")


def test_inviting_from_many_threads_tells_once(cast, private, in_threads):
    def invite(_: int) -> None:
        try:
            guests.invite(cast.che.actor, private, cast.ning.id)
        except Invalid as refusal:
            assert refusal.code == "live_invited_already"

    in_threads(8, invite)
    assert kinds(cast.ning) == ["live_invited"] and LiveEntry.select().count() == 1


@pytest.mark.parametrize("name", ["lin", "ning", "staff", "owner"])
def test_only_hosts_see_and_choose_guests(cast, as_, post, name):
    public = an_event(cast.che.actor, cast.running.id)
    browser = as_(name)
    assert browser.get(address(public, "/guests")).status_code == 403
    ways = (
        ("/guests", {"username": "ada"}), (f"/guests/{cast.lin.id}/remove", {}),
        ("/hosts", {"username": name, "role": "host"}), (f"/hosts/{cast.che.id}", {"role": ""}),
    )  # fmt: skip
    for way, data in ways:
        assert post(browser, address(public, way), data).status_code == 403, way
    assert not LiveEntry.select().exists() and LiveHost.select().count() == 1


def test_pages_of_guests_follow_each_other(cast, as_, monkeypatch, private):
    monkeypatch.setitem(guests.LIMITS, "page_members", 2)
    for name in ("lin", "ning", "staff"):
        guests.invite(cast.che.actor, private, cast[name].id)
        clock.shift(1)
    here = seen_by(cast.che.actor, private)
    first = guests.guests(cast.che.actor, here)
    rest = guests.guests(cast.che.actor, here, first.older)
    assert [row.member_id for row in first.rows + rest.rows] == [cast.staff.id, cast.ning.id, cast.lin.id]
    assert rest.older is None
    assert as_("che").get(address(private, "/guests?before=x.y")).status_code == 200


# ---- who runs it -------------------------------------------------------------------------------------------------


def test_hosts_appoint_others_and_one_always_stays(cast, app, as_, post):
    event = an_event(cast.staff.actor)
    nothing_told_yet()
    staff = as_("staff")
    assert post(staff, address(event, "/hosts"), {"username": "lin", "role": "moderator"}).status_code == 303
    assert seen_by(cast.lin.actor, event).rank == 1 and kinds(cast.lin) == ["live_host"]
    assert post(staff, address(event, f"/hosts/{cast.lin.id}"), {"role": "host"}).status_code == 303
    assert seen_by(cast.lin.actor, event).rank == 2
    assert "终点直播" in words(app, cast.lin)[0]
    guests.dismiss(cast.lin.actor, event, cast.staff.id)
    for act in (lambda: guests.dismiss(cast.lin.actor, event, cast.lin.id),
                lambda: guests.appoint(cast.lin.actor, event, cast.lin.id, "moderator")):  # fmt: skip
        with pytest.raises(Conflict, match="live_last_host"):
            act()
    assert post(as_("lin"), address(event, f"/hosts/{cast.lin.id}"), {"role": ""}).status_code == 409


def test_two_hosts_who_put_each_other_down_at_once_leave_one(cast, in_threads):
    event = an_event(cast.staff.actor)
    guests.appoint(cast.staff.actor, event, cast.lin.id, "host")
    guests.appoint(cast.staff.actor, event, cast.may.id, "host")
    guests.dismiss(cast.may.actor, event, cast.staff.id)
    pair = [(cast.lin, cast.may), (cast.may, cast.lin)]

    def put_down(number: int) -> None:
        who, whom = pair[number]
        try:
            guests.dismiss(who.actor, event, whom.id)
        except (Conflict, Denied):
            pass

    in_threads(2, put_down)
    assert LiveHost.select().where(LiveHost.event == event, LiveHost.role == "host").count() == 1


def test_who_is_dismissed_is_shown_nothing_more_at_once(cast):
    event = an_event(cast.che.actor, cast.running.id)
    guests.appoint(cast.che.actor, event, cast.ning.id, "moderator")
    assert revoked() == []
    guests.dismiss(cast.che.actor, event, cast.ning.id)
    assert revoked() == [f"m{cast.ning.id} e{event}"] and kinds(cast.ning) == []
    guests.dismiss(cast.che.actor, event, cast.ning.id)
    assert len(revoked()) == 1


def test_a_role_that_is_none_is_refused(cast, as_, post):
    event = an_event(cast.che.actor, cast.running.id)
    assert post(as_("che"), address(event, "/hosts"), {"username": "lin", "role": "king"}).status_code == 422
    assert post(as_("che"), address(event, f"/hosts/{cast.lin.id}"), {"role": "king"}).status_code == 422
    assert LiveHost.select().count() == 1


def test_there_is_an_end_to_those_who_run_one_event(cast, monkeypatch):
    event = an_event(cast.che.actor, cast.running.id)
    monkeypatch.setitem(guests.LIMITS, "live_hosts", 2)
    guests.appoint(cast.che.actor, event, cast.lin.id, "moderator")
    with pytest.raises(Invalid, match="live_hosts"):
        guests.appoint(cast.che.actor, event, cast.may.id, "moderator")
    guests.appoint(cast.che.actor, event, cast.lin.id, "host")


# ---- with the circle ---------------------------------------------------------------------------------------------


def test_who_leaves_the_circle_leaves_its_events(cast, private):
    members = an_event(cast.che.actor, cast.running.id, visibility="members")
    public = an_event(cast.che.actor, cast.running.id)
    for event in (private, members, public):
        guests.invite(cast.che.actor, event, cast.lin.id)
        LiveReminder.create(event=event, member=cast.lin.id, asked_at=0)
    guests.appoint(cast.che.actor, private, cast.lin.id, "moderator")
    joining.leave(cast.lin.actor, cast.running.id)
    for event in (private, members):
        with pytest.raises(Gone):
            seen_by(cast.lin.actor, event)
    assert not LiveEntry.select().exists()
    assert [row.event_id for row in LiveReminder.select()] == [public]


def test_a_guest_who_is_banned_without_ever_being_a_member_is_out(cast, private):
    guests.invite(cast.che.actor, private, cast.ning.id)
    joining.join(cast.ning.actor, cast.running.id)
    joining.leave(cast.ning.actor, cast.running.id)
    guests.invite(cast.che.actor, private, cast.ning.id)
    sanctions.ban(cast.che.actor, cast.running.id, cast.ning.id, "广告")
    with pytest.raises(Gone):
        seen_by(cast.ning.actor, private)
