"""What the feed holds of a member."""

from typing import Any

from blueprints.feed.erasing import erase_member
from core.personal import holds
from models import (
    Circle,
    FeedEntry,
    FeedMute,
    FeedSetting,
    FeedTaste,
    FriendList,
    Member,
    Moment,
    MomentComment,
    MomentLike,
    MomentList,
    Picture,
    Video,
)


def exports(member: int) -> tuple[dict[str, Any], list[str]]:
    """Films go with those of events (blueprints/live/personal.py), who hands out all that somebody sent."""
    mine = (Picture.uploader == member) & (Picture.subject_kind == "moment")
    pictures = [key for (key,) in Picture.select(Picture.key).where(mine).order_by(Picture.id).tuples()]
    return _of_moments(member) | _of_talk(member) | _of_reading(member), pictures


def _of_moments(member: int) -> dict[str, Any]:
    columns = (
        Moment.id, Moment.source, Moment.audience, Circle.name.alias("circle"), Moment.shared_kind, Moment.shared_id,
        Video.key.alias("film"), Moment.comments_by, Moment.takes_tips, Moment.created_at, Moment.edited_at,
        Moment.narrowed_at, Moment.expires_at, Moment.deleted_at, Moment.hidden_at,
    )  # fmt: skip
    query = Moment.select(*columns).left_outer_join(Circle).switch(Moment).left_outer_join(Video)
    lists = (
        MomentList.select(MomentList.moment, FriendList.name.alias("list"))
        .join(FriendList).switch(MomentList).join(Moment).where(Moment.author == member)
    )  # fmt: skip
    return {
        "moments": _rows(query.where(Moment.author == member).order_by(Moment.id)),
        "moments_by_list": _rows(lists.order_by(MomentList.moment)),
    }


def _of_talk(member: int) -> dict[str, Any]:
    return {
        "moment_comments": _rows(
            MomentComment.select(
                MomentComment.id, MomentComment.moment, MomentComment.source, MomentComment.created_at,
                MomentComment.deleted_at,
            ).where(MomentComment.author == member).order_by(MomentComment.id)
        ),
        "moment_reactions": _rows(
            MomentLike.select(MomentLike.moment, MomentLike.kind, MomentLike.liked_at)
            .where(MomentLike.member == member).order_by(MomentLike.moment)
        ),
    }  # fmt: skip


def _of_reading(member: int) -> dict[str, Any]:
    """How somebody reads; what lies in the feed itself is written by others and stays with them."""
    return {
        "feed_settings": _rows(
            FeedSetting.select(
                FeedSetting.audience, FeedSetting.comments_by, FeedSetting.retire_days, FeedSetting.sells,
                FeedSetting.folds_sellers, FeedSetting.read_moment, FeedSetting.read_at,
            ).where(FeedSetting.member == member)
        ),
        "feed_tastes": _rows(
            FeedTaste.select(Member.username, FeedTaste.kind, FeedTaste.at)
            .join(Member, on=FeedTaste.author == Member.id).where(FeedTaste.member == member)
        ),
        "feed_mutes": _rows(
            FeedMute.select(FeedMute.word, FeedMute.until_at, FeedMute.made_at)
            .where(FeedMute.member == member).order_by(FeedMute.id)
        ),
    }  # fmt: skip


def _rows(query: Any) -> list[dict[str, Any]]:
    return list(query.dicts())


holds(
    "feed",
    exports=exports,
    erases=erase_member,
    tables=(FeedEntry, FeedMute, FeedSetting, FeedTaste, Moment, MomentComment, MomentLike, MomentList),
)
