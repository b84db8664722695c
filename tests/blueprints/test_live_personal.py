"""What events hold of a member: the copy they get, what stays nameless, what goes, and that the counts still fit."""

import json

import pytest

from blueprints.accounts.leaving import erase_member
from blueprints.live import asking, avoiding, commenting, guests, hosting, moderating, polling, reminding, running
from blueprints.live.polling import PollDraft
from core import clock, config, personal, stream_log, video
from core.policy import CONSOLE
from models import (
    LiveAct,
    LiveAvoided,
    LiveComment,
    LiveEntry,
    LiveEvent,
    LiveHost,
    LivePoll,
    LivePollOption,
    LiveQuestion,
    LiveReminder,
    LiveTaste,
    Video,
)
from tests.blueprints.live_stories import an_event, row_of


@pytest.fixture
def event(cast) -> int:
    """Lin takes part in everything."""
    lin, che = cast.lin.actor, cast.che.actor
    event = an_event(che, cast.running.id)
    reminding.remind(lin, event)
    running.begin(che, event)
    for body in ("起跑了", "加油"):
        commenting.write_bullet(lin, event, body)
    commenting.write_bullet(cast.may.actor, event, "Go")
    question = asking.ask(lin, event, "终点在哪里？")
    asking.support(cast.may.actor, event, question, True)
    asking.support(lin, event, asking.ask(cast.may.actor, event, "Where is the finish?"), True)
    poll = polling.open_poll(che, event, PollDraft("谁赢？", ("甲", "乙")))
    for person in (lin, cast.may.actor):
        polling.vote(person, event, poll, LivePollOption.get(LivePollOption.poll == poll).id)
    avoiding.avoid(lin, cast.ning.id)
    avoiding.choose_words(lin, "剧透")
    guests.invite(che, event, cast.ning.id)
    guests.appoint(che, event, cast.lin.id, "host")
    hosting.pin(lin, event, "林间的公告")
    guests.invite(lin, event, cast.staff.id)
    return event


def counts_fit(event: int) -> bool:
    shown = LiveComment.select().where(
        LiveComment.event == event, LiveComment.hidden_at.is_null(), LiveComment.shows_at.is_null()
    )
    options = {row.id: row.votes for row in LivePollOption.select()}
    chosen = [vote.option_id for vote in polling.LivePollVote.select()]
    counted = {id_: chosen.count(id_) for id_ in options}
    questions = {row.id: row.votes for row in LiveQuestion.select()}
    votes = [vote.question_id for vote in asking.LiveQuestionVote.select()]
    supported = {id_: votes.count(id_) for id_ in questions}
    return row_of(event).comment_count == shown.count() and options == counted and questions == supported


def copy_of(member: int) -> dict:
    return next(content for name, content, _ in personal.copies(member) if name == "live")


def test_a_copy_holds_what_is_theirs_and_nothing_of_others(cast, event):
    content = copy_of(cast.lin.id)
    text = json.dumps(content, ensure_ascii=False)
    for theirs in ("起跑了", "加油", "终点在哪里？", "剧透", "ning", "林间的公告", "甲", "host"):
        assert theirs in text, theirs
    for strange in ("Where is the finish?", "Go", "乙", "argon2"):
        assert strange not in text, strange
    assert [row["title"] for row in copy_of(cast.che.id)["announced"]] == ["终点直播"]
    assert copy_of(cast.che.id)["polls"][0]["options"] == ["甲", "乙"]
    assert [row["how"] for row in copy_of(cast.ning.id)["let_in"]] == ["invited"]


def test_words_that_are_kept_stay_without_a_name(cast, event):
    before = row_of(event).comment_count
    erase_member(CONSOLE, cast.lin.id, keeps_words=True)
    assert row_of(event).comment_count == before and counts_fit(event)
    assert {row.body: row.author_id for row in LiveComment.select()}["加油"] is None
    assert LiveQuestion.get(LiveQuestion.body == "终点在哪里？").author_id is None
    assert LiveAct.select().where(LiveAct.detail == "林间的公告", LiveAct.actor.is_null()).exists()
    nothing_else_is_left(cast)


