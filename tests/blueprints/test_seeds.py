"""Demo data: a stranger finds a living place, and its owner can take all of it out again."""

import re

import pytest

from blueprints.accounts.demo_accounts import DEMO_ACCOUNTS
from blueprints.circles.demo import script
from blueprints.feed import seeds as feed_seeds
from blueprints.wallet import desk, desk_book
from core import checks, clock, jobs, seeding, stream_log
from core.config import current
from core.errors import Denied
from core.policy import CONSOLE, Actor, Standing
from core.stream_log import REVOKED
from models import (
    TABLES,
    AuditEntry,
    Circle,
    CircleInvitation,
    Comment,
    FeedEntry,
    FriendList,
    FriendRequest,
    Friendship,
    Job,
    JoinRequest,
    LedgerAccount,
    Member,
    Membership,
    Moment,
    MomentComment,
    Picture,
    Post,
    PostRevision,
    SearchDoc,
    StaffRole,
    StreamPosition,
    Suspension,
    Tip,
)
from tests.cast import walkers
from tests.conftest import signed_in


@pytest.fixture
def demo(app, house):
    """A site with its demo data, made once and copied."""
    house.start_from("blank", lambda: None)
    with app.app_context():
        house.start_from("demo", seeding.plant)
    return app


def id_of(username):
    return Member.get(Member.username == username).id


def broken_counters():
    return [line for name, line in checks.problems() if not name.startswith("jobs.")]


# ---- what is written down -----------------------------------------------------------------------------------


@pytest.mark.parametrize("now", [1_700_000_000_000, 1_700_035_000_000, 1_709_164_799_000])
def test_nothing_in_a_story_lies_in_the_future_or_before_its_cause(now):
    for story in script.stories(now):
        for entry in story.entries:
            assert story.founded_at < entry.at < now
            assert all(entry.at < line.at < now for line in entry.lines)
            assert entry.edited_at is None or entry.at < entry.edited_at < now


def test_everybody_who_speaks_in_a_circle_belongs_to_it():
    for story in script.stories(clock.now()):
        people = {story.facts["owner"], *story.everyone}
        assert len(people) == 1 + len(story.everyone), story.facts["slug"]
        for entry in story.entries:
            assert {entry.by, *(line.by for line in entry.lines)} <= people, (story.facts["slug"], entry.body)
            assert not entry.lines or not entry.lines[0].is_reply


def test_every_picture_is_drawn_once_and_says_what_it_shows():
    from blueprints.circles.demo.scenes import SCENES, SIZES

    told = script.stories(clock.now())
    shots = [shot for story in told for entry in story.entries for shot in entry.shots]
    assert all(shot.alt for shot in shots)
    shots += [shot for story in told for shot in (story.cover, story.face)]
    recipes = [(shot.scene, shot.seed, shot.shape) for shot in shots]
    assert len(set(recipes)) == len(recipes)
    assert all(scene in SCENES and shape in SIZES for scene, _, shape in recipes)
    assert len({scene for scene, _, _ in recipes}) >= 15


def test_texts_read_as_people_write():
    """No shouting, nothing left over from a template."""
    for story in script.stories(clock.now()):
        for text in [entry.body for entry in story.entries] + [story.facts["about"], story.facts["purpose"]]:
            assert not re.search(r"[!！]{2}|lorem|TBD", text), text


# ---- on the stage -------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_demo_is_a_place_where_people_live(demo):
    assert Member.select().count() >= 24 and not Member.select().where(Member.is_demo == False).exists()  # noqa: E712
    assert Circle.select().count() >= 8
    assert {circle.visibility for circle in Circle.select()} == {"public", "listed", "invisible"}
    assert {circle.join_policy for circle in Circle.select()} == {"open", "apply", "invitation"}
    assert Post.select().count() >= 60 and Comment.select().count() >= 200
    assert Comment.select().where(Comment.parent.is_null(False)).exists()
    assert PostRevision.select().count() >= 3
    assert JoinRequest.select().where(JoinRequest.decided_at.is_null()).count() >= 3
    assert CircleInvitation.select().where(CircleInvitation.member == id_of("demo-newcomer")).count() >= 1
    assert Picture.select().where(Picture.subject_kind == "post").count() >= 30
    assert Member.select().where(Member.avatar_key.is_null(False)).count() >= 10
    assert broken_counters() == []


