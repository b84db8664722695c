"""Who tries to see or do more in an event than is theirs: guests in places that they may not know of, moderators who
were shown the door, people who came in by a word that holds no more, numbers and addresses that make no sense."""

import pytest

from blueprints.circles import sanctions
from blueprints.live import asking, entering, erasing, guests, held, hosting, moderating, polling, scheduling
from blueprints.live.halls import hall
from blueprints.live.scheduling import EventDraft
from core import stream_log, streams
from core.db import atomic
from core.errors import Denied, Gone, TooMany
from core.limits import RATES
from core.policy import can, visible_ids
from models import LiveEntry, StreamRevocation, Video
from tests.blueprints.live_stories import an_event, row_of, say, seen_by

HIGHEST = 2**63 - 1


@pytest.fixture
def event(cast) -> int:
    """che's event in 夜跑, for everybody; it runs. lin looks after it, and after nothing else."""
    number = an_event(cast.che.actor, cast.running.id)
    guests.appoint(cast.che.actor, number, cast.lin.id, "moderator")
    scheduling.begin(cast.che.actor, number)
    StreamRevocation.delete().execute()
    return number


# ---- a moderator who was shown the door ---------------------------------------------------------------------


def test_a_moderator_who_was_removed_looks_after_nothing_any_more(cast, as_, event):
    comment = say(cast.may.actor, event)
    assert hall(cast.lin.actor, event).is_moderator
    moderating.remove(cast.che.actor, event, cast.lin.id)
    for act in (
        lambda: moderating.mute(cast.lin.actor, event, cast.ning.id),
        lambda: moderating.delete_comment(cast.lin.actor, event, comment),
        lambda: hosting.pin(cast.lin.actor, event, "我还在"),
        lambda: held.held(cast.lin.actor, hall(cast.lin.actor, event)),
        lambda: moderating.pardon(cast.lin.actor, event, cast.lin.id, "remove"),
    ):
        with pytest.raises(Denied):
            act()
    lin = as_("lin")
    for path in ("tools", "log"):
        assert lin.get(f"/live/{event}/{path}").status_code in (403, 404)
    assert lin.get("/stream", query_string={"since": f"backstage-{event}:0"}).status_code == 404


def test_who_was_removed_runs_it_again_once_that_is_taken_back(cast, event):
    moderating.remove(cast.che.actor, event, cast.lin.id)
    moderating.pardon(cast.che.actor, event, cast.lin.id, "remove")
    assert hall(cast.lin.actor, event).rank == 1


# ---- guests of a circle that nobody may know of -------------------------------------------------------------


def test_a_guest_of_an_invisible_circle_never_learns_its_name(cast, as_, post):
    secret = an_event(cast.che.actor, cast.darkroom.id, visibility="invited")
    guests.invite(cast.che.actor, secret, cast.ning.id)
    scheduling.begin(cast.che.actor, secret)
    hosting.switch(cast.che.actor, secret, members=1)
    ning, name, slug = as_("ning"), cast.darkroom.name, cast.darkroom.slug
    assert seen_by(cast.ning.actor, secret).circle_name is None
    for path in ("", ".ics", "/enter", "/comments", "/comments.xml", "/comments.ass", "/questions", "/polls"):
        page = ning.get(f"/live/{secret}{path}")
        assert page.status_code in (200, 303) and name not in page.text and slug not in page.text, path
    refused = post(ning, f"/live/{secret}/comments", {"body": "你好"}, htmx="live-composer")
    assert refused.status_code == 422 and name not in refused.text
    inside = as_("lin").get(f"/live/{an_event(cast.che.actor, cast.darkroom.id, visibility='members')}.ics")
    assert f"CATEGORIES:{name}" in inside.text


# ---- words that hold no more --------------------------------------------------------------------------------


@pytest.mark.parametrize("visibility", ["invited", "members"])
def test_who_came_in_by_a_password_stays_outside_once_there_is_none(cast, visibility):
    event = an_event(cast.che.actor, cast.running.id, visibility="password", password="sesame")
    entering.enter(cast.ning.actor, event, "sesame")
    guests.invite(cast.che.actor, event, cast.owner.id)
    draft = EventDraft("终点直播", row_of(event).starts_at, visibility=visibility)
    scheduling.change(cast.che.actor, event, draft)
    assert [row.member_id for row in LiveEntry.select().where(LiveEntry.event == event)] == [cast.owner.id]
    with pytest.raises(Gone):
        hall(cast.ning.actor, event)


