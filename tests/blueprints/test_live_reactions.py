"""Reactions: summed over ten seconds, sent on in the moment, and there for the replay."""

import pytest

from blueprints.live import reacting, scheduling
from blueprints.live.halls import hall
from core import clock, streams
from core.errors import Denied, Gone, Invalid, Refusal, SignInNeeded, TooMany
from core.limits import RATES
from core.policy import GUEST
from models import LiveEvent, LiveReaction, LiveSanction


@pytest.fixture(autouse=True)
def rested():
    """Taps are counted in the process, and members have the same numbers in every story."""
    reacting._taps.forget()
    yield
    reacting._taps.forget()


@pytest.fixture
def event(cast) -> int:
    draft = scheduling.EventDraft("夜跑之夜", clock.now() + clock.HOUR)
    made = scheduling.announce(cast.che.actor, draft, cast.running.id).id
    scheduling.begin(cast.che.actor, made)
    return int(made)


@pytest.fixture
def sent(monkeypatch) -> list[tuple[str, dict[str, int]]]:
    """What goes out to open pages: the edge of the process."""
    pulses: list[tuple[str, dict[str, int]]] = []
    monkeypatch.setattr(streams, "pulse", lambda channel, **numbers: pulses.append((channel, numbers)))
    return pulses


def rows() -> list[tuple[int, str, int]]:
    found = LiveReaction.select(LiveReaction.slot, LiveReaction.kind, LiveReaction.hits)
    return list(found.order_by(LiveReaction.slot, LiveReaction.kind).tuples())


def at(event: int, ms: int) -> None:
    """Make it so long after the beginning."""
    clock.shift(LiveEvent.get_by_id(event).started_at + ms - clock.now())


# ---- reacting -----------------------------------------------------------------------------------------------


def test_taps_are_summed_by_kind_and_ten_seconds(cast, event):
    at(event, 1000)
    reacting.react(cast.lin.actor, event, "heart", 3)
    reacting.react(cast.ning.actor, event, "heart")
    reacting.react(cast.may.actor, event, "fire", 20)
    at(event, 10_500)
    reacting.react(cast.lin.actor, event, "heart", 2)
    assert rows() == [(0, "fire", 20), (0, "heart", 4), (1, "heart", 2)]
    assert reacting.totals(event) == {"heart": 6, "fire": 20}


def test_many_at_once_are_all_counted(cast, event, in_threads):
    people = [cast[name].actor for name in ("lin", "che", "may", "ning", "owner")]
    in_threads(50, lambda number: reacting.react(people[number % 5], event, "clap", 2))
    assert reacting.totals(event) == {"clap": 100}


def test_in_the_waiting_room_they_lie_before_the_beginning(cast):
    draft = scheduling.EventDraft("等一等", clock.now() + clock.HOUR)
    waiting = scheduling.announce(cast.che.actor, draft, cast.running.id).id
    reacting.react(cast.lin.actor, waiting, "wow")
    assert rows()[0][0] < 0


@pytest.mark.parametrize(("kind", "hits"), [("love", 1), ("", 1), ("heart", 0), ("heart", -5), ("heart", 21)])
def test_what_is_no_reaction_is_refused(cast, event, kind, hits):
    with pytest.raises(Invalid):
        reacting.react(cast.lin.actor, event, kind, hits)
    assert rows() == []


