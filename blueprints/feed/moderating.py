"""What those who run the site do about moments and comments that were reported: out of sight, and back."""

from blueprints.feed.commenting import count
from blueprints.feed.events import MomentCommentHidden, MomentHidden
from blueprints.feed.posting import changed
from core import clock
from core.signals import announce
from models import Moment, MomentComment


def hide_moment(moment: int, hidden: bool) -> bool:
    """For all but its author. Inside a transaction that has asked who may; whether anything changed."""
    there = (Moment.id == moment) & Moment.deleted_at.is_null() & Moment.hidden_at.is_null(hidden)
    if not Moment.update(hidden_at=clock.now() if hidden else None).where(there).execute():
        return False
    changed(moment)
    announce(MomentHidden(moment, hidden))
    return True


def hide_comment(comment: int, moment: int, hidden: bool) -> bool:
    """For everybody. As `hide_moment`."""
    changed(moment)  # holds the row of the moment, so that nobody deletes the comment meanwhile
    there = (MomentComment.id == comment) & MomentComment.deleted_at.is_null() & MomentComment.hidden_at.is_null(hidden)
    if not MomentComment.update(hidden_at=clock.now() if hidden else None).where(there).execute():
        return False
    count(moment, -1 if hidden else 1)
    announce(MomentCommentHidden(comment, moment, hidden))
    return True
