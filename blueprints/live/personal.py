"""What events hold of a member."""

from typing import Any

from blueprints.live.erasing import erase_member
from core.personal import holds
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
    Member,
    Picture,
    Video,
)


def exports(member: int) -> tuple[dict[str, Any], list[str]]:
    covers = Picture.select(Picture.key).where(Picture.uploader == member, Picture.subject_kind.in_(("live", "video")))
    films = Video.select(Video.key, Video.kind).where(Video.uploader == member, Video.state == "ready")
    keys = [key for (key,) in covers.order_by(Picture.id).tuples()]
    keys += [f"videos/{key}/{key}.{kind}" for key, kind in films.order_by(Video.id).tuples()]
    return _of_events(member) | _of_words(member) | _of_taking_part(member), keys


def _of_events(member: int) -> dict[str, Any]:
    return {
        "announced": _rows(
            LiveEvent.select(LiveEvent.id, LiveEvent.title, LiveEvent.about, LiveEvent.starts_at, LiveEvent.created_at)
            .where(LiveEvent.created_by == member).order_by(LiveEvent.id)
        ),
        "hosts": _of(LiveHost, member, LiveHost.role, LiveHost.added_at),
        "let_in": _of(LiveEntry, member, LiveEntry.how, LiveEntry.at),
        "reminders": _of(LiveReminder, member, LiveReminder.by_mail, LiveReminder.asked_at, LiveReminder.told_at),
        "sanctions": _of(LiveSanction, member, LiveSanction.kind, LiveSanction.decided_at, LiveSanction.until_at),
        "acts": _rows(
            LiveAct.select(LiveAct.event, LiveAct.action, LiveAct.detail, LiveAct.at)
            .where(LiveAct.actor == member).order_by(LiveAct.id)
        ),
        "kept_out": _rows(
            LiveWord.select(LiveWord.event, LiveWord.word, LiveWord.added_at)
            .where(LiveWord.added_by == member).order_by(LiveWord.id)
        ),
        "films": _rows(
            Video.select(Video.key, Video.name, Video.size, Video.created_at)
            .where(Video.uploader == member).order_by(Video.id)
        ),
    }  # fmt: skip


def _of_words(member: int) -> dict[str, Any]:
    polls = LivePoll.select(LivePoll.id, LivePoll.event, LivePoll.question, LivePoll.asked_at)
    return {
        "comments": _rows(
            LiveComment.select(LiveComment.event, LiveComment.body, LiveComment.offset_ms, LiveComment.at)
            .where(LiveComment.author == member).order_by(LiveComment.id)
        ),
        "questions": _rows(
            LiveQuestion.select(LiveQuestion.event, LiveQuestion.body, LiveQuestion.asked_at)
            .where(LiveQuestion.author == member).order_by(LiveQuestion.id)
        ),
        "polls": [
            {**poll, "options": _options(poll.pop("id"))}
            for poll in polls.where(LivePoll.asked_by == member).order_by(LivePoll.id).dicts()
        ],
        "avoided_words": [words for (words,) in LiveTaste.select(LiveTaste.words)
                          .where(LiveTaste.member == member).tuples()],
    }  # fmt: skip


def _options(poll: int) -> list[str]:
    rows = LivePollOption.select(LivePollOption.text).where(LivePollOption.poll == poll)
    return [text for (text,) in rows.order_by(LivePollOption.position).tuples()]


def _of_taking_part(member: int) -> dict[str, Any]:
    return {
        "votes": _rows(
            LivePollVote.select(LivePoll.event, LivePoll.question, LivePollOption.text, LivePollVote.at)
            .join(LivePollOption).switch(LivePollVote).join(LivePoll).where(LivePollVote.member == member)
        ),
        "question_votes": _rows(
            LiveQuestionVote.select(LiveQuestionVote.question, LiveQuestionVote.at)
            .where(LiveQuestionVote.member == member)
        ),
        "avoided": _rows(
            LiveAvoided.select(Member.username, LiveAvoided.at)
            .join(Member, on=LiveAvoided.other == Member.id).where(LiveAvoided.member == member)
        ),
    }  # fmt: skip


def _of(table: Any, member: int, *columns: Any) -> list[dict[str, Any]]:
    query = table.select(LiveEvent.title, table.event, *columns).join(LiveEvent)
    return _rows(query.where(table.member == member).order_by(table.event))


def _rows(query: Any) -> list[dict[str, Any]]:
    return list(query.dicts())


holds(
    "live",
    exports=exports,
    erases=erase_member,
    tables=(
        LiveAct, LiveAvoided, LiveComment, LiveEntry, LiveEvent, LiveHost, LivePoll, LivePollVote, LiveQuestion,
        LiveQuestionVote, LiveReminder, LiveSanction, LiveTaste, LiveWord, Video,
    ),
)  # fmt: skip
