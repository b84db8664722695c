"""A block: both ways, at once, everywhere, silently; who looks after a place goes on seeing it."""

import pytest

from blueprints.circles import actions, commenting, reading, telling
from blueprints.circles.posting import PostDraft, write_post
from blueprints.circles.reactions import like_comment, like_post
from blueprints.circles.rooms import room
from blueprints.live import asking, bullets, guests, streams
from blueprints.live.halls import hall
from blueprints.people import blocking
from blueprints.people.apart import apart_ids, are_apart
from core import jobs, notices, stream_log
from core.errors import Conflict, Gone, SignInNeeded
from core.policy import GUEST
from models import Block, CircleInvitation, FriendList, FriendListEntry, FriendRequest, Friendship, Notice
from tests.blueprints.block_stories import NAME, USERNAME, WORD, Scene, lives_among_friends, speaks_everywhere, traces


@pytest.fixture
def scene(cast) -> Scene:
    return speaks_everywhere(cast)


def part(scene: Scene, by: str) -> None:
    one, other = (scene.reader, scene.speaker) if by == "reader" else (scene.speaker, scene.reader)
    assert blocking.block(one, other.member_id or 0)


# ---- every place ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["reader", "speaker"])
def test_a_blocked_pair_sees_nothing_of_each_other_anywhere(as_, scene, by):
    reader = as_(scene.reader.member_id)
    shown = {place.name: traces(reader, place) for place in scene.places}
    assert all(shown.values()), f"the story shows nothing in {[name for name, seen in shown.items() if not seen]}"
    part(scene, by)
    left = {place.name: seen for place in scene.places if (seen := traces(reader, place))}
    assert not left


@pytest.mark.parametrize("by", ["reader", "speaker"])
def test_nor_among_friends(as_, cast, scene, by):
    reader, places = as_(scene.reader.member_id), lives_among_friends(cast, scene)
    shown = {place.name: traces(reader, place) for place in places}
    assert all(shown.values()), f"the story shows nothing in {[name for name, seen in shown.items() if not seen]}"
    part(scene, by)
    jobs.run_due()
    left = {place.name: seen for place in places if (seen := traces(reader, place))}
    assert not left


def test_the_books_still_say_who_it_was(as_, cast, scene):
    """What came in and from whom is the reader's to know; it leads nowhere."""
    reader = as_(scene.reader.member_id)
    lives_among_friends(cast, scene)
    part(scene, "speaker")
    statement = reader.get("/wallet").text
    assert NAME in statement and f"/people/{USERNAME}" not in statement


@pytest.mark.parametrize("by", ["reader", "speaker"])
def test_open_pages_of_an_event_get_nothing_either(app, scene, by):
    assert streams._watch(scene.reader, scene.event).hides == ()
    stream_log.revoke("x1")
    before = stream_log.position(stream_log.REVOKED)
    part(scene, by)
    assert streams._watch(scene.reader, scene.event).hides == (scene.speaker.member_id,)
    with app.test_request_context():
        shown = [
            *streams._comments(scene.event, [1]).values(),
            *streams._questions(scene.event, [scene.question]).values(),
        ]
    assert {frame.author for frame in shown} == {scene.speaker.member_id}, "the hub knows whose they are"
    cut = {tags for _, tags in stream_log.revocations(before)}
    assert cut >= {f"m{scene.reader.member_id}", f"m{scene.speaker.member_id}"}, "what is open asks again"


def test_a_page_that_is_not_there_is_the_same_for_a_blocked_one(as_, scene):
    part(scene, "speaker")
    reader = as_(scene.reader.member_id)
    blocked, nobody = reader.get("/people/redpanda"), reader.get("/people/redpandb")
    assert blocked.status_code == nobody.status_code == 404
    assert len(blocked.text) == len(nobody.text)


