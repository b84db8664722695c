"""Which events are listed for whom and how they are read on, what stands before the door, the cover, the open web."""

import re

import pytest

from blueprints.live import queries, rows_page, scheduling
from core import clock, stream_log
from models import LiveEntry, LiveEvent, LiveReminder, Picture
from tests.blueprints.circle_stories import photo, stored_files, upload
from tests.blueprints.event_stories import CARD, announced, listed, now_of

# ---- lists --------------------------------------------------------------------------------------------------


def test_the_next_stands_first_and_the_last_that_is_over(as_, cast):
    later, next_ = announced(cast.che, cast.running, hours=9), announced(cast.che, cast.running, hours=2)
    first, second = announced(cast.che, cast.running), announced(cast.owner)
    for event in (first, second):
        scheduling.begin(cast.che.actor if event is first else cast.owner.actor, event.id)
    assert listed(as_("lin").get("/live/")) == [second.id, first.id, next_.id, later.id]
    for event in (first, second):
        scheduling.end(cast.che.actor if event is first else cast.owner.actor, event.id)
        clock.shift(1000)
    assert listed(as_("lin").get("/live/")) == [next_.id, later.id, second.id, first.id]
    assert listed(as_("lin").get("/circles/night-run/live")) == [next_.id, later.id, first.id]


def test_lists_are_read_on_page_by_page_without_a_gap_or_a_double(as_, cast):
    now = clock.now()
    rows = [
        {
            "circle": cast.running.id, "title": f"{number}", "visibility": "public", "starts_at": now - number // 3,
            "started_at": now - number // 3, "ended_at": now - number // 3, "created_at": now,
        }
        for number in range(30)
    ]  # fmt: skip
    LiveEvent.insert_many(rows).execute()
    LiveEvent.insert_many(
        [row | {"starts_at": now + clock.DAY, "started_at": None, "ended_at": None} for row in rows]
    ).execute()
    browser, page = as_("lin"), as_("lin").get("/live/").text
    for way, ended in (("before", True), ("after", False)):
        url = re.search(rf'href="(/live/\?{way}=[^"]+)"', page)[1]
        seen = []
        while url:
            part = browser.get(url, headers={"HX-Request": "true"}).text
            assert "<html" not in part
            seen += [int(number) for number in CARD.findall(part)]
            way_on = re.search(r'href="(/live/[^"]+)" rel="next"', part)
            url = way_on and way_on[1]
        whole = browser.get(re.search(rf'href="(/live/\?{way}=[^"]+)"', page)[1]).text
        assert [int(number) for number in CARD.findall(whole)] == seen[:12]
        first = [row.id for row in (queries.past if ended else queries.upcoming)(cast.lin.actor).rows]
        assert len(first) == 12 and len(set(first + seen)) == 30 and len(first + seen) == 30


@pytest.mark.parametrize("place", ["x", "1", "1.", ".1", "1.x", "9" * 30 + ".1", "-1.-1", "%00", "1.1.1", "٣.٣"])
def test_an_odd_place_in_a_list_is_its_beginning_or_empty(as_, cast, place):
    announced(cast.che, cast.running)
    for way in ("before", "after"):
        assert as_("lin").get("/live/", query_string={way: place}).status_code == 200


def test_who_sees_which_event_listed(as_, client, cast):
    public = announced(cast.che, cast.running)
    members = announced(cast.che, cast.running, visibility="members", hours=2)
    invited = announced(cast.che, cast.running, visibility="invited", hours=3)
    locked = announced(cast.che, cast.running, visibility="password", password="0412", hours=4)
    hidden = announced(cast.che, cast.darkroom, visibility="members", hours=5)
    ours = announced(cast.owner, visibility="members", hours=6)
    LiveEntry.insert(event=invited, member=cast.ning.id, how="invited", at=clock.now()).execute()
    seen = {
        who: listed((client if who == "" else as_(who)).get("/live/")) for who in ("", "ning", "lin", "may", "staff")
    }
    assert seen[""] == [public.id, locked.id]
    assert seen["ning"] == [public.id, invited.id, locked.id, ours.id]
    assert seen["lin"] == [public.id, members.id, locked.id, hidden.id, ours.id]
    assert seen["may"] == [public.id, members.id, invited.id, locked.id, ours.id]
    assert seen["staff"] == [public.id, locked.id, ours.id]
    assert listed(as_("ning").get("/circles/night-run/live")) == [public.id, invited.id, locked.id]


def test_an_invited_guest_does_not_learn_of_an_invisible_circle(as_, cast):
    event = announced(cast.che, cast.darkroom, visibility="invited")
    LiveEntry.insert(event=event, member=cast.ning.id, how="invited", at=clock.now()).execute()
    for url in ("/live/", f"/live/{event.id}"):
        page = as_("ning").get(url)
        assert page.status_code == 200 and "夜跑直播" in page.text
        assert "暗房" not in page.text and cast.darkroom.slug not in page.text


def test_empty_lists_say_what_to_do_next(as_, cast):
    assert 'id="no-events"' in as_("lin").get("/live/").text
    assert 'href="/live/new"' in as_("may").get("/live/").text
    assert 'href="/live/new' not in as_("lin").get("/live/").text
    assert 'href="/live/new?circle=night-run"' in as_("may").get("/circles/night-run/live").text


