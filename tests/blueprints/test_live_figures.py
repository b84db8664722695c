"""How an event was watched: what is counted, what is written down each minute, and how it is drawn."""

import csv
import io
import re
from itertools import pairwise

import pytest

from blueprints.live import asking, commenting, figures, polling, reacting, scheduling
from blueprints.live.figures import Minute
from blueprints.live.halls import hall
from core import clock, jobs, stream_log
from core.errors import Denied, Gone, SignInNeeded
from core.policy import GUEST
from models import LiveComment, LiveEvent, LiveMinute, StreamTally

BIG = 10**12


@pytest.fixture(autouse=True)
def rested():
    reacting._taps.forget()
    yield
    reacting._taps.forget()


@pytest.fixture
def event(cast) -> int:
    """che's event in 夜跑; it began at the beginning of a minute."""
    clock.shift(clock.MINUTE - clock.now() % clock.MINUTE + 100)
    draft = scheduling.EventDraft("夜跑之夜", clock.now() + clock.HOUR)
    made = scheduling.announce(cast.che.actor, draft, cast.running.id).id
    scheduling.begin(cast.che.actor, made)
    return int(made)


def count(event: int, viewers: int, peak: int, seconds: int = 0, hub: str = "h1") -> None:
    """What the hub says."""
    stream_log.tally(f"live-{event}", hub, viewers, peak, seconds)


def minutes(event: int) -> list[tuple[int, int, int]]:
    rows = LiveMinute.select(LiveMinute.viewers, LiveMinute.peak, LiveMinute.comments)
    return list(rows.where(LiveMinute.event == event).order_by(LiveMinute.minute).tuples())


def said(cast, event: int, who: str, body: str) -> None:
    commenting.write_bullet(cast[who].actor, event, body)


# ---- minutes ------------------------------------------------------------------------------------------------


def test_each_minute_is_written_with_its_viewers_and_comments(cast, event):
    count(event, 3, 4)
    said(cast, event, "lin", "一")
    figures.note_minutes()
    clock.shift(clock.MINUTE)
    said(cast, event, "ning", "二")
    said(cast, event, "lin", "三")
    count(event, 7, 9)
    figures.note_minutes()
    clock.shift(clock.MINUTE)
    count(event, 5, 9)
    figures.note_minutes()
    assert minutes(event) == [(3, 4, 1), (7, 9, 2), (5, 5, 0)]


def test_written_twice_it_is_the_same_and_what_came_meanwhile_is_counted(cast, event, in_threads):
    count(event, 3, 4)
    said(cast, event, "lin", "一")
    in_threads(4, lambda _number: figures.note_minutes())
    assert minutes(event) == [(3, 4, 1)]
    said(cast, event, "lin", "二")
    count(event, 2, 4)
    figures.note_minutes()
    assert minutes(event) == [(2, 4, 2)], "the most in a minute stays"


def test_after_a_restart_minutes_that_nobody_looked_at_are_there(cast, event):
    count(event, 6, 6)
    figures.note_minutes()
    for number in range(3):
        clock.shift(clock.MINUTE)
        said(cast, event, "lin", f"{number}")
    count(event, 8, 8, hub="h2")
    StreamTally.update(counted_at=clock.now() - clock.HOUR).where(StreamTally.hub == "h1").execute()
    figures.note_minutes()
    assert minutes(event) == [(6, 6, 0), (6, 6, 1), (6, 6, 1), (8, 8, 1)]
    clock.shift(20 * clock.MINUTE)
    count(event, 1, 8, hub="h2")
    figures.note_minutes()
    assert minutes(event)[4:] == [(0, 0, 0)] * 19 + [(1, 1, 0)], "for longer than that nobody knows"


def test_the_last_minute_is_the_one_in_which_it_ended(cast, event):
    count(event, 4, 4)
    clock.shift(clock.MINUTE)
    said(cast, event, "lin", "再见")
    scheduling.end(cast.che.actor, event)
    for _minute in range(3):
        figures.note_minutes()
        clock.shift(2 * clock.MINUTE)
    assert [row[2] for row in minutes(event)] == [1]