def test_words_that_are_not_kept_go_and_open_pages_hear_of_it(cast, event):
    ids = [row.id for row in LiveComment.select().where(LiveComment.author == cast.lin.id)]
    at = stream_log.position(f"live-{event}")
    erase_member(CONSOLE, cast.lin.id, keeps_words=False)
    assert [row.body for row in LiveComment.select()] == ["Go"] and counts_fit(event)
    assert [row.body for row in LiveQuestion.select()] == ["Where is the finish?"]
    assert "林间的公告" not in [row.detail for row in LiveAct.select()]
    gone = {row.ref for row in stream_log.rows(f"live-{event}", at) if row.kind == "gone"}
    assert gone == set(ids)
    nothing_else_is_left(cast)


def nothing_else_is_left(cast) -> None:
    for table, column in ((LiveHost, LiveHost.member), (LiveReminder, LiveReminder.member),
                          (LiveAvoided, LiveAvoided.member), (LiveTaste, LiveTaste.member),
                          (LiveEntry, LiveEntry.by), (LiveComment, LiveComment.author)):  # fmt: skip
        assert not table.select().where(column == cast.lin.id).exists(), table.__name__
    assert not LiveAct.select().where((LiveAct.actor == cast.lin.id) | (LiveAct.member == cast.lin.id)).exists()


def test_who_is_avoided_and_leaves_is_avoided_by_nobody(cast, event):
    erase_member(CONSOLE, cast.ning.id, keeps_words=True)
    assert not LiveAvoided.select().exists() and not LiveEntry.select().where(LiveEntry.member == cast.ning.id).exists()


def test_a_host_who_leaves_leaves_the_event_to_its_circle(cast, event):
    erase_member(CONSOLE, cast.lin.id, keeps_words=False)
    kept = row_of(event)
    assert kept.created_by_id == cast.che.id
    assert guests.hall(cast.che.actor, event).is_host


def test_hidden_and_held_comments_count_for_nothing(cast, event):
    comment = LiveComment.get(LiveComment.body == "加油").id
    moderating.delete_comment(cast.che.actor, event, comment)
    hosting.switch(cast.che.actor, event, hold=30)
    commenting.write_bullet(cast.ning.actor, event, "Is it held")
    assert LiveComment.get(LiveComment.author == cast.ning.id).shows_at is not None
    erase_member(CONSOLE, cast.ning.id, keeps_words=True)
    assert "Is it held" not in [row.body for row in LiveComment.select()] and counts_fit(event)
    erase_member(CONSOLE, cast.lin.id, keeps_words=False)
    assert counts_fit(event)


@pytest.mark.parametrize("keeps", [True, False])
def test_films(cast, event, keeps):
    folder = config.current().data / "videos"

    def film(state: str, key: str) -> Video:
        path = video._path(folder, key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"film")
        return Video.create(
            key=key, uploader=cast.lin.id, subject_kind="live", subject_id=event, name="x.mp4", kind="mp4", size=4,
            state=state, created_at=clock.now(),
        )  # fmt: skip

    shown, half = film("ready", "a" * 32), film("sending", "b" * 32)
    LiveEvent.update(video=shown.id, stage="video").where(LiveEvent.id == event).execute()
    erase_member(CONSOLE, cast.lin.id, keeps_words=keeps)
    left = list(Video.select())
    assert half.id not in [row.id for row in left] and not video._path(folder, half.key).exists()
    assert (row_of(event).video_id == shown.id) == keeps and video._path(folder, shown.key).exists() == keeps
    assert [row.uploader for row in left] == ([None] if keeps else [])


def test_polls_of_a_host_who_takes_their_words_along(cast, event):
    erase_member(CONSOLE, cast.may.id, keeps_words=False)
    assert counts_fit(event)
    poll = LivePoll.get()
    LivePoll.update(asked_by=cast.lin.id).where(LivePoll.id == poll.id).execute()
    erase_member(CONSOLE, cast.lin.id, keeps_words=False)
    assert not LivePoll.select().exists() and not LivePollOption.select().exists()