def test_how_many_want_to_be_reminded_is_shown(as_, cast):
    event = announced(cast.che, cast.running)
    for member in (cast.lin, cast.ning):
        LiveReminder.insert(event=event, member=member.id, asked_at=clock.now()).execute()
    assert [row.reminders for row in queries.upcoming(cast.may.actor).rows] == [2]


def test_a_circle_has_a_tab_that_shows_when_something_is_on(as_, cast):
    event = announced(cast.che, cast.running, visibility="members")
    tab = re.compile(r'<a href="/circles/night-run/live"[^>]*>.*?</a>')
    assert "new-dot" not in tab.search(as_("lin").get("/circles/night-run").text)[0]
    scheduling.begin(cast.che.actor, event.id)
    assert "new-dot" in tab.search(as_("lin").get("/circles/night-run").text)[0]
    assert "new-dot" not in tab.search(as_("ning").get("/circles/night-run").text)[0]


# ---- the door, the cover, the open web ----------------------------------------------------------------------


def test_behind_the_door_stands_nothing_of_what_happens_inside(as_, client, cast):
    event = announced(cast.che, cast.running, visibility="password", password="0412", about="暗号里面")
    for browser in (client, as_("ning"), as_("lin")):
        page = browser.get(f"/live/{event.id}").text
        assert 'id="live-door"' in page and "夜跑直播" in page
        assert "暗号里面" not in page and 'data-channel="live-' not in page and 'id="live-comments"' not in page
    assert 'id="live-comments"' in as_("che").get(f"/live/{event.id}").text


def test_the_position_of_the_stream_is_from_before_what_the_page_shows(as_, cast, monkeypatch):
    event = announced(cast.che, cast.running)
    around = rows_page.around

    def and_then_it_begins(actor, here):
        scheduling.begin(cast.che.actor, event.id)
        return around(actor, here)

    monkeypatch.setattr(rows_page, "around", and_then_it_begins)
    at = re.search(rf'data-channel="live-{event.id}" data-at="(\d+)"', as_("lin").get(f"/live/{event.id}").text)[1]
    assert [row.kind for row in stream_log.rows(f"live-{event.id}", int(at))] == ["state", "room"]


def test_a_cover_is_stored_shown_to_who_sees_the_event_and_taken_away(as_, client, cast, post):
    event = announced(cast.che, cast.running, visibility="members")
    before = stored_files()
    assert post(as_("che"), f"/live/{event.id}/cover", {"media": upload(photo())}).status_code == 303
    key = now_of(event).cover_key
    assert Picture.get(Picture.key == key).subject_kind == "live"
    for who, status in (("lin", 200), ("ning", 404)):
        with as_(who).get(f"/media/{key}/m.webp") as answer:
            assert answer.status_code == status
    assert post(as_("lin"), f"/live/{event.id}/cover", {"media": upload(photo())}).status_code == 403
    assert post(as_("che"), f"/live/{event.id}/cover", {"media": upload(b"GIF89a nonsense")}).status_code == 422
    assert post(as_("che"), f"/live/{event.id}/cover").status_code == 422
    assert now_of(event).cover_key == key
    assert post(as_("che"), f"/live/{event.id}/cover", {"remove": "1"}).status_code == 303
    assert now_of(event).cover_key is None and sorted(stored_files()) == sorted(before)


def test_only_what_a_visitor_may_watch_is_shown_to_the_open_web(as_, client, cast):
    public = announced(cast.che, cast.running, about="一起看")
    locked = announced(cast.che, cast.running, visibility="password", password="0412")
    members = announced(cast.che, cast.running, visibility="members")
    page = client.get(f"/live/{public.id}")
    assert '<meta property="og:title" content="夜跑直播">' in page.text and "X-Robots-Tag" not in page.headers
    for event, browser in ((locked, client), (locked, as_("che")), (members, as_("lin"))):
        answer = browser.get(f"/live/{event.id}")
        assert "og:title" not in answer.text and answer.headers["X-Robots-Tag"] == "noindex"
    leaf = client.get("/sitemap-events-0.xml").text
    assert f"/live/{public.id}<" in leaf and f"/live/{locked.id}<" not in leaf and f"/live/{members.id}<" not in leaf


# ---- search -------------------------------------------------------------------------------------------------


def found(browser, words: str) -> list[int]:
    return [int(number) for number in re.findall(r'id="found-live-(\d+)"', browser.get(f"/search?q={words}").text)]


def test_an_event_is_found_by_whoever_sees_it(as_, client, cast):
    public = announced(cast.che, cast.running, about="滨江的终点")
    members = announced(cast.che, cast.running, visibility="members")
    locked = announced(cast.che, cast.running, visibility="password", password="0412", about="暗号是终点")
    assert found(as_("lin"), "夜跑直播") == [locked.id, members.id, public.id]
    assert found(client, "夜跑直播") == [locked.id, public.id]
    assert found(as_("lin"), "终点") == [public.id], "what is said behind a door is not found before it"
    draft = scheduling.EventDraft("换了名字", now_of(public).starts_at, about="")
    scheduling.change(cast.che.actor, public.id, draft)
    assert found(client, "终点") == [] and found(client, "换了名字") == [public.id]