@pytest.mark.slow
def test_time_has_passed_in_it_and_the_clock_is_back(demo):
    now = clock.now()
    times = [at for (at,) in Post.select(Post.created_at).order_by(Post.id).tuples()]
    assert times == sorted(times), "newer posts have higher numbers"
    assert times[0] < now - 30 * clock.DAY and now - clock.DAY < times[-1] < now
    assert not Comment.select().where(Comment.created_at > now).exists()
    assert clock._shift_ms == 0


@pytest.mark.slow
def test_the_four_demo_accounts_open_and_the_console_says_so(demo):
    told = seeding.told()
    assert all(name in told for name in DEMO_ACCOUNTS) and "quanzi-demo" in told and "remove-demo" in told
    assert StaffRole.get(StaffRole.role == "owner").member_id == id_of("demo-admin")
    roles = Membership.select(Membership.role).where(Membership.member == id_of("demo-operator")).tuples()
    assert ("owner",) in list(roles)
    assert not Membership.select().where(Membership.member == id_of("demo-newcomer")).exists()


@pytest.mark.slow
def test_whoever_looks_around_can_be_the_second_person_at_the_cash_desk(demo):
    owner, second = (Actor(id_of(name), Standing.STAFF) for name in ("demo-admin", "demo-operator"))
    assert StaffRole.get(StaffRole.member == second.member_id).role == "staff"
    waiting = desk_book.waiting(second)[0].id
    with pytest.raises(Denied, match="desk_takes_two"):
        desk.decide(owner, waiting, done=True)
    desk.decide(second, waiting, done=True)
    assert desk_book.waiting(owner) == []


@pytest.mark.slow
def test_its_pages_open(demo):
    for name in DEMO_ACCOUNTS:
        browser = signed_in(demo, id_of(name))
        pages = ["/circles/", "/circles/night-run", "/people/linjian", "/me", "/search?q=江边"]
        post = Post.select().where(Post.comment_count > 3, Post.circle == Circle.get(Circle.slug == "night-run")).get()
        for page in [*pages, f"/circles/night-run/posts/{post.id}"]:
            assert browser.get(page).status_code == 200, page
        assert browser.get("/me").text.count(f"@{name}") >= 1, "each looks with their own eyes"


@pytest.mark.slow
def test_a_site_that_was_used_is_left_alone(demo):
    before = Post.select().count()
    assert seeding.plant() is False
    assert Post.select().count() == before


@pytest.mark.slow
def test_a_demo_that_an_older_version_made_gets_friends_and_their_posts_once(demo):
    """What people changed meanwhile stays; where they have begun with friends themselves, nothing is added."""
    before = [table.select().count() for table in (Friendship, FriendList, Moment, MomentComment, Member, Post)]
    everybody = Moment.select(Moment.id)
    Tip.delete().where(Tip.subject_kind.in_(("moment", "moment_comment"))).execute()
    Picture.delete().where(Picture.subject_kind == "moment", Picture.subject_id.in_(everybody)).execute()
    SearchDoc.delete().where(SearchDoc.kind == "moment").execute()
    for table in (Moment, Friendship, FriendList, FriendRequest):
        table.delete().execute()
    Member.update(display_name="改过的").where(Member.username == "linjian").execute()
    assert seeding.plant() is True
    assert [table.select().count() for table in (Friendship, FriendList, Moment, MomentComment, Member, Post)] == before
    assert Member.get_by_id(id_of("linjian")).display_name == "改过的"
    assert FeedEntry.select().where(FeedEntry.member == id_of("linjian")).count() > 5 and broken_counters() == []
    assert clock._shift_ms == 0 and seeding.plant() is False
    Moment.delete().execute()
    assert seeding.plant() is False, "they have friends, and show nothing"


