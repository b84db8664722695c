"""The summary by e-mail: when it comes, what it says and to whom, once a period, and how it ends."""

from datetime import datetime
from email import message_from_bytes
from zoneinfo import ZoneInfo

import pytest

from blueprints.circles import joining, posting
from blueprints.notices import actions, digests
from core import clock, guard, jobs, mail
from core.config import current
from core.errors import Gone, Invalid
from core.mail import Letter
from models import DigestSubscription, Job, Member, Post, Suspension
from tests.blueprints.circle_stories import say, write
from tests.blueprints.notice_stories import level, nothing_told_yet

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEVER_TOLD = "秘密口令"


def at(text: str, zone: ZoneInfo = SHANGHAI) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


def move_to(moment: int) -> None:
    clock.shift(moment - clock.now())


@pytest.fixture(autouse=True)
def a_tuesday_noon(cast):
    jobs.run_due()
    nothing_told_yet()
    move_to(at("2031-03-04T12:00"))
    for person, zone in ((cast.lin, "Asia/Shanghai"), (cast.may, "America/New_York")):
        Member.update(
            email=f"{person.username}@example.org", email_confirmed_at=1, time_zone=zone
        ).where(Member.id == person.id).execute()


@pytest.fixture
def letters(monkeypatch) -> list[Letter]:
    sent: list[Letter] = []
    monkeypatch.setattr(mail, "deliver", sent.append)
    return sent


def run_jobs() -> None:
    """What the worker does in a quarter of an hour."""
    jobs.later("notices.digest")
    jobs.run_due()


def lin_is_told(cast) -> None:
    write(cast.che.actor, cast.running.id, "@lin 带上水", "明天")


# ---- wanting it --------------------------------------------------------------------------------------------------


def test_it_is_off_until_somebody_wants_it(as_, cast, post, letters):
    lin_is_told(cast)
    move_to(at("2031-03-05T09:00"))
    run_jobs()
    assert letters == [] and DigestSubscription.select().count() == 0
    assert post(as_("lin"), "/settings/notices", {"every": "day"}).status_code == 303
    kept = DigestSubscription.get()
    assert (kept.member_id, kept.every) == (cast.lin.id, "day")
    assert post(as_("lin"), "/settings/notices", {"every": ""}).status_code == 303
    assert DigestSubscription.select().count() == 0


def test_without_a_confirmed_address_there_is_no_summary(as_, cast, post):
    answer = post(as_("che"), "/settings/notices", {"every": "day"})
    assert answer.status_code == 422 and 'id="summary-form"' in answer.text and "/settings/email" in answer.text
    Member.update(email="che@example.org").where(Member.id == cast.che.id).execute()
    with pytest.raises(Invalid):
        actions.subscribe(cast.che.actor, "day")


def test_a_choice_that_is_none_is_refused(as_, post):
    assert post(as_("lin"), "/settings/notices", {"every": "hour"}).status_code == 422


def test_saying_the_same_twice_moves_nothing(cast):
    actions.subscribe(cast.lin.actor, "day")
    before = DigestSubscription.get()
    move_to(at("2031-03-04T20:00"))
    actions.subscribe(cast.lin.actor, "day")
    after = DigestSubscription.get()
    assert (after.next_at, after.sent_at) == (before.next_at, before.sent_at)
    actions.subscribe(cast.lin.actor, "week")
    assert DigestSubscription.get().sent_at == before.sent_at


def test_the_settings_lead_to_it_and_show_what_it_would_say(as_, cast):
    lin = as_("lin")
    assert 'href="/settings/notices"' in lin.get("/settings/").text
    assert "/settings/notices/preview" in lin.get("/settings/notices").text
    assert 'class="empty"' in lin.get("/settings/notices/preview").text
    lin_is_told(cast)
    assert "明天" in lin.get("/settings/notices/preview").text


