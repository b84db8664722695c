"""Demo events: what is written down can be told, what was told is alive, it goes on by itself, and all of it goes."""

import tomllib

import pytest

from blueprints.circles import joining
from blueprints.circles.demo import script as circles
from blueprints.live import commenting
from blueprints.live.demo import script
from blueprints.live.demo.script import FOLDER, GOES_ON
from blueprints.live.seeds import Playing
from core import clock, config, jobs, seeding
from core.policy import Actor, Standing
from models import (
    Circle,
    LiveComment,
    LiveEvent,
    LiveHost,
    LivePoll,
    LivePollVote,
    LiveQuestion,
    LiveReaction,
    LiveReminder,
    Member,
    Picture,
)
from tests.conftest import signed_in

NOWS = [1_700_000_000_000, 1_700_035_000_000, 1_709_164_799_000]


@pytest.fixture
def demo(app, house):
    """A site with its demo data, made once and copied."""
    house.start_from("blank", lambda: None)
    with app.app_context():
        house.start_from("demo", seeding.plant)
        yield app


# ---- what is written down ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("now", NOWS)
def test_one_runs_three_come_and_three_were(now):
    told = script.stories(now)
    assert sum(story.begins_at > now + clock.HOUR for story in told) == 3
    assert sum(story.over_at is not None and story.over_at < now for story in told) == 3
    assert sum(story.begins_at < now and story.over_at is None and (story.ends_at or 0) > now for story in told) == 1
    assert sum("circle" not in story.facts for story in told) == 1


@pytest.mark.parametrize("now", NOWS)
def test_everything_has_its_time(now):
    for story in script.stories(now):
        assert [line.at for line in story.lines] == sorted(line.at for line in story.lines), story.name
        assert all(line.at > story.announced_at for line in story.lines)
        assert all(line.at < (story.over_at or line.at + 1) for line in story.lines)
        assert story.announced_at < min(now, story.begins_at)
        for told in (*story.facts.get("polls", ()), *story.facts.get("questions", ()), *story.facts.get("pins", ())):
            at = story.moment(told["at"])
            assert story.announced_at < at < min(now, story.over_at or now), (story.name, told)
            for end in ("closed", "answered"):
                assert end not in told or at < story.moment(told[end]) < now, (story.name, told)


def test_the_same_story_is_told_each_time():
    assert script.story_named("marathon", NOWS[0]) == script.story_named("marathon", NOWS[0])


def test_comments_are_short_and_said_by_people_who_are_there():
    people = {person["username"]: person for person in _people()}
    for path in FOLDER.glob("*.toml"):
        facts = tomllib.loads(path.read_text())
        story = script.story_named(path.stem, NOWS[0])
        spoke = {line.by for line in story.lines} | {cheer.by for cheer in story.cheers}
        named = {facts["host"], *facts["moderators"], *facts.get("reminds", ()), *facts["voices"]}
        assert (spoke | named) <= set(people), path.name
        first = min(line.at for line in story.lines)
        for name in spoke:
            assert people[name]["days"] * clock.DAY > NOWS[0] - first or name == "demo-newcomer", (path.name, name)
        assert all(0 < len(line.text) <= 100 for line in story.lines)
        for poll in facts.get("polls", ()):
            voters = [name for name in facts["voices"] if "closed" in poll or not name.startswith("demo-")]
            assert sum(poll["votes"]) <= len(voters) and len(poll["votes"]) == len(poll["options"])


def _people() -> list[dict]:
    from blueprints.accounts.seeds import PEOPLE

    return tomllib.loads(PEOPLE.read_text())["people"]


def test_hosts_run_the_circle_that_announces():
    owners = {story.facts["slug"]: story.facts["owner"] for story in circles.stories(NOWS[0])}
    for story in script.stories(NOWS[0]):
        slug = story.facts.get("circle")
        assert story.facts["host"] == (owners[slug] if slug else "demo-admin"), story.name


def test_who_reads_english_writes_it():
    for story in script.stories(NOWS[0]):
        for line in story.lines:
            if line.text.isascii() and len(line.text.split()) > 3:
                spoken = f"@{line.by} {line.text}"
                asked_for = spoken in (FOLDER / f"{story.name}.toml").read_text()
                assert line.by in script.ENGLISH or asked_for, (story.name, line)


@pytest.mark.parametrize("told", ["", "5", "m5", "5 m", "-", "5y"])
def test_a_length_that_is_none_is_refused(told):
    with pytest.raises(ValueError, match="no length"):
        script.length(told)


# ---- on the stage ------------------------------------------------------------------------------------------------