def test_who_taps_without_end_is_asked_to_wait_and_others_are_not(cast, event):
    for _again in range(RATES["live.react"].hits // 20):
        reacting.react(cast.lin.actor, event, "heart", 20)
    with pytest.raises(TooMany) as refusal:
        reacting.react(cast.lin.actor, event, "heart")
    assert 1 <= refusal.value.retry_after <= RATES["live.react"].seconds
    reacting.react(cast.ning.actor, event, "heart")
    clock.shift(RATES["live.react"].seconds * 1000)
    reacting.react(cast.lin.actor, event, "heart")


def test_counting_taps_keeps_no_more_people_than_it_may(monkeypatch):
    taps = reacting.Taps()
    monkeypatch.setattr(reacting.Taps, "MOST_MEMBERS", 10)
    for member in range(1, 100):
        taps.count(member, 1)
    assert len(taps._counts) == 10


def test_who_does_not_watch_does_not_react(cast, event):
    now = clock.now()
    LiveSanction.create(event=event, member=cast.ning.id, kind="remove", decided_by=cast.che.id, decided_at=now)
    draft = scheduling.EventDraft("暗房里", now + clock.HOUR, visibility="members")
    dark = scheduling.announce(cast.che.actor, draft, cast.darkroom.id).id
    outside = ((GUEST, event, SignInNeeded), (cast.ning.actor, event, Denied), (cast.may.actor, dark, Gone))
    for who, where, error in outside:
        with pytest.raises(error):
            reacting.react(who, where, "heart")
    scheduling.end(cast.che.actor, event)
    with pytest.raises(Refusal) as refusal:
        reacting.react(cast.lin.actor, event, "heart")
    assert refusal.value.code == "live_over" and rows() == []


def test_open_pages_are_told_after_the_commit(cast, event, sent):
    reacting.react(cast.lin.actor, event, "heart", 3)
    assert sent == [(f"live-{event}", {"heart": 3})]


# ---- on pages -----------------------------------------------------------------------------------------------


def test_a_tap_without_a_script_leads_back_and_taps_of_a_script_answer_with_nothing(as_, post, event, sent):
    lin = as_("lin")
    plain = post(lin, f"/live/{event}/reactions", {"kind": "heart"})
    assert plain.status_code == 303 and plain.location.endswith(f"/live/{event}#live-reactions")
    gathered = post(lin, f"/live/{event}/reactions", {"kind": "clap", "n": "7"}, htmx=True)
    assert (gathered.status_code, gathered.text) == (204, "")
    assert reacting.totals(event) == {"heart": 1, "clap": 7}
    assert [numbers for _, numbers in sent] == [{"heart": 1}, {"clap": 7}]


@pytest.mark.parametrize("n", ["", "0", "21", "-1", "1.5", "x", "9" * 50, "٣"])
def test_numbers_of_taps_that_make_no_sense_are_refused(as_, post, event, n):
    assert post(as_("lin"), f"/live/{event}/reactions", {"kind": "heart", "n": n}).status_code == 422
    assert rows() == []


def test_the_replay_asks_for_a_part(as_, cast, event, client):
    for ms, kind, hits in ((0, "heart", 1), (15_000, "heart", 2), (15_500, "fire", 3), (61_000, "wow", 4)):
        at(event, ms)
        reacting.react(cast.lin.actor, event, kind, hits)
    url = f"/live/{event}/reactions"
    answer = client.get(url, query_string={"from": "10000", "to": "60000"})
    assert answer.json == {"slot_ms": 10_000, "slots": [[10_000, "fire", 3], [10_000, "heart", 2]]}
    assert [row[2] for row in client.get(url).json["slots"]] == [1, 3, 2, 4]
    assert client.get(url, query_string={"from": "-99999", "to": "0"}).json["slots"] == []


SPANS = [("x", "y"), ("", ""), ("5", "1"), ("9" * 30, "1"), ("-" + "9" * 15, "9" * 15), ("--1", "٣")]


@pytest.mark.parametrize("span", SPANS)
def test_parts_that_make_no_sense_are_answered(client, cast, event, span):
    assert client.get(f"/live/{event}/reactions", query_string={"from": span[0], "to": span[1]}).status_code == 200


def test_a_long_replay_is_read_by_the_hour(cast, event):
    here = hall(cast.lin.actor, event)
    LiveReaction.create(event=event, slot=0, kind="heart", hits=1)
    LiveReaction.create(event=event, slot=359, kind="heart", hits=2)
    LiveReaction.create(event=event, slot=360, kind="heart", hits=4)
    assert [row.hits for row in reacting.between(here, 0, 10**12)] == [1, 2]
