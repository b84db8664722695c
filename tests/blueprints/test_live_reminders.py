"""Being reminded of an event: a quarter of an hour before, at the beginning, when it is moved or cancelled; each told
once, by notice and by letter, whatever happens to the worker."""

import pytest

from blueprints.accounts.queries import reader
from blueprints.circles import joining
from blueprints.live import guests, reminding, running, scheduling
from blueprints.live.reminding import Occasion
from blueprints.live.words_letters import letter
from core import clock, jobs, mail
from core.errors import Conflict, Denied, Gone, Invalid
from core.mail import Letter
from models import Job, LiveEvent, LiveReminder, Member, Notice
from tests.blueprints.live_stories import an_event, row_of
from tests.blueprints.notice_stories import kinds, nothing_told_yet, words


@pytest.fixture(autouse=True)
def addresses(cast):
    jobs.run_due()
    nothing_told_yet()
    for person in (cast.lin, cast.may):
        Member.update(email=f"{person.username}@example.org", email_confirmed_at=1).where(
            Member.id == person.id
        ).execute()


@pytest.fixture
def letters(monkeypatch) -> list[Letter]:
    sent: list[Letter] = []
    monkeypatch.setattr(mail, "deliver", sent.append)
    return sent


@pytest.fixture
def event(cast) -> int:
    return an_event(cast.che.actor, cast.running.id, in_ms=2 * clock.HOUR, title="江边夜跑")


def to(letters: list[Letter]) -> list[str]:
    return [letter.to for letter in letters]


def later(ms: int) -> None:
    clock.shift(ms)
    jobs.run_due()


def at_the_quarter(event: int) -> None:
    later(row_of(event).starts_at - reminding.SOON_MS - clock.now())


def at_the_beginning(event: int) -> None:
    later(row_of(event).starts_at - clock.now())


# ---- asking for it -----------------------------------------------------------------------------------------------


def test_it_is_asked_for_and_taken_back_on_the_page(cast, as_, post, event):
    lin, url = as_("lin"), f"/live/{event}/remind"
    answer = post(lin, url, {"how": "notice"}, htmx="live-remind")
    assert answer.text.strip().startswith("<div") and 'id="live-remind"' in answer.text
    assert 'aria-pressed="true"' in answer.text and 'value="mail"' in answer.text
    assert LiveReminder.get().by_mail == False  # noqa: E712
    assert post(lin, url, {"how": "mail"}).status_code == 303
    assert LiveReminder.get().by_mail == True  # noqa: E712
    assert post(lin, url, {"how": "none"}).status_code == 303
    assert not LiveReminder.select().exists()
    assert post(lin, url, {"how": "pigeon"}).status_code == 422


def test_letters_are_for_who_has_confirmed_an_address(cast, as_, post, event):
    assert post(as_("ning"), f"/live/{event}/remind", {"how": "mail"}).status_code == 422
    assert 'value="mail"' not in post(as_("ning"), f"/live/{event}/remind", {"how": "notice"}, htmx="x").text
    Member.update(email_confirmed_at=None).where(Member.id == cast.lin.id).execute()
    with pytest.raises(Invalid, match="live_needs_address"):
        reminding.remind(cast.lin.actor, event, by_mail=True)
    assert LiveReminder.get().by_mail == False  # noqa: E712


def test_nobody_is_reminded_of_what_they_do_not_see_or_what_has_begun(cast, as_, post, event):
    private = an_event(cast.che.actor, cast.running.id, visibility="invited")
    assert post(as_("lin"), f"/live/{private}/remind", {"how": "notice"}).status_code == 404
    running.begin(cast.che.actor, event)
    with pytest.raises(Denied):
        reminding.remind(cast.lin.actor, event)
    reminding.forget(cast.lin.actor, event)


# ---- being told --------------------------------------------------------------------------------------------------


def test_told_a_quarter_before_and_at_the_beginning(cast, app, event, letters):
    reminding.remind(cast.lin.actor, event, by_mail=True)
    reminding.remind(cast.ning.actor, event)
    later(clock.HOUR)
    assert (kinds(cast.lin), letters) == ([], [])
    at_the_quarter(event)
    assert kinds(cast.lin) == kinds(cast.ning) == ["live_soon"]
    assert to(letters) == ["lin@example.org"] and f"/live/{event}" in letters[0].text
    assert "江边夜跑" in letters[0].subject and "江边夜跑" in words(app, cast.ning)[0]
    at_the_beginning(event)
    assert kinds(cast.lin) == kinds(cast.ning) == ["live_soon", "live_began"]
    assert len(letters) == 1 and kinds(cast.may) == []


def test_who_asks_in_the_last_minutes_hears_of_the_beginning_by_letter_too(cast, event, letters):
    at_the_quarter(event)
    reminding.remind(cast.lin.actor, event, by_mail=True)
    at_the_beginning(event)
    assert kinds(cast.lin) == ["live_began"] and to(letters) == ["lin@example.org"]


