"""Comments that are held: seen first by those who run the event, out at their time, in order and once, whatever is
killed in between."""

import pytest

from blueprints.live import commenting, held, hosting, moderating, scheduling
from blueprints.live.halls import hall
from core import clock, jobs
from core.errors import Denied, Gone
from models import LiveAct, LiveComment
from tests.blueprints.live_stories import an_event, bodies, row_of, say, told


@pytest.fixture
def event(cast) -> int:
    """che's event in 夜跑, which holds what others than those who run it say for ten seconds."""
    number = an_event(cast.che.actor, cast.running.id)
    scheduling.begin(cast.che.actor, number)
    hosting.switch(cast.che.actor, number, hold=10)
    return number


def waiting(cast, event: int) -> list[str]:
    return [row.body for row in held.held(cast.may.actor, hall(cast.may.actor, event))]


def came_out(event: int) -> list[int]:
    """In the order in which open pages were told."""
    return [ref for kind, ref in told(f"live-{event}") if kind == "comment"]


def test_a_held_comment_is_seen_by_those_who_run_the_event_only(cast, event, as_):
    number = say(cast.lin.actor, event, "先看看")
    assert waiting(cast, event) == ["先看看"] and bodies(cast.lin.actor, event) == []
    assert told(f"backstage-{event}")[-1] == ("comment", number) and came_out(event) == []
    page = as_("may").get(f"/live/{event}").text
    assert f'id="held-{number}"' in page and f"/live/{event}/held/{number}" in page
    assert "先看看" not in as_("lin").get(f"/live/{event}").text
    with pytest.raises(Denied):
        held.held(cast.lin.actor, hall(cast.lin.actor, event))


def test_those_who_run_the_event_are_not_held(cast, event):
    say(cast.may.actor, event, "我来答")
    assert bodies(cast.ning.actor, event) == ["我来答"] and waiting(cast, event) == []


def test_when_their_time_has_come_they_come_out_in_order_and_once(cast, event):
    first = say(cast.lin.actor, event, "一")
    clock.shift(2000)
    second = say(cast.ning.actor, event, "二")
    assert 7000 < held.come_out() - clock.now() <= 8000, "when the next one's time is"
    clock.shift(8000)
    assert held.come_out() - clock.now() <= 2000 and came_out(event) == [first]
    clock.shift(60_000)
    assert held.come_out() is None and held.come_out() is None
    assert came_out(event) == [first, second] and bodies(cast.ning.actor, event) == ["一", "二"]
    assert row_of(event).comment_count == 2
    assert told(f"backstage-{event}")[-2:] == [("gone", first), ("gone", second)]


def test_what_came_due_while_nobody_ran_comes_out_at_the_next_start(cast, event):
    numbers = [say(actor, event, f"第{n}") for n, actor in enumerate((cast.lin.actor, cast.ning.actor) * 3)]
    clock.shift(clock.HOUR)
    assert held.come_out() is None
    assert came_out(event) == numbers


def test_many_workers_at_once_let_each_out_once_and_in_order(cast, event, in_threads, monkeypatch):
    monkeypatch.setattr(held, "AT_ONCE", 2)
    numbers = [say(actor, event, f"第{n}") for n, actor in enumerate((cast.lin.actor, cast.ning.actor) * 4)]
    clock.shift(clock.MINUTE)
    in_threads(8, lambda _number: held.come_out())
    assert came_out(event) == numbers and row_of(event).comment_count == len(numbers)


def test_a_moderator_lets_one_through_before_its_time(cast, event):
    number = say(cast.lin.actor, event, "可以")
    assert held.let_through(cast.may.actor, event, number) is True
    assert held.let_through(cast.che.actor, event, number) is False
    clock.shift(clock.MINUTE)
    held.come_out()
    assert came_out(event) == [number] and bodies(cast.ning.actor, event) == ["可以"]
    assert LiveAct.get(LiveAct.action == "let_through").member_id == cast.lin.id


