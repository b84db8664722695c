"""Events: announced by the site and by circles, moved, cancelled, begun and ended by hosts and by themselves."""

import re

import pytest

from blueprints.live import events, running, scheduling
from blueprints.live.halls import hall
from blueprints.live.rows_events import state_rows
from blueprints.live.scheduling import EventDraft
from core import clock, jobs, stream_log
from core.errors import Conflict, Denied, Gone, Invalid
from core.policy import GUEST
from models import AuditEntry, Circle, LiveAct, LiveEntry, LiveEvent, LiveHost, Member
from tests.blueprints.event_stories import announced, field, form, listed, now_of, rows_of, soon


@pytest.fixture
def heard(monkeypatch):
    """What is announced to listeners, in its order."""
    from core import signals

    said = []
    for kind in (
        events.EventAnnounced, events.EventChanged, events.EventPostponed, events.EventCancelled, events.EventBegan,
        events.EventEnded,
    ):  # fmt: skip
        monkeypatch.setitem(signals._inside, kind, [*signals._inside[kind], said.append])
    return said


def cut(event: LiveEvent) -> int:
    """How often all who watch were asked anew whether they may."""
    return [tags for _, tags in stream_log.revocations()].count(f"e{event.id}")


# ---- announcing ---------------------------------------------------------------------------------------------


def test_a_moderator_announces_an_event_of_the_circle_and_hosts_it(as_, cast, post, heard):
    answer = post(as_("may"), "/live/", form())
    event = LiveEvent.get()
    assert answer.status_code == 303 and answer.location == f"/live/{event.id}"
    assert (event.circle_id, event.title, event.created_by_id) == (cast.running.id, "一起看", cast.may.id)
    assert "<strong>水</strong>" in event.about_html
    assert LiveHost.get(LiveHost.event == event).role == "host"
    assert hall(cast.may.actor, event.id).is_host
    assert heard == [events.EventAnnounced(event.id, cast.may.id)]
    assert AuditEntry.get(AuditEntry.action == "live.announce").circle == cast.running.id
    page = as_("lin").get(f"/live/{event.id}").text
    assert "一起看" in page and "<strong>水</strong>" in page and "data-countdown" in page


def test_the_time_is_that_of_the_zone_of_whoever_announces(as_, cast, post):
    Member.update(time_zone="Europe/Berlin").where(Member.id == cast.may.id).execute()
    post(as_("may"), "/live/", form(starts_at=field(24, "Europe/Berlin")))
    assert 0 <= soon(24) - LiveEvent.get().starts_at < 2 * clock.MINUTE


def test_an_event_of_the_site_is_announced_by_staff_only(as_, cast, post):
    assert post(as_("staff"), "/live/", form(circle="")).status_code == 303
    assert LiveEvent.get().circle is None and LiveHost.select().count() == 1
    assert post(as_("may"), "/live/", form(circle="")).status_code == 403
    assert post(as_("lin"), "/live/", form()).status_code == 403
    assert post(as_("lin"), "/live/", form(circle="")).status_code == 403
    assert LiveEvent.select().count() == 1


def test_of_a_circle_that_one_does_not_see_nothing_is_said(cast):
    with pytest.raises(Gone):
        announced(cast.staff, cast.darkroom)
    with pytest.raises(Denied):
        announced(cast.lin, cast.darkroom)


def test_sent_twice_it_is_announced_once(cast, in_threads):
    draft, made = EventDraft("一次", soon()), []
    in_threads(20, lambda _: made.append(scheduling.announce(cast.che.actor, draft, cast.running.id, key="k").id))
    assert len(set(made)) == 1 and LiveEvent.select().count() == 1 and LiveHost.select().count() == 1


