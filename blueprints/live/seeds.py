"""Demo events: what happens in them happens through the actions that pages call, at the times of their stories."""

from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

from blueprints.live import asking, commenting, guests, hosting, polling, reacting, reminding, running, scheduling
from blueprints.live.demo.script import GOES_ON, Story, stories
from blueprints.live.scheduling import EventDraft
from core import clock, jobs, media, search, seeding, stream_log, video
from core.config import current
from core.db import after_commit
from core.policy import Actor, Standing
from models import (
    Circle,
    LiveComment,
    LiveEvent,
    LiveMinute,
    LivePollOption,
    LiveQuestion,
    Member,
    Membership,
    Picture,
    StaffRole,
    Video,
)

Act = Callable[[Actor], object]


class Playing:
    """One event on its stage: all that is going to happen is put into the order of time before it happens."""

    def __init__(self, story: Story, actors: dict[str, Actor], now: int) -> None:
        self.story, self.facts, self.actors, self.now = story, story.facts, actors, now
        self.host: str = story.facts["host"]
        self.dice = Random(story.facts["title"])  # noqa: S311 - it chooses who votes for what
        self.acts: list[tuple[int, int, str, Act]] = []
        self.event = 0

    def put(self, at: int, who: str, act: Act) -> None:
        if at < self.now:
            self.acts.append((at, len(self.acts), who, act))

    def play(self) -> None:
        self._plan()
        for at, _, who, act in sorted(self.acts, key=lambda each: each[:2]):
            with seeding.at(at):
                act(self.actors[who])
        if self.story.told and self.story.told[-1].at >= self.now:
            planted = {"event": self.event, "story": self.story.name, "planted": self.now}
            jobs.later(GOES_ON, {**planted, "place": 0}, due=self.now)
        if self.story.over_at is not None:
            _write_crowd(self.story, self.event, self.dice)

    def _plan(self) -> None:
        story, soon = self.story, self.story.announced_at + clock.MINUTE
        self.put(story.announced_at, self.host, self._announce)
        for name in self.facts.get("moderators", ()):
            self.put(soon, self.host, partial(self._appoint, name))
        for place, name in enumerate(self.facts.get("reminds", ())):
            at = soon + (place + 1) * 7 * clock.MINUTE
            self.put(min(at, story.begins_at - clock.MINUTE, self.now - 1), name, self._remind)
        self.put(story.begins_at, self.host, lambda actor: running.begin(actor, self.event))
        for line in story.lines:
            self.put(line.at, line.by, partial(self._say, line.text, line.mode))
        for cheer in story.cheers:
            self.put(cheer.at, cheer.by, partial(self._cheer, cheer.kind, cheer.hits))
        for pin in self.facts.get("pins", ()):
            self.put(story.moment(pin["at"]), self.host, partial(self._pin, pin["text"]))
        for poll in self.facts.get("polls", ()):
            self._ask_all(poll)
        for question in self.facts.get("questions", ()):
            self._ask_host(question)
        if story.over_at is not None:
            self.put(story.over_at, self.host, lambda actor: running.end(actor, self.event))

    # -- before it ------------------------------------------------------------------------------------------

    def _announce(self, actor: Actor) -> None:
        slug = self.facts.get("circle")
        circle = Circle.get(Circle.slug == slug).id if slug else None
        draft = EventDraft(
            self.facts["title"], self.story.begins_at, self.story.ends_at, about=self.facts["about"].strip(),
            visibility=self.facts.get("visibility", "public"),
        )  # fmt: skip
        self.event = scheduling.announce(actor, draft, circle).id
        scheduling.set_cover(actor, self.event, _cover(self.facts["cover"]))

    def _appoint(self, name: str, actor: Actor) -> None:
        guests.appoint(actor, self.event, self.actors[name].member_id or 0, "moderator")

    def _remind(self, actor: Actor) -> None:
        reminding.remind(actor, self.event)

    # -- in it ----------------------------------------------------------------------------------------------

    def _say(self, text: str, mode: str, actor: Actor) -> None:
        commenting.write_bullet(actor, self.event, text, mode)

    def _cheer(self, kind: str, hits: int, actor: Actor) -> None:
        reacting.react(actor, self.event, kind, hits)

    def _pin(self, text: str, actor: Actor) -> None:
        hosting.pin(actor, self.event, text)

    def _ask_all(self, told: dict[str, Any]) -> None:
        at, made = self.story.moment(told["at"]), list[int]()
        draft = polling.PollDraft(told["question"], tuple(told["options"]))
        self.put(at, self.host, lambda actor: made.append(polling.open_poll(actor, self.event, draft)))
        closed_at = self.story.moment(told["closed"]) if "closed" in told else self.now
        votes = [option for option, count in enumerate(told["votes"]) for _ in range(count)]
        self.dice.shuffle(votes)
        voters = [name for name in self.facts["voices"] if "closed" in told or not name.startswith("demo-")]
        for name, option in zip(self.dice.sample(voters, len(votes)), votes, strict=False):
            when = at + int((closed_at - at) * self.dice.random() ** 2) + clock.SECOND
            self.put(min(when, closed_at - 1), name, partial(self._vote, made, option))
        if "closed" in told:
            self.put(closed_at, self.host, lambda actor: polling.close_poll(actor, self.event, made[0]))

    def _vote(self, poll: list[int], option: int, actor: Actor) -> None:
        options = LivePollOption.select(LivePollOption.id).where(LivePollOption.poll == poll[0])
        chosen = options.where(LivePollOption.position == option).scalar()
        polling.vote(actor, self.event, poll[0], chosen)

    def _ask_host(self, told: dict[str, Any]) -> None:
        at, made = self.story.moment(told["at"]), list[int]()
        self.put(at, told["by"], lambda actor: made.append(asking.ask(actor, self.event, told["body"])))
        answered_at = self.story.moment(told["answered"]) if "answered" in told else self.now
        for name in [name for name in self._some(told["votes"] + 1) if name != told["by"]][: told["votes"]]:
            when = at + int((answered_at - at) * self.dice.random()) + clock.SECOND
            self.put(min(when, self.now - 1), name, lambda actor: asking.support(actor, self.event, made[0], True))
        if "answered" in told:
            self.put(answered_at, self.host, lambda actor: asking.mark_answered(actor, self.event, made[0], True))

    def _some(self, count: int) -> list[str]:
        return self.dice.sample(self.facts["voices"], count)


