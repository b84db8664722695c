"""Who is here now: members who look at a circle, for those who may read it, and nobody who does not want to be seen."""

import re

import pytest

from blueprints.accounts.actions import Preferences, set_preferences
from blueprints.circles import actions, presence
from blueprints.circles.jobs import look_after_members
from blueprints.circles.rooms import room
from core import clock, personal
from core.db import atomic
from core.policy import GUEST, Actor, Standing
from models import Circle, Member, Membership, Presence
from tests.blueprints.circle_stories import counted

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def nothing_remembered():
    presence._written.clear()
    yield
    presence._written.clear()


def look(actor: Actor, circle: Circle) -> None:
    presence.note(actor, room(actor, circle.id))


def here(actor: Actor, circle: Circle) -> list[str]:
    seen = presence.seen_by(actor, room(actor, circle.id))
    return [row.username for row in seen.people] if seen else []


def rows() -> list[int]:
    return [member for (member,) in Presence.select(Presence.member).order_by(Presence.member).tuples()]


# ---- being here ---------------------------------------------------------------------------------------------


def test_who_reads_is_here_for_a_minute_and_a_half(cast):
    look(cast.lin.actor, cast.running)
    assert here(cast.may.actor, cast.running) == ["lin"]
    clock.shift(89_000)
    assert here(cast.may.actor, cast.running) == ["lin"]
    clock.shift(2_000)
    assert here(cast.may.actor, cast.running) == []


def test_asking_for_news_says_that_one_is_here(as_, cast):
    circle, post = Circle.get_by_id(cast.running.id), cast.post_in(cast.running)
    as_("lin").get(f"/circles/night-run/changes?since={circle.seq}")
    as_("may").get(f"/circles/night-run/posts/{post.id}/changes?since={post.seq}")
    as_("che").get("/circles/night-run/here")
    assert here(cast.lin.actor, cast.running) == ["lin", "che", "may"]


def test_one_row_and_one_write_in_a_while(cast):
    place = room(cast.lin.actor, cast.running.id)
    with counted() as seen:
        for _second in range(44):
            presence.note(cast.lin.actor, place)
            clock.shift(1_000)
    assert len(seen) == 1
    clock.shift(1_000)
    with counted() as seen:
        presence.note(cast.lin.actor, place)
    assert len(seen) == 1 and rows() == [cast.lin.id]
    assert Presence.get().seen_at > clock.now() - 1_000


def test_many_tabs_at_once_are_one_row(cast, in_threads):
    def tab(number: int) -> None:
        if number % 2:
            presence._written.clear()  # another process, which remembers nothing of this one
        look(cast.lin.actor, cast.running)

    in_threads(40, tab)
    assert rows() == [cast.lin.id]


def test_a_clock_that_was_put_back_does_not_make_anybody_vanish(cast):
    clock.shift(clock.DAY)
    look(cast.lin.actor, cast.running)
    clock.shift(-clock.DAY)
    look(cast.lin.actor, cast.running)
    assert here(cast.may.actor, cast.running) == ["lin"]


# ---- who is not seen ----------------------------------------------------------------------------------------


def test_who_only_reads_a_public_circle_leaves_no_trace(as_, client, cast):
    for browser in (as_("ning"), as_("owner"), client):
        assert browser.get("/circles/night-run/changes?since=0").status_code == 200
        browser.get("/circles/night-run/here")
    assert rows() == []


def test_who_does_not_want_it_is_not_noted(as_, cast):
    Member.update(shows_presence=False).where(Member.id == cast.lin.id).execute()
    as_("lin").get("/circles/night-run/changes?since=0")
    assert rows() == []


def test_switching_it_off_takes_the_rows_at_once(as_, post, cast):
    look(cast.lin.actor, cast.running)
    look(cast.lin.actor, cast.darkroom)
    look(cast.che.actor, cast.running)
    lin = as_("lin")
    assert 'name="shows_presence"' in lin.get("/settings/preferences").text
    form = {"locale": "zh-Hans", "time_zone": "", "theme": ""}
    assert post(lin, "/settings/preferences", form).status_code == 303
    assert rows() == [cast.che.id] and not Member.get_by_id(cast.lin.id).shows_presence
    presence._written.clear()
    lin.get("/circles/night-run/changes?since=0")
    assert rows() == [cast.che.id]
    post(lin, "/settings/preferences", form | {"shows_presence": "y"})
    clock.shift(presence.WRITTEN_EVERY_MS)
    lin.get("/circles/night-run/changes?since=0")
    assert rows() == sorted((cast.lin.id, cast.che.id))


def test_other_preferences_leave_the_row_where_it_is(cast):
    look(cast.lin.actor, cast.running)
    set_preferences(cast.lin.actor, Preferences(locale="en"))
    assert rows() == [cast.lin.id]


