"""What goes for good: comments some time after they were deleted, and a member's part in the feed when they leave."""

from collections import Counter

from blueprints.feed import ending, filming, reacting
from blueprints.feed.posting import changed
from core import clock, notices, video
from core.db import atomic
from core.limits import LIMITS
from models import (
    FeedEntry,
    FeedMute,
    FeedSetting,
    FeedTaste,
    Moment,
    MomentComment,
    Video,
)

BATCH = 500


def purge_comments(kept_ms: int = LIMITS["deleted_kept_seconds"] * 1000) -> bool:
    """Take away what was deleted longer ago than this, a few at a time; returns whether there were any."""
    before = clock.now() - kept_ms
    old = MomentComment.select(MomentComment.id).where(MomentComment.deleted_at < before).limit(BATCH)
    ids = [id_ for (id_,) in old.tuples()]
    with atomic():
        _remove(ids)
    return bool(ids)


def _remove(ids: list[int]) -> None:
    """The rows themselves; what answered them stays and names nobody."""
    if ids:
        notices.forget("moment_comment", ids)
        MomentComment.delete().where(MomentComment.id.in_(ids)).execute()


def erase_member(member: int, keeps_words: bool) -> None:
    """Inside the erasing transaction. What somebody showed of their life goes in any case, with all that stands beneath
    it: without them it would be nobody's. Comments on moments of others stay nameless when words are kept."""
    for (film,) in list(
        Video.select(Video.id).where(Video.subject_kind == filming.WAITING, Video.subject_id == member).tuples()
    ):
        video.remove(film)
    own = [id_ for (id_,) in Moment.select(Moment.id).where(Moment.author == member).tuples()]
    for start in range(0, len(own), BATCH):
        ending.remove(own[start : start + BATCH])
    reacting.take_back_all(member)
    if not keeps_words:
        _remove_comments(member)
    MomentComment.update(author=None).where(MomentComment.author == member).execute()
    for table in (FeedEntry, FeedTaste, FeedMute, FeedSetting):
        table.delete().where(table.member == member).execute()
    for shown in (FeedEntry, FeedTaste):
        shown.delete().where(shown.author == member).execute()


def _remove_comments(member: int) -> None:
    rows = MomentComment.select(
        MomentComment.id, MomentComment.moment, MomentComment.deleted_at, MomentComment.hidden_at
    ).where(MomentComment.author == member)
    ids, shown = [], Counter[int]()
    for id_, moment, deleted_at, hidden_at in rows.tuples():
        ids.append(id_)
        shown[moment] += deleted_at is None and hidden_at is None
    for start in range(0, len(ids), BATCH):
        _remove(ids[start : start + BATCH])
    for moment, count in shown.items():
        Moment.update(comment_count=Moment.comment_count - count).where(Moment.id == moment).execute()
        changed(moment)