def test_only_events_with_somebody_in_them_are_written(cast, event):
    waiting = scheduling.announce(
        cast.che.actor, scheduling.EventDraft("还早", clock.now() + clock.HOUR), cast.running.id
    ).id
    figures.note_minutes()
    assert minutes(waiting) == [] and len(minutes(event)) == 1
    count(waiting, 2, 2)
    figures.note_minutes()
    assert minutes(waiting) == [(2, 2, 0)]
    scheduling.cancel(cast.che.actor, waiting)
    clock.shift(clock.MINUTE)
    count(waiting, 2, 2)
    figures.note_minutes()
    assert len(minutes(waiting)) == 1


def test_comments_that_were_taken_in_from_elsewhere_are_no_activity(cast, event):
    LiveComment.create(event=event, author=None, name="路人", body="好", offset_ms=0, at=clock.now())
    figures.note_minutes()
    assert minutes(event) == [(0, 0, 0)]


def test_a_name_that_is_no_channel_of_an_event_does_no_harm(cast, event):
    StreamTally.create(channel="live-x", hub="h1", viewers=3, peak=3, seconds=1, counted_at=clock.now())
    StreamTally.create(channel="live-999999", hub="h1", viewers=3, peak=3, seconds=1, counted_at=clock.now())
    assert figures.note_minutes() == 1


def test_the_job_does_it(cast, event):
    jobs.later("live.minutes")
    jobs.run_due()
    assert len(minutes(event)) == 1


# ---- numbers ------------------------------------------------------------------------------------------------


def test_all_in_all(cast, event):
    count(event, 5, 40, 3000, hub="h1")
    StreamTally.update(counted_at=clock.now() - clock.HOUR).execute()
    count(event, 3, 12, 600, hub="h2")
    for who in ("lin", "lin", "ning"):
        said(cast, event, who, f"{clock.now()} {LiveComment.select().count()}")
    reacting.react(cast.lin.actor, event, "heart", 4)
    question = asking.ask(cast.lin.actor, event, "？")
    asking.ask(cast.ning.actor, event, "吗？")
    asking.mark_answered(cast.che.actor, event, question, True)
    polling.open_poll(cast.che.actor, event, polling.PollDraft("哪？", ("甲", "乙")))
    found = figures.figures(hall(cast.che.actor, event))
    assert (found.viewers, found.peak, found.minutes) == (3, 40, 60)
    assert (found.comments, found.comments_now, found.commenters) == (3, 3, 2)
    assert (found.reactions, found.questions, found.answered, found.polls) == (4, 2, 1, 1)
    clock.shift(2 * clock.MINUTE)
    later = figures.figures(hall(cast.che.actor, event))
    assert (later.viewers, later.comments, later.comments_now) == (0, 3, 0)


def test_where_the_hub_s_counts_are_gone_the_minutes_tell(cast, event):
    LiveMinute.create(event=event, minute=1, viewers=10, peak=25, comments=0)
    LiveMinute.create(event=event, minute=2, viewers=20, peak=20, comments=0)
    found = figures.figures(hall(cast.che.actor, event))
    assert (found.peak, found.minutes) == (25, 30)


def test_figures_are_for_hosts(cast, event):
    assert figures.shown_to(cast.che.actor, event).id == event
    for who, error in ((cast.may.actor, Denied), (cast.lin.actor, Denied), (GUEST, SignInNeeded)):
        with pytest.raises(error):
            figures.shown_to(who, event)
    draft = scheduling.EventDraft("暗房里", clock.now() + clock.HOUR, visibility="members")
    dark = scheduling.announce(cast.che.actor, draft, cast.darkroom.id)
    with pytest.raises(Gone):
        figures.shown_to(cast.ning.actor, dark.id)


@pytest.mark.parametrize("length", [0, 1, 59, 60, 61, 119, 600, 5000])
def test_a_chart_has_few_steps_and_loses_no_comment(length):
    rows = [Minute(number * clock.MINUTE, number, number + 1, 2) for number in range(length)]
    steps, step = figures.gathered(rows, 60)
    assert len(steps) <= 60 and sum(row.comments for row in steps) == 2 * length
    assert max((row.peak for row in steps), default=0) == length
    assert all(later.at - row.at == step * clock.MINUTE for row, later in pairwise(steps))


# ---- on pages -----------------------------------------------------------------------------------------------


