"""Notices as rows: what joins, what is told once, what is counted, what goes with time."""

import json

import pytest

from core import clock, notices
from core.db import atomic
from models import Notice


@pytest.fixture
def lin(cast) -> int:
    return cast.lin.id


def of(member: int) -> list[Notice]:
    return list(Notice.select().where(Notice.member == member).order_by(Notice.id))


def told(member: int, subject: int = 5, **more: object) -> None:
    notices.tell([member], "reacted", "post", subject, group=f"reacted:post:{subject}", **more)


def announced(*members: int, subject: int = 5, **more: object) -> None:
    notices.tell(members, "pinned", "post", subject, **more)


@pytest.fixture(autouse=True)
def nothing_told_yet(cast):
    Notice.delete().execute()


def test_what_happens_again_before_it_is_read_joins(lin):
    told(lin, by=1)
    first = clock.now()
    clock.shift(clock.HOUR)
    told(lin, by=2)
    (row,) = of(lin)
    assert row.first_at <= first < row.at and json.loads(row.facts) == {"by": 2}


def test_what_happens_after_reading_is_a_notice_of_its_own(lin):
    told(lin)
    assert notices.mark_read(lin) == 1
    told(lin)
    assert [row.read_at is None for row in of(lin)] == [False, True]
    assert [row.open_key is None for row in of(lin)] == [True, False]


def test_two_groups_do_not_join(lin):
    told(lin, 5)
    told(lin, 6)
    assert len(of(lin)) == 2


def test_what_happens_once_is_told_once_even_after_it_was_read(lin):
    announced(lin)
    notices.mark_read(lin)
    clock.shift(clock.HOUR)
    announced(lin)
    (row,) = of(lin)
    assert row.read_at is not None and row.at == row.first_at


def test_one_time_and_another_time_of_the_same_thing_are_two(lin):
    announced(lin, event="pinned:5:100")
    announced(lin, event="pinned:5:100")
    announced(lin, event="pinned:5:200")
    assert len(of(lin)) == 2


def test_many_threads_that_tell_of_one_group_make_one_row(lin, in_threads):
    in_threads(20, lambda number: told(lin, by=number))
    assert len(of(lin)) == 1


def test_telling_and_reading_at_once_loses_nothing(lin, in_threads):
    def work(number: int) -> None:
        told(lin) if number % 2 else notices.mark_read(lin)

    in_threads(20, work)
    told(lin)
    assert [row for row in of(lin) if row.read_at is None], "what was told last waits to be read"


def test_the_same_member_twice_in_one_telling_is_told_once(lin):
    announced(lin, lin, lin)
    assert len(of(lin)) == 1


def test_more_members_than_a_batch_are_all_told(cast, monkeypatch):
    monkeypatch.setattr(notices, "BATCH", 2)
    everybody = [person.id for person in cast.people.values()]
    announced(*everybody)
    assert Notice.select().count() == len(everybody)


def test_what_was_told_in_a_transaction_that_failed_was_not_told(lin):
    with pytest.raises(ZeroDivisionError), atomic():
        announced(lin)
        raise ZeroDivisionError
    assert of(lin) == []


# ---- the bell --------------------------------------------------------------------------------------------------


def test_the_bell_counts_what_came_since_the_list_was_seen(lin, cast):
    told(lin, 1)
    told(lin, 2)
    announced(cast.che.id)
    assert notices.unseen(lin) == 2
    assert notices.mark_seen(lin) == 2
    assert notices.unseen(lin) == 0 and [row.read_at for row in of(lin)] == [None, None]
    assert notices.unseen(cast.che.id) == 1


def test_the_bell_rings_again_for_what_joins_unless_it_is_to_be_quiet(lin):
    told(lin)
    notices.mark_seen(lin)
    told(lin, rings_again=False)
    assert notices.unseen(lin) == 0
    told(lin)
    assert notices.unseen(lin) == 1


def test_what_may_not_ring_is_there_all_the_same(lin):
    announced(lin, rings=False)
    assert notices.unseen(lin) == 0 and len(of(lin)) == 1


def test_what_may_not_ring_does_not_silence_what_it_joins(lin):
    told(lin)
    told(lin, rings=False)
    assert notices.unseen(lin) == 1


def test_the_bell_does_not_count_further_than_it_can_say(lin):
    for subject in range(notices.MOST_COUNTED + 20):
        told(lin, subject)
    assert notices.unseen(lin) == notices.MOST_COUNTED + 1


def test_reading_is_seeing_too(lin):
    told(lin)
    notices.mark_read(lin, [of(lin)[0].id])
    assert notices.unseen(lin) == 0
    assert notices.mark_read(lin) == 0


def test_nobody_marks_what_is_told_to_others(lin, cast):
    told(lin)
    assert notices.mark_read(cast.che.id, [of(lin)[0].id]) == 0
    assert of(lin)[0].read_at is None


# ---- taken back ------------------------------------------------------------------------------------------------


def test_what_is_forgotten_is_forgotten_as_far_as_asked(lin, cast):
    announced(lin, cast.che.id)
    told(lin)
    assert notices.forget("post", [5], members=[lin], kinds=("pinned",)) == 1
    assert [row.kind for row in of(lin)] == ["reacted"] and len(of(cast.che.id)) == 1
    assert notices.forget("post", [5]) == 2


def test_a_circle_is_forgotten_for_one_member_but_for_what_stays(lin, cast):
    for kind in ("posted", "moderated"):
        notices.tell([lin, cast.che.id], kind, "post", 5, circle=3)
    notices.tell([lin], "posted", "post", 6, circle=4)
    notices.forget_circle(3, lin, keep=("moderated",))
    assert [(row.kind, row.circle) for row in of(lin)] == [("moderated", 3), ("posted", 4)]
    assert len(of(cast.che.id)) == 2


def test_what_is_out_of_sight_is_not_counted_but_may_come_back(lin):
    announced(lin)
    assert notices.hush("post", [5]) == 1
    assert notices.unseen(lin) == 0 and of(lin)[0].read_at is None


def test_hushing_goes_in_batches(cast):
    announced(*[person.id for person in cast.people.values()])
    assert notices.hush("post", [5], 3) == 3
    assert Notice.select().where(Notice.seen_at.is_null()).count() == len(cast.people) - 3


def test_time_takes_what_was_read_and_in_the_end_everything(lin):
    told(lin, 1)
    notices.mark_read(lin)
    told(lin, 2)
    assert notices.sweep() == 0
    clock.shift(notices.READ_KEPT_MS + clock.DAY)
    assert notices.sweep() == 1 and [row.subject_id for row in of(lin)] == [2]
    clock.shift(notices.UNREAD_KEPT_MS)
    assert notices.sweep(limit=1) == 1 and of(lin) == []


def test_a_row_says_its_facts(lin):
    announced(lin, word="好")
    columns = Notice.select(*notices.COLUMNS).tuples().first()
    row = notices.NoticeRow(*columns)
    assert row.fact("word") == "好" and row.fact("nothing") is None