def test_the_same_work_done_again_tells_nobody_twice(cast, event, letters):
    for name in ("lin", "may"):
        reminding.remind(cast[name].actor, event, by_mail=True)
    at_the_quarter(event)
    Notice.update(read_at=clock.now()).execute()
    for _ in range(3):
        reminding.plan(Occasion(event, "live_soon", row_of(event).starts_at))
        jobs.run_due()
    Job.update(done_at=None, claimed_by=None).where(Job.name.startswith("live.")).execute()
    jobs.run_due()
    assert kinds(cast.lin) == ["live_soon"] and sorted(to(letters)) == ["lin@example.org", "may@example.org"]


def test_two_workers_at_once_tell_once(cast, event, letters, in_threads, app):
    for name in ("lin", "may", "ning"):
        reminding.remind(cast[name].actor, event, by_mail=name != "ning")
    clock.shift(row_of(event).starts_at - reminding.SOON_MS - clock.now())
    occasion = Occasion(event, "live_soon", row_of(event).starts_at)

    def work(_: int) -> None:
        with app.app_context():
            jobs._handlers[reminding.TELL_JOB](jobs.Running(0), **vars(occasion))
            for name in ("lin", "may", "ning"):
                jobs._handlers[reminding.MAIL_JOB](jobs.Running(0), **vars(occasion), member=cast[name].id)

    in_threads(6, work)
    jobs.run_due()
    assert [kinds(cast[name]) for name in ("lin", "may", "ning")] == [["live_soon"]] * 3
    assert sorted(to(letters)) == ["lin@example.org", "may@example.org"]