@pytest.mark.slow
def test_a_demo_in_which_somebody_was_suspended_is_left_as_it_is(demo):
    for table in (Moment, Friendship, FriendList, FriendRequest):
        table.delete().execute()
    Suspension.create(member=id_of("linjian"), suspended_at=clock.now())
    assert seeding.plant() is False
    assert not Friendship.select().exists() and not Moment.select().exists() and clock._shift_ms == 0
    assert feed_seeds._drawings == [], "nobody goes on drawing"


@pytest.mark.slow
def test_nobody_of_the_demo_shows_off_with_what_others_wrote_meanwhile(demo):
    shown = Moment.get(Moment.shared_kind == "post").shared_id
    slug = Post.get_by_id(shown).circle.slug
    Post.update(author=walkers(1)[0].member_id).where(Post.id == shown).execute()
    instead = feed_seeds._shared(f"post {slug}").id
    assert instead != shown and Post.get_by_id(instead).author.is_demo


# ---- and out again ------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_removing_the_demo_leaves_an_empty_site_that_stays_empty(demo):
    assert demo.test_cli_runner().invoke(args=["remove-demo"], input="n\n").exit_code != 0
    assert Member.select().exists()
    done = demo.test_cli_runner().invoke(args=["remove-demo", "--yes"])
    assert done.exit_code == 0 and "28 demo members" in done.output
    clock.shift(6 * clock.DAY)
    jobs.run_due()  # what was planned for later finds nothing any more
    stream_log.sweep()
    left = {table.__name__: table.select().count() for table in TABLES if table.select().exists()}
    assert left.pop("Job", 0) == Job.select().where(Job.done_at.is_null(False)).count()
    assert all(left.pop(f"Ledger{name}") for name in ("Account", "Posting", "Entry")), "books are only added to"
    assert not LedgerAccount.select().where(LedgerAccount.owner.is_null(False) | (LedgerAccount.balance != 0)).exists()
    assert left == {"AuditEntry": 1, "StreamPosition": 1}
    assert AuditEntry.get().action == seeding.REMOVED
    assert StreamPosition.get().channel == REVOKED, "its numbers only rise"
    assert not list((current().data / "media").rglob("*.webp"))
    assert not [path for path in (current().data / "files").rglob("*") if path.is_file()]
    assert seeding.told() == "" and seeding.plant() is False


@pytest.mark.slow
def test_what_real_people_made_stays(demo):
    from blueprints.accounts import actions as accounts
    from blueprints.circles import actions, commenting, posting

    number = accounts.register(CONSOLE, accounts.Registration("real-person", "a good long one"))
    real = Actor(number, Standing.MEMBER)
    running = Circle.get(Circle.slug == "night-run")
    actions.join(real, running.id, accepts=True)
    mine = posting.write_post(real, running.id, posting.PostDraft("", "我的第一篇"))
    answered = Post.select().where(Post.circle == running).get()
    comment = commenting.write_comment(real, running.id, answered.id, "一起跑")

    seeding.uproot()

    assert [member.username for member in Member.select()] == ["real-person"]
    assert [circle.slug for circle in Circle.select()] == ["night-run"]
    assert Membership.get().role == "owner" and Membership.get().member_id == number
    alive = {post.id for post in Post.select().where(Post.deleted_at.is_null())}
    assert alive == {mine.id, answered.id}
    assert Post.get_by_id(answered.id).author_id is None
    assert [row.id for row in Comment.select().where(Comment.deleted_at.is_null())] == [comment.id]
    assert broken_counters() == []
    found = {row.subject_id for row in SearchDoc.select().where(SearchDoc.kind == "post")}
    assert found == alive
    assert signed_in(demo, number).get("/circles/night-run").status_code == 200
    assert not accounts.naming.is_taken("linjian"), "a demo member's name is free again"