WRONG = {
    "title": [{"title": ""}, {"title": " \u200b "}, {"title": "长" * 81}],
    "about": [{"about": "长" * 5001}],
    "starts_at": [
        {"starts_at": ""}, {"starts_at": "morgen"}, {"starts_at": "2020-01-01T10:00"},
        {"starts_at": "9999-12-31T23:59"},
        {"starts_at": "2026-11-31T10:00"}, {"starts_at": "2030-01-01T10:00Z"}, {"starts_at": "0001-01-01T00:00"},
        {"starts_at": "1" * 400}, {"starts_at": "\x00"},
    ],
    "ends_at": [{"ends_at": "x"}, {"ends_at": 23}, {"ends_at": 24}, {"ends_at": 24 * 60}],  # hours from now
    "visibility": [{"visibility": "all"}, {"visibility": ""}],
    "password": [
        {"visibility": "password"}, {"visibility": "password", "password": "abc"},
        {"visibility": "password", "password": "a" * 201},
    ],
    "stage": [{"stage": "rtmp"}],
    "source": [
        {"stage": "hls"}, {"stage": "hls", "source": "javascript:alert(1)//.m3u8"},
        {"stage": "embed", "source": "https://evil.example/watch?v=dQw4w9WgXcQ"},
        {"stage": "hls", "source": "https://s.example/x.m3u8?" + "a" * 600},
    ],
}  # fmt: skip


@pytest.mark.parametrize(("name", "fields"), [(name, each) for name, all_ in WRONG.items() for each in all_])
def test_what_cannot_be_is_refused_beside_its_field_and_what_was_typed_stays(as_, cast, post, name, fields):
    fields = {key: field(value) if isinstance(value, int) else value for key, value in fields.items()}
    answer = post(as_("may"), "/live/", form(**fields))
    assert answer.status_code == 422 and not LiveEvent.select().exists()
    wrong = re.findall(r'aria-describedby="([a-z_]+)-error', answer.text)
    assert name in wrong, wrong
    if name != "about":
        assert "带上**水**" in answer.text
    fragment = post(as_("may"), "/live/", form(**fields), htmx="event-form")
    assert fragment.status_code == 422 and fragment.text.strip().startswith("<form")


@pytest.mark.parametrize("circle", ["darkroom-0", "desk", "1", "", "%00", "x" * 3000])
def test_for_a_circle_that_is_not_ones_own_it_cannot_be_announced(as_, cast, post, circle):
    assert post(as_("may"), "/live/", form(circle=circle)).status_code in (403, 404)
    assert not LiveEvent.select().exists()


def test_what_is_written_about_it_is_cleaned(as_, cast, post):
    post(
        as_("may"),
        "/live/",
        form(title="<script>alert(1)</script>", about="<img src=x onerror=alert(1)> [x](javascript:1)"),
    )
    page = as_("lin").get(f"/live/{LiveEvent.get().id}").text
    assert "<script>alert" not in page and "<img src=x" not in page and 'href="javascript' not in page


def test_an_event_of_an_invisible_circle_is_not_for_everybody(cast):
    with pytest.raises(Invalid) as refused:
        announced(cast.che, cast.darkroom)
    assert refused.value.field == "visibility"
    event = announced(cast.che, cast.darkroom, visibility="members")
    with pytest.raises(Invalid):
        scheduling.change(cast.che.actor, event.id, EventDraft("x", event.starts_at))
    assert hall(cast.lin.actor, event.id).is_circle_member
    for stranger in (cast.ning.actor, cast.staff.actor, GUEST):
        with pytest.raises(Gone):
            hall(stranger, event.id)


def test_when_a_circle_becomes_invisible_so_do_its_events(as_, client, cast):
    event = announced(cast.che, cast.running)
    assert client.get(f"/live/{event.id}").status_code == 200
    Circle.update(visibility="invisible").where(Circle.id == cast.running.id).execute()
    assert client.get(f"/live/{event.id}").status_code == 404
    assert listed(client.get("/live/")) == [] and listed(as_("lin").get("/live/")) == [event.id]


# ---- changing, moving, cancelling ---------------------------------------------------------------------------


def test_the_form_shows_what_is_there_and_saves_it_as_it_was(as_, cast, post, heard):
    event = announced(cast.che, cast.running, about="带水", ends_at=soon(3))
    page = as_("che").get(f"/live/{event.id}/edit").text
    starts = re.search(r'name="starts_at"[^>]*value="([^"]+)"', page)[1]
    ends = re.search(r'name="ends_at"[^>]*value="([^"]+)"', page)[1]
    heard.clear()
    answer = post(as_("che"), f"/live/{event.id}/edit", form(title="改名", starts_at=starts, ends_at=ends))
    after = now_of(event)
    assert answer.status_code == 303 and after.title == "改名"
    assert (after.starts_at, after.ends_at, after.postponed_from) == (event.starts_at, event.ends_at, None)
    assert heard == [events.EventChanged(event.id)] and rows_of(event) == []