# ---- the film of an event -----------------------------------------------------------------------------------


def test_who_is_banned_from_the_circle_watches_its_film_no_more(cast, event):
    film = Video.create(
        key="0" * 32, uploader=cast.che.id, subject_kind="live", subject_id=event, name="a", kind="mp4", size=1,
        created_at=0, state="ready",
    )  # fmt: skip
    assert visible_ids("video", [film.id], cast.ning.actor)
    sanctions.ban(cast.che.actor, cast.running.id, cast.ning.id, "广告")
    assert not can(cast.ning.actor, "live:watch", hall(cast.ning.actor, event))
    assert not visible_ids("video", [film.id], cast.ning.actor)


# ---- numbers and names that make no sense -------------------------------------------------------------------


def test_the_highest_number_breaks_nothing(as_, event):
    lin = as_("lin")
    for path in (
        f"comments/{HIGHEST}/menu", f"comments?before={HIGHEST}", f"replay?from={HIGHEST}&to={HIGHEST}",
        f"replay?from=-{HIGHEST}&after={HIGHEST}", f"reactions?from={HIGHEST}&to={HIGHEST}",
        f"polls?before={HIGHEST}", f"questions?after=1-{HIGHEST}-{HIGHEST}", f"log?before={HIGHEST}",
    ):  # fmt: skip
        assert lin.get(f"/live/{event}/{path}").status_code < 500, path


@pytest.mark.parametrize("name", ["live-0{0}", "live-\u0660{0}", "live-+{0}", "live- {0}", "live-{0}\n"])
def test_a_channel_has_one_name_only(as_, event, name):
    """Else a guest fills the hub, and its counts in the database, with as many names as they like."""
    assert as_("lin").get("/stream", query_string={"since": f"{name.format(event)}:0"}).status_code == 404


def test_addresses_of_one_household_count_as_one(app, event):
    owners = set()
    for last in ("1", "2", "ffff:1:2"):
        with app.test_request_context("/stream", environ_base={"REMOTE_ADDR": f"2001:db8:7:7::{last}"}):
            owners.add(streams.open_stream(streams.Actor(None), None, {f"live-{event}": 0}).tags[0])
    assert len(owners) == 1


# ---- telling people again and again -------------------------------------------------------------------------


def test_an_event_is_not_moved_about_to_ring_everybodys_bell(cast):
    event = an_event(cast.che.actor, cast.running.id)
    starts_at, most = row_of(event).starts_at, RATES["live.move"].hits
    for count in range(1, most + 1):
        scheduling.postpone(cast.che.actor, event, starts_at + count * 60_000)
    with pytest.raises(TooMany):
        scheduling.postpone(cast.che.actor, event, starts_at)
    with pytest.raises(TooMany):
        scheduling.change(cast.che.actor, event, EventDraft("终点直播", starts_at))
    assert row_of(event).starts_at == starts_at + most * 60_000


# ---- who has left -------------------------------------------------------------------------------------------


def test_what_somebody_asked_goes_from_open_pages_when_they_leave_without_their_words(cast, app, event):
    question = asking.ask(cast.ning.actor, event, "宁的手机号是多少？")
    poll = polling.open_poll(cast.lin.actor, event, polling.PollDraft("林间问什么？", ("甲", "乙")))
    at = stream_log.position(f"live-{event}")
    with atomic():
        for name in ("ning", "lin"):
            erasing.erase_member(cast[name].id, keeps_words=False)
    rows = stream_log.rows(f"live-{event}", at)
    assert {(row.kind, row.ref) for row in rows} == {("question", question), ("poll", poll)}
    with app.test_request_context("/"):
        frames = streams._channels["live"].frames(event, rows)
        html = {row.kind: str(frames[row.seq].html) for row in rows}
    assert f'id="lq-{question}"' in html["question"] and "手机号" not in html["question"]
    assert 'id="live-poll"' in html["poll"] and "林间问" not in html["poll"]