def test_who_was_removed_is_not_here_any_more(cast):
    look(cast.lin.actor, cast.running)
    look(cast.lin.actor, cast.darkroom)
    actions.remove(cast.may.actor, cast.running.id, cast.lin.id, "x")
    assert here(cast.may.actor, cast.running) == []
    assert [row.circle_id for row in Presence.select()] == [cast.darkroom.id]


def test_a_row_that_is_left_behind_shows_nobody(cast):
    look(cast.lin.actor, cast.running)
    Membership.delete().where(Membership.circle == cast.running, Membership.member == cast.lin.id).execute()
    assert here(cast.may.actor, cast.running) == []


def test_who_leaves_the_site_takes_it_along(cast):
    look(cast.lin.actor, cast.running)
    assert next(content["presence"] for name, content, _ in personal.copies(cast.lin.id) if name == "circles")
    with atomic():
        personal.erase(cast.lin.id, keeps_words=True)
    assert rows() == []


def test_old_rows_are_swept(cast):
    look(cast.lin.actor, cast.running)
    clock.shift(11 * clock.MINUTE)
    look(cast.che.actor, cast.running)
    look_after_members(None)
    assert rows() == [cast.che.id]


# ---- who sees it --------------------------------------------------------------------------------------------


def test_only_who_is_signed_in_and_may_read_sees_it(as_, client, cast):
    for circle in (cast.running, cast.desk, cast.darkroom):
        look(cast.che.actor, circle)
    assert 'id="here-now"' in as_("ning").get("/circles/night-run").text
    for page in (
        client.get("/circles/night-run"), client.get("/circles/desk"), as_("ning").get("/circles/desk"),
        as_("ning").get("/circles/desk/about"), as_("may").get("/circles/desk"),
    ):  # fmt: skip
        assert page.status_code == 200 and "here-now" not in page.text and "here-live" not in page.text
    assert client.get("/circles/night-run/here", headers=HTMX).status_code == 204
    assert as_("ning").get("/circles/desk/here").status_code == 403
    assert as_("ning").get(f"/circles/{cast.darkroom.slug}/here").status_code == 404
    assert presence.seen_by(GUEST, room(GUEST, cast.running.id)) is None


def test_the_page_shows_faces_and_asks_now_and_then(as_, cast):
    look(cast.che.actor, cast.running)
    page = as_("lin").get("/circles/night-run").text
    assert 'class="ring' in re.search(r'<p class="here-now".*?</p>', page, re.DOTALL)[0]
    beside = re.search(r'<section class="sheet" id="here-beside".*?</section>', page, re.DOTALL)[0]
    assert 'href="/people/che"' in beside and "hidden" not in beside.partition(">")[0]
    assert re.search(r'id="here-live"[^>]*hx-trigger="every 30000ms', page)


def test_nobody_here_takes_no_room(as_, cast):
    page = as_("lin").get("/circles/night-run").text
    assert '<p class="here-now" id="here-now"></p>' in page
    assert " hidden" in re.search(r'<section class="sheet" id="here-beside"[^>]*>', page)[0]


def test_what_has_not_changed_is_not_sent_again(as_, cast):
    look(cast.che.actor, cast.running)
    lin = as_("lin")
    first = lin.get("/circles/night-run/here", headers=HTMX)
    assert first.text.count("hx-swap-oob") == 2 and 'id="here-live"' in first.text
    again = re.search(r'hx-get="([^"]+)"', first.text)[1].replace("&amp;", "&")
    assert lin.get(again, headers=HTMX).status_code == 204
    look(cast.may.actor, cast.running)
    assert lin.get(again, headers=HTMX).status_code == 200


def test_more_than_fit_are_told_as_such_and_cost_one_query(app, cast):
    now = clock.now()
    for number in range(130):
        member = Member.create(
            username=f"walker-{number}", username_key=f"walker-{number}", display_name=f"走 {number}",
            password_hash="!", password_changed_at=0, created_at=0,
        )  # fmt: skip
        Membership.create(circle=cast.running, member=member, role="member", joined_at=now)
        Presence.create(circle=cast.running, member=member, seen_at=now)
    place = room(cast.lin.actor, cast.running.id)
    with counted() as seen:
        present = presence.seen_by(cast.lin.actor, place)
    assert len(seen) == 1 and len(present.people) == 99 and present.more


def test_memory_of_what_was_written_stays_small(cast, monkeypatch):
    monkeypatch.setattr(presence, "MOST_REMEMBERED", 5)
    for number in range(50):
        presence._is_due(number, 1)
    assert len(presence._written) == 5


def test_a_member_who_is_gone_is_not_noted(cast):
    place = room(cast.lin.actor, cast.running.id)
    Member.update(erased_at=1).where(Member.id == cast.lin.id).execute()
    presence.note(cast.lin.actor, place)
    presence.note(Actor(10**6, Standing.MEMBER), place)
    assert rows() == []