def test_moved_to_another_time_open_pages_are_told_and_the_first_time_is_remembered(as_, cast, post, heard):
    event = announced(cast.che, cast.running)
    heard.clear()
    assert post(as_("che"), f"/live/{event.id}/time", {"starts_at": field(48), "ends_at": ""}).status_code == 303
    moved = now_of(event)
    assert moved.postponed_from == event.starts_at and moved.starts_at > event.starts_at
    assert heard[0] == events.EventPostponed(event.id, event.starts_at, moved.starts_at)
    assert rows_of(event) == [("state", 0), ("room", 0)]
    scheduling.postpone(cast.che.actor, event.id, soon(72))
    assert now_of(event).postponed_from == event.starts_at
    scheduling.postpone(cast.che.actor, event.id, event.starts_at)
    assert now_of(event).postponed_from is None
    assert [row.action for row in LiveAct.select().order_by(LiveAct.id)] == ["announce", *["postpone"] * 3]


def test_it_does_not_begin_at_the_time_from_which_it_was_moved(cast):
    event = announced(cast.che, cast.running, hours=1)
    scheduling.postpone(cast.che.actor, event.id, soon(5))
    clock.shift(2 * clock.HOUR)
    jobs.run_due()
    assert now_of(event).started_at is None
    clock.shift(4 * clock.HOUR)
    jobs.run_due()
    assert now_of(event).started_at == now_of(event).starts_at


def test_a_cancelled_event_says_so_and_never_begins(as_, cast, post, heard):
    event = announced(cast.che, cast.running)
    heard.clear()
    assert post(as_("che"), f"/live/{event.id}/cancel").status_code == 303
    assert heard == [events.EventCancelled(event.id, cast.che.id)]
    assert rows_of(event) == [("state", 1), ("room", 0)]
    assert post(as_("che"), f"/live/{event.id}/cancel").status_code == 303 and len(heard) == 1
    assert 'data-state="cancelled"' in as_("lin").get(f"/live/{event.id}").text
    assert listed(as_("lin").get("/live/")) == [event.id]
    clock.shift(2 * clock.HOUR)
    jobs.run_due()
    assert now_of(event).started_at is None and listed(as_("lin").get("/live/")) == []
    for act in (scheduling.begin, scheduling.end):
        with pytest.raises(Conflict):
            act(cast.che.actor, event.id)
    with pytest.raises(Conflict):
        scheduling.change(cast.che.actor, event.id, EventDraft("x", soon()))


def test_what_runs_is_not_moved_or_cancelled_and_what_is_over_does_not_begin_again(as_, cast, post):
    event = announced(cast.che, cast.running)
    scheduling.begin(cast.che.actor, event.id)
    for path, data in (("time", {"starts_at": field(48)}), ("cancel", {})):
        assert post(as_("che"), f"/live/{event.id}/{path}", data).status_code == 409
    scheduling.change(cast.che.actor, event.id, EventDraft("现在", soon(9), ends_at=soon(2)))
    assert (now_of(event).starts_at, now_of(event).title) == (event.starts_at, "现在")
    scheduling.end(cast.che.actor, event.id)
    assert post(as_("che"), f"/live/{event.id}/begin").status_code == 409
    over = now_of(event)
    scheduling.change(cast.che.actor, event.id, EventDraft("回放", soon(9), ends_at=soon(10)))
    assert (now_of(event).ends_at, now_of(event).ended_at, now_of(event).title) == (over.ends_at, over.ended_at, "回放")