# ---- when ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("every", "zone", "after", "morning"), [
    ("day", "Asia/Shanghai", "2031-03-04T12:00", "2031-03-05T08:00"),
    ("day", "Asia/Shanghai", "2031-03-04T07:59", "2031-03-04T08:00"),
    ("day", "Asia/Shanghai", "2031-03-04T08:00", "2031-03-05T08:00"),
    ("week", "Asia/Shanghai", "2031-03-04T12:00", "2031-03-10T08:00"),
    ("week", "Asia/Shanghai", "2031-03-10T07:00", "2031-03-10T08:00"),
    ("week", "Asia/Shanghai", "2031-03-10T08:00", "2031-03-17T08:00"),
    ("day", "America/New_York", "2031-03-08T09:00", "2031-03-09T08:00"),  # the clocks go forward that night
    ("day", "Asia/Kathmandu", "2031-03-04T12:00", "2031-03-05T08:00"),
])  # fmt: skip
def test_it_comes_in_the_morning_of_its_reader(every, zone, after, morning):
    there = ZoneInfo(zone)
    assert digests.next_morning(every, zone, at(after, there)) == at(morning, there)


def test_each_reader_has_a_morning_of_their_own(cast, letters):
    for person in (cast.lin, cast.may):
        actions.subscribe(person.actor, "day")
    write(cast.che.actor, cast.running.id, "@lin @may 带上水", "明天")
    move_to(at("2031-03-04T08:01", ZoneInfo("America/New_York")))
    run_jobs()
    assert [letter.to for letter in letters] == ["may@example.org"]
    move_to(at("2031-03-05T08:01"))
    run_jobs()
    assert [letter.to for letter in letters] == ["may@example.org", "lin@example.org"]


# ---- what it says ------------------------------------------------------------------------------------------------


def one_letter(letters: list[Letter]) -> Letter:
    move_to(at("2031-03-05T08:01"))
    run_jobs()
    (letter,) = letters
    return letter


def test_it_says_what_concerns_its_reader_and_what_they_have_not_seen(cast, letters):
    actions.subscribe(cast.lin.actor, "day")
    level(cast.lin, cast.darkroom, "digest")
    lin_is_told(cast)
    quiet = write(cast.che.actor, cast.darkroom.id, "一张底片", "安静的帖")
    loud = write(cast.che.actor, cast.darkroom.id, "一卷胶卷", "热闹的帖")
    say(cast.che.actor, loud)
    letter = one_letter(letters)
    assert letter.to == "lin@example.org" and "林间" in letter.text
    for word in ("阿澈", "明天", "城市夜跑圈", "暗房", "安静的帖", "热闹的帖", f"{current().address}/notices/"):
        assert word in letter.text
    assert letter.text.index("热闹的帖") < letter.text.index("安静的帖"), "what is talked about comes first"
    assert "<" not in letter.text and quiet.id != loud.id


def test_it_is_in_the_language_of_its_reader(cast, letters):
    actions.subscribe(cast.may.actor, "day")
    write(cast.che.actor, cast.running.id, "@may 带上水")
    move_to(at("2031-03-05T08:01", ZoneInfo("America/New_York")))
    run_jobs()
    assert "Hello May Chen," in letters[0].text and letters[0].subject.startswith("Your summary of the day")


def test_with_nothing_to_say_nothing_is_sent(cast, letters):
    actions.subscribe(cast.lin.actor, "day")
    for day in ("05", "06", "07"):
        move_to(at(f"2031-03-{day}T08:01"))
        run_jobs()
    assert letters == [] and DigestSubscription.get().next_at == at("2031-03-08T08:00")


def test_what_was_read_is_not_said(as_, cast, letters, post):
    actions.subscribe(cast.lin.actor, "day")
    lin_is_told(cast)
    post(as_("lin"), "/notices/read", {"on": "1"})
    move_to(at("2031-03-05T08:01"))
    run_jobs()
    assert letters == []


def test_what_was_said_is_not_said_again(cast, letters):
    actions.subscribe(cast.lin.actor, "day")
    lin_is_told(cast)
    one_letter(letters)
    move_to(at("2031-03-06T08:01"))
    run_jobs()
    assert len(letters) == 1