def test_where_others_answered_a_place_without_words_stays(as_, cast, scene):
    part(scene, "reader")
    here = room(scene.reader, scene.circle)
    top = {row.id: row for row in reading.comments(scene.reader, here, scene.mays_post).rows}
    assert scene.comment not in top, "nobody answered it"
    gap = top[scene.answered]
    assert gap.deleted_at is not None and (gap.html, gap.display_name, gap.author_id) == ("", None, None)
    assert gap.reply_count == 1
    answers = reading.replies(scene.reader, here, scene.mays_post, list(top.values()))
    assert [row.author_id for row in answers[scene.answered]] == [cast.lin.id]
    page = as_(scene.reader.member_id).get(f"/circles/night-run/posts/{scene.mays_post}").text
    assert f'id="comment-{scene.answered}"' in page and f'id="comment-{scene.comment}"' not in page


def test_replies_that_are_not_seen_are_not_counted(scene):
    here = room(scene.reader, scene.circle)
    mine = next(row for row in reading.comments(scene.reader, here, scene.mays_post).rows if row.reply_count == 1
                and row.author_id == scene.reader.member_id)  # fmt: skip
    part(scene, "speaker")
    assert reading.comment(scene.reader, here, scene.mays_post, mine.id).reply_count == 0
    spoken = room(scene.speaker, scene.circle)
    assert reading.comment(scene.speaker, spoken, scene.mays_post, scene.answered).reply_count == 1


# ---- who looks after a place ----------------------------------------------------------------------------------


def test_a_moderator_goes_on_seeing_what_they_look_after(as_, cast, scene):
    blocking.block(scene.speaker, cast.may.id)
    blocking.block(cast.che.actor, scene.speaker.member_id or 0)
    for who in ("may", "che"):
        browser = as_(who)
        inside = [place for place in scene.places if place.name in MODERATED]
        seen = {place.name for place in inside if traces(browser, place)}
        assert seen == {place.name for place in inside}
        assert browser.get("/people/redpanda").status_code == 404, "outside of the circle they are as others"
    commenting.delete_comment(cast.may.actor, scene.circle, scene.mays_post, scene.comment)


MODERATED = (
    "circle", "members", "post", "comments", "who reacted to the post", "pinned, digest", "event", "replay",
    "comments of an event", "who voted",
)  # fmt: skip


def test_who_is_blocked_by_a_moderator_does_not_see_who_that_is(as_, cast, scene):
    blocking.block(cast.may.actor, scene.reader.member_id or 0)
    about = as_(scene.reader.member_id).get("/circles/night-run/about").text
    assert "阿澈" in about and "May Chen" not in about


def test_staff_look_after_everybody(as_, cast):
    blocking.block(cast.ning.actor, cast.staff.id)
    assert as_("staff").get("/people/ning").status_code == 200
    assert as_("ning").get("/people/ada").status_code == 404


# ---- what the two can do --------------------------------------------------------------------------------------


def test_nothing_of_the_other_can_be_touched(cast, scene):
    part(scene, "reader")
    reader, me = scene.reader, scene.reader.member_id or 0
    for act in (
        lambda: like_post(reader, scene.circle, scene.post, True),
        lambda: like_comment(reader, scene.circle, scene.mays_post, scene.comment, True),
        lambda: commenting.write_comment(reader, scene.circle, scene.post, "？"),
        lambda: asking.support(reader, scene.event, scene.question, True),
        lambda: actions.invite(scene.speaker, _own_circle(scene), me),
        lambda: guests.appoint(scene.speaker, scene.event, me, "moderator"),
        lambda: guests.invite(scene.speaker, scene.event, me),
        lambda: blocking.block(scene.speaker, me),
    ):
        with pytest.raises(Gone):
            act()


def _own_circle(scene: Scene) -> int:
    return room(scene.speaker, "slow-run").id


LINS = 2
"""What the reader is told of reactions by lin."""


