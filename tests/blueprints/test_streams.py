"""The one stream of a page: who may open it, what it begins with, when it ends. Without a hub, as tests run, the site
sends it by itself; what the hub does with a socket is told in tests/core/test_hub.py."""

import threading
from contextlib import closing

import pytest

from blueprints.circles import joining, reactions
from core import clock, notices, stream_log, streams
from core.db import atomic
from core.limits import LIMITS
from core.stream_frames import Frame
from models import Circle, Member, Post, Session, StreamRow
from tests.blueprints.circle_stories import write


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Looked up at once, and only a few times."""
    monkeypatch.setattr("core.stream_answer.LOOK_EVERY_S", 0.05)
    monkeypatch.setitem(LIMITS, "stream_alone_seconds", 3)


@pytest.fixture
def board(monkeypatch):
    """A log of its own: rows name what they say. Members may watch board 1; lin avoids che."""
    monkeypatch.setattr(streams, "_channels", dict(streams._channels))

    def watch(actor, number):
        if not actor.signed_in or number != 1:
            raise streams.Gone
        return streams.Watch(tags=("b1",), hides=(99,))

    def frames(number, rows):
        return {row.seq: Frame(f'<p id="p{row.ref}">{row.ref}</p>', author=row.ref) for row in rows if row.ref != 13}

    streams.declare("board", watch=watch, frames=frames, same_for_all=("said",))
    return "board-1"


def say(channel: str, *refs: int) -> None:
    for ref in refs:
        with atomic():
            stream_log.append(channel, "said", ref)


def begins(client, since: str) -> str:
    """What a stream starts with."""
    with closing(client.get("/stream", query_string={"since": since}, buffered=False)) as answer:
        assert answer.status_code == 200, answer.status
        assert answer.mimetype == "text/event-stream"
        return next(answer.response).decode()


def whole(client, since: str) -> str:
    with closing(client.get("/stream", query_string={"since": since})) as answer:
        return answer.text


# ---- who may ---------------------------------------------------------------------------------------------------


def test_a_stream_is_there_for_whoever_may_see_what_it_is_of(client, as_, cast):
    public, hidden = cast.running.id, cast.darkroom.id
    for reader in (client, as_("ning"), as_("lin")):
        assert reader.head(f"/stream?since=circle-{public}:999999").status_code == 200
    for stranger in (client, as_("ning"), as_("may")):
        assert stranger.get(f"/stream?since=circle-{hidden}:0").status_code == 404
    assert as_("lin").head(f"/stream?since=circle-{hidden}:0").status_code == 200


def test_one_channel_that_is_not_theirs_closes_the_whole_stream(as_, cast):
    places = f"circle-{cast.running.id}:0,circle-{cast.darkroom.id}:0"
    assert as_("may").get(f"/stream?since={places}").status_code == 404


def test_a_bell_rings_for_its_owner_alone(client, as_, cast):
    bell = f"bell-{cast.lin.id}:0"
    assert as_("lin").head(f"/stream?since={bell}").status_code == 200
    for other in (client, as_("che"), as_("staff"), as_("suspended")):
        assert other.head(f"/stream?since={bell}").status_code in (403, 404)


@pytest.mark.parametrize(
    "since", ["", ":", "circle", "circle-1", "circle-1:x", "circle-1:-1", "nothing-1:0", "circle-x:0", "circle-1:0,",
              f"circle-1:{'9' * 40}", ",".join(f"circle-{number}:0" for number in range(30)), "circle-1:0;drop"],
)  # fmt: skip
def test_what_makes_no_sense_is_not_there(as_, since):
    assert as_("lin").get("/stream", query_string={"since": since}).status_code == 404


@pytest.mark.parametrize("told", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
                                  {"Origin": "https://x.y"}, {"Origin": "null"}])  # fmt: skip
def test_another_site_opens_no_stream(as_, cast, told):
    answer = as_("lin").get(f"/stream?since=circle-{cast.running.id}:0", headers=told)
    assert answer.status_code == 404
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_session_that_was_ended_opens_nothing(as_, cast):
    lin = as_("lin")
    Session.delete().where(Session.member == cast.lin.id).execute()
    assert lin.get(f"/stream?since=circle-{cast.darkroom.id}:0").status_code == 404


# ---- what it begins with -----------------------------------------------------------------------------------------


def test_who_is_up_to_date_is_told_nothing(as_, cast):
    here = Circle.get_by_id(cast.running.id)
    assert "touch" not in begins(as_("lin"), f"circle-{here.id}:{here.seq}")


def test_a_page_that_is_behind_is_told_to_ask(as_, cast):
    seq = Circle.get_by_id(cast.running.id).seq
    post = write(cast.che.actor, cast.running.id, "今晚七点半")
    assert f"data: circle-{cast.running.id} 0 touch" in begins(as_("lin"), f"circle-{cast.running.id}:{seq}")
    at = Post.get_by_id(post.id).seq
    reactions.like_post(cast.may.actor, cast.running.id, post.id, True)
    assert f"data: post-{post.id} 0 touch" in begins(as_("lin"), f"post-{post.id}:{at}")


def test_a_bell_that_shows_another_number_is_told_to_ask(as_, cast):
    shown = notices.unseen(cast.lin.id)
    assert "touch" not in begins(as_("lin"), f"bell-{cast.lin.id}:{shown}")
    assert "touch" in begins(as_("lin"), f"bell-{cast.lin.id}:{shown + 1}")


def test_rows_that_a_page_missed_come_first_in_order(as_, board):
    say(board, 1, 2, 3)
    text = begins(as_("lin"), f"{board}:1")
    assert "p1" not in text
    assert text.index(f"data: {board} 2 put m2") < text.index('data: <p id="p2">2</p>')
    assert text.index('id="p2"') < text.index(f"data: {board} 3 put m3")


def test_rows_that_show_nothing_and_people_who_are_avoided_are_left_out(as_, board):
    say(board, 13, 99, 2)
    text = begins(as_("lin"), f"{board}:0")
    assert text.count("data: board-1") == 1
    assert "data: board-1 3 put m2" in text


def test_a_page_from_another_life_reads_itself_anew(as_, board):
    say(board, 1, 2, 3, 4)
    StreamRow.delete().where(StreamRow.seq <= 2).execute()
    assert f"data: {board} 4 stale" in begins(as_("lin"), f"{board}:1")
    assert f"data: {board} 4 stale" in begins(as_("lin"), f"{board}:77")
    assert "stale" not in begins(as_("lin"), f"{board}:2")


def test_who_missed_more_than_a_screen_holds_reads_anew(as_, board, monkeypatch):
    monkeypatch.setitem(LIMITS, "stream_rows", 3)
    say(board, 1, 2, 3, 4)
    assert "stale" in begins(as_("lin"), f"{board}:0")


# ---- while it is open --------------------------------------------------------------------------------------------


def test_without_a_hub_later_rows_come_by_being_looked_up(app, as_, board):
    lin = as_("lin")
    timer = threading.Timer(0.08, lambda: say(board, 7))
    timer.start()
    text = whole(lin, f"{board}:0")
    timer.join()
    assert text.count("data: board-1 1 put m7") == 1


def test_without_a_hub_a_revoked_stream_ends(as_, board, cast):
    lin = as_("lin")
    with closing(lin.get(f"/stream?since={board}:0", buffered=False)) as answer:
        parts = iter(answer.response)
        next(parts)
        stream_log.revoke(f"m{cast.lin.id}", "b1")
        say(board, 7)
        assert b"".join(parts) == b""


def test_another_ones_revocation_ends_nothing(as_, board, cast):
    lin = as_("lin")
    with closing(lin.get(f"/stream?since={board}:0", buffered=False)) as answer:
        parts = iter(answer.response)
        next(parts)
        stream_log.revoke(f"m{cast.che.id}", "b1")
        say(board, 7)
        assert b"board-1 1 put" in next(parts)


# ---- the log -----------------------------------------------------------------------------------------------------


def test_numbers_have_no_gap_however_many_write(app, cast, board):
    def write_some(author: int) -> None:
        with app.app_context():
            say(board, *range(author, author + 20))

    threads = [threading.Thread(target=write_some, args=(number * 100,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = stream_log.rows(board, 0)
    assert [row.seq for row in rows] == list(range(1, 121))
    assert stream_log.position(board) == 120


def test_a_row_of_what_did_not_happen_is_no_row(cast, board):
    with pytest.raises(ZeroDivisionError), atomic():
        stream_log.append(board, "said", 1)
        raise ZeroDivisionError
    assert stream_log.position(board) == 0
    say(board, 2)
    assert [row.ref for row in stream_log.rows(board, 0)] == [2]


def test_numbers_are_taken_in_a_transaction_only(cast, board):
    with pytest.raises(RuntimeError):
        stream_log.append(board, "said", 1)


def test_old_rows_are_swept_and_positions_stay(cast, board):
    say(board, 1, 2)
    clock.shift(stream_log.KEPT_MS + clock.HOUR)
    say(board, 3)
    assert stream_log.sweep() == 2
    assert stream_log.position(board) == 3


def test_a_count_that_is_told_twice_counts_once(cast, board):
    stream_log.tally(board, "run1", 5, 9, 100)
    stream_log.tally(board, "run1", 6, 9, 130)
    stream_log.tally(board, "run2", 1, 1, 10)
    assert sorted(stream_log.StreamTally.select(stream_log.StreamTally.seconds).tuples()) == [(10,), (130,)]


def test_leaving_a_circle_ends_its_streams(as_, cast):
    before = stream_log.position(stream_log.REVOKED)
    joining.leave(cast.lin.actor, cast.running.id)
    tags = [set(tags.split()) for _, tags in stream_log.revocations(before)]
    assert {f"m{cast.lin.id}", f"c{cast.running.id}"} in tags
    assert Member.get_by_id(cast.lin.id)


def test_a_hub_is_told_whatever_was_revoked_since_it_was_told_last(cast, monkeypatch):
    """In one message with how far it reaches, so that none is left out for good when a later one arrived by itself."""
    sent = []
    monkeypatch.setattr(streams, "_wire", type("Hub", (), {"send": staticmethod(sent.append)}))
    known, first, last = stream_log.revoke("m1"), stream_log.revoke("m5", "e1"), stream_log.revoke("m6")
    sent.clear()
    clock.shift(10 * clock.MINUTE)
    streams._catch_up({"t": "tick", "hub": "h", "at": {}, "cuts": known})
    streams._catch_up({"t": "tick", "hub": "h", "at": {}, "cuts": last})
    assert sent == [{"t": "cuts", "upto": last, "cuts": [(first, "m5 e1"), (last, "m6")]}]