@pytest.mark.parametrize("away", ["deleted", "hidden", "left"])
def test_the_gate_is_asked_when_it_is_sent(cast, letters, away):
    actions.subscribe(cast.lin.actor, "day")
    level(cast.lin, cast.darkroom, "all")
    post = write(cast.che.actor, cast.darkroom.id, f"@lin {NEVER_TOLD}", NEVER_TOLD)
    lin_is_told(cast)
    if away == "deleted":
        posting.delete_post(cast.che.actor, cast.darkroom.id, post.id)
    elif away == "hidden":
        Post.update(hidden_at=1).where(Post.id == post.id).execute()
    else:
        joining.leave(cast.lin.actor, cast.darkroom.id)
    assert NEVER_TOLD not in one_letter(letters).text


def test_circles_of_another_level_are_not_in_it(cast, letters):
    actions.subscribe(cast.lin.actor, "day")
    write(cast.che.actor, cast.running.id, NEVER_TOLD, NEVER_TOLD)
    level(cast.lin, cast.darkroom, "digest")
    write(cast.che.actor, cast.darkroom.id, "好", "这个")
    letter = one_letter(letters)
    assert NEVER_TOLD not in letter.text and "这个" in letter.text


@pytest.mark.parametrize("how", ["suspended", "no address", "erased"])
def test_who_cannot_read_it_gets_none(cast, letters, how):
    actions.subscribe(cast.lin.actor, "day")
    lin_is_told(cast)
    if how == "suspended":
        Suspension.create(member=cast.lin.id, suspended_at=clock.now())
    elif how == "no address":
        Member.update(email=None).where(Member.id == cast.lin.id).execute()
    else:
        Member.update(erased_at=1).where(Member.id == cast.lin.id).execute()
    move_to(at("2031-03-05T08:01"))
    run_jobs()
    assert letters == []


# ---- once a period -----------------------------------------------------------------------------------------------


def send_job() -> Job:
    return Job.select().where(Job.name == digests.SEND_JOB).order_by(Job.id.desc()).first()


def test_many_workers_hand_a_period_over_once(cast, letters, in_threads):
    actions.subscribe(cast.lin.actor, "day")
    lin_is_told(cast)
    move_to(at("2031-03-05T08:01"))
    in_threads(12, lambda _number: digests.hand_over(cast.lin.id))
    assert Job.select().where(Job.name == digests.SEND_JOB).count() == 1


def test_a_job_that_is_run_again_sends_nothing_again(cast, letters):
    actions.subscribe(cast.lin.actor, "day")
    lin_is_told(cast)
    one_letter(letters)
    Job.update(done_at=None).where(Job.name == digests.SEND_JOB).execute()
    jobs.run_due()
    assert len(letters) == 1


def test_killed_after_the_server_took_it_it_is_not_sent_twice(cast, monkeypatch):
    sent = []

    def killed(letter: Letter) -> None:
        sent.append(letter)
        raise KeyboardInterrupt

    monkeypatch.setattr(mail, "deliver", killed)
    actions.subscribe(cast.lin.actor, "day")
    lin_is_told(cast)
    move_to(at("2031-03-05T08:01"))
    with pytest.raises(KeyboardInterrupt):
        run_jobs()
    Job.update(claimed_by="dead:1").where(Job.done_at.is_null()).execute()
    jobs.run_due()
    assert len(sent) == 1 and send_job().done_at


def test_an_error_that_leaves_it_open_whether_it_arrived_is_not_tried_again(cast, monkeypatch):
    tries = []

    def breaks(letter: Letter) -> None:
        tries.append(letter)
        raise TimeoutError

    monkeypatch.setattr(mail, "deliver", breaks)
    actions.subscribe(cast.lin.actor, "day")
    lin_is_told(cast)
    move_to(at("2031-03-05T08:01"))
    run_jobs()
    clock.shift(clock.HOUR)
    run_jobs()
    assert len(tries) == 1


