"""What members hold in posts that last — pins, choices, bookmarks, polls and votes: their copy of it, and its end."""

from collections import defaultdict
from typing import Any

from blueprints.circles import reactions, voting
from models import Bookmark, DigestPost, Pin, PinFold, Post, PostPoll, PostPollBallot, PostPollOption, PostPollVote

TABLES = (Bookmark, DigestPost, Pin, PinFold, PostPollBallot, PostPollVote)


def copies(member: int) -> dict[str, Any]:
    """For the member's own copy of their data: nothing about anybody else, and no result of a poll."""
    votes = (
        PostPollVote.select(PostPoll.post, PostPollOption.text)
        .join(PostPollOption)
        .join(PostPoll)
        .where(PostPollVote.member == member)
        .order_by(PostPoll.post, PostPollOption.position)
    )
    return {
        "bookmarks": list(
            Bookmark.select(Bookmark.post, Bookmark.note, Bookmark.kept_at).where(Bookmark.member == member).dicts()
        ),
        "polls": _polls(member),
        "votes": [{"post": post, "option": text} for post, text in votes.tuples()],
        "folded_pins": list(PinFold.select(PinFold.post, PinFold.folded_at).where(PinFold.member == member).dicts()),
        "pinned": list(Pin.select(Pin.post, Pin.pinned_at).where(Pin.pinned_by == member).dicts()),
        "chosen": list(
            DigestPost.select(DigestPost.post, DigestPost.chosen_at).where(DigestPost.chosen_by == member).dicts()
        ),
    }


def _polls(member: int) -> list[dict[str, Any]]:
    """The polls in the member's own posts, as they asked them."""
    theirs = PostPoll.select().join(Post).where(Post.author == member)
    words: dict[int, list[str]] = defaultdict(list)
    options = PostPollOption.select(PostPollOption.poll, PostPollOption.text).where(PostPollOption.poll.in_(theirs))
    for poll, text in options.order_by(PostPollOption.poll, PostPollOption.position).tuples():
        words[poll].append(text)
    return [
        {
            "post": poll["post"], "options": words[poll["id"]], "multiple": poll["is_multiple"],
            "anonymous": poll["is_anonymous"], "results": poll["results"], "ends_at": poll["ends_at"],
        }
        for poll in theirs.dicts()
    ]  # fmt: skip


def erase_member(member: int) -> None:
    """Inside the erasing transaction. What they chose for others stays chosen, by nobody."""
    reactions.take_back_all(member)
    voting.take_back_all(member)
    Bookmark.delete().where(Bookmark.member == member).execute()
    PinFold.delete().where(PinFold.member == member).execute()
    Pin.update(pinned_by=None).where(Pin.pinned_by == member).execute()
    DigestPost.update(chosen_by=None).where(DigestPost.chosen_by == member).execute()


def empty_posts(ids: list[int]) -> None:
    """What hangs on posts whose words go for good. Bookmarks stay: whoever kept the post is told that it is gone."""
    PostPoll.delete().where(PostPoll.post.in_(ids)).execute()  # options, ballots and votes go with it
    Pin.delete().where(Pin.post.in_(ids)).execute()
    PinFold.delete().where(PinFold.post.in_(ids)).execute()
    DigestPost.delete().where(DigestPost.post.in_(ids)).execute()
    Post.update(has_poll=False, shared=None, topic=None).where(Post.id.in_(ids)).execute()
