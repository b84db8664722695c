"""Demo circles: what happens in them happens through the actions that pages call, at the times of their stories."""

import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

from peewee import ModelSelect

from blueprints.circles import actions, commenting, files, flairs, posting, reactions
from blueprints.circles.demo.script import Entry, Line, Shot, Story, stories
from blueprints.circles.seeds_rooms import Aftermath, Furniture, papers_of, poll_of
from core import clock, media, search, seeding
from core.config import current
from core.db import after_commit
from core.policy import Actor, Standing
from models import Circle, Comment, JoinRequest, Member, Membership, Picture, Post

Act = Callable[[], None]
JOINED_BY_MS = 46 * clock.DAY
"""All members are there before the first post of any story."""


class Stage:
    """Everything that is going to happen, put into the order of time before it happens: numbers then grow with it."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.acts: list[tuple[int, int, Act]] = []
        self.actors = {
            row.username: Actor(row.id, Standing.MEMBER, row.username)
            for row in Member.select(Member.id, Member.username)
        }
        self.arrived = dict(Member.select(Member.username, Member.created_at).tuples())
        self.seen: dict[str, int] = {}
        self.told: dict[str, Telling] = {}
        self.dice = random.Random(7)  # noqa: S311 - it chooses who likes what

    def put(self, at: int, who: str, act: Callable[[Actor], object]) -> None:
        self.acts.append((min(at, self.now - 1), len(self.acts), partial(self._do, who, act)))

    def _do(self, who: str, act: Callable[[Actor], object]) -> None:
        act(self.actors[who])
        self.seen[who] = clock.now()

    def play(self) -> None:
        for at, _, act in sorted(self.acts, key=lambda each: each[:2]):
            with seeding.at(at):
                act()
        for who, at in self.seen.items():
            Member.update(seen_at=at).where(Member.id == self.actors[who].member_id).execute()

    def some(self, names: list[str], count: int, but: str) -> list[str]:
        """So many of these people, not this one."""
        others = [name for name in names if name != but]
        return self.dice.sample(others, min(count, len(others)))


class Telling:
    """One circle on the stage."""

    def __init__(self, stage: Stage, story: Story) -> None:
        self.stage = stage
        self.story = story
        self.facts = story.facts
        self.owner: str = self.facts["owner"]
        self.people = [self.owner, *story.everyone]
        self.id = 0
        self.posts: dict[str, list[int]] = {}
        self.room = Furniture(story.facts)

    def tell(self) -> None:
        self.stage.put(self.story.founded_at, self.owner, self._found)
        spread = self.stage.now - JOINED_BY_MS - self.story.founded_at
        for index, name in enumerate(self.story.everyone):
            planned = self.story.founded_at + spread * (index + 1) // len(self.people)
            self._let_in(name, index, max(planned, self.stage.arrived[name] + clock.HOUR))
        for entry in self.story.entries:
            self._post(entry)
        for name, flair in self.facts.get("wears", {}).items():
            joined = max(self.stage.now - JOINED_BY_MS, self.stage.arrived[name] + clock.DAY)
            self.stage.put(joined, self.owner, partial(self._give, name, flair))
        Aftermath(self).tell()
        for asking in self.facts.get("asking", ()):
            at = self.stage.now - _ago(asking["ago"])
            self.stage.put(at, asking["by"], partial(self._join, asking["answer"]))
        for invited in self.facts.get("invited", ()):
            at = self.stage.now - _ago(invited["ago"])
            self.stage.put(at, invited["by"], partial(self._invite, invited["member"], invited["reason"]))

    def _found(self, actor: Actor) -> None:
        names = ("name", "slug", "purpose", "category", "visibility", "join_policy")
        draft = actions.CircleDraft(
            **{name: self.facts[name] for name in names},
            question=self.facts.get("question", ""),
            **{name: self.facts.get(name, "").strip() for name in ("about", "rules", "welcome")},
        )  # fmt: skip
        self.id = actions.found_circle(actor, draft).id
        actions.set_picture(actor, self.id, "cover", _picture(self.story.cover))
        actions.set_picture(actor, self.id, "picture", _picture(self.story.face))
        self.room.furnish(actor, self.id)

    # -- coming in ------------------------------------------------------------------------------------------

    def _let_in(self, name: str, index: int, at: int) -> None:
        """The way that this circle's rules ask for."""
        policy = self.facts["join_policy"]
        answer = self.facts["answers"][index % len(self.facts["answers"])] if policy == "apply" else ""
        if policy == "invitation":
            self.stage.put(at - clock.HOUR // 2, self.owner, partial(self._invite, name, self.facts["purpose"]))
        self.stage.put(at, name, partial(self._join, answer))
        if policy == "apply":
            self.stage.put(at + 20 * clock.MINUTE, self.owner, partial(self._accept, name))
        self.stage.put(at + 30 * clock.MINUTE, name, self._settle_in)
        if name in self.facts.get("moderators", ()):
            self.stage.put(at + clock.HOUR, self.owner, partial(self._appoint, name))

    def _join(self, answer: str, actor: Actor) -> None:
        actions.join(actor, self.id, answer, accepts=True)

    def _settle_in(self, actor: Actor) -> None:
        actions.greet(actor, self.id)

    def _give(self, name: str, flair: str, actor: Actor) -> None:
        flairs.give(actor, self.id, self._number(name), self.room.flairs[flair])

    def _invite(self, name: str, reason: str, actor: Actor) -> None:
        actions.invite(actor, self.id, self._number(name), reason)

    def _accept(self, name: str, actor: Actor) -> None:
        asked = JoinRequest.get(JoinRequest.circle == self.id, JoinRequest.member == self._number(name))
        actions.decide(actor, self.id, asked.id, accept=True)

    def _appoint(self, name: str, actor: Actor) -> None:
        actions.set_role(actor, self.id, self._number(name), "moderator")

    def _number(self, name: str) -> int:
        return self.stage.actors[name].member_id or 0

    # -- talking --------------------------------------------------------------------------------------------

    def _post(self, entry: Entry) -> None:
        made = self.posts[entry.told] = []

        def write(actor: Actor) -> None:
            pictures = [posting.NewPicture(_picture(shot), shot.alt) for shot in entry.shots]
            draft = posting.PostDraft(
                entry.title, entry.first, topic=self.room.topic(entry.facts), poll=poll_of(entry.facts, entry.at)
            )
            made.append(posting.write_post(actor, self.id, draft, pictures, papers=papers_of(entry.facts)).id)

        def edit(actor: Actor) -> None:
            posting.edit_post(actor, self.id, made[0], posting.PostDraft(entry.title, entry.body))

        def like(actor: Actor) -> None:
            reactions.like_post(actor, self.id, made[0], True)

        self.stage.put(entry.at, entry.by, write)
        if entry.edited_at:
            self.stage.put(entry.edited_at, entry.by, edit)
        for name in self.stage.some(self.people, entry.likes, but=entry.by):
            self.stage.put(self.some_time_after(entry.at), name, like)
        self._talk(entry, made)

    def _talk(self, entry: Entry, post: list[int]) -> None:
        above: list[int] = []
        for line in entry.lines:
            written = above if line.is_reply else []
            if not line.is_reply:
                above = written
            self._say(line, post, written)

    def _say(self, line: Line, post: list[int], above: list[int]) -> None:
        """`above` is where the number of the comment is kept that replies belong to."""
        own: list[int] = []

        def write(actor: Actor) -> None:
            parent = above[0] if line.is_reply else None
            own.append(commenting.write_comment(actor, self.id, post[0], line.text, parent).id)
            if not line.is_reply:
                above.append(own[0])

        def like(actor: Actor) -> None:
            reactions.like_comment(actor, self.id, post[0], own[0], True)

        self.stage.put(line.at, line.by, write)
        for name in self.stage.some(self.people, (line.likes + 1) // 2, but=line.by):
            self.stage.put(self.some_time_after(line.at), name, like)

    def some_time_after(self, at: int) -> int:
        """Soon for most, and never in the future."""
        return at + int((min(self.stage.now, at + 2 * clock.DAY) - at) * self.stage.dice.random() ** 3)


def _ago(text: str) -> int:
    return int(text[:-1]) * {"h": clock.HOUR, "d": clock.DAY}[text[-1]]


_drawings: list[seeding.Drawings[media.Picture]] = []


def prepare() -> None:
    """Begin to draw, in the order in which the pictures will be wanted."""
    from blueprints.circles.demo.scenes import stored

    told = stories(clock.now())
    shots = [shot for story in told for shot in (story.cover, story.face)]
    entries = sorted((entry for story in told for entry in story.entries), key=lambda entry: entry.at)
    shots += [shot for entry in entries for shot in entry.shots]
    _drawings.append(seeding.Drawings(stored, map(_recipe, shots)))


def _recipe(shot: Shot) -> tuple[str, int, str, str]:
    return shot.scene, shot.seed, shot.shape, str(current().data / "media")


def _picture(shot: Shot) -> media.Picture:
    return _drawings[-1].get(_recipe(shot))


def plant() -> None:
    stage = Stage(clock.now())
    try:
        for story in stories(stage.now):
            stage.told[story.facts["slug"]] = Telling(stage, story)
        for telling in stage.told.values():
            telling.tell()
        stage.play()
    finally:
        _drawings.pop().close()


# ---- out again ----------------------------------------------------------------------------------------------


def uproot() -> None:
    """Circles in which there are only demo members, and nobody else's words, go as a whole. What demo members wrote
    elsewhere goes with them (blueprints/circles/erasing.py); only a post that somebody real has answered stays,
    without a name."""
    demo = Member.select(Member.id).where(Member.is_demo == True)  # noqa: E712 - SQL
    real_here = Membership.select(Membership.circle).where(Membership.member.not_in(demo))
    written = Post.select(Post.circle).where(Post.author.not_in(demo), Post.deleted_at.is_null())
    said = Comment.select(Post.circle).join(Post).where(Comment.author.not_in(demo), Comment.deleted_at.is_null())
    only_demo = [Circle.id.not_in(rows) for rows in (real_here, written, said)]
    circles = _ids(Circle.select(Circle.id).where(Circle.founder.in_(demo), *only_demo))
    posts = _ids(Post.select(Post.id).where(Post.circle.in_(circles)))
    _drop_pictures("post", posts)
    _drop_pictures("circle", circles)
    files.drop("post", posts)
    search.remove("post", posts)
    search.remove("circle", circles)
    Circle.delete().where(Circle.id.in_(circles)).execute()
    answered = Comment.select(Comment.post).where(Comment.author.not_in(demo), Comment.deleted_at.is_null())
    Post.update(author=None).where(Post.author.in_(demo), Post.id.in_(answered)).execute()


def _ids(query: ModelSelect) -> list[int]:
    return [id_ for (id_,) in query.tuples()]


def _drop_pictures(kind: str, subjects: list[int]) -> None:
    mine = (Picture.subject_kind == kind) & Picture.subject_id.in_(subjects)
    folder: Path = current().data / "media"
    for (key,) in Picture.select(Picture.key).where(mine).tuples():
        after_commit(partial(media.delete_picture, folder, key))
    Picture.delete().where(mine).execute()


seeding.register(seeding.Demo("circles", order=20, plant=plant, prepare=prepare, uproot=uproot))