def test_nobody_is_told_of_the_other_any_more(cast, scene):
    me = scene.reader.member_id or 0
    like_post(scene.speaker, scene.circle, write_post(scene.reader, scene.circle, PostDraft("", "晚安。")).id, True)
    assert notices.unseen(me) > LINS
    part(scene, "speaker")
    assert notices.unseen(me) == LINS, "the rest came from the other alone"
    assert not Notice.select().where(Notice.member == me, Notice.kind == "invited").exists()
    assert CircleInvitation.get(CircleInvitation.member == me).answered_at is not None
    commenting.write_comment(scene.speaker, scene.circle, scene.mays_post, f"@bluewhale {WORD}")
    telling.of_comment(scene.comment, scene.mays_post, scene.speaker.member_id or 0, (me,))
    telling.of_reaction("post", scene.readers_post, scene.speaker.member_id or 0, True)
    telling.everybody_of_post(scene.post, 0, [])
    assert notices.unseen(me) == LINS
    assert hall(scene.reader, scene.event).id == scene.event, "the event itself is there"
    assert [row.body for row in bullets.bullets(scene.reader, hall(scene.reader, scene.event)).rows] == []


# ---- the block itself -----------------------------------------------------------------------------------------


def befriend(one: int, other: int) -> None:
    for mine, theirs in ((one, other), (other, one)):
        Friendship.create(member=mine, friend=theirs, since_at=1)
        family = FriendList.create(member=mine, name="family", made_at=1)
        FriendListEntry.create(list=family, friend=theirs)


def test_what_they_were_to_each_other_ends(cast):
    befriend(cast.lin.id, cast.ning.id)
    FriendRequest.create(asker=cast.ning.id, asked=cast.lin.id, asked_at=1)
    assert blocking.block(cast.lin.actor, cast.ning.id)
    assert not blocking.block(cast.lin.actor, cast.ning.id), "twice is once"
    for table in (Friendship, FriendRequest, FriendListEntry):
        assert not table.select().exists()
    assert apart_ids(cast.ning.id) == {cast.lin.id} and apart_ids(cast.lin.id) == {cast.ning.id}


def test_only_who_blocked_knows_and_can_end_it(cast):
    blocking.block(cast.lin.actor, cast.ning.id)
    assert [row.username for row in blocking.blocked(cast.lin.actor)] == ["ning"]
    assert blocking.blocked(cast.ning.actor) == []
    blocking.unblock(cast.ning.actor, cast.lin.id)
    assert are_apart(cast.lin.id, cast.ning.id)
    blocking.unblock(cast.lin.actor, cast.ning.id)
    assert not are_apart(cast.lin.id, cast.ning.id)


def test_what_is_no_block(cast, app):
    with pytest.raises(Conflict):
        blocking.block(cast.lin.actor, cast.lin.id)
    with pytest.raises(Gone):
        blocking.block(cast.lin.actor, 10**9)
    with pytest.raises(SignInNeeded):
        blocking.block(GUEST, cast.lin.id)


def test_nobody_blocks_without_end(cast, monkeypatch):
    monkeypatch.setitem(blocking.LIMITS, "blocked", 1)
    blocking.block(cast.lin.actor, cast.ning.id)
    with pytest.raises(Conflict) as refusal:
        blocking.block(cast.lin.actor, cast.may.id)
    assert refusal.value.code == "blocked_many"


def test_sent_many_times_at_once_it_is_one_block(cast, in_threads):
    befriend(cast.lin.id, cast.ning.id)
    made: list[bool] = []
    in_threads(12, lambda _: made.append(blocking.block(cast.lin.actor, cast.ning.id)))
    assert made.count(True) == 1 and Block.select().count() == 1


def test_both_at_once_leave_no_friendship(cast, in_threads):
    befriend(cast.lin.id, cast.ning.id)
    pair = [(cast.lin.actor, cast.ning.id), (cast.ning.actor, cast.lin.id)]

    def block(number: int) -> None:
        actor, other = pair[number % 2]
        try:
            blocking.block(actor, other)
        except Gone:
            pass  # the other was quicker

    in_threads(8, block)
    assert Block.select().count() == 1 and not Friendship.select().exists()