def test_another_stage_is_told_to_open_pages_another_title_is_not(cast):
    event = announced(cast.che, cast.running)
    scheduling.change(cast.che.actor, event.id, EventDraft("x", event.starts_at))
    assert rows_of(event) == []
    stage = EventDraft("x", event.starts_at, stage="hls", source="https://s.example/live/index.m3u8")
    scheduling.change(cast.che.actor, event.id, stage)
    assert rows_of(event) == [("state", 1), ("room", 0)]


def test_with_a_new_password_or_other_guests_everybody_is_asked_anew(cast):
    event = announced(cast.che, cast.running, visibility="password", password="0412")
    for member, how in ((cast.ning, "password"), (cast.lin, "invited")):
        LiveEntry.insert(event=event, member=member.id, how=how, at=clock.now()).execute()
    kept = EventDraft("x", event.starts_at, visibility="password")
    scheduling.change(cast.che.actor, event.id, kept)
    assert LiveEntry.select().count() == 2 and cut(event) == 0
    assert now_of(event).password_hash == event.password_hash
    scheduling.change(
        cast.che.actor, event.id, EventDraft("x", event.starts_at, visibility="password", password="1312")
    )
    assert [row.how for row in LiveEntry.select()] == ["invited"]
    assert cut(event) == 1
    scheduling.change(cast.che.actor, event.id, EventDraft("x", event.starts_at, visibility="invited"))
    assert now_of(event).password_hash is None and cut(event) == 2
    with pytest.raises(Invalid) as refused:
        scheduling.change(cast.che.actor, event.id, EventDraft("x", event.starts_at, visibility="password"))
    assert refused.value.field == "password"


def test_no_password_is_kept_as_it_was_typed_nor_shown_again(as_, cast, post):
    post(as_("may"), "/live/", form(visibility="password", password="schibboleth"))
    event = LiveEvent.get()
    assert event.password_hash.startswith("$argon2id$")
    assert "schibboleth" not in as_("may").get(f"/live/{event.id}/edit").text
    assert "schibboleth" not in post(as_("may"), "/live/", form(title="", password="schibboleth")).text


# ---- beginning and ending -----------------------------------------------------------------------------------


def test_a_host_begins_early_and_ends_it_and_every_open_page_is_told(as_, cast, post, heard):
    event = announced(cast.che, cast.running)
    heard.clear()
    assert post(as_("che"), f"/live/{event.id}/begin").status_code == 303
    assert 0 <= clock.now() - now_of(event).started_at < clock.MINUTE
    assert rows_of(event) == [("state", 1), ("room", 0)]
    page = as_("lin").get("/live/")
    assert listed(page) == [event.id] and 'id="events-now"' in page.text
    assert post(as_("che"), f"/live/{event.id}/end").status_code == 303
    assert now_of(event).ended_at >= now_of(event).started_at
    assert heard == [events.EventBegan(event.id), events.EventEnded(event.id)]
    page = as_("lin").get("/live/").text
    assert 'id="events-past"' in page and 'id="events-now"' not in page
    assert [row.action for row in LiveAct.select().order_by(LiveAct.id)] == ["announce", "begin", "end"]


def test_it_begins_and_ends_by_itself_at_the_moments_that_were_announced(cast, heard):
    event = announced(cast.che, cast.running, hours=1, ends_at=soon(3))
    clock.shift(clock.HOUR - clock.MINUTE)
    jobs.run_due()
    assert now_of(event).started_at is None
    clock.shift(5 * clock.MINUTE)
    jobs.run_due()
    assert now_of(event).started_at == event.starts_at and now_of(event).ended_at is None
    clock.shift(3 * clock.HOUR)
    jobs.run_due()
    assert now_of(event).ended_at == event.ends_at
    assert [type(each) for each in heard] == [events.EventAnnounced, events.EventBegan, events.EventEnded]
    assert [row.actor_id for row in LiveAct.select().order_by(LiveAct.id)] == [cast.che.id, None, None]


def test_one_without_an_end_ends_by_itself_after_twelve_hours(cast):
    event = announced(cast.che, cast.running)
    scheduling.begin(cast.che.actor, event.id)
    clock.shift(11 * clock.HOUR)
    running.keep_time()
    assert now_of(event).ended_at is None
    clock.shift(2 * clock.HOUR)
    running.keep_time()
    assert now_of(event).ended_at == now_of(event).started_at + 12 * clock.HOUR


