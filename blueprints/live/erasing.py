"""What becomes of a member's part in events when they leave the site. Events belong to their circle and stay."""

from collections import defaultdict
from typing import Any

from blueprints.live.running import STAGE_TOO, tell_pages
from core import stream_log, video
from models import (
    LiveAct,
    LiveAvoided,
    LiveComment,
    LiveEntry,
    LiveEvent,
    LiveHost,
    LivePoll,
    LivePollOption,
    LivePollVote,
    LiveQuestion,
    LiveQuestionVote,
    LiveReminder,
    LiveSanction,
    LiveTaste,
    LiveWord,
    Video,
)

STILL_SHOWN = 500
"""As many of somebody's comments an open page may show, and has to be told of when they go."""

OWN_WORDS = ("pin", "keep_out", "let_in", "open_poll", "close_poll")
"""Acts that are written down with words of whoever did them."""


def erase_member(member: int, keeps_words: bool) -> None:
    """Inside the erasing transaction. Words stay nameless when they are kept, else they go at once."""
    _take_votes_back(member)
    for table in (LiveHost, LiveEntry, LiveReminder, LiveSanction, LiveAvoided, LiveTaste):
        table.delete().where(table.member == member).execute()
    LiveAvoided.delete().where(LiveAvoided.other == member).execute()
    _remove_comments((LiveComment.author == member) & LiveComment.shows_at.is_null(False))
    _remove_films(member, keeps_words)
    if not keeps_words:
        _remove_comments(LiveComment.author == member)
        _remove_questions_and_polls(member)
        LiveAct.update(detail="").where(LiveAct.actor == member, LiveAct.action.in_(OWN_WORDS)).execute()
    for reference in (
        LiveEvent.created_by, LiveHost.added_by, LiveEntry.by, LiveSanction.decided_by, LiveComment.author,
        LiveComment.hidden_by, LivePoll.asked_by, LiveQuestion.author, LiveWord.added_by, LiveAct.actor, LiveAct.member,
    ):  # fmt: skip
        reference.model.update({reference: None}).where(reference == member).execute()


def _take_votes_back(member: int) -> None:
    """Of polls and questions; what was counted equals what is there."""
    options = LivePollVote.select(LivePollVote.option).where(LivePollVote.member == member)
    LivePollOption.update(votes=LivePollOption.votes - 1).where(LivePollOption.id.in_(options)).execute()
    LivePollVote.delete().where(LivePollVote.member == member).execute()
    questions = LiveQuestionVote.select(LiveQuestionVote.question).where(LiveQuestionVote.member == member)
    LiveQuestion.update(votes=LiveQuestion.votes - 1).where(LiveQuestion.id.in_(questions)).execute()
    LiveQuestionVote.delete().where(LiveQuestionVote.member == member).execute()


def _remove_comments(which: Any) -> None:
    """The rows themselves: nothing points to them. Pages that are open are told of those they may show."""
    shown = LiveComment.shows_at.is_null() & LiveComment.hidden_at.is_null()
    rows = LiveComment.select(LiveComment.id, LiveComment.event).where(which, shown).order_by(LiveComment.id.desc())
    by_event: dict[int, list[int]] = defaultdict(list)
    for comment, event in rows.tuples():
        by_event[event].append(comment)
    LiveComment.delete().where(which).execute()
    for event, comments in by_event.items():
        LiveEvent.update(comment_count=LiveEvent.comment_count - len(comments)).where(LiveEvent.id == event).execute()
        if not LiveEvent.select().where(LiveEvent.id == event, LiveEvent.ended_at.is_null(False)).exists():
            for comment in comments[:STILL_SHOWN]:
                stream_log.append(f"live-{event}", "gone", comment)


def _remove_questions_and_polls(member: int) -> None:
    _tell_that_they_go("question", LiveQuestion, LiveQuestion.author == member)
    _tell_that_they_go("poll", LivePoll, LivePoll.asked_by == member)
    LiveQuestion.delete().where(LiveQuestion.author == member).execute()  # votes go with it, as a poll's options do
    LivePoll.delete().where(LivePoll.asked_by == member).execute()


def _tell_that_they_go(kind: str, table: Any, which: Any) -> None:
    """Pages that are open, as far as they may show them."""
    open_ones = LiveEvent.select(LiveEvent.id).where(LiveEvent.ended_at.is_null())
    rows = table.select(table.event, table.id).where(which, table.event.in_(open_ones)).order_by(table.id.desc())
    for event, number in list(rows.limit(STILL_SHOWN).tuples()):
        stream_log.append(f"live-{event}", kind, number)


def _remove_films(member: int, keeps_words: bool) -> None:
    """A film that nobody ever saw goes in any case."""
    theirs = Video.uploader == member
    going = theirs & (Video.state != "ready") if keeps_words else theirs
    for (film,) in list(Video.select(Video.id).where(going).tuples()):
        events = [event for (event,) in LiveEvent.select(LiveEvent.id).where(LiveEvent.video == film).tuples()]
        video.remove(film)
        for event in events:
            tell_pages(event, STAGE_TOO)
    Video.update(uploader=None).where(theirs).execute()
