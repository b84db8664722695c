"""What makes the demo circles rooms: topics, flairs, pins, polls, reactions, what is kept, shared and planned."""

from functools import partial
from typing import Any

from peewee import fn

from blueprints.circles import (
    arranging,
    bookmarks,
    flairs,
    invite_links,
    joining,
    polls,
    posting,
    reactions,
    topics,
    unread,
    voting,
)
from blueprints.circles.demo.script import Entry
from blueprints.circles.files import NewFile
from blueprints.circles.rooms import room
from core import clock, files
from core.config import current
from core.policy import Actor
from core.reacting import KINDS
from models import Post, PostPoll, PostPollOption

LOOKED_MS = 26 * clock.HOUR
_UNITS = {"h": clock.HOUR, "d": clock.DAY}


def _length(text: str) -> int:
    return int(text[:-1]) * _UNITS[text[-1]]


class Furniture:
    """What a circle's owner sets up on the first day."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self.facts = facts
        self.topics: dict[str, int] = {}
        self.flairs: dict[str, int] = {}

    def furnish(self, owner: Actor, circle: int) -> None:
        for name in self.facts.get("topics", ()):
            self.topics[name] = topics.add_topic(owner, circle, name)
        for flair in self.facts.get("flairs", ()):
            self.flairs[flair["name"]] = flairs.add_flair(owner, circle, flair["name"], flair["hue"])
        if "flair_by" in self.facts:
            flairs.set_giver(owner, circle, self.facts["flair_by"])

    def topic(self, post: dict[str, Any]) -> int | None:
        return self.topics[post["topic"]] if "topic" in post else None


def poll_of(post: dict[str, Any], at: int) -> polls.PollDraft | None:
    told = post.get("poll")
    if not told:
        return None
    return polls.PollDraft(
        tuple(told["options"]), is_multiple=told.get("multiple", False), is_anonymous=told.get("anonymous", False),
        results=told.get("results", "always"), ends_at=at + _length(told["ends"]),
    )  # fmt: skip


def papers_of(post: dict[str, Any]) -> list[NewFile]:
    folder = current().data / "files"
    papers = post.get("files", ())
    return [NewFile(files.store_file(each["text"].lstrip().encode(), each["name"], folder)) for each in papers]


class Aftermath:
    """What happens to the posts of one circle once they are there. `telling` is the circle on its stage (seeds.py)."""

    def __init__(self, telling: Any) -> None:
        self.telling = telling
        self.stage = telling.stage
        self.facts = telling.facts

    def tell(self) -> None:
        for entry in self.telling.story.entries:
            self._mark(entry)
            self._react(entry)
            self._vote(entry)
        for kept in self.facts.get("kept", ()):
            self._put(kept, partial(self._keep, kept))
        for link in self.facts.get("links", ()):
            self._put(link, partial(self._open_link, link))
        for shared in self.facts.get("shared", ()):
            self._put(shared, partial(self._share, shared))
        for later in self.facts.get("later", ()):
            self._put(later, partial(self._plan, later))
        for name in self.telling.people:
            self.stage.put(self.stage.now - LOOKED_MS, name, self._look)

    def _look(self, actor: Actor) -> None:
        """They have been welcomed, and have seen what there was a while ago."""
        here = room(actor, self.telling.id)
        if here.is_member:
            joining.greet(actor, here.id)
            newest = Post.select(fn.MAX(Post.id)).where(Post.circle == here.id).scalar()
            unread.mark_posts(actor, here.id, newest or 0)

    def _put(self, told: dict[str, Any], act: Any) -> None:
        self.stage.put(self.stage.now - _length(told["ago"]), told["by"], act)

    def _post(self, told: str) -> int:
        return self.telling.posts[told][0]

    def _mark(self, entry: Entry) -> None:
        soon = min(entry.at + 30 * clock.MINUTE, self.stage.now)
        if entry.facts.get("pinned"):
            self.stage.put(soon, self.telling.owner, partial(self._pin, entry.told))
        if entry.facts.get("digest"):
            later = min(entry.at + clock.DAY, self.stage.now)
            self.stage.put(later, self.telling.owner, partial(self._choose, entry.told))

    def _pin(self, told: str, actor: Actor) -> None:
        arranging.pin_post(actor, self.telling.id, self._post(told))

    def _choose(self, told: str, actor: Actor) -> None:
        arranging.choose_post(actor, self.telling.id, self._post(told), True)

    def _react(self, entry: Entry) -> None:
        """Besides the likes, which come first: another reaction takes the place of a like."""
        for word, count in entry.facts.get("reactions", {}).items():
            kind = KINDS.index(word)
            for name in self.stage.some(self.telling.people, count, but=entry.by):
                at = self.telling.some_time_after(min(entry.at + clock.DAY, self.stage.now - clock.MINUTE))
                self.stage.put(at, name, partial(self._reacts, entry.told, kind))

    def _reacts(self, told: str, kind: int, actor: Actor) -> None:
        reactions.like_post(actor, self.telling.id, self._post(told), True, kind)

    def _vote(self, entry: Entry) -> None:
        votes = entry.facts.get("poll", {}).get("votes", ())
        voters = self.stage.some(self.telling.people, sum(votes), but="")
        for option, count in enumerate(votes):
            for name in voters[:count]:
                self.stage.put(self.telling.some_time_after(entry.at), name, partial(self._votes, entry.told, option))
            voters = voters[count:]

    def _votes(self, told: str, option: int, actor: Actor) -> None:
        post = self._post(told)
        options = PostPollOption.select(PostPollOption.id).join(PostPoll)
        number = options.where(PostPoll.post == post, PostPollOption.position == option).scalar()
        voting.vote(actor, self.telling.id, post, [number])

    def _keep(self, kept: dict[str, Any], actor: Actor) -> None:
        bookmarks.keep(actor, self.telling.id, self._post(kept["post"]), kept["note"])

    def _open_link(self, link: dict[str, Any], actor: Actor) -> None:
        draft = invite_links.LinkDraft(link["days"], link["uses"], reason=link["reason"])
        invite_links.make_link(actor, self.telling.id, draft)

    def _share(self, shared: dict[str, Any], actor: Actor) -> None:
        source = self.stage.told[shared["circle"]].posts[shared["post"]][0]
        posting.write_post(actor, self.telling.id, posting.PostDraft("", shared["body"].strip(), shared=source))

    def _plan(self, later: dict[str, Any], actor: Actor) -> None:
        draft = posting.PostDraft(
            later["title"], later["body"].strip(), topic=self.telling.room.topic(later),
            due_at=self.stage.now + _length(later["due"]),
        )  # fmt: skip
        posting.write_post(actor, self.telling.id, draft)