def _write_crowd(story: Story, event: int, dice: Random) -> None:
    """How many watched in each minute. The hub counts those who hold a stream, and there were none."""
    first, last = story.begins_at // clock.MINUTE, (story.over_at or 0) // clock.MINUTE
    times = LiveComment.select(LiveComment.at).where(LiveComment.event == event).tuples()
    said = [at // clock.MINUTE for (at,) in times]
    rows = []
    for minute in range(first, last + 1):
        share = (minute - first + 1) / (last - first + 1)
        viewers = round(story.facts["crowd"] * min(1, 0.35 + 3 * share) * (1 - 0.3 * share**4) * dice.uniform(0.9, 1))
        rows.append({"event": event, "minute": minute, "viewers": viewers, "peak": viewers + dice.randint(0, 4),
                     "comments": said.count(minute)})  # fmt: skip
    LiveMinute.insert_many(rows).execute()


# ---- covers -------------------------------------------------------------------------------------------------


_drawings: list[seeding.Drawings[media.Picture]] = []


def prepare() -> None:
    """Begin to draw, in the order in which the covers will be wanted."""
    from blueprints.live.demo.scenes import stored

    recipes = [_recipe(story.facts["cover"]) for story in stories(clock.now())]
    _drawings.append(seeding.Drawings(stored, recipes))


def _recipe(scene: str) -> tuple[str, str]:
    return scene, str(current().data / "media")


def _cover(scene: str) -> media.Picture:
    return _drawings[-1].get(_recipe(scene))


def plant() -> None:
    staff = {member for (member,) in StaffRole.select(StaffRole.member).tuples()}
    actors = {
        username: Actor(id_, Standing.STAFF if id_ in staff else Standing.MEMBER, username)
        for id_, username in Member.select(Member.id, Member.username).tuples()
    }
    now = clock.now()
    try:
        for story in stories(now):
            Playing(story, actors, now).play()
    finally:
        _drawings.pop().close()


# ---- out again ----------------------------------------------------------------------------------------------


def uproot() -> None:
    """Events in which only demo members have spoken, and those of circles that go as a whole, with their covers, films
    and what open pages were told. In the others demo members leave as everybody does (blueprints/live/erasing.py)."""
    demo = Member.select(Member.id).where(Member.is_demo == True)  # noqa: E712 - SQL
    said = LiveComment.select(LiveComment.event).where(LiveComment.author.not_in(demo))
    asked = LiveQuestion.select(LiveQuestion.event).where(LiveQuestion.author.not_in(demo))
    real = Membership.select(Membership.circle).where(Membership.member.not_in(demo))
    nobody_real = LiveEvent.id.not_in(said) & LiveEvent.id.not_in(asked)
    nobody_real |= LiveEvent.circle.is_null(False) & LiveEvent.circle.not_in(real)
    going = LiveEvent.select(LiveEvent.id).where(LiveEvent.created_by.in_(demo), nobody_real)
    events = [id_ for (id_,) in going.tuples()]
    films = Video.select(Video.id).where(Video.subject_kind == "live", Video.subject_id.in_(events))
    for (film,) in list(films.tuples()):
        video.remove(film)
    covers = (Picture.subject_kind == "live") & Picture.subject_id.in_(events)
    for (key,) in Picture.select(Picture.key).where(covers).tuples():
        after_commit(partial(media.delete_picture, current().data / "media", key))
    Picture.delete().where(covers).execute()
    LiveEvent.delete().where(LiveEvent.id.in_(events)).execute()
    search.remove("live", events)
    for event in events:
        for kind in ("live", "backstage"):
            stream_log.forget(f"{kind}-{event}")


seeding.register(seeding.Demo("live", order=30, plant=plant, prepare=prepare, uproot=uproot))
