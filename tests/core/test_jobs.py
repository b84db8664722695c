"""Background work: the row is the truth, the queue only a doorbell."""

import json
from collections import defaultdict

import pytest

from core import clock, jobs
from core.db import atomic
from models import Job, WorkerBeat


@pytest.fixture(autouse=True)
def own_jobs(app, monkeypatch):
    monkeypatch.setattr(jobs, "_handlers", {})
    monkeypatch.setattr(jobs, "_recurring", {})
    monkeypatch.setattr(jobs, "_watchers", {})


@pytest.fixture
def rung(monkeypatch):
    """The doorbell, with somebody who only notes that it rang."""
    ids = []
    monkeypatch.setattr(jobs, "_ring_task", ids.append)
    return ids


@pytest.fixture
def letters():
    """A job `letter(to)` that notes what it was asked to send."""
    sent = []

    @jobs.job("letter")
    def letter(running, to):
        sent.append(to)

    return sent


def row(id_: int) -> Job:
    return Job.get_by_id(id_)


def test_a_job_is_carried_out_once(letters, rung):
    id_ = jobs.later("letter", {"to": "lin"})
    assert rung == [id_]
    assert jobs.run_due() == 1
    jobs.run(id_)  # a doorbell that rings twice
    assert letters == ["lin"]
    assert row(id_).done_at and row(id_).progress == 100 and row(id_).claimed_by is None


def test_a_job_nobody_declared_is_refused():
    with pytest.raises(LookupError, match="unknown job"):
        jobs.later("lettre")
    assert Job.select().count() == 0


def test_a_job_of_an_act_that_was_undone_never_was(letters, rung):
    with pytest.raises(ZeroDivisionError), atomic():
        jobs.later("letter", {"to": "lin"})
        raise ZeroDivisionError
    assert rung == [] and jobs.run_due() == 0 and letters == []


def test_the_doorbell_rings_after_the_commit(letters, rung):
    with atomic():
        jobs.later("letter", {"to": "lin"})
        assert rung == []
    assert len(rung) == 1


def test_a_job_for_later_waits_for_its_time(letters, rung):
    id_ = jobs.later("letter", {"to": "lin"}, due=clock.now() + clock.HOUR)
    assert rung == [] and jobs.run_due() == 0
    jobs.run(id_)
    assert letters == []
    clock.shift(clock.HOUR + 1)
    assert jobs.due() == [id_]
    assert jobs.run_due() == 1 and letters == ["lin"]


def test_a_lost_doorbell_loses_nothing(letters, monkeypatch):
    monkeypatch.setattr(jobs, "_ring_task", None)
    id_ = jobs.later("letter", {"to": "lin"})
    assert jobs.due() == [id_]
    jobs.run_due()
    assert letters == ["lin"]


def test_a_doorbell_that_breaks_does_not_undo_the_act(letters, monkeypatch, caplog):
    def broken(job_id):
        raise OSError("no queue")

    monkeypatch.setattr(jobs, "_ring_task", broken)
    id_ = jobs.later("letter", {"to": "lin"})
    assert row(id_).name == "letter" and "no queue" in caplog.text


def test_the_same_work_waits_only_once(letters, in_threads):
    ids = []
    in_threads(20, lambda _number: ids.append(jobs.later("letter", {"to": "lin"}, unique_key="lin")))
    assert len(ids) == 20 and len(set(ids)) == 1 and Job.select().count() == 1
    jobs.run_due()
    again = jobs.later("letter", {"to": "lin"}, unique_key="lin")
    assert again != ids[0], "what is done does not stand in the way"


def test_an_error_is_tried_again_with_longer_pauses_and_then_given_up(caplog):
    tries = []

    @jobs.job("breaks")
    def breaks(running):
        tries.append(clock.now())
        raise ConnectionError("the mail server is asleep")

    id_ = jobs.later("breaks")
    pauses = []
    while row(id_).failed_at is None:
        before = clock.now()
        jobs.run_due()
        if row(id_).failed_at is None:
            pauses.append(row(id_).due_at - before)
            assert jobs.due() == []
            clock.shift(row(id_).due_at - clock.now() + 1)
    assert len(tries) == jobs.MAX_ATTEMPTS
    assert pauses == sorted(pauses) and pauses[0] >= 15_000
    assert "the mail server is asleep" in row(id_).error
    clock.shift(clock.DAY)
    assert jobs.run_due() == 0


def test_one_that_fails_does_not_hold_up_the_others(letters):
    @jobs.job("breaks")
    def breaks(running):
        raise ZeroDivisionError

    jobs.later("breaks")
    jobs.later("letter", {"to": "lin"})
    jobs.run_due()
    assert letters == ["lin"]


def test_two_workers_never_carry_out_the_same_job(letters, in_threads):
    jobs.beat()
    id_ = jobs.later("letter", {"to": "lin"})
    in_threads(10, lambda _number: jobs.run(id_))
    assert letters == ["lin"]


