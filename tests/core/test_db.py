"""One write transaction, what runs after it, and what is dropped with it."""

import fcntl
import logging
import threading

import pytest

from core import db
from core.db import after_commit, atomic
from core.errors import DatabaseTooNew
from models import RateCount, database

pytestmark = pytest.mark.usefixtures("app")


def write(key: str) -> None:
    RateCount.create(key=key, window_at=0)


def written() -> set[str]:
    return {key for (key,) in RateCount.select(RateCount.key).tuples()}


class Mishap(Exception):
    pass


def test_what_is_written_inside_is_there_afterwards_and_nothing_of_it_after_an_error():
    with atomic():
        write("kept")
    with pytest.raises(Mishap), atomic():
        write("lost")
        raise Mishap
    assert written() == {"kept"}


def test_after_commit_waits_for_the_outermost_block():
    said = []
    with atomic():
        with atomic():
            after_commit(lambda: said.append(len(written())))
            write("a")
        write("b")
        assert said == []
    assert said == [2]


def test_after_commit_outside_of_a_transaction_runs_at_once():
    said = []
    after_commit(lambda: said.append(1))
    assert said == [1]


def test_what_was_asked_for_in_a_savepoint_is_dropped_with_it():
    said = []
    with atomic():
        after_commit(lambda: said.append("before"))
        with pytest.raises(Mishap), atomic():
            after_commit(lambda: said.append("inside"))
            raise Mishap
        after_commit(lambda: said.append("after"))
    assert said == ["before", "after"]


def test_what_was_asked_for_in_a_transaction_that_failed_never_runs():
    said = []
    with pytest.raises(Mishap), atomic():
        after_commit(lambda: said.append(1))
        raise Mishap
    with atomic():
        write("later")
    assert said == []


def test_a_callback_that_raises_is_logged_and_the_others_still_run(caplog):
    said = []

    def breaks() -> None:
        raise Mishap("told to")

    with caplog.at_level(logging.ERROR, "quanzi.db"), atomic():
        after_commit(breaks)
        after_commit(lambda: said.append(1))
        write("kept")
    assert said == [1] and written() == {"kept"}
    assert "after_commit callback failed" in caplog.text


def test_a_callback_may_begin_a_transaction_of_its_own():
    said = []

    def again() -> None:
        with atomic():
            write("again")
            after_commit(lambda: said.append("again"))

    with atomic():
        after_commit(again)
    assert written() == {"again"} and said == ["again"]


def test_twenty_writers_queue_and_none_is_turned_away(in_threads):
    def count(_number: int) -> None:
        for _ in range(5):
            with atomic():
                seen = RateCount.get_or_none(RateCount.key == "sum")
                RateCount.insert(key="sum", window_at=0, hits=(seen.hits if seen else 0) + 1).on_conflict(
                    conflict_target=[RateCount.key, RateCount.window_at],
                    update={RateCount.hits: (seen.hits if seen else 0) + 1},
                ).execute()

    in_threads(20, count)
    assert RateCount.get(RateCount.key == "sum").hits == 100


def test_writers_take_turns_before_they_reach_for_the_database(app):
    """Whoever has the turn has it alone, also before other processes."""
    entered = threading.Event()

    def write() -> None:
        with atomic():
            entered.set()
        database.close()

    with atomic():
        pass
    with open(f"{database.obj.database}-turn", "rb") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        writer = threading.Thread(target=write)
        writer.start()
        assert not entered.wait(0.2)
        fcntl.flock(turn, fcntl.LOCK_UN)
        assert entered.wait(60)
        writer.join(60)


def test_a_durable_transaction_waits_for_the_disk_and_the_next_ordinary_one_does_not():
    def waits() -> bool:
        return database.execute_sql("PRAGMA synchronous").fetchone() == (2,)

    for turn in range(2):
        with atomic(durable=True):
            assert waits()
            write(f"money {turn}")
        with atomic():
            assert not waits()
            write(f"words {turn}")


def test_a_new_connection_is_told_anew_to_wait_for_the_disk():
    for _ in range(2):
        with atomic(durable=True):
            assert database.execute_sql("PRAGMA synchronous").fetchone() == (2,)
        database.close()


def test_release_ends_what_was_left_open():
    left_open = database.atomic()
    left_open.__enter__()
    write("forgotten")
    db.release()
    assert written() == set()


def test_foreign_keys_are_kept():
    assert database.execute_sql("PRAGMA foreign_keys").fetchone() == (1,)
    assert database.execute_sql("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_database_from_the_future_is_refused():
    assert db.pending() == []
    db.runner().History.create(name="9999_from_the_future")
    with pytest.raises(DatabaseTooNew, match="9999_from_the_future"):
        db.pending()
    with pytest.raises(DatabaseTooNew):
        db.migrate()


def test_callbacks_of_two_threads_do_not_mix(in_threads):
    said: dict[int, list[int]] = {number: [] for number in range(8)}
    ready = threading.Barrier(8)

    def ask(number: int) -> None:
        ready.wait()
        with atomic():
            after_commit(lambda: said[number].append(threading.get_ident()))
        said[number].append(threading.get_ident())

    in_threads(8, ask)
    assert all(len(idents) == 2 and len(set(idents)) == 1 for idents in said.values())


def test_a_prepared_query_is_built_once_and_runs_with_every_value():
    built = []

    def build(shape, least, name):
        built.append(shape)
        query = RateCount.select(RateCount.key, RateCount.hits).where(RateCount.hits >= least, RateCount.key != name)
        return query.order_by(RateCount.key.desc() if shape == "down" else RateCount.key)

    for hits, key in enumerate("abc"):
        RateCount.create(key=key, window_at=0, hits=hits)
    prepared = db.Prepared(build)
    assert prepared.rows("up", least=1, name="x") == [("b", 1), ("c", 2)]
    assert prepared.rows("up", least=0, name="b") == [("a", 0), ("c", 2)]
    assert prepared.rows("down", least=1, name="' OR 1=1 --") == [("c", 2), ("b", 1)]
    assert built == ["up", "down"]