def counts_fit() -> bool:
    for event in LiveEvent.select():
        shown = LiveComment.select().where(LiveComment.event == event, LiveComment.hidden_at.is_null())
        if event.comment_count != shown.count():
            return False
    return True


@pytest.mark.slow
def test_the_demo_has_events_that_live(demo):
    running = LiveEvent.get(LiveEvent.started_at.is_null(False), LiveEvent.ended_at.is_null())
    said = LiveComment.select().where(LiveComment.event == running)
    assert said.count() >= 250 and len({row.author_id for row in said}) >= 15
    assert clock.now() - max(row.at for row in said) < 5 * clock.MINUTE, "somebody has just said something"
    assert {row.mode for row in said} == {0, 1, 2} and {row.role for row in said} >= {0, 2}
    assert LivePoll.select().where(LivePoll.event == running, LivePoll.closed_at.is_null()).count() == 1
    assert LiveQuestion.select().where(LiveQuestion.event == running).count() >= 5
    assert LivePollVote.select().count() > 30 and LiveReaction.select().count() > 100
    assert LiveReminder.select().count() >= 20
    over = list(LiveEvent.select().where(LiveEvent.ended_at.is_null(False)))
    assert len(over) == 3 and all(event.comment_count >= 100 for event in over)
    assert all(event.cover_key for event in LiveEvent.select())
    assert Picture.select().where(Picture.subject_kind == "live").count() == LiveEvent.select().count()
    assert counts_fit() and clock._shift_ms == 0


@pytest.mark.slow
def test_its_pages_open(demo):
    for name in ("demo-member", "demo-operator", "demo-newcomer"):
        browser = signed_in(demo, Member.get(Member.username == name).id)
        for event in LiveEvent.select():
            assert browser.get(f"/live/{event.id}").status_code == 200, (name, event.title)
        assert browser.get("/live/").status_code == 200 and browser.get("/notices/").status_code == 200


@pytest.mark.slow
def test_it_goes_on_by_itself_and_says_nothing_twice(demo):
    running = LiveEvent.get(LiveEvent.started_at.is_null(False), LiveEvent.ended_at.is_null())
    before = running.comment_count
    for _ in range(12):
        clock.shift(5 * clock.SECOND)
        jobs.run_due()
    after = LiveEvent.get_by_id(running.id).comment_count
    assert before < after < before + 30
    jobs._handlers[GOES_ON](
        jobs.Running(0), event=running.id, story="marathon", planted=clock.now() - clock.MINUTE, place=0
    )
    assert counts_fit()
    LiveEvent.update(ended_at=clock.now()).where(LiveEvent.id == running.id).execute()
    clock.shift(5 * clock.MINUTE)
    jobs.run_due()
    late = LiveComment.select().where(LiveComment.event == running, LiveComment.at > clock.now() - clock.MINUTE)
    assert late.count() == 0


@pytest.mark.slow
def test_after_a_night_without_a_worker_nobody_shouts_all_at_once(demo):
    running = LiveEvent.get(LiveEvent.started_at.is_null(False), LiveEvent.ended_at.is_null())
    before = running.comment_count
    clock.shift(clock.HOUR)
    jobs.run_due()
    assert LiveEvent.get_by_id(running.id).comment_count - before < 10


@pytest.mark.slow
def test_what_real_people_said_keeps_its_event(demo):
    me = Member.create(
        username="real", username_key="real", display_name="真人", password_hash="!", password_changed_at=0,
        created_at=0,
    )  # fmt: skip
    actor = Actor(me.id, Standing.MEMBER, "real")
    running = LiveEvent.get(LiveEvent.started_at.is_null(False), LiveEvent.ended_at.is_null())
    joining.join(actor, Circle.get(Circle.slug == "night-run").id, accepts=True)
    commenting.write_bullet(actor, running.id, "我也在")
    seeding.uproot()
    assert [row.title for row in LiveEvent.select()] == [running.title]
    kept = LiveEvent.get()
    assert [row.body for row in LiveComment.select()] == ["我也在"] and kept.comment_count == 1
    assert kept.created_by_id is None and not LiveHost.select().exists()
    clock.shift(clock.MINUTE)
    jobs.run_due()
    assert LiveComment.select().count() == 1, "nobody is left to go on"
    assert len(list((config.current().data / "media").rglob("*.webp"))) > 0


def test_a_story_without_a_stage_plays_up_to_now_only(cast):
    now = clock.now()
    story = script.story_named("marathon", now)
    playing = Playing(story, {}, now)
    playing._plan()
    assert max(at for at, *_ in playing.acts) < now