def claimed(by: str, *, beats: bool) -> int:
    id_ = jobs.later("letter", {"to": "lin"})
    Job.update(claimed_by=by, claimed_at=clock.now(), attempts=1).where(Job.id == id_).execute()
    if beats:
        WorkerBeat.create(worker=by, beat_at=clock.now())
    return id_


def test_what_a_living_worker_has_claimed_is_left_to_it(letters):
    claimed("elsewhere:7", beats=True)
    assert jobs.due() == [] and jobs.run_due() == 0 and letters == []


def test_what_a_dead_worker_had_claimed_is_carried_out_by_another(letters):
    id_ = claimed("elsewhere:7", beats=True)
    clock.shift(jobs.DEAD_AFTER_MS + 1)
    assert jobs.due() == [id_]
    jobs.run_due()
    assert letters == ["lin"] and row(id_).attempts == 2


def test_work_that_kills_its_worker_each_time_is_given_up(letters):
    id_ = claimed("elsewhere:7", beats=False)
    Job.update(attempts=jobs.MAX_ATTEMPTS).where(Job.id == id_).execute()
    jobs.run(id_)
    assert letters == [] and row(id_).failed_at and "killed" in row(id_).error
    assert jobs.due() == []


def test_a_worker_that_has_the_number_of_a_dead_one_is_another(letters, monkeypatch):
    """In a container every start counts from the same number."""
    jobs.beat()
    id_ = claimed(WorkerBeat.get().worker, beats=False)
    WorkerBeat.delete().execute()
    monkeypatch.setattr(jobs, "_worker_names", {})
    jobs.beat()
    assert jobs.due() == [id_]


def test_progress_is_seen_while_it_runs():
    seen = []

    @jobs.job("export")
    def export(running):
        running.progress(40)
        seen.append(row(running.id).progress)
        running.progress(400)
        seen.append(row(running.id).progress)

    jobs.later("export")
    jobs.run_due()
    assert seen == [40, 100]


def test_recurring_work_plans_itself_and_never_piles_up():
    ran = []

    @jobs.job("tidy", every_seconds=3600)
    def tidy(running):
        ran.append(clock.now())

    for _ in range(3):
        jobs.plan_recurring()
    assert jobs.run_due() == 1
    jobs.plan_recurring()
    assert jobs.run_due() == 0
    clock.shift(clock.HOUR + 1)
    jobs.plan_recurring()
    assert jobs.run_due() == 1 and len(ran) == 2


def test_whether_a_worker_lives_is_known_by_its_beat():
    assert not jobs.alive()
    jobs.beat()
    assert jobs.alive()
    clock.shift(jobs.DEAD_AFTER_MS + 1)
    assert not jobs.alive()


def test_the_arguments_of_a_job_are_plain_values(letters):
    id_ = jobs.later("letter", {"to": "林间"})
    assert json.loads(row(id_).args) == {"to": "林间"}
    with pytest.raises(TypeError):
        jobs.later("letter", {"to": object()})


def test_a_name_belongs_to_one_job(letters):
    with pytest.raises(ValueError, match="declared twice"):

        @jobs.job("letter")
        def another(running):
            pass


# ---- the moment ---------------------------------------------------------------------------------------------


class Night:
    """Instead of waiting so many times, a worker finds that the time is over."""

    def __init__(self, waits: int) -> None:
        self.left, self.pauses = waits, []

    def wait(self, seconds: float) -> bool:
        self.pauses.append(seconds)
        clock.shift(round(seconds * 1000))
        self.left -= 1
        return self.left < 0


@pytest.fixture
def rings(monkeypatch):
    """Job -> the moments at which the doorbell rang for it."""
    heard = defaultdict(list)
    monkeypatch.setattr(jobs, "_ring_task", lambda job_id: heard[job_id].append(clock.now()))
    return heard


def test_the_doorbell_rings_at_the_moment_and_once(letters, rings):
    due = clock.now() + 1300
    id_ = jobs.later("letter", {"to": "lin"}, due=due)
    jobs._watch(Night(5))
    assert clock.now() > due + 1500
    (rang,) = rings[id_]  # nobody has taken it, but a second ring would only fill the queue
    assert 0 <= rang - due < 100


def test_who_watches_rows_of_their_own_is_called_each_second_and_at_their_moment():
    called, wanted, night = [], clock.now() + 1600, Night(5)

    @jobs.each_second("mine")
    def mine():
        called.append(clock.now())
        return wanted if clock.now() < wanted else None

    jobs._watch(night)
    assert len(called) == 5 and max(night.pauses) == jobs.LOOK_SECONDS == 1
    assert min(abs(at - wanted) for at in called) < 100


def test_one_who_fails_keeps_nobody_else_from_the_time(letters, rings, caplog):
    @jobs.each_second("breaks")
    def breaks():
        raise ZeroDivisionError

    id_ = jobs.later("letter", {"to": "lin"}, due=clock.now() + 100)
    jobs._watch(Night(3))
    assert rings[id_] and "breaks failed" in caplog.text