def test_killed_in_the_middle_it_goes_on_and_misses_nobody(cast, event, monkeypatch):
    crowd(event, 25)
    monkeypatch.setattr(reminding.tell_next, "__defaults__", (10,))
    told = reminding.tell_next
    calls = []

    def breaks(occasion: Occasion, after: int) -> int | None:
        calls.append(after)
        if len(calls) == 2:
            raise RuntimeError("the power went")
        return told(occasion, after)

    monkeypatch.setattr(reminding, "tell_next", breaks)
    at_the_quarter(event)
    assert Notice.select().where(Notice.kind == "live_soon").count() == 10
    later(clock.HOUR // 10)
    assert Notice.select().where(Notice.kind == "live_soon").count() == 25
    assert len({row.member_id for row in Notice.select().where(Notice.kind == "live_soon")}) == 25


def crowd(event: int, count: int) -> list[int]:
    """So many more people who want to be reminded."""
    made = [{
        "username": f"runner-{number}", "username_key": f"runner-{number}", "display_name": f"跑 {number}",
        "password_hash": "!", "password_changed_at": 0, "created_at": 0,
    } for number in range(count)]  # fmt: skip
    Member.insert_many(made).execute()
    ids = [row.id for row in Member.select(Member.id).where(Member.username.startswith("runner-"))]
    LiveReminder.insert_many([{"event": event, "member": id_, "asked_at": 0} for id_ in ids]).execute()
    return ids


def test_thousands_are_told_in_batches(cast, event, monkeypatch):
    crowd(event, 2500)
    sizes, tell_all = [], reminding.notices.tell_all
    monkeypatch.setattr(reminding.notices, "tell_all", lambda wanted, *args, **more: (
        sizes.append(wanted.count()), tell_all(wanted, *args, **more)
    ))  # fmt: skip
    at_the_quarter(event)
    assert Notice.select().where(Notice.kind == "live_soon").count() == 2500
    assert sum(sizes) == 2500 and max(sizes) <= reminding.BATCH


def test_a_mail_server_that_is_away_is_tried_again_and_one_that_broke_is_not(cast, event, monkeypatch):
    sent: list[Letter] = []
    trouble: list[Exception] = [mail.NotReached("away"), mail.NotReached("away")]

    def deliver(letter: Letter) -> None:
        if trouble:
            raise trouble.pop()
        sent.append(letter)

    monkeypatch.setattr(mail, "deliver", deliver)
    reminding.remind(cast.lin.actor, event, by_mail=True)
    at_the_quarter(event)
    assert sent == []
    for _ in range(4):
        later(60 * clock.SECOND)
    assert to(sent) == ["lin@example.org"]

    second = an_event(cast.che.actor, cast.running.id)
    reminding.remind(cast.lin.actor, second, by_mail=True)
    trouble.append(OSError("broke in the middle"))
    at_the_quarter(second)
    for _ in range(4):
        later(60 * clock.SECOND)
    assert len(sent) == 1, "it may have arrived"


# ---- moved, cancelled --------------------------------------------------------------------------------------------


def test_a_moved_event_is_told_and_reminds_anew(cast, app, event, letters):
    reminding.remind(cast.lin.actor, event, by_mail=True)
    at_the_quarter(event)
    scheduling.postpone(cast.che.actor, event, row_of(event).starts_at + 3 * clock.HOUR)
    jobs.run_due()
    assert kinds(cast.lin) == ["live_soon", "live_moved"] and len(letters) == 2
    later(clock.HOUR)  # the old time comes, and means nothing any more
    assert kinds(cast.lin) == ["live_soon", "live_moved"]
    at_the_quarter(event)
    assert kinds(cast.lin) == ["live_soon", "live_moved", "live_soon"] and len(letters) == 3
    at_the_beginning(event)
    assert kinds(cast.lin)[3:] == ["live_began"] and len(letters) == 3


def test_moved_by_a_few_minutes_after_the_reminder_it_reminds_anew(cast, event, letters):
    reminding.remind(cast.lin.actor, event)
    at_the_quarter(event)
    scheduling.postpone(cast.che.actor, event, row_of(event).starts_at + 10 * clock.MINUTE)
    at_the_quarter(event)
    assert kinds(cast.lin) == ["live_soon", "live_moved", "live_soon"]


def test_a_cancelled_event_is_told_and_reminds_of_nothing(cast, app, event, letters):
    reminding.remind(cast.lin.actor, event, by_mail=True)
    scheduling.cancel(cast.che.actor, event)
    scheduling.cancel(cast.che.actor, event)
    jobs.run_due()
    assert kinds(cast.lin) == ["live_off"] and to(letters) == ["lin@example.org"]
    at_the_beginning(event)
    assert kinds(cast.lin) == ["live_off"] and len(letters) == 1
    assert "江边夜跑" in words(app, cast.lin)[0]


def test_letters_name_the_way_back_only_while_the_page_has_it(cast, app, event):
    to_lin = reader(cast.lin.id)
    with app.app_context():
        ends = {kind: letter(to_lin, kind, row_of(event)).text.split("\n\n")[-1] for kind in reminding.KINDS}
    assert ends["live_soon"] == ends["live_moved"] != ends["live_began"] == ends["live_off"]


def test_begun_early_it_says_so_and_not_that_it_begins_soon(cast, event):
    reminding.remind(cast.lin.actor, event)
    running.begin(cast.che.actor, event)
    jobs.run_due()
    at_the_quarter(event)
    assert kinds(cast.lin) == ["live_began"]


def test_after_hours_without_a_worker_nothing_untrue_is_told(cast, event, letters):
    LiveEvent.update(ends_at=row_of(event).starts_at + clock.HOUR).where(LiveEvent.id == event).execute()
    reminding.remind(cast.lin.actor, event, by_mail=True)
    clock.shift(8 * clock.HOUR)
    running.keep_time()
    running.keep_time()
    jobs.run_due()
    assert row_of(event).ended_at is not None and kinds(cast.lin) == [] and letters == []


# ---- who may not see it any more ---------------------------------------------------------------------------------


def test_who_may_not_see_it_any_more_is_told_nothing(cast, app, letters):
    event = an_event(cast.che.actor, cast.running.id, visibility="invited")
    for name in ("lin", "ning"):
        guests.invite(cast.che.actor, event, cast[name].id)
        nothing_told_yet()
    reminding.remind(cast.lin.actor, event, by_mail=True)
    reminding.remind(cast.ning.actor, event)
    guests.turn_away(cast.che.actor, event, cast.lin.id)
    at_the_quarter(event)
    assert (kinds(cast.lin), kinds(cast.ning), letters) == ([], ["live_soon"], [])


@pytest.mark.parametrize(("circle", "visibility"), [
    (circle, visibility) for circle in ("running", "darkroom", None)
    for visibility in ("public", "members", "password", "invited")
    if (circle, visibility) != ("darkroom", "public")  # an invisible circle has none
])  # fmt: skip
def test_the_batch_tells_whom_the_gate_would_let_see_it(cast, visibility, circle):
    """One condition for many must say what the gate says for each."""
    host = cast.che if circle else cast.staff
    event = an_event(
        host.actor, getattr(cast, circle).id if circle else None, visibility=visibility, password="0000 zero"
    )  # fmt: skip
    people = [cast[name] for name in ("lin", "che", "may", "ning")]
    LiveReminder.insert_many([{"event": event, "member": each.id, "asked_at": 0} for each in people]).execute()
    at_the_quarter(event)
    for each in people:
        try:
            guests.hall(each.actor, event)
            sees = True
        except Gone:
            sees = False
        assert (kinds(each) == ["live_soon"]) == sees, each.username


def test_who_left_the_circle_is_not_reminded_of_what_its_members_do(cast, letters):
    event = an_event(cast.che.actor, cast.running.id, visibility="members")
    reminding.remind(cast.lin.actor, event, by_mail=True)
    joining.leave(cast.lin.actor, cast.running.id)
    at_the_quarter(event)
    assert kinds(cast.lin) == [] and letters == []


def test_over_and_cancelled_events_take_no_reminders(cast, event):
    scheduling.cancel(cast.che.actor, event)
    with pytest.raises((Denied, Conflict)):
        reminding.remind(cast.lin.actor, event)