def charts(page: str) -> list[str]:
    return re.findall(r'<figure class="chart.*?</figure>', page, re.DOTALL)


def test_without_anything_the_page_says_so(as_, event):
    page = as_("che").get(f"/live/{event}/figures").text
    assert len(charts(page)) == 2 and "<svg class=\"chart-plot\"" not in page and "figures.csv" not in page


def test_one_minute_is_a_point_and_huge_numbers_fit(as_, event):
    at = LiveEvent.get_by_id(event).started_at // clock.MINUTE
    LiveMinute.create(event=event, minute=at, viewers=BIG // 1000, peak=BIG // 1000, comments=7)
    line, bars = charts(as_("che").get(f"/live/{event}/figures").text)
    assert re.search(r'class="chart-line" d="M50\.00 [\d.]+ h\.01"', line) and 'role="img"' in line and "<title" in line
    assert "1,000,000,000" in line and bars.count("<rect") == 1
    numbers = [float(number) for path in re.findall(r' d="([^"]+)"', line) for number in re.findall(r"[\d.]+", path)]
    assert max(numbers) <= 100 and "nan" not in line


SCALES = [(1, "1"), (2, "2"), (3, "5"), (7, "10"), (10, "10"), (11, "20"), (999, "1,000")]


@pytest.mark.parametrize(("most", "top"), SCALES)
def test_the_scale_ends_at_a_round_number(as_, event, most, top):
    at = LiveEvent.get_by_id(event).started_at // clock.MINUTE
    for number in range(3):
        LiveMinute.create(event=event, minute=at + number, viewers=0, peak=most, comments=0)
    line, _bars = charts(as_("che").get(f"/live/{event}/figures").text)
    assert f'aria-hidden="true">{top}</p>' in line


def test_minutes_in_which_nobody_came_are_drawn_as_nothing(as_, event):
    LiveMinute.create(event=event, minute=LiveEvent.get_by_id(event).started_at // clock.MINUTE)
    line, bars = charts(as_("che").get(f"/live/{event}/figures").text)
    assert "M50.00 40.00" in line and "<rect" not in bars


def test_every_number_of_a_chart_stands_in_the_table(as_, event):
    at = LiveEvent.get_by_id(event).started_at // clock.MINUTE
    for number in range(90):
        LiveMinute.create(event=event, minute=at + number, viewers=number, peak=number + 1000, comments=1)
    page = as_("che").get(f"/live/{event}/figures").text
    table = page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert table.count("<tr>") == 45 and "1,089" in table and ">1:28<" in table


def test_the_file_has_every_minute(as_, cast, event):
    count(event, 3, 4)
    said(cast, event, "lin", "=1+1")
    figures.note_minutes()
    answer = as_("che").get(f"/live/{event}/figures.csv")
    assert answer.mimetype == "text/csv" and "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows[0] == ["minute", "viewers", "peak", "comments"] and rows[1][1:] == ["3", "4", "1"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:00Z", rows[1][0])


def test_live_numbers_are_asked_for_again_until_it_is_over(as_, cast, event):
    count(event, 1234, 2345)
    che = as_("che")
    answer = che.get(f"/live/{event}/figures/now", headers={"HX-Request": "true"})
    assert "1,234" in answer.text and "2,345" in answer.text and "data-live" in answer.text
    scheduling.end(cast.che.actor, event)
    answer = che.get(f"/live/{event}/figures/now", headers={"HX-Request": "true"})
    assert "2,345" in answer.text and "data-live" not in answer.text
    assert che.get(f"/live/{event}/figures/now").status_code == 303


def test_polls_and_reactions_stand_on_the_page(as_, cast, event):
    poll = polling.open_poll(cast.che.actor, event, polling.PollDraft("<b>哪</b>？", ("甲", "乙")))
    polling.vote(cast.lin.actor, event, poll, polling.newest(event).options[1].id)
    reacting.react(cast.lin.actor, event, "heart", 12)
    page = as_("che").get(f"/live/{event}/figures").text
    assert "&lt;b&gt;哪&lt;/b&gt;？" in page and 'class="reaction-total is-heart"' in page
    assert re.search(r'<th scope="row">乙</th><td class="num"[^>]*>1</td><td class="num"[^>]*>100</td>', page)