def test_given_more_time_it_runs_on(cast):
    event = announced(cast.che, cast.running, ends_at=soon(2))
    scheduling.begin(cast.che.actor, event.id)
    scheduling.change(cast.che.actor, event.id, EventDraft("x", event.starts_at, ends_at=soon(4)))
    clock.shift(3 * clock.HOUR)
    jobs.run_due()
    assert now_of(event).ended_at is None
    with pytest.raises(Invalid):
        scheduling.change(cast.che.actor, event.id, EventDraft("x", event.starts_at, ends_at=clock.now() - 1))
    clock.shift(2 * clock.HOUR)
    jobs.run_due()
    assert now_of(event).ended_at == now_of(event).ends_at


def test_what_a_worker_missed_begins_and_ends_late_but_at_its_own_moments(cast, heard):
    event = announced(cast.che, cast.running, hours=1, ends_at=soon(2))
    clock.shift(30 * clock.HOUR)
    assert running.keep_time() == 2 and running.keep_time() == 0
    assert (now_of(event).started_at, now_of(event).ended_at) == (event.starts_at, event.ends_at)
    assert heard[1:] == [events.EventBegan(event.id), events.EventEnded(event.id)]


def test_two_hosts_end_it_at_once_and_it_ends_once(cast, in_threads, heard):
    event = announced(cast.che, cast.running)
    LiveHost.insert(event=event, member=cast.lin.id, role="host", added_at=clock.now()).execute()
    scheduling.begin(cast.che.actor, event.id)
    hosts, ended = (cast.che.actor, cast.lin.actor), []
    in_threads(20, lambda number: ended.append(scheduling.end(hosts[number % 2], event.id)))
    assert ended.count(True) == 1
    assert heard.count(events.EventEnded(event.id)) == 1
    assert rows_of(event).count(("state", 1)) == 2


def test_it_begins_by_itself_while_a_host_begins_it_and_begins_once(cast, in_threads, heard):
    event = announced(cast.che, cast.running, hours=0)
    began = []

    def act(number: int) -> None:
        began.append(running.keep_time() if number % 2 else scheduling.begin(cast.che.actor, event.id))

    in_threads(20, act)
    assert sum(map(int, began)) == 1 and heard.count(events.EventBegan(event.id)) == 1
    assert rows_of(event).count(("state", 1)) == 1


def test_cancelled_and_begun_at_once_it_is_one_of_both(cast, in_threads):
    event, said = announced(cast.che, cast.running, hours=0), []

    def act(number: int) -> None:
        try:
            (scheduling.cancel if number % 2 else scheduling.begin)(cast.che.actor, event.id)
        except Conflict as refusal:
            said.append(refusal.code)

    in_threads(10, act)
    after = now_of(event)
    assert (after.started_at is None) != (after.cancelled_at is None)
    assert set(said) == {"event_running" if after.started_at else "event_cancelled"}


def test_who_hosts_a_circle_s_events_is_not_the_site_s_staff(as_, cast, post):
    event = announced(cast.che, cast.running)
    for who in ("lin", "may", "ning", "staff"):
        for path in ("begin", "end", "cancel", "cover"):
            assert post(as_(who), f"/live/{event.id}/{path}").status_code == 403
        assert as_(who).get(f"/live/{event.id}/edit").status_code == 403
    assert rows_of(event) == [] and now_of(event).started_at is None


def test_what_open_pages_get_is_the_state_as_it_is_now_and_nothing_of_a_reader(app, cast):
    event = announced(cast.che, cast.running, about="**带水**")
    scheduling.begin(cast.che.actor, event.id)
    scheduling.end(cast.che.actor, event.id)
    with app.test_request_context():
        rows = state_rows(event.id, [0, 1])
        assert state_rows(event.id + 1, [0, 1]) == {}
    assert set(rows) == {0, 1} and all('id="live-state" data-state="over"' in row for row in rows.values())
    assert 'id="stage"' in rows[1] and 'id="stage"' not in rows[0]
    for row in rows.values():
        assert "csrf" not in row and "<form" not in row and cast.che.display_name not in row