def test_a_server_that_was_not_reached_is_asked_again(cast, monkeypatch):
    tries = []

    def asleep_at_first(letter: Letter) -> None:
        tries.append(letter)
        if len(tries) == 1:
            raise mail.NotReached("nobody there")

    monkeypatch.setattr(mail, "deliver", asleep_at_first)
    actions.subscribe(cast.lin.actor, "day")
    lin_is_told(cast)
    move_to(at("2031-03-05T08:01"))
    run_jobs()
    clock.shift(clock.HOUR)
    run_jobs()
    assert len(tries) == 2 and send_job().done_at


def test_who_ended_it_meanwhile_gets_none(cast, letters):
    actions.subscribe(cast.lin.actor, "day")
    lin_is_told(cast)
    move_to(at("2031-03-05T08:01"))
    digests.hand_over(cast.lin.id)
    actions.subscribe(cast.lin.actor, "")
    jobs.run_due()
    assert letters == []


# ---- ending it -------------------------------------------------------------------------------------------------


def test_the_letter_can_be_ended_by_the_mail_program(cast, letters):
    actions.subscribe(cast.lin.actor, "day")
    lin_is_told(cast)
    letter = one_letter(letters)
    address = f"{current().address}/unsubscribe/{digests.token(cast.lin.id)}"
    assert letter.headers == {
        "List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"
    }  # fmt: skip
    assert address in letter.text
    message = message_from_bytes(bytes(mail._message(letter, current())))
    assert message["List-Unsubscribe"] == f"<{address}>", "mail programs read it as it is written"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "=?" in message["Subject"] and max(map(len, str(message).splitlines())) < 998


def one_click(client, token: str, **options):
    return client.post(f"/unsubscribe/{token}", data={"List-Unsubscribe": "One-Click"}, **options)


def test_one_click_ends_it_without_signing_in_and_without_a_page(cast, client):
    actions.subscribe(cast.lin.actor, "day")
    actions.subscribe(cast.may.actor, "week")
    answer = one_click(client, digests.token(cast.lin.id))
    assert answer.status_code == 200 and "Location" not in answer.headers
    assert [row.member_id for row in DigestSubscription.select()] == [cast.may.id]
    assert one_click(client, digests.token(cast.lin.id)).status_code == 200, "again it is ended still"


def test_the_link_shows_a_button_and_ends_nothing_by_itself(cast, client):
    actions.subscribe(cast.lin.actor, "day")
    page = client.get(f"/unsubscribe/{digests.token(cast.lin.id)}")
    assert page.status_code == 200 and 'id="unsubscribe-form"' in page.text and 'method="post"' in page.text
    assert DigestSubscription.select().count() == 1


def test_it_works_for_who_is_signed_in_as_somebody_else_or_suspended(cast, as_):
    for who in ("may", "suspended", "leaving"):
        actions.subscribe(cast.lin.actor, "day")
        assert one_click(as_(who), digests.token(cast.lin.id)).status_code == 200
        assert DigestSubscription.select().count() == 0


@pytest.mark.parametrize("token", ["1", "1-", "1-" + "0" * 40, "x-y", "9" * 30 + "-a", "-", "１-a"])
def test_a_link_that_we_did_not_make_ends_nothing(cast, client, token):
    actions.subscribe(cast.lin.actor, "day")
    assert one_click(client, token).status_code == 404 and client.get(f"/unsubscribe/{token}").status_code == 404
    assert DigestSubscription.select().count() == 1


def test_the_link_of_one_member_does_not_fit_another(cast):
    mine = digests.token(cast.lin.id)
    with pytest.raises(Gone):
        digests.member_of(f"{cast.may.id}-{mine.partition('-')[2]}")


def test_no_other_address_takes_posts_without_a_page(app):
    assert guard._proven_by_address == {"notices.unsubscribe", "wallet.hear"}, "each proves itself otherwise"


def test_another_sites_page_cannot_send_it(cast, client):
    actions.subscribe(cast.lin.actor, "day")
    answer = one_click(client, digests.token(cast.lin.id), headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403 and DigestSubscription.select().count() == 1