def test_what_is_kept_back_never_shows(cast, event):
    number = say(cast.lin.actor, event, "不行")
    assert held.keep_back(cast.may.actor, event, number)
    assert held.keep_back(cast.che.actor, event, number) is None
    assert held.let_through(cast.che.actor, event, number) is False
    clock.shift(clock.MINUTE)
    assert held.come_out() is None
    assert came_out(event) == [] and row_of(event).comment_count == 0 and waiting(cast, event) == []
    assert told(f"live-{event}").count(("gone", number)) == 0, "nobody has seen it, so nothing is taken away"


def test_keeping_back_can_be_taken_back_and_it_waits_on(cast, event):
    number = say(cast.lin.actor, event, "误会")
    act = held.keep_back(cast.may.actor, event, number)
    assert moderating.undo(cast.may.actor, event, act) is True
    assert waiting(cast, event) == ["误会"] and came_out(event) == []
    clock.shift(10_000)
    held.come_out()
    assert came_out(event) == [number] and row_of(event).comment_count == 1


def test_letting_through_and_keeping_back_at_once_is_one_of_both(cast, event, in_threads):
    number = say(cast.lin.actor, event, "谁先")
    clock.shift(clock.MINUTE)

    def work(each: int) -> None:
        if each % 3 == 0:
            held.let_through(cast.may.actor, event, number)
        elif each % 3 == 1:
            held.keep_back(cast.che.actor, event, number)
        else:
            held.come_out()

    in_threads(12, work)
    hidden = LiveComment.get_by_id(number).hidden_at is not None
    assert came_out(event) == ([] if hidden else [number])
    assert row_of(event).comment_count == (0 if hidden else 1)


def test_all_of_a_person_goes_with_what_waits(cast, event):
    say(cast.lin.actor, event, "还等着")
    act = moderating.delete_all(cast.may.actor, event, cast.lin.id)
    assert act and waiting(cast, event) == []
    clock.shift(clock.MINUTE)
    held.come_out()
    assert came_out(event) == [] and row_of(event).comment_count == 0


def test_without_holding_what_waits_comes_out_at_its_time_and_new_ones_at_once(cast, event):
    first = say(cast.lin.actor, event, "等")
    hosting.switch(cast.may.actor, event, hold=0)
    second = say(cast.ning.actor, event, "不等")
    assert came_out(event) == [second]
    clock.shift(10_000)
    held.come_out()
    assert came_out(event) == [second, first]


def test_a_comment_of_another_event_is_not_decided_about_from_here(cast, event):
    number, other = say(cast.lin.actor, event), an_event(cast.che.actor, cast.desk.id, visibility="members")
    for act in (held.let_through, held.keep_back):
        with pytest.raises(Gone):
            act(cast.che.actor, other, number)
        with pytest.raises(Denied):
            act(cast.lin.actor, event, number)
    assert waiting(cast, event) == ["好"]


def test_the_job_worker_watches_their_time(cast, event):
    assert jobs._watchers["live.held"] is held.come_out
    number = say(cast.lin.actor, event)
    clock.shift(11_000)
    jobs._call("live.held")
    assert came_out(event) == [number]


def test_one_who_is_removed_while_waiting_does_not_come_out(cast, event):
    say(cast.ning.actor, event)
    moderating.remove(cast.may.actor, event, cast.ning.id)
    clock.shift(clock.MINUTE)
    held.come_out()
    assert came_out(event) == []


def test_buttons_of_the_list_decide(cast, event, as_, post):
    through, back = say(cast.lin.actor, event, "过"), say(cast.ning.actor, event, "不过")
    browser = as_("may")
    assert post(browser, f"/live/{event}/held/{through}", {"through": "1"}, htmx=f"held-{through}").status_code == 200
    answer = post(browser, f"/live/{event}/held/{back}", {"through": "0"}, htmx=f"held-{back}")
    assert "/undo" in answer.headers["HX-Trigger"] and bodies(cast.lin.actor, event) == ["过"]
    assert post(browser, f"/live/{event}/held/{back}", {"through": "0"}).status_code == 303
    assert post(as_("lin"), f"/live/{event}/held/{back}", {"through": "1"}).status_code == 403


def test_an_author_is_told_that_theirs_shows_later(cast, event):
    written = commenting.write_bullet(cast.lin.actor, event, "稍后")
    assert written.is_held and LiveComment.get_by_id(written.id).shows_at > clock.now()
